package vyos

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// lowering turns a configuration into the program of one address family.
type lowering struct {
	r      *reader
	fw     *wordtree.Node
	groups *groups
	net    *network
	v6     bool
	prog   *ir.Program
	index  map[string]int // "name WAN_IN", "ipv4 forward filter"
	opens  int            // the chain of what port forwards let in, and 1; 0 for none
}

func (r *reader) lower(g *groups, n *network) {
	for _, v6 := range []bool{false, true} {
		l := &lowering{r: r, fw: r.root.Kid("firewall"), groups: g, net: n, v6: v6, prog: &ir.Program{Family: ir.V4}, index: map[string]int{}}
		if v6 {
			l.prog.Family = ir.V6
		}
		if l.silent() {
			continue
		}
		l.program()
		r.set.Programs = append(r.set.Programs, l.prog)
		if !v6 && len(r.doubts) == 0 {
			r.set.Notes = append(r.set.Notes, sends.Notes(l.prog, r.oneToOne)...)
		}
	}
}

func (l *lowering) family() string {
	if l.v6 {
		return "ipv6"
	}
	return "ipv4"
}

// named are the places where rulesets with a name stand: before 1.4 and since.
func (l *lowering) named() []string {
	if l.v6 {
		return []string{"ipv6-name", "ipv6 name"}
	}
	return []string{"name", "ipv4 name"}
}

func (l *lowering) section(path string) *wordtree.Node {
	return l.fw.At(strings.Fields(path)...)
}

// silent reports that the file tells nothing of the family.
func (l *lowering) silent() bool {
	has := len(l.r.doubts) > 0 || l.section(l.family()) != nil
	for _, s := range l.named() {
		has = has || l.section(s) != nil
	}
	root := l.r.root
	if l.v6 {
		return !has && !root.Has("nat66") || len(l.r.doubts) > 0 && l.section("ipv6") == nil && l.section("ipv6-name") == nil
	}
	return !has && !root.Has("nat") && !root.Has("port-forward") && !root.At("service").Has("nat") && !root.At("firewall").Has("zone") && !root.Has("zone-policy")
}

func (l *lowering) program() {
	for _, s := range l.named() {
		for _, n := range l.section(s).Live() {
			l.declare(s, n)
		}
	}
	for _, hook := range []string{"forward", "input", "output", "prerouting"} {
		for _, n := range l.fw.At(l.family(), hook).Live() {
			l.declare(l.family()+" "+hook, n)
		}
	}
	for _, s := range l.named() {
		for _, n := range l.section(s).Live() {
			l.chain(s, n, false)
		}
	}
	for _, hook := range []string{"forward", "input", "output", "prerouting"} {
		for _, n := range l.fw.At(l.family(), hook).Live() {
			l.chain(l.family()+" "+hook, n, true)
		}
	}
	l.arrive()
	l.prog.Through = append(l.own(), l.bound()...)
	l.prog.Through = append(l.prog.Through, l.base("forward", false)...)
	l.prog.Local = append(l.boundLocal(), l.base("input", false)...)
	l.prog.Leave = append(l.base("output", true), l.base("output", false)...)
	l.zones()
	l.prog.BreakLoops(func(_ *ir.Rule, back *ir.Chain) string {
		return fmt.Sprintf("ruleset %s, which calls itself", back.Name)
	})
}

// declare makes room for a chain. Its name and group together are the path in
// the configuration.
func (l *lowering) declare(group string, n *wordtree.Node) {
	name := n.Name
	if _, hook, is := strings.Cut(group, " "); is && hook != "name" {
		name = hook + " " + n.Name
		group = l.family()
	}
	key := group + " " + name
	if _, there := l.index[key]; there {
		return
	}
	l.index[key] = len(l.prog.Chains)
	l.prog.Chains = append(l.prog.Chains, ir.Chain{Name: name, Group: group, Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Return, Why: "the ruleset that calls " + name, At: ir.At{Text: "(end of " + name + ")"},
	}})
}

func (l *lowering) key(group string, n *wordtree.Node) string {
	if _, hook, is := strings.Cut(group, " "); is && hook != "name" {
		return l.family() + " " + hook + " " + n.Name
	}
	return group + " " + n.Name
}

// chain fills a chain: its rules by number, then its default action. Base
// chains accept by default, rulesets with a name drop.
func (l *lowering) chain(group string, n *wordtree.Node, base bool) {
	c := &l.prog.Chains[l.index[l.key(group, n)]]
	if base {
		c.Rules = append(c.Rules, l.policyOfState()...)
	}
	c.Rules = append(c.Rules, l.doubts()...)
	for _, r := range byNumber(n.Kid("rule").Live()) {
		if !r.Has("disable") {
			c.Rules = append(c.Rules, l.rule(group+" "+n.Name, r))
		}
	}
	def := n.Text("default-action")
	at := ir.At{Line: n.Line, Text: fmt.Sprintf("(default action of %s: drop, as none is set)", c.Name)}
	if def != "" {
		at = ir.At{Line: n.Kid("default-action").Line, Text: fmt.Sprintf("default-action %s of %s", def, c.Name)}
	} else if def = "drop"; base {
		def = "accept"
		at = ir.At{Line: n.Line, Text: fmt.Sprintf("(default action of %s: accept, as none is set)", c.Name)}
	}
	end := ir.Rule{Boxes: ir.Always(), At: at}
	l.action(&end, def, n.Text("default-jump-target"))
	if base && (end.Action == ir.Accept || end.Action == ir.Deny) {
		c.Policy = end
		return
	}
	c.Rules = append(c.Rules, end)
	if base {
		c.Policy.Action, c.Policy.At.Text = ir.Accept, "(end of "+c.Name+")"
	}
}

// doubts are rules for lines that could not be read.
func (l *lowering) doubts() []ir.Rule {
	var out []ir.Rule
	for _, d := range l.r.doubts {
		out = append(out, ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("line %d, which could not be read", d.line),
			At: ir.At{Line: d.line, Text: cmp.Or(d.text, "(an empty line, where blocks are still open)")},
		})
	}
	return out
}

// policyOfState are the rules that global-options state-policy (before 1.4
// firewall state-policy) puts before all others.
func (l *lowering) policyOfState() []ir.Rule {
	var out []ir.Rule
	for _, place := range []*wordtree.Node{l.fw.Kid("state-policy"), l.fw.At("global-options", "state-policy")} {
		for _, s := range place.Live() {
			if states[s.Name] == 0 {
				continue
			}
			r := ir.Rule{
				Boxes: []ir.Box{{State: []ir.StateCond{{Any: states[s.Name]}}}},
				At:    ir.At{Line: s.Line, Text: fmt.Sprintf("state-policy %s action %s", s.Name, s.Text("action"))},
			}
			l.action(&r, s.Text("action"), "")
			out = append(out, r)
		}
	}
	return out
}

// action sets what a rule does.
func (l *lowering) action(r *ir.Rule, action, target string) {
	switch action {
	case "accept":
		r.Action = ir.Accept
	case "drop", "reject":
		r.Action = ir.Deny
	case "return":
		r.Action = ir.Return
	case "continue":
		r.Action = ir.Continue
	case "offload":
		r.Action = ir.Accept
		r.Boxes = slices.Clone(r.Boxes)
		for i := range r.Boxes {
			r.Boxes[i].Perhaps("the flow table, which takes most packets past the rules, but not all; add a rule after it that accepts them")
		}
	case "jump":
		for _, s := range l.named() {
			if i, ok := l.index[s+" "+target]; ok {
				r.Action, r.Target = ir.Jump, i
				return
			}
		}
		r.Action, r.Why = ir.Undecided, fmt.Sprintf("ruleset %s, which is not in the file", target)
	case "":
		r.Action, r.Why = ir.Undecided, "what the rule does, which it does not say"
	default:
		l.r.problem(r.At.Line, "line %d: the action %s is not known here; what it does to packets cannot be decided.", r.At.Line, source.Redact(action))
		r.Action, r.Why = ir.Undecided, fmt.Sprintf("what the action %s does, which is not known here", action)
	}
}

func (l *lowering) rule(place string, n *wordtree.Node) ir.Rule {
	l.r.set.Rules++
	r := ir.Rule{Boxes: l.match(n).boxes, At: ir.At{Line: n.Line, Text: shown("firewall "+place, n)}}
	l.action(&r, n.Text("action"), n.Text("jump-target"))
	if n.Has("jump-target") && n.Text("action") != "jump" {
		r.Action, r.Why = ir.Undecided, fmt.Sprintf("whether it is in force: it has the action %s and a jump-target, which commit refuses", cmp.Or(n.Text("action"), "none"))
	}
	return r
}

// shown is a rule on one line: its place, number and gist.
func shown(place string, n *wordtree.Node) string {
	w := []string{place, "rule", n.Name + ":"}
	if d := n.Text("description"); d != "" {
		w = append(w, "\""+d+"\"")
	}
	n.Walk(func(path []string, _ int) {
		if len(path) > 0 && len(w) < 40 && path[0] != "description" && path[0] != "log" {
			w = append(w, strings.Join(path, " ")+",")
		}
	})
	text := strings.TrimSuffix(strings.Join(w, " "), ",")
	if len(text) > 300 {
		text = strings.ToValidUTF8(text[:300], "") + " ..."
	}
	return source.Redact(text)
}

// base are gates for the chains of a hook since 1.4.
func (l *lowering) base(hook string, early bool) []ir.Gate {
	var out []ir.Gate
	for _, n := range l.fw.At(l.family(), hook).Live() {
		if (n.Name == "raw") == early {
			i := l.index[l.family()+" "+hook+" "+n.Name]
			out = append(out, ir.Gate{Stage: hook + " " + n.Name, Chain: i, Primary: !early, Early: early, NoIn: hook == "output", NoOut: hook == "input" || hook == "prerouting"})
		}
	}
	return out
}

// dispatch makes a chain that only leads to others.
func (l *lowering) dispatch(name, group string, rules []ir.Rule) int {
	l.prog.Chains = append(l.prog.Chains, ir.Chain{Name: name, Group: group, Rules: rules, Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(%s: no ruleset holds for the interface)", name)},
	}})
	return len(l.prog.Chains) - 1
}

// bound are the gates of rulesets bound to interfaces before 1.4: those of
// what comes in by one, and those of what leaves by one. Both must accept.
func (l *lowering) bound() []ir.Gate {
	in, out := l.binding("in"), l.binding("out")
	var gates []ir.Gate
	for _, x := range []struct {
		rules []ir.Rule
		name  string
	}{{in, "in"}, {out, "out"}} {
		if len(x.rules) > 0 {
			rules := slices.Concat(l.auto(), l.policyOfState(), x.rules)
			gates = append(gates, ir.Gate{Stage: "firewall " + x.name, Chain: l.dispatch("interfaces "+x.name, "interfaces", rules), Primary: x.name == "in"})
		}
	}
	return gates
}

func (l *lowering) boundLocal() []ir.Gate {
	rules := l.binding("local")
	if len(rules) == 0 {
		return nil
	}
	rules = slices.Concat(l.policyOfState(), rules)
	return []ir.Gate{{Stage: "firewall local", Chain: l.dispatch("interfaces local", "interfaces", rules), Primary: true, NoOut: true}}
}

// binding lists jumps to the rulesets bound to interfaces in a direction.
func (l *lowering) binding(dir string) []ir.Rule {
	kind := "name"
	if l.v6 {
		kind = "ipv6-name"
	}
	var out []ir.Rule
	for _, name := range l.net.order {
		i := l.net.ifaces[name]
		b := i.node.At("firewall", dir, kind)
		ruleset := b.Value()
		if i.node == nil || ruleset == "" {
			continue
		}
		patterns, _ := l.net.patterns(name)
		box := ir.Box{In: &ir.Ifaces{Patterns: patterns}}
		if dir == "out" {
			box = ir.Box{Out: &ir.Ifaces{Patterns: patterns}}
		}
		r := ir.Rule{Boxes: []ir.Box{box}, At: ir.At{Line: b.Line, Text: fmt.Sprintf("interface %s firewall %s %s %s", name, dir, kind, ruleset)}}
		l.action(&r, "jump", ruleset)
		out = append(out, r)
	}
	return out
}

// own is a gate for what is sent to the router's own addresses and not
// translated: it ends at the router and is not passed on.
func (l *lowering) own() []ir.Gate {
	addrs := l.net.v4
	if l.v6 {
		addrs = l.net.v6
	}
	if len(addrs) == 0 {
		return nil
	}
	c := ir.Chain{Name: "own addresses", Group: "routing", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no address of the router itself)"}}}
	for _, a := range addrs {
		c.Rules = append(c.Rules, ir.Rule{
			Boxes: []ir.Box{{
				Dst:   &ir.Addrs{Ranges: []netipx.IPRange{netipx.IPRangeFrom(a.addr, a.addr)}},
				State: []ir.StateCond{{Any: ir.New}, {Any: ir.DNAT, Not: true}},
			}},
			Action: ir.Deny, At: a.at,
		})
	}
	l.prog.Chains = append(l.prog.Chains, c)
	return []ir.Gate{{Stage: "routing", Chain: len(l.prog.Chains) - 1}}
}
