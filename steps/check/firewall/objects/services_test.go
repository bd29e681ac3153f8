package objects

import (
	"fmt"
	"slices"
	"testing"

	"mxodus/steps/check/firewall/ir"
)

// TestMerged joins destination ports of services that are alike, and of no
// others.
func TestMerged(t *testing.T) {
	port := func(n uint16) ir.PortRange { return ir.PortRange{Lo: n, Hi: n} }
	from := func(s Service, n uint16) Service {
		s.SPort = &ir.Ports{Ranges: []ir.PortRange{port(n)}}
		return s
	}
	not := Port(ir.TCP, port(80))
	not.DPort.Not = true
	perhaps := Port(ir.TCP, port(443))
	perhaps.Maybe = []string{"a schedule"}
	smtp := Port(ir.TCP, port(25))
	list := Services{
		smtp, Port(ir.UDP, port(25)), Port(ir.TCP, port(465), port(587)), from(Port(ir.TCP, port(1)), 20), from(Port(ir.TCP, port(2)), 20),
		from(Port(ir.TCP, port(3)), 21), not, perhaps, Proto(ir.TCP), Port(ir.UDP, port(53)),
	}
	var got []string
	for _, s := range list.Merged() {
		ports := "any"
		if s.DPort != nil {
			ports = fmt.Sprint(s.DPort.Not, s.DPort.Ranges)
		}
		got = append(got, fmt.Sprintf("%v %s %v %v", s.Proto.List, ports, s.SPort != nil, s.Maybe))
	}
	want := []string{
		"[6] false [{25 25} {465 465} {587 587}] false []", "[17] false [{25 25} {53 53}] false []", "[6] false [{1 1} {2 2}] true []",
		"[6] false [{3 3}] true []", "[6] true [{80 80}] false []", "[6] false [{443 443}] false [a schedule]", "[6] any false []",
	}
	for i := range got {
		if i >= len(want) || got[i] != want[i] {
			t.Errorf("%d: %q", i, got[i])
		}
	}
	if len(got) != len(want) || !slices.Equal(smtp.DPort.Ranges, []ir.PortRange{port(25)}) {
		t.Errorf("%d services, the first of them with %v now", len(got), smtp.DPort.Ranges)
	}
}

// TestManyPortsAreOneService: what a group lists entry by entry is one box of a
// rule.
func TestManyPortsAreOneService(t *testing.T) {
	b := NewServices("service group")
	for i := range 10_000 {
		b.Add("many", i, Services{Port(ir.TCP, ir.PortRange{Lo: uint16(i), Hi: uint16(i)})})
	}
	if got := b.Get("many"); len(got) != 1 || len(got[0].DPort.Ranges) != 10_000 {
		t.Errorf("%d services", len(got))
	}
}
