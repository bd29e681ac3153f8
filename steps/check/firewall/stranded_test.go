package firewall

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check"
)

// fortiEdge is a firewall at the internet's edge that translates mail by a
// virtual IP, where dst is what the policy for it names.
func fortiEdge(dst, status string) string {
	return `config system interface
    edit "wan1"
        set ip 203.0.113.2 255.255.255.224
        set role wan
    next
    edit "internal"
        set ip 10.20.30.1 255.255.255.0
        set role lan
    next
end
config firewall address
    edit "EXCH01"
        set subnet 10.20.30.25 255.255.255.255
    next
end
config firewall vip
    edit "VIP-SMTP"
        set extip 203.0.113.25
        set mappedip "10.20.30.25"
        set extintf "wan1"
    next
end
config firewall policy
    edit 12
        set srcintf "wan1"
        set dstintf "internal"
        set action accept
        set srcaddr "all"
        set dstaddr "` + dst + `"
        set schedule "always"
        set service "ALL"
        set status ` + status + `
    next
    edit 14
        set srcintf "internal"
        set dstintf "wan1"
        set action accept
        set srcaddr "EXCH01"
        set dstaddr "all"
        set schedule "always"
        set service "ALL"
        set nat enable
    next
end
config router static
    edit 1
        set gateway 203.0.113.1
        set device "wan1"
    next
end
`
}

// TestNoTranslationInForce: rules that would let mail in prove nothing while no
// translation takes it to the server, and no rule is suggested for an address
// that lies on the side of the internet.
func TestNoTranslationInForce(t *testing.T) {
	for _, c := range []struct {
		name, text, server string
		want               Answer
		says               string
	}{
		{"as it should be", fortiEdge("VIP-SMTP", "enable"), "203.0.113.25", Proven, ""},
		{"as it should be, from within", fortiEdge("VIP-SMTP", "enable"), "10.20.30.25", Proven, ""},
		{"its policy is off", fortiEdge("VIP-SMTP", "disable"), "203.0.113.25", CannotTell, "no translation in force leads from it"},
		{"its policy is off, from within", fortiEdge("VIP-SMTP", "disable"), "10.20.30.25", Disproven, "no translation in force leads to it from 203.0.113.2"},
		{"the policy names the server", fortiEdge("EXCH01", "enable"), "203.0.113.25", CannotTell, "no translation in force leads from it"},
		{"the policy names the server, from within", fortiEdge("EXCH01", "enable"), "10.20.30.25", CannotTell, "no translation in force leads to it from 203.0.113.2"},
		{"another port alone is translated", strings.Replace(fortiEdge("VIP-SMTP", "enable"), "        set extintf", "        set portforward enable\n        set extport 443\n        set mappedport 443\n        set extintf", 1), "10.20.30.25", Disproven, "no translation in force leads to it from 203.0.113.2"},
		{"another edge before it", strings.Replace(fortiEdge("EXCH01", "enable"), "set ip 203.0.113.2 ", "set ip 192.168.1.2 ", 1), "10.20.30.25", Proven, ""},
	} {
		opt := CheckOptions{Region: "au", Ranges: seedRanges(), Servers: []netip.Addr{netip.MustParseAddr(c.server)}}
		r := check1(t, c.text, opt)
		if r.Verdict != c.want {
			t.Errorf("%s: %s, want %s\n%s", c.name, r.Verdict, c.want, r.Text())
		}
		if !strings.Contains(r.Text(), c.says) {
			t.Errorf("%s: nothing says %q\n%s", c.name, c.says, r.Text())
		}
		for _, q := range r.Requirements {
			for _, g := range q.Gaps {
				if c.server == "203.0.113.25" && g.Fix.Copy != "" {
					t.Errorf("%s: rules for an address outside:\n%s", c.name, g.Fix.Copy)
				}
			}
			if q.Direction == "out" && c.server == "10.20.30.25" && q.Verdict != Proven {
				t.Errorf("%s: mail out of the server is %s: %s", c.name, q.Verdict, q.Why)
			}
		}
	}
}

// TestTranslationsOfOthersAlone: a file without addresses of interfaces shows by
// what it translates that it is the internet's edge.
func TestTranslationsOfOthersAlone(t *testing.T) {
	nft := func(dnat string) string {
		return "table ip nat {\n\tchain prerouting {\n\t\ttype nat hook prerouting priority dstnat;\n\t\t" + dnat + "\n\t}\n}\n" +
			"table inet filter {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tct state established,related accept\n" +
			"\t\tip daddr 10.0.0.25 tcp dport { 25, 443 } accept\n\t\tip saddr 10.0.0.25 tcp dport 25 accept\n\t}\n}\n"
	}
	for dnat, want := range map[string]Answer{
		"ip daddr 203.0.113.25 tcp dport { 25, 443 } dnat to 10.0.0.25": Proven,
		"ip daddr 203.0.113.25 tcp dport 443 dnat to 10.0.0.25":         CannotTell,
		"ip daddr 203.0.113.25 tcp dport 25 dnat to 10.0.0.26":          CannotTell,
		"ip daddr 10.9.9.9 tcp dport 443 dnat to 10.0.0.26":             Proven, // within
		"ip daddr 203.0.113.25 tcp dport 2525 dnat to 10.0.0.25:25":     CannotTell,
	} {
		r := check1(t, nft(dnat), CheckOptions{Region: "au", Ranges: seedRanges(), Servers: []netip.Addr{netip.MustParseAddr("10.0.0.25")}})
		if r.Verdict != want || want != Proven && !strings.Contains(r.Text(), "no translation in force leads to it on port 25") {
			t.Errorf("%s: %s, want %s\n%s", dnat, r.Verdict, want, r.Text())
		}
	}
}

// TestAPublicAddressTranslatedForOtherPorts: a rule for mail to the address
// itself proves nothing, where the firewall translates it for other ports alone.
func TestAPublicAddressTranslatedForOtherPorts(t *testing.T) {
	nft := func(port string) string {
		return "table ip nat {\n\tchain prerouting {\n\t\ttype nat hook prerouting priority dstnat;\n\t\tip daddr 203.0.113.25 tcp dport " + port + " dnat to 10.0.0.25\n\t}\n}\n" +
			"table inet filter {\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tct state established,related accept\n" +
			"\t\tip daddr { 10.0.0.25, 203.0.113.25 } tcp dport { 25, 443 } accept\n\t\tip saddr { 10.0.0.25, 203.0.113.25 } tcp dport 25 accept\n\t}\n}\n"
	}
	for port, want := range map[string]Answer{"25": Proven, "{ 25, 443 }": Proven, "443": CannotTell} {
		r := check1(t, nft(port), options())
		if r.Verdict != want || want != Proven && !strings.Contains(r.Text(), "line 4 translates other connections to 203.0.113.25") {
			t.Errorf("%s: %s\n%s", port, r.Verdict, r.Text())
		}
	}
}

// TestTheFirewallsOwnAddressUntranslated: mail to it ends at the firewall.
func TestTheFirewallsOwnAddressUntranslated(t *testing.T) {
	opt := CheckOptions{Region: "au", Ranges: seedRanges(), Servers: []netip.Addr{netip.MustParseAddr("203.0.113.2")}, Lockdown: true}
	r := check1(t, fortiEdge("EXCH01", "enable"), opt)
	if r.Verdict == Proven || r.Lockdown.Verdict != CannotTell || !strings.Contains(r.Text(), "no translation in force leads from it") {
		t.Errorf("%s, lock-down %s\n%s", r.Verdict, r.Lockdown.Verdict, r.Text())
	}
}

// TestNoTranslationIsAFindingOfItsOwn: one for all ranges, that says what to do
// and offers no rule.
func TestNoTranslationIsAFindingOfItsOwn(t *testing.T) {
	in := moveInput(fortiEdge("EXCH01", "enable"))
	in.MailServers = []string{"10.20.30.25"}
	r := run(t, OpenCheck(nil), in)
	if r.Outcome != check.Unknown {
		t.Errorf("%s: %s", r.Outcome, r.Summary)
	}
	n := 0
	for _, f := range r.Findings {
		if f.Code == "FW-OPEN.untranslated" {
			n++
			if f.Severity != check.Risk || f.Copy != "" || !strings.Contains(string(f.Do), "put it in force") || !strings.Contains(string(f.Saw), "203.0.113.2") {
				t.Errorf("%+v", f)
			}
		}
	}
	if n != 1 {
		t.Errorf("%d findings: %s", n, codes(r))
	}
	shut := strings.Replace(fortiEdge("EXCH01", "enable"), "set srcaddr \"all\"", "set srcaddr \"EXCH01\"", 1)
	in = moveInput(shut)
	in.MailServers, in.Phase = []string{"10.20.30.25"}, check.After
	if r := run(t, LockCheck(), in); r.Outcome == check.Pass {
		t.Errorf("lock-down passes where nothing comes in: %s", r.Summary)
	}
}
