package firewall

import (
	"fmt"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// laterFlags are the TCP flags that packets of a connection carry after those
// that open it: data and the end (RFC 9293 section 3.1). A reset is left out:
// the connection is over whether it arrives or not.
var laterFlags = []struct {
	flags uint8
	word  string
}{
	{ir.ACK, "ACK alone"},
	{ir.ACK | ir.PSH, "PSH, as data does"},
	{ir.ACK | ir.FIN, "FIN, as the end of a connection does"},
	{ir.ACK | ir.PSH | ir.FIN, "PSH and FIN, as the last data does"},
}

// asksFlags reports that some rule asks for TCP flags, so that packets of one
// connection may fare differently.
func (s *scene) asksFlags() bool {
	if s.flags == ir.Either {
		s.flags = ir.No
		p := s.e.Program()
		for c := range p.Chains {
			for k := range p.Chains[c].Rules {
				for i := range p.Chains[c].Rules[k].Boxes {
					if p.Chains[c].Rules[k].Boxes[i].Flags != nil {
						s.flags = ir.Yes
					}
				}
			}
		}
	}
	return s.flags == ir.Yes
}

// flagged asks a later step again for the flags that its packets carry. What
// is refused by flags leaves the answer open: how much of a connection carries
// them, the file does not tell.
func (c *checker) flagged(q engine.Query, step string, cov *coverage) error {
	if !c.scene.asksFlags() || len(q.Protos) != 1 || q.Protos[0] != ir.TCP {
		return nil
	}
	for _, f := range laterFlags {
		q.Flags = f.flags
		parts, err := c.scene.e.Ask(q)
		if err != nil {
			return err
		}
		for _, p := range parts {
			c.sample(q, p)
			h := deciding(p)
			if p.Outcome == engine.Permit || h == nil || failed(cov, p, h, step) {
				continue
			}
			if p.Outcome == engine.Deny {
				open := *h
				open.Maybe = true
				open.Reasons = []string{fmt.Sprintf("whether they carry the TCP flag %s: line %d refuses such", f.word, h.Rule.At.Line)}
				h = &open
			}
			cov.holes = append(cov.holes, hole{set: p.Set, outcome: engine.Unknown, hit: h, query: q, point: p.Point, step: step})
		}
	}
	return nil
}

// failed reports that a step fails already for all of a part, by the same rule.
func failed(cov *coverage, p engine.Part, h *engine.Hit, step string) bool {
	for _, x := range cov.holes {
		if x.step != step || x.hit == nil || x.hit.Rule != h.Rule || x.query.Flags != 0 {
			continue
		}
		if !slices.ContainsFunc(p.Set.Ranges(), func(r netipx.IPRange) bool { return !x.set.ContainsRange(r) }) {
			return true
		}
	}
	return false
}
