package pfgui

import (
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// aliases reads the aliases of the old model, and of OPNsense's own.
func (c *config) aliases() {
	for _, n := range c.root.Kid("aliases").All("alias") {
		c.alias(n, strings.Fields(n.Value("address")))
	}
	for _, n := range c.root.At("OPNsense", "Firewall", "Alias", "aliases").All("alias") {
		c.alias(n, strings.Fields(n.Value("content")))
	}
	c.set.Object = c.object
}

func (c *config) alias(n *xmltree.Node, content []string) {
	name, kind := n.Value("name"), n.Value("type")
	c.state(n.Line, fmt.Sprintf("alias %s (%s)", name, kind), true)
	if name == "" {
		return
	}
	if n.Has("enabled") && !on(n, "enabled") {
		c.addrs.Define(name, n.Line) // an alias that is switched off is empty
		c.ports.Define(name, n.Line)
		c.note("Alias %s (line %d) is switched off; rules that name it match nothing by it.", name, n.Line)
		return
	}
	switch kind {
	case "port":
		c.ports.Define(name, n.Line)
		for _, w := range content {
			if r, ok := portRange(w); ok {
				c.ports.Add(name, n.Line, objects.Services{{DPort: &ir.Ports{Ranges: []ir.PortRange{r}}}})
			} else {
				c.ports.Join(name, n.Line, w)
			}
		}
		return
	case "host", "network", "networkgroup", "internal", "":
		c.network(name, n.Line, content)
		return
	}
	why := fmt.Sprintf("the alias %s (line %d, type %s), whose content is fetched while the firewall runs; look it up under Diagnostics > Tables, or Firewall > Diagnostics > Aliases", name, n.Line, source.Redact(kind))
	c.addrs.Define(name, n.Line)
	c.addrs.Add(name, n.Line, objects.UnknownAddrs(why))
	c.ports.Define(name, n.Line)
	c.ports.Add(name, n.Line, objects.UnknownService(why))
}

// network takes an alias of addresses. An entry with an exclamation mark is
// taken out, unless a narrower one puts it in again: pf asks the longest.
func (c *config) network(name string, line int, content []string) {
	c.addrs.Define(name, line)
	var list []objects.Entry
	nested, except := 0, false
	for _, w := range content {
		not := strings.HasPrefix(w, "!")
		w = strings.TrimPrefix(w, "!")
		ranges, ok := entry(w)
		switch {
		case ok:
			for _, r := range ranges {
				list = append(list, objects.Entry{Range: r, Not: not})
			}
			except = except || not
		case not:
			c.addrs.Leave(name, line, w)
		case c.isAlias(w):
			nested++
			c.addrs.Join(name, line, w)
		default:
			c.addrs.Add(name, line, objects.UnknownAddrs(fmt.Sprintf("%s in alias %s (line %d), a name that the firewall looks up", source.Redact(w), name, line)))
		}
	}
	if except && nested > 0 {
		c.addrs.Add(name, line, objects.UnknownAddrs(fmt.Sprintf("alias %s (line %d), which names other aliases and leaves something out", name, line)))
		return
	}
	c.addrs.Add(name, line, objects.Of(objects.Longest(list)...))
}

// entry reads an address, network, range, or network with a wildcard mask.
func entry(w string) ([]netipx.IPRange, bool) {
	if r, ok := source.Net(w); ok {
		return []netipx.IPRange{r}, true
	}
	if a, m, ok := strings.Cut(w, "/"); ok {
		return source.Wildcard(a, m)
	}
	return nil, false
}

// isAlias reports a name that some alias has.
func (c *config) isAlias(name string) bool {
	for _, path := range [][]string{{"aliases"}, {"OPNsense", "Firewall", "Alias", "aliases"}} {
		if c.names == nil {
			c.names = map[string]bool{}
		}
		key := strings.Join(path, "/")
		if c.names["/"+key] {
			continue
		}
		c.names["/"+key] = true
		for _, n := range c.root.At(path...).All("alias") {
			c.names[n.Value("name")] = true
		}
	}
	return c.names[name]
}

// portRange reads 25, 25:30 and 25-30.
func portRange(w string) (ir.PortRange, bool) {
	lo, hi, two := strings.Cut(strings.ReplaceAll(w, "-", ":"), ":")
	a, ok := source.Port(lo)
	if !ok {
		if a, ok = source.Port(w); ok { // a name with a hyphen
			return ir.PortRange{Lo: a, Hi: a}, true
		}
		return ir.PortRange{}, false
	}
	if !two {
		return ir.PortRange{Lo: a, Hi: a}, true
	}
	b, ok := source.Port(hi)
	if !ok {
		return ir.PortRange{}, false
	}
	return ir.PortRange{Lo: min(a, b), Hi: max(a, b)}, true
}

// portsOf reads a port as a rule has it; why is not empty when it is not known.
func (c *config) portsOf(w string) (p *ir.Ports, why []string) {
	w = strings.TrimSpace(w)
	if w == "" || w == "any" {
		return nil, nil
	}
	p = &ir.Ports{}
	for _, x := range strings.Split(w, ",") {
		if r, ok := portRange(strings.TrimSpace(x)); ok {
			p.Ranges = append(p.Ranges, r)
			continue
		}
		for _, s := range c.ports.Get(strings.TrimSpace(x)) {
			if len(s.Maybe) > 0 {
				return ir.AnyPorts(), s.Maybe
			}
			p.Ranges = append(p.Ranges, s.DPort.Ranges...)
		}
	}
	return p, nil
}

// object finds an alias, for probes of who is in it.
func (c *config) object(name string) ([]ir.Box, ir.At, bool) {
	name = strings.TrimPrefix(name, "alias ")
	if !c.addrs.Has(name) {
		return nil, ir.At{}, false
	}
	return objects.Source(ir.Always(), c.addrs.Get(name)), ir.At{Line: c.addrs.Line(name), Text: "alias " + name}, true
}

// schedules notes where each is.
func (c *config) schedules() {
	for _, n := range c.root.Kid("schedules").All("schedule") {
		c.sched[n.Value("name")] = n.Line
	}
}

// bogons are networks that no packet on the internet comes from, by standard
// (RFC 6890): those that the list of the firewall holds for certain.
var bogons = nets("0.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "192.0.0.0/24", "192.0.2.0/24", "198.18.0.0/15",
	"198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/3", "2001:db8::/32", "fec0::/10")

func nets(list ...string) *ir.Addrs {
	a := &ir.Addrs{}
	for _, s := range list {
		a.Ranges = append(a.Ranges, netipx.RangeOfPrefix(netip.MustParsePrefix(s)))
	}
	return a
}
