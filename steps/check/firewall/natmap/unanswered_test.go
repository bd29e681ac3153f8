package natmap

import (
	"net/netip"
	"strings"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

func TestUnanswered(t *testing.T) {
	one := func(s string) *ir.Addrs {
		return &ir.Addrs{Ranges: []netipx.IPRange{netipx.IPRangeFrom(netip.MustParseAddr(s), netip.MustParseAddr(s))}}
	}
	to := ir.Translation{Addr: netipx.IPRangeFrom(netip.MustParseAddr("10.0.0.25"), netip.MustParseAddr("10.0.0.25"))}
	on := func(n uint16) *ir.Ports { return &ir.Ports{Ranges: []ir.PortRange{{Lo: n, Hi: n}}} }
	for name, c := range map[string]struct {
		rule  ir.Rule
		known string
		want  bool
	}{
		"in the network":   {ir.Rule{Boxes: []ir.Box{{Dst: one("203.0.113.25")}}, Action: ir.Translate, To: to}, "", true},
		"its mail":         {ir.Rule{Boxes: []ir.Box{{Dst: one("203.0.113.25"), DPort: on(25)}}, Action: ir.Translate, To: to}, "", true},
		"another port":     {ir.Rule{Boxes: []ir.Box{{Dst: one("203.0.113.25"), DPort: on(443)}}, Action: ir.Translate, To: to}, "", false},
		"answered":         {ir.Rule{Boxes: []ir.Box{{Dst: one("203.0.113.25")}}, Action: ir.Translate, To: to}, "203.0.113.25", false},
		"own":              {ir.Rule{Boxes: []ir.Box{{Dst: one("203.0.113.2")}}, Action: ir.Translate, To: to}, "", false},
		"routed":           {ir.Rule{Boxes: []ir.Box{{Dst: one("192.0.2.25")}}, Action: ir.Translate, To: to}, "", false},
		"elsewhere":        {ir.Rule{Boxes: []ir.Box{{Dst: one("198.51.100.25")}}, Action: ir.Translate, To: to}, "", false},
		"inside":           {ir.Rule{Boxes: []ir.Box{{Dst: one("9.9.9.9")}}, Action: ir.Translate, To: to}, "", false},
		"perhaps":          {ir.Rule{Boxes: []ir.Box{{Dst: one("203.0.113.25"), Maybe: []string{"x"}}}, Action: ir.Translate, To: to}, "", false},
		"no translation":   {ir.Rule{Boxes: []ir.Box{{Dst: one("203.0.113.25")}}, Action: ir.Accept}, "", false},
		"of the port only": {ir.Rule{Boxes: []ir.Box{{Dst: one("203.0.113.25")}}, Action: ir.Translate}, "", false},
	} {
		c.rule.At.Line = 7
		set := &ir.Ruleset{
			Ifaces: []ir.Iface{
				{Name: "wan", Addrs: []netip.Addr{netip.MustParseAddr("203.0.113.2")}, Outer: ir.Yes, Nets: []netip.Prefix{netip.MustParsePrefix("203.0.113.0/24"), netip.MustParsePrefix("192.0.2.0/24")}},
				{Name: "lan", Addrs: []netip.Addr{netip.MustParseAddr("9.9.9.1")}, Outer: ir.No, Nets: []netip.Prefix{netip.MustParsePrefix("9.9.9.0/24")}},
			},
			Programs: []*ir.Program{{Chains: []ir.Chain{{Rules: []ir.Rule{c.rule}}}, Arrive: []ir.Gate{{NAT: true}}}},
		}
		at, a, on, found := Unanswered(set, func(a netip.Addr) bool { return a.String() == c.known })
		if found != c.want || found && (at.Line != 7 || a.String() != "203.0.113.25" || on != "wan") {
			t.Errorf("%s: %v %v %q %v", name, at, a, on, found)
		}
		if c.known == "" {
			notes := strings.Join(UnansweredNote(set), "\n")
			if found != strings.HasPrefix(notes, "Line 7 translates 203.0.113.25, which lies in the network of wan ") || !found && notes != "" {
				t.Errorf("%s: %q", name, notes)
			}
		}
	}
}
