package firewalld_test

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/firewalld"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// gateway is a listing of a firewall that sends mail on, to everybody's use with
// forwards and to some with rich rules.
func gateway(forwards, rich string) string {
	zone := func(name, iface, forwards, rich string) string {
		return name + " (active)\n  target: default\n  icmp-block-inversion: no\n  interfaces: " + iface + "\n  sources: \n  services: \n  ports: \n  protocols: \n" +
			"  forward: yes\n  masquerade: no\n  forward-ports: \n" + forwards + "  source-ports: \n  icmp-blocks: \n  rich rules: \n" + rich + "\n"
	}
	return zone("external", "eth0", forwards, rich) + zone("internal", "eth1", "", "")
}

// TestForwardsForEverybody: a lock-down takes away what is sent on for
// everybody, however its port is written, and the undo puts back what was there
// and no more.
func TestForwardsForEverybody(t *testing.T) {
	const (
		written = "\tport=25:proto=tcp:toport=25:toaddr=10.0.0.25\n"
		left    = "\tport=25:proto=tcp:toport=:toaddr=10.0.0.25\n"
		moved   = "\tport=2525:proto=tcp:toport=25:toaddr=10.0.0.25\n"
		narrow  = "\trule family=\"ipv4\" source address=\"103.13.69.0/24\" forward-port port=\"25\" protocol=\"tcp\" to-port=\"25\" to-addr=\"10.0.0.25\"\n"
	)
	flows := ft.Flows()[:1]
	flows = append(flows, ft.Flows()[2])
	asked := func(text, from string, port int) string {
		return ft.Ask(t, "firewalld", text, firewall.Probe{
			Dir: "in", InIf: "eth0", OutIf: "eth1", Src: from, Dst: "203.0.113.25", Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(port),
		}).Verdict
	}
	for _, c := range []struct {
		name, text     string
		port           uint16
		known          bool
		after, backout string // what becomes of a stranger
	}{
		{"the port is written", gateway(written, narrow), 25, true, "deny", "permit"},
		{"the port is left out", gateway(left, narrow), 25, true, "deny", "permit"},
		{"both", gateway(written+left, ""), 25, true, "deny", "permit"},
		{"another port", gateway(moved, ""), 2525, true, "deny", "permit"},
		{"some alone", gateway("", narrow), 25, true, "deny", "deny"},
		{"some alone, not known", gateway("", narrow), 25, false, "deny", "deny"},
		{"the port is left out, not known", gateway(left, ""), 25, false, "deny", "deny"},
	} {
		t.Run(c.name, func(t *testing.T) {
			job := format.Job{Flows: flows, Outside: "external", Translate: []format.Translation{
				{Public: netip.MustParseAddr("203.0.113.25"), Inside: netip.MustParseAddr("10.0.0.25"), PublicPort: c.port, Port: 25},
			}}
			if c.known {
				set, err := firewall.Read("", []byte(c.text), "firewalld")
				if err != nil {
					t.Fatal(err)
				}
				job.Set = set
			}
			s, err := firewalld.Write(job)
			if err != nil {
				t.Fatal(err)
			}
			port := int(c.port)
			if got := asked(c.text+s.Text, "198.51.100.9", port); got != c.after {
				t.Errorf("a stranger after the rules: %s, want %s\n%s", got, c.after, s.Text)
			}
			for _, from := range []string{"103.13.69.7", "124.47.150.7"} {
				if got := asked(c.text+s.Text, from, port); got != "permit" {
					t.Errorf("%s after the rules: %s\n%s", from, got, s.Text)
				}
			}
			if got := asked(c.text+s.Text+s.Undo, "198.51.100.9", port); got != c.backout {
				t.Errorf("a stranger after the undo: %s, want %s\n%s", got, c.backout, s.Undo)
			}
			if told := strings.Contains(strings.Join(s.Notes, " "), "--list-forward-ports"); told == c.known {
				t.Errorf("notes: %s", s.Notes)
			}
		})
	}
}
