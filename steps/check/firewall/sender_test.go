package firewall

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check"
)

// behind is a firewall before the mail server 203.0.113.25, with lines of its
// own for what passes through outwards.
func behind(lines string) string {
	all := strings.ReplaceAll(allowAll("au", "eu"), "-A INPUT", "-A FORWARD -d 203.0.113.25")
	all = strings.Replace(all, ":OUTPUT ACCEPT", ":OUTPUT DROP", 1)
	return strings.Replace(all, "COMMIT\n", "-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -s 203.0.113.25 -p tcp -m tcp --dport 25 -j ACCEPT\n"+lines+"COMMIT\n", 1)
}

// TestFurtherSendersAreAskedForOutgoingMail: the rules let the mail server out,
// and must let out whatever else sends.
func TestFurtherSendersAreAskedForOutgoingMail(t *testing.T) {
	nat := "*nat\n:POSTROUTING ACCEPT [0:0]\n-A POSTROUTING -s 10.0.0.0/24 -o eth0 -j MASQUERADE\nCOMMIT\n"
	for _, c := range []struct {
		name  string
		rules string
		want  check.Outcome
		says  string // in a title or what was seen
	}{
		{"let out", behind("-A FORWARD -s 203.0.113.40 -p tcp -m tcp --dport 25 -j ACCEPT\n"), check.Pass, ""},
		{"let out by a rule for all", behind("-A FORWARD -p tcp -m tcp --dport 25 -j ACCEPT\n"), check.Pass, ""},
		{"refused", behind("-A FORWARD -s 203.0.113.40 -p tcp -m tcp --dport 25 -j DROP\n"), check.Fail, "203.0.113.40 cannot reach"},
		{"named by no line", behind(""), check.Unknown, "no line names 203.0.113.40"},
		{"named by no line, sources are hidden", behind("") + nat, check.Pass, "No line names 203.0.113.40"},
	} {
		in := moveInput(c.rules)
		in.MailServers = []string{"203.0.113.25"}
		if r := run(t, OpenCheck(nil), in); r.Outcome != check.Pass {
			t.Errorf("%s: without further senders %s: %s", c.name, r.Outcome, codes(r))
		}
		in.Outbound = []netip.Addr{netip.MustParseAddr("203.0.113.25"), netip.MustParseAddr("203.0.113.40")}
		r := run(t, OpenCheck(nil), in)
		var said []string
		for _, f := range r.Findings {
			said = append(said, string(f.Title)+"\n"+strings.ToLower(string(f.Saw)), string(f.Saw))
		}
		if r.Outcome != c.want || !strings.Contains(strings.Join(said, "\n"), c.says) {
			t.Errorf("%s: %s, %s\n%s", c.name, r.Outcome, r.Summary, strings.Join(said, "\n"))
		}
	}
}
