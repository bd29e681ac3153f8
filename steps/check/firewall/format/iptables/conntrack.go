package iptables

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

var stateNames = map[string]ir.States{
	"NEW": ir.New, "ESTABLISHED": ir.Established, "RELATED": ir.Related, "INVALID": ir.Invalid,
	"UNTRACKED": ir.Untracked, "DNAT": ir.DNAT, "SNAT": ir.SNAT,
}

// state reads --state and --ctstate.
func state(m *matcher, not bool) {
	v := m.value(&not)
	c := ir.StateCond{Not: not}
	for _, name := range strings.Split(v, ",") {
		s, ok := stateNames[strings.ToUpper(name)]
		if !ok {
			m.problem("expected connection states such as NEW,ESTABLISHED, came %q; whether the rule is met cannot be decided.", name)
			m.boxes.Perhaps(fmt.Sprintf("the state %q, which is not known here", name))
			return
		}
		c.Any |= s
	}
	m.boxes.Each(func(b *ir.Box) { b.State = append(slices.Clip(b.State), c) })
}

// direction reads --ctdir.
func direction(m *matcher, not bool) {
	want := ir.No
	if strings.EqualFold(m.value(&not), "REPLY") {
		want = ir.Yes
	}
	if not {
		want = ir.Yes + ir.No - want
	}
	m.boxes.Each(func(b *ir.Box) { b.Reply = want })
}

// origDst reads --ctorigdst: the destination before translation.
func origDst(m *matcher, not bool) {
	v := m.value(&not)
	r, ok := parseNet(v)
	if !ok {
		m.badAddress(v)
		return
	}
	set := &ir.Addrs{Ranges: []netipx.IPRange{r}, Not: not}
	m.boxes.Each(func(b *ir.Box) { b.OrigDst = both(b.OrigDst, set) })
}

func origDPort(m *matcher, not bool) {
	v := m.value(&not)
	r, ok := portRange(v)
	if !ok {
		m.badPort(v)
		return
	}
	m.boxes.Each(func(b *ir.Box) { b.OrigDPort = &ir.Ports{Ranges: []ir.PortRange{r}, Not: not} })
}

// recentSet reads --set of recent: it notes the address and is always met.
func recentSet(m *matcher, not bool) {
	if not {
		m.boxes = nil
	}
}

// ipsecPolicy reads --pol. The packets asked about come and go in the clear,
// outside any IPsec tunnel.
func ipsecPolicy(m *matcher, not bool) {
	if (m.value(&not) == "none") == not {
		m.boxes = nil
	}
}

// translate reads the new destination of DNAT, REDIRECT and NETMAP.
func (l *lowering) translate(m *matcher, out *ir.Rule) {
	out.Action = ir.Translate
	ok := true
	switch m.target {
	case "REDIRECT":
		out.To.Local = true
		if v, given := m.targetValue("--to-ports"); given {
			out.To.Port, ok = dashPorts(v)
		}
	case "NETMAP":
		v, given := m.targetValue("--to")
		if ok = given; ok {
			out.To.Addr, ok = parseNet(v)
		}
	default:
		v, given := m.targetValue("--to-destination")
		if ok = given; ok {
			out.To, ok = destination(v)
		}
	}
	if !ok {
		m.problem("the new destination of %s could not be read; where the packets go cannot be decided.", m.target)
		out.Action, out.To = ir.Undecided, ir.Translation{}
		out.Why = fmt.Sprintf("the new destination in line %d, which could not be read", m.line)
	}
}

// destination reads ADDR[-ADDR][:PORT[-PORT]], with brackets around IPv6.
func destination(v string) (t ir.Translation, ok bool) {
	addrs, ports := v, ""
	switch {
	case strings.HasPrefix(v, "["):
		end := strings.LastIndex(v, "]")
		if end < 0 {
			return t, false
		}
		addrs, ports = v[1:end], strings.TrimPrefix(v[end+1:], ":")
		addrs = strings.ReplaceAll(strings.ReplaceAll(addrs, "]", ""), "[", "")
	case strings.Count(v, ":") == 1:
		addrs, ports, _ = strings.Cut(v, ":")
	}
	if ports != "" {
		span, base, shift := strings.Cut(ports, "/")
		if t.Port, ok = dashPorts(span); !ok {
			return t, false
		}
		if shift {
			if t.Base, ok = source.Port(base); !ok {
				return t, false
			}
			t.Shift = true
		}
	}
	if addrs == "" {
		return t, ports != ""
	}
	from, to, isRange := strings.Cut(addrs, "-")
	if !isRange {
		to = from
	}
	a, err1 := netip.ParseAddr(from)
	b, err2 := netip.ParseAddr(to)
	t.Addr = netipx.IPRangeFrom(a, b)
	return t, err1 == nil && err2 == nil && t.Addr.IsValid()
}

func dashPorts(v string) (ir.PortRange, bool) {
	lo, hi, isRange := strings.Cut(v, "-")
	if !isRange {
		hi = lo
	}
	a, ok1 := source.Port(lo)
	b, ok2 := source.Port(hi)
	return ir.PortRange{Lo: a, Hi: b}, ok1 && ok2 && a <= b && a > 0
}
