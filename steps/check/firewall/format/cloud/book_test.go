package cloud

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

func TestBookTells(t *testing.T) {
	b := NewBook("x", "x")
	for i := 1; i <= maxProblems+9; i++ {
		b.Problem(i, "line %d: expected a port.", i)
		b.Note("The group %d.", i)
		b.Note("The group %d.", 1)
		b.Doubt(i, "a command")
	}
	if p := b.Set.Problems; len(p) != maxProblems || p[0] != (ir.Problem{Line: 1, Text: "line 1: expected a port."}) {
		t.Errorf("%d problems, the first %+v", len(p), p[0])
	}
	if n := b.Set.Notes; len(n) != maxProblems || n[0] != "The group 1." || n[1] != "The group 2." {
		t.Errorf("%d notes, first %q", len(n), n[:2])
	}
	if d := b.Doubts; len(d) != maxDoubts || d[0].Action != ir.Undecided || d[0].At.Line != 1 || d[0].Why != "a command (line 1), which could not be read; export again" {
		t.Errorf("%d doubts, the first %+v", len(d), d[0])
	}
}

func ends(action ir.Action) ir.Rule { return ir.Rule{Boxes: ir.Always(), Action: action} }

// TestBookAdd: what could not be read comes before all rules of a chain that
// decides, and not again in those that come back.
func TestBookAdd(t *testing.T) {
	b := NewBook("x", "x")
	b.Doubt(3, "a command")
	decides := b.Add(ir.Chain{Name: "a", Rules: []ir.Rule{ends(ir.Accept)}, Policy: ends(ir.Deny)})
	returns := b.Add(ir.Chain{Name: "b", Rules: []ir.Rule{ends(ir.Accept)}, Policy: ends(ir.Return)})
	if c := b.Prog.Chains[decides]; len(c.Rules) != 2 || c.Rules[0].Action != ir.Undecided {
		t.Errorf("%+v", c.Rules)
	}
	if c := b.Prog.Chains[returns]; len(c.Rules) != 1 {
		t.Errorf("%+v", c.Rules)
	}
	for range 2 { // the policy of a chain that is gone to is its last rule, once
		r := b.Goto(decides, ir.Always(), ir.At{Line: 4})
		if c := b.Prog.Chains[decides]; r.Action != ir.Goto || r.Target != decides || r.At.Line != 4 || len(c.Rules) != 3 || c.Rules[2].Action != ir.Deny {
			t.Errorf("%+v, %+v", r, c.Rules)
		}
	}
	if b.Goto(returns, ir.Always(), ir.At{}); len(b.Prog.Chains[returns].Rules) != 1 {
		t.Error("a chain that comes back got an end")
	}
}

func TestBookChoose(t *testing.T) {
	mail := Hosts([]netip.Addr{netip.MustParseAddr("10.0.0.25")})
	for _, c := range []struct {
		name        string
		known, rest int
		want        string // of each rule: where it goes, its condition
	}{
		{"one for everything", 0, 1, ""},
		{"of known addresses", 1, 0, "0 dst"},
		{"the others may be of one", 1, 1, "0 dst, 1 perhaps"},
		{"any of two", 0, 2, "0 perhaps, 1"},
		{"all", 2, 2, "0 dst, 1 dst, 2 perhaps, 3"},
	} {
		for _, out := range []bool{false, true} {
			b := NewBook("x", "x")
			var known, rest []Part
			for range c.known {
				known = append(known, Part{Chain: b.Add(ir.Chain{Policy: ends(ir.Deny)}), Local: mail})
			}
			for range c.rest {
				rest = append(rest, Part{Chain: b.Add(ir.Chain{Policy: ends(ir.Deny)})})
			}
			start := b.Prog.Chains[b.Choose("start", out, known, rest, "which")]
			if c.want == "" {
				if start.Name != "" {
					t.Errorf("%s: a chain of its own", c.name)
				}
				continue
			}
			var got []string
			for _, r := range start.Rules {
				w := fmt.Sprint(r.Target)
				switch x := r.Boxes[0]; {
				case x.Dst == mail && !out, x.Src == mail && out:
					w += " dst"
				case len(x.Maybe) > 0:
					w += " perhaps"
				}
				got = append(got, w)
			}
			if strings.Join(got, ", ") != c.want || start.Policy.Action != ir.Undecided || start.Policy.Why != "which" {
				t.Errorf("%s: %q, want %q; %+v", c.name, got, c.want, start.Policy)
			}
		}
	}
}

func TestBookDecide(t *testing.T) {
	b := NewBook("x", "x")
	in, out := b.Add(ir.Chain{Policy: ends(ir.Deny)}), b.Add(ir.Chain{Policy: ends(ir.Accept)})
	b.Decide("firewall", in, out, "the network", 42)
	p := b.Prog
	if len(b.Set.Programs) != 1 || b.Set.Programs[0] != p || b.Set.Source != 42 {
		t.Errorf("%+v", b.Set)
	}
	if g := p.Local; len(g) != 1 || g[0] != (ir.Gate{Stage: "firewall", Chain: in, Primary: true, NoOut: true}) {
		t.Errorf("in: %+v", g)
	}
	if g := p.Leave; len(g) != 1 || g[0] != (ir.Gate{Stage: "firewall", Chain: out, Primary: true, NoIn: true}) {
		t.Errorf("out: %+v", g)
	}
	if g := p.Through; len(g) != 1 || p.Chains[g[0].Chain].Policy.Action != ir.Undecided || p.Chains[g[0].Chain].Policy.Why != "the network" || len(p.Arrive) > 0 {
		t.Errorf("through: %+v", g)
	}
}

func TestBookNets(t *testing.T) {
	b := NewBook("x", "x")
	first := b.Nets([]string{"192.0.2.0/24", "2001:db8::1"}, 1, nil)
	if len(first.Ranges) != 2 || len(first.Maybe) > 0 || len(b.Set.Problems) > 0 {
		t.Errorf("%+v, %v", first, b.Set.Problems)
	}
	if again := b.Nets([]string{"192.0.2.0/24", "2001:db8::1"}, 2, nil); again != first {
		t.Error("rules that name the same share one set")
	}
	tag := func(s string) *objects.Addrs {
		if s == "Internet" {
			return b.Public
		}
		return nil
	}
	if got := b.Nets([]string{"Internet", "10.0.0.25"}, 3, tag); got.Empty() || len(got.Maybe) > 0 || len(b.Set.Problems) > 0 {
		t.Errorf("%+v, %v", got, b.Set.Problems)
	}
	got := b.Nets([]string{"192.0.2.0/24", "password=hunter22"}, 4, tag)
	if len(got.Ranges) != 1 || len(got.Maybe) != 1 || len(b.Set.Problems) != 1 || b.Set.Problems[0].Line != 4 || strings.Contains(got.Maybe[0]+b.Set.Problems[0].Text, "hunter22") {
		t.Errorf("%+v, %v", got, b.Set.Problems)
	}
	if again := b.Nets([]string{"192.0.2.0/24", "password=hunter22"}, 5, nil); again == got || !strings.Contains(again.Maybe[0], "line 5") {
		t.Errorf("what could not be read is told of its own line: %+v", again)
	}
}

// holds reports that an address is of a set.
func holds(set *objects.Addrs, s string) bool {
	a := netip.MustParseAddr(s)
	return objects.Minus(objects.OfPrefixes(netip.PrefixFrom(a, a.BitLen())), set).Empty()
}

// TestHaving: hosts of the file have a tag for certain, others of the network
// perhaps, and nobody on the internet does.
func TestHaving(t *testing.T) {
	b := NewBook("x", "x")
	near := b.Near(netip.MustParsePrefix("198.51.100.0/24"))
	for s, want := range map[string]bool{
		"10.0.0.25": true, "198.51.100.7": true, "2001:db8::1": true, "fe80::1": true, "203.0.113.1": false, "8.8.8.8": false,
	} {
		if holds(near, s) != want {
			t.Errorf("%s is near: %t", s, !want)
		}
	}
	sure := objects.OfPrefixes(netip.MustParsePrefix("10.0.0.25/32"))
	for _, c := range []struct {
		name string
		sure *objects.Addrs
		want int // boxes that are met for certain
	}{{"none", nil, 0}, {"none in the file", objects.Of(), 0}, {"one", sure, 1}} {
		boxes := Having(ir.Always(), objects.Source, c.sure, near, "who has it")
		certain, perhaps := 0, 0
		for _, x := range boxes {
			switch {
			case x.Src == nil:
				t.Errorf("%s: a box for everybody", c.name)
			case len(x.Maybe) == 0:
				certain++
			default:
				perhaps++
			}
		}
		if certain != c.want || perhaps != 1 {
			t.Errorf("%s: %d for certain, %d perhaps", c.name, certain, perhaps)
		}
	}
}

func TestPerhaps(t *testing.T) {
	one := []ir.Box{{Maybe: []string{"a"}}}
	x, y := Perhaps(one, "b"), Perhaps(one, "c")
	if fmt.Sprint(one[0].Maybe, x[0].Maybe, y[0].Maybe) != "[a] [a b] [a c]" {
		t.Errorf("%v %v %v", one[0].Maybe, x[0].Maybe, y[0].Maybe)
	}
}

func TestWords(t *testing.T) {
	for want, list := range map[string][]string{"": nil, "a b": {"a", "b"}, "a b c d": {"a", "b", "c", "d"}, "a b c d ...": {"a", "b", "c", "d", "e"}} {
		if got := List(list); got != want {
			t.Errorf("%q: %q", list, got)
		}
	}
	p := netip.MustParsePrefix
	if got := fmt.Sprint(Networks([]netip.Prefix{p("192.0.2.7/24"), p("203.0.113.1/32")}, "*")); got != "[192.0.2.0/24 203.0.113.1/32]" {
		t.Error(got)
	}
	if got := fmt.Sprint(Networks(nil, "*")); got != "[*]" {
		t.Error(got)
	}
	if got := Hosts([]netip.Addr{netip.MustParseAddr("10.0.0.25")}); len(got.Ranges) != 1 || got.Ranges[0].From() != got.Ranges[0].To() {
		t.Errorf("%+v", got)
	}
}

// TestPrivateAndPublic: every address is in one of them.
func TestPrivateAndPublic(t *testing.T) {
	b := NewBook("x", "x")
	for s, private := range map[string]bool{
		"10.1.2.3": true, "172.16.0.1": true, "172.32.0.1": false, "100.64.0.1": true, "169.254.169.254": true, "fd00::1": true, "::1": true,
		"203.0.113.25": false, "2001:db8::1": false, "255.255.255.255": false,
	} {
		if holds(b.Private, s) != private || holds(b.Public, s) == private {
			t.Errorf("%s: private %t, public %t", s, holds(b.Private, s), holds(b.Public, s))
		}
	}
}
