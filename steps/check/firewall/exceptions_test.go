package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

// TestExceptionsTooWide holds that lock-down cannot be proven by excepting
// everybody, and that the exceptions in force are named in the verdict.
func TestExceptionsTooWide(t *testing.T) {
	for _, x := range []struct {
		list string
		fine bool
	}{
		{"0.0.0.0/0", false},
		{"0.0.0.0/1 128.0.0.0/1", false},
		{"53.0.0.0/7", false},
		{"53.0.0.0/8 9.0.0.0/9", false},
		{"2000::/3", false},
		{"2a00::/16 2b00::/17", false},
		{"53.0.0.0/8", true},
		{"53.0.0.0/8 53.1.0.0/16", true},
		{"10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 fc00::/7 198.51.100.7/32", true},
		{"2a00::/16", true},
		{"", true},
	} {
		var list []netip.Prefix
		for _, s := range strings.Fields(x.list) {
			list = append(list, netip.MustParsePrefix(s).Masked())
		}
		if err := CheckExceptions(list); (err == nil) != x.fine {
			t.Errorf("%s: %v", x.list, err)
		}
		opt := options()
		opt.Lockdown, opt.Exceptions = true, list
		r, err := CheckFile("rules.v4", []byte(filterHead+established+"COMMIT\n"), opt)
		switch {
		case !x.fine && err == nil:
			t.Errorf("%s: checked all the same: %s", x.list, r.Summary)
		case x.fine && err != nil:
			t.Errorf("%s: %v", x.list, err)
		case x.fine && len(list) > 0 && !strings.Contains(r.Summary, "nobody else on the internet but the exceptions you gave: "):
			t.Errorf("%s: %s", x.list, r.Summary)
		}
	}
}
