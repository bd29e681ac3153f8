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
	host := &ir.Ruleset{Stands: ir.In}
	has := &ir.Ruleset{Stands: ir.In, Ifaces: []ir.Iface{{Addrs: []netip.Addr{netip.MustParseAddr("203.0.113.25")}}}}
	for name, c := range map[string]struct {
		job  Job
		want string
	}{
		"no file":                {Job{Host: true, Flows: in("203.0.113.25/32")}, ""},
		"public, outwards":       {Job{Set: host, Flows: []Flow{{Src: at("203.0.113.25/32"), Dst: at("103.13.69.0/24")}}}, "203.0.113.25"},
		"public, of a file":      {Job{Set: host, Flows: in("203.0.113.25/32")}, "203.0.113.25"},
		"its own":                {Job{Host: true, Set: has, Flows: in("203.0.113.25/32")}, ""},
		"another than its own":   {Job{Host: true, Set: has, Flows: in("203.0.113.26/32")}, "203.0.113.26"},
		"private":                {Job{Set: host, Flows: in("10.0.0.25/32")}, ""},
		"private, IPv6":          {Job{Set: host, Flows: in("fd00::25/128")}, ""},
		"a firewall":             {Job{Flows: in("203.0.113.25/32")}, ""},
		"a firewall with a file": {Job{Set: &ir.Ruleset{Stands: ir.Forward}, Flows: in("203.0.113.25/32")}, ""},
		"any address":            {Job{Set: host, Flows: []Flow{{In: true}}}, ""},
	} {
		got := c.job.NotOwn()
		if (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
			t.Errorf("%s: %q", name, got)
		}
	}
}
