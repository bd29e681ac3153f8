package firewall_test

import (
	"net/netip"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/ir"
)

// TestNoSourceIsNotEverybody: a flow whose ends have no addresses of a family
// in common opens nothing in that family. Every writer is asked for such a flow
// alone, before one that is whole, and before a refusal.
func TestNoSourceIsNotEverybody(t *testing.T) {
	v4, v6 := ft.Prefixes("103.13.69.0/24"), ft.Prefixes("2001:db8:9::/48")
	in4, in6 := ft.Prefixes("10.0.0.25/32"), ft.Prefixes("2001:db8:1::25/128")
	flow := func(family ir.Family, src, dst []netip.Prefix, change ...func(*format.Flow)) format.Flow {
		f := format.Flow{In: true, Proto: "tcp", Port: 25, Family: family, Src: src, Dst: dst, Label: "mxodus mail in 25"}
		for _, c := range change {
			c(&f)
		}
		return f
	}
	deny := func(f *format.Flow) { f.Deny, f.Src, f.Label = true, nil, "mxodus lock-down" }
	out := func(f *format.Flow) { f.In, f.Src, f.Dst = false, f.Dst, f.Src }
	both := append(append([]netip.Prefix{}, in4...), in6...)
	for name, flows := range map[string][]format.Flow{
		"sources of the other family":       {flow(ir.V6, v4, in6)},
		"destinations of the other family":  {flow(ir.V4, v4, in6)},
		"neither":                           {flow(ir.V6, v4, in4)},
		"both families, sources of one":     {flow(ir.Any, v4, both)},
		"both families, sources of another": {flow(ir.Any, v6, both)},
		"after one that is whole":           {flow(ir.V4, v4, in4), flow(ir.V6, v4, in6), flow(ir.V6, nil, in6, deny)},
		"outwards":                          {flow(ir.V6, v4, in6, out), flow(ir.V4, v6, in4, out)},
	} {
		for _, id := range firewall.WrittenFormats() {
			x, _ := firewall.FormatByID(id)
			s, err := x.Write(format.Job{Flows: flows, Host: x.Host, Outside: "wan", Inside: "lan"})
			if err != nil || s.Text == "" {
				continue // nothing to write
			}
			for _, ends := range [][2]string{{"192.88.99.9", "10.0.0.25"}, {"2620:0:2d0:200::9", "2001:db8:1::25"}, {"10.0.0.25", "192.88.99.9"}, {"2001:db8:1::25", "2620:0:2d0:200::9"}} {
				for _, dir := range []string{"in", "out", "fwd"} {
					if _, err := firewall.Read("", []byte(s.Text), id); err != nil {
						continue // no rules
					}
					probe := firewall.Probe{Dir: dir, InIf: "wan", OutIf: "lan", Src: ends[0], Dst: ends[1], Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(25)}
					other := probe // for a port that is not asked about: what the vendor lets through by itself
					other.DPort = ft.Port(26)
					got, usual := ft.Ask(t, id, s.Text, probe), ft.Ask(t, id, s.Text, other)
					if got.Verdict == "permit" && (usual.Verdict != "permit" || usual.Line != got.Line) {
						t.Errorf("%s, %s: %s from %s to %s by line %d:\n%s", id, name, dir, ends[0], ends[1], got.Line, s.Text)
					}
				}
			}
		}
	}
}
