package unifi

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// sides are the names of the networks that rulesets are for.
var sides = []struct {
	name   string
	ifaces []string
}{
	{"WAN", []string{"WAN", "WAN2"}}, {"LAN", []string{"LAN"}}, {"GUEST", []string{"GUEST"}},
}

const zoneBased = "the policies of the zone-based firewall, which are not read; give the output of iptables-save from the gateway, or a table"

func (f *file) lower() {
	v4, v6 := len(f.forwards) > 0 || f.zoned > 0, false
	for set := range f.rules {
		six := strings.Contains(set, "v6_")
		v6, v4 = v6 || six, v4 || !six
	}
	if f.broken > 0 && !v4 && !v6 {
		return
	}
	if v4 {
		f.set.Programs = append(f.set.Programs, f.program(false))
	}
	if v6 {
		f.set.Programs = append(f.set.Programs, f.program(true))
	}
	f.interfaces()
	f.set.Notes = append(f.set.Notes, "Traffic rules (simple rules) of the application are not in these lists. Where there are some that block, the answer does not know of them.")
	if f.zoned > 0 {
		f.problem(f.zoned, "line %d is a policy of the zone-based firewall, which is not read. Give the output of iptables-save from the gateway, or a table.", f.zoned)
	}
}

func (f *file) program(v6 bool) *ir.Program {
	p := &ir.Program{Family: ir.V4}
	if v6 {
		p.Family = ir.V6
	}
	index := map[string]int{}
	for _, s := range sides {
		for _, dir := range []string{"IN", "OUT", "LOCAL"} {
			name := s.name + "_" + dir
			if v6 {
				name = s.name + "v6_" + dir
			}
			index[s.name+"_"+dir] = len(p.Chains)
			p.Chains = append(p.Chains, f.chain(name, s.name, dir, v6))
		}
	}
	if !v6 {
		f.translations(p)
	}
	gate := func(dir string, in bool) ir.Gate {
		c := ir.Chain{Name: "networks " + strings.ToLower(dir), Group: "networks", Policy: ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: "which network the interface belongs to: WAN, LAN or GUEST", At: ir.At{Text: "(an interface that the lists do not name)"},
		}}
		for _, s := range sides {
			box := ir.Box{Out: &ir.Ifaces{Patterns: s.ifaces}}
			if in {
				box = ir.Box{In: box.Out}
			}
			c.Rules = append(c.Rules, ir.Rule{Boxes: []ir.Box{box}, Action: ir.Jump, Target: index[s.name+"_"+dir], At: ir.At{Text: "(ruleset " + s.name + "_" + dir + ")"}})
		}
		p.Chains = append(p.Chains, c)
		return ir.Gate{Stage: c.Name, Chain: len(p.Chains) - 1, Primary: dir != "OUT"}
	}
	p.Through = []ir.Gate{gate("IN", true), gate("OUT", false)}
	local := gate("LOCAL", true)
	local.NoOut = true
	p.Local = []ir.Gate{local}
	out := gate("OUT", false)
	out.NoIn = true
	p.Leave = []ir.Gate{out}
	return p
}

// chain is one ruleset: the rules before the gateway's own, those, the rules
// after them, and what becomes of the rest.
func (f *file) chain(name, side, dir string, v6 bool) ir.Chain {
	c := ir.Chain{Name: name, Group: "ruleset", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return, Why: "the rules after " + name, At: ir.At{Text: "(end of " + name + ")"}}}
	if f.broken > 0 {
		c.Rules = append(c.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: "what the damaged part of the file held", At: ir.At{Line: f.broken, Text: "(the file breaks off)"}})
	}
	if f.zoned > 0 {
		c.Rules = append(c.Rules, ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: zoneBased, At: ir.At{Line: f.zoned, Text: "(a policy of the zone-based firewall)"}})
	}
	var after []ir.Rule
	for _, r := range f.rules[name] {
		if v := r.n.Get("enabled"); v != nil && !v.True() {
			continue
		}
		f.set.Rules++
		if low := f.rule(r, v6); before(r.index) {
			c.Rules = append(c.Rules, low)
		} else {
			after = append(after, low)
		}
	}
	c.Rules = append(c.Rules, f.predefined(name, side, dir, v6)...)
	c.Rules = append(c.Rules, after...)
	c.Rules = append(c.Rules, rest(name, side, dir))
	return c
}

func (f *file) rule(r *rule, v6 bool) ir.Rule {
	low := ir.Rule{Boxes: f.match(r, v6), At: ir.At{Line: r.line, Text: source.Redact(fmt.Sprintf("%s %d %s: %s", r.n.Get("ruleset").Str(), r.index, r.n.Get("name").Str(), r.n.Get("action").Str()))}}
	switch r.n.Get("action").Str() {
	case "accept":
		low.Action = ir.Accept
	case "drop", "reject":
		low.Action = ir.Deny
	default:
		low.Action, low.Why = ir.Undecided, "what the rule does, which is not known here"
	}
	return low
}

// predefined are the gateway's own rules.
func (f *file) predefined(name, side, dir string, v6 bool) []ir.Rule {
	if side != "WAN" || dir == "OUT" {
		return nil
	}
	state := func(s ir.States, a ir.Action, what string) ir.Rule {
		return ir.Rule{Boxes: []ir.Box{{State: []ir.StateCond{{Any: s}}}}, Action: a, At: ir.At{Text: fmt.Sprintf("(the gateway's own rule of %s: %s)", name, what)}}
	}
	out := []ir.Rule{state(ir.Established|ir.Related, ir.Accept, "allow established and related"), state(ir.Invalid, ir.Deny, "drop invalid")}
	if dir == "IN" && !v6 {
		if len(f.forwards) == 0 {
			out = append(out, ir.Rule{
				Boxes: ir.Always(), Action: ir.Undecided, Why: "port forwards, which open " + name + " by themselves and are not in the file; put the list portforward into it",
				At: ir.At{Text: "(port forwards: not in the file)"},
			})
		}
		for _, n := range f.forwards {
			if r, ok := f.opened(n); ok {
				out = append(out, r)
			}
		}
	}
	return out
}

// rest is what becomes of packets that no rule of a ruleset decides about.
func rest(name, side, dir string) ir.Rule {
	r := ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(default of %s: accept)", name)}}
	switch {
	case side == "WAN" && dir != "OUT":
		r.Action, r.At.Text = ir.Deny, fmt.Sprintf("(default of %s: drop)", name)
	case side == "GUEST":
		r.Action, r.Why = ir.Undecided, "the rules that the gateway makes for guests, which are not in the lists"
		r.At.Text = "(the gateway's own rules of " + name + ")"
	}
	return r
}

// forward reads the conditions of a port forward and where it leads.
func (f *file) forward(n *jsontree.Node) (m *matcher, to netip.Addr, ok bool) {
	if v := n.Get("enabled"); v != nil && !v.True() {
		return nil, to, false
	}
	m = &matcher{f: f, n: n, line: n.Line, boxes: ir.Always()}
	proto := n.Get("proto").Str()
	if proto == "" {
		proto = "tcp_udp"
	}
	list := []uint8{ir.TCP, ir.UDP}
	if p, known := source.Protocol(proto); known {
		list = []uint8{p}
	}
	m.boxes[0].Proto = &ir.Protos{List: list}
	for _, k := range []string{"src_firewall_group_id", "src_firewallgroup_id"} {
		if id := n.Get(k).Str(); id != "" {
			if g := f.groups[id]; g != nil {
				m.boxes = objects.Source(m.boxes, f.addresses(g))
			} else {
				m.maybe(fmt.Sprintf("a group of line %d that is not in the file", n.Line))
			}
		}
	}
	if v := n.Get("src").Str(); v != "" && v != "any" {
		m.boxes = objects.Source(m.boxes, m.address(v))
	}
	to, err := netip.ParseAddr(n.Get("fwd").Str())
	return m, to, err == nil
}

func shownForward(n *jsontree.Node) string {
	return source.Redact(fmt.Sprintf("port forward %s: %s to %s port %s", n.Get("name").Str(), n.Get("dst_port").Str(), n.Get("fwd").Str(), n.Get("fwd_port").Str()))
}

// opened is the rule that lets pass what a port forward sends on.
func (f *file) opened(n *jsontree.Node) (ir.Rule, bool) {
	m, to, ok := f.forward(n)
	if !ok {
		return ir.Rule{}, false
	}
	port := n.Get("fwd_port").Str()
	if port == "" {
		port = n.Get("dst_port").Str()
	}
	m.ports("dst", portSet(strings.Split(port, ",")))
	for i := range m.boxes {
		m.boxes[i].Dst = &ir.Addrs{Ranges: []ipRange{source.One(to)}}
	}
	return ir.Rule{Boxes: m.boxes, Action: ir.Accept, At: ir.At{Line: n.Line, Text: shownForward(n)}}, true
}

// translations makes the gate of port forwards.
func (f *file) translations(p *ir.Program) {
	var rules []ir.Rule
	for _, n := range f.forwards {
		m, to, ok := f.forward(n)
		if m == nil {
			continue
		}
		f.set.Rules++
		m.ports("dst", portSet(strings.Split(n.Get("dst_port").Str(), ",")))
		f.forwardTo(m, n)
		r := ir.Rule{Boxes: m.boxes, Action: ir.Translate, At: ir.At{Line: n.Line, Text: shownForward(n)}}
		r.To.Addr = source.One(to)
		if port := n.Get("fwd_port").Str(); port != "" && port != n.Get("dst_port").Str() {
			x, known := span(port)
			r.To.Port, ok = x, ok && known
		}
		if !ok {
			r.Action, r.To, r.Why = ir.Undecided, ir.Translation{}, fmt.Sprintf("the new destination in line %d, which could not be read", n.Line)
		}
		rules = append(rules, r)
	}
	if len(rules) == 0 {
		return
	}
	p.Chains = append(p.Chains, ir.Chain{Name: "port forwards", Group: "nat", Rules: rules, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(not forwarded)"}}})
	p.Arrive = []ir.Gate{{Stage: "port forwards", Chain: len(p.Chains) - 1, NAT: true, NoOut: true, Diverts: true}}
}

// forwardTo narrows a port forward to the addresses and interfaces it is for.
func (f *file) forwardTo(m *matcher, n *jsontree.Node) {
	var in *ir.Ifaces
	switch n.Get("pfwd_interface").Str() {
	case "wan":
		in = &ir.Ifaces{Patterns: []string{"WAN"}}
	case "wan2":
		in = &ir.Ifaces{Patterns: []string{"WAN2"}}
	default:
		in = &ir.Ifaces{Patterns: []string{"WAN", "WAN2"}}
	}
	dst := n.Get("destination_ip").Str()
	for i := range m.boxes {
		m.boxes[i].In = in
		if dst == "" || dst == "any" {
			m.boxes[i].DstLocal = ir.Yes
		}
	}
	if dst != "" && dst != "any" {
		m.boxes = objects.Destination(m.boxes, m.address(dst))
	}
	if len(n.Get("destination_ips").Items()) > 0 {
		m.maybe(fmt.Sprintf("which public addresses line %d is for", n.Line))
	}
}

// interfaces tells which network faces the internet and what lies behind the
// others.
func (f *file) interfaces() {
	lan := ir.Iface{Name: "LAN", Outer: ir.No}
	for _, n := range f.networks {
		if !n.guest && n.subnet.IsValid() {
			lan.Nets, lan.Addrs = append(lan.Nets, n.subnet), append(lan.Addrs, n.gateway)
			if lan.At.Line == 0 || n.line < lan.At.Line {
				lan.At = ir.At{Line: n.line, Text: "network " + n.name}
			}
		}
	}
	slices.SortFunc(lan.Nets, func(a, b netip.Prefix) int { return a.Addr().Compare(b.Addr()) })
	slices.SortFunc(lan.Addrs, netip.Addr.Compare)
	f.set.Ifaces = []ir.Iface{
		{Name: "WAN", Outer: ir.Yes, Why: "UniFi calls the internet WAN", At: ir.At{Text: "WAN"}}, lan,
	}
}
