package firewall

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// twoWANs is a device with two lines to the internet, of which wan1 has the
// public address of the mail server; more policies follow the one for mail.
func twoWANs(sources, more string) string {
	var b strings.Builder
	b.WriteString("#config-version=FGT60F-7.2.8-FW-build1639-240313:opmode=0:vdom=0:user=admin\nconfig system interface\n")
	for _, x := range []struct{ name, ip, role string }{{"wan1", "203.0.113.2", "wan"}, {"wan2", "198.51.100.2", "wan"}, {"dmz", "10.0.0.1", "dmz"}} {
		fmt.Fprintf(&b, "    edit %q\n        set vdom \"root\"\n        set ip %s 255.255.255.0\n        set role %s\n    next\n", x.name, x.ip, x.role)
	}
	b.WriteString("end\nconfig router static\n")
	for i, x := range []struct{ via, out string }{{"203.0.113.1", "wan1"}, {"198.51.100.1", "wan2"}} {
		fmt.Fprintf(&b, "    edit %d\n        set gateway %s\n        set device %q\n    next\n", i+1, x.via, x.out)
	}
	b.WriteString("end\nconfig firewall address\n    edit \"all\"\n    next\n    edit \"exchange\"\n        set subnet 10.0.0.25 255.255.255.255\n    next\n")
	var names []string
	for i, p := range auPrefixes() {
		names = append(names, fmt.Sprintf("%q", fmt.Sprint("m", i)))
		fmt.Fprintf(&b, "    edit \"m%d\"\n        set subnet %s\n    next\n", i, p)
	}
	b.WriteString("end\nconfig firewall vip\n    edit \"mail\"\n        set extip 203.0.113.25\n        set extintf \"wan1\"\n        set mappedip \"10.0.0.25\"\n    next\nend\n")
	if sources == "" {
		sources = strings.Join(names, " ")
	}
	policy := func(id int, in, out, src, dst string) {
		fmt.Fprintf(&b, "    edit %d\n        set srcintf %q\n        set dstintf %s\n        set action accept\n        set srcaddr %s\n        set dstaddr %q\n"+
			"        set schedule \"always\"\n        set service \"SMTP\"\n    next\n", id, in, out, src, dst)
	}
	b.WriteString("config firewall policy\n")
	policy(1, "wan1", `"dmz"`, sources, "mail")
	policy(2, "dmz", `"wan1" "wan2"`, `"exchange"`, "all")
	return b.String() + more + "end\n"
}

func auPrefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, r := range options().Ranges {
		out = append(out, r.CIDR)
	}
	return out
}

// TestTwoOutside: of two interfaces that face the internet, the one whose
// network holds the public address is where the internet brings its packets.
func TestTwoOutside(t *testing.T) {
	opt := options()
	opt.Lockdown = true
	for _, c := range []struct {
		name, sources string
		reqs, lock    Answer
	}{
		{"the ranges", "", Proven, Proven},
		{"one range", `"m0"`, Disproven, Proven},
		{"everybody", `"all"`, Proven, Disproven},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := check1(t, twoWANs(c.sources, ""), opt)
			if got := answerOf(r.Requirements); got != c.reqs || r.Lockdown.Verdict != c.lock {
				t.Fatalf("%s, lock-down %s, want %s and %s: %s", got, r.Lockdown.Verdict, c.reqs, c.lock, r.Text())
			}
			if !strings.Contains(strings.Join(r.Assumptions, "\n"), "203.0.113.25 is taken to be reached by wan1 alone") {
				t.Errorf("what it rests on is not said: %v", r.Assumptions)
			}
			for _, q := range r.Requirements {
				for _, g := range q.Gaps {
					if g.Witness.InIf != "wan1" {
						t.Errorf("a gap is shown by %s", g.Witness)
					}
				}
			}
		})
	}
}
