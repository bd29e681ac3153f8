package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// scene is what the file itself tells of the place it stands in: whether the
// mail server is the host of the rules or lies behind it, which interface
// faces the internet, where the mail server's address is translated. What the
// file does not tell is not guessed: then every possibility is asked.
type scene struct {
	e       *engine.Engine
	opt     *CheckOptions
	set     *ir.Ruleset
	noted   map[string]bool
	assumed []string
	looks   int     // at rules that nearly name a range
	unnamed *string // what an interface is called that no rule names
	zones   ir.Is   // a table of zones; Either: not looked yet
	flags   ir.Is   // some rule asks for TCP flags; Either: not looked yet
	named   map[setAddr]bool
	ranged  map[*ir.Addrs]bool // sets that name a range of the question
}

// setAddr is an address asked of a set that rules share.
type setAddr struct {
	set  *ir.Addrs
	addr netip.Addr
}

func newScene(e *engine.Engine, opt *CheckOptions, set *ir.Ruleset) *scene {
	return &scene{e: e, opt: opt, set: set, noted: map[string]bool{}, named: map[setAddr]bool{}, ranged: map[*ir.Addrs]bool{}}
}

// assume notes something that a verdict rests on.
func (s *scene) assume(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if !s.noted[text] {
		s.noted[text] = true
		s.assumed = append(s.assumed, text)
	}
}

// rules visits every rule that packets of some gates can meet.
func (s *scene) rules(gates []ir.Gate, f func(*ir.Chain, *ir.Rule)) {
	p := s.e.Program()
	seen := map[int]bool{}
	var visit func(int)
	visit = func(i int) {
		if seen[i] {
			return
		}
		seen[i] = true
		c := &p.Chains[i]
		for k := range c.Rules {
			r := &c.Rules[k]
			if r.Action != ir.Continue {
				f(c, r)
			}
			if r.Action == ir.Jump || r.Action == ir.Goto {
				visit(r.Target)
			}
		}
	}
	for _, g := range gates {
		visit(g.Chain)
	}
}

// names reports whether a set names an address in particular: not by "any",
// not by a complement, nor by a network wider than /9.
func names(a *ir.Addrs, addr netip.Addr) bool {
	if a == nil || a.Not {
		return false
	}
	for _, r := range a.Ranges {
		if !r.Contains(addr) {
			continue
		}
		if p, ok := r.Prefix(); ok && p.Addr().Is4() && p.Bits() <= 8 || ok && p.Addr().Is6() && p.Bits() < 16 {
			continue
		}
		return true
	}
	return false
}

// manyRanges is from how many ranges on what a set names is kept: many rules may
// share it.
const manyRanges = 16

// names is names, remembered for long sets.
func (s *scene) names(a *ir.Addrs, addr netip.Addr) bool {
	if a == nil || len(a.Ranges) < manyRanges {
		return names(a, addr)
	}
	k := setAddr{a, addr}
	v, known := s.named[k]
	if !known {
		v = names(a, addr)
		s.named[k] = v
	}
	return v
}

// namesPort reports whether ports are named, and one of them is the port.
func namesPort(p *ir.Ports, port uint16) bool {
	if p == nil || p.Not {
		return false
	}
	for _, r := range p.Ranges {
		if r.Lo <= port && port <= r.Hi && r.Hi-r.Lo < 1024 {
			return true
		}
	}
	return false
}

// evidence is how much a group of gates has to do with the mail server.
type evidence struct {
	server, port *ir.Rule // first rule that names the address, the port
	any          bool     // there are rules
}

func (s *scene) evidence(gates []ir.Gate, addr netip.Addr, port uint16, src bool) evidence {
	var ev evidence
	s.rules(gates, func(_ *ir.Chain, r *ir.Rule) {
		ev.any = true
		for i := range r.Boxes {
			b := &r.Boxes[i]
			set := b.Dst
			if src {
				set = b.Src
			}
			if ev.server == nil && s.names(set, addr) {
				ev.server = r
			}
			if ev.port == nil && namesPort(b.DPort, port) {
				ev.port = r
			}
		}
	})
	return ev
}

// paths lists the ways by which packets between the internet and an address
// may cross the rules, as the file tells.
func (s *scene) paths(addr netip.Addr, port uint16) []ir.Dir {
	switch s.opt.Path {
	case "in":
		return []ir.Dir{ir.In}
	case "fwd":
		return []ir.Dir{ir.Forward}
	}
	p := s.e.Program()
	if to, ok := s.translated(addr, port); ok {
		s.assume("%s port %d is translated to %s port %d.", addr, port, to.Addr(), to.Port())
		return []ir.Dir{ir.In}
	}
	if s.set.Stands != 0 {
		return []ir.Dir{s.set.Stands}
	}
	if p.Stateful && len(p.Arrive) == 0 {
		return []ir.Dir{ir.In} // a table: its directions are those of the question
	}
	own, through := s.evidence(p.Local, addr, port, false), s.evidence(p.Through, addr, port, false)
	leave := s.evidence(p.Leave, addr, port, true)
	if own.server == nil {
		own.server = leave.server
	}
	if back := s.evidence(p.Through, addr, port, true); through.server == nil {
		through.server = back.server
	}
	behind := func(why string, args ...any) []ir.Dir {
		s.assume("%s is taken to lie behind this firewall: "+why, append([]any{addr}, args...)...)
		return []ir.Dir{ir.Forward}
	}
	host := func(why string, args ...any) []ir.Dir {
		s.assume("%s is taken to be the host of these rules itself: "+why, append([]any{addr}, args...)...)
		return []ir.Dir{ir.In}
	}
	switch {
	case through.server != nil && own.server == nil:
		return behind("line %d, for packets passing through, names it.", through.server.At.Line)
	case own.server != nil && through.server == nil:
		return host("line %d, for packets to or from the host, names it.", own.server.At.Line)
	case own.port != nil && through.port == nil:
		return host("port %d is named for packets to the host alone (line %d).", port, own.port.At.Line)
	case through.port != nil && own.port == nil:
		return behind("port %d is named for packets passing through alone (line %d).", port, through.port.At.Line)
	case own.any && !through.any:
		return host("there are no rules for packets passing through.")
	case through.any && !own.any:
		return behind("there are no rules for packets to the host.")
	case !own.any && !through.any:
		return host("there are no rules for packets passing through.")
	}
	return []ir.Dir{ir.In, ir.Forward}
}

// translated is where a destination is first translated to, if to one address.
func (s *scene) translated(addr netip.Addr, port uint16) (netip.AddrPort, bool) {
	to, _ := s.translation(addr, port)
	return to, to.IsValid()
}

// translation is the same, with the rule that does so; nil when there is none.
func (s *scene) translation(addr netip.Addr, port uint16) (to netip.AddrPort, by *ir.Rule) {
	s.rules(s.e.Program().Arrive, func(_ *ir.Chain, r *ir.Rule) {
		if to.IsValid() || r.Action != ir.Translate || !r.To.HasAddr() || r.To.Addr.From() != r.To.Addr.To() {
			return
		}
		for i := range r.Boxes {
			b := &r.Boxes[i]
			if b.Dst != nil && !inSet(b.Dst, addr) || b.DPort != nil && !portIn(b.DPort, port) || b.Dst == nil && isPrivate(addr) {
				continue
			}
			final := port
			if r.To.HasPort() {
				final = r.To.PortFor(ir.PortRange{Lo: port, Hi: port}).Lo
			}
			to, by = netip.AddrPortFrom(r.To.Addr.From(), final), r
			return
		}
	})
	return to, by
}

// ifaceName is the name the engine gives to what a pattern stands for.
func ifaceName(pattern string) string {
	if prefix, ok := strings.CutSuffix(pattern, "+"); ok {
		return prefix + engine.OtherIface
	}
	return pattern
}

// outside lists the interfaces that face the internet as far as rules show it:
// sources are hidden as packets leave by them, destinations translated as
// packets come in by them, public sources let in or private ones refused.
func (s *scene) outside() []string {
	if s.opt.Interface != "" {
		return []string{s.opt.Interface}
	}
	if list := s.toldOutside(); len(list) > 0 {
		return list
	}
	if zones := s.outerZones(); len(zones) > 0 {
		s.assume("%s is taken to face the internet, by its name.", series(zones))
		return zones
	}
	out, in := s.sidesShown()
	var list []string
	for n := range out {
		if !in[n] && n != "lo" {
			list = append(list, ifaceName(n))
		}
	}
	slices.Sort(list)
	for _, n := range list {
		s.assume("%s is taken to face the internet, as line %d shows.", shownIface(n), out[strings.Replace(n, engine.OtherIface, "+", 1)])
	}
	return list
}

// sidesShown are the interfaces that rules show to face the internet, with the
// line of such a rule, and those that rules show to lead inside.
func (s *scene) sidesShown() (out map[string]int, in map[string]bool) {
	out, in = map[string]int{}, map[string]bool{}
	p := s.e.Program()
	for c := range p.Chains {
		for k := range p.Chains[c].Rules {
			r := &p.Chains[c].Rules[k]
			for i := range r.Boxes {
				s.shows(&p.Chains[c], r, &r.Boxes[i], out, in)
			}
		}
	}
	return out, in
}

// faces adds what one box of a rule shows about interfaces.
func faces(r *ir.Rule, b *ir.Box, out map[string]int, in map[string]bool) {
	one := func(i *ir.Ifaces) string {
		if i == nil || i.Not || len(i.Patterns) != 1 {
			return ""
		}
		return i.Patterns[0]
	}
	add := func(n string) {
		if _, seen := out[n]; !seen && n != "" {
			out[n] = r.At.Line
		}
	}
	from, to := one(b.In), one(b.Out)
	switch {
	case r.SNAT:
		add(to)
	case r.Action == ir.Translate && !r.To.Local:
		add(from)
	case r.Action == ir.Accept && from != "" && allPublic(b.Src):
		add(from)
	case r.Action == ir.Deny && from != "" && allPrivate(b.Src):
		add(from)
	case r.Action == ir.Accept && from != "" && allPrivate(b.Src):
		in[from] = true
	}
	if r.Action == ir.Accept && to != "" && allPrivate(b.Dst) {
		in[to] = true
	}
}

// toward lists the interfaces behind which rules place an address.
func (s *scene) toward(addr netip.Addr, outside []string) []string {
	if list := s.toldBehind(addr); len(list) > 0 {
		return list
	}
	found := map[string]bool{}
	all := map[string]bool{}
	p := s.e.Program()
	s.rules(p.Through, func(_ *ir.Chain, r *ir.Rule) {
		for i := range r.Boxes {
			b := &r.Boxes[i]
			for _, side := range []struct {
				set *ir.Ifaces
				a   *ir.Addrs
			}{{b.In, b.Src}, {b.Out, b.Dst}} {
				if side.set == nil {
					continue
				}
				for _, n := range side.set.Patterns {
					all[ifaceName(n)] = true
					if !side.set.Not && s.names(side.a, addr) {
						found[ifaceName(n)] = true
					}
				}
			}
		}
	})
	if len(found) == 0 {
		for n := range all {
			if n != "lo" && !slices.Contains(outside, n) {
				found[n] = true
			}
		}
		if len(found) != 1 || len(outside) == 0 {
			return nil
		}
	}
	var list []string
	for n := range found {
		list = append(list, n)
	}
	slices.Sort(list)
	return list
}

func shownIface(n string) string {
	if n == engine.OtherIface {
		return "an interface that no rule names"
	}
	if prefix, ok := strings.CutSuffix(n, engine.OtherIface); ok {
		return prefix + "+"
	}
	return n
}

var privateNets = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8",
	"fc00::/7", "fe80::/10", "::1/128")

// neverSources are addresses that no packet from another host comes from: this
// network, the host itself, multicast, reserved (RFC 1122 section 3.2.1.3).
var neverSources = prefixes("0.0.0.0/8", "127.0.0.0/8", "224.0.0.0/3", "::/128", "::1/128", "ff00::/8")

// lanNets are those of privateNets that networks are numbered from.
var lanNets = prefixes("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7")

func prefixes(list ...string) []netip.Prefix {
	out := make([]netip.Prefix, len(list))
	for i, s := range list {
		out[i] = netip.MustParsePrefix(s)
	}
	return out
}

// isPrivate reports addresses that the internet does not carry.
func isPrivate(a netip.Addr) bool {
	holds := func(p netip.Prefix) bool { return p.Contains(a) }
	return slices.ContainsFunc(privateNets, holds) || slices.ContainsFunc(neverSources, holds)
}

func allPrivate(a *ir.Addrs) bool { return eachRange(a, isPrivate) }

func allPublic(a *ir.Addrs) bool {
	return eachRange(a, func(x netip.Addr) bool { return !isPrivate(x) })
}

// eachRange reports whether a set has ranges, is no complement, and both ends
// of each fit.
func eachRange(a *ir.Addrs, fits func(netip.Addr) bool) bool {
	if a == nil || a.Not || len(a.Ranges) == 0 {
		return false
	}
	for _, r := range a.Ranges {
		if r.From().Is4() && r.To().As4()[0]-r.From().As4()[0] > 64 {
			return false // 0.0.0.0/0 and its halves name nobody
		}
		if !fits(r.From()) || !fits(r.To()) {
			return false
		}
	}
	return true
}
