package firewall

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// Changes that must not change any verdict.
var sameMeaning = map[string]func(r *rand.Rand, text string) string{
	"a network split in halves": func(_ *rand.Rand, text string) string {
		var out []string
		for _, l := range strings.Split(text, "\n") {
			if strings.HasPrefix(l, "-A ") && strings.Contains(l, " -s 124.47.150.0/24 ") && !strings.Contains(l, "! -s") && !strings.Contains(l, "LOG") {
				out = append(out, strings.Replace(l, "124.47.150.0/24", "124.47.150.0/25", 1), strings.Replace(l, "124.47.150.0/24", "124.47.150.128/25", 1))
				continue
			}
			out = append(out, l)
		}
		return strings.Join(out, "\n")
	},
	"chains renamed": func(_ *rand.Rand, text string) string {
		return strings.ReplaceAll(text, "filter-c", "Renamed_")
	},
	"a rule after a final one": func(_ *rand.Rand, text string) string {
		return strings.ReplaceAll(text, "\nCOMMIT", "\n-A INPUT -j DROP\n-A FORWARD -j DROP\n-A OUTPUT -j DROP\n-A INPUT -j ACCEPT\n-A FORWARD -j ACCEPT\n-A OUTPUT -s 1.0.0.0/8 -j ACCEPT\nCOMMIT")
	},
	"rules inlined into a chain of their own": func(_ *rand.Rand, text string) string {
		var out []string
		n := 0
		for _, l := range strings.Split(text, "\n") {
			if strings.HasPrefix(l, "-A INPUT ") && strings.HasSuffix(l, "-j DROP") {
				name := fmt.Sprintf("wrap%d", n)
				n++
				out = append(out, "-N "+name, "-A "+name+" -j DROP", strings.TrimSuffix(l, "DROP")+name)
				continue
			}
			out = append(out, l)
		}
		return strings.Join(out, "\n")
	},
	"rules that do not touch exchanged": func(_ *rand.Rand, text string) string {
		lines := strings.Split(text, "\n")
		for i := 1; i < len(lines); i++ {
			a, b := lines[i-1], lines[i]
			if !strings.HasPrefix(a, "-A") || !strings.HasPrefix(b, "-A") {
				continue
			}
			apart := strings.Contains(a, " -p tcp") && strings.Contains(b, " -p udp")
			if apart || strings.Fields(a)[1] != strings.Fields(b)[1] {
				lines[i-1], lines[i] = b, a
			}
		}
		return strings.Join(lines, "\n")
	},
}

// TestMetamorphic applies each change to random rulesets and compares the sets
// that are permitted, denied and open.
func TestMetamorphic(t *testing.T) {
	for name, change := range sameMeaning {
		t.Run(name, func(t *testing.T) {
			changed := 0
			for seed := range 60 {
				r := rand.New(rand.NewPCG(uint64(seed), 5))
				g := &rulesGen{r: r}
				text := g.file()
				other := change(r, text)
				if name == "a rule after a final one" {
					text = strings.ReplaceAll(text, "\nCOMMIT", "\n-A INPUT -j DROP\n-A FORWARD -j DROP\n-A OUTPUT -j DROP\nCOMMIT")
				}
				if other != text {
					changed++
				}
				for range 6 {
					q := randomQuery(r)
					a, b := outcomes(t, text, q), outcomes(t, other, q)
					for _, o := range []engine.Outcome{engine.Permit, engine.Deny, engine.Unknown} {
						if a[o] != b[o] {
							t.Fatalf("seed %d: %s was %s, is %s\n%s\n---\n%s", seed, o, a[o], b[o], text, other)
						}
					}
				}
			}
			if changed < 5 {
				t.Errorf("only %d rulesets were changed", changed)
			}
		})
	}
}

// outcomes lists, for each outcome, the addresses for which every packet fares so.
func outcomes(t *testing.T, text string, q engine.Query) map[engine.Outcome]string {
	t.Helper()
	set, err := Read("", []byte(text), "iptables")
	if err != nil {
		t.Fatal(err)
	}
	parts, err := engine.New(set.Programs[0]).Ask(q)
	if err != nil {
		t.Fatal(err)
	}
	b := map[engine.Outcome]*netipx.IPSetBuilder{}
	for _, o := range []engine.Outcome{engine.Permit, engine.Deny, engine.Unknown} {
		b[o] = &netipx.IPSetBuilder{}
	}
	for _, p := range parts {
		b[p.Outcome].AddSet(p.Set)
	}
	out := map[engine.Outcome]string{}
	for o, x := range b {
		s, _ := x.IPSet()
		out[o] = fmt.Sprint(s.Ranges())
	}
	return out
}

// TestBlame takes the blamed line away: the verdict of the packet, or the line
// that decides it, must change.
func TestBlame(t *testing.T) {
	tried := 0
	for seed := range 150 {
		r := rand.New(rand.NewPCG(uint64(seed), 21))
		g := &rulesGen{r: r, loadable: true}
		text := g.file()
		set, err := Read("", []byte(text), "")
		if err != nil {
			t.Fatal(err)
		}
		j := newJudge(set)
		for range 10 {
			p := Probe{Dir: pick(r, []string{"in", "out", "fwd"}), Src: randomAddr(r).String(), Dst: randomAddr(r).String(), Proto: "tcp", SPort: port(40000), DPort: port(pick(r, genPorts))}
			v := j.ask(p)
			lines := strings.Split(text, "\n")
			if v.Verdict == "unknown" || v.Line == 0 || !strings.HasPrefix(lines[v.Line-1], "-A") {
				continue
			}
			tried++
			lines[v.Line-1] = "# " + lines[v.Line-1]
			less, err := Read("", []byte(strings.Join(lines, "\n")), "")
			if err != nil {
				t.Fatal(err)
			}
			if w := newJudge(less).ask(p); w.Line == v.Line {
				t.Fatalf("seed %d: %+v still decides %+v after it was removed", seed, v, p)
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d lines tried", tried)
	}
}

// TestMaximality checks the borders of what is reported: one address beyond a
// gap or a leak must fare differently.
func TestMaximality(t *testing.T) {
	tried := 0
	for seed := range 250 {
		r := rand.New(rand.NewPCG(uint64(seed), 31))
		g := &rulesGen{r: r, loadable: true}
		set, err := Read("", []byte(g.file()), "")
		if err != nil {
			t.Fatal(err)
		}
		e := engine.New(set.Programs[0])
		q := engine.Query{
			Dir: ir.In, Protos: []uint8{ir.TCP}, SPorts: []ir.PortRange{{Lo: 40000, Hi: 40000}}, DPorts: []ir.PortRange{{Lo: 25, Hi: 25}},
			Dst: single1(netip.MustParseAddr("198.51.100.3")), InIfs: []string{"eth0"}, OutIfs: []string{"eth0"},
		}
		parts, err := e.Ask(q)
		if err != nil {
			t.Fatal(err)
		}
		by := map[engine.Outcome]*netipx.IPSetBuilder{}
		for _, p := range parts {
			if by[p.Outcome] == nil {
				by[p.Outcome] = &netipx.IPSetBuilder{}
			}
			by[p.Outcome].AddSet(p.Set)
		}
		j := newJudge(set)
		ask := func(a netip.Addr) string {
			return j.ask(Probe{Dir: "in", InIf: "eth0", OutIf: "eth0", Src: a.String(), Dst: "198.51.100.3", Proto: "tcp", SPort: port(40000), DPort: port(25)}).Verdict
		}
		for o, b := range by {
			s, _ := b.IPSet()
			for _, x := range s.Ranges() {
				tried++
				for _, in := range []netip.Addr{x.From(), x.To()} {
					if got := ask(in); got != o.String() {
						t.Fatalf("seed %d: %s is %s, reported %s", seed, in, got, o)
					}
				}
				for _, out := range []netip.Addr{x.From().Prev(), x.To().Next()} {
					if out.IsValid() && out.Is4() && ask(out) == o.String() {
						t.Fatalf("seed %d: %s beyond %s is %s too", seed, out, x, o)
					}
				}
			}
		}
	}
	if tried < 200 {
		t.Errorf("only %d ranges tried", tried)
	}
}
