package iptables

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// ipset is a set as ipset save prints it.
type ipset struct {
	name, kind string
	members    []member
	timed      bool // members run out
	unread     string

	// As rules match them, made once: many rules may name a long set.
	nets  map[bool]*ir.Addrs // by negation
	ports map[bool]*ir.Ports
}

// member is one entry: addresses, for some kinds with a port.
type member struct {
	r       netipx.IPRange
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
	case "bitmap:port":
		return m, m.ports(v)
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
		return m, m.ports(port)
	}
	return m, false
}

func (m *member) ports(v string) bool {
	lo, hi, isRange := strings.Cut(v, "-")
	if !isRange {
		hi = lo
	}
	a, ok1 := source.Port(lo)
	b, ok2 := source.Port(hi)
	m.port = ir.PortRange{Lo: a, Hi: b}
	return ok1 && ok2 && a <= b
}

func (m *member) address(v string) bool {
	if from, to, ok := strings.Cut(v, "-"); ok {
		a, err1 := netip.ParseAddr(from)
		b, err2 := netip.ParseAddr(to)
		m.r = netipx.IPRangeFrom(a, b)
		return err1 == nil && err2 == nil && m.r.IsValid()
	}
	r, ok := parseNet(v)
	m.r = r
	return ok
}

// matchSet reads --match-set NAME FLAGS: src or dst for every part of the kind.
func matchSet(m *matcher, not bool) {
	name := m.value(&not)
	flags := strings.Split(m.value(&not), ",")
	s := m.l.p.sets[name]
	switch {
	case s == nil:
		m.boxes.Perhaps(fmt.Sprintf("the content of the set %q, which is not in the file; add to it what \"ipset save %s\" prints", name, name))
		return
	case m.l.p.dynamic[name] || s.timed:
		m.boxes.Perhaps(fmt.Sprintf("the content of the set %q, which changes while the firewall runs", name))
		return
	case s.unread != "":
		m.boxes.Perhaps(fmt.Sprintf("the entry %q of the set %q, which could not be read", s.unread, name))
		return
	}
	switch s.kind {
	case "hash:ip", "hash:net", "bitmap:ip":
		m.addresses(flags[0] == "src", s.matched(not))
	case "bitmap:port":
		m.bitmapPort(s, flags[0] == "src", not)
	case "list:set":
		m.listSet(s, flags, not)
	case "hash:ip,port", "hash:net,port":
		m.portSet(s, flags, not)
	default:
		m.boxes.Perhaps(fmt.Sprintf("the set %q of kind %s, which is not read", name, s.kind))
	}
}

// matched is the set of addresses as a rule names it.
func (s *ipset) matched(not bool) *ir.Addrs {
	if s.nets[not] == nil {
		if s.nets == nil {
			s.nets = map[bool]*ir.Addrs{}
		}
		s.nets[not] = &ir.Addrs{Ranges: s.addresses(), Not: not}
	}
	return s.nets[not]
}

// bitmapPort matches a set of ports. The kernel looks at the ports of TCP and
// UDP alone (ip_set_get_ip_port): a packet of another protocol is in no such
// set, and so in the complement of each.
func (m *matcher) bitmapPort(s *ipset, src, not bool) {
	withPorts := func(b *ir.Box) {
		onProtocols(b, []uint8{ir.TCP, ir.UDP}, false)
		onPorts(src, s.matchedPorts(not))(b)
	}
	if not {
		m.boxes.Either(withPorts, func(b *ir.Box) { onProtocols(b, []uint8{ir.TCP, ir.UDP}, true) })
		return
	}
	m.boxes.Each(withPorts)
}

// matchedPorts is the set of ports as a rule names it.
func (s *ipset) matchedPorts(not bool) *ir.Ports {
	if s.ports[not] == nil {
		if s.ports == nil {
			s.ports = map[bool]*ir.Ports{}
		}
		set := &ir.Ports{Not: not}
		for _, x := range s.members {
			set.Ranges = append(set.Ranges, x.port)
		}
		slices.SortFunc(set.Ranges, func(a, b ir.PortRange) int { return cmp.Compare(a.Lo, b.Lo) })
		s.ports[not] = set
	}
	return s.ports[not]
}

// onProtocols narrows a box to protocols, or with not to all others.
func onProtocols(b *ir.Box, list []uint8, not bool) {
	b.Proto, _ = ir.MeetProtos(b.Proto, &ir.Protos{List: list, Not: not})
}

// addresses are the members; of overlapping networks the longest decides, so
// that a nomatch entry makes a hole and a longer one fills it again.
func (s *ipset) addresses() []netipx.IPRange {
	list := make([]objects.Entry, len(s.members))
	for i, m := range s.members {
		list[i] = objects.Entry{Range: m.r, Not: m.nomatch}
	}
	return objects.Longest(list)
}

func (m *matcher) listSet(s *ipset, flags []string, not bool) {
	var ranges []netipx.IPRange
	for _, x := range s.members {
		in := m.l.p.sets[x.list]
		if in == nil || in.timed || m.l.p.dynamic[x.list] || in.unread != "" || strings.Contains(in.kind, ",") || in.kind == "list:set" || in.kind == "bitmap:port" {
			m.boxes.Perhaps(fmt.Sprintf("the content of the set %q, part of %q", x.list, s.name))
			return
		}
		ranges = append(ranges, in.addresses()...)
	}
	m.addresses(flags[0] == "src", &ir.Addrs{Ranges: ranges, Not: not})
}

func (m *matcher) portSet(s *ipset, flags []string, not bool) {
	nomatch := slices.ContainsFunc(s.members, func(x member) bool { return x.nomatch })
	if not || nomatch || len(flags) != 2 || len(s.members) > maxPortMembers {
		m.boxes.Perhaps(fmt.Sprintf("the set %q of addresses with ports, as it is used here", s.name))
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
			onProtocols(b, []uint8{x.proto}, false)
			onPorts(flags[1] == "src", &ir.Ports{Ranges: []ir.PortRange{x.port}})(b)
		})
	}
	m.boxes.Either(alts...)
}
