package srx

import (
	"fmt"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/natmap"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// natKinds are where a rule set may be from, the most specific first.
var natKinds = []string{"interface", "zone", "routing-instance", "routing-group"}

// nat lowers static and then destination translation; -1 where there is none.
// Rules of sets from an interface come before those from a zone, and these
// before those from a routing instance.
func (b *builder) nat() int {
	ch := ir.Chain{Name: "nat", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no translation fits)"}}}
	n := b.d.root.At("security", "nat")
	for _, kind := range []string{"static", "destination"} {
		for _, from := range natKinds {
			for _, set := range n.At(kind, "rule-set").Live() {
				ch.Rules = append(ch.Rules, b.ruleSet(kind, from, set)...)
			}
		}
	}
	if len(ch.Rules) == 0 {
		return -1
	}
	ch.Rules = append(b.front(), ch.Rules...)
	return b.add(ch)
}

func (b *builder) ruleSet(kind, from string, set *wordtree.Node) []ir.Rule {
	names := set.At("from", from).Names()
	if len(names) == 0 {
		if from == "zone" && len(set.Kid("from").Live()) == 0 {
			names = []string{"any"}
		} else {
			return nil
		}
	}
	box := ir.Box{}
	switch from {
	case "zone":
		box.In = b.d.ifaces(names...)
		if names[0] == "any" {
			box.Maybe = []string{fmt.Sprintf("where packets of rule set %s are from, which the file does not say", set.Name)}
		}
	case "interface":
		box.In = &ir.Ifaces{}
		for _, n := range names {
			box.In.Patterns = append(box.In.Patterns, b.iface(logical(n))...)
		}
	default:
		if names[0] != "default" || b.d.root.Has("routing-instances") {
			box.Maybe = []string{fmt.Sprintf("the %s that packets of rule set %s are from", from, set.Name)}
		}
	}
	var out []ir.Rule
	for _, r := range set.Kid("rule").Live() {
		b.rules++
		out = append(out, b.natRule(kind, set, r, box)...)
	}
	return out
}

// iface are the names of an interface: also its zone's where it is the only
// one in it.
func (b *builder) iface(name string) []string {
	if u := b.d.byName[name]; u != nil {
		if z := b.d.zone(u.zone); z != nil && len(z.members) == 1 {
			return []string{name, z.name}
		}
	}
	return []string{name}
}

// natRule lowers one rule.
func (b *builder) natRule(kind string, set, r *wordtree.Node, box ir.Box) []ir.Rule {
	m := r.Kid("match")
	boxes := []ir.Box{box}
	var was *objects.Addrs
	for _, side := range []struct {
		name string
		put  func([]ir.Box, *objects.Addrs) []ir.Box
	}{{"source-address", objects.Source}, {"destination-address", objects.Destination}} {
		a := b.natAddrs(m, side.name)
		if a == nil {
			continue
		}
		boxes = side.put(boxes, a)
		if side.name == "destination-address" {
			was = a
		}
	}
	boxes = b.natServices(boxes, m)
	x := ir.Rule{Boxes: boxes, Action: ir.Translate}
	text := fmt.Sprintf("%s NAT rule %q of rule set %s: destination %s", kind, r.Name, set.Name, source.Few(append(m.Kid("destination-address").Names(), m.Kid("destination-address-name").Names()...)))
	if p := m.Kid("destination-port").Value(); p != "" {
		text += " port " + strings.Join(flat(m.Kid("destination-port")), " ")
	}
	then := r.At("then", kind+"-nat")
	x.At = ir.At{Line: r.Line, Text: text}
	if kind == "static" {
		return b.staticTarget(x, then, was)
	}
	return b.poolTarget(x, then, was)
}

func flat(n *wordtree.Node) []string {
	var out []string
	n.Walk(func(path []string, _ int) { out = append(out, path...) })
	return out
}

// natAddrs are the addresses of one side of a NAT rule, nil for any.
func (b *builder) natAddrs(m *wordtree.Node, side string) *objects.Addrs {
	var all []*objects.Addrs
	for _, v := range m.Kid(side).Names() {
		if r, ok := source.Net(v); ok {
			all = append(all, objects.Of(r))
		} else {
			all = append(all, b.d.store.find(nil, v))
		}
	}
	for _, v := range m.Kid(side + "-name").Names() {
		all = append(all, b.d.store.find(nil, v))
	}
	if all == nil {
		return nil
	}
	return objects.Union(all...)
}

// natServices narrows boxes by ports, protocol and application.
func (b *builder) natServices(boxes []ir.Box, m *wordtree.Node) []ir.Box {
	if apps := m.Kid("application").Names(); len(apps) > 0 {
		boxes = b.d.store.services(apps).Of(boxes)
	}
	for i := range boxes {
		x := &boxes[i]
		for _, p := range []struct {
			name string
			to   **ir.Ports
		}{{"destination-port", &x.DPort}, {"source-port", &x.SPort}} {
			n := m.Kid(p.name)
			if n == nil {
				continue
			}
			ports, ok := portsOf(n)
			if !ok {
				x.Maybe = append(append([]string{}, x.Maybe...), p.name+" of the rule, which could not be read")
				continue
			}
			*p.to = &ir.Ports{Ranges: ports}
		}
		if list := m.Kid("protocol").Names(); len(list) > 0 {
			x.Proto = &ir.Protos{}
			for _, v := range list {
				if n, ok := source.Protocol(v); ok {
					x.Proto.List = append(x.Proto.List, n)
				} else {
					x.Maybe = append(append([]string{}, x.Maybe...), "protocol "+v+" of the rule")
				}
			}
		}
		for _, k := range m.Live() {
			switch k.Name {
			case "application", "destination-port", "source-port", "protocol", "source-address", "destination-address", "source-address-name", "destination-address-name":
			default:
				b.unknown[k.Line] = true
				x.Maybe = append(append([]string{}, x.Maybe...), fmt.Sprintf("its condition %q, whose effect is not known here", clip(k.Name)))
			}
		}
	}
	return boxes
}

// portsOf reads "25", "25 to 30" and "1024-65535".
func portsOf(n *wordtree.Node) ([]ir.PortRange, bool) {
	var out []ir.PortRange
	for _, k := range n.Live() {
		r, ok := objects.PortRange(k.Name)
		if to := k.Text("to"); ok && to != "" {
			hi, fine := source.Port(to)
			r.Hi, ok = hi, fine && r.Lo <= hi
		}
		if !ok {
			return nil, false
		}
		out = append(out, r)
	}
	return out, len(out) > 0
}

// poolTarget completes a destination NAT rule.
func (b *builder) poolTarget(x ir.Rule, then *wordtree.Node, was *objects.Addrs) []ir.Rule {
	if then.Has("off") {
		x.Action = ir.Accept
		x.At.Text += " stays as it is"
		return []ir.Rule{x}
	}
	name := then.At("pool").Value()
	pool := b.d.root.At("security", "nat", "destination", "pool", name)
	x.At.Text += " becomes pool " + name
	addr := pool.Kid("address")
	to, ok := source.Net(firstOf(addr.Names(), func(s string) bool { return s != "port" && s != "to" }))
	if end := addr.Kid(to.From().String() + "/32").Text("to"); end != "" && ok {
		if last, fine := source.Net(end); fine {
			to = netipx.IPRangeFrom(to.From(), last.To())
		}
	}
	if pool == nil || !ok {
		x.Action, x.Why = ir.Undecided, fmt.Sprintf("the addresses of pool %s", name)
		return []ir.Rule{x}
	}
	if p := portIn(addr); p != "" {
		port, fine := source.Port(p)
		if !fine {
			x.Action, x.Why = ir.Undecided, fmt.Sprintf("the port of pool %s", name)
			return []ir.Rule{x}
		}
		x.To.Port = ir.PortRange{Lo: port, Hi: port}
	}
	x.To.Addr = to
	x.At.Text += " (" + shown(to) + ")"
	return eachOf(x, was, to)
}

// portIn is the port of a pool, which stands beside its address or below it.
func portIn(addr *wordtree.Node) string {
	if p := addr.Text("port"); p != "" {
		return p
	}
	for _, k := range addr.Live() {
		if p := k.Text("port"); p != "" {
			return p
		}
	}
	return ""
}

func firstOf(list []string, fits func(string) bool) string {
	for _, s := range list {
		if fits(s) {
			return s
		}
	}
	return ""
}

func shown(r netipx.IPRange) string {
	if p, ok := r.Prefix(); ok {
		return p.String()
	}
	return r.String()
}

// staticTarget completes a static NAT rule.
func (b *builder) staticTarget(x ir.Rule, then *wordtree.Node, was *objects.Addrs) []ir.Rule {
	undecided := func() []ir.Rule {
		x.Action, x.Why = ir.Undecided, "the address that static NAT translates to"
		return []ir.Rule{x}
	}
	var to netipx.IPRange
	ok := false
	if v := then.Text("prefix"); v != "" {
		to, ok = source.Net(firstOf(then.Kid("prefix").Names(), func(s string) bool { return s != "mapped-port" && s != "routing-instance" }))
	} else if v := then.Text("prefix-name"); v != "" {
		a := b.d.store.find(nil, firstOf(then.Kid("prefix-name").Names(), func(s string) bool { return s != "mapped-port" && s != "routing-instance" }))
		if len(a.Ranges) == 1 && len(a.Maybe) == 0 && !a.Not {
			to, ok = a.Ranges[0], true
		}
	}
	if !ok || was == nil {
		return undecided()
	}
	x.To.Addr = to
	x.At.Text += " becomes " + shown(to)
	mapped := ""
	for _, k := range []string{"prefix", "prefix-name"} {
		words := flat(then.Kid(k))
		for i := range words {
			if words[i] == "mapped-port" && i+1 < len(words) {
				mapped = strings.Join(words[i+1:], " ")
			}
		}
	}
	if mapped != "" {
		p, fine := source.Port(mapped)
		if !fine {
			return undecided()
		}
		x.To.Port = ir.PortRange{Lo: p, Hi: p}
		x.At.Text += " port " + mapped
	}
	return eachOf(x, was, to)
}

// eachOf splits a rule that translates a network to another of its size.
func eachOf(x ir.Rule, was *objects.Addrs, to netipx.IPRange) []ir.Rule {
	if was == nil || len(was.Ranges) != 1 || len(was.Maybe) > 0 {
		return []ir.Rule{x}
	}
	return natmap.Each(x, was.Ranges[0], to)
}
