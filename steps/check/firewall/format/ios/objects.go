package ios

import (
	"fmt"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

type books struct {
	nets     *objects.Book[*objects.Addrs]
	svcs     *objects.Book[objects.Services]
	anywhere *objects.Addrs
}

// groupBlock reads object-group network NAME, object-group service NAME, and
// object-group ip {address | port} NAME.
func groupBlock(r *reader, l *cisco.Line) bool {
	w := l.Words[1:]
	if len(w) > 0 && w[0] == "ip" {
		w = w[1:]
	}
	if len(w) < 2 {
		return false
	}
	name := w[1]
	switch w[0] {
	case "network", "address", "v6-network":
		d := r.Nets.Make(name, l.Number, true)
		r.Block = func(l *cisco.Line) bool { return r.netLine(d, name, l) }
	case "service", "port", "v6-service":
		d := r.services[name]
		if d == nil {
			d = &cisco.Service{Line: l.Number}
			r.services[name] = d
		}
		alone := w[0] == "port"
		r.Block = func(l *cisco.Line) bool { return r.serviceLine(d, name, alone, l) }
	default:
		r.Skip()
		return false
	}
	return true
}

// netLine reads host A, A MASK, A/N, A /N, range A B, any and group-object G. Masks
// in groups are netmasks.
func (r *reader) netLine(d *cisco.Net, name string, l *cisco.Line) bool {
	w := l.Words
	switch {
	case w[0] == "description":
		return true
	case w[0] == "group-object" && len(w) > 1:
		d.Members = append(d.Members, w[1])
		return true
	case w[0] == "any":
		d.Any = true
		return true
	}
	if n, ok := groupNet(w); ok {
		d.Ranges = append(d.Ranges, n)
		return true
	}
	r.Problem(l.Number, "expected host, a network with a mask or a range, came %q; what group %s holds is not known in full.", l.Text, name)
	d.Unread(name, l.Number)
	return false
}

func groupNet(w []string) (netipx.IPRange, bool) {
	switch {
	case w[0] == "host" && len(w) > 1:
		return source.Net(w[1])
	case w[0] == "range" && len(w) > 2:
		return source.Span(w[1], w[2])
	case strings.Contains(w[0], "/"):
		return source.Net(w[0])
	case len(w) > 1 && strings.HasPrefix(w[1], "/"): // as it may be entered
		return source.Net(w[0] + w[1])
	case len(w) > 1:
		return source.Masked(w[0], w[1])
	}
	return netipx.IPRange{}, false
}

// serviceLine reads tcp [source OP PORT] [OP PORT], icmp, or (ports alone) OP
// PORT.
func (r *reader) serviceLine(d *cisco.Service, name string, alone bool, l *cisco.Line) bool {
	w := l.Words
	if w[0] == "description" {
		return true
	}
	if w[0] == "group-object" && len(w) > 1 {
		d.Members = append(d.Members, w[1])
		return true
	}
	c := &cisco.Cursor{Words: w}
	list := objects.AnyService()
	ok := true
	if !alone {
		list, ok = protocols(c.Next())
	}
	for ok && c.More() {
		src := c.Peek() == "source"
		if src {
			c.Next()
		}
		if strings.HasPrefix(w[0], "icmp") {
			c.At = len(w) // types in groups do not matter for ports
			list[0].Maybe = []string{fmt.Sprintf("the ICMP type in line %d", l.Number)}
			break
		}
		var p *ir.Ports
		if p, ok = ports(c); ok {
			list = onPorts(list, src, p)
		}
	}
	if !ok {
		r.Problem(l.Number, "expected a service such as tcp eq smtp, came %q; what group %s holds is not known in full.", l.Text, name)
		d.Unread(name, l.Number)
		return false
	}
	d.Own = append(d.Own, list...)
	return true
}

// protocols reads what cisco.Protocols does, and ipv4 and ipv6, which stand for
// all as ip does.
func protocols(s string) (objects.Services, bool) {
	if s == "ipv6" || s == "ipv4" {
		s = "ip"
	}
	return cisco.Protocols(s)
}

// netBook is what names of networks are in reasons.
const netBook = "object-group"

func (r *reader) fillBooks() {
	b := &books{nets: r.Nets.Book(netBook, false), svcs: objects.NewServices("object-group"), anywhere: objects.Anywhere()}
	for name, d := range r.services {
		d.Enter(b.svcs, name)
	}
	r.book = b
}

// rangeBlock reads time-range NAME.
func rangeBlock(r *reader, l *cisco.Line) bool {
	t := r.TimeRange(l)
	if t == nil {
		return false
	}
	r.Block = func(l *cisco.Line) bool {
		t.Add(l.Words)
		return true
	}
	return true
}
