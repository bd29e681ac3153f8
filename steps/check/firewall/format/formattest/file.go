package formattest

import (
	"math/rand/v2"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
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
