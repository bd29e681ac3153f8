package firewall

import (
	"strings"
	"testing"

	"mxodus/steps/check"
)

// TestAFileOfAnotherFirewallIsTold: a file whose rules for mail are about another
// host, and which names none of the servers, is told before anything is changed.
func TestAFileOfAnotherFirewallIsTold(t *testing.T) {
	const head = "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT ACCEPT [0:0]\n"
	for _, c := range []struct {
		name, rules, host string
	}{
		{"another host", "-A FORWARD -d 198.51.100.99/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", "198.51.100.99"},
		{"ours beside it", "-A FORWARD -d 198.51.100.99/32 -p tcp -m tcp --dport 25 -j ACCEPT\n-A FORWARD -d 203.0.113.25/32 -p tcp -m tcp --dport 587 -j ACCEPT\n", ""},
		{"our network", "-A FORWARD -d 198.51.100.99/32 -p tcp -m tcp --dport 25 -j ACCEPT\n-A FORWARD -s 203.0.113.0/24 -j ACCEPT\n", ""},
		{"the rules of the host itself", "-A INPUT -s 103.13.69.0/25 -p tcp -m tcp --dport 25 -j ACCEPT\n", ""},
		{"another host, for the web", "-A FORWARD -d 198.51.100.99/32 -p tcp -m tcp --dport 443 -j ACCEPT\n", ""},
	} {
		in := moveInput(head + c.rules + "COMMIT\n")
		in.MailServers, in.Outbound, in.Directory = []string{"203.0.113.25"}, nil, nil
		r := OpenCheck(nil).Run(t.Context(), in, func(check.Progress) {})
		told := ""
		for _, f := range r.Findings {
			if f.Code == "FW-OPEN.other_firewall" {
				told = string(f.Saw)
			}
		}
		if (told != "") != (c.host != "") || !strings.Contains(told, c.host) {
			t.Errorf("%s: %q, want %q", c.name, told, c.host)
		}
	}
}

// TestFindingsOfOpenAreToldApart: mail and journal copies that go out on one port
// have titles of their own, assumptions are one finding, and a Connect move is
// not told of the article about migrations.
func TestFindingsOfOpenAreToldApart(t *testing.T) {
	in := moveInput("*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\n-A INPUT -p tcp -m tcp --dport 22 -j ACCEPT\nCOMMIT\n")
	in.Journey, in.Ports = "connect", []check.PortNeed{{ID: "smtp-out", Label: "mail out 25", Proto: "tcp", Port: 25}, {ID: "journal-out", Label: "journal out 25", Proto: "tcp", Port: 25}}
	r := OpenCheck(nil).Run(t.Context(), in, func(check.Progress) {})
	titles := map[string]bool{}
	for _, f := range r.Findings {
		if strings.HasSuffix(f.Code, ".shut") && f.Severity == check.Blocker {
			if titles[string(f.Title)] {
				t.Errorf("two findings are titled %q", f.Title)
			}
			titles[string(f.Title)] = true
		}
		if strings.Contains(f.Rule, "migration article") || strings.Contains(string(f.Do), "other 1 range") {
			t.Errorf("%+v", f)
		}
	}
	if len(titles) < 2 || len(r.Tables) != 1 || strings.Contains(string(r.Tables[0].Note), "migration") {
		t.Errorf("%v %+v", titles, r.Tables)
	}
	if got := assumed("FW-OPEN", Report{Assumptions: []string{"a", "b"}}); len(got) != 1 || got[0].Saw != "a\nb" || got[0].Title != "Assumptions that this answer rests on: 2" {
		t.Errorf("%+v", got)
	}
}
