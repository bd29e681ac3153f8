package ios

import (
	"fmt"
	"net/netip"

	"mxodus/steps/check/firewall/format/sends"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// notInside is the interface that the inside host of a translation lies behind,
// where it takes no part in translation; nil where it does, or the file does
// not tell.
func (r *reader) notInside(n *nat) *iface {
	if r.homes == nil {
		r.homes = map[netip.Prefix]*iface{}
		for _, f := range r.ifaces {
			for _, p := range f.nets {
				if was := r.homes[p]; was == nil || was.nat == "" {
					r.homes[p] = f
				}
			}
		}
	}
	for bits := n.real.From().BitLen(); bits > 0; bits-- {
		p, err := n.real.From().Prefix(bits)
		if err != nil {
			return nil
		}
		if f := r.homes[p]; f != nil {
			if f.nat == "inside" || f.nat == "enable" {
				return nil
			}
			return f
		}
	}
	return nil
}

// oneWay leaves open what a static translation does where its host lies behind
// an interface that takes no part: packets in are translated, the host's own
// answers and connections are not.
func (r *reader) oneWay() []ir.Rule {
	outside := r.natIfaces("outside")
	if outside == nil {
		return nil
	}
	var out []ir.Rule
	for _, n := range r.nats {
		if n.unread {
			continue
		}
		f := r.notInside(n)
		if f == nil {
			continue
		}
		in, from := ir.Box{In: outside}, ir.Box{Out: outside, Reply: ir.No}
		if n.proto != 0 {
			in.Proto, in.OrigDPort = &ir.Protos{List: []uint8{n.proto}}, &ir.Ports{Ranges: []ir.PortRange{{Lo: n.mport, Hi: n.mport}}}
		}
		boxes := objects.OriginalDestination([]ir.Box{in}, r.global(n))
		if n.proto == 0 {
			boxes = append(boxes, objects.Source([]ir.Box{from}, objects.Of(n.real))...)
		}
		out = append(out, ir.Rule{Boxes: boxes, Action: ir.Undecided, At: n.at, Why: fmt.Sprintf(
			"ip nat inside, which %s (line %d) lacks: %s lies behind it, and what it sends is not translated without", f.name, f.line, n.real.From())})
	}
	return out
}

// noteSends tells of hosts that mail from outside is sent on to, and that no
// line gives a public address when they send themselves.
func (r *reader) noteSends() {
	outside := r.natIfaces("outside")
	if outside == nil {
		return
	}
	told, asked := map[netip.Addr]bool{}, 0
	for _, n := range r.nats {
		if len(told) == sends.MaxHosts || asked == sends.MaxAsked {
			return
		}
		host := n.real.From()
		if n.unread || n.proto != ir.TCP || n.mport != 25 || told[host] || r.notInside(n) != nil {
			continue
		}
		asked++
		as := r.global(n)
		if len(as.Maybe) > 0 || len(as.Ranges) != 1 || !sends.Hidden(host, as.Ranges[0].From()) {
			continue
		}
		if known := r.knownAs(host, outside.Patterns[0], ""); len(known) == 1 && known[0].Addr() == host {
			told[host] = true
			r.Note("%s", sends.Note(n.at.Line, as.Ranges[0].From().String(), host))
		}
	}
}
