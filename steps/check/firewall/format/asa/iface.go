package asa

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// iface is an interface with a name (nameif); others pass no packets.
type iface struct {
	name, port string // port is GigabitEthernet0/1
	level      int    // -1: not told
	addrs      []netip.Addr
	six        []netip.Addr
	nets       []netip.Prefix
	down       ir.At  // shutdown
	bridge     string // bridge group that it is in
	leased     int    // line of ip address dhcp or pppoe; 0 for none
	out        bool
	why        string
	line       int
}

// iface finds or makes an interface by name.
func (r *reader) iface(name string, line int) *iface {
	if f := r.byName[name]; f != nil {
		return f
	}
	f := &iface{name: name, level: -1, line: line}
	switch name {
	case "inside": // what the system sets as the name is given
		f.level = 100
	case "outside":
		f.level = 0
	}
	r.byName[name] = f
	r.ifaces = append(r.ifaces, f)
	return f
}

// interfaceBlock reads interface GigabitEthernet0/1 and what is below it.
func interfaceBlock(r *reader, l *cisco.Line) bool {
	port := strings.Join(l.Words[1:], "")
	pending := &iface{port: port, level: -1, line: l.Number}
	if n, ok := strings.CutPrefix(port, "BVI"); ok {
		r.bridges[n] = pending
	}
	var at *iface
	r.Block = func(l *cisco.Line) bool {
		f := pending
		if at != nil {
			f = at
		}
		w := l.Words
		switch w[0] {
		case "nameif":
			if len(w) != 2 {
				return false
			}
			at = r.named(w[1], l.Number, pending)
			return true
		case "security-level":
			n, err := strconv.Atoi(at1(w))
			if err != nil || n < 0 || n > 100 {
				r.Problem(l.Number, "expected a security level from 0 to 100, came %q.", at1(w))
				return false
			}
			f.level = n
			return true
		case "ip", "ipv6":
			return r.address(f, l)
		case "shutdown":
			f.down = l.At()
			return true
		case "bridge-group":
			f.bridge = at1(w)
			return true
		}
		return harmless(w[0])
	}
	return true
}

// named gives an interface its name; a level that stood before it is kept.
func (r *reader) named(name string, line int, p *iface) *iface {
	f := r.iface(name, line)
	f.port, f.line, f.bridge, f.down = p.port, line, p.bridge, p.down
	if f.level < 0 {
		f.level = 0 // the level of names other than inside
	}
	if p.level >= 0 {
		f.level = p.level
	}
	f.addrs, f.six, f.nets = append(f.addrs, p.addrs...), append(f.six, p.six...), append(f.nets, p.nets...)
	f.leased, f.out, f.why = max(f.leased, p.leased), f.out || p.out, f.why+p.why
	return f
}

func at1(w []string) string {
	if len(w) < 2 {
		return ""
	}
	return w[1]
}

// nameifOld reads nameif ethernet0 outside security0 (PIX 6), and a nameif
// whose interface line is not there.
func nameifOld(r *reader, l *cisco.Line) bool {
	if len(l.Words) < 4 {
		return false
	}
	f := r.iface(l.Words[2], l.Number)
	f.port = l.Words[1]
	if n, err := strconv.Atoi(strings.TrimPrefix(strings.TrimPrefix(l.Words[3], "security"), "sec")); err == nil && n >= 0 && n <= 100 {
		f.level = n
	}
	return true
}

// ipLine reads ip address outside 203.0.113.2 255.255.255.0 (PIX 6) and ip
// verify reverse-path interface outside.
func ipLine(r *reader, l *cisco.Line) bool {
	w := l.Words
	switch {
	case len(w) == 4 && w[1] == "address" && strings.Contains(w[2], "."): // of the one bridge, before 8.4
		r.bridges[""] = &iface{level: -1, line: l.Number}
		return r.address(r.bridges[""], l)
	case len(w) >= 4 && w[1] == "address":
		short := *l
		short.Words = append([]string{"ip", "address"}, w[3:]...)
		return r.address(r.iface(w[2], l.Number), &short)
	case len(w) == 5 && w[1] == "verify" && w[2] == "reverse-path":
		r.reverse = append(r.reverse, revCheck{w[4], l.At()})
	}
	return true
}

// address reads the address lines of an interface.
func (r *reader) address(f *iface, l *cisco.Line) bool {
	w := l.Words
	if len(w) < 3 || w[1] != "address" {
		return true
	}
	if w[0] == "ipv6" {
		p, err := netip.ParsePrefix(w[2])
		if err == nil {
			f.six, f.nets = append(f.six, p.Addr()), append(f.nets, p.Masked())
		}
		return err == nil || strings.HasPrefix(w[2], "auto") || w[2] == "dhcp" || strings.HasPrefix(w[2], "fe80")
	}
	if w[2] == "dhcp" || w[2] == "pppoe" {
		f.leased = l.Number
		if slices.Contains(w[3:], "setroute") {
			f.out, f.why = true, fmt.Sprintf("the default route leaves by it (line %d)", l.Number)
		}
		return true
	}
	a, ok := r.addr(w[2])
	if !ok || len(w) < 4 {
		r.Problem(l.Number, "expected an address and a mask, came %q; the network behind the interface is not known.", strings.Join(w[2:], " "))
		return false
	}
	f.addrs = append(f.addrs, a)
	if n, ok := source.Masked(a.String(), w[3]); ok {
		if p, ok := n.Prefix(); ok {
			f.nets = append(f.nets, p)
		}
	}
	if i := slices.Index(w, "standby"); i > 0 && i+1 < len(w) {
		if s, ok := r.addr(w[i+1]); ok {
			f.addrs = append(f.addrs, s)
		}
	}
	return true
}

// routeLine reads route outside 0.0.0.0 0.0.0.0 203.0.113.1.
func routeLine(r *reader, l *cisco.Line) bool {
	w := l.Words
	if len(w) < 5 {
		return false
	}
	n, ok := r.network(w[2], w[3])
	if !ok {
		r.Problem(l.Number, "expected a network and a mask, came %s %s; the route was passed over.", w[2], w[3])
		return false
	}
	if p, ok := n.Prefix(); ok {
		r.routed(w[1], p, l.Number)
	}
	return true
}

// ipv6Line reads ipv6 route, and ipv6 access-list of releases before 9.0.
func ipv6Line(r *reader, l *cisco.Line) bool {
	w := l.Words
	switch {
	case len(w) >= 4 && w[1] == "route":
		if p, err := netip.ParsePrefix(w[3]); err == nil {
			r.routed(w[2], p.Masked(), l.Number)
		}
	case len(w) >= 4 && w[1] == "access-list":
		return r.entry(w[2], w[3:], l, true)
	}
	return true
}

func (r *reader) routed(name string, p netip.Prefix, line int) {
	f := r.iface(name, line)
	if p.Bits() == 0 {
		f.out, f.why = true, fmt.Sprintf("the default route leaves by it (line %d)", line)
		return
	}
	f.nets = append(f.nets, p)
}

// tellIfaces says what is known of interfaces.
func (r *reader) tellIfaces() {
	r.bridged()
	routed := slices.ContainsFunc(r.ifaces, func(f *iface) bool { return f.out })
	lowest := r.lowest()
	for _, f := range r.ifaces {
		x := ir.Iface{Name: f.name, Addrs: slices.Concat(f.addrs, f.six), Nets: f.nets, At: ir.At{Line: f.line, Text: "nameif " + f.name}}
		switch {
		case f.out:
			x.Outer, x.Why = ir.Yes, f.why
		case routed:
			x.Outer = ir.No
		case f == lowest:
			x.Outer, x.Why = ir.Yes, fmt.Sprintf("it has the lowest security level, %d", f.level)
		case lowest != nil:
			x.Outer = ir.No
		}
		r.Set.Ifaces = append(r.Set.Ifaces, x)
	}
}

// lowest is the one interface of the lowest security level; nil where there is
// none, or levels are not told.
func (r *reader) lowest() *iface {
	var best *iface
	alone := false
	for _, f := range r.ifaces {
		switch {
		case f.level < 0:
			return nil
		case best == nil || f.level < best.level:
			best, alone = f, true
		case f.level == best.level:
			alone = false
		}
	}
	if !alone {
		return nil
	}
	return best
}

// own lists the ASA's own addresses of IPv4 or (six) IPv6.
func (r *reader) own(six bool) []netip.Addr {
	var out []netip.Addr
	for _, x := range r.ifaces {
		if six {
			out = append(out, x.six...)
		} else {
			out = append(out, x.addrs...)
		}
	}
	return out
}
