package unifi_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

const id = "unifi"

func mail(change ...ft.Change) firewall.Probe {
	return ft.Mail(append([]ft.Change{ft.Dir("fwd"), ft.Via("WAN", "LAN")}, change...)...)
}

// rule is one line: a rule with some members beside the usual ones.
func rule(set string, index int, action, more string) string {
	return fmt.Sprintf(`{"_id":"r%s%d","ruleset":%q,"rule_index":%d,"name":"a rule","enabled":true,"action":%q,"protocol":"all"%s}`+"\n", set, index, set, index, action, more)
}

// otherForward is a port forward that has nothing to do with mail.
const otherForward = `{"_id":"f0","name":"web","enabled":true,"pfwd_interface":"wan","src":"any","dst_port":"443","fwd":"10.0.0.80","fwd_port":"443","proto":"tcp"}` + "\n"

// TestWithoutForwards leaves open what port forwards would let in where their
// list is not in the file.
func TestWithoutForwards(t *testing.T) {
	text := rule("WAN_IN", 2000, "accept", `,"src_address":"192.0.2.1"`)
	if v := ft.Ask(t, id, text, mail()); v.Verdict != "unknown" || !strings.Contains(v.Why, "portforward") {
		t.Errorf("%+v", v)
	}
	if v := ft.Ask(t, id, text, mail(ft.From("192.0.2.1"))); v.Verdict != "permit" {
		t.Errorf("%+v", v)
	}
}

func TestSemantics(t *testing.T) {
	const group = `{"_id":"g1","name":"mc","group_type":"address-group","group_members":["103.13.69.0/24"]}` + "\n"
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
		why        string
	}{
		{"what comes in is dropped", rule("WAN_IN", 2000, "accept", `,"src_address":"192.0.2.1"`), mail(), "deny", 0, ""},
		{"what goes out is accepted", rule("WAN_IN", 2000, "accept", ""), mail(ft.Via("LAN", "WAN"), ft.From("10.0.0.25")), "permit", 0, ""},
		{"accept", rule("WAN_IN", 2000, "accept", ""), mail(), "permit", 1, ""},
		{"by index, not by place", rule("WAN_IN", 2001, "drop", "") + rule("WAN_IN", 2000, "accept", ""), mail(), "permit", 2, ""},
		{"after the gateway's own", rule("WAN_IN", 4000, "drop", "") + rule("WAN_IN", 20001, "accept", ""), mail(), "permit", 2, ""},
		{"disabled", `{"ruleset":"WAN_IN","rule_index":2000,"enabled":false,"action":"accept","protocol":"all"}` + "\n", mail(), "deny", 0, ""},
		{"group", group + rule("WAN_IN", 2000, "accept", `,"src_firewallgroup_ids":["g1"]`), mail(), "permit", 2, ""},
		{"near miss", group + rule("WAN_IN", 2000, "accept", `,"src_firewallgroup_ids":["g1"]`), mail(ft.From("103.13.68.7")), "deny", 0, ""},
		{"group not in the file", rule("WAN_IN", 2000, "accept", `,"src_firewallgroup_ids":["g9"]`), mail(), "unknown", 1, "firewallgroup"},
		{"network not in the file", rule("WAN_IN", 2000, "accept", `,"dst_networkconf_id":"n9"`), mail(), "unknown", 1, "networkconf"},
		{"protocol", strings.Replace(rule("WAN_IN", 2000, "accept", ""), `"protocol":"all"`, `"protocol":"udp"`, 1), mail(), "deny", 0, ""},
		{"all but a protocol", strings.Replace(rule("WAN_IN", 2000, "accept", `,"protocol_match_excepted":true`), `"protocol":"all"`, `"protocol":"udp"`, 1), mail(), "permit", 1, ""},
		{"established", rule("WAN_IN", 2000, "accept", `,"state_established":true`), mail(), "deny", 0, ""},
		{"new", rule("WAN_IN", 2000, "accept", `,"state_new":true,"state_established":true`), mail(), "permit", 1, ""},
		{"time", rule("WAN_IN", 2000, "accept", `,"weekdays":"Mon,Tue"`), mail(), "unknown", 1, "time of day"},
		{"IPsec alone", rule("WAN_IN", 2000, "accept", `,"ipsec":"match-ipsec"`), mail(), "deny", 0, ""},
		{"LAN_OUT must accept too", rule("WAN_IN", 2000, "accept", "") + rule("LAN_OUT", 2000, "drop", ""), mail(), "deny", 2, ""},
		{"to the gateway", rule("WAN_IN", 2000, "accept", ""), mail(func(p *firewall.Probe) { p.Dir = "in" }), "deny", 0, ""},
		{"guests", rule("WAN_IN", 2000, "accept", ""), mail(ft.Via("GUEST", "LAN")), "unknown", 0, "guests"},
		{"an interface of another name", rule("WAN_IN", 2000, "accept", ""), mail(ft.Via("eth8", "LAN")), "unknown", 0, "WAN, LAN or GUEST"},
		{"action not known", rule("WAN_IN", 2000, "frob", ""), mail(), "unknown", 1, "what the rule does"},
		{"zone-based", `{"_id":"p","name":"x","action":"ALLOW","enabled":true,"create_allow_respond":true,"source":{"zone_id":"a"},"destination":{"zone_id":"b"}}` + "\n", mail(), "unknown", 1, "zone-based"},
		{"broken off", rule("WAN_IN", 2000, "accept", "") + `{"ruleset":"WAN_`, mail(), "unknown", 2, "damaged"},
		{"a ruleset by name", rule("WAN_IN", 2000, "accept", ""), mail(func(p *firewall.Probe) { p.Dir, p.ACL = "", "WAN_IN" }), "permit", 1, ""},
		{"v6", rule("WANv6_IN", 2000, "accept", `,"src_address_ipv6":"2001:db8:1::/48"`), mail(ft.From("2001:db8:1::7"), func(p *firewall.Probe) { p.Dst = "2001:db8:2::25" }), "permit", 1, ""},
		{"v6 near miss", rule("WANv6_IN", 2000, "accept", `,"src_address_ipv6":"2001:db8:1::/48"`), mail(ft.From("2001:db8:3::7"), func(p *firewall.Probe) { p.Dst = "2001:db8:2::25" }), "deny", 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := c.text
			if !strings.HasSuffix(text, "_") {
				text += otherForward
			}
			ft.Expect(t, ft.Ask(t, id, text, c.p), c.want, c.line, c.why)
		})
	}
}

// TestPortForwards holds packets to the gateway's own address against port
// forwards, which open the ruleset by themselves.
func TestPortForwards(t *testing.T) {
	forward := func(more string) string {
		return `{"_id":"f","name":"mail","enabled":true,"pfwd_interface":"wan","src":"any","dst_port":"2525","fwd":"10.0.0.25","fwd_port":"25","proto":"tcp"` + more + "}\n"
	}
	in := func(p *firewall.Probe) { p.Dir, p.Dst, p.DPort = "in", "203.0.113.2", ft.Port(2525) }
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
	}{
		{"opens by itself", forward(""), mail(in), "permit", 1},
		{"a rule before it", forward("") + rule("WAN_IN", 2000, "drop", `,"dst_address":"10.0.0.25"`), mail(in), "deny", 2},
		{"a rule after it", forward("") + rule("WAN_IN", 4000, "drop", ""), mail(in), "permit", 1},
		{"another port", forward(""), mail(in, func(p *firewall.Probe) { p.DPort = ft.Port(25) }), "deny", 0},
		{"sources", strings.Replace(forward(""), `"src":"any"`, `"src":"192.0.2.0/24"`, 1), mail(in), "deny", 0},
		{"disabled", strings.Replace(forward(""), `"enabled":true`, `"enabled":false`, 1), mail(in), "deny", 0},
		{"second interface", strings.Replace(forward(""), `"wan"`, `"wan2"`, 1), mail(in), "deny", 0},
		{"no address", strings.Replace(forward(""), `10.0.0.25`, `host`, 1), mail(in), "unknown", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := ft.Ask(t, id, c.text, c.p); got.Verdict != c.want || c.line != 0 && got.Line != c.line {
				t.Errorf("got %+v, want %s at line %d", got, c.want, c.line)
			}
		})
	}
}

// TestSample asks the whole question, as the file is and with one fault.
func TestSample(t *testing.T) {
	for _, c := range []struct {
		name, old, new string
		want, lock     firewall.Answer
		line           int
	}{
		{name: "as it is", want: firewall.Proven, lock: firewall.Proven},
		{name: "half a range", old: "124.47.150.0/24", new: "124.47.150.0/25", want: firewall.Disproven, lock: firewall.Proven, line: 3},
		{name: "no refusal", old: `"no other mail","enabled":true`, new: `"no other mail","enabled":false`, want: firewall.Disproven, lock: firewall.Disproven, line: 12},
		{name: "no forward", old: `"name":"mail","enabled":true`, new: `"name":"mail","enabled":false`, want: firewall.Disproven, lock: firewall.Proven},
	} {
		t.Run(c.name, func(t *testing.T) {
			text := ft.Sample(t, "rulesets.json")
			if !strings.Contains(text, c.old) {
				t.Fatalf("the sample lacks %q", c.old)
			}
			if c.old != "" {
				text = strings.Replace(text, c.old, c.new, 1)
			}
			opt := ft.Options("203.0.113.2")
			opt.Needs = opt.Needs[:1]
			rep := ft.Check(t, text, opt)
			line := ft.FirstLine(rep)
			if rep.Format != id || rep.Verdict != c.want || rep.Lockdown.Verdict != c.lock || c.line != 0 && line != c.line {
				t.Errorf("%s and %s at line %d, want %s and %s at line %d\n%s", rep.Verdict, rep.Lockdown.Verdict, line, c.want, c.lock, c.line, rep.Text())
			}
			if strings.Contains(rep.Text(), "s3cr3t") {
				t.Error("a secret is shown")
			}
		})
	}
}

func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	ft.Corpus(t, "../../../../../../shared/corpus/firewall", id, "")
}

func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	for i := range 8000 {
		b.WriteString(rule("WAN_IN", 20000+i, "drop", fmt.Sprintf(`,"src_address":"10.%d.%d.0/24"`, i/256, i%256)))
	}
	b.WriteString(rule("WAN_IN", 29999, "accept", ""))
	began := time.Now()
	if v := ft.Ask(t, id, b.String(), mail()); v.Verdict != "permit" || v.Line != 8001 {
		t.Errorf("%+v", v)
	}
	if spent := time.Since(began); spent > 6*time.Second {
		t.Errorf("it took %s", spent)
	}
}

func FuzzRead(f *testing.F) {
	ft.Seeds(f, rule("WAN_IN", 2000, "accept", `,"dst_port":"1-"`))
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, id, text, mail()) })
}
