package firewall

import (
	"net/netip"
	"testing"
)

// elsewhere are files with a rule that packets of this mail go past on another
// way: by another interface, to the host itself, or with another address.
var elsewhere = map[string]string{
	"ufw, a rule for what is routed": `Status: active
Default: deny (incoming), allow (outgoing), deny (routed)

To                         Action      From
--                         ------      ----
25/tcp                     ALLOW IN    103.13.69.0/24
10.0.0.25 25/tcp on eth2   ALLOW FWD   103.13.69.0/24 on eth0
`,
	"ASA, a rule for the address before translation": `ASA Version 9.16(4)
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
interface GigabitEthernet0/1
 nameif dmz
 security-level 50
 ip address 10.0.0.1 255.255.255.0
object network mail
 host 10.0.0.25
access-list in extended permit tcp 103.13.69.0 255.255.255.0 host 203.0.113.25 eq smtp
access-list in extended deny ip any any
object network mail
 nat (dmz,outside) static 203.0.113.25
access-group in in interface outside
route outside 0.0.0.0 0.0.0.0 203.0.113.1 1
`,
}

// TestPassedByIsNotShadowed holds that a rule is said never to be reached for
// what comes before it alone, not for what decides on another way.
func TestPassedByIsNotShadowed(t *testing.T) {
	for name, text := range elsewhere {
		for _, server := range []string{"10.0.0.25", "203.0.113.25"} {
			opt := options()
			opt.Servers = []netip.Addr{netip.MustParseAddr(server)}
			if r := check1(t, text, opt); len(r.Dead) > 0 {
				t.Errorf("%s, %s: %s", name, server, r.Dead[0].Words())
			}
		}
	}
}
