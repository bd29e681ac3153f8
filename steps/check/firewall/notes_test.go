package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

const mikrotikEdge = `# 2026-03-02 09:15:11 by RouterOS 7.16.1
/interface list
add name=WAN
/interface list member
add interface=ether1 list=WAN
/ip address
add address=203.0.113.2/29 interface=ether1 network=203.0.113.0
add address=203.0.113.3/29 interface=ether1 network=203.0.113.0
add address=10.0.0.1/24 interface=ether2 network=10.0.0.0
/ip firewall filter
add action=accept chain=forward connection-state=established,related
add action=accept chain=forward
/ip firewall nat
add action=dst-nat chain=dstnat dst-address=203.0.113.3 dst-port=25 protocol=tcp to-addresses=10.0.0.25
add action=src-nat chain=srcnat src-address=10.0.0.25 to-addresses=203.0.113.3
/ip route
add dst-address=0.0.0.0/0 gateway=203.0.113.1
`

// TestMailThatLeavesWithAPrivateAddress is noted where no translation of sources
// takes it, and a public address that nothing answers for.
func TestMailThatLeavesWithAPrivateAddress(t *testing.T) {
	const private, arp = "leave with that private address", "it arrives"
	for name, c := range map[string]struct {
		text, server  string
		private, lost bool
	}{
		"as it should be":             {mikrotikEdge, "10.0.0.25", false, false},
		"for everybody":               {strings.Replace(mikrotikEdge, "action=src-nat chain=srcnat src-address=10.0.0.25 to-addresses=203.0.113.3", "action=masquerade chain=srcnat out-interface-list=WAN", 1), "10.0.0.25", false, false},
		"another's alone":             {strings.Replace(mikrotikEdge, "src-address=10.0.0.25", "src-address=10.0.0.26", 1), "10.0.0.25", true, false},
		"none":                        {strings.Replace(mikrotikEdge, "add action=src-nat chain=srcnat src-address=10.0.0.25 to-addresses=203.0.113.3\n", "", 1), "10.0.0.25", true, false},
		"asked by the public address": {mikrotikEdge, "203.0.113.3", false, false},
		"on no interface":             {strings.Replace(mikrotikEdge, "add address=203.0.113.3/29 interface=ether1 network=203.0.113.0\n", "", 1), "203.0.113.3", false, true},
		"in a network routed to it":   {strings.NewReplacer("add address=203.0.113.3/29 interface=ether1 network=203.0.113.0\n", "", "203.0.113.3", "198.51.100.3").Replace(mikrotikEdge), "198.51.100.3", false, false},
	} {
		r := check1(t, c.text, CheckOptions{Region: "au", Ranges: seedRanges(), Servers: []netip.Addr{netip.MustParseAddr(c.server)}})
		if got := strings.Contains(r.Text(), private); got != c.private {
			t.Errorf("%s: noted that it leaves with a private address: %v\n%s", name, got, r.Text())
		}
		if got := strings.Contains(r.Text(), arp); got != c.lost {
			t.Errorf("%s: noted that nothing answers: %v\n%s", name, got, r.Text())
		}
	}
}

// TestAnAddressThatNobodyAnswersFor is noted for a firewall of which the file
// does not say that it answers for others, and for none that has the address.
func TestAnAddressThatNobodyAnswersFor(t *testing.T) {
	vyos := "set interfaces ethernet eth0 address '203.0.113.2/27'\nset interfaces ethernet eth1 address '10.0.0.1/24'\n" +
		"set nat destination rule 10 destination address '203.0.113.25'\nset nat destination rule 10 destination port '25'\nset nat destination rule 10 inbound-interface name 'eth0'\n" +
		"set nat destination rule 10 protocol 'tcp'\nset nat destination rule 10 translation address '10.0.0.25'\nset protocols static route 0.0.0.0/0 next-hop 203.0.113.1\n"
	for text, want := range map[string]bool{vyos: true, vyos + "set interfaces ethernet eth0 address '203.0.113.25/27'\n": false} {
		r := check1(t, text, options())
		if got := strings.Contains(r.Text(), "Line 3 translates 203.0.113.25, which lies in the network of eth0"); got != want {
			t.Errorf("noted %v, want %v\n%s", got, want, r.Text())
		}
	}
}

// TestDockersOwnChainIsLeftAlone: what is suggested for a chain that Docker
// writes goes to the one that it leaves to the user.
func TestDockersOwnChainIsLeftAlone(t *testing.T) {
	text := "*nat\n:PREROUTING ACCEPT [0:0]\n:DOCKER - [0:0]\n-A PREROUTING -m addrtype --dst-type LOCAL -j DOCKER\n-A DOCKER ! -i docker0 -p tcp -m tcp --dport 25 -j DNAT --to-destination 172.17.0.2:25\nCOMMIT\n" +
		"*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n:DOCKER - [0:0]\n:DOCKER-USER - [0:0]\n-A FORWARD -j DOCKER-USER\n-A FORWARD -o docker0 -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n" +
		"-A FORWARD -o docker0 -j DOCKER\n-A FORWARD -i docker0 ! -o docker0 -j ACCEPT\n-A DOCKER -d 172.17.0.2/32 ! -i docker0 -o docker0 -p tcp -m tcp --dport 25 -j ACCEPT\n-A DOCKER-USER -j RETURN\nCOMMIT\n"
	for _, user := range []bool{true, false} {
		rules := text
		if !user {
			rules = strings.NewReplacer(":DOCKER-USER - [0:0]\n", "", "-A FORWARD -j DOCKER-USER\n", "", "-A DOCKER-USER -j RETURN\n", "").Replace(text)
		}
		opt := CheckOptions{Region: "au", Ranges: seedRanges(), Servers: []netip.Addr{netip.MustParseAddr("172.17.0.2")}, Lockdown: true}
		r := check1(t, rules, opt)
		if len(r.Leaks) == 0 {
			t.Fatal(r.Text())
		}
		fix := r.Leaks[0].Fix.Copy
		if strings.Contains(fix, "-I DOCKER-USER ") != user || strings.Contains(fix, "-I DOCKER ") == user {
			t.Errorf("with the user's chain %v:\n%s", user, fix)
		}
	}
}
