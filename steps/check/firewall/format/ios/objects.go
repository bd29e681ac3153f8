package ios

import (
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// netDef is an object-group network, svcDef one of services or of ports.
type netDef struct {
	line    int
	ranges  []netipx.IPRange
	any     bool
	unknown []string
	members []string
}

type svcDef struct {
	line    int
	own     objects.Services
	members []string
}

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
		d := r.nets[name]
		if d == nil {
			d = &netDef{line: l.Number}
			r.nets[name] = d
			r.netNames = append(r.netNames, name)
		}
		r.block = func(l *cisco.Line) bool { return r.netLine(d, name, l) }
	case "service", "port", "v6-service":
		d := r.services[name]
		if d == nil {
			d = &svcDef{line: l.Number}
			r.services[name] = d
		}
		ports := w[0] == "port"
		r.block = func(l *cisco.Line) bool { return r.serviceLine(d, name, ports, l) }
	default:
		r.block = func(*cisco.Line) bool { return true }
		return false
	}
	return true
}

// netLine reads host A, A MASK, A/N, range A B, any and group-object G. Masks
// in groups are netmasks.
func (r *reader) netLine(d *netDef, name string, l *cisco.Line) bool {
	w := l.Words
	switch {
	case w[0] == "description":
		return true
	case w[0] == "group-object" && len(w) > 1:
		d.members = append(d.members, w[1])
		return true
	case w[0] == "any":
		d.any = true
		return true
	}
	if n, ok := groupNet(w); ok {
		d.ranges = append(d.ranges, n)
		return true
	}
	r.problem(l.Number, "expected host, a network with a mask or a range, came %q; what group %s holds is not known in full.", l.Text, name)
	d.unknown = append(d.unknown, fmt.Sprintf("a member of object-group %s that could not be read (line %d)", name, l.Number))
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
	case len(w) > 1:
		return source.Masked(w[0], w[1])
	}
	return netipx.IPRange{}, false
}

// serviceLine reads tcp [source OP PORT] [OP PORT], icmp, or (ports) OP PORT.
func (r *reader) serviceLine(d *svcDef, name string, ports bool, l *cisco.Line) bool {
	w := l.Words
	if w[0] == "description" {
		return true
	}
	if w[0] == "group-object" && len(w) > 1 {
		d.members = append(d.members, w[1])
		return true
	}
	c := &cursor{w: w}
	list := objects.AnyService()
	ok := true
	if !ports {
		list, ok = protocols(c.next())
	}
	for ok && c.more() {
		src := c.peek() == "source"
		if src {
			c.next()
		}
		if strings.HasPrefix(w[0], "icmp") {
			c.i = len(w) // types in groups do not matter for ports
			list[0].Maybe = []string{fmt.Sprintf("the ICMP type in line %d", l.Number)}
			break
		}
		var p []*ir.Ports
		if p, ok = c.ports(); ok {
			list = onPorts(list, p, src)
		}
	}
	if !ok {
		r.problem(l.Number, "expected a service such as tcp eq smtp, came %q; what group %s holds is not known in full.", l.Text, name)
		list = objects.UnknownService(fmt.Sprintf("a member of object-group %s that could not be read (line %d)", name, l.Number))
	}
	d.own = append(d.own, list...)
	return ok
}

// protocols reads ip, tcp, udp, tcp-udp, a name or a number.
func protocols(s string) (objects.Services, bool) {
	switch s {
	case "ip", "ipv6", "ipv4":
		return objects.AnyService(), true
	case "tcp-udp":
		return objects.Services{objects.Proto(ir.TCP), objects.Proto(ir.UDP)}, true
	}
	n, ok := cisco.Protocol(s)
	return objects.Services{objects.Proto(n)}, ok
}

func (r *reader) fillBooks() {
	b := &books{nets: r.netBook(false), svcs: objects.NewServices("object-group"), anywhere: objects.Anywhere()}
	for name, d := range r.services {
		b.svcs.Define(name, d.line)
		b.svcs.Add(name, d.line, d.own)
		b.svcs.Join(name, d.line, d.members...)
	}
	r.book = b
}

// netBook holds the groups; with closed, one that is not in the file is empty.
func (r *reader) netBook(closed bool) *objects.Book[*objects.Addrs] {
	book := objects.NewAddrs("object-group")
	for _, name := range r.netNames {
		d := r.nets[name]
		book.Define(name, d.line)
		book.Add(name, d.line, &objects.Addrs{Any: d.any, Ranges: d.ranges, Maybe: d.unknown})
		book.Join(name, d.line, d.members...)
	}
	for _, name := range r.netNames {
		for _, m := range r.nets[name].members {
			if closed && !book.Has(m) {
				book.Define(m, r.nets[name].line)
			}
		}
	}
	return book
}

// object answers for --acl "object-group network NAME".
func (r *reader) object() func(string) ([]ir.Box, ir.At, bool) {
	book := r.netBook(true)
	return func(name string) ([]ir.Box, ir.At, bool) {
		w := strings.Fields(name)
		if len(w) == 0 || len(w) > 1 && w[0] != "object-group" || len(w) > 3 {
			return nil, ir.At{}, false
		}
		d := r.nets[w[len(w)-1]]
		if d == nil {
			return nil, ir.At{}, false
		}
		return objects.Source(ir.Always(), book.Get(w[len(w)-1])), ir.At{Line: d.line, Text: "object-group network " + w[len(w)-1]}, true
	}
}

// rangeBlock reads time-range NAME.
func rangeBlock(r *reader, l *cisco.Line) bool {
	if len(l.Words) < 2 {
		return false
	}
	t := &cisco.Range{Line: l.Number}
	r.ranges[l.Words[1]] = t
	r.block = func(l *cisco.Line) bool {
		t.Add(l.Words)
		return true
	}
	return true
}

func single(a netip.Addr) netipx.IPRange { return netipx.IPRangeFrom(a, a) }
