package firewall

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// write words a gap's fix in the syntax of a format that has a writer.
func (f fixer) write(x fixCase) Fix {
	h := x.hole.hit
	if h == nil {
		return Fix{}
	}
	if x.hole.step != "opens" {
		return Fix{Text: fmt.Sprintf("What stops it is %s. Let the packets of connections that are already accepted pass, in both directions; then check again.",
			stopper(Decision{Line: h.Rule.At.Line, Text: h.Rule.At.Text}))}
	}
	local := netip.PrefixFrom(x.server.Addr(), x.server.Addr().BitLen())
	flow := format.Flow{
		In: x.leg.in, Proto: x.need.Proto, Port: x.server.Port(), Family: familyOf(x.rng.CIDR.Addr()),
		Src: []netip.Prefix{x.rng.CIDR}, Dst: []netip.Prefix{local}, Label: "mxodus " + x.need.Label,
	}
	if !x.leg.in {
		flow.Src, flow.Dst, flow.Port = flow.Dst, flow.Src, x.need.Port
	}
	job := f.job(x.scene, h, x.server.Addr(), flow)
	if x.leg.in && (x.leg.local != x.server.Addr() || x.leg.port != x.server.Port()) {
		job.Translate = []format.Translation{{Public: x.leg.local, Inside: x.server.Addr(), PublicPort: x.leg.port, Port: x.server.Port()}}
	}
	text := fmt.Sprintf("Add a rule %s that lets %s through.", above(h), x.rng.CIDR)
	if x.hole.missed != nil {
		text = fmt.Sprintf("The translation in line %d does not take %s: widen it, then add a rule %s that lets these addresses through.",
			x.hole.missed.At.Line, x.rng.CIDR, above(h))
	}
	return f.script(job, text)
}

// leakWrite does the same for a leak: who may is let in above the rule that
// leaks, and all others are refused.
func (f fixer) leakWrite(c *checker, p *leakPart) Fix {
	target, port := landing(c, p)
	host := []netip.Prefix{netip.PrefixFrom(target, target.BitLen())}
	family := familyOf(target)
	base := format.Flow{In: true, Proto: "tcp", Port: port, Family: family, Dst: host}
	allow, deny := base, base
	allow.Src, allow.Label = c.admitted(target.Is4()), "mxodus allowed senders"
	deny.Deny, deny.Label = true, "mxodus lock-down"
	flows, text := []format.Flow{allow, deny}, "Let the allowed ranges in %s, and refuse the rest.%s"
	if len(allow.Src) == 0 { // a flow without sources would be one from everybody
		flows, text = []format.Flow{deny}, "No allowed range is of this address family: refuse all %s.%s"
	}
	job := f.job(c.scene, p.hit, target, flows...)
	if public := c.entered(p); public != target {
		job.Translate = []format.Translation{{Public: public, Inside: target, PublicPort: p.point.DPort.Lo, Port: port}}
	}
	return f.script(job, fmt.Sprintf(text, above(p.hit), ownSenders))
}

// job places flows before the rule that decides.
func (f fixer) job(s *scene, h *engine.Hit, server netip.Addr, flows ...format.Flow) format.Job {
	job := format.Job{Flows: flows, Set: f.set, Above: h.Rule.At, Chain: h.Chain.Name, Host: f.set.Stands == ir.In}
	outside := s.outside()
	if len(outside) == 1 {
		job.Outside = outside[0]
	}
	if inside := s.toward(server, outside); len(inside) == 1 {
		job.Inside = inside[0]
	}
	return job
}

// script is a fix with what the format's writer makes of a job.
func (f fixer) script(job format.Job, text string) Fix {
	x, ok := FormatByID(f.set.Format)
	if !ok || x.Write == nil {
		return Fix{Text: text}
	}
	s, err := x.Write(job)
	var words format.ByHand
	switch {
	case errors.As(err, &words):
		return Fix{Text: string(words)}
	case err != nil:
		return Fix{Text: text}
	}
	return Fix{Text: strings.Join(append([]string{text}, s.Notes...), " "), Copy: strings.TrimRight(s.Text, "\n"), job: &job, writer: f.set.Format}
}

// above says where a rule is to stand.
func above(h *engine.Hit) string {
	if h.Rule.At.Line == 0 || h.Policy {
		return "before the end of the rules"
	}
	return fmt.Sprintf("above line %d (%s)", h.Rule.At.Line, source.Redact(h.Rule.At.Text))
}

func familyOf(a netip.Addr) ir.Family {
	if a.Is6() {
		return ir.V6
	}
	return ir.V4
}

// vendorTest is the vendor's own way to see what becomes of a packet.
func (f fixer) vendorTest(h *engine.Hit, w Packet, to netip.AddrPort) string {
	x, ok := FormatByID(f.set.Format)
	if !ok || x.Confirm == nil || w.Src == "" {
		return ""
	}
	src, err1 := netip.ParseAddr(w.Src)
	dst, err2 := netip.ParseAddr(w.Dst)
	if err1 != nil || err2 != nil {
		return ""
	}
	p := format.Packet{In: w.InIf, Out: w.OutIf, Src: src, Dst: dst, Proto: w.Proto, SPort: w.SPort, DPort: w.DPort}
	if to.IsValid() && to != netip.AddrPortFrom(dst, w.DPort) {
		p.To = to
	}
	if i := slices.Index([]string{"", "in", "out", "fwd"}, w.Dir); i > 0 {
		p.Dir = ir.Dir(i)
	}
	if h != nil {
		p.Chain, p.Line = h.Chain.Name, h.Rule.At.Line
	}
	return x.Confirm(p)
}
