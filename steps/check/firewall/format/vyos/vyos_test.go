package vyos_test

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/ir"
)

const id = "vyos"

func mail(change ...ft.Change) firewall.Probe {
	return ft.Mail(append([]ft.Change{ft.Dir("fwd"), ft.Via("eth0", "eth1")}, change...)...)
}

// rules writes settings below the base chain, which drops, one a line; the
// first line of a rule is line 2.
func rules(lines ...string) string {
	const at = "set firewall ipv4 forward filter "
	return at + "default-action drop\n" + at + strings.Join(lines, "\n"+at) + "\n"
}

func TestSemantics(t *testing.T) {
	const accept = "rule 10 action accept"
	group := func(lines string) string {
		return "set firewall group " + strings.ReplaceAll(lines, "; ", "\nset firewall group ") + "\n"
	}
	for _, c := range []struct {
		name, text string
		p          firewall.Probe
		want       string
		line       int
		why        string
	}{
		{"a base chain accepts by default", "set firewall ipv4 forward filter rule 10 action drop\nset firewall ipv4 forward filter rule 10 protocol udp\n", mail(), "permit", 1, ""},
		{"default-action", rules("rule 10 action accept", "rule 10 protocol udp"), mail(), "deny", 1, ""},
		{"accept", rules(accept), mail(), "permit", 2, ""},
		{"by number, not by place", rules("rule 20 action drop", "rule 3 action accept"), mail(), "permit", 3, ""},
		{"disabled", rules(accept, "rule 10 disable"), mail(), "deny", 1, ""},
		{"reject", rules("rule 5 action reject", accept), mail(), "deny", 2, ""},
		{"continue", rules("rule 5 action continue", accept), mail(), "permit", 3, ""},
		{"no action", rules("rule 5 protocol tcp", accept), mail(), "unknown", 2, "what the rule does"},
		{"range", rules(accept, "rule 10 source address 103.13.69.0-103.13.69.7"), mail(), "permit", 2, ""},
		{"range one short", rules(accept, "rule 10 source address 103.13.69.0-103.13.69.6"), mail(), "deny", 1, ""},
		{"half of the range", rules(accept, "rule 10 source address 103.13.69.0/25"), mail(ft.From("103.13.69.128")), "deny", 1, ""},
		{"negated address", rules(accept, "rule 10 source address !103.13.69.0/24"), mail(), "deny", 1, ""},
		{"ports", rules(accept, "rule 10 protocol tcp", "rule 10 destination port 24-26,587"), mail(), "permit", 2, ""},
		{"port by name", rules(accept, "rule 10 protocol tcp", "rule 10 destination port smtp"), mail(), "permit", 2, ""},
		{"negated port", rules(accept, "rule 10 protocol tcp", "rule 10 destination port !25"), mail(), "deny", 1, ""},
		{"tcp_udp", rules(accept, "rule 10 protocol tcp_udp", "rule 10 destination port 25"), mail(), "permit", 2, ""},
		{"not tcp", rules(accept, "rule 10 protocol !tcp"), mail(), "deny", 1, ""},
		{"established, since 1.4", rules(accept, "rule 10 state established"), mail(), "deny", 1, ""},
		{"new", rules(accept, "rule 10 state new"), mail(), "permit", 2, ""},
		{"state disabled", rules(accept, "rule 10 state established disable", "rule 10 state new enable"), mail(), "permit", 2, ""},
		{"interface", rules(accept, "rule 10 inbound-interface name eth0"), mail(), "permit", 2, ""},
		{"any ending", rules(accept, "rule 10 inbound-interface name eth*"), mail(), "permit", 2, ""},
		{"not the interface", rules(accept, "rule 10 inbound-interface name !eth0"), mail(), "deny", 1, ""},
		{"outbound", rules(accept, "rule 10 outbound-interface name eth2"), mail(), "deny", 1, ""},
		{"syn", rules(accept, "rule 10 protocol tcp", "rule 10 tcp flags syn", "rule 10 tcp flags not ack"), mail(), "permit", 2, ""},
		{"syn, before 1.4", rules(accept, "rule 10 protocol tcp", "rule 10 tcp flags SYN,ACK"), mail(), "deny", 1, ""},
		{"limit", rules(accept, "rule 10 limit rate 5/second"), mail(), "unknown", 2, "limit"},
		{"geoip", rules(accept, "rule 10 source geoip country-code au"), mail(), "unknown", 2, "country"},
		{"fqdn", rules(accept, "rule 10 source fqdn mail.example.com"), mail(), "unknown", 2, "mail.example.com"},
		{"setting not known", rules(accept, "rule 10 frob 1"), mail(), "unknown", 2, "frob"},
		{"action not known", rules("rule 5 action frob", accept), mail(), "unknown", 2, "frob"},
		{"line that could not be read", "set firewall ipv4 forward filter rule 5 description 'x\n" + rules(accept), mail(), "unknown", 1, "could not be read"},
		{"jump", "set firewall ipv4 name X rule 1 action accept\n" + rules("rule 10 action jump", "rule 10 jump-target X"), mail(), "permit", 1, ""},
		{"a ruleset drops by default", "set firewall ipv4 name X rule 1 action accept\nset firewall ipv4 name X rule 1 protocol udp\n" + rules("rule 10 action jump", "rule 10 jump-target X", "rule 20 action accept"), mail(), "deny", 1, ""},
		{"a ruleset that returns", "set firewall ipv4 name X default-action return\n" + rules("rule 10 action jump", "rule 10 jump-target X", "rule 20 action accept"), mail(), "permit", 5, ""},
		{"a ruleset that is not there", rules("rule 10 action jump", "rule 10 jump-target X"), mail(), "unknown", 2, "X"},
		{"a ruleset that calls itself", "set firewall ipv4 name X rule 1 action jump\nset firewall ipv4 name X rule 1 jump-target X\n" + rules("rule 10 action jump", "rule 10 jump-target X"), mail(), "unknown", 1, "itself"},
		{"network group", group("network-group M network 103.13.69.0/24; network-group M network 192.0.2.0/24") + rules(accept, "rule 10 source group network-group M"), mail(), "permit", 4, ""},
		{"not in the group", group("network-group M network 103.13.69.0/24") + rules(accept, "rule 10 source group network-group !M"), mail(), "deny", 2, ""},
		{"group in a group", group("address-group A address 103.13.69.7; address-group B include A") + rules(accept, "rule 10 source group address-group B"), mail(), "permit", 4, ""},
		{"group that contains itself", group("address-group A include B; address-group B include A") + rules(accept, "rule 10 source group address-group B"), mail(), "unknown", 4, "itself"},
		{"group not in the file", rules(accept, "rule 10 source group network-group M"), mail(), "unknown", 2, "does not hold"},
		{"domain group", group("domain-group D address mail.example.com") + rules(accept, "rule 10 source group domain-group D"), mail(), "unknown", 3, "host names"},
		{"port group", group("port-group P port 587; port-group P port 20-25") + rules(accept, "rule 10 protocol tcp", "rule 10 destination group port-group P"), mail(), "permit", 4, ""},
		{"interface group", group("interface-group W interface eth0") + rules(accept, "rule 10 inbound-interface group W"), mail(), "permit", 3, ""},
		{"interface group by its name", group("interface-group W interface eth0") + rules(accept, "rule 10 inbound-interface group W"), mail(ft.Via("W", "eth1")), "permit", 3, ""},
		{"state policy", "set firewall global-options state-policy invalid action drop\n" + rules(accept), mail(), "permit", 3, ""},
		{"input is not forward", rules(accept) + "set firewall ipv4 input filter default-action drop\n", mail(ft.Dir("in")), "deny", 3, ""},
		{"bound to an interface", "set firewall name X rule 1 action accept\nset interfaces ethernet eth0 firewall in name X\n", mail(), "permit", 1, ""},
		{"bound, default", "set firewall name X rule 1 action accept\nset firewall name X rule 1 protocol udp\nset interfaces ethernet eth0 firewall in name X\n", mail(), "deny", 1, ""},
		{"bound to another interface", "set firewall name X default-action drop\nset interfaces ethernet eth0 firewall in name X\n", mail(ft.Via("eth2", "eth1")), "permit", 0, ""},
		{"in and out must both accept", "set firewall name X default-action accept\nset firewall name Y default-action drop\nset interfaces ethernet eth0 firewall in name X\nset interfaces ethernet eth1 firewall out name Y\n", mail(), "deny", 2, ""},
		{"local is not in", "set firewall name X default-action drop\nset interfaces ethernet eth0 firewall local name X\n", mail(), "permit", 0, ""},
		{"local", "set firewall name X default-action drop\nset interfaces ethernet eth0 firewall local name X\n", mail(ft.Dir("in")), "deny", 1, ""},
		{"bound to a VLAN", "set firewall name X default-action drop\nset interfaces ethernet eth0 vif 5 firewall in name X\n", mail(ft.Via("eth0.5", "eth1")), "deny", 1, ""},
		{"translated to another port", "set nat destination rule 1 destination address 203.0.113.2\nset nat destination rule 1 destination port 2525\nset nat destination rule 1 protocol tcp\nset nat destination rule 1 translation address 10.0.0.25\nset nat destination rule 1 translation port 25\n" + rules(accept, "rule 10 destination address 10.0.0.25", "rule 10 protocol tcp", "rule 10 destination port 25"), mail(ft.To("203.0.113.2"), ft.DPort(2525)), "permit", 7, ""},
		{"excluded from translation", "set nat destination rule 1 exclude\nset nat destination rule 1 destination address 203.0.113.2\nset nat destination rule 2 translation address 10.0.0.25\n" + rules(accept, "rule 10 destination address 10.0.0.25"), mail(ft.To("203.0.113.2")), "deny", 4, ""},
		{"one to one", "set nat destination rule 1 destination address 203.0.113.24/30\nset nat destination rule 1 translation address 10.0.0.24/30\n" + rules(accept, "rule 10 destination address 10.0.0.25"), mail(ft.To("203.0.113.25")), "permit", 4, ""},
		{"static", "set nat static rule 1 destination address 203.0.113.25\nset nat static rule 1 inbound-interface eth0\nset nat static rule 1 translation address 10.0.0.25\n" + rules(accept, "rule 10 destination address 10.0.0.25"), mail(ft.To("203.0.113.25")), "permit", 5, ""},
		{"own address, not translated", "set interfaces ethernet eth0 address 203.0.113.2/29\n" + rules(accept), mail(ft.To("203.0.113.2")), "deny", 1, ""},
		{"deleted", rules(accept) + "delete firewall ipv4 forward filter rule 10\n", mail(), "deny", 1, ""},
		{"v6", "set firewall ipv6 forward filter default-action drop\nset firewall ipv6 forward filter rule 1 action accept\nset firewall ipv6 forward filter rule 1 source address 2001:db8:1::/48\n", mail(ft.From("2001:db8:1::7"), ft.To("2001:db8:2::25")), "permit", 2, ""},
		{"v6 before 1.4", "set firewall ipv6-name X rule 1 action accept\nset firewall ipv6-name X rule 1 source address 2001:db8:1::/48\nset interfaces ethernet eth0 firewall in ipv6-name X\n", mail(ft.From("2001:db8:3::7"), ft.To("2001:db8:2::25")), "deny", 1, ""},
		{"a ruleset by name", "set firewall name X rule 1 action accept\n", mail(ft.Dir(""), func(p *firewall.Probe) { p.ACL = "X" }), "permit", 1, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			ft.Expect(t, ft.Ask(t, id, c.text, c.p), c.want, c.line, c.why)
		})
	}
}

// TestZones holds packets against zones as 1.3 writes them and as 1.4 does.
func TestZones(t *testing.T) {
	old := ft.Sample(t, "legacy-zones.txt")
	since := strings.ReplaceAll(old, "set zone-policy zone", "set firewall zone")
	since = strings.ReplaceAll(since, "set firewall name", "set firewall ipv4 name")
	members := strings.ReplaceAll(since, "zone LAN interface", "zone LAN member interface")
	local := "set firewall zone LOCAL local-zone\nset firewall zone LOCAL default-action drop\n"
	for version, text := range map[string]string{"1.3": old, "1.4": since, "1.5": members} {
		for _, c := range []struct {
			name, text string
			p          firewall.Probe
			want       string
			line       int
		}{
			{"ruleset", text, mail(), "permit", 8},
			{"by the names of zones", text, mail(ft.Via("WAN", "LAN")), "permit", 8},
			{"default of the ruleset", text, mail(ft.From("198.51.100.1")), "deny", 4},
			{"outwards", text, mail(ft.Via("eth1", "eth0"), ft.From("10.0.0.25"), ft.To("103.13.69.7")), "permit", 3},
			{"from no zone", text, mail(ft.Via("eth7", "eth1")), "deny", 21},
			{"to no zone", text, mail(ft.Via("eth0", "eth7")), "unknown", 0},
			{"within a zone", text, mail(ft.Via("eth1", "eth1"), ft.From("10.0.0.9")), "permit", 21},
			{"to the router", text + local, mail(ft.Dir("in")), "deny", 28},
			{"from the router", text + local, mail(ft.Dir("out")), "deny", 28},
			{"from the router, by a ruleset", text + local + "set firewall zone WAN from LOCAL firewall name 'LAN-WAN'\n", mail(ft.Dir("out"), ft.Via("", "eth0")), "permit", 3},
		} {
			t.Run(version+" "+c.name, func(t *testing.T) {
				if version == "1.3" {
					c.text = strings.ReplaceAll(c.text, "set firewall zone", "set zone-policy zone")
				}
				if got := ft.Ask(t, id, c.text, c.p); got.Verdict != c.want || c.line != 0 && got.Line != c.line {
					t.Errorf("got %+v, want %s at line %d", got, c.want, c.line)
				}
			})
		}
	}
}

// TestSamples asks the whole question of one policy in three versions, as it
// is and with one fault.
func TestSamples(t *testing.T) {
	for _, c := range []struct {
		file, old, new string
		want, lock     firewall.Answer
		line           int // of the first gap or leak
	}{
		{file: "base-chains.txt", want: firewall.Proven, lock: firewall.Proven},
		{file: "legacy-zones.txt", want: firewall.Proven, lock: firewall.Proven},
		{file: "edgeos.boot", want: firewall.Proven, lock: firewall.Proven},
		{file: "base-chains.txt", old: "124.47.150.0/24", new: "124.47.150.0/25", want: firewall.Disproven, lock: firewall.Proven, line: 18},
		{file: "base-chains.txt", old: "set firewall ipv4 name WAN-LAN rule 30 disable\n", want: firewall.Disproven, lock: firewall.Disproven, line: 19},
		{file: "legacy-zones.txt", old: "124.47.150.0/24", new: "124.74.150.0/24", want: firewall.Disproven, lock: firewall.Disproven, line: 4},
		{file: "edgeos.boot", old: "port 25\n            }\n            log", new: "port 26\n            }\n            log", want: firewall.Disproven, lock: firewall.Proven, line: 10},
		{file: "base-chains.txt", old: "set nat destination rule 10 translation address '10.0.0.25'", new: "", want: firewall.Disproven, lock: firewall.CannotTell, line: 34},
	} {
		t.Run(c.file+" "+c.new, func(t *testing.T) {
			text := ft.Sample(t, c.file)
			if !strings.Contains(text, c.old) {
				t.Fatalf("the sample lacks %q", c.old)
			}
			if c.old != "" {
				text = strings.Replace(text, c.old, c.new, 1)
			}
			rep := ft.Check(t, text, ft.Options("203.0.113.2"))
			line := ft.FirstLine(rep)
			if rep.Format != id || rep.Verdict != c.want || rep.Lockdown.Verdict != c.lock || c.line != 0 && line != c.line {
				t.Errorf("%s and %s at line %d, want %s and %s at line %d\n%s", rep.Verdict, rep.Lockdown.Verdict, line, c.want, c.lock, c.line, rep.Text())
			}
			if strings.Contains(rep.Text(), "s3cr3t") || strings.Contains(rep.Text(), "czNjcjN0") {
				t.Error("a secret is shown")
			}
		})
	}
}

// TestBlame takes away the rule that is said to decide.
func TestBlame(t *testing.T) {
	text := ft.Sample(t, "base-chains.txt")
	before := ft.Ask(t, id, text, mail(ft.To("203.0.113.2")))
	if before.Verdict != "permit" || before.Line != 25 {
		t.Fatalf("%+v", before)
	}
	if after := ft.Ask(t, id, text+"set firewall ipv4 name WAN-LAN rule 5 disable\n", mail(ft.To("203.0.113.2"))); after.Verdict != "deny" {
		t.Errorf("%+v", after)
	}
}

// TestWriteInto puts written rules behind configurations that let everybody in
// or nobody.
func TestWriteInto(t *testing.T) {
	f, ok := firewall.FormatByID(id)
	if !ok {
		t.Fatal("the format is not in the table")
	}
	flows := []format.Flow{
		{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus mail in 25", Src: ft.Prefixes("103.13.69.0/24", "124.47.150.0/24"), Dst: ft.Prefixes("10.0.0.25/32")},
		{In: true, Deny: true, Proto: "tcp", Port: 25, Family: ir.V4, Label: "mxodus lock-down", Dst: ft.Prefixes("10.0.0.25/32")},
	}
	for _, c := range []struct{ name, chain, text string }{
		{"nobody", "", rules("rule 10 action accept", "rule 10 state established", "rule 20 action accept", "rule 20 source address 10.0.0.25")},
		{"everybody", "", rules("rule 10 action accept")},
		{"a ruleset of an interface", "WAN_IN", "set firewall name WAN_IN default-action drop\nset firewall name WAN_IN rule 10 action accept\nset firewall name WAN_IN rule 10 state established enable\n" +
			"set interfaces ethernet eth0 firewall in name WAN_IN\nset interfaces ethernet eth0 address 203.0.113.2/29\nset interfaces ethernet eth1 address 10.0.0.1/24\nset protocols static route 0.0.0.0/0 next-hop 203.0.113.1\n" +
			"set nat destination rule 10 destination address 203.0.113.2\nset nat destination rule 10 destination port 25\nset nat destination rule 10 protocol tcp\nset nat destination rule 10 inbound-interface name eth0\nset nat destination rule 10 translation address 10.0.0.25\n"},
		{"a group of the same name", "", "set firewall group network-group mxodus-1 network 198.51.100.0/24\n" + rules("rule 10 action accept", "rule 10 source group network-group mxodus-1", "rule 20 action accept")},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, _, back := ft.Proven(t, id, c.text, format.Job{Flows: flows, Chain: c.chain}, ft.Options("10.0.0.25"))
			undone, err := firewall.Read("", []byte(back), id)
			if err != nil || undone.Rules != set.Rules {
				t.Errorf("after the undo there are %d rules, before there were %d (%v)", undone.Rules, set.Rules, err)
			}
		})
	}
	set, err := firewall.Read("", []byte(rules("rule 1 action drop")), id)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(format.Job{Flows: flows, Set: set}); err == nil || !strings.Contains(err.Error(), "no free numbers") {
		t.Error(err)
	}
}

func TestCorpus(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	ft.Corpus(t, "../../../../../../shared/corpus/firewall", id, "")
}

// TestScale reads 10,000 rules and a group of 10,000 networks.
func TestScale(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var b strings.Builder
	for i := range 10000 {
		fmt.Fprintf(&b, "set firewall group network-group BIG network '10.%d.%d.0/24'\n", i/256, i%256)
	}
	for i := range 10000 {
		const at = "set firewall ipv4 forward filter rule"
		fmt.Fprintf(&b, "%s %d action 'drop'\n%s %d source group network-group 'BIG'\n%s %d protocol tcp\n%s %d destination port %d\n", at, i+1, at, i+1, at, i+1, at, i+1, 1000+i)
	}
	began := time.Now()
	if v := ft.Ask(t, id, b.String(), mail()); v.Verdict != "permit" {
		t.Errorf("%+v", v)
	}
	if spent := time.Since(began); spent > 6*time.Second {
		t.Errorf("it took %s", spent)
	}
}

// TestNestedGroups reads groups that name two others each, many levels deep.
func TestNestedGroups(t *testing.T) {
	for _, kind := range []string{"port-group", "address-group"} {
		var b strings.Builder
		for i := range 300 {
			for _, next := range []int{i + 1, i + 2} {
				fmt.Fprintf(&b, "set firewall group %s G%d include G%d\n", kind, i, next)
			}
		}
		fmt.Fprintf(&b, "set firewall group port-group G300 port 25\nset firewall group port-group G301 port 25\n")
		fmt.Fprintf(&b, "set firewall group address-group G300 address 10.0.0.25\nset firewall group address-group G301 address 10.0.0.25\n")
		text := b.String() + rules("rule 10 action accept", "rule 10 protocol tcp", "rule 10 destination group "+kind+" G0")
		if v := ft.Ask(t, id, text, mail()); v.Verdict != "permit" {
			t.Errorf("%s: %+v", kind, v)
		}
		if v := ft.Ask(t, id, text, mail(ft.DPort(26), ft.To("10.0.0.26"))); v.Verdict != "deny" {
			t.Errorf("%s: %+v", kind, v)
		}
	}
}

func TestConfirm(t *testing.T) {
	f, _ := firewall.FormatByID(id)
	p := format.Packet{Dir: ir.Forward, Src: netip.MustParseAddr("103.13.69.7"), Chain: "WAN_IN"}
	if got := f.Confirm(p); got != "show firewall ipv4 name WAN_IN" {
		t.Error(got)
	}
	p.Chain = "forward filter"
	if got := f.Confirm(p); got != "show firewall ipv4 forward filter" {
		t.Error(got)
	}
}

func FuzzRead(f *testing.F) {
	ft.Seeds(f)
	f.Fuzz(func(t *testing.T, text string) { ft.Sound(t, id, text, mail()) })
}
