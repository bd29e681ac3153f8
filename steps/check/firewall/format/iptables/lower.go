package iptables

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/ir"
)

// lower turns the tables into one program a family.
func (p *parser) lower() {
	p.settleFamilies()
	for _, f := range []ir.Family{ir.V4, ir.V6} {
		byName := map[string]*table{}
		for _, t := range p.tables {
			if t.family != f {
				continue
			}
			if old := byName[t.name]; old != nil {
				p.problem(t.line, "table *%s appears twice, at line %d and line %d; the later one counts, as iptables-restore would have it.", t.name, old.line, t.line)
			}
			byName[t.name] = t
		}
		if len(byName) > 0 {
			l := &lowering{p: p, prog: &ir.Program{Family: f}, byName: byName}
			prog := l.program()
			p.set.Programs = append(p.set.Programs, prog)
			if f == ir.V4 {
				p.set.Notes = append(p.set.Notes, sends.Notes(prog, nil)...)
			}
		}
	}
	p.label()
}

// settleFamilies decides tables that hold no address: as the rest of the file.
func (p *parser) settleFamilies() {
	fallback := ir.V4
	name := strings.ToLower(p.name)
	if strings.Contains(name, "ip6tables") || strings.HasSuffix(name, ".v6") || strings.Contains(name, "rules.v6") {
		fallback = ir.V6
	}
	known := map[ir.Family]bool{}
	for _, t := range p.tables {
		known[t.family] = true
	}
	switch {
	case known[ir.V4] && !known[ir.V6]:
		fallback = ir.V4
	case known[ir.V6] && !known[ir.V4]:
		fallback = ir.V6
	}
	for i, t := range p.tables {
		if t.family != 0 {
			continue
		}
		t.family = fallback
		if i > 0 && known[ir.V4] && known[ir.V6] {
			t.family = p.tables[i-1].family
		}
	}
}

func (p *parser) label() {
	kind := "iptables-save"
	if p.script {
		kind = "iptables commands"
	} else if len(p.set.Programs) == 1 && p.set.Programs[0].Family == ir.V6 {
		kind = "ip6tables-save"
	}
	p.set.Label = p.set.Named(kind)
}

type lowering struct {
	p      *parser
	prog   *ir.Program
	byName map[string]*table
	index  map[string]int // "table/chain"
	cur    *table
	at     string // the chain at hand, when it is one of the kernel's
}

func (l *lowering) program() *ir.Program {
	l.index = map[string]int{}
	for _, name := range []string{"raw", "mangle", "nat", "filter", "security"} {
		t := l.byName[name]
		if t == nil {
			continue
		}
		for _, c := range t.order {
			l.index[name+"/"+c] = len(l.prog.Chains)
			l.prog.Chains = append(l.prog.Chains, ir.Chain{Name: c, Group: name})
		}
	}
	for _, name := range []string{"raw", "mangle", "nat", "filter", "security"} {
		if t := l.byName[name]; t != nil {
			l.cur = t
			for _, c := range t.order {
				l.chain(t.chains[c])
			}
		}
	}
	l.breakLoops()
	l.prog.Arrive = l.gates("raw/PREROUTING", "mangle/PREROUTING", "nat/PREROUTING")
	l.prog.Local = append(l.gates("mangle/INPUT", "filter/INPUT", "security/INPUT"), l.natEnd("INPUT")...)
	l.prog.Through = l.gates("mangle/FORWARD", "filter/FORWARD", "security/FORWARD", "mangle/POSTROUTING")
	l.prog.Through = append(l.prog.Through, l.natEnd("POSTROUTING")...)
	l.prog.Leave = l.gates("raw/OUTPUT", "mangle/OUTPUT", "nat/OUTPUT", "filter/OUTPUT", "security/OUTPUT", "mangle/POSTROUTING")
	l.prog.Leave = append(l.prog.Leave, l.natEnd("POSTROUTING")...)
	for i := range l.prog.Leave {
		l.prog.Leave[i].NoIn = true
	}
	return l.prog
}

// natEnd is a gate for the policy alone of a chain of table nat whose rules
// change sources, where that policy is not to accept.
func (l *lowering) natEnd(chain string) []ir.Gate {
	i, ok := l.index["nat/"+chain]
	if !ok || l.prog.Chains[i].Policy.Action == ir.Accept {
		return nil
	}
	open := l.prog.Chains[i].Policy
	open.Boxes = []ir.Box{{State: []ir.StateCond{{Any: ir.New}}}} // later packets of a connection do not come here
	l.prog.Chains = append(l.prog.Chains, ir.Chain{
		Name: chain, Group: "nat", Rules: []ir.Rule{open},
		Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(end of chain " + chain + ")"}},
	})
	return []ir.Gate{{Stage: "nat " + chain, Chain: len(l.prog.Chains) - 1, NoOut: chain == "INPUT"}}
}

func (l *lowering) gates(names ...string) []ir.Gate {
	var out []ir.Gate
	for _, n := range names {
		i, ok := l.index[n]
		if !ok {
			continue
		}
		group, chain, _ := strings.Cut(n, "/")
		out = append(out, ir.Gate{
			Stage: group + " " + chain, Chain: i, NAT: group == "nat", Primary: group == "filter", Early: group == "raw",
			NoOut:   chain == "PREROUTING" || chain == "INPUT",
			NoIn:    chain == "OUTPUT",
			Diverts: group == "nat" || group == "raw" || chain == "PREROUTING" || group == "mangle" && chain == "OUTPUT",
		})
	}
	return out
}

func (l *lowering) chain(c *chain) {
	out := &l.prog.Chains[l.index[l.cur.name+"/"+c.name]]
	out.Rules = make([]ir.Rule, 0, len(c.rules))
	l.at = ""
	if c.base {
		l.at = c.name
	}
	for _, r := range c.rules {
		out.Rules = append(out.Rules, l.rule(r))
	}
	out.Policy = l.policy(c)
}

func (l *lowering) policy(c *chain) ir.Rule {
	r := ir.Rule{Boxes: ir.Always(), At: c.policyAt}
	switch {
	case !c.base:
		r.Action = ir.Return
		r.Why = fmt.Sprintf("the chain that calls %s, as no rule of %s decides", c.name, c.name)
		if r.At.Line == 0 {
			r.At.Text = fmt.Sprintf("(end of chain %s)", c.name)
		}
	case c.policy == "ACCEPT":
		r.Action = ir.Accept
	case c.policy == "DROP" && l.cur.name == "nat":
		// refused by some versions, of no effect in others
		r.Action, r.Why = ir.Undecided, fmt.Sprintf("the policy DROP of chain %s in table nat, which kernels treat differently; refuse packets in table filter instead", c.name)
	case c.policy == "DROP":
		r.Action = ir.Deny
	case c.policy == "" && len(c.rules) == 0:
		r.Action = ir.Accept
		r.At.Text = fmt.Sprintf("(policy of %s: ACCEPT, as the kernel starts)", c.name)
	default:
		r.Action = ir.Undecided
		r.Why = fmt.Sprintf("the policy of chain %s, which is not in the file; a line such as :%s DROP [0:0] says it", c.name, c.name)
		if c.policy != "" {
			r.Why = fmt.Sprintf("the policy %s of chain %s, which is neither ACCEPT nor DROP", c.policy, c.name)
		}
		if r.At.Text == "" {
			r.At.Text = fmt.Sprintf("(policy of %s: not in the file)", c.name)
		}
	}
	return r
}

func (l *lowering) rule(r *rule) ir.Rule {
	out := ir.Rule{At: r.at}
	if r.doubt {
		out.Boxes, out.Action, out.Why = ir.Always(), ir.Undecided, r.maybe
		return out
	}
	m := &matcher{l: l, boxes: ir.Always(), line: r.at.Line, proto: -1, seen: map[string]int{}}
	m.read(r.words)
	if m.family != 0 && m.family != l.prog.Family {
		return ir.Rule{At: r.at, Action: ir.Continue} // -4 or -6: for the other family
	}
	if r.maybe != "" {
		m.boxes.Perhaps(r.maybe)
	}
	if l.p.control {
		m.boxes.Perhaps("the shell script around it, which has conditions or loops")
	}
	if m.refused == "" {
		m.hooks(l.at)
	}
	if m.refused != "" {
		l.p.problem(r.at.Line, "line %d %s. iptables does not take such a line, so what reaches it cannot be decided.", r.at.Line, m.refused)
		out.Boxes, out.Action = ir.Always(), ir.Undecided
		out.Why = fmt.Sprintf("line %d, which %s", r.at.Line, m.refused)
		return out
	}
	out.Boxes = m.boxes
	l.target(m, &out)
	return out
}

// breakLoops makes jumps that close a circle undecided. The kernel refuses
// such rules, so a file with them was never loaded.
func (l *lowering) breakLoops() {
	l.prog.BreakLoops(func(r *ir.Rule, back *ir.Chain) string {
		l.p.problem(r.At.Line, "line %d jumps to chain %s, which leads back to the same line; the kernel does not load such rules.", r.At.Line, back.Name)
		return fmt.Sprintf("chain %s, which calls itself", back.Name)
	})
}

// passing are targets that do something and go on to the next rule.
var passing = []string{
	"LOG", "NFLOG", "ULOG", "MARK", "CONNMARK", "CONNSECMARK", "SECMARK", "CLASSIFY", "TCPMSS", "TCPOPTSTRIP", "TOS",
	"DSCP", "TTL", "HL", "ECN", "CHECKSUM", "AUDIT", "TRACE", "TEE", "SET", "RATEEST", "LED", "IDLETIMER", "HMARK",
	"ACCOUNT", "NETFLOW", "IPMARK", "SYSLOG", "LOGMARK", "DNETMAP_LOG",
}

// target reads -j or -g.
func (l *lowering) target(m *matcher, out *ir.Rule) {
	name := m.target
	if name == "" {
		out.Action = ir.Continue
		if m.strange {
			out.Action, out.Why = ir.Undecided, fmt.Sprintf("line %d, which names no target that could be read", m.line)
		}
		return
	}
	if i, ok := l.index[l.cur.name+"/"+name]; ok && !builtin(l.cur.name, name) {
		if since := l.cur.chains[name].since; !l.cur.script && since > m.line {
			out.Boxes, out.Action, out.Why = ir.Always(), ir.Undecided, fmt.Sprintf("line %d, which calls chain %s before it is declared", m.line, name)
			l.p.problem(m.line, "line %d calls chain %s, which line %d declares only later. iptables does not take such a file, so what reaches the line cannot be decided.",
				m.line, name, since)
			return
		}
		out.Action, out.Target = ir.Jump, i
		if m.isGoto {
			out.Action = ir.Goto
		}
		return
	}
	switch {
	case m.isGoto:
		out.Action, out.Why = ir.Undecided, fmt.Sprintf("chain %s, which is not in the file", name)
	case name == "ACCEPT":
		out.Action = ir.Accept
	case name == "DROP", name == "REJECT", name == "TARPIT":
		out.Action = ir.Deny
	case name == "RETURN":
		out.Action = ir.Return
	case name == "NOTRACK", name == "CT" && m.has("--notrack"):
		out.Action = ir.NoTrack
	case name == "CT", slices.Contains(passing, name):
		out.Action = ir.Continue
	case name == "SNAT", name == "MASQUERADE":
		out.Action, out.SNAT = ir.Accept, true
	case name == "DNAT", name == "REDIRECT", name == "NETMAP":
		l.translate(m, out)
	default:
		out.Action = ir.Undecided
		out.Why = fmt.Sprintf("what target %s does, which is not known here (nor is there a chain of that name)", name)
		l.p.problem(m.line, "line %d: target %s is not known here and the file has no chain of that name; what reaches the line cannot be decided.", m.line, name)
	}
}
