package mikrotik

import (
	"fmt"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

type ipRange = netipx.IPRange

// maxNetmap is how many addresses of a netmap are told apart.
const maxNetmap = 256

// translate lowers dst-nat, netmap and redirect.
func (l *lowering) translate(it *item, out ir.Rule) []ir.Rule {
	if c := it.get("chain"); c == "srcnat" {
		out.Action, out.SNAT = ir.Accept, true // netmap of sources
		return []ir.Rule{out}
	}
	out.Action = ir.Translate
	addr, ports := it.get("to-addresses"), it.get("to-ports")
	if addr == "" {
		addr = it.get("to-address")
	}
	fail := func(what string) []ir.Rule {
		l.r.problem(it.line, "line %d: %s; where the packets go cannot be decided.", it.line, what)
		out.Action, out.To = ir.Undecided, ir.Translation{}
		out.Why = fmt.Sprintf("the new destination in line %d, which could not be read", it.line)
		return []ir.Rule{out}
	}
	if ports != "" {
		lo, hi, span := strings.Cut(ports, "-")
		if !span {
			hi = lo
		}
		a, ok1 := source.Port(lo)
		b, ok2 := source.Port(hi)
		if !ok1 || !ok2 || a > b || a == 0 {
			return fail(fmt.Sprintf("expected to-ports to be a port or a range, came %q", ports))
		}
		out.To.Port = ir.PortRange{Lo: a, Hi: b}
	}
	if it.get("action") == "redirect" {
		out.To.Local = true
		return []ir.Rule{out}
	}
	if addr == "" {
		if ports == "" {
			return fail("it names no new destination")
		}
		return []ir.Rule{out}
	}
	to, ok := source.Net(addr)
	if !ok {
		return fail(fmt.Sprintf("expected to-addresses to be an address or a range, came %q", addr))
	}
	if to.From().Is4() != (l.menu == menu4) {
		return fail("its new destination is of the other address family")
	}
	out.To.Addr = to
	if it.get("action") == "netmap" {
		if each := netmap(it, out, to); each != nil {
			return each
		}
	}
	return []ir.Rule{out}
}

// netmap is one rule an address where a network is mapped to another of its
// size address by address; nil where that is not told or too large.
func netmap(it *item, out ir.Rule, to ipRange) []ir.Rule {
	from, ok := source.Net(it.get("dst-address"))
	if !ok || from.From() == from.To() {
		return nil
	}
	var rules []ir.Rule
	a, b := from.From(), to.From()
	for range maxNetmap + 1 {
		r := out
		r.Boxes = slices.Clone(out.Boxes)
		for i := range r.Boxes {
			r.Boxes[i].Dst = &ir.Addrs{Ranges: []ipRange{netipx.IPRangeFrom(a, a)}}
		}
		r.To.Addr = netipx.IPRangeFrom(b, b)
		rules = append(rules, r)
		lastA, lastB := a == from.To(), b == to.To()
		if lastA != lastB {
			return nil
		}
		if lastA {
			return rules
		}
		a, b = a.Next(), b.Next()
	}
	return nil
}
