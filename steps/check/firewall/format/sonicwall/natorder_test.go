package sonicwall_test

import (
	"strings"
	"testing"
)

const natBlock = `nat-policy ipv4 inbound any outbound any destination name "Mail public" translated-destination name Exchange service group "Mail services"`

// policy is a NAT policy whose priority is left to the device.
func policy(inbound, src, service, to string) string {
	return `nat-policy ipv4 inbound ` + inbound + ` outbound any
    name more
    enable
    inbound ` + inbound + `
    outbound any
    source ` + src + `
    translated-source original
    destination name "Mail public"
    translated-destination ` + to + `
    service ` + service + `
    translated-service original
    priority auto
    exit

`
}

// TestOrderOfPolicies holds that where the device orders NAT policies the more
// particular comes first, that two which do the same leave nothing open, and
// that what neither tells stays open.
func TestOrderOfPolicies(t *testing.T) {
	auto := strings.Replace(site(t), "priority manual 1\n    comment \"mail and webmail\"", "priority auto", 1)
	if auto == site(t) {
		t.Fatal("the sample has changed")
	}
	elsewhere := "host 203.0.113.2" // the firewall itself, which has nothing on port 25
	for name, c := range map[string]struct{ more, want string }{
		"for hosts inside, to the same":      {policy("any", "host 10.10.0.9", "any", "name Exchange"), "permit"},
		"for everybody, to the same":         {policy("any", "any", "any", "name Exchange"), "permit"},
		"for hosts inside, elsewhere":        {policy("any", "network 10.10.0.0 255.255.255.0", "any", elsewhere), "permit"},
		"less particular, elsewhere":         {policy("any", "any", "any", elsewhere), "permit"},
		"as particular, elsewhere":           {policy("any", "network 103.13.0.0 255.255.0.0", "any", elsewhere), "unknown"},
		"more particular by its interface":   {policy("X1", "any", `group "Mail services"`, "name Unknown"), "unknown"},
		"as particular by another interface": {policy("X9", "any", `group "Mail services"`, elsewhere), "permit"},
	} {
		// behind the policy that is there, and before it
		for _, text := range []string{strings.Replace(auto, "\naccess-rule", "\n"+c.more+"access-rule", 1), strings.Replace(auto, natBlock, c.more+natBlock, 1)} {
			if got := eval(t, text, public("103.13.69.9", 25))[0]; got.Verdict != c.want {
				t.Errorf("%s: %+v, want %s", name, got, c.want)
			}
		}
	}
}

// TestSettingOfUsers holds that what becomes of hosts that did not sign in is
// nothing to a rule for all users.
func TestSettingOfUsers(t *testing.T) {
	text := strings.Replace(site(t), "access-rule ipv4 from WAN to DMZ action deny", "access-rule ipv4 from WAN to DMZ action deny", 1)
	text = strings.ReplaceAll(text, "\n    enable\n", "\n    enable\n    redirect-unauthenticated-users-to-log-in\n    no block-traffic-for-single-sign-on\n")
	if got := eval(t, text, public("103.13.69.9", 25))[0]; got.Verdict != "permit" {
		t.Errorf("%+v", got)
	}
}
