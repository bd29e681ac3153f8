package firewall

import (
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
)

// TestServersByName: what rules must let in is asked of the addresses that a
// mail server's name has; a name without one leaves the answer open.
func TestServersByName(t *testing.T) {
	n := checktest.New(t)
	n.DNS("198.51.100.1", "$ORIGIN acme.example.\n@ 60 IN SOA ns. hostmaster. 1 60 60 60 60\nmail 60 IN A 203.0.113.25\n"+
		"other 60 IN A 203.0.113.26\nboth 60 IN A 203.0.113.25\nboth 60 IN AAAA 2001:db8::25\n").
		Behave(checktest.Behaviour{Recursive: true})
	w := n.World("198.51.100.1")
	var b strings.Builder
	b.WriteString("action,direction,protocol,source,destination,port\n")
	after := moveInput()
	after.Phase = check.After
	for _, r := range mayReach(after) {
		b.WriteString("allow,in,tcp," + r.CIDR.String() + ",203.0.113.25,25\n")
	}
	text := b.String() + "allow,out,any,any,any,any\ndeny,in,any,any,any,any\n"
	const names, asks = "resolves to", "To which of your hosts"
	for _, c := range []struct {
		name    string
		servers []string
		open    check.Outcome
		lock    check.Outcome
		says    string // among the findings
		asked   int    // DNS answers kept
	}{
		{"a name", []string{"mail.acme.example"}, check.Pass, check.Pass, "mail.acme.example " + names + " 203.0.113.25", 2},
		{"a name that is shut", []string{"other.acme.example"}, check.Fail, check.Fail, "other.acme.example " + names + " 203.0.113.26", 2},
		{"both families", []string{"both.acme.example"}, "", "", "both.acme.example " + names + " 203.0.113.25, 2001:db8::25", 2},
		{"no such name", []string{"none.acme.example"}, check.Unknown, check.Unknown, asks, 2},
		{"an address and no such name", []string{"203.0.113.25", "none.acme.example"}, check.Unknown, check.Unknown, asks, 2},
		{"an address alone", []string{"203.0.113.25"}, check.Pass, check.Pass, "", 0},
	} {
		in := moveInput(text)
		in.MailServers, in.Ports, in.Phase = c.servers, in.Ports[:1], check.After
		for want, k := range map[check.Check]check.Outcome{ByName(w, OpenCheck(w)): c.open, ByName(w, LockCheck()): c.lock} {
			r := run(t, want, in)
			if k != "" && r.Outcome != k {
				t.Errorf("%s, %s: %s %s, %s", c.name, want.ID(), r.Outcome, r.Summary, codes(r))
			}
			says := slices.ContainsFunc(r.Findings, func(f check.Finding) bool {
				return strings.Contains(string(f.Title)+string(f.Do), c.says)
			})
			if c.says != "" && !says {
				t.Errorf("%s, %s: %q is not said: %+v", c.name, want.ID(), c.says, r.Findings)
			}
			if r.Outcome == check.Unknown && strings.Contains(codes(r), ".proven") {
				t.Errorf("%s, %s: proven and open at once", c.name, want.ID())
			}
			dns := 0
			for _, e := range r.Evidence {
				if e.Kind == "dns" {
					dns++
				}
			}
			if dns != c.asked {
				t.Errorf("%s, %s: %d answers kept, want %d: %+v", c.name, want.ID(), dns, c.asked, r.Evidence)
			}
		}
	}
}

// TestNobodyIsAskedInVain: where no ruleset is to be read, no name is looked up.
func TestNobodyIsAskedInVain(t *testing.T) {
	in := moveInput()
	in.MailServers = []string{"mail.acme.example"}
	if r := run(t, ByName(nil, LockCheck()), in); !strings.Contains(codes(r), "FW-LOCK.no_ruleset") || len(r.Evidence) > 0 {
		t.Errorf("%s %+v", codes(r), r.Evidence)
	}
}
