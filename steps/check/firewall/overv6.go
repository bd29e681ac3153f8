package firewall

import (
	"fmt"
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// global6 are the addresses that IPv6 carries on the internet (RFC 4291, 2.4,
// as assigned by IANA).
var global6 = netip.MustParsePrefix("2000::/3")

// local6 are the addresses that sites give out by themselves (RFC 4193).
var local6 = netip.MustParsePrefix("fc00::/7")

// wayV6 is how others connect to port 25 over IPv6.
type wayV6 struct {
	query engine.Query
	part  engine.Part
	hit   *engine.Hit
	set   *netipx.IPSet // who
	host  bool          // the rules are of the mail server's own host
	maybe bool          // whether they come in by that interface is not told
}

// overV6 asks who reaches port 25 over IPv6 where no IPv6 address of the mail
// server was given: a way around that is easily forgotten. Rules of the mail
// server's own host leave lock-down open by it; those of a firewall before it
// are about others too, so there it is noted.
func (c *checker) overV6(lock *Lockdown) {
	w := c.openV6()
	switch {
	case w == nil:
	case !w.host:
		c.noteV6(w)
	default:
		part := &leakPart{hit: w.hit, outcome: engine.Unknown, query: w.query, point: w.part.Point, to: []string{hostV6 + " port 25"}, why: "whether this host has an IPv6 address"}
		c.leak(lock, part, "internet", w.set)
		lock.Leaks[len(lock.Leaks)-1].Fix = c.fix.shutV6(c, w.hit)
	}
}

const hostV6 = "an IPv6 address of this host"

// openV6 finds the first rule that lets others in, nil where there is none or
// an IPv6 address was given.
func (c *checker) openV6() *wayV6 {
	if slices.ContainsFunc(slices.Concat(c.opt.Servers, c.opt.Inside), netip.Addr.Is6) {
		return nil
	}
	w := wayV6{host: c.host()}
	if !c.use(netip.IPv6Unspecified()) {
		return nil
	}
	w.query = engine.Query{
		Dir: ir.Forward, Protos: []uint8{ir.TCP}, SPorts: anySource, DPorts: []ir.PortRange{{Lo: smtp, Hi: smtp}},
		Src: []netipx.IPRange{netipx.RangeOfPrefix(global6)}, Dst: []netipx.IPRange{netipx.RangeOfPrefix(global6)},
		InIfs: c.scene.toldOutside(),
	}
	if w.host { // clouds translate public addresses to unique local ones (RFC 4193)
		w.query.Dir, w.query.Dst = ir.In, append(w.query.Dst, netipx.RangeOfPrefix(local6))
	}
	parts, err := c.scene.e.Ask(w.query)
	from := c.fromOutside(parts)
	if err != nil { // what was asked for is answered all the same
		c.note(fmt.Sprintf("Who connects to port 25 over IPv6 could not be told: %v.", err))
		return nil
	}
	for _, p := range parts {
		var b netipx.IPSetBuilder
		b.AddSet(p.Set)
		b.RemoveSet(c.known.allowed)
		b.RemoveSet(c.known.never)
		w.set, err = b.IPSet()
		w.part, w.hit = p, deciding(p)
		if !w.host && (p.In == p.Out && p.In != "" && p.In != engine.OtherIface || from != nil && !from(p.In)) {
			continue // not through the firewall, or not from the internet
		}
		w.maybe = from == nil && p.In != "" && p.In != engine.OtherIface
		if p.Outcome == engine.Permit && err == nil && len(w.set.Ranges()) > 0 && w.hit != nil {
			return &w
		}
	}
	return nil
}

// fromOutside reports the interfaces that face the internet, as far as the rules
// show them; nil where they do not.
func (c *checker) fromOutside(parts []engine.Part) func(string) bool {
	outside := c.scene.outside()
	if len(outside) == 0 {
		return nil
	}
	var ins []string
	for _, p := range parts {
		ins = append(ins, p.In)
	}
	return func(in string) bool {
		return slices.ContainsFunc(outside, func(w string) bool { return atomOf(w, ins) == in })
	}
}

// shutV6 refuses port 25 over IPv6 at every address of the host.
func (f fixer) shutV6(c *checker, h *engine.Hit) Fix {
	text := "If the host has an IPv6 address, give it with those of the mail server and check again. If it has none, or no mail is to come by it, refuse port 25 over IPv6: then nothing is left open."
	if f.set.Format == source.IPTables {
		return Fix{Text: text, Copy: "ip6tables" + f.inChain(h) + " -p tcp -m tcp --dport 25 -j DROP"}
	}
	return f.script(f.job(c.scene, h, netip.IPv6Unspecified(), ShutV6), text)
}

// noteV6 tells of a rule of a firewall that opens port 25 over IPv6.
func (c *checker) noteV6(w *wayV6) {
	p, h := w.part, w.hit
	to := "any address"
	if r := p.Other; r.From() == r.To() {
		to = r.From().String()
	} else if x, ok := r.Prefix(); ok && x != global6 {
		to = x.String()
	}
	by := fmt.Sprintf("line %d (%s)", h.Rule.At.Line, source.Redact(h.Rule.At.Text))
	if h.Rule.At.Line == 0 || h.Policy {
		by = "the end of the rules"
	}
	if w.maybe {
		by += fmt.Sprintf(", if %s faces the internet,", shownIface(p.In))
	}
	c.note(fmt.Sprintf("Over IPv6, %s lets others on the internet connect to %s on port 25. No IPv6 address of the mail server was given: if it has one, give it too, and check again.", by, to))
}

// host reports that the file holds the rules of the mail server's own host.
func (c *checker) host() bool {
	if c.set.Stands != 0 || c.opt.Path != "" {
		return c.set.Stands == ir.In || c.opt.Path == "in"
	}
	return !slices.ContainsFunc(c.opt.Servers, func(a netip.Addr) bool {
		if !c.use(a) {
			return true
		}
		_, door := c.scene.translated(a, smtp)
		return door || !slices.Equal(c.scene.paths(a, smtp), []ir.Dir{ir.In})
	})
}
