package firewall

import (
	"strings"
	"testing"
)

// TestZones: in a table with zones the internet is where incoming packets come
// from and where outgoing ones go.
func TestZones(t *testing.T) {
	table := "action,direction,protocol,source,destination,port,from zone,to zone\n" +
		"allow,in,tcp,103.13.69.0/24,203.0.113.25,25,untrust,dmz\nallow,in,tcp,124.47.150.0/24,203.0.113.25,25,untrust,dmz\n" +
		"allow,out,tcp,203.0.113.25,any,25,dmz,untrust\n"
	end := "deny,any,any,any,any,any,any,any\n"
	open := "allow,in,tcp,any,203.0.113.25,25,untrust,dmz\n"
	for _, c := range []struct {
		name, text, iface string
		reqs, lock        Answer
	}{
		{"by name", table + end, "", Proven, Proven},
		{"as said", table + end, "untrust", Proven, Proven},
		{"names that say nothing", strings.ReplaceAll(table+end, "untrust", "z1"), "", Proven, Proven},
		{"the other zone", table + end, "dmz", Disproven, Proven},
		{"open", table + open + end, "", Proven, Disproven},
		{"no row out", strings.Replace(table, "allow,out", "deny,out", 1) + end, "", Disproven, Proven},
	} {
		t.Run(c.name, func(t *testing.T) {
			opt := options()
			opt.Lockdown, opt.Interface = true, c.iface
			r := check1(t, c.text, opt)
			if got := answerOf(r.Requirements); got != c.reqs || r.Lockdown.Verdict != c.lock {
				t.Errorf("%s, lock-down %s, want %s and %s: %s", got, r.Lockdown.Verdict, c.reqs, c.lock, r.Text())
			}
		})
	}
}
