package engine_test

import (
	"net/netip"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

// TestSharedLongSets asks rules that share a set of many ranges, as source and
// as destination, and holds every part against the packets in it.
func TestSharedLongSets(t *testing.T) {
	long := &ir.Addrs{}
	for i := range 300 {
		a := netip.AddrFrom4([4]byte{10, byte(i / 100), byte(2 * (i % 100)), 0})
		b := netip.AddrFrom4([4]byte{10, byte(i / 100), byte(2 * (i % 100)), 99})
		long.Ranges = append(long.Ranges, netipx.IPRangeFrom(a, b))
	}
	but := &ir.Addrs{Ranges: long.Ranges, Not: true}
	half := &ir.Addrs{Ranges: []netipx.IPRange{netipx.MustParseIPRange("10.0.0.50-10.1.20.20")}}
	all := netipx.MustParseIPRange("0.0.0.0-255.255.255.255")
	p := &ir.Program{Family: ir.V4, Chains: []ir.Chain{{
		Name: "c",
		Rules: []ir.Rule{
			{Boxes: []ir.Box{{Src: half, Dst: long}}, Action: ir.Deny, At: ir.At{Line: 1}},
			{Boxes: []ir.Box{{Src: long}}, Action: ir.Accept, At: ir.At{Line: 2}},
			{Boxes: []ir.Box{{Src: half}, {Src: but, Dst: half}}, Action: ir.Accept, At: ir.At{Line: 3}},
			{Boxes: []ir.Box{{Src: long, Dst: but}}, Action: ir.Accept, At: ir.At{Line: 4}},
		},
		Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Deny},
	}}, Through: []ir.Gate{{Chain: 0}}}
	e := engine.New(p)
	for _, dst := range []string{"10.0.0.7", "10.0.1.7", "10.1.0.7", "192.0.2.1"} {
		d := netip.MustParseAddr(dst)
		one := netipx.IPRangeFrom(d, d)
		for _, wide := range []bool{false, true} {
			q := engine.Query{Dir: ir.Forward, Src: []netipx.IPRange{all}, Dst: []netipx.IPRange{one}, Protos: []uint8{47}, WideDst: wide}
			if wide {
				q.Src, q.Dst = q.Dst, q.Src
			}
			parts, err := e.Ask(q)
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range parts {
				for _, r := range part.Set.Ranges() {
					for _, a := range []netip.Addr{r.From(), r.To()} {
						pkt := interp.Packet{Dir: ir.Forward, In: part.In, Out: part.Out, Src: a, Dst: part.Other.From(), Proto: 47}
						if wide {
							pkt.Src, pkt.Dst = part.Other.From(), a
						}
						if v := interp.Walk(p, pkt); v.Permit != (part.Outcome == engine.Permit) || v.Deny != (part.Outcome == engine.Deny) {
							t.Fatalf("%s to %s: %s by sets, %+v packet by packet", pkt.Src, pkt.Dst, part.Outcome, v)
						}
					}
				}
			}
		}
	}
}
