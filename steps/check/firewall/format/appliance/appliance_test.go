package appliance

import (
	"net/netip"
	"testing"

	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

// TestOffers: whether the device takes a connection is open, but on the ports
// of mail and of directories it takes none.
func TestOffers(t *testing.T) {
	rule := Offers("FortiGate")
	if rule.Why != "which services the FortiGate itself offers on this interface" || rule.At.Line != 0 || rule.At.Text == "" {
		t.Errorf("%+v", rule)
	}
	p := &ir.Program{Stateful: true, Local: []ir.Gate{{Stage: "device", Primary: true}}, Chains: []ir.Chain{{
		Name: "device", Rules: []ir.Rule{rule}, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Deny},
	}}}
	for _, c := range []struct {
		proto uint8
		port  uint16
		open  bool
	}{
		{ir.TCP, 25, false},
		{ir.TCP, 587, false},
		{ir.TCP, 636, false},
		{ir.TCP, 3269, false},
		{ir.TCP, 22, true},
		{ir.TCP, 443, true},
		{ir.TCP, 26, true},
		{ir.UDP, 25, true},
		{ir.UDP, 500, true},
		{ir.ICMP, 0, true},
	} {
		got := interp.Walk(p, interp.Packet{
			Dir: ir.In, Src: netip.MustParseAddr("192.0.2.1"), Dst: netip.MustParseAddr("203.0.113.1"), Proto: c.proto, SPort: 40000, DPort: c.port,
		})
		if !got.Deny || got.Permit != c.open {
			t.Errorf("protocol %d, port %d: %+v", c.proto, c.port, got)
		}
	}
}
