package firewall

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check"
)

// TestServersOwnRule: the rule by which the mail server sends is no leak, on
// the command line and in the wizard alike; its neighbours are.
func TestServersOwnRule(t *testing.T) {
	inner := netip.MustParseAddr("10.0.5.25")
	for name, c := range map[string]struct {
		text    string
		servers []netip.Addr
		want    int
	}{
		"behind the firewall": {
			strings.Replace(fwdHead, "-A FORWARD -i eth1 -o eth0 -j ACCEPT\n", "", 1) + strings.ReplaceAll(fwdFirst+fwdOther, "10.0.5.25", "203.0.113.25") +
				"-A FORWARD -s 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			[]netip.Addr{server},
			0,
		},
		"its neighbours too": {
			strings.Replace(fwdHead, "-A FORWARD -i eth1 -o eth0 -j ACCEPT\n", "", 1) + strings.ReplaceAll(fwdFirst+fwdOther, "10.0.5.25", "203.0.113.25") +
				"-A FORWARD -s 203.0.113.24/30 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n",
			[]netip.Addr{server},
			1,
		},
		"translated":     {natHead + fwdHead + fwdFirst + fwdOther + "-A FORWARD -s 10.0.5.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n", []netip.Addr{server}, 0},
		"both addresses": {natHead + fwdHead + fwdFirst + fwdOther + "-A FORWARD -s 203.0.113.25/32 -p tcp -m tcp --dport 25 -j ACCEPT\nCOMMIT\n", []netip.Addr{server, inner}, 0},
		"a table": {
			"action,direction,protocol,source,destination,port\nallow,in,tcp,103.13.69.0/24,203.0.113.25,25\nallow,in,tcp,124.47.150.0/24,203.0.113.25,25\n" +
				"allow,any,tcp,203.0.113.25,any,25\ndeny,any,any,any,any,any\n",
			[]netip.Addr{server},
			0,
		},
	} {
		t.Run(name, func(t *testing.T) {
			opt := options()
			opt.Lockdown, opt.Servers = true, c.servers
			r := check1(t, c.text, opt)
			n := 0
			for _, l := range r.Leaks {
				if l.Category == "internet" {
					n++
				}
			}
			if n != c.want {
				t.Errorf("%d leaks, want %d\n%s", n, c.want, r.Text())
			}
			in := moveInput(c.text)
			in.Phase = check.After
			in.MailServers = addrStrings(c.servers)
			if got := strings.Count(codes(run(t, LockCheck(), in)), "FW-LOCK.leak"); got != c.want {
				t.Errorf("the check reports %d leaks, want %d", got, c.want)
			}
		})
	}
}
