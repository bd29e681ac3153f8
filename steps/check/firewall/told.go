package firewall

import (
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// toldOutside lists the interfaces, or their zones, that the file says to face
// the internet: by a default route, or by what the vendor calls them.
func (s *scene) toldOutside() []string {
	var list []string
	for i := range s.set.Ifaces {
		if f := &s.set.Ifaces[i]; f.Outer == ir.Yes {
			list = append(list, f.Name)
			s.assume("%s is taken to face the internet: %s.", f.Name, f.Why)
		}
	}
	return list
}

// toldFor lists, of several interfaces that face the internet, those whose
// networks hold an address: the internet brings its packets there. Nil where
// there are not several, or none holds it.
func (s *scene) toldFor(asked netip.Addr) []string {
	var list []string
	outer := 0
	for i := range s.set.Ifaces {
		f := &s.set.Ifaces[i]
		if f.Outer != ir.Yes {
			continue
		}
		outer++
		if slices.Contains(f.Addrs, asked) || slices.ContainsFunc(f.Nets, func(n netip.Prefix) bool { return n.Contains(asked) }) {
			list = append(list, f.Name)
		}
	}
	if len(list) == 0 || len(list) == outer {
		return nil
	}
	s.assume("%s is taken to be reached by %s alone, whose network holds it.", asked, series(list))
	return list
}

// homeOf is toldFor for the one destination that a question is about.
func (s *scene) homeOf(q engine.Query) []string {
	if len(q.Dst) != 1 || q.Dst[0].From() != q.Dst[0].To() || s.opt.Interface != "" {
		return nil
	}
	return s.toldFor(q.Dst[0].From())
}

// toldBehind lists the interfaces behind which the file places an address: by
// the longest of the connected and routed networks that hold it.
func (s *scene) toldBehind(addr netip.Addr) []string {
	best, line := -1, 0
	var list []string
	for i := range s.set.Ifaces {
		f := &s.set.Ifaces[i]
		for _, n := range f.Nets {
			if !n.Contains(addr) || n.Bits() < best {
				continue
			}
			if n.Bits() > best {
				list, best = nil, n.Bits()
			}
			list, line = append(list, f.Name), f.At.Line
		}
	}
	if len(list) == 1 && line > 0 {
		s.assume("%s is taken to lie behind %s, as line %d shows.", addr, list[0], line)
	}
	return list
}

// toldInside reports an interface that the file says to lead inside.
func (s *scene) toldInside(name string) bool {
	for i := range s.set.Ifaces {
		if f := &s.set.Ifaces[i]; f.Name == name {
			return f.Outer == ir.No
		}
	}
	return false
}
