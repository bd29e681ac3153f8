package format_test

import (
	"net/netip"
	"testing"

	"mxodus/steps/check/firewall/format"
)

func TestListNumber(t *testing.T) {
	list := func(all ...string) []netip.Prefix {
		var out []netip.Prefix
		for _, s := range all {
			out = append(out, netip.MustParsePrefix(s))
		}
		return out
	}
	a, b := format.ListNumber("in", list("103.13.69.0/24", "124.47.150.0/24")), format.ListNumber("in", list("103.13.69.0/24", "124.47.189.0/24"))
	switch {
	case a == b:
		t.Errorf("two lists have one number, %d", a)
	case a != format.ListNumber("in", list("103.13.69.9/24", "124.47.150.1/24")):
		t.Error("one list has two numbers")
	case a == format.ListNumber("out", list("103.13.69.0/24", "124.47.150.0/24")):
		t.Error("lists for two ends have one number")
	case a < 1000 || a > 9999 || b < 1000 || b > 9999:
		t.Errorf("%d, %d: not of four digits", a, b)
	}
}
