package ir_test

import (
	"fmt"
	"slices"
	"testing"

	"mxodus/steps/check/firewall/ir"
)

// calls makes a program of chains named a, b, c ..., each with the jumps that a
// word gives: "b" jumps to chain b, "B" goes there for good, "." accepts.
func calls(words ...string) *ir.Program {
	p := &ir.Program{}
	for i, w := range words {
		c := ir.Chain{Name: string(rune('a' + i))}
		for k, x := range w {
			r := ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Line: 10*i + k}}
			switch {
			case x >= 'a':
				r.Action, r.Target = ir.Jump, int(x-'a')
			case x >= 'A':
				r.Action, r.Target = ir.Goto, int(x-'A')
			}
			c.Rules = append(c.Rules, r)
		}
		p.Chains = append(p.Chains, c)
	}
	return p
}

func TestBreakLoops(t *testing.T) {
	for _, c := range []struct {
		name   string
		chains []string
		broken []string
	}{
		{"none", []string{"b.c", "c", ".", ".c"}, nil},
		{"itself", []string{".a."}, []string{"1 to a"}},
		{"itself, for good", []string{"A"}, []string{"0 to a"}},
		{"of two", []string{"b", ".a"}, []string{"11 to a"}},
		{"of three, called from outside", []string{"b", "c", "d", "B."}, []string{"30 to b"}},
		{"twice", []string{"bb", "aa"}, []string{"10 to a", "11 to a"}},
		{"two circles through one chain", []string{"bc", "a", "a"}, []string{"10 to a", "20 to a"}},
		{"nobody calls it", []string{".", "b"}, []string{"10 to b"}},
		{"called twice, no circle", []string{"bc", "d", "d", "."}, nil},
	} {
		p := calls(c.chains...)
		var broken []string
		p.BreakLoops(func(r *ir.Rule, back *ir.Chain) string {
			if r.Action != ir.Jump && r.Action != ir.Goto {
				t.Errorf("%s: told of a rule that is no jump", c.name)
			}
			broken = append(broken, fmt.Sprintf("%d to %s", r.At.Line, back.Name))
			return broken[len(broken)-1]
		})
		if !slices.Equal(broken, c.broken) {
			t.Errorf("%s: %q broken, want %q", c.name, broken, c.broken)
		}
		var undecided []string
		for _, ch := range p.Chains {
			for _, r := range ch.Rules {
				if r.Action == ir.Undecided {
					undecided = append(undecided, r.Why)
				}
			}
		}
		if !slices.Equal(undecided, c.broken) {
			t.Errorf("%s: %q undecided, want %q", c.name, undecided, c.broken)
		}
		p.BreakLoops(func(r *ir.Rule, _ *ir.Chain) string {
			t.Errorf("%s: rule %d still closes a circle", c.name, r.At.Line)
			return ""
		})
	}
}

func TestReaches(t *testing.T) {
	p := calls(".b", "C", ".a", "b", ".")
	for _, c := range []struct {
		from, to int
		want     bool
	}{
		{0, 0, true}, {0, 1, true}, {0, 2, true}, {0, 3, false}, {0, 4, false}, {3, 2, true}, {2, 1, true}, {4, 0, false},
	} {
		if got := p.Reaches(c.from, func(i int) bool { return i == c.to }); got != c.want {
			t.Errorf("from %d to %d: %v", c.from, c.to, got)
		}
	}
	asked := 0
	p.Reaches(3, func(int) bool { asked++; return false })
	if asked != 4 {
		t.Errorf("%d chains asked, want each of 4 once", asked)
	}
}

func TestMayRefuse(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*ir.Program)
		want   bool
	}{
		{"nothing refuses", func(*ir.Program) {}, false},
		{"a rule denies", func(p *ir.Program) { p.Chains[0].Rules[0].Action = ir.Deny }, true},
		{"a rule is not told", func(p *ir.Program) { p.Chains[0].Rules[0].Action = ir.Undecided }, true},
		{"the policy denies", func(p *ir.Program) { p.Chains[0].Policy.Action = ir.Deny }, true},
		{"one that is called denies", func(p *ir.Program) { p.Chains[1].Rules[0].Action = ir.Deny }, true},
		{"the policy of one that is called is not told", func(p *ir.Program) { p.Chains[1].Policy.Action = ir.Undecided }, true},
		{"one that nobody calls denies", func(p *ir.Program) { p.Chains[2].Policy.Action = ir.Deny }, false},
	} {
		p := calls(".b", ".", ".")
		c.change(p)
		if got := p.MayRefuse(0); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
