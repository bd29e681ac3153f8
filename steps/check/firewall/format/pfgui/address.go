package pfgui

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// end is one side of a rule: a set, or the firewall's own addresses.
type end struct {
	set   *objects.Addrs
	local ir.Is
	apart *objects.Addrs // own addresses that are known to be others
	maybe []string
	not   bool
	text  string
	bad   bool // cannot be written as a rule: the firewall leaves the rule out
}

// side reads <source> or <destination> of the old model. Ifaces are those of
// the rule, by which "address of WAN" is known even where it is not written.
func (c *config) side(n *xmltree.Node, ifaces string) end {
	e := end{set: objects.Anywhere(), text: "any"}
	if n == nil {
		return e
	}
	name := n.Value("network")
	if name == "" {
		name = n.Value("address")
	}
	if name != "" {
		e = c.named(name, ifaces)
	} else if !n.Has("any") && n.Has("address") {
		e = end{bad: true, text: "nothing"}
	}
	if on(n, "not") {
		e.not, e.text = true, "! "+e.text
	}
	return e
}

// named resolves what a rule names: addresses, aliases, interfaces.
func (c *config) named(list, ifaces string) end {
	if strings.Contains(list, ",") {
		return c.several(list, ifaces)
	}
	name := strings.TrimSpace(list)
	e := end{text: source.Redact(name)}
	switch {
	case name == "any":
		e.set = objects.Anywhere()
	case name == "(self)":
		e.local, e.text = ir.Yes, "this firewall"
	case c.byKey[strings.TrimSuffix(name, "ip")] != nil && strings.HasSuffix(name, "ip"):
		c.own(&e, c.byKey[strings.TrimSuffix(name, "ip")], ifaces)
	case c.byKey[name] != nil:
		c.behind(&e, c.byKey[name])
	case strings.HasPrefix(name, "__") && strings.HasSuffix(name, "_network") && c.byKey[name[2:len(name)-len("_network")]] != nil:
		c.behind(&e, c.byKey[name[2:len(name)-len("_network")]])
	case name == "bogons", name == "bogonsv6":
		e.set = &objects.Addrs{Ranges: bogons.Ranges}
		c.bogonsNoted()
	case name == "virusprot", name == "sshlockout", name == "snort2c":
		e.set = &objects.Addrs{}
		c.note("The list %s, which the firewall fills by itself while it runs, is taken to be empty.", name)
	case c.addrs.Has(name):
		e.set = c.addrs.Get(name)
	default:
		list, ok := entry(name)
		if !ok {
			e.set = objects.UnknownAddrs(fmt.Sprintf("%s, which is no address, alias or interface of the file", source.Redact(name)))
			break
		}
		e.set = objects.Of(list...)
	}
	return e
}

// several joins what a rule of the new model names.
func (c *config) several(list, ifaces string) end {
	var sets []*objects.Addrs
	out := end{text: source.Redact(list)}
	for _, x := range strings.Split(list, ",") {
		e := c.named(x, ifaces)
		switch {
		case e.local != ir.Either:
			out.maybe = append(out.maybe, fmt.Sprintf("%s beside other addresses in one rule", e.text))
			sets = append(sets, objects.UnknownAddrs("the firewall's own addresses"))
		case e.set != nil:
			sets = append(sets, e.set)
		}
	}
	out.set = objects.Union(sets...)
	return out
}

// own is the address of an interface. OPNsense takes the virtual ones with it.
func (c *config) own(e *end, f *iface, ifaces string) {
	e.text = strings.ToUpper(f.key) + " address"
	known := f.dynamic[0] == "" || f.dynamic[0] == "none"
	if known && len(f.addrs) > 0 || f.dynamic[0] == "" {
		e.set = &objects.Addrs{}
		for _, a := range f.addrs {
			if c.v.OPN || !slices.Contains(c.vips, a) {
				e.set.Ranges = append(e.set.Ranges, one(a))
			}
		}
		return
	}
	e.local, e.apart = ir.Yes, &objects.Addrs{}
	for _, g := range c.ifaces {
		for _, a := range g.addrs {
			if g != f || !c.v.OPN && slices.Contains(c.vips, a) {
				e.apart.Ranges = append(e.apart.Ranges, one(a))
			}
		}
	}
	if ifaces == f.key {
		c.note("The address of %s is not in the file (%s): packets that come in by it to the firewall itself are taken to be for it.", strings.ToUpper(f.key), f.dynamic[0])
		return
	}
	e.maybe = append(e.maybe, fmt.Sprintf("the address of %s, which is not in the file (%s)", strings.ToUpper(f.key), f.dynamic[0]))
}

// behind is the network of an interface.
func (c *config) behind(e *end, f *iface) {
	e.text = strings.ToUpper(f.key) + " net"
	e.set = objects.OfPrefixes(masked(f)...)
	for i, how := range f.dynamic {
		if how != "" && how != "none" && how != "idassoc6" && how != "track6" && how != "slaac" && how != "dhcp6" || i == 0 && how != "" && how != "none" {
			e.set = objects.Union(e.set, objects.UnknownAddrs(fmt.Sprintf("the network of %s, which is not in the file (%s)", strings.ToUpper(f.key), source.Redact(how))))
		}
	}
}

func (c *config) bogonsNoted() {
	c.note("Of the list of bogon networks, which the firewall fetches, those are taken that are reserved by standard; addresses in use on the internet are not in it.")
}

// put narrows boxes by a side; src says which.
func (e end) put(boxes []ir.Box, src bool) []ir.Box {
	if e.bad {
		return nil
	}
	var out []ir.Box
	if e.local == ir.Either {
		set := e.set
		if e.not {
			set = set.Negate()
		}
		if src {
			out = objects.Source(boxes, set)
		} else {
			out = objects.Destination(boxes, set)
		}
		return more(out, e.maybe)
	}
	set := func(b *ir.Box, is ir.Is, a *ir.Addrs) {
		if src {
			b.SrcLocal, b.Src = is, a
		} else {
			b.DstLocal, b.Dst = is, a
		}
	}
	var apart *ir.Addrs
	if e.apart != nil && len(e.apart.Ranges) > 0 {
		apart = &ir.Addrs{Ranges: e.apart.Ranges, Not: true}
	}
	for _, b := range boxes {
		x := b
		switch {
		case !e.not:
			set(&x, ir.Yes, apart)
			out = append(out, more([]ir.Box{x}, e.maybe)...)
		default:
			set(&x, ir.No, nil)
			out = append(out, x)
			if apart != nil {
				y := b
				set(&y, ir.Yes, &ir.Addrs{Ranges: e.apart.Ranges})
				out = append(out, y)
			}
			if len(e.maybe) > 0 {
				y := b
				set(&y, ir.Yes, nil)
				out = append(out, more([]ir.Box{y}, e.maybe)...)
			}
		}
	}
	return out
}

// more adds reasons to boxes.
func more(boxes []ir.Box, why []string) []ir.Box {
	if len(why) == 0 {
		return boxes
	}
	out := slices.Clone(boxes)
	for i := range out {
		out[i].Maybe = slices.Concat(out[i].Maybe, why)
	}
	return out
}
