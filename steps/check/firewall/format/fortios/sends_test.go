package fortios_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// portForward sends port 25 alone on to a mail server, whose own mail leaves by
// policy 2.
const portForward = `config system interface
    edit "wan1"
        set ip 203.0.113.2 255.255.255.0
        set role wan
    next
    edit "dmz"
        set ip 10.0.0.1 255.255.255.0
        set role dmz
    next
end
config firewall address
    edit "EXCH"
        set subnet 10.0.0.25 255.255.255.255
    next
end
config firewall vip
    edit "MAIL"
        set extip 203.0.113.25
        set mappedip "10.0.0.25"
        set extintf "wan1"
        set portforward enable
        set extport 25
        set mappedport 25
    next
end
config firewall policy
    edit 1
        set srcintf "wan1"
        set dstintf "dmz"
        set action accept
        set srcaddr "all"
        set dstaddr "MAIL"
        set schedule "always"
        set service "ALL"
    next
    edit 2
        set srcintf "dmz"
        set dstintf "wan1"
        set action accept
        set srcaddr "EXCH"
        set dstaddr "all"
        set schedule "always"
        set service "SMTP"
    next
    edit 3
        set srcintf "dmz"
        set dstintf "wan1"
        set action accept
        set srcaddr "all"
        set dstaddr "all"
        set schedule "always"
        set service "HTTPS"
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

// TestSendsPrivately: a policy that does not translate what the mail server
// sends is told, where only a port of its is translated.
func TestSendsPrivately(t *testing.T) {
	two := "        set service \"SMTP\"\n"
	for name, c := range map[string]struct {
		text string
		note string
	}{
		"no NAT":          {portForward, "policy 2 (line 36), by which 10.0.0.25"},
		"leased address":  {strings.NewReplacer("set ip 203.0.113.2 255.255.255.0", "set mode dhcp", "extip 203.0.113.25", "extip 0.0.0.0").Replace(portForward), "port 25 of its own address on to 10.0.0.25, but policy 2"},
		"the next has it": {strings.Replace(portForward, "        set srcaddr \"EXCH\"\n", "        set srcaddr \"EXCH\"\n        set status disable\n", 1), ""},
		"NAT":             {strings.Replace(portForward, two, two+"        set nat enable\n", 1), ""},
		"NAT is off":      {strings.Replace(portForward, two, two+"        set nat disable\n", 1), "policy 2"},
		"one to one":      {strings.Replace(portForward, "        set portforward enable\n        set extport 25\n        set mappedport 25\n", "", 1), ""},
		"another port":    {strings.Replace(portForward, "set extport 25\n        set mappedport 25", "set extport 443\n        set mappedport 443", 1), ""},
		"central NAT":     {"config system settings\n    set central-nat enable\nend\n" + portForward, ""},
		"inner address":   {strings.Replace(portForward, "extip 203.0.113.25", "extip 192.168.9.25", 1), ""},
	} {
		set, err := firewall.Read("fortios", []byte(c.text), "")
		if err != nil {
			t.Fatal(err)
		}
		got := strings.Join(set.Notes, "\n")
		if told := strings.Contains(got, "with that private address"); told != (c.note != "") || !strings.Contains(got, c.note) {
			t.Errorf("%s: want a note of %q\n%s", name, c.note, got)
		}
	}
	if r := ft.Check(t, portForward, ft.Options("203.0.113.25")); !strings.Contains(r.Text(), "set nat enable") {
		t.Error(r.Text())
	}
}

// TestInterfaceDown: nothing passes an interface whose status is down.
func TestInterfaceDown(t *testing.T) {
	closed := strings.NewReplacer("    edit \"EXCH\"\n", "    edit \"A\"\n        set subnet 103.13.69.0 255.255.255.0\n    next\n    edit \"B\"\n        set subnet 124.47.150.0 255.255.255.0\n    next\n    edit \"EXCH\"\n",
		"set srcaddr \"all\"\n        set dstaddr \"MAIL\"", "set srcaddr \"A\" \"B\"\n        set dstaddr \"MAIL\"").Replace(portForward)
	for _, name := range []string{"dmz", "wan1"} {
		text := strings.Replace(closed, "edit \""+name+"\"\n", "edit \""+name+"\"\n        set status down\n", 1)
		r := ft.Check(t, text, ft.Options("203.0.113.25"))
		if r.Verdict != firewall.Disproven || ft.FirstLine(r) != ft.LineOf(t, text, "status down", 1) || r.Lockdown.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s", name, r.Summary, r.Text())
		}
		up := strings.Replace(text, "status down", "status up", 1)
		if r := ft.Check(t, up, ft.Options("203.0.113.25")); r.Verdict != firewall.Proven {
			t.Errorf("%s up: %s\n%s", name, r.Summary, r.Text())
		}
	}
}

// TestAnswersNobody: the FortiGate is told not to answer for a virtual IP.
func TestAnswersNobody(t *testing.T) {
	off := strings.Replace(portForward, "        set extport 25\n", "        set extport 25\n        set arp-reply disable\n", 1)
	again := strings.Replace(off, "config firewall vip\n", "config firewall vip\n    edit \"WEB\"\n        set extip 203.0.113.25\n        set mappedip \"10.0.0.25\"\n        set extintf \"wan1\"\n        set portforward enable\n        set extport 443\n        set mappedport 443\n    next\n", 1)
	for name, c := range map[string]struct {
		text string
		told bool
	}{
		"as it is":              {portForward, false},
		"off":                   {off, true},
		"on":                    {strings.Replace(off, "arp-reply disable", "arp-reply enable", 1), false},
		"another answers":       {again, false},
		"routed to it":          {strings.Replace(off, "extip 203.0.113.25", "extip 198.51.100.25", 1), false},
		"the interface's own":   {strings.Replace(off, "extip 203.0.113.25", "extip 203.0.113.2", 1), false},
		"a virtual IP not used": {strings.Replace(off, "set extport 25\n", "set extport 443\n", 1), false},
	} {
		set, err := firewall.Read("fortios", []byte(c.text), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(set.Notes, "\n"); strings.Contains(got, "arp-reply") != c.told {
			t.Errorf("%s: %s", name, got)
		}
	}
}
