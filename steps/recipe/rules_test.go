package recipe

import (
	"net/netip"
	"strings"
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
			Servers: []netip.Addr{server}, Directory: []netip.Addr{directory}, Needs: f.PortNeeds(""), Lockdown: true, Whole: true,
		})
		if err != nil {
			t.Fatalf("%s: %v\n%s", r.ID, err, s.Text)
		}
		if rep.Verdict != firewall.Proven || len(rep.Leaks) > 0 {
			t.Errorf("%s: %s, %s, %d leaks", r.ID, rep.Verdict, rep.Summary, len(rep.Leaks))
		}
	}
}

// TestRuleTablePairsOneFamily: no row joins addresses of two families, and what
// no row can be written for is said in its place.
func TestRuleTablePairsOneFamily(t *testing.T) {
	f := factsOf(onPrem, map[string]string{steps.QInbound: "203.0.113.25\n2001:db8::25", "rv.method": "directory_ldap"})
	s, ok := RuleTable(f, f.Target.Prefixes())
	if !ok || !strings.Contains(string(s.Text), ",203.0.113.25,25\n") {
		t.Fatalf("no rules:\n%s", s.Text)
	}
	for _, l := range strings.Split(string(s.Text), "\n") {
		cells := strings.Split(l, ",")
		if len(cells) == 6 && cells[0] == "allow" && strings.Contains(cells[3], ":") != strings.Contains(cells[4], ":") {
			t.Errorf("of two families: %s", l)
		}
	}
	if !strings.Contains(string(s.Text), ": add the rows for the address of the directory server") {
		t.Errorf("nothing about the directory, which is not answered:\n%s", s.Text)
	}
}
