package firewall

import (
	"net/netip"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// doorway is what one box of a translating rule takes in. Moved doorways
// change the address, others the port alone or send to the host itself.
type doorway struct {
	dst   []netipx.IPRange
	ports []ir.PortRange
	moved bool
}

// translating lists what is translated to an end.
func (c *checker) translating(end netip.AddrPort) []doorway {
	var out []doorway
	c.scene.rules(c.scene.e.Program().Arrive, func(_ *ir.Chain, r *ir.Rule) {
		if r.Action == ir.Undecided {
			for i := range r.Boxes {
				out = append(out, strayDoor(&r.Boxes[i], end))
			}
			return
		}
		if r.Action != ir.Translate || r.To.HasAddr() && !r.To.Addr.Contains(end.Addr()) {
			return
		}
		if r.To.Local && !slices.Contains(c.scene.paths(end.Addr(), end.Port()), ir.In) {
			return // lands on the firewall, which is not the mail server
		}
		for i := range r.Boxes {
			if d, ok := throughDoor(&r.Boxes[i], r.To, end); ok {
				out = append(out, d)
			}
		}
	})
	return out
}

// strayDoor is what a rule takes in that may send packets anywhere; of
// conditions that it does not have, the end itself stands for all.
func strayDoor(b *ir.Box, end netip.AddrPort) doorway {
	d := doorway{
		dst:   []netipx.IPRange{netipx.IPRangeFrom(end.Addr(), end.Addr())},
		ports: []ir.PortRange{{Lo: end.Port(), Hi: end.Port()}},
	}
	if b.Dst != nil && !b.Dst.Not && len(b.Dst.Ranges) > 0 {
		d.dst = b.Dst.Ranges
	}
	if b.DPort != nil && !b.DPort.Not && len(b.DPort.Ranges) > 0 {
		d.ports = b.DPort.Ranges
	}
	return d
}

func throughDoor(b *ir.Box, to ir.Translation, end netip.AddrPort) (d doorway, ok bool) {
	d.moved = to.HasAddr()
	if b.Dst != nil && !b.Dst.Not {
		d.dst = b.Dst.Ranges
	}
	if !to.HasAddr() && !to.Local { // the address stays
		if b.Dst != nil && !inSet(b.Dst, end.Addr()) {
			return d, false
		}
		d.dst = []netipx.IPRange{netipx.IPRangeFrom(end.Addr(), end.Addr())}
	}
	if !to.HasPort() {
		d.ports = []ir.PortRange{{Lo: end.Port(), Hi: end.Port()}}
		return d, b.DPort == nil || portIn(b.DPort, end.Port())
	}
	if b.DPort != nil && !b.DPort.Not {
		d.ports = b.DPort.Ranges
	}
	return d, to.Port.Lo <= end.Port() && end.Port() <= to.Port.Hi
}
