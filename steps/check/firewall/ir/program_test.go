package ir_test

import (
	"testing"

	"mxodus/steps/check/firewall/ir"
)

func TestNamed(t *testing.T) {
	four, six := &ir.Program{Family: ir.V4}, &ir.Program{Family: ir.V6}
	for _, c := range []struct {
		programs []*ir.Program
		want     string
	}{{nil, "a dump"}, {[]*ir.Program{six}, "a dump, IPv6"}, {[]*ir.Program{four, six}, "a dump, IPv4 and IPv6"}} {
		if got := (&ir.Ruleset{Programs: c.programs}).Named("a dump"); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}
