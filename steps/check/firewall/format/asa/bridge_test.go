package asa_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// bridge is a transparent firewall between the router to the internet and the
// network of the mail server.
const bridge = `ASA Version 9.16(4)
firewall transparent
hostname edge
interface GigabitEthernet0/0
 bridge-group 1
 nameif outside
 security-level 0
interface GigabitEthernet0/1
 nameif dmz
 bridge-group 1
 security-level 100
interface BVI1
 ip address 203.0.113.2 255.255.255.0
object-group network PLATFORM
 network-object 103.13.69.0 255.255.255.0
 network-object 124.47.150.0 255.255.255.0
access-list OUT_IN extended permit tcp object-group PLATFORM host 203.0.113.25 eq smtp
access-list OUT_IN extended deny ip any any
access-list DMZ_IN extended permit tcp host 203.0.113.25 object-group PLATFORM eq smtp
access-list DMZ_IN extended deny ip any any
access-group OUT_IN in interface outside
access-group DMZ_IN in interface dmz
route outside 0.0.0.0 0.0.0.0 203.0.113.1
`

func TestTransparent(t *testing.T) {
	third := "interface GigabitEthernet0/2\n nameif lan\n bridge-group 1\n security-level 100\n"
	for name, c := range map[string]struct {
		text string
		want firewall.Answer
	}{
		"routed by its line": {bridge, firewall.Proven},
		"by level":           {strings.Replace(bridge, "route outside 0.0.0.0 0.0.0.0 203.0.113.1\n", "", 1), firewall.Proven},
		"another inside":     {strings.Replace(bridge, "interface BVI1", third+"interface BVI1", 1), firewall.Proven},
		"another port":       {strings.Replace(bridge, "host 203.0.113.25 eq smtp", "host 203.0.113.25 eq www", 1), firewall.Disproven},
		"before 8.4":         {strings.NewReplacer(" bridge-group 1\n", "", "interface BVI1\n ip address", "ip address", "9.16(4)", "8.2(5)").Replace(bridge), firewall.Proven},
	} {
		r := ft.Check(t, c.text, ft.Options("203.0.113.25"))
		if r.Verdict != c.want || r.Lockdown.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s", name, r.Summary, r.Text())
		}
	}
	other := strings.NewReplacer("interface BVI1", "interface GigabitEthernet0/2\n nameif far\n bridge-group 2\n security-level 0\ninterface BVI1").Replace(bridge)
	ask(t, other, [][2]string{
		{"fwd outside>dmz 103.13.69.9 203.0.113.25 tcp 25", "permit 21"},
		{"fwd dmz>far 203.0.113.25 103.13.69.9 tcp 25", "deny 0"},
		{"in outside> 103.13.69.9 203.0.113.2 tcp 25", "deny 0"}, // the ASA's own address
	})
}
