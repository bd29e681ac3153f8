package firewall

import (
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// outerWords are names of the zone that faces the internet.
var outerWords = []string{"untrust", "untrusted", "outside", "wan", "internet", "external"}

// zoned reports a table, or the rules of a device, whose rows say both where
// packets come from and where they go.
func (s *scene) zoned() bool {
	p := s.e.Program()
	if s.set.Stands == 0 && s.set.Format != source.Table || !p.Stateful || s.zones != ir.Either {
		return s.zones == ir.Yes
	}
	in, out := false, false
	for c := range p.Chains {
		for k := range p.Chains[c].Rules {
			for i := range p.Chains[c].Rules[k].Boxes {
				b := &p.Chains[c].Rules[k].Boxes[i]
				in, out = in || b.In != nil, out || b.Out != nil
			}
		}
	}
	if s.zones = ir.No; in && out {
		s.zones = ir.Yes
	}
	return in && out
}

// outerZones lists the zones of such a table that face the internet by name.
func (s *scene) outerZones() []string {
	if !s.zoned() {
		return nil
	}
	var list []string
	for _, n := range interfaceNames(&ir.Ruleset{Programs: []*ir.Program{s.e.Program()}}) {
		if slices.Contains(outerWords, strings.ToLower(n)) {
			list = append(list, n)
		}
	}
	return list
}

// shows adds what one box of a rule shows about interfaces. In a table with
// zones the internet is where incoming packets come from and outgoing ones go;
// chains of a device are of no such direction.
func (s *scene) shows(c *ir.Chain, r *ir.Rule, b *ir.Box, out map[string]int, in map[string]bool) {
	if !s.zoned() || s.set.Stands == ir.Forward {
		faces(r, b, out, in)
		return
	}
	outer, inner, peers := b.In, b.Out, b.Src
	if c.Name == "out" {
		outer, inner, peers = b.Out, b.In, b.Dst
	}
	if c.Name == "forward" || r.Action != ir.Accept {
		return
	}
	if inner != nil && !inner.Not {
		for _, n := range inner.Patterns {
			in[n] = true
		}
	}
	if outer == nil || outer.Not {
		return
	}
	for _, n := range outer.Patterns {
		if allPrivate(peers) {
			in[n] = true
		} else if _, seen := out[n]; !seen {
			out[n] = r.At.Line
		}
	}
}
