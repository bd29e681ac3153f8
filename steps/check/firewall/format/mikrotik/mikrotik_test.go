package mikrotik_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/ir"
)

const id = "mikrotik"

// mail is a packet that opens a mail connection from the provider.
func mail(change ...ft.Change) firewall.Probe {
	return ft.Mail(append([]ft.Change{ft.Dir("fwd"), ft.Via("ether1", "bridge")}, change...)...)
}

const filter = "/ip firewall filter\n"

// TestSemantics holds packets against what the vendor's documentation says of
// one construct each.
func TestSemantics(t *testing.T) {
	const drop = "\nadd action=drop chain=forward"
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
		why        string
	}{
		{"the end of a chain accepts", filter + "add action=drop chain=forward dst-port=26 protocol=tcp", mail(), "permit", 0, ""},
		{"first rule decides", filter + "add chain=forward protocol=tcp dst-port=25 action=accept" + drop, mail(), "permit", 2, ""},
		{"action accept is left out", filter + "add chain=forward protocol=tcp dst-port=25" + drop, mail(), "permit", 2, ""},
		{"order", filter + "add action=drop chain=forward\nadd chain=forward action=accept", mail(), "deny", 2, ""},
		{"reject", filter + "add action=reject chain=forward reject-with=icmp-admin-prohibited", mail(), "deny", 2, ""},
		{"tarpit", filter + "add action=tarpit chain=forward protocol=tcp", mail(), "deny", 2, ""},
		{"log goes on", filter + "add action=log chain=forward log-prefix=x" + drop, mail(), "deny", 3, ""},
		{"passthrough goes on", filter + "add action=passthrough chain=forward" + drop, mail(), "deny", 3, ""},
		{"disabled", filter + "add action=accept chain=forward disabled=yes" + drop, mail(), "deny", 3, ""},
		{"not disabled", filter + "add action=accept chain=forward disabled=no" + drop, mail(), "permit", 2, ""},
		{"jump and back", filter + "add action=jump chain=forward jump-target=x" + drop + "\nadd action=accept chain=x src-address=192.0.2.0/24", mail(), "deny", 3, ""},
		{"jump decides", filter + "add action=jump chain=forward jump-target=x" + drop + "\nadd action=accept chain=x src-address=103.13.69.0/24", mail(), "permit", 4, ""},
		{"return", filter + "add action=jump chain=forward jump-target=x" + drop + "\nadd action=return chain=x protocol=tcp\nadd action=accept chain=x", mail(), "deny", 3, ""},
		{"return at the top accepts", filter + "add action=return chain=forward" + drop, mail(), "permit", 0, ""},
		{"jump to a chain without rules", filter + "add action=jump chain=forward jump-target=nowhere" + drop, mail(), "deny", 3, ""},
		{"chain that calls itself", filter + "add action=jump chain=forward jump-target=x\nadd action=jump chain=x jump-target=x", mail(), "unknown", 3, "itself"},
		{"negated source", filter + "add chain=forward src-address=!103.13.69.0/24" + drop, mail(), "deny", 3, ""},
		{"range", filter + "add chain=forward src-address=103.13.69.0-103.13.69.7" + drop, mail(), "permit", 2, ""},
		{"range one short", filter + "add chain=forward src-address=103.13.69.0-103.13.69.6" + drop, mail(), "deny", 3, ""},
		{"half of the range", filter + "add chain=forward src-address=103.13.69.0/25" + drop, mail(ft.From("103.13.69.128")), "deny", 3, ""},
		{"ports", filter + "add chain=forward protocol=tcp dst-port=20-24,25,587" + drop, mail(), "permit", 2, ""},
		{"negated ports", filter + "add chain=forward protocol=tcp dst-port=!25,587" + drop, mail(), "deny", 3, ""},
		{"either port", filter + "add chain=forward protocol=tcp port=25" + drop, mail(), "permit", 2, ""},
		{"either port, source", filter + "add chain=forward protocol=tcp port=40000" + drop, mail(), "permit", 2, ""},
		{"source port", filter + "add chain=forward protocol=tcp src-port=1024-65535" + drop, mail(ft.SPort(1023)), "deny", 3, ""},
		{"udp is not tcp", filter + "add chain=forward protocol=udp dst-port=25" + drop, mail(), "deny", 3, ""},
		{"not udp", filter + "add chain=forward protocol=!udp" + drop, mail(), "permit", 2, ""},
		{"established is not new", filter + "add chain=forward connection-state=established,related" + drop, mail(), "deny", 3, ""},
		{"not established", filter + "add chain=forward connection-state=!established,related" + drop, mail(), "permit", 2, ""},
		{"fasttrack of later packets", filter + "add action=fasttrack-connection chain=forward connection-state=established,related\nadd chain=forward connection-state=established,related\nadd action=drop chain=forward", mail(), "deny", 4, ""},
		{"flags", filter + "add action=drop chain=forward protocol=tcp tcp-flags=!syn connection-state=new\nadd chain=forward" + drop, mail(), "permit", 3, ""},
		{"syn", filter + "add chain=forward protocol=tcp tcp-flags=syn,!ack" + drop, mail(), "permit", 2, ""},
		{"interface", filter + "add chain=forward in-interface=ether1" + drop, mail(), "permit", 2, ""},
		{"other interface", filter + "add chain=forward in-interface=ether2" + drop, mail(), "deny", 3, ""},
		{"not the interface", filter + "add chain=forward in-interface=!ether1" + drop, mail(), "deny", 3, ""},
		{"list all", filter + "add chain=forward in-interface-list=all" + drop, mail(), "permit", 2, ""},
		{"list none", filter + "add chain=forward in-interface-list=none" + drop, mail(), "deny", 3, ""},
		{"list dynamic", filter + "add chain=forward in-interface-list=dynamic" + drop, mail(), "unknown", 2, "dynamic"},
		{"list not in the file", filter + "add chain=forward in-interface-list=WAN" + drop, mail(), "unknown", 2, "WAN"},
		{"list not in the file, by its name", filter + "add chain=forward in-interface-list=WAN" + drop, mail(ft.Via("WAN", "bridge")), "permit", 2, ""},
		{"list", "/interface list member\nadd list=WAN interface=ether1\n" + filter + "add chain=forward in-interface-list=WAN" + drop, mail(), "permit", 4, ""},
		{"other than list", "/interface list member\nadd list=LAN interface=bridge\n" + filter + "add action=drop chain=forward in-interface-list=!LAN", mail(), "deny", 4, ""},
		{"list by its name", "/interface list member\nadd list=WAN interface=ether1\n" + filter + "add chain=forward in-interface=ether1" + drop, mail(ft.Via("WAN", "bridge")), "permit", 4, ""},
		{"list of two by its name", "/interface list member\nadd list=WAN interface=ether1\nadd list=WAN interface=lte1\n" + filter + "add chain=forward in-interface=ether1" + drop, mail(ft.Via("WAN", "bridge")), "unknown", 5, "list WAN"},
		{"list that includes", "/interface list\nadd name=EDGE include=WAN\nadd name=WAN\n/interface list member\nadd list=WAN interface=ether1\n" + filter + "add chain=forward in-interface-list=EDGE" + drop, mail(), "permit", 7, ""},
		{"list that leaves out", "/interface list\nadd name=EDGE include=WAN exclude=X\nadd name=WAN\n/interface list member\nadd list=WAN interface=ether1\nadd list=X interface=ether1\n" + filter + "add chain=forward in-interface-list=EDGE" + drop, mail(), "deny", 9, ""},
		{"list that includes itself", "/interface list\nadd name=A include=B\nadd name=B include=A\n" + filter + "add chain=forward in-interface-list=A" + drop, mail(), "unknown", 5, "itself"},
		{"port of a bridge", "/interface bridge port\nadd bridge=b interface=ether1\n" + filter + "add chain=forward in-interface=ether1" + drop, mail(), "unknown", 4, "bridge"},
		{"kind of interface", "/interface pppoe-client\nadd name=pppoe-out1 interface=ether1\n" + filter + "add chain=forward in-interface=all-ppp" + drop, mail(ft.Via("pppoe-out1", "bridge")), "permit", 4, ""},
		{"address list", "/ip firewall address-list\nadd list=mc address=103.13.69.0/24\nadd list=mc address=192.0.2.1\n" + filter + "add chain=forward src-address-list=mc" + drop, mail(), "permit", 5, ""},
		{"not on the address list", "/ip firewall address-list\nadd list=mc address=103.13.69.0/24\n" + filter + "add chain=forward src-address-list=!mc" + drop, mail(), "deny", 5, ""},
		{"disabled entry", "/ip firewall address-list\nadd list=mc address=103.13.69.0/24 disabled=yes\nadd list=mc address=192.0.2.1\n" + filter + "add chain=forward src-address-list=mc" + drop, mail(), "deny", 6, ""},
		{"entry with a name", "/ip firewall address-list\nadd list=mc address=mx.example.com\n" + filter + "add chain=forward src-address-list=mc" + drop, mail(), "unknown", 4, "mx.example.com"},
		{"entry with a name, known part", "/ip firewall address-list\nadd list=mc address=mx.example.com\nadd list=mc address=103.13.69.0/24\n" + filter + "add chain=forward src-address-list=mc" + drop, mail(), "permit", 5, ""},
		{"list without entries", filter + "add action=drop chain=forward src-address-list=blocked\nadd chain=forward action=accept", mail(), "unknown", 2, "blocked"},
		{"list that rules fill", filter + "add action=add-src-to-address-list address-list=scan chain=input\nadd action=drop chain=forward src-address-list=scan", mail(), "unknown", 3, "while the router runs"},
		{"list and address", "/ip firewall address-list\nadd list=mc address=103.13.0.0/16\n" + filter + "add chain=forward src-address-list=mc src-address=103.13.69.0/24" + drop, mail(ft.From("103.13.70.1")), "deny", 5, ""},
		{"limit", filter + "add chain=forward limit=10,5:packet" + drop, mail(), "unknown", 2, "limit"},
		{"time", filter + "add chain=forward time=8h-17h,mon,tue" + drop, mail(), "unknown", 2, "time of day"},
		{"layer 7", filter + "add chain=forward layer7-protocol=smtp" + drop, mail(), "unknown", 2, "content"},
		{"mark", filter + "add chain=forward packet-mark=x" + drop, mail(), "unknown", 2, "mark"},
		{"no mark, nothing marks", filter + "add chain=forward packet-mark=no-mark" + drop, mail(), "permit", 2, ""},
		{"no mark, something marks", "/ip firewall mangle\nadd action=mark-packet chain=prerouting new-packet-mark=x\n" + filter + "add chain=forward packet-mark=no-mark" + drop, mail(), "unknown", 4, "mark"},
		{"mangle refuses nothing", "/ip firewall mangle\nadd action=change-mss chain=forward new-mss=clamp-to-pmtu protocol=tcp tcp-flags=syn\n" + filter + "add chain=forward" + drop, mail(), "permit", 4, ""},
		{"property not known", filter + "add chain=forward frob=1" + drop, mail(), "unknown", 2, "frob"},
		{"action not known", filter + "add action=frob chain=forward\nadd chain=forward", mail(), "unknown", 2, "frob"},
		{"line that could not be read", filter + "zzz frob\nadd chain=forward comment=\"not closed\nadd chain=forward", mail(), "unknown", 2, "could not be read"},
		{"property not set", filter + "add action=accept chain=forward !src-address !limit" + drop, mail(), "permit", 2, ""},
		{"tunnel alone", filter + "add action=accept chain=forward ipsec-policy=in,ipsec" + drop, mail(), "deny", 3, ""},
		{"icmp is not tcp", filter + "add chain=forward protocol=icmp icmp-options=8:0-255" + drop, mail(), "deny", 3, ""},
		{"echo", filter + "add chain=forward protocol=icmp icmp-options=8:0-255" + drop, mail(ft.Proto("icmp"), ft.DPort(8)), "permit", 2, ""},
		{"local address type", filter + "add chain=input dst-address-type=local action=drop", mail(ft.Dir("in")), "deny", 2, ""},
		{"input is not forward", filter + "add chain=input action=drop", mail(), "permit", 0, ""},
		{"raw comes first", "/ip firewall raw\nadd action=drop chain=prerouting src-address=103.13.69.0/24\n" + filter + "add chain=forward", mail(), "deny", 2, ""},
		{"not translated", filter + "add action=drop chain=forward connection-nat-state=!dstnat connection-state=new", mail(), "deny", 2, ""},
		{"translated", "/ip firewall nat\nadd action=dst-nat chain=dstnat dst-address=203.0.113.2 protocol=tcp dst-port=25 to-addresses=10.0.0.25\n" + filter + "add action=drop chain=forward connection-nat-state=!dstnat connection-state=new\nadd chain=forward dst-address=10.0.0.25" + drop, mail(ft.To("203.0.113.2")), "permit", 5, ""},
		{"translated to another port", "/ip firewall nat\nadd action=dst-nat chain=dstnat dst-address=203.0.113.2 protocol=tcp dst-port=2525 to-addresses=10.0.0.25 to-ports=25\n" + filter + "add chain=forward dst-address=10.0.0.25 protocol=tcp dst-port=25" + drop, mail(ft.To("203.0.113.2"), ft.DPort(2525)), "permit", 4, ""},
		{"the filter sees the inside address", "/ip firewall nat\nadd action=dst-nat chain=dstnat dst-address=203.0.113.2 protocol=tcp dst-port=25 to-addresses=10.0.0.25\n" + filter + "add chain=forward dst-address=203.0.113.2" + drop, mail(ft.To("203.0.113.2")), "deny", 5, ""},
		{"one to one", "/ip firewall nat\nadd action=netmap chain=dstnat dst-address=203.0.113.24/30 to-addresses=10.0.0.24/30\n" + filter + "add chain=forward dst-address=10.0.0.25" + drop, mail(ft.To("203.0.113.25")), "permit", 4, ""},
		{"one to one, the neighbour", "/ip firewall nat\nadd action=netmap chain=dstnat dst-address=203.0.113.24/30 to-addresses=10.0.0.24/30\n" + filter + "add chain=forward dst-address=10.0.0.25" + drop, mail(ft.To("203.0.113.26")), "deny", 5, ""},
		{"own address, not translated", "/ip address\nadd address=203.0.113.2/29 interface=ether1\n" + filter + "add chain=forward", mail(ft.To("203.0.113.2")), "deny", 2, ""},
		{"redirect", "/ip firewall nat\nadd action=redirect chain=dstnat protocol=tcp dst-port=25 to-ports=2525\n" + filter + "add action=drop chain=input", mail(ft.To("192.0.2.1")), "deny", 4, ""},
		{"place-before", filter + "add action=drop chain=forward\nadd chain=forward place-before=0", mail(), "permit", 3, ""},
		{"place-before by comment", filter + "add action=log chain=forward\nadd action=drop chain=forward comment=\"the rest\"\nadd chain=forward place-before=[find comment=\"the rest\"]", mail(), "permit", 4, ""},
		{"place-before not told", filter + "add action=drop chain=forward\nadd chain=forward place-before=*1F", mail(), "unknown", 3, "where the rule"},
		{"remove", filter + "add action=drop chain=forward comment=a\nremove [find comment=a]\nadd chain=forward", mail(), "permit", 4, ""},
		{"disable", filter + "add action=drop chain=forward comment=a\nadd chain=forward\ndisable [find where comment=a]", mail(), "permit", 3, ""},
		{"set by number", filter + "add action=drop chain=forward\nset 0 action=accept" + drop, mail(), "permit", 2, ""},
		{"set of what cannot be told", filter + "add chain=forward\nset *5 action=drop", mail(), "unknown", 3, "cannot be told"},
		{"remove all", filter + "add action=drop chain=forward\nremove [find dynamic=no]\nadd chain=forward", mail(), "permit", 4, ""},
		{"path before each command", "/ip firewall filter add chain=forward action=drop src-address=192.0.2.0/24\n/ip firewall filter add chain=forward" + drop, mail(), "permit", 2, ""},
		{"slashes", "/ip/firewall/filter/add chain=forward action=drop", mail(), "deny", 1, ""},
		{"two on a line", "/ip firewall filter; add chain=forward; add chain=forward action=drop", mail(), "permit", 1, ""},
		{"quotes and continuation", filter + "add action=accept chain=forward comment=\"a \\\"b\\\" action=drop \\\n    c\" protocol=\\\n    tcp" + drop, mail(), "permit", 2, ""},
		{"a wrapped line without a backslash", filter + "add action=accept chain=forward\n    protocol=udp" + drop, mail(), "deny", 4, ""},
		{"prompt", "[admin@MikroTik] > /export terse\n[admin@MikroTik] /ip/firewall/filter> add chain=forward action=drop", mail(), "deny", 2, ""},
		{"a script with conditions", ":if ($x) do={\n/ip firewall filter add chain=forward action=drop\n}", mail(), "unknown", 2, "script"},
		{"what the router says of a rule", filter + "# in/out-interface matcher not possible when interface (ether1) is slave - use master instead (bridge)\nadd chain=forward in-interface=ether1" + drop, mail(), "unknown", 3, "slave"},
		{"a chain by name", filter + "add chain=x action=drop", mail(func(p *firewall.Probe) { p.ACL = "x" }, ft.Dir("")), "deny", 2, ""},
		{"v6", "/ipv6 firewall filter\nadd action=accept chain=forward src-address=2001:db8:1::/48\nadd action=drop chain=forward", mail(ft.From("2001:db8:1::7"), ft.To("2001:db8:2::25")), "permit", 2, ""},
		{"v6 near miss", "/ipv6 firewall filter\nadd action=accept chain=forward src-address=2001:db8:1::/48\nadd action=drop chain=forward", mail(ft.From("2001:db8:3::7"), ft.To("2001:db8:2::25")), "deny", 3, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := ft.Ask(t, id, c.text+"\n", c.p)
			if got.Verdict != c.want || c.line != 0 && got.Line != c.line || !strings.Contains(got.Why, c.why) {
				t.Errorf("got %+v, want %s at line %d because %q", got, c.want, c.line, c.why)
			}
		})
	}
}

// TestFasttrackAlone lets most later packets pass, but not all: without a rule
// that accepts them the answers are not certain.
func TestFasttrackAlone(t *testing.T) {
	text := filter + "add chain=forward protocol=tcp dst-port=25 connection-state=new\nadd action=fasttrack-connection chain=forward connection-state=established,related\n"
	for end, want := range map[string]firewall.Answer{
		"add action=drop chain=forward\n": firewall.CannotTell,
		"add chain=forward connection-state=established,related\nadd action=drop chain=forward\n": firewall.Proven,
	} {
		rep, err := firewall.CheckFile("x.rsc", []byte(text+end), ft.Options("10.0.0.25"))
		if err != nil {
			t.Fatal(err)
		}
		for _, q := range rep.Requirements {
			if q.Direction == "in" && q.Verdict != want {
				t.Errorf("%q: %s %s, want %s", end, q.Verdict, q.Why, want)
			}
		}
	}
}

// TestMailSite asks the whole question of a usual export, and of what becomes
// of it when one line changes.
func TestMailSite(t *testing.T) {
	text := ft.Sample(t, "mail-site.rsc")
	for _, c := range []struct {
		name, old, new string
		want, lock     firewall.Answer
		line           int // of the first gap or leak
	}{
		{name: "as it is", want: firewall.Proven, lock: firewall.Proven},
		{name: "half a range", old: "address=124.47.150.0/24", new: "address=124.47.150.0/25", want: firewall.Disproven, lock: firewall.Proven, line: 42},
		{name: "old rule enabled", old: "disabled=yes ", want: firewall.Disproven, lock: firewall.Disproven, line: 41},
		{name: "no translation", old: "action=dst-nat", new: "action=passthrough", want: firewall.Disproven, lock: firewall.CannotTell, line: 22},
		{name: "second public address", old: "/ip ipsec identity", new: "/ip firewall nat\nadd action=dst-nat chain=dstnat dst-address=203.0.113.3 dst-port=2525 protocol=tcp to-addresses=10.0.0.25 to-ports=26\n/ip ipsec identity", want: firewall.Proven, lock: firewall.Proven},
		{name: "deny disabled", old: "add action=drop chain=forward comment=\"no other", new: "add action=drop disabled=yes chain=forward comment=\"no other", want: firewall.Disproven, lock: firewall.Disproven},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := text
			if c.old != "" {
				if !strings.Contains(text, c.old) {
					t.Fatalf("the sample lacks %q", c.old)
				}
				changed = strings.Replace(text, c.old, c.new, 1)
			}
			rep := ft.Check(t, changed, ft.Options("203.0.113.2"))
			if rep.Verdict != c.want || rep.Lockdown.Verdict != c.lock {
				t.Fatalf("%s and %s, want %s and %s\n%s", rep.Verdict, rep.Lockdown.Verdict, c.want, c.lock, rep.Text())
			}
			line := ft.FirstLine(rep)
			if c.line != 0 && line != c.line {
				t.Errorf("line %d is blamed, want %d\n%s", line, c.line, rep.Text())
			}
			if strings.Contains(rep.Text(), "s3cr3t") {
				t.Error("a secret is shown")
			}
		})
	}
}

// TestTerse reads commands with their path before each, and a mapping of a
// whole network.
func TestTerse(t *testing.T) {
	text := ft.Sample(t, "terse-v6.rsc")
	p := firewall.Probe{Dir: "fwd", InIf: "wan", OutIf: "dmz", Src: "103.13.69.9", Dst: "192.0.2.25", Proto: "tcp", SPort: ft.Port(50000), DPort: ft.Port(25)}
	for _, c := range []struct {
		dst, src, want string
		line           int
	}{
		{"192.0.2.25", "103.13.69.9", "permit", 12},
		{"192.0.2.25", "103.13.70.9", "deny", 10},
		{"192.0.2.26", "103.13.69.9", "deny", 10},
	} {
		p.Dst, p.Src = c.dst, c.src
		if v := ft.Ask(t, id, text, p); v.Verdict != c.want || v.Line != c.line {
			t.Errorf("%s to %s: %+v, want %s at line %d", c.src, c.dst, v, c.want, c.line)
		}
	}
}

// TestBlame deletes the line that is said to decide: the verdict must change.
func TestBlame(t *testing.T) {
	text := ft.Sample(t, "mail-site.rsc")
	for _, p := range []firewall.Probe{
		mail(ft.Via("ether1-wan", "bridge"), ft.To("203.0.113.2")),
		mail(ft.Via("ether1-wan", "bridge"), ft.To("203.0.113.2"), ft.From("198.51.100.9")),
	} {
		before := ft.Ask(t, id, text, p)
		lines := strings.Split(text, "\n")
		k := before.Line - 1
		lines[k] = strings.Replace(lines[k], "add ", "add disabled=yes ", 1)
		if after := ft.Ask(t, id, strings.Join(lines, "\n"), p); after.Verdict == before.Verdict {
			t.Errorf("%+v: without line %d it is still %s (%+v)", p, before.Line, after.Verdict, after)
		}
	}
}

// TestSame rewrites a file without changing what it means.
func TestSame(t *testing.T) {
	text := ft.Sample(t, "mail-site.rsc")
	for name, same := range map[string]string{
		"names":      strings.ReplaceAll(strings.ReplaceAll(text, "mimecast", "filter-hosts"), "ether1-wan", "sfp1"),
		"split":      strings.Replace(text, "add address=124.47.150.0/24 list=mimecast", "add address=124.47.150.0/25 list=mimecast\nadd address=124.47.150.128/25 list=mimecast", 1),
		"CRLF":       strings.ReplaceAll(text, "\n", "\r\n"),
		"one line":   strings.ReplaceAll(text, "\\\n    ", ""),
		"after all":  text + "/ip firewall filter\nadd action=accept chain=forward comment=\"never reached from outside\" in-interface=bridge\n",
		"dhcp-style": strings.Replace(text, "/ip route\nadd disabled=no distance=1 dst-address=0.0.0.0/0 gateway=203.0.113.1 routing-table=main", "/ip dhcp-client\nadd interface=ether1-wan", 1),
	} {
		rep, err := firewall.CheckFile("rules.rsc", []byte(same), ft.Options("203.0.113.2"))
		if err != nil {
			t.Fatal(err)
		}
		if rep.Verdict != firewall.Proven || rep.Lockdown.Verdict != firewall.Proven {
			t.Errorf("%s: %s", name, rep.Text())
		}
	}
}

// TestWriteInto puts written rules into files that refuse and that let pass.
func TestWriteInto(t *testing.T) {
	flows := []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in 25", Src: ft.Prefixes("103.13.69.0/24", "124.47.150.0/24"), Dst: ft.Prefixes("10.0.0.25/32")},
		{Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail out 25", Dst: ft.Prefixes("103.13.69.0/24", "124.47.150.0/24"), Src: ft.Prefixes("10.0.0.25/32")},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: ft.Prefixes("10.0.0.25/32")},
	}
	for name, text := range map[string]string{
		"everything is refused":     filter + "add action=drop chain=forward\n",
		"everything passes":         filter + "add action=accept chain=forward\n",
		"answers pass already":      filter + "add action=accept chain=forward connection-state=established,related\nadd action=drop chain=forward\n",
		"only names another chain":  filter + "add action=drop chain=input\n",
		"a list of the same name":   "/ip firewall address-list\nadd list=mxodus-1 address=198.51.100.0/24\n" + filter + "add action=accept chain=forward src-address-list=mxodus-1\nadd action=drop chain=forward\n",
		"no rules of filter at all": "/ip firewall nat\nadd action=masquerade chain=srcnat out-interface=ether1\n",
	} {
		t.Run(name, func(t *testing.T) {
			set, _, back := ft.Proven(t, id, text, format.Job{Flows: flows}, ft.Options("10.0.0.25"))
			undone, err := firewall.Read("", []byte(back), id)
			if err != nil {
				t.Fatal(err)
			}
			if got, want := ruleLines(undone), ruleLines(set); !slices.Equal(got, want) {
				t.Errorf("after the undo the rules are %v, before they were %v", got, want)
			}
		})
	}
}

// TestWriteWhereTranslationLacks writes no filter rule where none would help.
func TestWriteWhereTranslationLacks(t *testing.T) {
	set, err := firewall.Read("", []byte("/ip address\nadd address=203.0.113.2/29 interface=ether1\n"+filter+"add action=drop chain=input\n"), id)
	if err != nil {
		t.Fatal(err)
	}
	f, _ := firewall.FormatByID(id)
	flow := format.Flow{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in 25", Src: ft.Prefixes("103.13.69.0/24"), Dst: ft.Prefixes("203.0.113.2/32")}
	if _, err := f.Write(format.Job{Flows: []format.Flow{flow}, Set: set, Chain: "own addresses"}); err == nil || !strings.Contains(err.Error(), "dst-nat") {
		t.Error(err)
	}
}

func ruleLines(set *ir.Ruleset) []string {
	var out []string
	for _, p := range set.Programs {
		for _, c := range p.Chains {
			for _, r := range c.Rules {
				out = append(out, fmt.Sprint(c.Group, c.Name, r.At.Text, r.Action))
			}
		}
	}
	return out
}

// TestCorpus reads the files of others.
func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	if n := ft.Corpus(t, "../../../../../../shared/corpus/firewall", id, "mikrotik"); n == 0 {
		t.Error("no file was read")
	}
}

// TestScale reads 10,000 rules and an address list of 10,000.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	b.WriteString("/ip firewall address-list\n")
	for i := range 10000 {
		fmt.Fprintf(&b, "add list=big address=10.%d.%d.0/24\n", i/256, i%256)
	}
	b.WriteString(filter)
	for i := range 10000 {
		fmt.Fprintf(&b, "add action=drop chain=forward protocol=tcp dst-port=%d src-address-list=big comment=\"rule %d\"\n", 1000+i, i)
	}
	b.WriteString("add chain=forward protocol=tcp dst-port=25\nadd action=drop chain=forward\n")
	began := time.Now()
	if v := ft.Ask(t, id, b.String(), mail()); v.Verdict != "permit" || v.Line != 20003 {
		t.Errorf("%+v", v)
	}
	if spent := time.Since(began); spent > 5*time.Second {
		t.Errorf("it took %s", spent)
	}
}

// TestConfirm names the command that shows the rule which decides.
func TestConfirm(t *testing.T) {
	f, _ := firewall.FormatByID(id)
	p := format.Packet{Dir: ir.Forward, Src: netip.MustParseAddr("103.13.69.7"), Dst: netip.MustParseAddr("10.0.0.25"), Chain: "forward"}
	if got := f.Confirm(p); got != "/ip firewall filter print stats where chain=forward" {
		t.Error(got)
	}
	p.Src, p.Chain = netip.MustParseAddr("2001:db8::1"), "dstnat"
	if got := f.Confirm(p); got != "/ipv6 firewall nat print stats where chain=dstnat" {
		t.Error(got)
	}
}
