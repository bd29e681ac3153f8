package firewall

import (
	"strings"
	"testing"
)

// TestLeakClosedGently holds that closing a leak leaves alone who is none: the
// host itself and what rules above the leaking one let in.
func TestLeakClosedGently(t *testing.T) {
	named := "-A INPUT -s 103.13.69.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n" +
		"-A INPUT -s 124.47.150.0/24 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n"
	own := "-A INPUT -i lo -j ACCEPT\n-A INPUT -s 192.168.0.0/16 -j ACCEPT\n"
	for _, x := range []struct {
		name, rules string
		want        []string
		not         string
	}{
		{"a rule of its own", own + named + "-A INPUT -p tcp -m tcp --dport 25 -j ACCEPT\n", []string{"iptables -D INPUT -p tcp -m tcp --dport 25 -j ACCEPT"}, "-I INPUT"},
		{"the ranges need it", own + "-A INPUT -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\n", []string{"-I INPUT 4 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j DROP"}, "-D INPUT"},
		{"it opens more", own + named + "-A INPUT -d 203.0.113.25/32 -p tcp -m tcp -j ACCEPT\n", []string{"-I INPUT 6 -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j DROP"}, "-D INPUT"},
	} {
		opt := options()
		opt.Needs, opt.Lockdown = NeedsFor([]uint16{25})[:1], true
		text := filterHead + established + x.rules + "COMMIT\n"
		r := check1(t, text, opt)
		if len(r.Leaks) == 0 || r.Leaks[0].Category != "internet" {
			t.Errorf("%s: no leak\n%s", x.name, r.Text())
			continue
		}
		fix := r.Leaks[0].Fix
		for _, w := range x.want {
			if !strings.Contains(fix.Copy, w) {
				t.Errorf("%s: %s\n%s, want %s", x.name, fix.Text, fix.Copy, w)
			}
		}
		if strings.Contains(fix.Copy, x.not) || !strings.Contains(fix.Text, "your own network") {
			t.Errorf("%s: %s\n%s", x.name, fix.Text, fix.Copy)
		}
		if again := check1(t, applied(t, text, r), opt); again.Verdict != Proven {
			t.Errorf("%s: still %s\n%s", x.name, again.Verdict, again.Text())
		}
	}
}
