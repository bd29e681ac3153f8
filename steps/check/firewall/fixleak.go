package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// leak words how to close a leak without shutting out the provider.
func (f fixer) leak(c *checker, p *leakPart, set *netipx.IPSet) Fix {
	h := p.hit
	if h == nil {
		return Fix{Text: "Add rules for packets to the mail server: let the ranges in, refuse the rest."}
	}
	if p.why != "" {
		return Fix{Text: "Say " + p.why + ", and check again."}
	}
	if h.Maybe {
		return Fix{Text: undecidedFix}
	}
	if to, ok := f.named[h.Rule]; ok && len(h.Rule.Boxes) == 1 && h.Rule.Boxes[0].Src != nil && len(h.Rule.Boxes[0].Src.Ranges) == 1 {
		return Fix{Text: fmt.Sprintf("Correct line %d so that it names %s, as the change for that range says; then it lets in nobody else.", h.Rule.At.Line, to)}
	}
	if !h.Policy && c.onlyThese(h.Rule, set) {
		return f.drop(p)
	}
	switch f.set.Format {
	case source.Table:
		return f.leakRows(c, p)
	case source.IPTables:
	default:
		return f.leakWrite(c, p)
	}
	target := c.entered(p)
	port := p.point.DPort.Lo
	if h.Gate != nil && !strings.HasSuffix(h.Gate.Stage, "PREROUTING") {
		target, port = landing(c, p)
	}
	cmd := commandFor(target, h.Chain.Group) + f.inChain(h)
	host := netip.PrefixFrom(target, target.BitLen())
	var lines []string
	for _, a := range c.admitted(target.Is4()) {
		lines = append(lines, fmt.Sprintf("%s -s %s -d %s -p tcp -m tcp --dport %d -j ACCEPT", cmd, a, host, port))
	}
	lines = append(lines, fmt.Sprintf("%s -d %s -p tcp -m tcp --dport %d -j DROP", cmd, host, port))
	where := fmt.Sprintf("Above line %d, at the head of chain %s, let the allowed ranges in and refuse the rest.", h.Rule.At.Line, h.Chain.Name)
	if !h.Policy {
		slices.Reverse(lines) // each goes above the one before
		where += ownSenders
	} else {
		where = fmt.Sprintf("At the end of chain %s, let the allowed ranges in and refuse the rest.", h.Chain.Name)
	}
	return Fix{Text: where, Copy: strings.Join(lines, "\n"), without: f.without(p)}
}

// ownSenders warns of what a refusal at the head of a chain does besides.
const ownSenders = " The host itself and your own network lose port 25 by that, though they are no leak: where they send mail to it, put a rule for them above these."

// without is the command that deletes the rule by which a leak gets in; empty
// where that rule opens more than one port, which would be shut as well.
func (f fixer) without(p *leakPart) string {
	h := p.hit
	if h.Policy || h.Rule.Action != ir.Accept {
		return ""
	}
	for i := range h.Rule.Boxes {
		ports := h.Rule.Boxes[i].DPort
		if ports == nil || ports.Not || len(ports.Ranges) != 1 || ports.Ranges[0].Lo != ports.Ranges[0].Hi {
			return ""
		}
	}
	return f.drop(p).Copy
}

// entered is the address that a sample of a leak connects to: a server's where
// any address will do.
func (c *checker) entered(p *leakPart) netip.Addr {
	for _, s := range c.opt.Servers {
		if p.point.Other.Contains(s) {
			return s
		}
	}
	return p.point.Other.From()
}

// landingKey is a question of where packets to an address and port come to.
type landingKey struct {
	scene *scene
	query string
	end   netip.AddrPort
}

// landing is the address and port that the filter sees.
func landing(c *checker, p *leakPart) (netip.Addr, uint16) {
	end := netip.AddrPortFrom(c.entered(p), p.point.DPort.Lo)
	if p.hit == nil {
		return end.Addr(), end.Port()
	}
	q := p.query
	q.EntryOnly = false
	q.Dst = []netipx.IPRange{netipx.IPRangeFrom(end.Addr(), end.Addr())}
	q.DPorts = []ir.PortRange{{Lo: end.Port(), Hi: end.Port()}}
	k := landingKey{c.scene, fmt.Sprint(q), end} // thousands of leaks may ask the same
	by, known := c.landings[k]
	if !known {
		by = c.landingsOf(q, end.Addr())
		c.landings[k] = by
	}
	if to, ok := by[p.hit.Rule]; ok {
		end = to
	}
	return end.Addr(), end.Port()
}

// landingsOf is, for each rule that decides, where the first packets come to
// that it decides and that are translated.
func (c *checker) landingsOf(q engine.Query, addr netip.Addr) map[*ir.Rule]netip.AddrPort {
	out := map[*ir.Rule]netip.AddrPort{}
	parts, err := c.scene.e.Ask(q)
	if err != nil {
		return out
	}
	for _, x := range parts {
		h := deciding(x)
		if h == nil {
			continue
		}
		if _, known := out[h.Rule]; known {
			continue
		}
		for _, s := range x.Sent {
			if to := sentTo(s, addr); to.IsValid() {
				out[h.Rule] = to
				break
			}
		}
	}
	return out
}

// sentTo is where a translation sends packets to an address; not valid where it
// keeps address and port, or they are not known.
func sentTo(s engine.Sent, addr netip.Addr) netip.AddrPort {
	switch {
	case s.To.Port == 0:
	case s.To.Addr.IsValid():
		return netip.AddrPortFrom(s.To.Addr, s.To.Port)
	case s.To.Own:
		return netip.AddrPortFrom(addr, s.To.Port)
	}
	return netip.AddrPort{}
}

// onlyThese reports that a rule names sources, and lets in none that may.
func (c *checker) onlyThese(r *ir.Rule, set *netipx.IPSet) bool {
	for i := range r.Boxes {
		s := r.Boxes[i].Src
		if s == nil || s.Not {
			return false
		}
		for _, x := range s.Ranges {
			if c.known.allowed.OverlapsRange(x) {
				return false
			}
		}
	}
	return len(r.Boxes) > 0 && set != nil
}

// drop takes the leaking rule away.
func (f fixer) drop(p *leakPart) Fix {
	h := p.hit
	text := fmt.Sprintf("Line %d lets in none of the allowed ranges. If nothing else needs it, delete it.", h.Rule.At.Line)
	if h.Rule.At.Line == 0 { // stands in no line: the vendor's own
		text = fmt.Sprintf("What lets them in is %s, which the firewall does by itself. Refuse them before it, where that can be said.", h.Rule.At.Text)
	}
	if f.set.Format != source.IPTables {
		return Fix{Text: text}
	}
	spec, ok := asWritten(h.Rule.At.Text)
	if !ok || source.Redact(spec) != spec {
		return Fix{Text: text}
	}
	line := commandFor(p.point.Other.From(), h.Chain.Group) + " -D " + h.Chain.Name + spec
	// each -D takes one away
	return Fix{Text: text, Copy: strings.Join(slices.Repeat([]string{line}, max(1, f.copies(h.Chain)[spec])), "\n")}
}

// copies counts how often each rule stands in a chain.
func (f fixer) copies(c *ir.Chain) map[string]int {
	if f.counts[c] == nil {
		f.counts[c] = map[string]int{}
		for i := range c.Rules {
			if spec, ok := asWritten(c.Rules[i].At.Text); ok {
				f.counts[c][spec]++
			}
		}
	}
	return f.counts[c]
}

var appended = pattern.New(`(?:^|\s)(?:-A|--append|-I|--insert)\s+\S+(?:\s+\d+)?(\s.*)$`)

// asWritten is a rule without command and chain, by which it can be deleted
// wherever it stands.
func asWritten(line string) (string, bool) {
	m := appended.FindStringSubmatch(line)
	if m == nil {
		return "", false
	}
	return m[1], true
}

// admitted lists who may, of one family.
func (c *checker) admitted(v4 bool) []netip.Prefix {
	var out []netip.Prefix
	for _, r := range c.opt.Ranges {
		if r.Kind != Retired && r.CIDR.Addr().Is4() == v4 && !slices.Contains(out, r.CIDR) {
			out = append(out, r.CIDR)
		}
	}
	for _, x := range c.opt.Exceptions {
		if x.Addr().Is4() == v4 && !slices.Contains(out, x) {
			out = append(out, x)
		}
	}
	return out
}

func (f fixer) leakRows(c *checker, p *leakPart) Fix {
	host := p.point.Other.From()
	line, where := 0, "at the end of the table"
	if n := p.hit.Rule.At.Line; n > 0 {
		line, where = n, fmt.Sprintf("above line %d", n)
	}
	row := ir.Row{Direction: "in", Protocol: "tcp", Destination: host.String(), Port: strconv.Itoa(smtp)}
	var rows []string
	for _, a := range c.admitted(host.Is4()) {
		row.Action, row.Source = "allow", a.String()
		rows = append(rows, f.set.Compose(line, row))
	}
	row.Action, row.Source = "deny", "any"
	rows = append(rows, f.set.Compose(line, row))
	return Fix{
		Text: "Add these rules " + where + ", in this order, in the firewall first and then in the table.",
		Copy: strings.Join(rows, "\n"),
	}
}
