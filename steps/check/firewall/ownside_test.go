package firewall

import (
	"strings"
	"testing"
)

// TestMailOutDoesNotComeFromOutside: where the file does not show the server's
// interface, it is none that faces the internet, so no rule for what comes in
// there is blamed for mail that leaves.
func TestMailOutDoesNotComeFromOutside(t *testing.T) {
	text := `table inet filter {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ct state established,related accept
		iifname vmap { "eth0" : jump from_wan, "eth1" : jump from_lan, "eth2" : jump from_dmz }
	}
	chain from_wan {
		iifname "eth0" ip saddr { 103.13.69.0/24, 124.47.150.0/24 } ip daddr 203.0.113.25 tcp dport 25 accept
		iifname "eth0" tcp dport 25 drop
	}
	chain from_lan {
		ip daddr { 103.13.69.0/24, 124.47.150.0/24 } accept
	}
	chain from_dmz {
		tcp dport 25 reject
	}
}
`
	opt := options()
	opt.Interface = "eth0"
	r := check1(t, text, opt)
	gaps := 0
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			gaps++
			if q.Direction != "out" || g.By.Line != 15 {
				t.Errorf("%s %s is blamed on line %d: %s", q.Range, q.Direction, g.By.Line, g.By.Text)
			}
		}
	}
	if gaps == 0 {
		t.Error(r.Text())
	}
	// An interface that no rule names is left, and told of.
	r = check1(t, strings.Replace(text, "tcp dport 25 reject", "tcp dport 25 accept", 1), opt)
	if s := r.Text(); r.Verdict != CannotTell || strings.Contains(s, "in by eth0 out") || strings.Contains(s, "Say which interface faces the internet") {
		t.Error(s)
	}
}
