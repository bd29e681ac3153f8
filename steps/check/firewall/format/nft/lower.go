package nft

import (
	"cmp"
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// lowering makes the program of one family.
type lowering struct {
	set     *ir.Ruleset
	file    *file
	family  ir.Family
	prog    *ir.Program
	index   map[*chain]int
	tables  []*table
	tab     *table // at hand
	cur     *chain
	changes map[int]bool // chains with rules that change packets, by index
	first   bool         // problems are said once, by the first family
	bases   []*chain
	owner   map[*chain]*table
	noted   map[string]bool
	sets    map[setKey]cond // what named sets were read as
}

// setKey is one comparison with a named set.
type setKey struct {
	table      *table
	name, keys string
	op         string
}

// lower makes a program for every family that some table is of.
func lower(set *ir.Ruleset, f *file) {
	for _, fam := range []ir.Family{ir.V4, ir.V6} {
		own := map[ir.Family]string{ir.V4: "ip", ir.V6: "ip6"}[fam]
		l := &lowering{
			set: set, file: f, family: fam, prog: &ir.Program{Family: fam}, index: map[*chain]int{}, changes: map[int]bool{},
			first: len(set.Programs) == 0, owner: map[*chain]*table{}, noted: map[string]bool{}, sets: map[setKey]cond{},
		}
		passed, _ := bridges(f)
		told := len(passed) > 0
		for _, t := range f.tables {
			if t.family == own || t.family == "inet" || t.family == "netdev" {
				l.tables = append(l.tables, t)
				told = told || t.family != "netdev"
			}
		}
		if told || len(f.doubts) > 0 && fam == ir.V4 {
			l.program()
			set.Programs = append(set.Programs, l.prog)
		}
	}
}

func (l *lowering) program() {
	for _, t := range l.tables {
		for _, name := range t.order {
			c := t.chains[name]
			l.index[c], l.owner[c] = len(l.prog.Chains), t
			l.prog.Chains = append(l.prog.Chains, ir.Chain{Name: c.name, Group: t.label()})
			if c.base && !t.dormant {
				l.bases = append(l.bases, c)
			}
		}
	}
	early := l.reached()
	for _, t := range l.tables {
		l.tab = t
		for _, name := range t.order {
			l.chain(t.chains[name], early)
		}
	}
	l.breakLoops()
	l.gates()
	l.bridge()
	l.doubt()
}

func (l *lowering) problem(line int, format string, args ...any) {
	if !l.first {
		return
	}
	text := fmt.Sprintf(format, args...)
	if !l.noted[text] {
		l.noted[text] = true
		l.set.Problems = append(l.set.Problems, ir.Problem{Line: line, Text: text})
	}
}

// hookEarly reports a base chain that comes before connections are tracked.
func (c *chain) hookEarly() bool {
	return c.hook == "ingress" || (c.hook == "prerouting" || c.hook == "output") && c.prio < -200
}

// reach says from where a chain is reached: before connection tracking, after
// it, or both.
type reach struct{ early, late bool }

// reached follows jumps from the base chains.
func (l *lowering) reached() map[*chain]reach {
	out := map[*chain]reach{}
	var visit func(t *table, c *chain, early bool)
	visit = func(t *table, c *chain, early bool) {
		r := out[c]
		if early && r.early || !early && r.late {
			return
		}
		if early {
			r.early = true
		} else {
			r.late = true
		}
		out[c] = r
		for _, x := range c.rules {
			for _, s := range x.stmts {
				for _, v := range verdicts(t, s) {
					if to := t.chains[v.target]; to != nil && v.target != "" {
						visit(t, to, early)
					}
				}
			}
		}
	}
	for _, c := range l.bases {
		visit(l.owner[c], c, c.hookEarly())
	}
	return out
}

func verdicts(t *table, s stmt) []verdict {
	switch s.kind {
	case sVerdict:
		return []verdict{s.verdict}
	case sVmap:
		list := s.rhs.elems()
		if named := t.sets[s.rhs.text]; s.rhs.kind == kRef && named != nil {
			list = named.elems
		}
		var out []verdict
		for _, e := range list {
			if e.verdict != nil {
				out = append(out, *e.verdict)
			}
		}
		return out
	}
	return nil
}

func (l *lowering) chain(c *chain, from map[*chain]reach) {
	l.cur = c
	i := l.index[c]
	rules := make([]ir.Rule, 0, len(c.rules))
	for _, r := range c.rules {
		for _, x := range l.rule(r, from[c]) {
			if rules = append(rules, x); x.Target == thenRest {
				l.prog.Chains[i].Rules = rules
				i, rules = l.rest(c, rules), nil
			}
		}
	}
	l.prog.Chains[i].Rules = rules
	l.prog.Chains[l.index[c]].Policy = policy(c)
}

// rest begins a chain for what is left of one, and sends there what stays.
func (l *lowering) rest(c *chain, before []ir.Rule) int {
	n := len(l.prog.Chains)
	for k := range before {
		if t := before[k].Target; t == toRest || t == thenRest {
			before[k].Target = n
		}
	}
	l.prog.Chains = append(l.prog.Chains, ir.Chain{
		Name: c.name, Group: l.owner[c].label(),
		Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return, At: ir.At{Text: fmt.Sprintf("(end of chain %s)", c.name)}},
	})
	return n
}

func policy(c *chain) ir.Rule {
	r := ir.Rule{Boxes: ir.Always(), At: c.polAt}
	switch {
	case !c.base:
		r.Action, r.At = ir.Return, ir.At{Text: fmt.Sprintf("(end of chain %s)", c.name)}
		r.Why = fmt.Sprintf("the chain that calls %s, as no rule of %s decides", c.name, c.name)
	case c.policy == "drop":
		r.Action = ir.Deny
	case c.policy == "accept":
		r.Action = ir.Accept
	case c.policy == "":
		r.Action, r.At = ir.Accept, ir.At{Text: fmt.Sprintf("(policy of %s: accept, as nft starts)", c.name)}
	default:
		r.Action, r.Why = ir.Undecided, fmt.Sprintf("the policy %q of chain %s, which is neither accept nor drop", clip(c.policy), c.name)
	}
	if r.At.Text != "" && r.At.Line > 0 {
		r.At.Text = fmt.Sprintf("chain %s: %s", c.name, r.At.Text)
	}
	return r
}

// breakLoops makes jumps that close a circle undecided. The kernel refuses
// such rules, so a file with them was never loaded.
func (l *lowering) breakLoops() {
	l.prog.BreakLoops(func(r *ir.Rule, back *ir.Chain) string {
		l.problem(r.At.Line, "line %d jumps to chain %s, which leads back to the same line; the kernel does not load such rules.", r.At.Line, back.Name)
		return fmt.Sprintf("chain %s, which calls itself", back.Name)
	})
}

// The place of address translation among the chains of a hook: all nat chains
// run there, in the order of their own priorities
// (net/netfilter/nf_nat_proto.c, nf_nat_ipv4_ops).
const (
	natBefore = -100 // destinations, in prerouting and output
	natAfter  = 100  // sources, in input and postrouting
)

// gates puts base chains in the order in which packets meet them: by
// priority; of one priority the chain made last comes first
// (net/netfilter/core.c, nf_hook_entries_grow).
func (l *lowering) gates() {
	nat := 0 // the first nat chain brings translation with it
	for _, c := range l.bases {
		if c.typ == "nat" && (nat == 0 || c.order < nat) {
			nat = c.order
		}
	}
	slices.SortStableFunc(l.bases, func(a, b *chain) int {
		pa, oa := a.place(nat)
		pb, ob := b.place(nat)
		return cmp.Or(cmp.Compare(pa, pb), cmp.Compare(ob, oa), cmp.Compare(a.prio, b.prio), cmp.Compare(b.order, a.order))
	})
	p := l.prog
	for _, c := range l.bases {
		switch c.hook {
		case "ingress":
			p.Arrive = append(p.Arrive, l.device(c, true))
		case "prerouting":
			p.Arrive = append(p.Arrive, l.gate(c))
		}
	}
	hooks := map[string][]*[]ir.Gate{
		"input": {&p.Local}, "forward": {&p.Through}, "output": {&p.Leave}, "postrouting": {&p.Through, &p.Leave}, "egress": {&p.Through, &p.Leave},
	}
	for _, hook := range []string{"input", "forward", "output", "postrouting", "egress"} {
		for _, c := range l.bases {
			if c.hook != hook {
				continue
			}
			g, ok := ir.Gate{}, true
			switch {
			case hook == "egress":
				g = l.device(c, false)
			case c.typ == "nat" && (hook == "input" || hook == "postrouting"):
				g, ok = l.sources(c)
			default:
				g = l.gate(c)
			}
			for _, to := range hooks[hook] {
				if ok {
					*to = append(*to, g)
				}
			}
		}
	}
	for i := range p.Leave {
		p.Leave[i].NoIn = true
	}
}

func (c *chain) place(nat int) (prio, order int) {
	switch {
	case c.typ != "nat":
		return c.prio, c.order
	case c.hook == "prerouting" || c.hook == "output":
		return natBefore, nat
	}
	return natAfter, nat
}

func (l *lowering) gate(c *chain) ir.Gate {
	return ir.Gate{
		Stage: l.owner[c].label() + " " + c.name, Chain: l.index[c],
		NAT:     c.typ == "nat",
		Primary: c.typ == "filter" && (c.hook == "input" || c.hook == "forward" || c.hook == "output"),
		Early:   c.hookEarly(),
		NoOut:   c.hook == "prerouting" || c.hook == "input" || c.hook == "ingress",
		NoIn:    c.hook == "output",
		Diverts: c.hook == "prerouting" || c.hook == "ingress" || c.typ == "nat" || c.typ == "route" || l.changed(l.index[c]),
	}
}

// changed reports that a chain, or one that it calls, changes packets.
func (l *lowering) changed(i int) bool {
	return len(l.changes) > 0 && l.prog.Reaches(i, func(i int) bool { return l.changes[i] })
}

// wrap is a gate before a base chain for those packets that meet it at all.
func (l *lowering) wrap(c *chain, box ir.Box) ir.Gate {
	g := l.gate(c)
	p := l.prog.Chains[g.Chain].Policy
	p.Boxes = []ir.Box{box}
	l.prog.Chains = append(l.prog.Chains, ir.Chain{
		Name: c.name, Group: l.owner[c].label(),
		Rules:  []ir.Rule{{Boxes: []ir.Box{box}, Action: ir.Jump, Target: g.Chain, At: c.at}, p},
		Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(chain %s is for others)", c.name)}},
	})
	g.Chain = len(l.prog.Chains) - 1
	return g
}

// device is the gate of a chain that hangs on some interfaces alone.
func (l *lowering) device(c *chain, in bool) ir.Gate {
	if len(c.devs) == 0 {
		return l.gate(c)
	}
	names := &ir.Ifaces{}
	for _, d := range c.devs {
		names.Patterns = append(names.Patterns, ifacePattern(d))
	}
	if in {
		return l.wrap(c, ir.Box{In: names})
	}
	return l.wrap(c, ir.Box{Out: names})
}

// sources is the gate of a nat chain that changes sources: a gate for what it
// refuses, which is asked of first packets alone. False where it refuses none.
func (l *lowering) sources(c *chain) (ir.Gate, bool) {
	i := l.index[c]
	if !l.prog.MayRefuse(i) {
		return ir.Gate{}, false
	}
	g := l.wrap(c, ir.Box{State: []ir.StateCond{{Any: ir.New | ir.Related}}})
	g.NAT = false
	return g, true
}

// doubt puts what may change everything before everything.
func (l *lowering) doubt() {
	if len(l.file.doubts) == 0 {
		return
	}
	c := ir.Chain{Name: "(not in the file)", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept}}
	for _, d := range l.file.doubts {
		c.Rules = append(c.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: d.why, At: d.at})
	}
	l.prog.Chains = append(l.prog.Chains, c)
	g := ir.Gate{Stage: "what is not in the file", Chain: len(l.prog.Chains) - 1, Diverts: true}
	l.prog.Arrive = append([]ir.Gate{g}, l.prog.Arrive...)
	l.prog.Leave = append([]ir.Gate{g}, l.prog.Leave...)
}
