package vyos

import (
	"fmt"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// autoFirewall is the chain of what EdgeOS lets through for its port forwards.
const autoFirewall = "port-forward"

// opened are the port forwards that open the firewall by themselves: with
// auto-firewall enable, EdgeOS lets in from everybody what comes by the WAN
// interface for the inside address and port of a forward, before any ruleset is
// asked (its chain UBNT_PFOR_FW_HOOK stands in FORWARD before VYATTA_FW_IN_HOOK
// and VYATTA_FW_OUT_HOOK).
func opened(root *wordtree.Node) []*wordtree.Node {
	n := root.Kid("port-forward")
	if n.Text("auto-firewall") != "enable" {
		return nil
	}
	return slices.DeleteFunc(byNumber(n.Kid("rule").Live()), func(r *wordtree.Node) bool { return r.Has("disable") })
}

// portForwards reads EdgeOS's port-forward: rules for what comes in by the WAN
// interface for its address.
func (l *lowering) portForwards(n *wordtree.Node) []ir.Rule {
	var out []ir.Rule
	wan := n.Text("wan-interface")
	for _, r := range byNumber(n.Kid("rule").Live()) {
		if r.Has("disable") {
			continue
		}
		l.r.set.Rules++
		m := l.forwarded(n, r)
		m.port(false, r.Text("original-port"), r.Line)
		if i := l.net.ifaces[wan]; i != nil && !i.dynamic() && len(i.v4()) > 0 {
			m.boxes = objects.Destination(m.boxes, l.net.builtin("ADDRv4_"+wan, n.Line))
		} // an address by DHCP is not in the file
		rule := ir.Rule{Boxes: m.boxes, Action: ir.Translate, At: ir.At{Line: r.Line, Text: shown("port-forward", r)}}
		to, ok := source.Net(r.At("forward-to").Text("address"))
		if !ok {
			rule.Action, rule.Why = ir.Undecided, newDestination(r)
		}
		rule.To.Addr = to
		if p, ok := span(r.At("forward-to").Text("port")); ok {
			rule.To.Port = p
		}
		out = append(out, rule)
	}
	return out
}

func newDestination(r *wordtree.Node) string {
	return fmt.Sprintf("the new destination in line %d, which could not be read", r.Line)
}

// forwarded are the conditions that a port forward and what it lets through
// have in common: the WAN interface and the protocol.
func (l *lowering) forwarded(n, r *wordtree.Node) *matcher {
	m := &matcher{l: l, n: r, boxes: ir.Always(), src: objects.Anywhere(), dst: objects.Anywhere()}
	if wan := n.Text("wan-interface"); wan != "" {
		patterns, _ := l.net.patterns(wan)
		m.boxes.Each(func(b *ir.Box) { b.In = &ir.Ifaces{Patterns: patterns} })
	} else {
		m.boxes.Perhaps(fmt.Sprintf("which interface faces the internet: port-forward (line %d) names no wan-interface", n.Line))
	}
	if p := r.Text("protocol"); p != "" {
		m.protocol(p, r.Line)
	}
	return m
}

// auto is the jump to what port forwards let through by themselves, for the head
// of every gate of packets passing through; nil where they open nothing.
func (l *lowering) auto() []ir.Rule {
	list := opened(l.r.root)
	if l.v6 || len(list) == 0 {
		return nil
	}
	n := l.r.root.Kid("port-forward")
	if l.opens == 0 {
		c := ir.Chain{Name: autoFirewall, Group: autoFirewall, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return, At: ir.At{Text: "(no port forward)"}}}
		for _, r := range list {
			c.Rules = append(c.Rules, l.letIn(n, r))
		}
		l.prog.Chains = append(l.prog.Chains, c)
		l.opens = len(l.prog.Chains)
	}
	at := ir.At{Line: n.Kid("auto-firewall").Line, Text: "port-forward auto-firewall enable"}
	return []ir.Rule{{Boxes: ir.Always(), Action: ir.Jump, Target: l.opens - 1, At: at}}
}

// letIn is what one port forward lets through.
func (l *lowering) letIn(n, r *wordtree.Node) ir.Rule {
	m := l.forwarded(n, r)
	to := r.Kid("forward-to")
	port := to.Text("port")
	if port == "" {
		port = r.Text("original-port")
	}
	m.port(false, port, r.Line)
	rule := ir.Rule{Action: ir.Accept, At: ir.At{Line: r.Line, Text: shown("port-forward", r)}}
	addr, ok := source.Net(to.Text("address"))
	if ok {
		m.boxes.Each(func(b *ir.Box) { b.Dst = &ir.Addrs{Ranges: []netipx.IPRange{addr}} })
	} else {
		rule.Action, rule.Why = ir.Undecided, newDestination(r)
	}
	rule.Boxes = m.boxes
	return rule
}
