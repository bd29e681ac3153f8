package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

// TestTwoWaysAreBothLookedAt holds that where a file leaves open whether the
// server is the host of its rules or lies behind it, what is open on one way
// alone is neither called open nor shut.
func TestTwoWaysAreBothLookedAt(t *testing.T) {
	text := `Status: active
Default: deny (incoming), allow (outgoing), deny (routed)

To                         Action      From
--                         ------      ----
10.0.0.25 25/tcp           ALLOW IN    103.13.69.0/24
10.0.0.25 25/tcp           ALLOW IN    124.47.150.0/24
10.0.0.25 25/tcp on eth2   ALLOW FWD   103.13.69.0/24 on eth0
`
	opt := options()
	opt.Servers, opt.Needs = []netip.Addr{netip.MustParseAddr("10.0.0.25")}, NeedsFor([]uint16{25})
	r := check1(t, text, opt)
	want := map[string]Answer{"103.13.69.0/24": Proven, "124.47.150.0/24": CannotTell}
	for _, q := range r.Requirements {
		if q.Direction != "in" {
			continue
		}
		if q.Verdict != want[q.Range] {
			t.Errorf("%s: %s, want %s\n%s", q.Range, q.Verdict, want[q.Range], r.Text())
		}
		for _, g := range q.Gaps {
			if !strings.Contains(g.Fix.Text, "--path") || g.Fix.Copy != "" || !strings.HasPrefix(g.By.Why, "cannot be told") {
				t.Errorf("%s: %q because %q", q.Range, g.Fix.Text, g.By.Why)
			}
		}
	}
	for path, verdict := range map[string]Answer{"in": Proven, "fwd": Disproven} {
		opt.Path = path
		for _, q := range check1(t, text, opt).Requirements {
			if q.Direction == "in" && q.Range == "124.47.150.0/24" && q.Verdict != verdict {
				t.Errorf("--path %s: %s, want %s", path, q.Verdict, verdict)
			}
		}
	}
}
