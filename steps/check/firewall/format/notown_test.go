package format

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check/firewall/ir"
)

// TestNotOwn: a public address that the host is not known to have is told.
func TestNotOwn(t *testing.T) {
	at := func(s string) []netip.Prefix { return []netip.Prefix{netip.MustParsePrefix(s)} }
	in := func(s string) []Flow { return []Flow{{In: true, Src: at("103.13.69.0/24"), Dst: at(s)}} }
	has := &ir.Ruleset{Stands: ir.In, Ifaces: []ir.Iface{{Addrs: []netip.Addr{netip.MustParseAddr("203.0.113.25")}}}}
	for name, c := range map[string]struct {
		job  Job
		want string
	}{
		"public":                 {Job{Host: true, Flows: in("203.0.113.25/32")}, "203.0.113.25"},
		"public, outwards":       {Job{Host: true, Flows: []Flow{{Src: at("203.0.113.25/32"), Dst: at("103.13.69.0/24")}}}, "203.0.113.25"},
		"public, of a file":      {Job{Set: &ir.Ruleset{Stands: ir.In}, Flows: in("203.0.113.25/32")}, "203.0.113.25"},
		"its own":                {Job{Host: true, Set: has, Flows: in("203.0.113.25/32")}, ""},
		"another than its own":   {Job{Host: true, Set: has, Flows: in("203.0.113.26/32")}, "203.0.113.26"},
		"private":                {Job{Host: true, Flows: in("10.0.0.25/32")}, ""},
		"private, IPv6":          {Job{Host: true, Flows: in("fd00::25/128")}, ""},
		"a firewall":             {Job{Flows: in("203.0.113.25/32")}, ""},
		"a firewall with a file": {Job{Set: &ir.Ruleset{Stands: ir.Forward}, Flows: in("203.0.113.25/32")}, ""},
		"any address":            {Job{Host: true, Flows: []Flow{{In: true}}}, ""},
	} {
		got := c.job.NotOwn()
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
