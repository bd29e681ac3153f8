package pf

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// host is one alternative of what a rule names by from or to. The zero host is
// every address.
type host struct {
	set   *ir.Addrs
	local ir.Is // an address of the firewall's own, or none
	maybe []string
}

// hosts reads what follows from or to: one host, or several in braces. own is
// the interface whose addresses a packet at the rule has for sure where it has
// one of the firewall's own: that which the rule is on.
func (p *parser) hosts(own string) []host {
	if p.take("{") {
		var all []host
		for !p.done() && !p.take("}") {
			if p.take(",") {
				continue
			}
			all = append(all, p.host(own)...)
		}
		return merge(all)
	}
	return p.host(own)
}

// large sets, those of tables, are shared by rules and not joined to others.
const large = 64

// merge joins the alternatives that are plain sets.
func merge(in []host) []host {
	var sets []*objects.Addrs
	var out []host
	for _, h := range in {
		if h.set == nil && h.local == ir.Either && len(h.maybe) == 0 {
			return []host{{}}
		}
		if h.local != ir.Either || len(h.maybe) > 0 || len(h.set.Ranges) > large {
			out = append(out, h)
			continue
		}
		sets = append(sets, &objects.Addrs{Ranges: h.set.Ranges, Not: h.set.Not})
	}
	if len(sets) > 0 {
		u := objects.Union(sets...)
		if u.Any && !u.Not {
			return []host{{}}
		}
		out = append(out, host{set: &ir.Addrs{Ranges: u.Ranges, Not: u.Not}})
	}
	return out
}

// host reads one host.
func (p *parser) host(own string) []host {
	not := false
	for p.take("!") {
		not = !not
	}
	t := p.next()
	var out []host
	switch {
	case t.kind == table:
		out = p.r.table(t.text)
	case t.is("("):
		name := p.next().text
		for !p.done() && !p.take(")") {
			name += p.next().text
		}
		out = p.r.own(name, own)
	case t.text == "route" && t.kind == word:
		out = []host{{maybe: []string{fmt.Sprintf("the route label %s", p.next().text)}}}
	default:
		s := t.text
		if p.peek().text == "/" || strings.HasPrefix(p.peek().text, "/") && len(p.peek().text) < 5 {
			s += p.next().text
		}
		if p.peek().is("-") {
			p.next()
			s += "-" + p.next().text
		}
		out = p.r.address(s, own)
	}
	if not {
		out = negate(out)
	}
	return out
}

// negate turns a host around.
func negate(in []host) []host {
	out := []host{{}}
	for _, h := range in {
		var next []host
		for _, o := range out {
			switch {
			case len(h.maybe) > 0 && h.set == nil && h.local == ir.Either:
				o.maybe = slices.Concat(o.maybe, h.maybe)
				next = append(next, o)
			case h.local != ir.Either:
				a := o
				a.local = ir.Yes + ir.No - h.local
				next = append(next, a)
				if len(h.maybe) > 0 {
					o.local, o.maybe = h.local, slices.Concat(o.maybe, h.maybe)
					next = append(next, o)
				}
			case h.set == nil:
			default:
				o.set = &ir.Addrs{Ranges: h.set.Ranges, Not: !h.set.Not}
				next = append(next, o)
			}
		}
		out = next
	}
	return out
}

func plain(ranges ...netipx.IPRange) []host { return []host{{set: &ir.Addrs{Ranges: ranges}}} }

// address reads a host that is no table.
func (r *reader) address(s, own string) []host {
	switch s {
	case "any", "all":
		return []host{{}}
	case "self":
		return []host{{local: ir.Yes}}
	case "no-route", "urpf-failed":
		r.note("Source addresses are taken to come from where routes lead to them: rules for %s match none of the packets asked about.", s)
		return nil
	case "":
		return []host{{maybe: []string{"an address that is missing"}}}
	}
	if x, ok := netOf(s); ok {
		return plain(x)
	}
	name, _, _ := strings.Cut(s, ":")
	if ifaceWord.MatchString(name) || groupWord.MatchString(name) && (name == "egress" || slices.Contains(drivers, name) || slices.Contains(r.groups, name)) {
		return r.own(s, own)
	}
	return []host{{maybe: []string{fmt.Sprintf("the host name %s", source.Redact(s))}}}
}

// netOf reads an address, network or range as pf.conf has them: 10/8 too.
func netOf(s string) (netipx.IPRange, bool) {
	if i := strings.IndexByte(s, '%'); i > 0 { // fe80::1%em0
		if j := strings.IndexByte(s[i:], '/'); j > 0 {
			s = s[:i] + s[i+j:]
		} else {
			s = s[:i]
		}
	}
	if x, ok := source.Net(s); ok {
		return x, true
	}
	addr, bits, ok := strings.Cut(s, "/")
	if !ok || strings.Contains(addr, ":") {
		return netipx.IPRange{}, false
	}
	for strings.Count(addr, ".") < 3 {
		addr += ".0"
	}
	n, err := strconv.Atoi(bits)
	a, err2 := netip.ParseAddr(addr)
	if err != nil || err2 != nil {
		return netipx.IPRange{}, false
	}
	p, err := a.Prefix(n)
	if err != nil {
		return netipx.IPRange{}, false
	}
	return netipx.RangeOfPrefix(p), true
}

// own is the addresses, the network or the broadcast address of an interface
// of the firewall: as ifconfig told, else by what it means for the packet.
func (r *reader) own(spec, on string) []host {
	name, kind, _ := strings.Cut(spec, ":")
	first := false
	if kind == "0" || strings.HasSuffix(kind, ":0") {
		first, kind = true, strings.TrimSuffix(strings.TrimSuffix(kind, "0"), ":")
	}
	if name == "self" {
		if kind == "" {
			return []host{{local: ir.Yes}}
		}
		return []host{{maybe: []string{fmt.Sprintf("the networks of the firewall's interfaces (%s)", spec)}}}
	}
	list, ok := r.known(name)
	switch {
	case ok:
		return r.toldOwn(list, kind, first)
	case kind == "" && name == on && !first:
		r.note("Packets on %s to or from an address of the firewall's own are taken to have one of the addresses of that interface, which the file does not hold.", name)
		return []host{{local: ir.Yes}}
	case kind == "":
		return []host{{local: ir.Yes, maybe: []string{fmt.Sprintf("the addresses of %s; put the output of ifconfig into the file", spec)}}}
	}
	return []host{{maybe: []string{fmt.Sprintf("what %s is; put the output of ifconfig into the file", spec)}}}
}

// toldOwn is the same from what ifconfig told.
func (r *reader) toldOwn(list []*iface, kind string, first bool) []host {
	var out []netipx.IPRange
	for _, f := range list {
		seen4, seen6 := false, false
		for i, a := range f.addrs {
			if first && (a.Is4() && seen4 || a.Is6() && (seen6 || a.IsLinkLocalUnicast())) {
				continue
			}
			seen4, seen6 = seen4 || a.Is4(), seen6 || a.Is6()
			switch kind {
			case "network":
				if i < len(f.nets) {
					out = append(out, ranges(f.nets[i:i+1])...)
				}
			case "broadcast":
				if i < len(f.nets) && a.Is4() {
					last := netipx.RangeOfPrefix(f.nets[i].Masked()).To()
					out = append(out, netipx.IPRangeFrom(last, last))
				}
			case "":
				out = append(out, netipx.IPRangeFrom(a, a))
			default:
				return []host{{maybe: []string{"the other end of " + f.name}}}
			}
		}
	}
	if len(out) == 0 {
		return nil
	}
	return plain(out...)
}

// table is what a table holds.
func (r *reader) table(name string) []host {
	t := r.tables[name]
	switch {
	case t == nil:
		return []host{{maybe: []string{fmt.Sprintf("the table <%s>, whose content is not in the file; put it in as: table <%s> { ... }", name, name)}}}
	case t.value == nil && t.seen:
		return []host{{maybe: []string{fmt.Sprintf("the table <%s> (line %d), which contains itself", name, t.line)}}}
	case t.value == nil:
		t.seen = true
		t.value = t.read(r)
	}
	return t.value
}
