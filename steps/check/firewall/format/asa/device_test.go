package asa_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// edge is a firewall before a mail server that lets mail in from the platform
// alone.
const edge = `: Saved
ASA Version 9.16(4)
hostname edge
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
interface GigabitEthernet0/1
 nameif dmz
 security-level 50
 ip address 10.0.0.1 255.255.255.0
object-group network PLATFORM
 network-object 103.13.69.0 255.255.255.0
 network-object 124.47.150.0 255.255.255.0
access-list OUT_IN extended permit tcp object-group PLATFORM host 10.0.0.25 eq smtp
access-list OUT_IN extended deny ip any any
access-list DMZ_IN extended permit tcp host 10.0.0.25 object-group PLATFORM eq smtp
access-list DMZ_IN extended deny ip any any
access-group OUT_IN in interface outside
access-group DMZ_IN in interface dmz
object network EXCH
 host 10.0.0.25
 nat (dmz,outside) static 203.0.113.25
route outside 0.0.0.0 0.0.0.0 203.0.113.1
: end
`

// TestTwoDevices: the configurations of two contexts or devices in one file are
// not read as one.
func TestTwoDevices(t *testing.T) {
	open := strings.Replace(edge, "permit tcp object-group PLATFORM host 10.0.0.25", "permit tcp any any", 1)
	lists := func(prompt, text string) string {
		_, text, _ = strings.Cut(text, "interface Gig")
		return prompt + "# show running-config\ninterface Gig" + text
	}
	for _, c := range []struct {
		name, text, mark string
	}{
		{"one after the other", edge + open, "ASA Version"},
		{"the open one first", open + edge, "ASA Version"},
		{"one name for both", edge + strings.Replace(open, "hostname edge", "hostname EDGE", 1), "ASA Version"},
		{"no version line", strings.Replace(edge, "ASA Version", "! ", 1) + strings.NewReplacer("ASA Version", "! ", "hostname edge", "hostname other").Replace(open), "hostname"},
		{"told by the prompts", lists("asa/a/act", edge) + lists("asa/b/act", open), "# show"},
	} {
		opt := ft.Options("203.0.113.25")
		r := ft.Check(t, c.text, opt)
		if r.Verdict != firewall.CannotTell || r.Lockdown.Verdict != firewall.CannotTell {
			t.Errorf("%s: %s, %s\n%s", c.name, r.Summary, r.Lockdown.Verdict, r.Text())
		}
		line := ft.LineOf(t, c.text, c.mark, 2)
		set, err := firewall.Read("", []byte(c.text), "")
		if err != nil || len(set.Problems) != 1 || set.Problems[0].Line != line || !strings.Contains(set.Problems[0].Text, "file of its own") {
			t.Errorf("%s: %v, %+v, want line %d", c.name, err, set.Problems, line)
		}
	}
}

// TestOneDevice: what one device shows piece by piece is one configuration.
func TestOneDevice(t *testing.T) {
	head, rest, _ := strings.Cut(edge, "access-list")
	for name, text := range map[string]string{
		"one export":      edge,
		"pieces":          "edge> show version\nedge# show running-config\n" + head + "edge# sh access-list\nedge(config)# show run access-group\naccess-list" + rest,
		"the system, too": "ASA Version 9.16(4) <system>\nhostname chassis\ninterface GigabitEthernet0/0\n!\ncontext edge\n  config-url disk0:/edge.cfg\n: end\n" + edge,
		"the system last": edge + "ASA Version 9.16(4) <system>\nhostname chassis\ncontext edge\n  config-url disk0:/edge.cfg\n: end\n",
		"a name set anew": edge + "hostname edge\n",
	} {
		if r := ft.Check(t, text, ft.Options("203.0.113.25")); r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s", name, r.Summary, r.Text())
		}
	}
}

// threat is an FTD: all of its interfaces have security level 0, and its list
// alone decides about what passes.
const threat = `NGFW Version 7.2.5
hostname firepower
interface GigabitEthernet0/0
 nameif outside
 security-level 0
 ip address 203.0.113.2 255.255.255.0
interface GigabitEthernet0/1
 nameif dmz
 security-level 0
 ip address 10.0.0.1 255.255.255.0
object network EXCH
 host 10.0.0.25
object network PUBLIC
 host 203.0.113.25
access-list CSM_FW_ACL_ remark rule-id 1: L4 RULE: mail
access-list CSM_FW_ACL_ advanced permit tcp ifc outside 103.13.69.0 255.255.255.0 ifc dmz host 10.0.0.25 eq smtp rule-id 1
access-list CSM_FW_ACL_ advanced permit tcp ifc outside 124.47.150.0 255.255.255.0 ifc dmz host 10.0.0.25 eq smtp rule-id 1
access-list CSM_FW_ACL_ advanced permit tcp ifc dmz host 10.0.0.25 ifc outside any eq smtp rule-id 2
access-list CSM_FW_ACL_ advanced deny ip any any rule-id 3
nat (dmz,outside) source static EXCH PUBLIC
access-group CSM_FW_ACL_ global
route outside 0.0.0.0 0.0.0.0 203.0.113.1
`

// TestThreatDefenseLevels: security levels refuse nothing on an FTD, which has
// no same-security-traffic to set.
func TestThreatDefenseLevels(t *testing.T) {
	r := ft.Check(t, threat, ft.Options("203.0.113.25"))
	if r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	ask(t, threat, [][2]string{
		{"in outside> 103.13.69.9 203.0.113.25 tcp 25", "permit 16"},
		{"in outside> 8.8.8.8 203.0.113.25 tcp 25", "deny 19"},
		{"fwd dmz>dmz 10.0.0.25 10.0.0.9 tcp 25", "deny 19"},
	})
	back := strings.Replace(threat, "ifc outside any eq smtp", "any eq smtp", 1)
	ask(t, back, [][2]string{{"fwd dmz>dmz 10.0.0.25 10.0.0.9 tcp 25", "unknown out by it again"}})
	var bare []string
	for _, l := range strings.Split(threat, "\n") {
		if !strings.HasPrefix(l, "access-") {
			bare = append(bare, l)
		}
	}
	ask(t, strings.Join(bare, "\n"), [][2]string{
		{"in outside> 103.13.69.9 203.0.113.25 tcp 25", "unknown access control policy"},
		{"fwd dmz>outside 10.0.0.25 103.13.69.9 tcp 25", "unknown access control policy"},
	})
	asa := strings.NewReplacer("NGFW Version 7.2.5", "ASA Version 9.16(4)", "CSM_FW_ACL_", "ALL").Replace(threat)
	if r := ft.Check(t, asa, ft.Options("203.0.113.25")); r.Verdict != firewall.Disproven {
		t.Errorf("an ASA: %s", r.Summary)
	}
}

// TestShutDown: nothing passes an interface that is shut down.
func TestShutDown(t *testing.T) {
	for _, c := range []struct {
		text, old, new string
	}{
		{"dmz", " nameif dmz\n", " shutdown\n nameif dmz\n"},
		{"outside", " nameif outside\n", " nameif outside\n shutdown\n"},
	} {
		text := strings.Replace(edge, c.old, c.new, 1)
		r := ft.Check(t, text, ft.Options("203.0.113.25"))
		if r.Verdict != firewall.Disproven || ft.FirstLine(r) != ft.LineOf(t, text, "shutdown", 1) || r.Lockdown.Verdict != firewall.Proven {
			t.Errorf("%s: %s\n%s", c.text, r.Summary, r.Text())
		}
	}
	unused := strings.Replace(edge, "object-group", "interface GigabitEthernet0/2\n shutdown\n no nameif\nobject-group", 1)
	if r := ft.Check(t, unused, ft.Options("203.0.113.25")); r.Verdict != firewall.Proven {
		t.Errorf("an interface without a name: %s", r.Summary)
	}
}

// TestAnswersNobody: the ASA is told not to answer for the mail server's public
// address.
func TestAnswersNobody(t *testing.T) {
	const (
		object = "nat (dmz,outside) static 203.0.113.25"
		route  = "route outside 0"
	)
	for name, c := range map[string]struct {
		text string
		told bool
	}{
		"as it is":          {edge, false},
		"object NAT":        {strings.Replace(edge, object, object+" no-proxy-arp", 1), true},
		"twice NAT":         {strings.Replace(edge, " "+object, "object network PUB\n host 203.0.113.25\nnat (dmz,outside) source static EXCH PUB no-proxy-arp", 1), true},
		"by the interface":  {strings.Replace(edge, route, "sysopt noproxyarp outside\n"+route, 1), true},
		"another interface": {strings.Replace(edge, route, "sysopt noproxyarp dmz\n"+route, 1), false},
		"routed to it":      {strings.NewReplacer(object, "nat (dmz,outside) static 198.51.100.25 no-proxy-arp").Replace(edge), false},
		"another port":      {strings.Replace(edge, object, object+" no-proxy-arp service tcp https https", 1), false},
	} {
		set, err := firewall.Read("", []byte(c.text), "")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Join(set.Notes, "\n"); strings.Contains(got, "does not answer for that address on outside") != c.told {
			t.Errorf("%s: %s", name, got)
		}
	}
}
