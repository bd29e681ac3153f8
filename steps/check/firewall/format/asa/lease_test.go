package asa_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestLeasedAddress: a translation of the address that an interface gets by
// lease takes what is sent to the ASA's own address there, whichever that is.
func TestLeasedAddress(t *testing.T) {
	lease := func(how string) *strings.Replacer {
		return strings.NewReplacer(
			"ip address 203.0.113.2 255.255.255.0", "ip address "+how,
			"route outside 0.0.0.0 0.0.0.0 203.0.113.1\n", "",
			"nat (dmz,outside) static 203.0.113.25", "nat (dmz,outside) static interface service tcp smtp smtp")
	}
	for name, text := range map[string]string{
		"dhcp":  lease("dhcp setroute").Replace(edge),
		"pppoe": lease("pppoe setroute").Replace(edge),
		"twice NAT": strings.NewReplacer(" nat (dmz,outside) static interface service tcp smtp smtp",
			"object service SMTP\n service tcp source eq smtp\nnat (dmz,outside) source static EXCH interface service SMTP SMTP").Replace(lease("dhcp setroute").Replace(edge)),
		"from outside": strings.NewReplacer(" nat (dmz,outside) static interface service tcp smtp smtp",
			"object service SMTP\n service tcp destination eq smtp\nnat (outside,dmz) source static any any destination static interface EXCH service SMTP SMTP").Replace(lease("dhcp setroute").Replace(edge)),
		"before 8.3": strings.NewReplacer("Version 9.16(4)", "Version 8.2(5)", "host 10.0.0.25 eq", "any eq", "object network EXCH\n host 10.0.0.25\n", "",
			" nat (dmz,outside) static interface service tcp smtp smtp", "static (dmz,outside) tcp interface smtp 10.0.0.25 smtp netmask 255.255.255.255").Replace(lease("dhcp setroute").Replace(edge)),
	} {
		for _, server := range []string{"203.0.113.25", "10.0.0.25"} {
			r := ft.Check(t, text, ft.Options(server))
			if r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
				t.Errorf("%s, %s: %s\n%s", name, server, r.Summary, r.Text())
			}
		}
		last := fmt.Sprintf("deny %d", ft.LineOf(t, text, "OUT_IN extended deny", 1))
		six := last
		if name == "before 8.3" {
			six = "deny 0" // its lists are of IPv4
		}
		ask(t, text, [][2]string{
			{"in outside> 8.8.8.8 203.0.113.25 tcp 25", last},
			{"in outside>dmz 2001:db8::9 2001:db8:1::25 tcp 25", six},
		})
	}
	static := strings.Replace(edge, "static 203.0.113.25", "static interface service tcp smtp smtp", 1)
	ask(t, static, [][2]string{
		{"in outside> 103.13.69.9 203.0.113.2 tcp 25", "permit 15"},
		{"in outside> 103.13.69.9 203.0.113.25 tcp 25", "deny 16"},
	})
}
