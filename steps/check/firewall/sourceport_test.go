package firewall

import (
	"strings"
	"testing"
)

// sourcePortRules let both ranges in; more is added before the end.
const sourcePortRules = `*filter
:INPUT DROP [0:0]
:OUTPUT ACCEPT [0:0]
-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT
-A INPUT -s 103.13.69.0/24 -p tcp -m tcp --dport 25 -j ACCEPT
-A INPUT -s 124.47.150.0/24 -p tcp -m tcp --dport 25 -j ACCEPT
`

// TestLeakBySourcePort asks who gets in from ports below 1024: whoever wants
// in picks any port to come from.
func TestLeakBySourcePort(t *testing.T) {
	for _, c := range []struct {
		name, text string
		sport      uint16
		why        string
	}{
		{"one", sourcePortRules + "-A INPUT -p tcp -m tcp --sport 25 -j ACCEPT\nCOMMIT\n", 25, "from source port 25"},
		{"range", sourcePortRules + "-A INPUT -p tcp -m tcp --sport 1:1023 -j ACCEPT\nCOMMIT\n", 1, "from source port 1 to 1023"},
		{"high", sourcePortRules + "-A INPUT -p tcp -m tcp --sport 40000 --dport 25 -j ACCEPT\nCOMMIT\n", 40000, "from source port 40000"},
		{"any", sourcePortRules + "-A INPUT -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n", 1024, ""},
		{"not all sources by all ports", sourcePortRules + "-A INPUT -p tcp -m tcp ! --sport 25 -s 8.0.0.0/8 -j DROP\n" +
			"-A INPUT -p tcp -m tcp --dport 25 -s 8.0.0.0/8 -j ACCEPT\nCOMMIT\n", 25, "from source port 25"},
		{"table", "action,direction,protocol,source,destination,source port,destination port\n" +
			"allow,in,tcp,103.13.69.0/24,203.0.113.25,,25\nallow,in,tcp,124.47.150.0/24,203.0.113.25,,25\n" +
			"allow,in,tcp,any,any,25,any\nallow,out,tcp,203.0.113.25,any,any,25\ndeny,any,any,any,any,any,any\n", 25, "from source port 25"},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := options()
			opt.Lockdown = true
			r := check1(t, c.text, opt)
			if r.Lockdown.Verdict != Disproven {
				t.Fatalf("lock-down %s, want disproven", r.Lockdown.Verdict)
			}
			l := r.Leaks[0]
			if l.Category != "internet" || l.Witness.SPort != c.sport {
				t.Errorf("%s leak with witness %s from port %d, want port %d", l.Category, l.Witness, l.Witness.SPort, c.sport)
			}
			if got := strings.Contains(l.By.Why, "source port"); got != (c.why != "") || !strings.Contains(l.By.Why, c.why) {
				t.Errorf("why is %q, want it to hold %q", l.By.Why, c.why)
			}
			for _, q := range r.Requirements {
				if q.Verdict != Proven {
					t.Errorf("%s %s: %s", q.Range, q.Label, q.Verdict)
				}
			}
		})
	}
}

// TestRequiredFromEverySourcePort: a rule that lets a range in from some of the
// ports that connections come from does not let it in in full.
func TestRequiredFromEverySourcePort(t *testing.T) {
	text := strings.Replace(sourcePortRules, "124.47.150.0/24 -p tcp -m tcp", "124.47.150.0/24 -p tcp -m tcp --sport 1024:40000", 1) + "COMMIT\n"
	for _, q := range check1(t, text, options()).Requirements {
		want := Proven
		if q.Range == "124.47.150.0/24" && q.Direction == "in" {
			want = Disproven
		}
		if q.Verdict != want {
			t.Errorf("%s %s: %s, want %s", q.Range, q.Label, q.Verdict, want)
		}
	}
}
