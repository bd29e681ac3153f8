package fortios

import (
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// overlaps hands on each two virtual IPs of a list that may take in the same
// packets, that which stands first as p.
func overlaps(list []*vip, pair func(p, q *vip)) {
	place := make(map[*vip]int, len(list))
	same := map[netip.Addr][]*vip{}
	var wide []*vip
	for i, p := range list {
		place[p] = i
		if len(p.ext) == 1 && p.ext[0].From() == p.ext[0].To() {
			same[p.ext[0].From()] = append(same[p.ext[0].From()], p)
		} else {
			wide = append(wide, p)
		}
	}
	const most = 4_000_000
	for _, group := range same {
		if len(group)*len(group) > most {
			group = group[:2000]
		}
		for i, p := range group {
			for _, q := range group[i+1:] {
				if p.meets(q) {
					pair(p, q)
				}
			}
		}
	}
	if len(wide)*len(list) > most {
		wide = wide[:most/len(list)]
	}
	for _, p := range wide {
		for _, q := range list {
			switch {
			case p == q || !p.meets(q):
			case place[p] < place[q]:
				pair(p, q)
			case len(q.ext) == 1 && q.ext[0].From() == q.ext[0].To(): // else it comes as p, too
				pair(q, p)
			}
		}
	}
}

// meets reports two virtual IPs that may take in the same packets.
func (p *vip) meets(q *vip) bool {
	return (p.in == nil || q.in == nil || len(both(p.in, q.in)) > 0) &&
		(p.proto == 0 || q.proto == 0 || p.proto == q.proto) &&
		(len(p.ports) == 0 || len(q.ports) == 0 || meet(p.ports, q.ports)) &&
		(p.ext == nil || q.ext == nil || p.ext[0].Overlaps(q.ext[0]))
}

// against leaves open which of two virtual IPs takes in packets.
func (p *vip) against(q *vip) {
	why := untoldOrder(p, q)
	for _, x := range []*vip{p, q} {
		if len(x.maybe) == 0 {
			x.maybe = append(x.maybe, why)
		}
	}
}

func untoldOrder(p, q *vip) string {
	return fmt.Sprintf("which of the virtual IPs in lines %d and %d is looked at first, which versions before 7.2 do not tell", min(p.at.Line, q.at.Line), max(p.at.Line, q.at.Line))
}

// rank finds virtual IPs that others of the same target take packets from: a
// policy is met by what the virtual IP that it names has translated, and by
// nothing that another has, be it to the same address (community articles "How
// FortiOS handles VIP lookup" and "Virtual IP (VIP) port forwarding order of
// execution"). With central NAT policies name no virtual IPs.
func (v *vdom) rank(f ir.Family) {
	if v.central {
		return
	}
	overlaps(v.active(f), func(p, q *vip) {
		switch {
		case !slices.Equal(p.to, q.to): // told apart by where packets go
		case !v.version.atLeast(7, 2, 0):
			p.unsure, q.unsure = untoldOrder(p, q), untoldOrder(p, q)
			p.rivals, q.rivals = append(p.rivals, q), append(q.rivals, p)
		case p.covers(q):
			if q.behind == nil || p.at.Line < q.behind.at.Line {
				q.behind = p
			}
		case p.coversBut(q):
			q.aside = append(q.aside, p)
		default:
			q.rivals = append(q.rivals, p)
			q.unsure = fmt.Sprintf("whether virtual IP %s (line %d) takes the packets before %s (line %d) does", p.name, p.at.Line, q.name, q.at.Line)
		}
	})
}

// covers reports that a virtual IP takes in all packets that another would.
func (p *vip) covers(q *vip) bool {
	if !p.coversBut(q) || p.proto != 0 && p.proto != q.proto || !among(q.in, p.in) {
		return false
	}
	return len(p.ports) == 0 || len(q.ports) > 0 && !slices.ContainsFunc(q.ports, func(x ir.PortRange) bool { return !within(p.ports, x) })
}

// coversBut reports the same but for interfaces, protocol and ports.
func (p *vip) coversBut(q *vip) bool {
	if p.src != nil || p.only != nil || len(p.maybe) > 0 || p.broken != "" {
		return false
	}
	if p.ext == nil || q.ext == nil {
		return p.ext == nil && q.ext == nil && p.iface != "" && p.iface == q.iface
	}
	return p.ext[0].From().Compare(q.ext[0].From()) <= 0 && q.ext[0].To().Compare(p.ext[0].To()) <= 0
}

// among reports that all interfaces of a list are of another; nil is any.
func among(list, of []string) bool {
	return of == nil || list != nil && len(both(list, of)) == len(list)
}

func within(list []ir.PortRange, x ir.PortRange) bool {
	return slices.ContainsFunc(list, func(y ir.PortRange) bool { return y.Lo <= x.Lo && x.Hi <= y.Hi })
}

// leave narrows boxes of one virtual IP to the packets that another before it
// does not take in, by protocol and external port.
func (p *vip) leave(boxes []ir.Box) []ir.Box {
	var out []ir.Box
	for _, b := range boxes {
		in := patternsOf(b.In)
		if p.in != nil && in != nil && len(both(in, p.in)) == 0 {
			out = append(out, b)
			continue
		}
		if !among(in, p.in) {
			b = perhaps([]ir.Box{b}, fmt.Sprintf("whether virtual IP %s (line %d), of another interface, takes the packets first", p.name, p.at.Line))[0]
			out = append(out, b)
			continue
		}
		same := b
		switch {
		case b.Proto == nil:
			other := b
			other.Proto = &ir.Protos{List: []uint8{p.proto}, Not: true}
			out = append(out, other)
			same.Proto = &ir.Protos{List: []uint8{p.proto}}
		case slices.Contains(b.Proto.List, p.proto) == b.Proto.Not:
			out = append(out, b)
			continue
		case b.Proto.Not || len(b.Proto.List) > 1:
			other := b
			other.Proto = &ir.Protos{List: append(slices.Clone(b.Proto.List), p.proto), Not: true}
			if !b.Proto.Not {
				other.Proto = &ir.Protos{List: slices.DeleteFunc(slices.Clone(b.Proto.List), func(n uint8) bool { return n == p.proto })}
			}
			out = append(out, other)
			same.Proto = &ir.Protos{List: []uint8{p.proto}}
		}
		switch {
		case len(p.ports) == 0:
			continue
		case b.OrigDPort == nil:
			same.OrigDPort = &ir.Ports{Ranges: p.ports, Not: true}
		case b.OrigDPort.Not:
			same.OrigDPort = &ir.Ports{Ranges: slices.Concat(b.OrigDPort.Ranges, p.ports), Not: true}
		case !slices.ContainsFunc(b.OrigDPort.Ranges, func(x ir.PortRange) bool { return !within(p.ports, x) }):
			continue
		case meet(b.OrigDPort.Ranges, p.ports):
			same = perhaps([]ir.Box{same}, fmt.Sprintf("whether virtual IP %s (line %d) takes the packets first", p.name, p.at.Line))[0]
		}
		out = append(out, same)
	}
	return out
}
