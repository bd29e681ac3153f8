package formattest

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"go4.org/netipx"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Sample is a file of testdata.
func Sample(t testing.TB, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// LineOf is the line of the nth place where a mark stands.
func LineOf(t testing.TB, text, mark string, nth int) int {
	t.Helper()
	at := 0
	for range nth {
		i := strings.Index(text[at:], mark)
		if i < 0 {
			t.Fatalf("no %q", mark)
		}
		at += i + len(mark)
	}
	return 1 + strings.Count(text[:at], "\n")
}

// Seeds adds the files of testdata to a fuzz test, and more texts.
func Seeds(f *testing.F, more ...string) {
	f.Helper()
	names, err := filepath.Glob("testdata/*.*")
	if err != nil || len(names) == 0 {
		f.Fatalf("no examples: %v", err)
	}
	for _, n := range names {
		f.Add(Sample(f, filepath.Base(n)))
	}
	for _, m := range more {
		f.Add(m)
	}
}

// Forms are a text in the encodings and with the ends of lines that files come
// in.
func Forms(text string) map[string]string {
	wide := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		wide = append(wide, byte(u), byte(u>>8))
	}
	return map[string]string{
		"as it is": text, "CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "BOM": "\ufeff" + text, "UTF-16": string(wide),
	}
}

// Sound reads a text of any kind: never a panic, soon, every rule in a line of
// the file, and both readers of the rules of one mind about packets of mail
// and those given. It returns what was read.
func Sound(t *testing.T, id, text string, packets ...firewall.Probe) *ir.Ruleset {
	t.Helper()
	f, ok := firewall.FormatByID(id)
	if !ok {
		t.Fatalf("no format %s", id)
	}
	began := time.Now()
	doc := source.NewDoc("", text, time.Time{})
	f.Detect(doc.Head())
	set := f.Read(doc)
	if spent := time.Since(began); spent > 5*time.Second {
		t.Fatalf("it took %s", spent)
	}
	Placed(t, set, max(1, len(source.Lines(text))))
	if _, err := firewall.Read("", []byte(text), id); err != nil {
		return set // without rules, or no text at all
	}
	r := rand.New(rand.NewPCG(uint64(len(text)), 1))
	for range 6 {
		p := Mail(From(netip.AddrFrom4([4]byte{103, 13, byte(68 + r.IntN(3)), byte(r.IntN(256))}).String()), DPort(20+r.IntN(8)))
		if r.IntN(2) == 0 {
			Out(&p)
		}
		packets = append(packets, p)
	}
	for i, v := range AskAll(t, id, text, packets) {
		if strings.Contains(v.Why, "internal error") {
			t.Fatalf("%+v: %+v", packets[i], v)
		}
	}
	for _, p := range set.Programs {
		interp.Walk(p, interp.Packet{Dir: ir.In, Src: netip.MustParseAddr("103.13.69.7"), Dst: netip.MustParseAddr("10.0.0.25"), Proto: ir.TCP, SPort: 40000, DPort: 25})
	}
	return set
}

// Placed asks that every rule stands in one of so many lines or in none, and
// says what it is.
func Placed(t testing.TB, set *ir.Ruleset, lines int) {
	t.Helper()
	for _, p := range set.Programs {
		for _, c := range p.Chains {
			for _, r := range append(slices.Clone(c.Rules), c.Policy) {
				if r.At.Line < 0 || r.At.Line > lines || r.At.Text == "" && r.Action != ir.Continue && r.Action != ir.Return {
					t.Fatalf("a rule of %s at line %d of %d, %q", c.Name, r.At.Line, lines, r.At.Text)
				}
			}
		}
	}
}

// Agree asks both readers of a program about a mail packet that comes to an
// address, or through to it, in by one interface and out by another.
func Agree(t *testing.T, p *ir.Program, in, out, to string) {
	t.Helper()
	src, dst := netip.MustParseAddr("103.13.69.7"), netip.MustParseAddr(to)
	if p.Family == ir.V6 {
		src, dst = netip.MustParseAddr("2001:db8::7"), netip.MustParseAddr("2001:db8::25")
	}
	e := engine.New(p)
	for _, dir := range []ir.Dir{ir.In, ir.Forward} {
		parts, err := e.Ask(engine.Query{
			Dir: dir, InIfs: []string{in}, OutIfs: []string{out}, Protos: []uint8{ir.TCP}, SPorts: []ir.PortRange{{Lo: 40000, Hi: 40000}}, DPorts: []ir.PortRange{{Lo: 25, Hi: 25}},
			Src: []netipx.IPRange{netipx.IPRangeFrom(src, src)}, Dst: []netipx.IPRange{netipx.IPRangeFrom(dst, dst)}, Budget: 200_000,
		})
		if err != nil {
			continue
		}
		v := interp.Walk(p, interp.Packet{Dir: dir, In: in, Out: out, Src: src, Dst: dst, Proto: ir.TCP, SPort: 40000, DPort: 25})
		for _, part := range parts {
			if part.Outcome == engine.Permit && v.Deny || part.Outcome == engine.Deny && v.Permit {
				t.Fatalf("%v to %s: %s by sets, %+v packet by packet", dir, to, part.Outcome, v)
			}
		}
	}
}
