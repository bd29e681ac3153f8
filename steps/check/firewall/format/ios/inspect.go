package ios

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// inspected lets pass the answers of connections that ip inspect saw.
func (p *program) inspected(f *iface, in bool) []ir.Rule {
	var out []ir.Rule
	add := func(name string, box ir.Box) {
		rules := p.r.inspects[name]
		var list []uint8
		if rules["tcp"]+rules["smtp"]+rules["esmtp"] > 0 {
			list = append(list, ir.TCP)
		}
		if rules["udp"] > 0 {
			list = append(list, ir.UDP)
		}
		if list == nil {
			return
		}
		box.Reply, box.Proto = ir.Yes, &ir.Protos{List: list}
		if rules["tcp"] == 0 && list[0] == ir.TCP {
			box.Proto, box.SPort = &ir.Protos{List: []uint8{ir.TCP}}, &ir.Ports{Ranges: []ir.PortRange{{Lo: 25, Hi: 25}}}
		}
		out = append(out, ir.Rule{Boxes: []ir.Box{box}, Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(answers that ip inspect %s lets pass)", name)}})
	}
	here := &ir.Ifaces{Patterns: []string{f.name}}
	if in {
		add(f.insOut, ir.Box{In: here}) // left by it, comes back by it
	}
	for _, g := range p.r.ifaces { // came in by g, the answer leaves by it
		switch {
		case g.insIn == "":
		case in:
			add(g.insIn, ir.Box{In: here, Out: &ir.Ifaces{Patterns: []string{g.name}}})
		case g == f:
			add(g.insIn, ir.Box{Out: here})
		}
	}
	return out
}

// noteMail says what inspection of mail is in force: it breaks delivery.
func (r *reader) noteMail() {
	var seen []string
	for _, f := range r.ifaces {
		for _, name := range []string{f.insIn, f.insOut} {
			for _, proto := range []string{"smtp", "esmtp"} {
				line := r.inspects[name][proto]
				if key := name + " " + proto; line > 0 && len(seen) < 4 && !slices.Contains(seen, key) {
					seen = append(seen, key)
					rule := source.Redact(fmt.Sprintf("ip inspect name %s %s", name, proto))
					r.Note("Line %d (%s) looks into mail on port 25 as it passes, which breaks deliveries to and from Mimecast: messages end early, and the answer 452 after 100 recipients "+
						"is not heeded. Inspect tcp in its place, and turn it off: no %s.", line, rule, rule)
				}
			}
		}
	}
}
