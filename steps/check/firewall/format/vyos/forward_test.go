package vyos_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// forwards is an EdgeOS router with port forwards: 25 and 443 for the mail
// server, 8000 to 8002 for another host.
func forwards(auto, wanIn string) string {
	return `set firewall name WAN_IN default-action drop
set firewall name WAN_IN rule 10 action accept
set firewall name WAN_IN rule 10 state established enable
set firewall name WAN_IN rule 10 state related enable
` + wanIn + `set interfaces ethernet eth0 address 203.0.113.2/29
set interfaces ethernet eth0 firewall in name WAN_IN
set interfaces ethernet eth1 address 10.0.0.1/24
set port-forward auto-firewall ` + auto + `
set port-forward hairpin-nat disable
set port-forward lan-interface eth1
set port-forward rule 1 description smtp
set port-forward rule 1 forward-to address 10.0.0.25
set port-forward rule 1 forward-to port 25
set port-forward rule 1 original-port 25
set port-forward rule 1 protocol tcp
set port-forward rule 2 forward-to address 10.0.0.30
set port-forward rule 2 original-port 8000-8002
set port-forward rule 2 protocol tcp_udp
set port-forward wan-interface eth0
set service nat rule 5010 outbound-interface eth0
set service nat rule 5010 type masquerade
set system gateway-address 203.0.113.1
`
}

const mimecastIn = `set firewall name WAN_IN rule 30 action accept
set firewall name WAN_IN rule 30 protocol tcp
set firewall name WAN_IN rule 30 destination address 10.0.0.25
set firewall name WAN_IN rule 30 destination port 25
set firewall name WAN_IN rule 30 source group network-group MIMECAST
set firewall group network-group MIMECAST network 103.13.69.0/24
set firewall group network-group MIMECAST network 124.47.150.0/24
`

// TestAutoFirewall holds packets against port forwards, which with auto-firewall
// let in from everybody before any ruleset is asked.
func TestAutoFirewall(t *testing.T) {
	stranger := []ft.Change{ft.From("198.51.100.9"), ft.To("203.0.113.2")}
	with := func(more ...ft.Change) firewall.Probe { return mail(append(stranger[:2:2], more...)...) }
	zones := "set zone-policy zone WAN interface eth0\nset zone-policy zone LAN interface eth1\nset zone-policy zone LAN default-action drop\nset zone-policy zone WAN default-action drop\n"
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
	}{
		{"enabled", forwards("enable", mimecastIn), with(), "permit", 18},
		{"enabled, no rule of the ruleset", forwards("enable", ""), with(), "permit", 11},
		{"disabled", forwards("disable", mimecastIn), with(), "deny", 1},
		{"disabled, who the ruleset lets in", forwards("disable", mimecastIn), mail(ft.To("203.0.113.2")), "permit", 5},
		{"no auto-firewall", strings.Replace(forwards("enable", ""), "set port-forward auto-firewall enable\n", "", 1), with(), "deny", 1},
		{"a disabled forward", forwards("enable", "") + "set port-forward rule 1 disable\n", with(), "deny", 5},
		{"another port", forwards("enable", ""), with(ft.DPort(26)), "deny", 5},
		{"a forward that keeps the port", forwards("enable", ""), with(ft.DPort(8001)), "permit", 16},
		{"not by the WAN interface", forwards("enable", "") + "set interfaces ethernet eth2 firewall in name WAN_IN\n", mail(ft.Via("eth2", "eth1")), "deny", 1},
		{"the inside address itself", forwards("enable", ""), with(ft.To("10.0.0.25")), "permit", 11},
		{"before zones", forwards("enable", "") + zones, with(), "permit", 11},
		{"zones, disabled", strings.Replace(forwards("disable", ""), "default-action drop", "default-action accept", 1) + zones, with(), "deny", 25},
		{"before service nat", forwards("enable", "") + "set service nat rule 1 destination address 203.0.113.2\nset service nat rule 1 inbound-interface eth0\nset service nat rule 1 inside-address address 10.0.0.99\nset service nat rule 1 type destination\n", with(), "permit", 11},
	} {
		t.Run(c.name, func(t *testing.T) {
			ft.Expect(t, ft.Ask(t, id, c.text, c.p), c.want, c.line, "")
		})
	}
}

// TestCloseForward carries out what is said about a leak by auto-firewall.
func TestCloseForward(t *testing.T) {
	for _, own := range []string{mimecastIn, ""} {
		text := forwards("enable", own)
		rep := ft.Check(t, text, ft.Options("203.0.113.2"))
		if rep.Verdict != firewall.Disproven || rep.Lockdown.Verdict != firewall.Disproven || len(rep.Requirements) == 0 {
			t.Fatalf("%s and %s, want a leak\n%s", rep.Verdict, rep.Lockdown.Verdict, rep.Text())
		}
		leak := rep.Lockdown.Leaks[0]
		if !strings.Contains(leak.Fix.Text, "auto-firewall") || !strings.HasPrefix(leak.Fix.Copy, "set port-forward auto-firewall disable") {
			t.Fatalf("%s\n%s", leak.Fix.Text, leak.Fix.Copy)
		}
		after := text + leak.Fix.Copy + "\n"
		rep = ft.Check(t, after, ft.Options("203.0.113.2"))
		if rep.Verdict != firewall.Proven || rep.Lockdown.Verdict != firewall.Proven {
			t.Errorf("after it: %s and %s\n%s", rep.Verdict, rep.Lockdown.Verdict, rep.Text())
		}
		ft.Expect(t, ft.Ask(t, id, after, mail(ft.From("198.51.100.9"), ft.To("203.0.113.2"), ft.DPort(8002))), "permit", 0, "")
		ft.Expect(t, ft.Ask(t, id, after, mail(ft.From("198.51.100.9"), ft.To("203.0.113.2"))), "deny", 0, "")
	}
	crowded := forwards("enable", "set firewall name WAN_IN rule 1 action accept\nset firewall name WAN_IN rule 1 protocol udp\n")
	rep := ft.Check(t, crowded, ft.Options("203.0.113.2"))
	if fix := rep.Lockdown.Leaks[0].Fix; fix.Copy != "" || !strings.Contains(fix.Text, "auto-firewall disable") || !strings.Contains(fix.Text, "WAN_IN") {
		t.Errorf("%s\n%s", fix.Text, fix.Copy)
	}
}

// TestBuiltinGroups holds packets against the groups that EdgeOS makes for each
// interface.
func TestBuiltinGroups(t *testing.T) {
	nat := func(group string) string {
		return "set service nat rule 1 destination group address-group " + group + "\nset service nat rule 1 destination port 25\nset service nat rule 1 inbound-interface eth0\n" +
			"set service nat rule 1 inside-address address 10.0.0.25\nset service nat rule 1 protocol tcp\nset service nat rule 1 type destination\n" +
			"set firewall name WAN_IN default-action drop\nset firewall name WAN_IN rule 10 action accept\nset firewall name WAN_IN rule 10 destination address 10.0.0.25\nset interfaces ethernet eth0 firewall in name WAN_IN\n"
	}
	const (
		one = "set interfaces ethernet eth0 address 203.0.113.2/29\n"
		two = one + "set interfaces ethernet eth0 address 203.0.113.3/29\n"
		lan = "set interfaces ethernet eth1 address 10.0.0.1/24\n"
	)
	allow := func(what string) string { return rules("rule 10 action accept", "rule 10 "+what) }
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want, why  string
	}{
		{"own address", nat("ADDRv4_eth0") + one, mail(ft.To("203.0.113.2")), "permit", ""},
		{"another address", nat("ADDRv4_eth0") + one, mail(ft.To("203.0.113.4")), "deny", ""},
		{"the first of two", nat("ADDRv4_eth0") + two, mail(ft.To("203.0.113.2")), "permit", ""},
		{"the second of two", nat("ADDRv4_eth0") + two, mail(ft.To("203.0.113.3")), "unknown", "every address"},
		{"by DHCP", nat("ADDRv4_eth0") + "set interfaces ethernet eth0 address dhcp\n", mail(ft.To("203.0.113.9")), "permit", ""},
		{"of an interface that is not there", nat("ADDRv4_eth9") + one, mail(ft.To("203.0.113.2")), "unknown", "eth9"},
		{"by DHCP, to others from inside", strings.Replace(nat("ADDRv4_eth0"), "set service nat rule 1 inbound-interface eth0\n", "", 1) + "set interfaces ethernet eth0 address dhcp\n", mail(ft.Via("eth1", "eth0"), ft.To("103.13.69.7")), "permit", ""},
		{"by DHCP, as a condition of a rule", allow("destination group address-group ADDRv4_eth0") + "set interfaces ethernet eth0 address dhcp\n", mail(), "unknown", "ADDRv4_eth0"},
		{"the network", allow("destination group network-group NETv4_eth1") + lan, mail(), "permit", ""},
		{"the network, as an address group", allow("destination group address-group NETv4_eth1") + lan, mail(), "permit", ""},
		{"not the network", allow("destination group address-group !NETv4_eth1") + lan, mail(), "deny", ""},
		{"one's own of that name", allow("destination group address-group ADDRv4_eth0") + one + "set firewall group address-group ADDRv4_eth0 address 10.0.0.25\n", mail(), "permit", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ft.Expect(t, ft.Ask(t, id, c.text, c.p), c.want, 0, c.why)
		})
	}
}

// TestVRRP: a router has the addresses that it shares with another.
func TestVRRP(t *testing.T) {
	const (
		base  = "set interfaces ethernet eth0 address 203.0.113.2/29\nset interfaces ethernet eth1 address 10.0.0.1/24\n"
		group = "set high-availability vrrp group WAN interface eth0\nset high-availability vrrp group WAN vrid 10\nset high-availability vrrp group WAN address 203.0.113.5/29\n"
		edge  = "set interfaces ethernet eth0 vrrp vrrp-group 10 virtual-address 203.0.113.5\n"
		nat   = "set nat destination rule 1 destination address 203.0.113.5\nset nat destination rule 1 translation address 10.0.0.25\n"
	)
	open := rules("rule 10 action accept")
	for _, c := range []struct {
		name, text, want string
		line             int
	}{
		{"a group", open + base + group, "deny", 7},
		{"a group, before 1.4", open + base + strings.Replace(group, "WAN address 203.0.113.5/29", "WAN virtual-address 203.0.113.5", 1), "deny", 7},
		{"within an interface", open + base + edge, "deny", 5},
		{"translated", open + base + group + nat, "permit", 2},
		{"disabled", open + base + group + "set high-availability vrrp group WAN disable\n", "permit", 2},
		{"all disabled", open + base + group + "set high-availability disable\n", "permit", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			ft.Expect(t, ft.Ask(t, id, c.text, mail(ft.To("203.0.113.5"))), c.want, c.line, "")
		})
	}
	// The group of an interface's own addresses does not hold what it shares.
	text := forwards("enable", "") + edge
	ft.Expect(t, ft.Ask(t, id, text, mail(ft.To("203.0.113.2"))), "permit", 11, "")
}
