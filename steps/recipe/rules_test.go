package recipe

import (
	"net/netip"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check/firewall"
	"mxodus/steps/region"
)

// TestRuleTablePassesTheCheck: the rules that are offered are proven right by
// the check that reads rulesets, so the tool never complains about its own
// advice.
func TestRuleTablePassesTheCheck(t *testing.T) {
	server, directory := netip.MustParseAddr("203.0.113.25"), netip.MustParseAddr("203.0.113.30")
	for _, r := range region.All() {
		p := onPrem
		p.Target = r.ID
		f := factsOf(p, map[string]string{steps.QInbound: server.String(), "rv.method": "directory_ldap", "dir.host": "203.0.113.30"})
		s, ok := RuleTable(f, r.Prefixes())
		if !ok {
			if len(r.Prefixes()) > 0 {
				t.Errorf("%s: no rules", r.ID)
			}
			continue
		}
		rep, err := firewall.CheckFile(s.File, []byte(s.Text), firewall.CheckOptions{
			Region: r.Name, Ranges: firewall.RegionRanges(r, region.Region{}),
			Servers: []netip.Addr{server}, Directory: []netip.Addr{directory}, Needs: f.PortNeeds(""), Lockdown: true,
		})
		if err != nil {
			t.Fatalf("%s: %v\n%s", r.ID, err, s.Text)
		}
		if rep.Verdict != firewall.Proven || len(rep.Leaks) > 0 {
			t.Errorf("%s: %s, %s, %d leaks", r.ID, rep.Verdict, rep.Summary, len(rep.Leaks))
		}
	}
}
