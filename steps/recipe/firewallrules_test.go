package recipe

import (
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check/firewall"
)

// TestFirewallRulesHold gives the lines of a task to the check that is to find
// them in place.
func TestFirewallRulesHold(t *testing.T) {
	server := netip.MustParseAddr("10.1.2.25")
	for _, lock := range []bool{false, true} {
		f := factsOf(onPrem, map[string]string{
			steps.QFirewall: "table", steps.QInbound: "203.0.113.25", "firewall.mail_server_internal": server.String(),
			"lockdown.exceptions": "198.51.100.7/32",
		})
		s, ok := FirewallRules(f, Ranges(f), lock)
		if !ok {
			t.Fatal("no rules, though the firewall, the server and the ranges are known")
		}
		rep, err := firewall.CheckFile("rules", []byte(s.Text), firewall.CheckOptions{
			Ranges: firewall.RegionRanges(f.Target, f.Source), Servers: []netip.Addr{server}, Lockdown: lock,
			Exceptions: []netip.Prefix{netip.MustParsePrefix("198.51.100.7/32")}, Now: time.Unix(0, 0), Whole: true,
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range rep.Requirements {
			if q.Verdict != firewall.Proven {
				t.Errorf("%s %s: %s", q.Label, q.Range, q.Verdict)
			}
		}
		if lock && rep.Lockdown.Verdict != firewall.Proven {
			t.Errorf("lock-down: %s", rep.Lockdown.Summary)
		}
	}
}

// TestFirewallRulesLetEverySenderOut gives the lines of a task to the check that
// asks for every address that mail leaves from, in each format that is written.
func TestFirewallRulesLetEverySenderOut(t *testing.T) {
	for _, id := range firewall.WrittenFormats() {
		f := factsOf(onPrem, map[string]string{
			steps.QFirewall: id, steps.QInbound: "203.0.113.25\n203.0.113.24",
			steps.QOutboundIPs: "203.0.113.25\n203.0.113.26", "ip.additional": "203.0.113.40\n10.1.2.41\n::ffff:203.0.113.40",
		})
		s, ok := FirewallRules(f, Ranges(f), false)
		if !ok {
			t.Errorf("%s: no rules", id)
			continue
		}
		opt := firewall.CheckOptions{
			Now: time.Unix(0, 0), Region: f.Target.ID, Ranges: firewall.RegionRanges(f.Target, f.Source), Needs: f.PortNeeds(""), Whole: true,
		}
		for _, a := range f.Answers.List(steps.QInbound) {
			opt.Servers = append(opt.Servers, netip.MustParseAddr(a))
		}
		for _, a := range Senders(f) {
			if a := netip.MustParseAddr(a).Unmap(); !slices.Contains(opt.Servers, a) {
				opt.Senders = append(opt.Senders, a)
			}
		}
		if len(opt.Servers)+len(opt.Senders) < 5 {
			t.Fatalf("addresses that send: %v", opt.Senders)
		}
		if r, err := firewall.CheckFile(s.File, []byte(s.Text), opt); err != nil || r.Verdict != firewall.Proven {
			t.Errorf("%s: %v %s\n%s", id, err, r.Text(), s.Text)
		}
	}
}

// TestFirewallRulesKnowTheServerInside: its public address, which the firewall
// translates, is no further sender.
func TestFirewallRulesKnowTheServerInside(t *testing.T) {
	f := factsOf(onPrem, map[string]string{
		steps.QFirewall: "table", steps.QInbound: "203.0.113.25", "firewall.mail_server_internal": "10.1.2.25",
		steps.QOutboundIPs: "203.0.113.25", "ip.additional": "203.0.113.40",
	})
	s, ok := FirewallRules(f, Ranges(f), false)
	if !ok {
		t.Fatal("no rules")
	}
	for from, want := range map[string]bool{"10.1.2.25": true, "203.0.113.40": true, "203.0.113.25": false} {
		if strings.Contains(string(s.Text), ",out,tcp,"+from+",") != want {
			t.Errorf("%s is let out: %t, want %t\n%s", from, !want, want, s.Text)
		}
		if strings.Contains(string(s.Text), ","+from+",25") != (from == "10.1.2.25") {
			t.Errorf("who mail is let in to:\n%s", s.Text)
		}
	}
}

// TestFirewallRulesNeedAFirewall: without one that is written there are none,
// and the task says which question gives them.
func TestFirewallRulesNeedAFirewall(t *testing.T) {
	f := factsOf(onPrem, map[string]string{steps.QInbound: "203.0.113.25"})
	if _, ok := FirewallRules(f, Ranges(f), true); ok {
		t.Error("rules for a firewall that nobody named")
	}
	if d := SaveRules(f).Detail; !strings.Contains(d, "which firewall it is") {
		t.Errorf("the way to export is not led to: %s", d)
	}
	f = factsOf(onPrem, map[string]string{steps.QInbound: "203.0.113.25", steps.QFirewall: "iptables"})
	task := SaveRules(f)
	want := "iptables-save > rules.v4\nip6tables-save > rules.v6\nipset save > sets.txt\n"
	if len(task.Snippets) != 1 || string(task.Snippets[0].Text) != want || task.Snippets[0].Label != "On the Linux firewall, as root" ||
		!strings.Contains(task.Detail, "Give rules.v4") {
		t.Errorf("the way to export is missing, or its commands are not one a line: %+v", task)
	}
}

// TestFirewallRulesCarryTheirNotes: whatever is to be known before the rules are
// entered stands with them, for every firewall that is written for.
func TestFirewallRulesCarryTheirNotes(t *testing.T) {
	words := func(s string) string { // without the marks of comments and line ends
		return strings.Join(strings.FieldsFunc(strings.NewReplacer("<", "", ">", "").Replace(s), func(r rune) bool { return strings.ContainsRune(" \n#!-", r) }), " ")
	}
	for _, id := range firewall.WrittenFormats() {
		f := factsOf(onPrem, map[string]string{
			steps.QFirewall: id, steps.QInbound: "203.0.113.25", "firewall.mail_server_internal": "10.1.2.25", "rv.method": "directory_ldap",
		})
		for _, lock := range []bool{false, true} {
			_, s, why := rulesFor(f, Ranges(f), lock)
			if why != "" || len(s.Notes) == 0 {
				t.Fatalf("%s: %s, %d notes", id, why, len(s.Notes))
			}
			text, ok := FirewallRules(f, Ranges(f), lock)
			for _, n := range s.Notes {
				if !ok || !strings.Contains(words(string(text.Text)), words(n)) {
					t.Errorf("%s: the text lacks %q", id, n)
				}
			}
			if !strings.Contains(words(string(text.Text)), "There is no rule for TCP 636 in, the directory") && !strings.Contains(words(string(text.Text)), "There is no rule for TCP 389 in, the directory") {
				t.Errorf("%s: nothing tells that the directory has no rule:\n%.1500s", id, text.Text)
			}
			if again := strings.Contains(string(text.Text), "stand here once more"); again != lock && id != "pfsense" {
				t.Errorf("%s: that rules come again is told: %t, want %t", id, again, lock)
			}
		}
		if d := OpenRanges(f).Detail; !strings.Contains(d, "read them first") || !strings.Contains(d, "There is no rule for") {
			t.Errorf("%s: the task does not tell: %s", id, d)
		}
	}
}

// TestFirewallRulesGuessNoNameInSilence: the task says that names of interfaces
// are guesses until the one of the internet is answered.
func TestFirewallRulesGuessNoNameInSilence(t *testing.T) {
	for id, guesses := range map[string]bool{"fortios": true, "asa": true, "iptables": false} {
		answers := map[string]string{steps.QFirewall: id, steps.QInbound: "203.0.113.25"}
		if got := strings.Contains(OpenRanges(factsOf(onPrem, answers)).Detail, "are guesses"); got != guesses {
			t.Errorf("%s: guessed names are told: %t, want %t", id, got, guesses)
		}
		answers["firewall.outside_interface"] = "port7"
		f := factsOf(onPrem, answers)
		if s, _ := FirewallRules(f, Ranges(f), false); strings.Contains(OpenRanges(f).Detail, "are guesses") || strings.Contains(string(s.Text), "port7") != guesses {
			t.Errorf("%s: the name that was answered is not used:\n%s", id, s.Text)
		}
	}
}

// TestFirewallRulesSayWhatTheyLack: a task without rules says why, and which
// question gives them; a server with nothing but a public address has some.
func TestFirewallRulesSayWhatTheyLack(t *testing.T) {
	for _, c := range []struct {
		answers map[string]string
		want    string
	}{
		{map[string]string{steps.QInbound: "203.0.113.25"}, "Which firewall stands before your mail server?"},
		{map[string]string{steps.QInbound: "mail.example.com", steps.QFirewall: "fortios"}, "given is mail.example.com"},
		{map[string]string{steps.QFirewall: "fortios"}, "once the address of the mail server is known. Answer “Which address"},
		{map[string]string{steps.QInbound: "203.0.113.25", steps.QFirewall: "sonicwall"}, "not written by mxodus"},
		{map[string]string{steps.QInbound: "203.0.113.25", steps.QFirewall: "fortios"}, ""},
	} {
		f := factsOf(onPrem, c.answers)
		why := NoRules(f, TargetRanges(f))
		if !strings.Contains(why, c.want) || (c.want == "") != (why == "") {
			t.Errorf("%v: %q, want %q", c.answers, why, c.want)
		}
		for _, task := range []steps.Task{OpenRanges(f), ClosePort(f)} {
			if !strings.Contains(task.Detail, why) {
				t.Errorf("%v: %s does not say why there are no rules: %s", c.answers, task.ID, task.Detail)
			}
		}
	}
}
