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

// TestSharedLongPorts does the same for rules that share a set of many ports,
// as source and as destination, and its complement.
func TestSharedLongPorts(t *testing.T) {
	long := &ir.Ports{}
	for i := range 200 {
		long.Ranges = append(long.Ranges, ir.PortRange{Lo: uint16(2000 + 20*i), Hi: uint16(2000 + 20*i + 9)})
	}
	but := &ir.Ports{Ranges: long.Ranges, Not: true}
	tcp := &ir.Protos{List: []uint8{ir.TCP}}
	net := func(s string) *ir.Addrs { return &ir.Addrs{Ranges: []netipx.IPRange{netipx.MustParseIPRange(s)}} }
	p := &ir.Program{Family: ir.V4, Chains: []ir.Chain{{
		Name: "c",
		Rules: []ir.Rule{
			{Boxes: []ir.Box{{Src: net("10.0.0.0-10.0.0.9"), Proto: tcp, SPort: long, DPort: long}}, Action: ir.Deny, At: ir.At{Line: 1}},
			{Boxes: []ir.Box{{Src: net("10.0.0.0-10.0.0.255"), DPort: long}}, Action: ir.Accept, At: ir.At{Line: 2}},
			{Boxes: []ir.Box{{Src: net("10.0.1.0-10.0.1.255"), Proto: &ir.Protos{List: []uint8{ir.UDP}, Not: true}, DPort: but}}, Action: ir.Accept, At: ir.At{Line: 3}},
		},
		Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Deny},
	}}, Through: []ir.Gate{{Chain: 0}}}
	e := engine.New(p)
	dst := netip.MustParseAddr("192.0.2.1")
	permitted := 0
	for _, ports := range [][2]uint16{{2005, 2005}, {2005, 2015}, {2015, 5989}, {1999, 1999}, {5990, 5980}, {1, 25}} {
		for _, proto := range []uint8{ir.TCP, ir.UDP} {
			parts, err := e.Ask(engine.Query{
				Dir: ir.Forward, Dst: []netipx.IPRange{netipx.IPRangeFrom(dst, dst)}, Protos: []uint8{proto},
				SPorts: []ir.PortRange{{Lo: ports[0], Hi: ports[0]}}, DPorts: []ir.PortRange{{Lo: ports[1], Hi: ports[1]}},
			})
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range parts {
				for _, r := range part.Set.Ranges() {
					v := interp.Walk(p, interp.Packet{
						Dir: ir.Forward, In: part.In, Out: part.Out, Src: r.From(), Dst: dst, Proto: proto, SPort: ports[0], DPort: ports[1],
					})
					if v.Permit != (part.Outcome == engine.Permit) || v.Deny != (part.Outcome == engine.Deny) {
						t.Fatalf("%s port %d, protocol %d to port %d: %s by sets, %+v packet by packet", r.From(), ports[0], proto, ports[1], part.Outcome, v)
					}
					if v.Permit {
						permitted++
					}
				}
			}
		}
	}
	if permitted == 0 {
		t.Error("nothing was let through")
	}
}
