package sonicwall

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// nat is one NAT policy.
type nat struct {
	line            int
	text            string
	inbound         string
	src, dst, toDst []string
	service, toSvc  []string
	off, six        bool
	priority        int
	maybe           []string
}

func (d *device) readNAT(n *node) {
	p := &nat{line: n.line, src: []string{"any"}, dst: []string{"any"}, service: []string{"any"}, toDst: []string{"original"}, toSvc: []string{"original"}}
	w := n.words[1:]
	name := ""
	if len(w) > 0 && (w[0] == "ipv4" || w[0] == "ipv6") {
		p.six = w[0] == "ipv6"
		w = w[1:]
	}
	p.fields(w)
	for _, k := range n.kids {
		switch {
		case begins(k.words, "no", "enable"):
			p.off = true
		case k.words[0] == "name" && len(k.words) > 1:
			name = k.words[1]
		case begins(k.words, "priority", "manual") && len(k.words) > 2:
			p.priority, _ = strconv.Atoi(k.words[2])
		default:
			p.fields(k.words)
		}
	}
	p.text = fmt.Sprintf("NAT policy %s: destination %s to %s, service %s to %s", strconv.Quote(name), last(p.dst), last(p.toDst), last(p.service), last(p.toSvc))
	d.nats = append(d.nats, p)
}

func last(w []string) string { return strings.Join(w[min(1, len(w)-1):], " ") }

func (p *nat) fields(w []string) {
	for len(w) > 1 {
		n := 1
		take := func(to *[]string) {
			*to = reference(w[1:])
			n = 1 + len(*to)
		}
		switch w[0] {
		case "inbound":
			p.inbound, n = zoneName(w[1]), 2
		case "outbound", "id", "uuid", "comment", "nat-method", "name":
			n = 2
		case "source":
			take(&p.src)
		case "translated-source":
			n = 1 + len(reference(w[1:]))
		case "destination":
			take(&p.dst)
		case "translated-destination":
			take(&p.toDst)
		case "service":
			take(&p.service)
		case "translated-service":
			take(&p.toSvc)
		}
		w = w[min(n, len(w)):]
	}
}

// changesPorts reports that some policy translates ports.
func (d *device) changesPorts() bool {
	return slices.ContainsFunc(d.nats, func(p *nat) bool { return !p.off && p.toSvc[0] != "original" })
}

// translations lowers the policies that change destinations. Where priorities
// do not order them, those that may take the same packets leave open which
// does.
func (d *device) translations(six bool) []ir.Rule {
	var list []*nat
	numbered := true
	for _, p := range d.nats {
		if !p.off && p.six == six && (p.toDst[0] != "original" || p.toSvc[0] != "original") {
			list = append(list, p)
			numbered = numbered && p.priority > 0
		}
	}
	if numbered {
		slices.SortStableFunc(list, func(a, b *nat) int { return a.priority - b.priority })
	}
	var out []ir.Rule
	for i, p := range list {
		if !numbered && d.contested(p, list, i) {
			p.maybe = append(p.maybe, fmt.Sprintf("which NAT policy takes the packet first, that in line %d or another; their priorities are not numbers", p.line))
		}
		out = append(out, d.translation(p)...)
	}
	return out
}

// contested reports that another policy may take the same packets.
func (d *device) contested(p *nat, list []*nat, i int) bool {
	a := d.addresses(p.dst, "")
	for k, q := range list {
		if k == i || len(list) > 2000 {
			continue
		}
		b := d.addresses(q.dst, "")
		if overlap(a, b) && servicesOverlap(d.kinds(p.service, ""), d.kinds(q.service, "")) {
			return true
		}
	}
	return len(list) > 2000
}

func overlap(a, b *objects.Addrs) bool {
	if a.Any || b.Any || len(a.Maybe) > 0 || len(b.Maybe) > 0 {
		return true
	}
	for _, x := range a.Ranges {
		if slices.ContainsFunc(b.Ranges, x.Overlaps) {
			return true
		}
	}
	return false
}

func servicesOverlap(a, b objects.Services) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Proto == nil || y.Proto == nil || x.DPort == nil || y.DPort == nil {
				return true
			}
			if x.Proto.List[0] != y.Proto.List[0] {
				continue
			}
			for _, r := range x.DPort.Ranges {
				if slices.ContainsFunc(y.DPort.Ranges, func(s ir.PortRange) bool { return r.Lo <= s.Hi && s.Lo <= r.Hi }) {
					return true
				}
			}
		}
	}
	return false
}

func (d *device) translation(p *nat) []ir.Rule {
	at := fmt.Sprintf("the NAT policy in line %d", p.line)
	boxes := []ir.Box{{In: d.entry(p.inbound), Maybe: p.maybe}}
	boxes = objects.Source(boxes, d.addresses(p.src, at))
	boxes = objects.Destination(boxes, d.addresses(p.dst, at))
	boxes = d.kinds(p.service, at).Of(boxes)
	rule := ir.Rule{Boxes: boxes, Action: ir.Translate, At: ir.At{Line: p.line, Text: p.text}}
	unknown := func(why string) []ir.Rule {
		rule.Action, rule.Why = ir.Undecided, fmt.Sprintf("%s, %s", at, why)
		return []ir.Rule{rule}
	}
	if p.toSvc[0] != "original" {
		k := d.kinds(p.toSvc, at)
		if len(k) != 1 || len(k[0].Maybe) > 0 || k[0].DPort == nil || len(k[0].DPort.Ranges) != 1 {
			return unknown("whose translated service is not one port")
		}
		rule.To.Port = k[0].DPort.Ranges[0]
	}
	if p.toDst[0] == "original" {
		return []ir.Rule{rule}
	}
	to := d.addresses(p.toDst, at)
	if to.Any || len(to.Maybe) > 0 || len(to.Ranges) == 0 {
		return unknown("whose translated destination is not known here")
	}
	if len(to.Ranges) > 1 {
		return unknown("which shares packets out among several hosts")
	}
	rule.To.Addr = to.Ranges[0]
	return d.oneByOne(rule, p)
}

// oneByOne translates a range of addresses to one of the same size in order.
func (d *device) oneByOne(rule ir.Rule, p *nat) []ir.Rule {
	from := d.addresses(p.dst, "")
	if rule.To.Addr.From() == rule.To.Addr.To() || len(from.Ranges) != 1 || len(from.Maybe) > 0 {
		return []ir.Rule{rule}
	}
	a, b := from.Ranges[0], rule.To.Addr
	var out []ir.Rule
	for x, y := a.From(), b.From(); ; x, y = x.Next(), y.Next() {
		one := rule
		one.To.Addr = netipx.IPRangeFrom(y, y)
		one.Boxes = slices.Clone(rule.Boxes)
		for i := range one.Boxes {
			one.Boxes[i].Dst = &ir.Addrs{Ranges: []netipx.IPRange{netipx.IPRangeFrom(x, x)}}
		}
		out = append(out, one)
		if x == a.To() && y == b.To() {
			return out
		}
		if x == a.To() || y == b.To() || len(out) > 1024 {
			return []ir.Rule{rule} // to some address of the range
		}
	}
}

// entry are the names of an interface by which packets come in, and its zone.
func (d *device) entry(name string) *ir.Ifaces {
	if name == "" {
		return nil
	}
	list := []string{name}
	for _, i := range d.ifaces {
		if i.name == name && i.zone != "" {
			list = append(list, i.zone)
		}
	}
	return &ir.Ifaces{Patterns: list}
}
