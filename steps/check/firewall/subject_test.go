package firewall

import (
	"net/netip"
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
)

// TestEveryServerIsProven: an address that is let nothing in is never passed
// over because another is named.
func TestEveryServerIsProven(t *testing.T) {
	other := netip.MustParseAddr("203.0.113.26")
	toFirst := strings.Replace(fwdHead, "-A FORWARD -i eth1 -o eth0 -j ACCEPT\n", "", 1) + strings.ReplaceAll(fwdFirst+fwdOther, "10.0.5.25", "203.0.113.25")
	toOther := strings.ReplaceAll(fwdFirst+fwdOther, "10.0.5.25", "203.0.113.26")
	table := "action,direction,protocol,source,destination,port\nallow,in,tcp,103.13.69.0/24,203.0.113.25,25\nallow,in,tcp,124.47.150.0/24,203.0.113.25,25\n"
	for name, c := range map[string]struct {
		text string
		want map[string]Answer
	}{
		"one named":           {toFirst + "COMMIT\n", map[string]Answer{"203.0.113.25": Proven, "203.0.113.26": Disproven}},
		"both named":          {toFirst + toOther + "COMMIT\n", map[string]Answer{"203.0.113.25": Proven, "203.0.113.26": Proven}},
		"one in a table":      {table, map[string]Answer{"203.0.113.25": Proven, "203.0.113.26": Disproven}},
		"neither in a table":  {strings.Split(table, "\n")[0] + "\ndeny,in,any,any,any,any\n", map[string]Answer{"203.0.113.25": Disproven, "203.0.113.26": Disproven}},
		"whole net in a rule": {table + "allow,in,tcp,any,203.0.113.0/24,25\n", map[string]Answer{"203.0.113.25": Proven, "203.0.113.26": Proven}},
	} {
		t.Run(name, func(t *testing.T) {
			for _, servers := range [][]netip.Addr{{server, other}, {other, server}} {
				opt := options()
				opt.Servers, opt.Needs = servers, NeedsFor([]uint16{25})[:1]
				r := check1(t, c.text, opt)
				got := map[string]Answer{}
				for _, q := range r.Requirements {
					if _, seen := got[q.Server]; !seen {
						got[q.Server] = Proven
					}
					got[q.Server] = worse(got[q.Server], q.Verdict)
				}
				want := Proven
				for a, v := range c.want {
					want = worse(want, v)
					if got[a] != v {
						t.Errorf("%s: %s, want %s", a, got[a], v)
					}
				}
				if r.Verdict != want || len(got) != 2 || len(r.Requirements) != 4 {
					t.Errorf("%s of %d requirements, want %s\n%s", r.Verdict, len(r.Requirements), want, r.Text())
				}
			}
		})
	}
}

// TestInnerAddressStandsIn: the answered inner address is asked where the
// firewall knows no other, and several firewalls are each asked for their own.
func TestInnerAddressStandsIn(t *testing.T) {
	inner := strings.ReplaceAll(strings.ReplaceAll(allowAll("au", "eu"), "-A INPUT -s", "-A FORWARD -d 10.0.5.25 -s"), "-A INPUT -m", "-A FORWARD -m")
	inner = strings.Replace(inner, "COMMIT", "-A FORWARD -s 10.0.5.25 -j ACCEPT\nCOMMIT", 1)
	second := strings.ReplaceAll(inner, "10.0.5.25", "203.0.113.26")
	in := moveInput(inner)
	in.MailServers = append(in.MailServers, "10.0.5.25")
	if r := run(t, OpenCheck(nil), in); r.Outcome != check.Pass || !strings.Contains(codes(r), "FW-OPEN.assumed") {
		t.Errorf("inner address: %s %s", r.Outcome, codes(r))
	}
	in.MailServers = in.MailServers[:1]
	if r := run(t, OpenCheck(nil), in); r.Outcome != check.Fail {
		t.Errorf("public address alone: %s", r.Outcome)
	}
	two := moveInput(strings.ReplaceAll(inner, "10.0.5.25", "203.0.113.25"), second)
	two.MailServers = []string{"203.0.113.25", "203.0.113.26"}
	if r := run(t, OpenCheck(nil), two); r.Outcome != check.Pass {
		t.Errorf("two sites: %s %s", r.Outcome, codes(r))
	}
	two.Rulesets = two.Rulesets[:1]
	if r := run(t, OpenCheck(nil), two); r.Outcome != check.Fail || !strings.Contains(codes(r), "FW-OPEN.shut") {
		t.Errorf("one of two sites: %s %s", r.Outcome, codes(r))
	}
}

// TestUnnamedServerIsNoted: of a public and an inner address the file may know
// the inner one alone; that is disproven, and said.
func TestUnnamedServerIsNoted(t *testing.T) {
	opt := options()
	opt.Servers = []netip.Addr{server, netip.MustParseAddr("10.0.5.25")}
	r := check1(t, fwdHead+fwdFirst+fwdOther+"COMMIT\n", opt)
	if notes := strings.Join(r.Notes, "\n"); r.Verdict == Proven || strings.Count(notes, "No line names 203.0.113.25.") != 1 {
		t.Errorf("%s: %s", r.Verdict, notes)
	}
}

// TestDirectory: its ports are asked of the directory server and nobody else.
func TestDirectory(t *testing.T) {
	n := checktest.New(t)
	n.DNS("198.51.100.1", "$ORIGIN acme.example.\n@ 60 IN SOA ns. hostmaster. 1 60 60 60 60\nldap 60 IN A 203.0.113.30\nold 60 IN A 203.0.113.31\n").
		Behave(checktest.Behaviour{Recursive: true})
	text := strings.Replace(allowAll("au", "eu"), "COMMIT", "-A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n"+
		"-A FORWARD -d 203.0.113.30 -p tcp --dport 636 -j ACCEPT\nCOMMIT", 1)
	for _, c := range []struct {
		name string
		host []string
		want check.Outcome
		code string
	}{
		{"an address that is open", []string{"203.0.113.30"}, check.Pass, "FW-OPEN.proven:ok"},
		{"the mail server's", []string{"203.0.113.25"}, check.Fail, "FW-OPEN.shut:blocker"},
		{"not answered", nil, check.Unknown, "FW-OPEN.unknown:advice"},
		{"a name that is open", []string{"ldap.acme.example"}, check.Pass, "FW-OPEN.proven:ok"},
		{"a name that is shut", []string{"old.acme.example"}, check.Fail, "FW-OPEN.shut:blocker"},
		{"a name without address", []string{"none.acme.example"}, check.Unknown, "FW-OPEN.unknown:advice"},
	} {
		in := moveInput(text)
		in.Ports = []check.PortNeed{{ID: "ldaps-in", Label: "directory in 636", In: true, Proto: "tcp", Port: 636}}
		in.Directory = c.host
		r := run(t, OpenCheck(n.World("198.51.100.1")), in)
		if r.Outcome != c.want || !strings.Contains(codes(r), c.code) {
			t.Errorf("%s: %s, %s", c.name, r.Outcome, codes(r))
		}
		asked := slices.ContainsFunc(r.Findings, func(f check.Finding) bool { return strings.Contains(string(f.Do), "directory reached from outside") })
		if asked != (c.want == check.Unknown) {
			t.Errorf("%s: the question is named: %v", c.name, asked)
		}
		if len(c.host) > 0 && strings.Contains(c.host[0], "acme") != (len(r.Evidence) == 2) {
			t.Errorf("%s: evidence %+v", c.name, r.Evidence)
		}
	}
}
