package panos_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestToInterface has a destination translation for packets that would leave
// by one interface: the routes of the file say which those are.
func TestToInterface(t *testing.T) {
	base := ft.Sample(t, "mail.set")
	const by = "set rulebase nat rules \"mail in\" to-interface "
	const gone = "set network virtual-router default routing-table ip static-route internet destination 0.0.0.0/0\n"
	const twoWays = "set network virtual-router default routing-table ip static-route other interface ethernet1/4\n" +
		"set network virtual-router default routing-table ip static-route other destination "
	for name, c := range map[string]struct {
		text string
		want firewall.Answer // of mail in; disproven where the rule does not translate
	}{
		"connected":              {base + by + "ethernet1/1\n", firewall.Proven},
		"any":                    {base + by + "any\n", firewall.Proven},
		"no default route":       {strings.Replace(base, gone, "", 1) + by + "ethernet1/1\n", firewall.Proven},
		"by a route":             {strings.Replace(base, "203.0.113.2/28", "203.0.113.2/30", 1) + by + "ethernet1/1\n", firewall.Proven},
		"another":                {base + by + "ethernet1/2\n", firewall.CannotTell},
		"not in the file":        {base + by + "ethernet1/9\n", firewall.CannotTell},
		"a longer route":         {base + twoWays + "203.0.113.4/31\n" + by + "ethernet1/4\n", firewall.Proven},
		"away by a longer route": {base + twoWays + "203.0.113.4/31\n" + by + "ethernet1/1\n", firewall.CannotTell},
		"two ways":               {base + twoWays + "203.0.113.0/28\n" + by + "ethernet1/1\n", firewall.CannotTell},
		"into nothing": {base + "set network virtual-router default routing-table ip static-route none nexthop discard\n" +
			"set network virtual-router default routing-table ip static-route none destination 203.0.113.5/32\n" + by + "ethernet1/1\n", firewall.CannotTell},
		"two routers": {base + "set network virtual-router second interface ethernet1/4\n" + by + "ethernet1/1\n", firewall.CannotTell},
		"forwarded by policy": {base + by + "ethernet1/1\nset rulebase pbf rules way from zone untrust\nset rulebase pbf rules way source any\n" +
			"set rulebase pbf rules way destination any\nset rulebase pbf rules way action forward egress-interface ethernet1/4\n", firewall.CannotTell},
	} {
		r := check(t, c.text)
		for _, q := range r.Requirements {
			if strings.Contains(q.Label, "in") && q.Verdict != c.want {
				t.Errorf("%s: %s is %s, want %s\n%s", name, q.Range, q.Verdict, c.want, r.Text())
				break
			}
		}
	}
	app := strings.Replace(base, "gateway-in application any", "gateway-in application smtp", 1) + by + "ethernet1/1\n"
	r := check(t, app)
	if r.Verdict != firewall.CannotTell || ft.FirstLine(r) != ft.LineOf(t, app, "rules gateway-in from", 1) || !strings.Contains(r.Text(), "App-ID") {
		t.Errorf("the rule by application is what is open, came line %d\n%s", ft.FirstLine(r), r.Text())
	}
}

// TestToInterfaceBothWays has the same of a translation that goes both ways.
func TestToInterfaceBothWays(t *testing.T) {
	base := ft.Sample(t, "mail.set")
	both := base[:strings.Index(base, "set rulebase nat")] + `set rulebase nat rules both to untrust
set rulebase nat rules both from dmz
set rulebase nat rules both to-interface ethernet1/1
set rulebase nat rules both source exchange
set rulebase nat rules both destination any
set rulebase nat rules both service any
set rulebase nat rules both source-translation static-ip translated-address exchange-public
set rulebase nat rules both source-translation static-ip bi-directional yes
` + base[strings.Index(base, "set rulebase security"):]
	if r := check(t, both); r.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	if r := check(t, strings.Replace(both, "to-interface ethernet1/1", "to-interface ethernet1/3", 1)); r.Verdict == firewall.Proven {
		t.Errorf("a way that the packets do not take: %s\n%s", r.Summary, r.Text())
	}
}
