package srx

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// filter is a stateless firewall filter of one family.
type filter struct {
	name   string
	family string // inet, inet6, any
	chain  int
}

// families are the addresses that a filter of a family can meet.
var families = map[string]*ir.Addrs{
	"inet":  {Ranges: []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix("0.0.0.0/0"))}},
	"inet6": {Ranges: []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix("::/0"))}},
}

// filters lowers all filters. One without a family is of IPv4.
func (b *builder) filters() {
	f := b.d.root.Kid("firewall")
	b.byFilter = map[string]*filter{}
	add := func(family string, list []*wordtree.Node) {
		for _, n := range list {
			end := ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(implicit discard at the end of filter %s)", n.Name)}}
			ch := ir.Chain{Name: n.Name, Group: "filter", Policy: end}
			for _, t := range n.Kid("term").Live() {
				b.rules++
				ch.Rules = append(ch.Rules, b.term(n.Name, family, t)...)
			}
			b.byFilter[family+" "+n.Name] = &filter{n.Name, family, b.add(ch)}
		}
	}
	add("inet", f.Kid("filter").Live())
	for _, fam := range f.Kid("family").Live() {
		add(fam.Name, fam.Kid("filter").Live())
	}
}

// harmlessThen are actions of terms that do not bear on whether packets pass.
var harmlessThen = map[string]bool{
	"count": true, "log": true, "syslog": true, "sample": true, "port-mirror": true, "forwarding-class": true, "loss-priority": true, "dscp": true,
	"traffic-class": true, "packet-mode": false, "accept": true, "discard": true, "reject": true, "next": true, "policer": true, "priority": true,
}

// term lowers one term; without an action it accepts.
func (b *builder) term(filter, family string, t *wordtree.Node) []ir.Rule {
	then := t.Kid("then")
	at := ir.At{Line: t.Line, Text: fmt.Sprintf("filter %s term %s", filter, t.Name)}
	boxes := b.from(t, family)
	x := ir.Rule{Boxes: boxes, Action: ir.Accept, At: at}
	word := "accept"
	switch {
	case then.Has("discard"):
		x.Action, word = ir.Deny, "discard"
	case then.Has("reject"):
		x.Action, word = ir.Deny, "reject"
	case then.At("next", "term") != nil:
		x.Action, word = ir.Continue, "next term"
	case then.Has("next"):
		x.Action, x.Why, word = ir.Undecided, "where the term goes on", "next"
	}
	x.At.Text += ": " + word
	for _, k := range then.Live() {
		switch {
		case k.Name == "policer":
			if why := b.policer(k.Value()); why != "" && x.Action != ir.Deny {
				return []ir.Rule{{Boxes: boxes, Action: ir.Undecided, Why: why, At: ir.At{Line: t.Line, Text: at.Text + ": policer " + k.Value()}}, x}
			}
		case !harmlessThen[k.Name]:
			b.unknown[k.Line] = true
			x.Action, x.Why = ir.Undecided, fmt.Sprintf("the action %q of term %s, which is not followed here", clip(k.Name), t.Name)
		}
	}
	if t.Has("filter") {
		x.Action, x.Why = ir.Undecided, "the filter that term "+t.Name+" refers to"
	}
	return []ir.Rule{x}
}

// policer says why a policer may drop packets; "" when it only marks them.
func (b *builder) policer(name string) string {
	p := b.d.root.At("firewall", "policer", name)
	then := p.Kid("then")
	if p != nil && then != nil && !then.Has("discard") {
		return ""
	}
	return "the policer " + name + ", which drops what exceeds its rate"
}

// from lowers the conditions of a term.
func (b *builder) from(t *wordtree.Node, family string) []ir.Box {
	f := t.Kid("from")
	boxes := []ir.Box{{}}
	c := conditions{b: b, from: f, term: t.Name}
	if fam := families[family]; fam != nil {
		boxes[0].Src = fam
	}
	boxes = c.addresses(boxes)
	boxes = c.transport(boxes)
	maybe := c.maybes()
	for i := range boxes {
		boxes[i].Maybe = append(boxes[i].Maybe, maybe...)
	}
	return boxes
}

type conditions struct {
	b     *builder
	from  *wordtree.Node
	term  string
	maybe []string
}

// set resolves a list of addresses and prefix lists: the longest network that
// holds an address says whether it is in.
func (c *conditions) set(word string) *objects.Addrs {
	var list []objects.Entry
	var maybe []string
	sure := false
	named := map[netip.Prefix]bool{} // with except or without
	add := func(p string, except bool) {
		n, err := netip.ParsePrefix(p)
		if a, e := netip.ParseAddr(p); err != nil && e == nil {
			n, err = netip.PrefixFrom(a, a.BitLen()), nil
		}
		if err != nil {
			maybe = append(maybe, fmt.Sprintf("the address %q of term %s, which could not be read", clip(p), c.term))
			return
		}
		n = n.Masked()
		if was, again := named[n]; again && was != except {
			maybe = append(maybe, fmt.Sprintf("the address %s of term %s, which stands there with except and without", n, c.term))
		}
		named[n] = except
		list = append(list, objects.Entry{Range: netipx.RangeOfPrefix(n), Not: except})
		sure = sure || !except
	}
	for _, a := range c.from.Kid(word).Live() {
		add(a.Name, a.Has("except"))
	}
	lists := c.from.Kid(prefixWord(word)).Live()
	for _, l := range lists {
		n := c.b.d.root.At("policy-options", "prefix-list", l.Name)
		if n == nil || n.Has("apply-path") {
			maybe = append(maybe, fmt.Sprintf("the prefix list %s, whose networks are not in the file", l.Name))
			continue
		}
		for _, p := range n.Live() {
			if p.Name != "apply-groups" {
				add(p.Name, l.Has("except"))
			}
		}
	}
	if c.from.Kid(word) == nil && lists == nil {
		return nil
	}
	if !sure && len(list) > 0 {
		maybe = append(maybe, "how a term that names exceptions only is met")
	}
	if len(maybe) > 0 {
		return objects.UnknownAddrs(strings.Join(maybe, "; "))
	}
	return objects.Of(objects.Longest(list)...)
}

func prefixWord(word string) string {
	return strings.TrimSuffix(strings.TrimSuffix(word, "address"), "-") + map[bool]string{true: "prefix-list", false: "-prefix-list"}[word == "address"]
}

// addresses narrows boxes by source, destination, or either.
func (c *conditions) addresses(boxes []ir.Box) []ir.Box {
	if a := c.set("source-address"); a != nil {
		boxes = within(boxes, a)
	}
	if a := c.set("destination-address"); a != nil {
		boxes = objects.Destination(boxes, a)
	}
	if a := c.set("address"); a != nil {
		free := slices.Clone(boxes)
		either := within(boxes, a)
		if c.from.Has("destination-address") || c.from.Has("destination-prefix-list") {
			c.maybe = append(c.maybe, "address and destination-address in one term")
			return either
		}
		boxes = append(either, objects.Destination(free, a)...)
	}
	return boxes
}

// within narrows boxes by source where they name one already: that of the
// filter's family, or of the term.
func within(boxes []ir.Box, a *objects.Addrs) []ir.Box {
	var out []ir.Box
	for _, x := range boxes {
		was := x.Src
		for _, y := range objects.Source([]ir.Box{x}, a) {
			if was != nil {
				y.Src, _ = ir.MeetAddrs(was, y.Src)
			}
			out = append(out, y)
		}
	}
	return out
}

// transport narrows boxes by protocol, ports, flags and ICMP types.
func (c *conditions) transport(boxes []ir.Box) []ir.Box {
	f := c.from
	for _, p := range []struct {
		word string
		not  bool
	}{{"protocol", false}, {"next-header", false}, {"payload-protocol", false}, {"protocol-except", true}, {"next-header-except", true}, {"payload-protocol-except", true}} {
		if n := f.Kid(p.word); n != nil {
			protos := &ir.Protos{Not: p.not}
			for _, w := range n.Names() {
				v, ok := source.Protocol(w)
				if !ok {
					c.maybe = append(c.maybe, "protocol "+w)
					continue
				}
				protos.List = append(protos.List, v)
			}
			for i := range boxes {
				boxes[i].Proto = protos
			}
		}
	}
	for _, p := range []struct {
		word string
		not  bool
		to   func(*ir.Box) **ir.Ports
	}{
		{"source-port", false, func(b *ir.Box) **ir.Ports { return &b.SPort }},
		{"source-port-except", true, func(b *ir.Box) **ir.Ports { return &b.SPort }},
		{"destination-port", false, func(b *ir.Box) **ir.Ports { return &b.DPort }},
		{"destination-port-except", true, func(b *ir.Box) **ir.Ports { return &b.DPort }},
	} {
		if n := f.Kid(p.word); n != nil {
			ports := c.ports(n, p.not)
			for i := range boxes {
				*p.to(&boxes[i]) = ports
			}
		}
	}
	if n := f.Kid("port"); n != nil {
		ports := c.ports(n, false)
		var out []ir.Box
		for _, x := range boxes {
			y := x
			x.SPort, y.DPort = ports, ports
			if out = append(out, x, y); f.Has("source-port") || f.Has("destination-port") {
				c.maybe = append(c.maybe, "port beside source-port or destination-port in one term")
			}
		}
		boxes = out
	}
	return c.flags(boxes)
}

func (c *conditions) ports(n *wordtree.Node, not bool) *ir.Ports {
	out := &ir.Ports{Not: not}
	words := n.Names()
	for i := 0; i < len(words); i++ {
		r, ok := objects.PortRange(words[i])
		if !ok {
			c.maybe = append(c.maybe, fmt.Sprintf("port %q of term %s, which could not be read", clip(words[i]), c.term))
			continue
		}
		out.Ranges = append(out.Ranges, r)
	}
	return out
}

// flags narrows boxes by TCP flags and ICMP types.
func (c *conditions) flags(boxes []ir.Box) []ir.Box {
	f := c.from
	var any []*ir.FlagCond // met by any of them
	switch {
	case f.Has("tcp-established"): // ACK or RST
		any = []*ir.FlagCond{{Mask: ir.ACK | ir.RST, Set: 0, Not: true}}
	case f.Has("tcp-initial"):
		any = []*ir.FlagCond{{Mask: ir.SYN | ir.ACK, Set: ir.SYN}}
	case f.Has("tcp-flags"):
		cond, ok := tcpFlags(strings.Join(f.Kid("tcp-flags").Names(), " "))
		if !ok {
			c.maybe = append(c.maybe, "the TCP flags that term "+c.term+" asks for")
			break
		}
		any = []*ir.FlagCond{cond}
	}
	for i := range boxes {
		if any != nil {
			boxes[i].Flags = any[0]
		}
		c.icmp(&boxes[i])
	}
	return boxes
}

func (c *conditions) icmp(x *ir.Box) {
	f := c.from
	n := f.Kid("icmp-type")
	if n == nil {
		return
	}
	proto := uint8(ir.ICMP)
	if x.Proto != nil && !x.Proto.Not && slices.Contains(x.Proto.List, ir.ICMPv6) {
		proto = ir.ICMPv6
	}
	types, ok := icmpTypes(n.Names(), proto)
	if !ok {
		c.maybe = append(c.maybe, "the ICMP types that term "+c.term+" asks for")
		return
	}
	x.ICMP = types
	if x.Proto == nil {
		x.Proto = &ir.Protos{List: []uint8{proto}}
	}
}

var flagNames = map[string]uint8{"fin": ir.FIN, "syn": ir.SYN, "rst": ir.RST, "push": ir.PSH, "ack": ir.ACK, "urgent": ir.URG}

// tcpFlags reads expressions of flags that must all be set or not:
// "(syn & !ack)".
func tcpFlags(s string) (*ir.FlagCond, bool) {
	out := &ir.FlagCond{}
	s = strings.Trim(strings.ReplaceAll(s, " ", ""), "()")
	for _, w := range strings.Split(s, "&") {
		name, not := strings.CutPrefix(w, "!")
		bit, ok := flagNames[strings.ToLower(name)]
		if !ok {
			return nil, false
		}
		out.Mask |= bit
		if !not {
			out.Set |= bit
		}
	}
	return out, true
}

// readFrom are the conditions that lowering looks at.
var readFrom = map[string]bool{
	"source-address": true, "destination-address": true, "address": true, "source-prefix-list": true, "destination-prefix-list": true, "prefix-list": true,
	"protocol": true, "protocol-except": true, "next-header": true, "next-header-except": true, "payload-protocol": true, "payload-protocol-except": true,
	"port": true, "source-port": true, "destination-port": true, "source-port-except": true, "destination-port-except": true,
	"tcp-established": true, "tcp-initial": true, "tcp-flags": true, "icmp-type": true,
}

// maybes are the reasons why a term is met perhaps.
func (c *conditions) maybes() []string {
	out := c.maybe
	for _, k := range c.from.Live() {
		if !readFrom[k.Name] {
			out = append(out, fmt.Sprintf("%s of term %s, which depends on more of the packet than is asked about", clip(k.Name), c.term))
		}
	}
	return out
}

// hung lowers the filters that hang on interfaces in one direction; -1 for
// none.
func (b *builder) hung(dir string) int {
	ch := ir.Chain{Name: dir + " filters", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no " + dir + " filter)"}}}
	for _, u := range b.d.units {
		for _, family := range []string{"inet", "inet6"} {
			names := u.filter[family+" "+dir]
			if len(names) == 0 {
				continue
			}
			for _, on := range b.places(u) {
				box := ir.Box{Src: families[family], Maybe: on.maybe}
				set := &ir.Ifaces{Patterns: on.names}
				if dir == "input" {
					box.In = set
				} else {
					box.Out = set
				}
				ch.Rules = append(ch.Rules, b.calls(box, family, names, u.line)...)
			}
		}
	}
	if len(ch.Rules) == 0 {
		return -1
	}
	ch.Rules = append(b.front(), ch.Rules...)
	return b.add(ch)
}

// place is how packets of an interface are named, and why that is open.
type place struct {
	names []string
	maybe []string
}

// places are the names of an interface: its own, and that of its zone, by
// which it is meant perhaps where others are in the zone too.
func (b *builder) places(u *unit) []place {
	names := b.iface(u.name)
	out := []place{{names: names}}
	if z := b.d.zone(u.zone); z != nil && len(names) == 1 {
		out = append(out, place{[]string{z.name}, []string{"by which interface of zone " + z.name + " packets come and go"}})
	}
	return out
}

// calls goes through the filters of one interface in order; what none of them
// fits is discarded. What a filter accepts goes on past the others.
func (b *builder) calls(box ir.Box, family string, names []string, line int) []ir.Rule {
	done := b.add(ir.Chain{Name: "filters " + strings.Join(names, ", "), Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return}})
	var rules []ir.Rule
	for _, n := range names {
		f := b.byFilter[family+" "+n]
		if f == nil {
			f = b.byFilter["any "+n]
		}
		if f == nil {
			rules = append(rules, ir.Rule{
				Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("filter %s, which is not in the file", n),
				At: ir.At{Line: line, Text: "filter " + n},
			})
			continue
		}
		rules = append(rules, ir.Rule{Boxes: ir.Always(), Action: ir.Jump, Target: f.chain, At: ir.At{Line: line, Text: "(filter " + n + ")"}})
	}
	rules = append(rules, ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(implicit discard at the end of filter %s)", names[len(names)-1])}})
	b.p.Chains[done].Rules = rules
	return []ir.Rule{{Boxes: []ir.Box{box}, Action: ir.Jump, Target: done, At: ir.At{Line: line, Text: "(filters of the interface)"}}}
}
