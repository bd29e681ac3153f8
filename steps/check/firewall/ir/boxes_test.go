package ir_test

import (
	"slices"
	"testing"

	"mxodus/steps/check/firewall/ir"
)

func onPort(n uint16) func(*ir.Box) {
	return func(b *ir.Box) { b.DPort = &ir.Ports{Ranges: []ir.PortRange{{Lo: n, Hi: n}}} }
}

func TestBoxes(t *testing.T) {
	list := ir.Boxes(ir.Always())
	list.Perhaps("a")
	list.Either(onPort(25), onPort(587))
	list.Either(func(b *ir.Box) { b.Perhaps("b") }, func(b *ir.Box) { b.Perhaps("c") })
	list.Perhaps("a")
	list.Each(func(b *ir.Box) { b.Reply = ir.No })
	want := []struct {
		port  uint16
		maybe []string
	}{{25, []string{"a", "b"}}, {25, []string{"a", "c"}}, {587, []string{"a", "b"}}, {587, []string{"a", "c"}}}
	if len(list) != len(want) {
		t.Fatalf("%d boxes, want %d", len(list), len(want))
	}
	for i, w := range want {
		if b := list[i]; b.DPort.Ranges[0].Lo != w.port || !slices.Equal(b.Maybe, w.maybe) || b.Reply != ir.No {
			t.Errorf("box %d: %+v, want port %d, %q", i, b, w.port, w.maybe)
		}
	}
	if list.Either(); len(list) != 0 {
		t.Errorf("%d boxes of no alternative", len(list))
	}
}

// TestPerhapsIsOfOneBox: a copy does not get the reasons of the other.
func TestPerhapsIsOfOneBox(t *testing.T) {
	a := ir.Box{Maybe: make([]string, 1, 4)}
	b := a
	a.Perhaps("a")
	b.Perhaps("b")
	if a.Maybe[1] != "a" || b.Maybe[1] != "b" {
		t.Errorf("%q and %q", a.Maybe, b.Maybe)
	}
}
