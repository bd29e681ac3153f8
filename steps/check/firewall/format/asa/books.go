package asa

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// books resolve names; what they give is shared by the rules that name it.
type books struct {
	nets     *objects.Book[*objects.Addrs]
	svcs     *objects.Book[objects.Services]
	packed   map[string]objects.Services
	ports    map[string]portCond
	four     *objects.Addrs
	six      *objects.Addrs
	anywhere *objects.Addrs
}

// netBook is what names of networks are in reasons.
const netBook = "object or object-group"

func (r *reader) fillBooks() {
	b := &books{
		nets: r.Nets.Book(netBook, false), svcs: objects.NewServices("object-group"), packed: map[string]objects.Services{},
		ports: map[string]portCond{}, four: objects.Of(every4), six: objects.Of(every6), anywhere: objects.Anywhere(),
	}
	for name, d := range r.services {
		if d.kind == "other" {
			b.svcs.Add(name, d.Line, objects.UnknownService(fmt.Sprintf("object-group %s (line %d), which does not go by addresses or ports", name, d.Line)))
			continue
		}
		d.Enter(b.svcs, name)
	}
	r.book = b
}

// netSet is what a name of an object or a group stands for.
func (r *reader) netSet(name string) *objects.Addrs {
	if i := strings.IndexByte(name, '('); i > 0 && !r.book.nets.Has(name) {
		name = name[:i] // a listing adds the number of the group
	}
	return r.book.nets.Get(name)
}

// serviceSet is what a name of services stands for, with ports of one
// protocol joined.
func (r *reader) serviceSet(name string) objects.Services {
	if s, ok := r.book.packed[name]; ok {
		return s
	}
	s := pack(r.book.svcs.Get(name))
	r.book.packed[name] = s
	return s
}

// pack joins services of one protocol that differ in destination ports alone.
func pack(in objects.Services) objects.Services {
	var out objects.Services
	at := map[uint8]int{}
	for _, s := range in {
		plain := s.Proto != nil && len(s.Proto.List) == 1 && !s.Proto.Not && s.DPort != nil && !s.DPort.Not && s.SPort == nil && s.ICMP == nil && len(s.Maybe) == 0
		if !plain {
			out = append(out, s)
			continue
		}
		i, ok := at[s.Proto.List[0]]
		if !ok {
			at[s.Proto.List[0]] = len(out)
			out = append(out, objects.Service{Proto: s.Proto, DPort: &ir.Ports{Ranges: slices.Clone(s.DPort.Ranges)}})
			continue
		}
		out[i].DPort.Ranges = append(out[i].DPort.Ranges, s.DPort.Ranges...)
	}
	for _, s := range out {
		if s.DPort != nil && !s.DPort.Not {
			s.DPort.Ranges = joined(s.DPort.Ranges)
		}
	}
	return out
}

// joined sorts ranges of ports and joins those that touch.
func joined(in []ir.PortRange) []ir.PortRange {
	slices.SortFunc(in, func(a, b ir.PortRange) int { return int(a.Lo) - int(b.Lo) })
	var out []ir.PortRange
	for _, r := range in {
		if n := len(out); n > 0 && int(r.Lo) <= int(out[n-1].Hi)+1 {
			out[n-1].Hi = max(out[n-1].Hi, r.Hi)
		} else {
			out = append(out, r)
		}
	}
	return out
}

// portSet is a typed group of ports as one condition.
func (r *reader) portSet(name string) portCond {
	if p, ok := r.book.ports[name]; ok {
		return p
	}
	p := portCond{set: true, sure: &ir.Ports{}}
	for _, s := range r.book.svcs.Get(name) {
		switch {
		case len(s.Maybe) > 0:
			p.why = append(p.why, s.Maybe...)
		case s.DPort == nil:
			p.why = append(p.why, "object-group "+name+", which holds more than ports")
		case s.DPort.Not:
			p.sure.Ranges = append(p.sure.Ranges, outside(s.DPort.Ranges)...)
		default:
			p.sure.Ranges = append(p.sure.Ranges, s.DPort.Ranges...)
		}
	}
	p.sure.Ranges = joined(p.sure.Ranges)
	if p.why != nil {
		p.perhaps = ir.AnyPorts()
	}
	r.book.ports[name] = p
	return p
}

// outside are the ports beside one range.
func outside(in []ir.PortRange) []ir.PortRange {
	var out []ir.PortRange
	if len(in) != 1 {
		return nil
	}
	if in[0].Lo > 0 {
		out = append(out, ir.PortRange{Hi: in[0].Lo - 1})
	}
	if in[0].Hi < 65535 {
		out = append(out, ir.PortRange{Lo: in[0].Hi + 1, Hi: 65535})
	}
	return out
}
