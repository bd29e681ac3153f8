package sonicwall

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
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

// translations lowers the policies that change destinations. Where neither
// numbers nor what they name order them, those that may take the same packets
// leave open which does.
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
	} else {
		slices.SortStableFunc(list, func(a, b *nat) int { return b.named() - a.named() })
	}
	var out []ir.Rule
	for i, p := range list {
		if !numbered {
			out = append(out, d.contests(p, list, i)...)
		}
		out = append(out, d.translation(p)...)
	}
	return out
}

// contests leave open the packets of a policy that another takes too, sends
// elsewhere, and comes before or after for all that the text tells.
func (d *device) contests(p *nat, list []*nat, i int) []ir.Rule {
	at := ir.At{Line: p.line, Text: p.text}
	why := fmt.Sprintf("which NAT policy takes the packet first, that in line %d or another; their priorities are not numbers", p.line)
	if len(list) > 2000 {
		return []ir.Rule{{Boxes: d.taken(p), Action: ir.Undecided, Why: why, At: at}}
	}
	var out []ir.Rule
	for k, q := range list {
		switch {
		case k == i, p.inbound != "" && q.inbound != "" && p.inbound != q.inbound, d.alike(p, q),
			p.within(q), q.within(p):
		case overlap(d.addresses(p.src, ""), d.addresses(q.src, "")) && overlap(d.addresses(p.dst, ""), d.addresses(q.dst, "")) &&
			servicesOverlap(d.kinds(p.service, ""), d.kinds(q.service, "")):
			both := *p
			if p.src[0] == "any" {
				both.src = q.src
			}
			out = append(out, ir.Rule{Boxes: d.taken(&both), Action: ir.Undecided, Why: why, At: at})
		}
	}
	return out
}

// alike reports that two policies translate to the same, so that it is all the
// same which of them takes a packet: the policy of a server and that for hosts
// inside that ask for its public address.
func (d *device) alike(p, q *nat) bool {
	if !slices.Equal(p.toDst, q.toDst) || !slices.Equal(p.toSvc, q.toSvc) {
		return false
	}
	to := d.addresses(p.toDst, "")
	one := p.toDst[0] == "original" || len(to.Maybe) == 0 && len(to.Ranges) == 1 && to.Ranges[0].From() == to.Ranges[0].To()
	return one || slices.Equal(p.dst, q.dst)
}

// sides are what a policy may name.
func (p *nat) sides() [][]string {
	inbound := []string{"any"}
	if p.inbound != "" {
		inbound = []string{p.inbound}
	}
	return [][]string{inbound, p.src, p.dst, p.service}
}

// named is how many of its sides a policy names.
func (p *nat) named() int {
	n := 0
	for _, s := range p.sides() {
		if len(s) > 0 && s[0] != "any" {
			n++
		}
	}
	return n
}

// within reports that a policy is the more particular one, and so comes first
// where the device gives the priorities: it names what the other does, and more.
func (p *nat) within(q *nat) bool {
	if p.priority > 0 || q.priority > 0 || p.named() == q.named() {
		return false
	}
	mine, other := p.sides(), q.sides()
	for i := range mine {
		if (len(other[i]) == 0 || other[i][0] != "any") && !slices.Equal(mine[i], other[i]) {
			return false
		}
	}
	return true
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

func (p *nat) place() string { return fmt.Sprintf("the NAT policy in line %d", p.line) }

// taken are the packets that a policy is for.
func (d *device) taken(p *nat) []ir.Box {
	boxes := []ir.Box{{In: d.entry(p.inbound)}}
	boxes = objects.Source(boxes, d.addresses(p.src, p.place()))
	boxes = objects.Destination(boxes, d.addresses(p.dst, p.place()))
	return d.kinds(p.service, p.place()).Of(boxes)
}

func (d *device) translation(p *nat) []ir.Rule {
	at := p.place()
	rule := ir.Rule{Boxes: d.taken(p), Action: ir.Translate, At: ir.At{Line: p.line, Text: p.text}}
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
		one.To.Addr = source.One(y)
		one.Boxes = slices.Clone(rule.Boxes)
		for i := range one.Boxes {
			one.Boxes[i].Dst = &ir.Addrs{Ranges: []netipx.IPRange{source.One(x)}}
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
