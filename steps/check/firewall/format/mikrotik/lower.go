package mikrotik

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// lowering turns the menus of one address family into a program.
type lowering struct {
	r       *reader
	net     *network
	menu    string // "ip" or "ipv6"
	prog    *ir.Program
	index   map[string]int // "filter/forward"
	lists   *objects.Book[*objects.Addrs]
	negated map[string]*objects.Addrs
	fed     map[string]int // address lists that rules add to, with the line
	hoisted []ir.Rule      // of mangle, that let packets past the filter
}

// tables of the firewall, in the order in which packets meet them, with the
// chains that are there from the start.
var tables = []struct {
	name   string
	chains []string
}{
	{"raw", []string{"prerouting", "output"}},
	{"mangle", []string{"prerouting", "input", "forward", "output", "postrouting"}},
	{"nat", []string{"dstnat", "srcnat", "input", "output"}},
	{"filter", []string{"input", "forward", "output"}},
}

func builtin(table, chain string) bool {
	for _, t := range tables {
		if t.name == table {
			return slices.Contains(t.chains, chain)
		}
	}
	return false
}

func (r *reader) lower(n *network) {
	for _, f := range []struct {
		menu   string
		family ir.Family
	}{{menu4, ir.V4}, {menu6, ir.V6}} {
		l := &lowering{
			r: r, net: n, menu: f.menu, prog: &ir.Program{Family: f.family}, index: map[string]int{},
			negated: map[string]*objects.Addrs{}, fed: map[string]int{},
		}
		if l.empty() {
			continue
		}
		l.program()
		r.set.Programs = append(r.set.Programs, l.prog)
		if f.family == ir.V4 {
			r.set.Notes = append(r.set.Notes, sends.Notes(l.prog, nil)...)
		}
	}
}

func (l *lowering) of(table string) *menu {
	m := l.r.menus[l.menu+" firewall "+table]
	if m == nil {
		m = &menu{}
	}
	return m
}

func (l *lowering) empty() bool {
	for _, t := range tables {
		if m := l.of(t.name); len(m.items) > 0 || len(m.doubts) > 0 {
			return false
		}
	}
	return true
}

func (l *lowering) program() {
	l.addressLists()
	for _, t := range tables {
		for _, c := range l.chainNames(t.name, t.chains) {
			l.index[t.name+"/"+c] = len(l.prog.Chains)
			l.prog.Chains = append(l.prog.Chains, ir.Chain{Name: c, Group: t.name, Policy: policy(t.name, c)})
		}
	}
	for _, t := range tables {
		l.table(t.name, t.chains)
	}
	l.breakLoops()
	own := l.ownAddresses()
	l.prog.Arrive = l.gates("raw/prerouting", "nat/dstnat")
	l.prog.Local = l.gates("filter/input")
	l.prog.Through = append(own, l.gates("filter/forward")...)
	l.prog.Leave = l.gates("raw/output", "filter/output")
}

// chainNames lists the chains of a table: those there from the start, then
// others as the file names them.
func (l *lowering) chainNames(table string, start []string) []string {
	names := slices.Clone(start)
	seen := map[string]bool{}
	for _, n := range names {
		seen[n] = true
	}
	for _, it := range l.of(table).items {
		for _, n := range []string{it.get("chain"), it.get("jump-target")} {
			if n != "" && !seen[n] {
				seen[n] = true
				names = append(names, n)
			}
		}
	}
	return names
}

// policy is what becomes of a packet at the end of a chain: RouterOS has no
// policies, so a chain that is there from the start accepts.
func policy(table, chain string) ir.Rule {
	r := ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(end of chain %s: RouterOS accepts what no rule refuses)", chain)}}
	if !builtin(table, chain) {
		r.Action = ir.Return
		r.Why = fmt.Sprintf("the chain that calls %s, as no rule of %s decides", chain, chain)
		r.At.Text = fmt.Sprintf("(end of chain %s)", chain)
	}
	return r
}

func (l *lowering) gates(names ...string) []ir.Gate {
	var out []ir.Gate
	for _, n := range names {
		table, chain, _ := strings.Cut(n, "/")
		c := l.prog.Chains[l.index[n]]
		if table != "filter" && len(c.Rules) == 0 {
			continue
		}
		out = append(out, ir.Gate{
			Stage: table + " " + chain, Chain: l.index[n], NAT: table == "nat", Primary: table == "filter", Early: table == "raw",
			NoOut: chain == "prerouting" || chain == "dstnat" || chain == "input", NoIn: chain == "output",
			Diverts: table == "nat" || table == "raw",
		})
	}
	return out
}

// ownChain is the name of the chain of the router's own addresses.
const ownChain = "own addresses"

// ownAddresses is a gate for what is sent to the firewall's own addresses and
// not translated: it ends at the firewall and is not passed on.
func (l *lowering) ownAddresses() []ir.Gate {
	addrs, at := l.net.own(l.menu == menu4)
	if len(addrs) == 0 {
		return nil
	}
	c := ir.Chain{Name: ownChain, Group: "routing", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no address of the firewall itself)"}}}
	for i, a := range addrs {
		r, _ := source.Net(a.String())
		c.Rules = append(c.Rules, ir.Rule{
			Boxes: []ir.Box{{
				Dst:   &ir.Addrs{Ranges: []ipRange{r}},
				State: []ir.StateCond{{Any: ir.New}, {Any: ir.DNAT, Not: true}},
			}},
			Action: ir.Deny, At: at[i],
		})
	}
	l.prog.Chains = append(l.prog.Chains, c)
	return []ir.Gate{{Stage: "routing", Chain: len(l.prog.Chains) - 1}}
}

func (l *lowering) table(name string, start []string) {
	m := l.of(name)
	doubts := l.doubts(name, m)
	for _, c := range start {
		at := &l.prog.Chains[l.index[name+"/"+c]]
		at.Rules = append(at.Rules, doubts...)
		if name == "filter" {
			at.Rules = append(at.Rules, l.hoisted...)
		}
	}
	for _, it := range m.items {
		if it.disabled() {
			continue
		}
		chain := it.get("chain")
		i, ok := l.index[name+"/"+chain]
		if !ok || chain == "" {
			l.r.problem(it.line, "line %d names no chain, so the router does not take it; it is passed over.", it.line)
			continue
		}
		rules := l.rule(name, it)
		if name == "mangle" {
			continue // its actions refuse nothing; what lets packets past the filter was put aside
		}
		if it.stray { // it may stand anywhere: perhaps before all
			for k := range rules {
				rules[k] = ir.Rule{
					Boxes: rules[k].Boxes, Action: ir.Undecided, At: rules[k].At,
					Why: fmt.Sprintf("where the rule of line %d stands among the others, which the file does not tell", it.line),
				}
			}
			l.prog.Chains[i].Rules = append(rules, l.prog.Chains[i].Rules...)
			continue
		}
		l.prog.Chains[i].Rules = append(l.prog.Chains[i].Rules, rules...)
	}
}

// doubts are rules for commands that may have changed anything in a table.
func (l *lowering) doubts(table string, m *menu) []ir.Rule {
	var out []ir.Rule
	for _, it := range m.doubts {
		if len(out) == 20 {
			break
		}
		out = append(out, ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: it.doubt, At: ir.At{Line: it.line, Text: shown(it.text)}})
	}
	if table == "mangle" {
		return nil
	}
	return out
}

// shown is a command as it is quoted.
func shown(text string) string {
	text = strings.TrimSpace(text)
	if len(text) > 400 {
		text = strings.ToValidUTF8(text[:400], "") + " [...]"
	}
	return text
}

// rule lowers one item: one rule, or more for translations of many addresses.
func (l *lowering) rule(table string, it *item) []ir.Rule {
	m := l.match(it)
	out := ir.Rule{Boxes: m.boxes, At: ir.At{Line: it.line, Text: shown(it.text)}}
	l.r.set.Rules++
	if m.unread != "" {
		out.Action, out.Why = ir.Undecided, m.unread
		return []ir.Rule{out}
	}
	action := it.get("action")
	if action == "" {
		action = "accept"
	}
	switch action {
	case "accept":
		out.Action = ir.Accept
	case "drop", "reject", "tarpit":
		out.Action = ir.Deny
	case "return":
		out.Action = ir.Return
	case "log", "passthrough", "add-src-to-address-list", "add-dst-to-address-list":
		out.Action = ir.Continue
	case "jump":
		out.Action, out.Target = ir.Jump, l.index[table+"/"+it.get("jump-target")]
		if it.get("jump-target") == "" {
			out.Action, out.Why = ir.Undecided, fmt.Sprintf("where line %d jumps to, which it does not say", it.line)
		}
	case "fasttrack-connection":
		l.fasttrack(table, &out)
	case "notrack":
		out.Action = ir.NoTrack
	case "dst-nat", "netmap", "redirect":
		return l.translate(it, out)
	case "src-nat", "masquerade", "same":
		out.Action, out.SNAT = ir.Accept, true
	case "endpoint-independent-nat":
		m.boxes.Each(func(b *ir.Box) {
			b.Perhaps("translations made before (endpoint-independent-nat)")
		})
		out.Action, out.Why = ir.Undecided, "translations made before (endpoint-independent-nat)"
	default:
		l.otherAction(table, action, it, &out)
	}
	return []ir.Rule{out}
}

// fasttrack lets most packets of a connection past all later rules, but not
// each of them: the rule is met perhaps.
func (l *lowering) fasttrack(table string, out *ir.Rule) {
	out.Action = ir.Accept
	out.Boxes = slices.Clone(out.Boxes)
	for i := range out.Boxes {
		b := &out.Boxes[i]
		b.Perhaps("FastTrack, which takes most packets past the rules, but not all; add a rule after it that accepts them")
	}
	if table == "mangle" {
		l.hoisted = append(l.hoisted, *out)
	}
}

// markers are actions of mangle that change or note something and refuse
// nothing.
var markers = []string{
	"mark-connection", "mark-packet", "mark-routing", "change-dscp", "change-mss", "change-ttl", "change-hop-limit", "clear-df", "set-priority",
	"sniff-pc", "sniff-tzsp", "strip-ipv4-options", "route", "snpt", "dnpt", "change-priority",
}

func (l *lowering) otherAction(table, action string, it *item, out *ir.Rule) {
	out.Action = ir.Continue
	if table == "mangle" && slices.Contains(markers, action) {
		return
	}
	l.r.problem(it.line, "line %d: the action %s is not known here; what it does to packets cannot be decided.", it.line, source.Redact(action))
	out.Action, out.Why = ir.Undecided, fmt.Sprintf("what the action %s does, which is not known here", action)
	if table == "mangle" {
		l.hoisted = append(l.hoisted, *out)
	}
}

// marks reports that packets or connections may be marked.
func (l *lowering) marks() bool {
	m := l.of("mangle")
	return len(m.doubts) > 0 || slices.ContainsFunc(m.items, func(it *item) bool { return !it.disabled() })
}

// breakLoops makes jumps that close a circle undecided.
func (l *lowering) breakLoops() {
	l.prog.BreakLoops(func(r *ir.Rule, back *ir.Chain) string {
		l.r.problem(r.At.Line, "line %d jumps to chain %s, which leads back to the same line.", r.At.Line, back.Name)
		return fmt.Sprintf("chain %s, which calls itself", back.Name)
	})
}
