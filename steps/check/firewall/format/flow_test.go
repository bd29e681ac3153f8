package format

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check/firewall/ir"
)

func nets(text string) []netip.Prefix {
	var out []netip.Prefix
	for _, w := range strings.Fields(text) {
		out = append(out, netip.MustParsePrefix(w))
	}
	return out
}

func TestFlowOfFamily(t *testing.T) {
	for _, c := range []struct {
		src, dst string
		of, ask  ir.Family
		want     string
	}{
		{"", "", ir.Any, ir.V6, "[] [] true"},
		{"", "", ir.V4, ir.V6, "[] [] false"},
		{"192.0.2.9/24 2001:db8::/32", "10.0.0.25/32", ir.Any, ir.V4, "[192.0.2.0/24] [10.0.0.25/32] true"},
		{"192.0.2.0/24 2001:db8::/32", "10.0.0.25/32", ir.Any, ir.V6, "[2001:db8::/32] [] false"},
		{"192.0.2.0/24", "", ir.Any, ir.V6, "[] [] false"},
		{"192.0.2.0/24", "", ir.V4, ir.V4, "[192.0.2.0/24] [] true"},
		{"", "10.0.0.25/32", ir.V6, ir.V4, "[] [10.0.0.25/32] false"},
	} {
		src, dst, ok := Flow{Src: nets(c.src), Dst: nets(c.dst), Family: c.of}.Of(c.ask)
		if got := fmt.Sprint(src, dst, ok); got != c.want {
			t.Errorf("%q to %q, asked for %v: %s, want %s", c.src, c.dst, c.ask, got, c.want)
		}
	}
}

func TestPairs(t *testing.T) {
	for _, c := range []struct{ src, dst, want string }{
		{"", "", "[{invalid Prefix invalid Prefix}]"},
		{"192.0.2.0/24", "", "[{192.0.2.0/24 invalid Prefix}]"},
		{"10.0.0.1/32 10.0.0.2/32", "10.0.0.3/32", "[{10.0.0.1/32 10.0.0.3/32} {10.0.0.2/32 10.0.0.3/32}]"},
	} {
		if got := fmt.Sprint(Pairs(nets(c.src), nets(c.dst))); got != c.want {
			t.Errorf("%q to %q: %s, want %s", c.src, c.dst, got, c.want)
		}
	}
}

func TestPublic(t *testing.T) {
	one := netip.MustParseAddr
	j := Job{Translate: []Translation{
		{Public: one("203.0.113.25"), Inside: one("10.0.0.25"), PublicPort: 25, Port: 25},
		{Public: one("203.0.113.26"), Inside: one("10.0.0.25"), PublicPort: 2525, Port: 25},
		{Public: one("203.0.113.27"), Inside: one("10.0.0.27"), PublicPort: 25, Port: 25},
		{Public: one("203.0.113.28"), Inside: one("10.0.0.28"), PublicPort: 443, Port: 443},
	}}
	for _, c := range []struct {
		dst  string
		port uint16
		want string
	}{
		{"", 25, "[{[] 25}]"},
		{"10.0.0.25/32", 25, "[{[203.0.113.25/32] 25} {[203.0.113.26/32] 2525}]"},
		{"10.0.0.25/32 10.0.0.27/32", 25, "[{[203.0.113.25/32 203.0.113.27/32] 25} {[203.0.113.26/32] 2525}]"},
		{"10.0.0.24/31", 25, "[{[203.0.113.25/32] 25} {[203.0.113.26/32] 2525}]"},
		{"10.0.0.28/32", 25, "[{[10.0.0.28/32] 25}]"},
		{"10.0.0.28/32 10.0.0.27/32", 25, "[{[10.0.0.28/32 203.0.113.27/32] 25}]"},
		{"10.0.0.28/32", 443, "[{[203.0.113.28/32] 443}]"},
	} {
		if got := fmt.Sprint(j.Public(nets(c.dst), c.port)); got != c.want {
			t.Errorf("%s port %d: %s, want %s", c.dst, c.port, got, c.want)
		}
	}
}

func TestShort(t *testing.T) {
	for _, c := range [][2]string{{"192.0.2.9/32", "192.0.2.9"}, {"192.0.2.0/24", "192.0.2.0/24"}, {"2001:db8::1/128", "2001:db8::1"}, {"0.0.0.0/0", "0.0.0.0/0"}} {
		if got := Short(netip.MustParsePrefix(c[0])); got != c[1] {
			t.Errorf("%s: %s, want %s", c[0], got, c[1])
		}
	}
}

func TestComment(t *testing.T) {
	for _, c := range []struct {
		label string
		n     int
		want  string
	}{
		{"mxodus mail in", 100, "mxodus mail in"},
		{"mail  in", 100, "mxodus mail in"},
		{"", 100, "mxodus"},
		{"mxodus \"a\"\n'b' ü`c`", 100, "mxodus a b `c`"},
		{"mxodus mail in", 9, "mxodus ma"},
	} {
		if got := Comment(c.label, `"'`, c.n); got != c.want {
			t.Errorf("%q: %q, want %q", c.label, got, c.want)
		}
	}
}
