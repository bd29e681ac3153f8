package fortios

import (
	"fmt"
	"math/big"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// distance is how many addresses lie between two; -1 for more than can be
// counted here.
func distance(from, to netip.Addr) int64 {
	d := new(big.Int).Sub(new(big.Int).SetBytes(to.AsSlice()), new(big.Int).SetBytes(from.AsSlice()))
	if !d.IsInt64() {
		return -1
	}
	return d.Int64()
}

// offset is the address so many after one.
func offset(a netip.Addr, n int64) (netip.Addr, bool) {
	if n < 0 {
		return a, false
	}
	b := new(big.Int).Add(new(big.Int).SetBytes(a.AsSlice()), big.NewInt(n)).Bytes()
	size := len(a.AsSlice())
	if len(b) > size {
		return a, false
	}
	return netip.AddrFromSlice(append(make([]byte, size-len(b)), b...))
}

// active lists the virtual IPs that translate: those that policies name, with
// central NAT all.
func (v *vdom) active(f ir.Family) []*vip {
	var out []*vip
	for _, p := range v.vips[f].list {
		if !p.off && (p.used || v.central) {
			out = append(out, p)
		}
	}
	return out
}

// claim marks the virtual IPs that an enabled policy names.
func (v *vdom) claim(f ir.Family, names []string) {
	for _, n := range names {
		if list, ok := v.vips[f].members(n); ok {
			for _, p := range list {
				p.used = true
			}
		}
	}
}

// dnat lowers virtual IPs to rules that translate. They are looked at in the
// order of their table (community article "Virtual IP (VIP) port forwarding
// order of execution"); versions before 7.2 keep an order that is not in the
// file where some overlap.
func (v *vdom) dnat(f ir.Family, within []string) []ir.Rule {
	list := v.active(f)
	if !v.central && !v.version.atLeast(7, 2, 0) {
		overlaps(list, func(p, q *vip) {
			if !slices.Equal(p.to, q.to) {
				p.against(q)
			}
		})
	}
	var out []ir.Rule
	room := maxSingles
	for _, p := range list {
		out = append(out, p.rules(within, &room)...)
	}
	return out
}

// maxSingles bounds the addresses that are translated one by one.
const maxSingles = 20_000

func meet(a, b []ir.PortRange) bool {
	for _, x := range a {
		for _, y := range b {
			if x.Lo <= y.Hi && y.Lo <= x.Hi {
				return true
			}
		}
	}
	return false
}

// taken are the boxes of the packets that a virtual IP takes in.
func (p *vip) taken(within []string) []ir.Box {
	b := ir.Box{Src: p.src, In: ifaces(both(p.in, within)), Maybe: p.maybe}
	if p.ext != nil {
		b.Dst = &ir.Addrs{Ranges: p.ext}
	} else {
		b.DstLocal = ir.Yes
	}
	if p.proto != 0 {
		b.Proto = &ir.Protos{List: []uint8{p.proto}}
	}
	if p.only != nil {
		return p.only.Of([]ir.Box{b})
	}
	if len(p.ports) > 0 {
		b.DPort = &ir.Ports{Ranges: p.ports}
	}
	return []ir.Box{b}
}

// rules are what one virtual IP does.
func (p *vip) rules(within []string, room *int) []ir.Rule {
	boxes := p.taken(within)
	if p.broken != "" {
		return []ir.Rule{{Boxes: boxes, Action: ir.Undecided, Why: p.broken, At: p.at}}
	}
	var out []ir.Rule
	for i, t := range p.to {
		send := boxes
		if i < len(p.to)-1 {
			send = perhaps(boxes, fmt.Sprintf("which server %s picks", p.at.Text))
		}
		out = append(out, p.send(send, t, room)...)
	}
	return out
}

func perhaps(boxes []ir.Box, why string) []ir.Box {
	out := slices.Clone(boxes)
	for i := range out {
		out[i].Maybe = append(slices.Clone(out[i].Maybe), why)
	}
	return out
}

// send translates to one target: an external range address by address to as
// many mapped ones, in order.
func (p *vip) send(boxes []ir.Box, t target, room *int) []ir.Rule {
	rule := ir.Rule{Boxes: boxes, Action: ir.Translate, At: p.at, To: ir.Translation{Addr: t.addr, Port: t.ports}}
	if t.shift {
		rule.To.Shift, rule.To.Base = true, p.ports[0].Lo
	}
	if len(p.ext) != 1 || p.ext[0].From() == p.ext[0].To() {
		return []ir.Rule{rule}
	}
	n := distance(p.ext[0].From(), p.ext[0].To())
	if n < 0 || int(n) >= *room || distance(t.addr.From(), t.addr.To()) != n {
		return []ir.Rule{rule} // to some address of the range
	}
	*room -= int(n) + 1
	var out []ir.Rule
	for i := range n + 1 {
		from, ok1 := offset(p.ext[0].From(), i)
		to, ok2 := offset(t.addr.From(), i)
		if !ok1 || !ok2 {
			return []ir.Rule{rule}
		}
		one := rule
		one.To.Addr = source.One(to)
		one.Boxes = slices.Clone(boxes)
		dst := &ir.Addrs{Ranges: []netipx.IPRange{source.One(from)}}
		for k := range one.Boxes {
			one.Boxes[k].Dst = dst
		}
		out = append(out, one)
	}
	return out
}

// moved is met by packets that a virtual IP has translated, still by none that
// none has.
var (
	moved = ir.StateCond{Any: ir.DNAT}
	still = ir.StateCond{Any: ir.DNAT, Not: true}
)

// doors narrow the boxes of a policy that names a virtual IP to the packets
// that it has translated. The service of the policy is that after translation.
// Named are all that the policy names.
func (p *vip) doors(boxes []ir.Box, named []*vip) []ir.Box {
	if p.behind != nil {
		return nil
	}
	if slices.ContainsFunc(p.rivals, func(q *vip) bool { return !slices.Contains(named, q) }) {
		boxes = perhaps(boxes, p.unsure)
	}
	kinds := objects.Services{{}}
	if p.only != nil {
		kinds = p.only
	}
	var to *ir.Addrs
	if p.broken == "" {
		to = &ir.Addrs{}
		for _, t := range p.to {
			to.Ranges = append(to.Ranges, t.addr)
		}
	}
	var out []ir.Box
	for _, b := range boxes {
		names := both(p.in, patternsOf(b.In))
		if names != nil && len(names) == 0 {
			continue
		}
		b.In = ifaces(names)
		if p.ext != nil {
			b.OrigDst = &ir.Addrs{Ranges: p.ext}
		}
		b.State = append(slices.Clone(b.State), moved)
		if b.Dst = to; p.broken != "" {
			b.State = b.State[:len(b.State)-1]
			b.Maybe = append(slices.Clone(b.Maybe), p.broken)
		}
		for _, k := range kinds {
			if one, ok := p.door(b, k); ok {
				out = append(out, one)
			}
		}
	}
	for _, q := range p.aside {
		out = q.leave(out)
	}
	return out
}

func patternsOf(i *ir.Ifaces) []string {
	if i == nil {
		return nil
	}
	return i.Patterns
}

// door adds protocol and external ports, of the virtual IP or of one of the
// services that it is limited to.
func (p *vip) door(b ir.Box, k objects.Service) (ir.Box, bool) {
	proto := p.proto
	if k.Proto != nil && !k.Proto.Not && len(k.Proto.List) == 1 {
		proto = k.Proto.List[0]
	}
	if proto != 0 {
		switch {
		case b.Proto == nil:
			b.Proto = &ir.Protos{List: []uint8{proto}}
		case slices.Contains(b.Proto.List, proto) == b.Proto.Not:
			return b, false
		default:
			b.Proto = &ir.Protos{List: []uint8{proto}}
		}
	}
	b.OrigDPort = k.DPort
	if p.only == nil && len(p.ports) > 0 {
		b.OrigDPort = &ir.Ports{Ranges: p.ports}
	}
	b.Maybe = slices.Concat(b.Maybe, k.Maybe)
	return b, true
}
