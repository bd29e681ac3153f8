package natmap

import (
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

func TestEach(t *testing.T) {
	r := netipx.MustParseIPRange
	for _, c := range []struct {
		was, to string
		rules   int
		last    string
	}{
		{"203.0.113.0-203.0.113.3", "10.0.0.4-10.0.0.7", 4, "10.0.0.7"},
		{"203.0.113.0-203.0.113.255", "10.0.0.0-10.0.0.255", 256, "10.0.0.255"},
		{"203.0.113.0-203.0.113.3", "10.0.0.4-10.0.0.8", 1, "10.0.0.8"},
		{"203.0.112.0-203.0.113.255", "10.0.0.0-10.0.1.255", 1, "10.0.1.255"},
		{"203.0.113.0-203.0.113.3", "10.0.0.4-10.0.0.4", 1, "10.0.0.4"},
		{"203.0.113.9-203.0.113.9", "10.0.0.4-10.0.0.4", 1, "10.0.0.4"},
	} {
		x := ir.Rule{Boxes: ir.Always(), To: ir.Translation{Addr: r(c.to)}}
		got := Each(x, r(c.was), r(c.to))
		if len(got) != c.rules || got[len(got)-1].To.Addr.To().String() != c.last {
			t.Errorf("%s to %s: %d rules, the last to %s", c.was, c.to, len(got), got[len(got)-1].To.Addr)
		}
	}
	narrow := ir.Rule{Boxes: []ir.Box{{Dst: &ir.Addrs{Ranges: []netipx.IPRange{r("203.0.113.1-203.0.113.2")}}}}}
	if got := Each(narrow, r("203.0.113.0-203.0.113.3"), r("10.0.0.0-10.0.0.3")); len(got) != 2 || got[0].To.Addr.From().String() != "10.0.0.1" {
		t.Errorf("a rule for two of four: %+v", got)
	}
}
