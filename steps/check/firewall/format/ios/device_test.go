package ios_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// one is a router before a mail server.
const one = `version 15.7
hostname edge
interface GigabitEthernet0/0
 ip address 203.0.113.2 255.255.255.0
 ip access-group IN in
interface GigabitEthernet0/1
 ip address 198.51.100.1 255.255.255.0
ip route 0.0.0.0 0.0.0.0 203.0.113.1
ip access-list extended IN
 permit tcp 103.13.69.0 0.0.0.255 host 198.51.100.25 eq smtp
 permit tcp 124.47.150.0 0.0.0.255 host 198.51.100.25 eq smtp
 permit tcp any host 198.51.100.25 established
 deny ip any any
end
`

// TestTwoRouters: the configurations of two routers in one file are not read as
// one.
func TestTwoRouters(t *testing.T) {
	opt := ft.Options("198.51.100.25")
	if r := ft.Check(t, one, opt); r.Verdict != firewall.Proven {
		t.Fatalf("%s\n%s", r.Summary, r.Text())
	}
	open := strings.NewReplacer("edge", "branch", "permit tcp 103", "permit tcp any any eq smtp\n permit tcp 103").Replace(one)
	bare := strings.NewReplacer("version 15.7\n", "", "hostname edge\n", "", "hostname branch\n", "")
	for name, text := range map[string]string{
		"two exports": one + open,
		"no versions": strings.ReplaceAll(one+open, "version 15.7\n", ""),
		"the prompts": "edge#show running-config\n" + bare.Replace(one) + "branch#show running-config\n" + bare.Replace(open),
	} {
		if r := ft.Check(t, text, opt); r.Verdict != firewall.CannotTell || r.Lockdown.Verdict != firewall.CannotTell || !strings.Contains(r.Text(), "another device") {
			t.Errorf("%s: %s, %s\n%s", name, r.Summary, r.Lockdown.Verdict, r.Text())
		}
	}
}

// TestShutDown: nothing passes an interface that is shut down.
func TestShutDown(t *testing.T) {
	for _, name := range []string{"0/0", "0/1"} {
		text := strings.Replace(one, "GigabitEthernet"+name+"\n", "GigabitEthernet"+name+"\n shutdown\n", 1)
		r := ft.Check(t, text, ft.Options("198.51.100.25"))
		if r.Verdict != firewall.Disproven || ft.FirstLine(r) != ft.LineOf(t, text, "shutdown", 1) || r.Lockdown.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s", name, r.Summary, r.Text())
		}
		up := strings.Replace(text, " shutdown\n", " shutdown\n no shutdown\n", 1)
		if r := ft.Check(t, up, ft.Options("198.51.100.25")); r.Verdict != firewall.Proven {
			t.Errorf("%s, on again: %s", name, r.Summary)
		}
	}
}

// TestRoutingTables: whether packets get from one VRF to another is not told.
func TestRoutingTables(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want firewall.Answer
	}{
		"the server's is another":   {strings.Replace(one, "GigabitEthernet0/1\n", "GigabitEthernet0/1\n ip vrf forwarding X\n", 1), firewall.CannotTell},
		"the internet's is another": {strings.Replace(one, "GigabitEthernet0/0\n", "GigabitEthernet0/0\n vrf forwarding X\n", 1), firewall.CannotTell},
		"both are in one":           {strings.NewReplacer("GigabitEthernet0/0\n", "GigabitEthernet0/0\n vrf forwarding X\n", "GigabitEthernet0/1\n", "GigabitEthernet0/1\n vrf forwarding X\n").Replace(one), firewall.Proven},
		"a third is in another":     {strings.Replace(one, "ip route", "interface GigabitEthernet0/2\n vrf forwarding X\n ip address 192.168.9.1 255.255.255.0\nip route", 1), firewall.Proven},
	} {
		if r := ft.Check(t, c.text, ft.Options("198.51.100.25")); r.Verdict != c.want || r.Lockdown.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s", name, r.Summary, r.Text())
		}
	}
}

// TestNothingFiltersIPv6: a router with IPv6 addresses and no list for them is
// told to be open over IPv6.
func TestNothingFiltersIPv6(t *testing.T) {
	six := strings.NewReplacer("GigabitEthernet0/0\n", "GigabitEthernet0/0\n ipv6 address 2001:db8:1::2/64\n", "GigabitEthernet0/1\n", "GigabitEthernet0/1\n ipv6 address 2001:db8:2::1/64\n").Replace(one)
	const note = "Over IPv6"
	if r := ft.Check(t, six, ft.Options("198.51.100.25")); !strings.Contains(strings.Join(r.Notes, "\n"), note) {
		t.Errorf("not told: %q", r.Notes)
	}
	shut := strings.Replace(six, " ipv6 address 2001:db8:1::2/64\n", " ipv6 address 2001:db8:1::2/64\n ipv6 traffic-filter IN6 in\n", 1) +
		"ipv6 access-list IN6\n permit tcp any any established\n deny ipv6 any any\n"
	for name, text := range map[string]string{"no IPv6": one, "refused": shut} {
		if r := ft.Check(t, text, ft.Options("198.51.100.25")); strings.Contains(strings.Join(r.Notes, "\n"), note) {
			t.Errorf("%s: %q", name, r.Notes)
		}
	}
}
