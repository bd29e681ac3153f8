package formattest

import (
	"slices"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/ir"
)

// RuleEdit changes the rule that stands at a line of a text, and no other; the
// lines before it stay where they are, and no other rule comes to stand at that
// line. It returns "" where it cannot.
type RuleEdit func(text string, line int) string

// Blame takes out, one after another, each rule that is said to decide about a
// packet drawn at the bounds of the rules: it must not decide about any packet
// then, every packet must fare as if the rule had not been read, and one at
// least must fare otherwise than before or be decided by another line. At least
// so many rules must have been taken out; it returns how many were.
func Blame(t testing.TB, id, text string, least int, off RuleEdit) (tried int) {
	t.Helper()
	return one(t, id, text, least, off, without, func(t testing.TB, line int, x, y firewall.Verdict) {
		t.Helper()
		if x.Line == line && y.Line == line && x.Text == y.Text && x.Verdict != "unknown" {
			t.Errorf("line %d is taken out and still decides: %+v", line, y)
		}
	})
}

// Turned makes each rule that is said to decide refuse what it let through, or
// the other way round: every packet must fare as if the rule had been read with
// the other action, and one at least otherwise than before. At least so many
// rules must have been turned.
func Turned(t testing.TB, id, text string, least int, turn RuleEdit) {
	t.Helper()
	one(t, id, text, least, turn, turned, func(t testing.TB, line int, x, y firewall.Verdict) {
		t.Helper()
		if x.Line == line && x.Verdict == "permit" && (y.Verdict == "permit" || y.Verdict == "deny" && y.Line != line) {
			t.Errorf("line %d let pass and was turned, but: %+v", line, y)
		}
	})
}

// Refused makes each rule that lets pass and decides refuse, where refusals come
// before all else: what it let through is refused at its line, and whatever
// fares otherwise than before was let through and is refused at its line.
func Refused(t testing.TB, id, text string, least int, turn RuleEdit) {
	t.Helper()
	one(t, id, text, least, turn, nil, func(t testing.TB, line int, x, y firewall.Verdict) {
		t.Helper()
		if x.Line == line && x.Verdict == "permit" && (y.Verdict == "permit" || y.Verdict == "deny" && y.Line != line) ||
			x.Verdict != y.Verdict && (x.Verdict == "deny" || y.Verdict == "permit" || y.Verdict == "deny" && y.Line != line) {
			t.Errorf("line %d was turned into a refusal: was %+v, is %+v", line, x, y)
		}
	})
}

func one(t testing.TB, id, text string, least int, edit RuleEdit, as func(*ir.Ruleset, int) *ir.Ruleset, ask func(t testing.TB, line int, x, y firewall.Verdict)) (tried int) {
	t.Helper()
	set := read(t, id, text)
	packets := Packets(t, set)
	before := says(t, id, text, set, packets)
	lines := before.deciding()
	if as == nil {
		lines = slices.DeleteFunc(lines, func(n int) bool {
			return !slices.ContainsFunc(before.asked, func(v firewall.Verdict) bool { return v.Line == n && v.Verdict == "permit" })
		})
	}
	for _, line := range lines {
		after := edit(text, line)
		if after == "" {
			continue
		}
		if after == text {
			t.Errorf("line %d: nothing was changed: %s", line, before.lines[line-1])
			continue
		}
		tried++
		is := read(t, id, after)
		now := says(t, id, after, is, packets)
		want := now.walked
		if as != nil {
			want = walk(as(set, line), packets)
		}
		changed, wrong := 0, 0
		for i, p := range packets {
			x, y := before.asked[i], now.asked[i]
			if x.Verdict != y.Verdict || x.Line == line && y.Line != line {
				changed++
			}
			if now.walked[i] != want[i] && wrong < 3 {
				wrong++
				t.Errorf("line %d %q\n%s\nwas %+v %+v\nis  %+v %+v\nshould be %+v", line, before.lines[line-1], name(p), x, before.walked[i], y, now.walked[i], want[i])
			}
			if !t.Failed() {
				ask(t, line, x, y)
			}
		}
		if changed == 0 {
			t.Errorf("line %d %q decides, and nothing changes without it", line, before.lines[line-1])
		}
		if t.Failed() {
			t.Fatalf("after\n%s", after)
		}
	}
	t.Logf("%d rules tried of %d that decide", tried, len(lines))
	if tried < least {
		t.Errorf("%d rules tried, expected %d at least; these decide: %v", tried, least, lines)
	}
	return tried
}

// deciding lists the lines of rules that are said to decide, in order; not
// those of a default action.
func (s said) deciding() []int {
	var out []int
	for _, v := range s.asked {
		if v.Line > 0 && v.Line <= len(s.lines) && v.Verdict != "unknown" && !byDefault(v) {
			out = append(out, v.Line)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// without is a ruleset as if the rules at a line were not there. What leads to
// another list stays: it may be named by the first rule of that list.
func without(set *ir.Ruleset, line int) *ir.Ruleset {
	return mapped(set, func(r ir.Rule, _ bool) (ir.Rule, bool) {
		return r, r.At.Line != line || r.Action == ir.Jump || r.Action == ir.Goto
	})
}

// turned is a ruleset as if the rules at a line did the opposite. Where packets
// are translated, Accept is no more than the end of the list.
func turned(set *ir.Ruleset, line int) *ir.Ruleset {
	return mapped(set, func(r ir.Rule, translates bool) (ir.Rule, bool) {
		switch {
		case r.At.Line != line || translates:
		case r.Action == ir.Accept:
			r.Action = ir.Deny
		case r.Action == ir.Deny:
			r.Action = ir.Accept
		}
		return r, true
	})
}

func mapped(set *ir.Ruleset, f func(r ir.Rule, translates bool) (ir.Rule, bool)) *ir.Ruleset {
	out := *set
	out.Programs = nil
	for _, p := range set.Programs {
		nat := make([]bool, len(p.Chains))
		for _, g := range slices.Concat(p.Arrive, p.Local, p.Through, p.Leave) {
			if g.NAT {
				reached(p, g.Chain, nat)
			}
		}
		q := *p
		q.Chains = slices.Clone(p.Chains)
		for i := range q.Chains {
			var kept []ir.Rule
			for _, r := range q.Chains[i].Rules {
				if r, ok := f(r, nat[i]); ok {
					kept = append(kept, r)
				}
			}
			q.Chains[i].Rules = kept
		}
		out.Programs = append(out.Programs, &q)
	}
	return &out
}

// reached marks a chain and those that its rules lead to.
func reached(p *ir.Program, chain int, mark []bool) {
	if mark[chain] {
		return
	}
	mark[chain] = true
	for _, r := range p.Chains[chain].Rules {
		if r.Action == ir.Jump || r.Action == ir.Goto {
			reached(p, r.Target, mark)
		}
	}
}
