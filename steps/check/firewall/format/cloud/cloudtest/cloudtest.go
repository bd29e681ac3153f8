// Package cloudtest asks the questions that tests of cloud formats have in
// common.
package cloudtest

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

// Ask asks a text of a format about one packet.
func Ask(t testing.TB, id, text string, p firewall.Probe) firewall.Verdict {
	t.Helper()
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if _, err := firewall.Eval([]byte(text), id, "", bytes.NewReader(append(b, '\n')), &out); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	var v firewall.Verdict
	if err := json.Unmarshal(out.Bytes(), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

// Change changes a packet.
type Change func(*firewall.Probe)

// Mail is a packet from the provider to the mail server, with changes.
func Mail(change ...Change) firewall.Probe {
	p := firewall.Probe{Dir: "in", Src: "103.13.69.7", Dst: "10.0.0.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	for _, f := range change {
		f(&p)
	}
	return p
}

func port(n int) *int { return &n }

// From, To, DPort, Proto and List change one thing each.
func From(a string) Change  { return func(p *firewall.Probe) { p.Src = a } }
func To(a string) Change    { return func(p *firewall.Probe) { p.Dst = a } }
func DPort(n int) Change    { return func(p *firewall.Probe) { p.DPort = port(n) } }
func Proto(s string) Change { return func(p *firewall.Probe) { p.Proto = s } }
func List(s string) Change  { return func(p *firewall.Probe) { p.Dir, p.ACL = "", s } }

// Out turns the packet around: from the mail server to the provider.
func Out(p *firewall.Probe) { p.Dir, p.Src, p.Dst = "out", "10.0.0.25", "103.13.69.7" }

// Case is one question of a table. Line 0 and Why "" ask nothing.
type Case struct {
	Name, Text string
	P          firewall.Probe
	Want       string
	Line       int
	Why        string
}

// Is is a question of a table.
func Is(name, text string, p firewall.Probe, want string, line int, why string) Case {
	return Case{name, text, p, want, line, why}
}

// Run asks all questions of a table.
func Run(t *testing.T, id string, cases []Case) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.Name, func(t *testing.T) {
			got := Ask(t, id, c.Text, c.P)
			if got.Verdict != c.Want || c.Line != 0 && got.Line != c.Line || !strings.Contains(got.Why, c.Why) {
				t.Errorf("got %+v, want %s at line %d because %q", got, c.Want, c.Line, c.Why)
			}
		})
	}
}

// Options ask for two ranges of the provider, and for lock-down.
func Options() firewall.CheckOptions {
	return firewall.CheckOptions{
		Region: "au", Servers: []netip.Addr{netip.MustParseAddr("10.0.0.25")}, Needs: firewall.DefaultNeeds(), Lockdown: true,
		Ranges: []firewall.Range{
			{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: firewall.Named, Region: "au"},
			{CIDR: netip.MustParsePrefix("124.47.150.0/24"), Kind: firewall.Named, Region: "au"},
		},
	}
}

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

// Report checks a file in full.
func Report(t testing.TB, id, text string) firewall.Report {
	t.Helper()
	rep, err := firewall.CheckFile("rules", []byte(text), Options())
	if err != nil {
		t.Fatal(err)
	}
	if rep.Format != id || len(rep.SelfCheck.Disagreements) > 0 {
		t.Errorf("read as %s, %v", rep.Format, rep.SelfCheck.Disagreements)
	}
	return rep
}

// Prefixes reads networks.
func Prefixes(list ...string) []netip.Prefix {
	var out []netip.Prefix
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

// Flows are those of the move that Options ask about.
func Flows() []format.Flow {
	ranges, server := Prefixes("103.13.69.0/24", "124.47.150.0/24"), Prefixes("10.0.0.25/32")
	return []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in 25", Src: ranges, Dst: server},
		{Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail out 25", Dst: ranges, Src: server},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: server},
	}
}

// WriteInto puts written rules behind a file, asks whether the move is proven
// then, and whether the way back leads back.
func WriteInto(t *testing.T, id, text string, probes ...firewall.Probe) {
	t.Helper()
	f, ok := firewall.FormatByID(id)
	if !ok {
		t.Fatalf("no format %s", id)
	}
	set, err := firewall.Read("", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Write(format.Job{Flows: Flows(), Host: true, Set: set})
	if err != nil {
		t.Fatal(err)
	}
	after := text + "\n" + s.Text
	if rep := Report(t, id, after); rep.Verdict != firewall.Proven {
		t.Fatalf("%s\n%s", rep.Text(), s.Text)
	}
	back := after + "\n" + s.Undo
	for _, p := range append(probes, Mail(), Mail(From("198.51.100.9")), Mail(Out), Mail(DPort(443))) {
		a, b := Ask(t, id, text, p), Ask(t, id, back, p)
		if a.Verdict != b.Verdict {
			t.Errorf("before %+v, after the way back %+v\n%s\n%s", a, b, s.Text, s.Undo)
		}
	}
}

// Corpus reads every file of the corpus at root: those of folder are of the format,
// others are not. It returns how many were.
func Corpus(t *testing.T, root, id, folder string, except ...string) int {
	t.Helper()
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus beside this checkout")
	}
	n := 0
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.Contains(path, "/out/") {
			return err
		}
		for _, x := range except {
			if strings.HasSuffix(path, x) {
				return nil
			}
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set, err := firewall.Read(filepath.Base(path), b, "")
		mine := folder != "" && strings.HasPrefix(path, root+"/"+folder+"/")
		switch is := err == nil && set.Format == id; {
		case is && !mine:
			t.Errorf("%s: read as %s", path, id)
		case mine && !is:
			t.Errorf("%s: not read as %s: %v", path, id, err)
		case mine:
			n++
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// Sound reads a text of any kind: never a panic, soon, every rule in a line of
// the file, and both readers of the rules of one mind.
func Sound(t *testing.T, id, text string) {
	t.Helper()
	began := time.Now()
	set, err := firewall.Read("", []byte(text), id)
	if spent := time.Since(began); spent > 10*time.Second {
		t.Fatalf("it took %s", spent)
	}
	if err != nil {
		return
	}
	lines := 1 + strings.Count(text, "\n") + strings.Count(text, "\r")
	for _, p := range set.Programs {
		for _, c := range p.Chains {
			for _, r := range append(c.Rules, c.Policy) {
				if r.At.Line < 0 || r.At.Line > lines || r.At.Line == 0 && r.At.Text == "" && r.Action != ir.Continue {
					t.Fatalf("a rule at line %d of %d, %q", r.At.Line, lines, r.At.Text)
				}
			}
		}
	}
	r := rand.New(rand.NewPCG(uint64(len(text)), 1))
	for range 6 {
		p := Mail(From(netip.AddrFrom4([4]byte{103, 13, byte(68 + r.IntN(3)), byte(r.IntN(256))}).String()), DPort(20+r.IntN(8)))
		if r.IntN(2) == 0 {
			Out(&p)
		}
		if v := Ask(t, id, text, p); strings.Contains(v.Why, "internal error") {
			t.Fatalf("%+v: %+v", p, v)
		}
	}
	for _, p := range set.Programs {
		interp.Walk(p, interp.Packet{Dir: ir.In, Src: netip.MustParseAddr("103.13.69.7"), Dst: netip.MustParseAddr("10.0.0.25"), Proto: ir.TCP, SPort: 40000, DPort: 25})
	}
}
