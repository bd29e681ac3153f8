package iptables

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// ipset is a set as ipset save prints it.
type ipset struct {
	name, kind string
	members    []member
	timed      bool // members run out
	unread     string
}

// member is one entry: addresses, for some kinds with a port.
type member struct {
	r       netipx.IPRange
	bits    int // prefix length; the longest decides
	proto   uint8
	port    ir.PortRange
	nomatch bool
	list    string // name of a set, for list:set
}

// maxPortMembers bounds sets of address and port, each entry of which becomes
// a box of its own.
const maxPortMembers = 4096

// ipsetLine reads a create or add line of ipset save.
func (p *parser) ipsetLine(n int, text string) bool {
	text = strings.TrimPrefix(text, "ipset ")
	if !strings.HasPrefix(text, "create ") && !strings.HasPrefix(text, "add ") && !strings.HasPrefix(text, "-N ") && !strings.HasPrefix(text, "-A ") {
		return false
	}
	words := strings.Fields(text)
	if len(words) < 3 {
		return false
	}
	switch words[0] {
	case "create":
		s := &ipset{name: words[1], kind: words[2], timed: slices.Contains(words, "timeout")}
		p.sets[s.name] = s
		return true
	case "add":
		s := p.sets[words[1]]
		if s == nil {
			p.problem(n, "line %d adds to the set %q, which no create line before it makes.", n, words[1])
			return true
		}
		s.timed = s.timed || slices.Contains(words, "timeout")
		m, ok := s.member(words[2])
		m.nomatch = slices.Contains(words, "nomatch")
		if !ok {
			s.unread = words[2]
			p.problem(n, "line %d: entry %q of set %q could not be read.", n, words[2], s.name)
			return true
		}
		s.members = append(s.members, m)
		return true
	}
	return false
}

func (s *ipset) member(v string) (m member, ok bool) {
	switch s.kind {
	case "list:set":
		m.list = v
		return m, true
	case "hash:ip", "hash:net", "bitmap:ip":
		return m, m.address(v)
	case "hash:ip,port", "hash:net,port":
		addr, port, found := strings.Cut(v, ",")
		if !found || !m.address(addr) {
			return m, false
		}
		m.proto = ir.TCP
		if proto, rest, has := strings.Cut(port, ":"); has {
			if m.proto, ok = source.Protocol(proto); !ok {
				return m, false
			}
			port = rest
		}
		lo, hi, isRange := strings.Cut(port, "-")
		if !isRange {
			hi = lo
		}
		a, ok1 := source.Port(lo)
		b, ok2 := source.Port(hi)
		m.port = ir.PortRange{Lo: a, Hi: b}
		return m, ok1 && ok2
	}
	return m, false
}

func (m *member) address(v string) bool {
	if from, to, ok := strings.Cut(v, "-"); ok {
		a, err1 := netip.ParseAddr(from)
		b, err2 := netip.ParseAddr(to)
		m.r, m.bits = netipx.IPRangeFrom(a, b), 128
		return err1 == nil && err2 == nil && m.r.IsValid()
	}
	r, ok := parseNet(v)
	m.r = r
	if p, isPrefix := r.Prefix(); ok && isPrefix {
		m.bits = p.Bits()
	}
	return ok
}

// matchSet reads --match-set NAME FLAGS: src or dst for every part of the kind.
func matchSet(m *matcher, not bool) {
	name := m.value(&not)
	flags := strings.Split(m.value(&not), ",")
	s := m.l.p.sets[name]
	switch {
	case s == nil:
		m.maybe(fmt.Sprintf("the content of the set %q, which is not in the file; add to it what \"ipset save %s\" prints", name, name))
		return
	case m.l.p.dynamic[name] || s.timed:
		m.maybe(fmt.Sprintf("the content of the set %q, which changes while the firewall runs", name))
		return
	case s.unread != "":
		m.maybe(fmt.Sprintf("the entry %q of the set %q, which could not be read", s.unread, name))
		return
	}
	switch s.kind {
	case "hash:ip", "hash:net", "bitmap:ip":
		m.addresses(flags[0] == "src", &ir.Addrs{Ranges: s.addresses(), Not: not})
	case "list:set":
		m.listSet(s, flags, not)
	case "hash:ip,port", "hash:net,port":
		m.portSet(s, flags, not)
	default:
		m.maybe(fmt.Sprintf("the set %q of kind %s, which is not read", name, s.kind))
	}
}

// addresses are the members; of overlapping networks the longest decides, so
// that a nomatch entry makes a hole and a longer one fills it again.
func (s *ipset) addresses() []netipx.IPRange {
	members := slices.Clone(s.members)
	slices.SortStableFunc(members, func(a, b member) int { return cmp.Compare(a.bits, b.bits) })
	var b netipx.IPSetBuilder
	for _, m := range members {
		if m.nomatch {
			b.RemoveRange(m.r)
		} else {
			b.AddRange(m.r)
		}
	}
	set, err := b.IPSet()
	if err != nil {
		return nil
	}
	return set.Ranges()
}

func (m *matcher) listSet(s *ipset, flags []string, not bool) {
	var ranges []netipx.IPRange
	for _, x := range s.members {
		in := m.l.p.sets[x.list]
		if in == nil || in.timed || m.l.p.dynamic[x.list] || in.unread != "" || strings.Contains(in.kind, ",") || in.kind == "list:set" {
			m.maybe(fmt.Sprintf("the content of the set %q, part of %q", x.list, s.name))
			return
		}
		ranges = append(ranges, in.addresses()...)
	}
	m.addresses(flags[0] == "src", &ir.Addrs{Ranges: ranges, Not: not})
}

func (m *matcher) portSet(s *ipset, flags []string, not bool) {
	nomatch := slices.ContainsFunc(s.members, func(x member) bool { return x.nomatch })
	if not || nomatch || len(flags) != 2 || len(s.members) > maxPortMembers {
		m.maybe(fmt.Sprintf("the set %q of addresses with ports, as it is used here", s.name))
		return
	}
	var alts []func(*ir.Box)
	for _, x := range s.members {
		alts = append(alts, func(b *ir.Box) {
			set := &ir.Addrs{Ranges: []netipx.IPRange{x.r}}
			if flags[0] == "src" {
				b.Src = both(b.Src, set)
			} else {
				b.Dst = both(b.Dst, set)
			}
			if b.Proto == nil {
				b.Proto = &ir.Protos{List: []uint8{x.proto}}
			} else if slices.Contains(b.Proto.List, x.proto) == b.Proto.Not {
				b.Src = &ir.Addrs{} // another protocol: never met
			}
			onPorts(flags[1] == "src", &ir.Ports{Ranges: []ir.PortRange{x.port}})(b)
		})
	}
	m.either(alts...)
}
