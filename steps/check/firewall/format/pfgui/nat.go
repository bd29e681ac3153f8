package pfgui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// translations reads port forwards, then one-to-one translations: pf asks rdr
// before binat.
func (c *config) translations() {
	list := slices.Clone(c.root.Kid("nat").All("rule"))
	slices.SortStableFunc(list, func(a, b *xmltree.Node) int { return sequence(a) - sequence(b) })
	for _, n := range list {
		c.forward(n)
	}
	for _, n := range c.root.Kid("nat").All("onetoone") {
		c.oneToOne(n, n.Value("external"), c.side(n.Kid("source"), ""), c.side(n.Kid("destination"), ""))
	}
	if !c.v.OPN {
		return
	}
	for _, n := range c.root.At("OPNsense", "Firewall", "Filter", "onetoone").All("rule") {
		src, dst := c.named(firstOf(n.Value("source_net"), "any"), ""), c.named(firstOf(n.Value("destination_net"), "any"), "")
		src.not, dst.not = on(n, "source_not"), on(n, "destination_not")
		c.oneToOne(n, n.Value("external"), src, dst)
	}
}

func sequence(n *xmltree.Node) int {
	v, _ := strconv.Atoi(n.Value("sequence"))
	return v
}

// disabled reports a translation that is switched off, in either model.
func disabled(n *xmltree.Node) bool {
	return on(n, "disabled") || n.Has("enabled") && !on(n, "enabled")
}

// forward reads a port forward.
func (c *config) forward(n *xmltree.Node) {
	ifaces := firstOf(n.Value("interface"), "wan")
	f := fields{
		line: n.Line, descr: source.Redact(n.Value("descr")), action: "forward", ifaces: ifaces, family: firstOf(n.Value("ipprotocol"), "inet"),
		proto: strings.ToLower(n.Value("protocol")), src: c.side(n.Kid("source"), ifaces), dst: c.side(n.Kid("destination"), ifaces),
		sport: n.Kid("source").Value("port"), dport: n.Kid("destination").Value("port"), tag: n.Value("tag"), tagged: n.Value("tagged"),
	}
	if c.v.OPN && n.Value("ipprotocol") == "" {
		f.family = "inet46"
	}
	text := f.text() + " -> " + source.Redact(n.Value("target")+" "+n.Value("local-port"))
	cond, ok := c.translation(n, text, ifaces)
	if !ok {
		c.noteDisabled(n, &f, text)
		return
	}
	if f.tagged != "" {
		f.maybe = append(f.maybe, "the tag "+source.Redact(f.tagged))
	}
	r := pfrules.Rule{At: ir.At{Line: n.Line, Text: text}, In: true, On: cond, Boxes: c.boxes(&f), Tag: f.tag}
	if on(n, "nordr") {
		c.spec.Rdr = append(c.spec.Rdr, r)
		return
	}
	r.Rdr = c.target(n, &f)
	r.Rdr.Pass = n.Value("associated-rule-id") == "pass" || n.Value("pass") == "pass"
	c.spec.Rdr = append(c.spec.Rdr, r)
	c.reflect(n, r, ifaces)
	if n.Value("pass") == "rule" {
		c.register(r, &f, n)
	}
}

// noteDisabled tells of a port forward for mail that is switched off: nothing
// else shows why its address leads to no server.
func (c *config) noteDisabled(n *xmltree.Node, f *fields, text string) {
	if !disabled(n) || on(n, "nordr") {
		return
	}
	if slices.ContainsFunc(c.boxes(f), func(b ir.Box) bool {
		return b.DPort != nil && !b.DPort.Not && slices.ContainsFunc(b.DPort.Ranges, func(x ir.PortRange) bool { return x.Lo <= 25 && 25 <= x.Hi && x.Hi-x.Lo < 1024 })
	}) {
		c.note("Line %d (%s) is a port forward of port 25 that is disabled: it sends nothing on to a server.", n.Line, text)
	}
}

// register keeps the rule that a translation makes by itself.
func (c *config) register(r pfrules.Rule, f *fields, n *xmltree.Node) {
	g := *f
	g.action = "pass"
	g.dst = c.named(n.Value("target"), f.ifaces)
	if p := n.Value("local-port"); p != "" {
		g.dport = p
		if r.Rdr.Port.Hi > r.Rdr.Port.Lo {
			g.dport = fmt.Sprintf("%d:%d", r.Rdr.Port.Lo, r.Rdr.Port.Hi)
		}
	}
	c.pending = append(c.pending, pfrules.Rule{At: r.At, Quick: true, In: true, On: r.On, Boxes: c.boxes(&g)})
}

// target is where a port forward sends packets.
func (c *config) target(n *xmltree.Node, f *fields) *pfrules.Target {
	t := &pfrules.Target{}
	e := c.named(firstOf(n.Value("target"), "nothing"), "")
	switch {
	case e.local != ir.Either:
		t.Why = "which of the firewall's own addresses the translation takes"
	case len(e.set.Maybe) > 0:
		t.Why = e.set.Maybe[0]
	case e.set.Any || e.set.Not:
		t.Why = fmt.Sprintf("the target of the translation in line %d", n.Line)
	default:
		t.Addrs = e.set.Ranges
	}
	local := n.Value("local-port")
	if local == "" || local == f.dport {
		return t
	}
	to, why := c.portsOf(local)
	from, _ := c.portsOf(f.dport)
	switch {
	case len(why) > 0 || to == nil || len(to.Ranges) == 0:
		t.Why = fmt.Sprintf("the port that the translation in line %d leads to", n.Line)
	case from != nil && len(from.Ranges) == 1 && from.Ranges[0].Hi > from.Ranges[0].Lo:
		lo := to.Ranges[0].Lo
		t.Shift, t.Base = true, from.Ranges[0].Lo
		t.Port = ir.PortRange{Lo: lo, Hi: uint16(min(65535, int(lo)+int(from.Ranges[0].Hi-from.Ranges[0].Lo)))}
	default:
		t.Port = ir.PortRange{Lo: to.Ranges[0].Lo, Hi: to.Ranges[0].Lo}
	}
	return t
}

// reflect adds what NAT reflection does: the same translation for packets from
// inside.
func (c *config) reflect(n *xmltree.Node, r pfrules.Rule, ifaces string) {
	sys := c.root.Kid("system")
	mode := n.Value("natreflection")
	if mode == "" || mode == "default" {
		switch {
		case sys == nil, sys.Has("disablenatreflection") && on(sys, "disablenatreflection"):
			mode = "disable"
		case c.v.OPN, on(sys, "enablenatreflectionpurenat"):
			mode = "purenat"
		default:
			mode = "enable"
		}
	}
	if mode == "disable" {
		return
	}
	set := &ir.Ifaces{}
	for _, f := range c.ifaces {
		if f.enabled && !f.gateway && f.key != "wan" && f.key != ifaces && (f.dynamic[0] == "" || f.dynamic[0] == "none") {
			set.Patterns = append(set.Patterns, f.names()...)
		}
	}
	if len(set.Patterns) == 0 {
		return
	}
	x := r
	x.On = []pfrules.On{{Set: set}}
	if mode == "enable" && !c.v.OPN { // by a program on the firewall
		x.Rdr, x.Act = nil, pfrules.Open
		x.Why = fmt.Sprintf("NAT reflection through a proxy for the translation in line %d", n.Line)
	}
	c.spec.Rdr = append(c.spec.Rdr, x)
}

// translation states a translation and returns the interfaces that it is for;
// false for one that is switched off or has none.
func (c *config) translation(n *xmltree.Node, text, ifaces string) ([]pfrules.On, bool) {
	c.state(n.Line, text, true)
	if disabled(n) {
		return nil, false
	}
	c.rules++
	return c.condition(ifaces, false)
}

// oneToOne reads a 1:1 translation (binat).
func (c *config) oneToOne(n *xmltree.Node, external string, src, dst end) {
	ifaces := firstOf(n.Value("interface"), "wan")
	f := fields{
		line: n.Line, descr: source.Redact(firstOf(n.Value("descr"), n.Value("description"))), action: "1:1", ifaces: ifaces,
		family: firstOf(n.Value("ipprotocol"), "inet46"), src: dst, dst: c.named(firstOf(external, "nothing"), ifaces),
	}
	text := fmt.Sprintf("%s: 1:1 %s to %s (%s)", ifaces, f.dst.text, src.text, f.descr)
	cond, ok := c.translation(n, text, ifaces)
	if !ok {
		return
	}
	outer := sized(f.dst.set, src.set)
	if outer != nil {
		f.dst.set = &objects.Addrs{Ranges: outer.Addrs}
	}
	r := pfrules.Rule{At: ir.At{Line: n.Line, Text: text}, In: true, On: cond, Boxes: c.boxes(&f), Rdr: &pfrules.Target{}}
	if on(n, "nobinat") {
		r.Rdr = nil
		c.spec.Rdr = append(c.spec.Rdr, r)
		return
	}
	if src.set == nil || src.set.Any || src.not || len(src.set.Maybe) > 0 || len(src.set.Ranges) == 0 {
		r.Rdr.Why = fmt.Sprintf("the inner addresses of the 1:1 translation in line %d", n.Line)
	} else {
		r.Rdr.Addrs = src.set.Ranges
	}
	c.spec.Rdr = append(c.spec.Rdr, pfrules.OneToOne(r, outer)...)
	g := f
	g.src, g.dst = src, dst
	hide := pfrules.Rule{At: r.At, Out: true, On: cond, Boxes: c.boxes(&g), Nat: &pfrules.Source{}}
	if outer != nil {
		hide.Nat.Addrs = outer.Addrs
	}
	c.spec.Nat = append(c.spec.Nat, hide)
}

// sized is the outer side of a 1:1 translation, which is as large as the inner
// one: pfSense writes its first address alone.
func sized(outer, inner *objects.Addrs) *pfrules.Target {
	if outer == nil || inner == nil || len(outer.Ranges) != 1 || len(inner.Ranges) != 1 || inner.Any {
		return nil
	}
	o, i := outer.Ranges[0], inner.Ranges[0]
	p, ok := i.Prefix()
	if o.From() == o.To() && ok && i.From() != i.To() && o.From().Is4() == i.From().Is4() {
		if q, err := o.From().Prefix(p.Bits()); err == nil {
			o = netipx.RangeOfPrefix(q)
		}
	}
	return &pfrules.Target{Addrs: []netipx.IPRange{o}}
}
