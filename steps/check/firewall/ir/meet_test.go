package ir_test

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

// chance makes boxes and packets out of few values, so that they often meet.
type chance struct{ *rand.Rand }

func one[T any](c chance, list ...T) T { return list[c.IntN(len(list))] }

func (c chance) addrs() *ir.Addrs {
	a := &ir.Addrs{Not: c.IntN(3) == 0}
	for range c.IntN(3) {
		a.Ranges = append(a.Ranges, netipx.MustParseIPRange(one(c, "10.0.0.1-10.0.0.2", "10.0.0.2-10.0.0.3", "10.0.0.4-10.0.0.4", "2001:db8::1-2001:db8::1")))
	}
	return a
}

func (c chance) ports() *ir.Ports {
	p := &ir.Ports{Not: c.IntN(3) == 0}
	for range 1 + c.IntN(3) {
		lo := uint16(c.IntN(8))
		p.Ranges = append(p.Ranges, ir.PortRange{Lo: lo, Hi: lo + uint16(c.IntN(4))})
	}
	return p
}

func (c chance) ifaces() *ir.Ifaces {
	return &ir.Ifaces{Patterns: []string{one(c, "eth0", "eth1", "eth+", "wan"), one(c, "eth0", "e+", "eth1+")}, Not: c.IntN(3) == 0}
}

// box has each of its conditions seldom, so that two boxes share one at times.
func (c chance) box() ir.Box {
	var b ir.Box
	for _, set := range []func(){
		func() { b.Src = c.addrs() }, func() { b.Dst = c.addrs() }, func() { b.OrigDst = c.addrs() },
		func() { b.SPort = c.ports() }, func() { b.DPort = c.ports() }, func() { b.OrigDPort = c.ports() },
		func() { b.In = c.ifaces() }, func() { b.Out = c.ifaces() },
		func() {
			b.Proto = &ir.Protos{List: []uint8{one[uint8](c, ir.TCP, ir.UDP), one[uint8](c, ir.TCP, ir.ICMP)}, Not: c.IntN(3) == 0}
		},
		func() {
			b.ICMP = &ir.ICMPTypes{List: []ir.ICMPType{{Type: uint8(c.IntN(3)), CodeHi: one[uint8](c, 0, 255)}}, Not: c.IntN(3) == 0}
		},
		func() {
			mask := uint8(c.IntN(4))
			b.Flags = &ir.FlagCond{Mask: mask, Set: mask & uint8(c.IntN(4)), Not: c.IntN(3) == 0}
		},
		func() { b.SrcLocal = one(c, ir.Yes, ir.No) }, func() { b.DstLocal = one(c, ir.Yes, ir.No) },
		func() { b.State = []ir.StateCond{{Any: one(c, ir.New, ir.Established), Not: c.IntN(3) == 0}} },
		func() { b.Maybe = []string{one(c, "a", "b")} },
	} {
		if c.IntN(5) == 0 {
			set()
		}
	}
	return b
}

func (c chance) packet() interp.Packet {
	addr := func() netip.Addr {
		return netip.MustParseAddr(one(c, "10.0.0.1", "10.0.0.2", "10.0.0.3", "10.0.0.4", "10.0.0.5", "2001:db8::1"))
	}
	return interp.Packet{
		Dir: ir.In, List: "list", In: one(c, "eth0", "eth1", "eth10", "wan"), Out: one(c, "eth0", "eth2", "wan"),
		Src: addr(), Dst: addr(), Proto: one[uint8](c, ir.TCP, ir.UDP, ir.ICMP, 47), ICMPType: uint8(c.IntN(3)),
		SPort: c.port(), DPort: c.port(), Flags: 1 + uint8(c.IntN(3)),
	}
}

func (c chance) port() uint16 { return uint16(c.IntN(12)) }

// meets is 1 where a packet meets a box, -1 where it does not, 0 perhaps.
func meets(b ir.Box, p interp.Packet) int {
	v := interp.Walk(&ir.Program{Chains: []ir.Chain{{
		Name: "list", Rules: []ir.Rule{{Boxes: []ir.Box{b}, Action: ir.Accept}}, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Deny},
	}}}, p)
	switch {
	case v.Permit && v.Deny:
		return 0
	case v.Permit:
		return 1
	}
	return -1
}

// TestMeet asks packets: what meets both boxes meets what Meet makes of them.
func TestMeet(t *testing.T) {
	c := chance{rand.New(rand.NewPCG(1, 2))}
	sure, none, asked := 0, 0, 0
	for range 4000 {
		a, b := c.box(), c.box()
		both, some := ir.Meet(a, b)
		if !some {
			none++
		}
		for range 20 {
			p := c.packet()
			want := min(meets(a, p), meets(b, p))
			got := -1
			if some {
				got = meets(both, p)
			}
			asked++
			switch {
			case got == want:
				sure++
			case got == 0 && len(both.Maybe) > 0: // what boxes cannot say together
			default:
				t.Fatalf("%+v and %+v: %+v is met by %+v: %d, want %d", a, b, both, p, got, want)
			}
		}
	}
	if sure < asked*9/10 || none < 100 {
		t.Errorf("of %d answers %d are as exact as the boxes; %d pairs of boxes have nothing in common", asked, sure, none)
	}
}

func TestMeetSets(t *testing.T) {
	a := &ir.Addrs{Ranges: []netipx.IPRange{netipx.MustParseIPRange("10.0.0.0-10.0.0.9")}}
	if got, ok := ir.MeetAddrs(nil, a); got != a || !ok {
		t.Error("a set is not shared where the other is any address")
	}
	if got, ok := ir.MeetAddrs(a, nil); got != a || !ok {
		t.Error("a set is not shared where the other is any address")
	}
	if got, ok := ir.MeetAddrs(nil, nil); got != nil || !ok {
		t.Error("any address is not any address")
	}
	if _, ok := ir.MeetAddrs(a, &ir.Addrs{Ranges: []netipx.IPRange{{}}}); ok {
		t.Error("a range that is none holds addresses")
	}
	ports := func(not bool, ends ...uint16) *ir.Ports {
		p := &ir.Ports{Not: not}
		for i := 0; i < len(ends); i += 2 {
			p.Ranges = append(p.Ranges, ir.PortRange{Lo: ends[i], Hi: ends[i+1]})
		}
		return p
	}
	for _, x := range []struct{ a, b, want *ir.Ports }{
		{ports(false, 20, 30, 10, 12), ports(false, 11, 25), ports(false, 11, 12, 20, 25)},
		{ports(true, 0, 24, 26, 65535), ports(false, 1, 99), ports(false, 25, 25)},
		{ports(true, 25, 25), ports(true, 0, 10), ports(false, 11, 24, 26, 65535)},
		{ports(false, 1, 2), ports(false, 3, 4), ports(false)},
		{nil, ports(false, 3, 4), ports(false, 3, 4)},
	} {
		got, ok := ir.MeetPorts(x.a, x.b)
		if !slices.Equal(got.Ranges, x.want.Ranges) || got.Not || ok != (len(x.want.Ranges) > 0) {
			t.Errorf("%v and %v: %v %v, want %v", x.a, x.b, got, ok, x.want)
		}
	}
}

func TestMeetAll(t *testing.T) {
	list := func(n int) []ir.Box {
		out := make([]ir.Box, n)
		for i := range out {
			out[i].DPort = &ir.Ports{Ranges: []ir.PortRange{{Lo: uint16(i), Hi: uint16(i)}}}
		}
		return out
	}
	if got, ok := ir.MeetAll(list(3), list(5)); len(got) != 3 || !ok {
		t.Errorf("%d boxes, %v", len(got), ok)
	}
	if _, ok := ir.MeetAll(list(200), list(200)); ok {
		t.Error("40,000 pairs are not too many")
	}
	if got, ok := ir.MeetAll(list(30000), ir.Always()); len(got) != 30000 || !ok {
		t.Error("a long list does not stay as it is")
	}
}

// TestMeetLong narrows long sets by short ones, which may be complements: what
// is left is what lies in both, and the long set itself where all of it does.
func TestMeetLong(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	addr := func() netip.Addr {
		if rng.IntN(4) == 0 {
			return netip.AddrFrom16([16]byte{0x20, 1, 0xd, 0xb8, 15: byte(rng.IntN(256))})
		}
		return netip.AddrFrom4([4]byte{192, 0, 2, byte(rng.IntN(256))})
	}
	list := func(n int) (out []netipx.IPRange) {
		for len(out) < n {
			if r := netipx.IPRangeFrom(addr(), addr()); r.IsValid() {
				out = append(out, r)
			}
		}
		return out
	}
	in := func(a *ir.Addrs, x netip.Addr) bool {
		return slices.ContainsFunc(a.Ranges, func(r netipx.IPRange) bool { return r.Contains(x) }) != a.Not
	}
	for range 300 {
		long, few := &ir.Addrs{Ranges: list(17 + rng.IntN(20))}, &ir.Addrs{Ranges: list(rng.IntN(5)), Not: rng.IntN(2) == 0}
		got, some := ir.MeetAddrs(long, few)
		turned, _ := ir.MeetAddrs(few, long)
		for range 100 {
			x := addr()
			want := in(long, x) && in(few, x)
			if in(got, x) != want || in(turned, x) != want || want && !some {
				t.Fatalf("%v and %v: %s is in %v, want %t", long, few, x, got.Ranges, want)
			}
		}
	}
	long := &ir.Addrs{Ranges: list(20)}
	all := &ir.Addrs{Ranges: []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix("192.0.2.0/23")), netipx.RangeOfPrefix(netip.MustParsePrefix("2001:db8::/32"))}}
	none := &ir.Addrs{Ranges: []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix("198.51.100.0/24"))}, Not: true}
	for _, few := range []*ir.Addrs{all, none} {
		if got, some := ir.MeetAddrs(long, few); got != long || !some {
			t.Errorf("the long set is not shared: %v", got)
		}
	}
}
