package engine_test

import (
	"net/netip"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

func hosts(s string) *ir.Addrs {
	return &ir.Addrs{Ranges: []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix(s))}}
}

func end(a ir.Action) ir.Rule { return ir.Rule{Boxes: ir.Always(), Action: a} }

// twoNAT translates 198.51.100.1 at its first gate and 198.51.100.0/30 at its
// second; to 10.0.0.1 and 10.0.0.2, the second of which is let through.
func twoNAT() *ir.Program {
	to := func(dst, a string) ir.Rule {
		addr := netip.MustParseAddr(a)
		return ir.Rule{Boxes: []ir.Box{{Dst: hosts(dst)}}, Action: ir.Translate, To: ir.Translation{Addr: netipx.IPRangeFrom(addr, addr)}}
	}
	return &ir.Program{
		Family: ir.V4,
		Chains: []ir.Chain{
			{Name: "first", Rules: []ir.Rule{to("198.51.100.1/32", "10.0.0.1")}, Policy: end(ir.Accept)},
			{Name: "second", Rules: []ir.Rule{to("198.51.100.0/30", "10.0.0.2")}, Policy: end(ir.Accept)},
			{Name: "through", Rules: []ir.Rule{{Boxes: []ir.Box{{Dst: hosts("10.0.0.2/32")}}, Action: ir.Accept}}, Policy: end(ir.Deny)},
			{Name: "host", Policy: end(ir.Deny)},
		},
		Arrive:  []ir.Gate{{Chain: 0, NAT: true}, {Chain: 1, NAT: true}},
		Through: []ir.Gate{{Chain: 2}},
		Local:   []ir.Gate{{Chain: 3}},
	}
}

// TestTwoTranslatingGates: what the first gate translates the second leaves
// alone; what only the second translates goes where that sends it.
func TestTwoTranslatingGates(t *testing.T) {
	p := twoNAT()
	for dst, want := range map[string]engine.Outcome{
		"198.51.100.1": engine.Deny, "198.51.100.2": engine.Permit, "198.51.100.9": engine.Deny, "10.0.0.2": engine.Deny,
	} {
		a := netip.MustParseAddr(dst)
		src := netip.MustParseAddr("192.0.2.1")
		q := engine.Query{
			Dir: ir.In, Src: []netipx.IPRange{netipx.IPRangeFrom(src, src)}, Dst: []netipx.IPRange{netipx.IPRangeFrom(a, a)},
			Protos: []uint8{ir.TCP}, SPorts: []ir.PortRange{{Lo: 40000, Hi: 40000}}, DPorts: []ir.PortRange{{Lo: 25, Hi: 25}},
		}
		parts, err := engine.New(p).Ask(q)
		if err != nil || len(parts) != 1 || parts[0].Outcome != want {
			t.Errorf("%s: %v %v, want %v", dst, parts, err, want)
		}
		v := interp.Walk(p, interp.Packet{Dir: ir.In, Src: src, Dst: a, Proto: ir.TCP, SPort: 40000, DPort: 25})
		if v.Permit != (want == engine.Permit) || v.Deny == v.Permit {
			t.Errorf("%s: interpreter says %+v, want %v", dst, v, want)
		}
	}
}
