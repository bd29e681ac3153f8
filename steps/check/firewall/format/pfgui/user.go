package pfgui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/natmap"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// Places of rules among each other.
const (
	floatingRules = 200_000
	groupRules    = 300_000
	ifaceRules    = 400_000
)

// filterRules reads the rules of the old model.
func (c *config) filterRules() {
	for _, n := range c.root.Kid("filter").All("rule") {
		f, live := c.legacy(n)
		c.state(n.Line, f.text(), !f.unreadable)
		if !live {
			continue
		}
		r, ok := c.rule(&f)
		if !ok {
			continue
		}
		c.addUser(ranked{rule: r, prio: c.priority(f.ifaces, f.floating), legacy: true})
	}
}

func (c *config) addUser(x ranked) {
	c.rules++
	c.order[x.rule.At.Line] = x.prio
	c.user = append(c.user, x)
}

// priority is the place of a rule: floating rules, then those of groups, then
// those of single interfaces.
func (c *config) priority(ifaces string, floating bool) int {
	switch g := c.groups[ifaces]; {
	case floating:
		return floatingRules
	case g != nil && c.v.OPN:
		return groupRules + g.sequence
	case g != nil:
		return groupRules
	case strings.EqualFold(ifaces, "openvpn") || strings.EqualFold(ifaces, "wireguard"):
		return groupRules // groups of the system
	}
	return ifaceRules
}

// model reads the rules of OPNsense's new model.
func (c *config) model() {
	for _, n := range c.root.At("OPNsense", "Firewall", "Filter", "rules").All("rule") {
		c.modelRule(n)
	}
}

func (c *config) modelRule(n *xmltree.Node) {
	f := fields{
		line: n.Line, descr: source.Redact(n.Value("description")), action: n.Value("action"), ifaces: n.Value("interface"), notIfaces: on(n, "interfacenot"),
		quick: !n.Has("quick") || on(n, "quick"), direction: firstOf(n.Value("direction"), "in"), family: firstOf(n.Value("ipprotocol"), "inet"),
		proto: strings.ToLower(n.Value("protocol")), state: n.Value("statetype"), tag: n.Value("tag"), tagged: n.Value("tagged"),
		sport: n.Value("source_port"), dport: n.Value("destination_port"), flags1: n.Value("tcpflags1"), flags2: n.Value("tcpflags2"),
		icmp: firstOf(n.Value("icmptype"), n.Value("icmp6type")),
	}
	if on(n, "tcpflags_any") {
		f.flags1, f.flags2 = "any", ""
	}
	f.floating = f.ifaces == "" || strings.Contains(f.ifaces, ",")
	f.src, f.dst = c.named(firstOf(n.Value("source_net"), "any"), f.ifaces), c.named(firstOf(n.Value("destination_net"), "any"), f.ifaces)
	if on(n, "source_not") {
		f.src.not, f.src.text = true, "! "+f.src.text
	}
	if on(n, "destination_not") {
		f.dst.not, f.dst.text = true, "! "+f.dst.text
	}
	c.depends(&f, n)
	c.state(n.Line, f.text(), !f.unreadable)
	if n.Has("enabled") && !on(n, "enabled") {
		return
	}
	r, ok := c.rule(&f)
	if !ok {
		return
	}
	seq, _ := strconv.Atoi(n.Value("sequence"))
	c.addUser(ranked{rule: r, prio: c.priority(f.ifaces, f.floating), sequence: seq})
}

// sorted are the user's rules in the order in which they are loaded.
func (c *config) sorted() []pfrules.Rule {
	slices.SortStableFunc(c.user, func(a, b ranked) int {
		switch {
		case a.prio != b.prio:
			return a.prio - b.prio
		case a.legacy != b.legacy:
			if a.legacy {
				return 1
			}
			return -1
		}
		return a.sequence - b.sequence
	})
	out := make([]pfrules.Rule, 0, len(c.user))
	for _, x := range c.user {
		out = append(out, x.rule)
	}
	return out
}

// lower puts all together: the rules of the system, then the user's.
func (c *config) lower() {
	if c.rules == 0 && len(c.ifaces) == 0 && c.broken == 0 {
		return
	}
	c.set.Rules = c.rules
	user := c.sorted()
	if len(c.pending) > 0 && slices.ContainsFunc(user, func(r pfrules.Rule) bool { return r.Act == pfrules.Block }) {
		for _, r := range c.pending {
			r.Act, r.Why = pfrules.Open, fmt.Sprintf("where the rule stands that the translation in line %d registers, among rules that block", r.At.Line)
			c.spec.Filter = append(c.spec.Filter, r)
		}
	}
	if c.broken > 0 { // rules that are missing may come before all others
		open := pfrules.Rule{
			At: ir.At{Line: c.broken, Text: "(the file breaks off here)"}, Act: pfrules.Open, In: true, Out: true, Boxes: ir.Always(),
			Why: fmt.Sprintf("what comes after line %d, where the file breaks off", c.broken),
		}
		c.spec.Filter = append(c.spec.Filter, open)
		c.spec.Rdr = append([]pfrules.Rule{open}, c.spec.Rdr...)
	}
	c.spec.Filter = append(append(c.system(), c.spec.Filter...), user...)
	c.spec.Filter = append(c.spec.Filter, c.pending...)
	c.upnp()
	c.off()
	c.spec.Default = ir.At{Text: "(what no rule matches passes)"}
	c.set.Programs = []*ir.Program{pfrules.Lower(c.spec)}
	c.set.Source = c.origin()
	c.set.Notes = append(c.set.Notes, natmap.UnansweredNote(c.set)...)
	if c.broken == 0 && !slices.ContainsFunc(c.spec.Nat, func(r pfrules.Rule) bool { return r.Act == pfrules.Open }) {
		c.set.Notes = append(c.set.Notes, sends.Notes(c.set.Programs[0], nil)...)
	}
	c.set.Label = "pfSense config.xml"
	if c.v.OPN {
		c.set.Label = "OPNsense config.xml"
	}
}
