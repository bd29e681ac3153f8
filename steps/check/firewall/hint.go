package firewall

import (
	"net/netip"
	"regexp"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// miss is a rule that nearly names a range.
type miss struct {
	chain  *ir.Chain
	rule   *ir.Rule
	prefix netip.Prefix
}

// nearMiss finds a rule for the need that names the range almost: a part of
// it, or with one part of the address mistyped.
func nearMiss(s *scene, x fixCase) *miss {
	if x.hole.step != "opens" {
		return nil
	}
	p := s.e.Program()
	gates := p.Local
	switch {
	case x.hole.query.Dir == ir.Out:
		gates = p.Leave
	case x.hole.query.Dir == ir.Forward || x.server.Addr() != x.leg.local:
		gates = p.Through
	}
	var best *miss
	h := x.hole.hit
	if h == nil {
		return nil
	}
	past := false // packets pass rules before the one that decides, or all of a chain with the end that does
	s.rules(gates, func(c *ir.Chain, r *ir.Rule) {
		if past = past || r == h.Rule; past || s.looks >= maxLooks || !h.Policy && c != h.Chain {
			return
		}
		if r.Action != ir.Accept || best != nil {
			return
		}
		for i := range r.Boxes {
			b := &r.Boxes[i]
			set := b.Src
			if !x.leg.in {
				set = b.Dst
			}
			if set == nil || set.Not || b.DPort != nil && !portIn(b.DPort, x.server.Port()) {
				continue
			}
			for _, rg := range set.Ranges {
				if q, ok := rg.Prefix(); ok && near(q, x.rng.CIDR) && !s.claimed(q, x.rng.CIDR) && s.looks < maxLooks {
					if s.looks++; !s.admits(x, r, q.Addr()) {
						continue
					}
					best = &miss{c, r, q}
					return
				}
			}
		}
	})
	return best
}

// claimed reports that a network has to be let in as it is, or holds one that
// has: the rule that names it is right and must stay.
func (s *scene) claimed(q, but netip.Prefix) bool {
	for _, r := range s.opt.Ranges {
		if r.CIDR != but && r.CIDR.Overlaps(q) {
			return true
		}
	}
	return slices.ContainsFunc(s.opt.Exceptions, q.Overlaps)
}

// maxLooks is how many rules that nearly name a range are looked at closely in
// one file; each look asks the whole ruleset.
const maxLooks = 24

// admits reports that a rule decides about the packets of a gap, were they of
// one address that it names.
func (s *scene) admits(x fixCase, r *ir.Rule, a netip.Addr) bool {
	q := x.hole.query
	one := []netipx.IPRange{netipx.IPRangeFrom(a, a)}
	if q.WideDst {
		q.Dst = one
	} else {
		q.Src = one
	}
	parts, err := s.e.Ask(q)
	return err == nil && slices.ContainsFunc(parts, func(p engine.Part) bool {
		h := deciding(p)
		return p.Outcome == engine.Permit && h != nil && h.Rule == r
	})
}

// near reports that a looks like a slip of the pen for b: another length on
// the same address, or one octet that differs by a digit or by two digits or
// octets exchanged.
func near(a, b netip.Prefix) bool {
	if a == b || a.Addr().Is4() != b.Addr().Is4() || !a.Addr().Is4() {
		return false
	}
	if a.Addr() == b.Addr() {
		return a.Bits() > b.Bits() && b.Bits() >= 8 && a.Bits() <= 32
	}
	if a.Bits() != b.Bits() {
		return false
	}
	x, y := strings.Split(a.Addr().String(), "."), strings.Split(b.Addr().String(), ".")
	var diff []int
	for i := range x {
		if x[i] != y[i] {
			diff = append(diff, i)
		}
	}
	switch len(diff) {
	case 1:
		return slip(x[diff[0]], y[diff[0]])
	case 2:
		return x[diff[0]] == y[diff[1]] && x[diff[1]] == y[diff[0]]
	}
	return false
}

// slip reports two numbers that differ by one digit changed, left out or
// added, or by two neighbours exchanged.
func slip(a, b string) bool {
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	if len(a) == len(b) {
		var at []int
		for i := range a {
			if a[i] != b[i] {
				at = append(at, i)
			}
		}
		return len(at) == 1 || len(at) == 2 && at[1] == at[0]+1 && a[at[0]] == b[at[1]] && a[at[1]] == b[at[0]]
	}
	for i := range b {
		if b[:i]+b[i+1:] == a {
			return true
		}
	}
	return false
}

// replaceNet writes a line with one network exchanged for another.
func replaceNet(line string, old, with netip.Prefix) (string, bool) {
	re := regexp.MustCompile(`(^|[\s,;"|=])` + regexp.QuoteMeta(old.Addr().String()) + `(/[0-9.]+| 255\.[0-9.]+)?([\s,;"|]|$)`)
	m := re.FindStringSubmatchIndex(line)
	if m == nil {
		return "", false
	}
	text := with.String()
	if m[4] < 0 && with.IsSingleIP() {
		text = with.Addr().String()
	}
	return line[:m[3]] + text + line[m[6]:], true
}
