package sends

import (
	"net/netip"
	"strings"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

func set(list ...string) *ir.Addrs {
	a := &ir.Addrs{}
	for _, s := range list {
		a.Ranges = append(a.Ranges, netipx.RangeOfPrefix(netip.MustParsePrefix(s)))
	}
	return a
}

func ports(lo, hi uint16) *ir.Ports { return &ir.Ports{Ranges: []ir.PortRange{{Lo: lo, Hi: hi}}} }

// TestNotes: a host is told of whose port 25 alone is sent on, and whose own
// connections nothing translates.
func TestNotes(t *testing.T) {
	to := func(s string) ir.Translation {
		a := netip.MustParseAddr(s)
		return ir.Translation{Addr: netipx.IPRangeFrom(a, a)}
	}
	dnat := func(b ir.Box, host string) ir.Rule {
		return ir.Rule{Action: ir.Translate, Boxes: []ir.Box{b}, To: to(host), At: ir.At{Line: 7}}
	}
	mail := ir.Box{Dst: set("203.0.113.25/32"), DPort: ports(25, 25)}
	snat := func(b ir.Box) *ir.Rule { return &ir.Rule{Action: ir.Accept, SNAT: true, Boxes: []ir.Box{b}} }
	not := set("10.0.0.25/32")
	not.Not = true
	for _, c := range []struct {
		name string
		dnat ir.Rule
		snat *ir.Rule
		want string
	}{
		{"nothing hides it", dnat(mail, "10.0.0.25"), nil, "Line 7 sends port 25 of 203.0.113.25 on to 10.0.0.25"},
		{"an address that is not known", dnat(ir.Box{DPort: ports(25, 25)}, "10.0.0.25"), nil, "sends port 25 on to 10.0.0.25"},
		{"another is hidden", dnat(mail, "10.0.0.25"), snat(ir.Box{Src: set("10.0.1.0/24")}), "no line translates"},
		{"it is excepted", dnat(mail, "10.0.0.25"), snat(ir.Box{Src: not}), "no line translates"},
		{"hidden towards the inside alone", dnat(mail, "10.0.0.25"), snat(ir.Box{Dst: set("10.0.0.0/8")}), "no line translates"},
		{"hidden on other ports alone", dnat(mail, "10.0.0.25"), snat(ir.Box{DPort: ports(443, 443)}), "no line translates"},
		{"hidden over UDP alone", dnat(mail, "10.0.0.25"), snat(ir.Box{Proto: &ir.Protos{List: []uint8{ir.UDP}}}), "no line translates"},
		{"hidden", dnat(mail, "10.0.0.25"), snat(ir.Box{Src: set("10.0.0.0/8"), Out: &ir.Ifaces{Patterns: []string{"em0"}}}), ""},
		{"all are hidden", dnat(mail, "10.0.0.25"), snat(ir.Box{}), ""},
		{"hidden perhaps", dnat(mail, "10.0.0.25"), snat(ir.Box{Src: set("10.0.1.0/24"), Maybe: []string{"what it depends on"}}), ""},
		{"one to one", dnat(ir.Box{Dst: set("203.0.113.25/32")}, "10.0.0.25"), nil, ""},
		{"another port", dnat(ir.Box{Dst: set("203.0.113.25/32"), DPort: ports(443, 443)}, "10.0.0.25"), nil, ""},
		{"a public host", dnat(mail, "198.51.100.25"), nil, ""},
		{"from inside alone", dnat(ir.Box{Src: set("10.0.0.0/8"), DPort: ports(25, 25)}, "10.0.0.25"), nil, ""},
	} {
		p := &ir.Program{Chains: []ir.Chain{{Rules: []ir.Rule{c.dnat}}}}
		if c.snat != nil {
			p.Chains = append(p.Chains, ir.Chain{Rules: []ir.Rule{*c.snat}})
		}
		got := strings.Join(Notes(p, nil), " ")
		if (c.want == "") != (got == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
		if got := Notes(p, func(netip.Addr) bool { return true }); got != nil {
			t.Errorf("%s, known: %q", c.name, got)
		}
	}
}
