package pf_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/ir"
)

// threeLegged is a firewall with a network for servers and one for the office,
// its interfaces in macros.
const threeLegged = `ext_if = "em0"
dmz_if = "em1"
lan_if = "em2"
mail = "10.0.0.25"
mail_pub = "203.0.113.25"
table <mimecast> persist { 103.13.69.0/24 124.47.150.0/24 }
set skip on lo
match in all scrub (no-df random-id max-mss 1440)
match out on $ext_if inet from $mail nat-to $mail_pub
match out on $ext_if inet from { $lan_if:network $dmz_if:network } nat-to ($ext_if:0)
antispoof quick for { $ext_if $dmz_if }
block log all
pass in on $ext_if inet proto tcp from <mimecast> to $mail_pub port smtp rdr-to $mail
pass in on $ext_if inet proto tcp to $mail_pub port https rdr-to $mail
pass out on $dmz_if inet proto tcp to $mail port { smtp https }
pass in on $dmz_if inet proto tcp from $mail to any port smtp
pass in on $lan_if inet
pass out on $ext_if inet
`

// TestFacing asks the whole question of files that name the interface of the
// internet by nothing but their rules.
func TestFacing(t *testing.T) {
	const outAny = "pass in on $ext_if inet proto tcp from <mimecast>"
	for _, c := range []struct {
		name, old, new string
		want, lock     firewall.Answer
	}{
		{"as it is", "", "", firewall.Proven, firewall.Proven},
		{"the office by its network", "pass in on $lan_if inet\n", "pass in on $lan_if inet from $lan_if:network\n", firewall.Proven, firewall.Proven},
		{"reached from inside by the public address", "antispoof", "match out on $dmz_if inet from 10.0.1.0/24 to $mail nat-to ($dmz_if)\nmatch in on $lan_if inet proto tcp from 10.0.1.0/24 to $mail_pub port smtp rdr-to $mail\nantispoof", firewall.Proven, firewall.Proven},
		{"a proxy on the firewall", "pass in on $lan_if inet\n", "pass in on $lan_if inet\npass in on $lan_if inet proto tcp to any port 80 rdr-to 127.0.0.1 port 3128\n", firewall.Proven, firewall.Proven},
		{"open to everybody", outAny, "pass in on $ext_if inet proto tcp from any", firewall.Disproven, firewall.Disproven},
		{"carp and pfsync", "pass out on $ext_if inet\n", "pass out on $ext_if inet\npass quick on { em0 em1 em2 } proto carp keep state (no-sync)\npass quick on em3 proto pfsync keep state (no-sync)\n", firewall.Proven, firewall.Proven},
		{"a protocol by a name that is not known", "pass out on $ext_if inet\n", "pass out on $ext_if inet\npass quick proto frob\n", firewall.Proven, firewall.Proven},
		{"a protocol by a macro that is not there", "pass out on $ext_if inet\n", "pass out on $ext_if inet\npass quick proto $frob\n", firewall.CannotTell, firewall.CannotTell},
	} {
		t.Run(c.name, func(t *testing.T) {
			if !strings.Contains(threeLegged, c.old) {
				t.Fatalf("no %q", c.old)
			}
			r := report(t, strings.Replace(threeLegged, c.old, c.new, 1), options(true))
			if r.Verdict != c.want || r.Lockdown.Verdict != c.lock {
				t.Errorf("%s and %s, want %s and %s\n%s", r.Verdict, r.Lockdown.Verdict, c.want, c.lock, r.Text())
			}
		})
	}
}

// TestOuter reads which interfaces face the internet.
func TestOuter(t *testing.T) {
	const (
		nat    = "nat on em0 from 10.0.0.0/8 to any -> (em0)\n"
		rdr    = "rdr on em1 proto tcp from any to any port 25 -> 10.0.0.25\n"
		end    = "block all\npass in on em2\n"
		addrs  = "em0: flags=8843<UP> mtu 1500\n\tinet 203.0.113.2 netmask 0xfffffff8 broadcast 203.0.113.7\nem2: flags=8843<UP> mtu 1500\n\tinet 10.0.0.1 netmask 0xff000000 broadcast 10.255.255.255\n"
		routed = "default            192.0.2.1       UGS        0        0     -     8 em2\n"
	)
	for _, c := range []struct{ name, text, want string }{
		{"nothing tells", end, ""},
		{"nat", nat + end, "em0"},
		{"no nat", "no " + strings.TrimSuffix(nat, " -> (em0)\n") + "\n" + end, ""},
		{"nat before rdr on another", nat + rdr + end, "em0"},
		{"rdr alone", rdr + end, "em1"},
		{"rdr on two", rdr + strings.Replace(rdr, "em1", "em3", 1) + end, ""},
		{"binat", "binat on em0 from 10.0.0.25 to any -> 203.0.113.25\n" + end, "em0"},
		{"binat-to", "match on em0 from 10.0.0.25 to any binat-to 203.0.113.25\n" + end, "em0"},
		{"two lines to the internet", nat + strings.ReplaceAll(nat, "em0", "em3") + end, "em0 em3"},
		{"answers routed back", nat + end + "pass in on em3 reply-to (em3 192.0.2.1) proto tcp to port 25\n", "em0 em3"},
		{"the group egress", nat + end + "pass out on egress\n", "egress"},
		{"addresses, but no route", addrs + nat + end, "em0"},
		{"a default route", addrs + routed + nat + end, "em2"},
		{"in an anchor", "anchor \"x\" {\n\tpass out on em0 from 10.0.0.0/8 nat-to (em0)\n}\n" + end, "em0"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := firewall.Read("", []byte(c.text), "pf")
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, f := range set.Ifaces {
				if f.Outer == ir.Yes {
					got = append(got, f.Name)
				}
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}
