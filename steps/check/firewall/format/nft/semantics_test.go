package nft_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// ask puts probes, written as JSON, to rules.
func ask(t testing.TB, rules string, probes ...string) []firewall.Verdict {
	t.Helper()
	return ft.AskList(t, "nft", rules, "", probes...)
}

const (
	mail = `{"dir":"in","in_if":"eth0","src":"103.13.69.7","dst":"203.0.113.25","proto":"tcp","sport":40000,"dport":25}`
	six  = `{"dir":"in","in_if":"eth0","src":"2001:db8:25::7","dst":"2001:db8::25","proto":"tcp","sport":40000,"dport":25}`
)

func input(rules string) string {
	return "table inet f {\n\tset nets { type ipv4_addr; flags interval; elements = { 103.13.69.0/24 } }\n" +
		"\tset live { type ipv4_addr; flags dynamic,timeout; timeout 1h; }\n\tset timed { type ipv4_addr; flags timeout; elements = { 103.13.69.7 timeout 1h expires 30m } }\n" +
		"\tset empty { type ipv4_addr; }\n\tchain user {\n\t}\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n" + rules + "\n\t}\n}\n"
}

// TestSemantics holds one construct each against nft(8). The first rule stands
// in line 10. What the kernel can be asked is asked of it in a test of its own;
// here stands what it cannot.
func TestSemantics(t *testing.T) {
	for _, c := range []struct {
		name, rules, probe, want string
		line                     int
		why                      string
	}{
		{"policy decides at its own line", "", mail, "deny", 9, ""},
		{"first match", "tcp dport 25 accept\ndrop", mail, "permit", 10, ""},
		{"two rules in a line", "tcp dport 26 drop; tcp dport 25 accept", mail, "permit", 10, ""},
		{"a rule over several lines", "ip saddr {\n 103.13.69.0/24,\n 192.0.2.1\n} accept", mail, "permit", 10, ""},
		{"comment with brackets", `tcp dport 25 accept comment "a } b ; c { #"`, mail, "permit", 10, ""},
		{"limit", "tcp dport 25 limit rate 5/minute accept", mail, "unknown", 10, "limit"},
		{"limit over, before a rule that lets all in", "limit rate over 5/second burst 3 packets drop\naccept", mail, "unknown", 10, "limit"},
		{"limit that changes nothing", "limit rate 5/second accept\naccept", mail, "permit", 11, ""},
		{"mark", "meta mark 0x1 accept", mail, "unknown", 10, "mark"},
		{"ct mark with a mask", "ct mark & 0xff == 0x1 accept", mail, "unknown", 10, "mark"},
		{"set that changes", "ip saddr @live accept", mail, "unknown", 10, "changes while"},
		{"set whose element runs out", "ip saddr @timed accept", mail, "unknown", 10, "runs out"},
		{"empty set", "ip saddr @empty accept", mail, "deny", 9, ""},
		{"not in an empty set", "ip saddr != @empty accept", mail, "permit", 10, ""},
		{"set that is not there", "ip saddr @nowhere accept", mail, "unknown", 10, "nowhere"},
		{"host name", "ip saddr mail.example.com accept", mail, "unknown", 10, "mail.example.com"},
		{"variable that is not there", "ip saddr $MIMECAST accept", mail, "unknown", 10, "$MIMECAST"},
		{"user", "meta skuid 1000 accept", mail, "unknown", 10, "program"},
		{"time", `meta hour "08:00"-"18:00" accept`, mail, "unknown", 10, "time of day"},
		{"routing", "fib saddr . iif oif missing drop\naccept", mail, "unknown", 10, "routing"},
		{"queue", "tcp dport 25 queue num 0 bypass", mail, "unknown", 10, "queue"},
		{"xt match", `tcp dport 25 xt match "recent" accept`, mail, "unknown", 10, "recent"},
		{"xt target that logs", "xt target \"LOG\"\ntcp dport 25 accept", mail, "permit", 11, ""},
		{"unknown words before the rule that decides", "frobnicate 5\naccept", mail, "unknown", 10, "frobnicate"},
		{"unknown words for other packets", "tcp dport 80 frobnicate 5\naccept", mail, "permit", 11, ""},
		{"address is changed", "ip saddr set 192.0.2.1\naccept", mail, "unknown", 10, "changes"},
		{"numgen", "numgen random mod 2 vmap { 0 : accept, 1 : drop }", mail, "unknown", 10, "chance"},
		{"numgen with all ends alike", "numgen random mod 2 < 1 accept\naccept", mail, "permit", 11, ""},
		{"chain that is not there", "jump nowhere\naccept", mail, "unknown", 10, "nowhere"},
		{"states of a mask", "ct state & (established | related) != 0 drop\nct state new accept", mail, "permit", 11, ""},
		{"states turned around with commas", "ct state != established,related accept", mail, "unknown", 10, "established,related"},
		{"element that counts", "ip saddr { 103.13.69.0/24 counter packets 5 bytes 300 } accept", mail, "permit", 10, ""},
		{"set in a set", "ip saddr { { 192.0.2.1, 103.13.69.0/24 }, 192.0.2.9 } accept", mail, "permit", 10, ""},
		{"near miss", "ip saddr 103.13.96.0/24 accept", mail, "deny", 9, ""},
		{"one short", "ip saddr 103.13.69.0-103.13.69.6 accept", mail, "deny", 9, ""},
		{"port by name", "tcp dport smtp accept", mail, "permit", 10, ""},
		{"udp is not tcp", "udp dport 25 accept", mail, "deny", 9, ""},
		{"ip is not for IPv6", "ip saddr != 192.0.2.1 accept", six, "deny", 9, ""},
		{"ip6", "ip6 saddr 2001:db8:25::/48 accept", six, "permit", 10, ""},
		{"ports are for both families", "tcp dport 25 accept", six, "permit", 10, ""},
		{"icmpv6 alone", "icmpv6 type { nd-neighbor-solicit, nd-router-advert } accept", six, "deny", 9, ""},
		{"answers do not start connections", "ct state established,related accept", mail, "deny", 9, ""},
		{"old words of a limit", "limit rate 400 mbytes/second accept\naccept", mail, "permit", 11, ""},
		{"meter", "meter m { ip saddr limit rate 3/second } accept", mail, "unknown", 10, "meter"},
		{"flow", "flow add @ft\naccept", mail, "permit", 11, ""},
		{"log with all it may have", `log prefix "a" level warn flags tcp sequence,options flags skuid accept`, mail, "permit", 10, ""},
		{"ct helper is set", "ct helper set \"ftp\" accept", mail, "permit", 10, ""},
		{"mark is set by a map", "meta mark set ip saddr map { 192.0.2.1 : 0x1 } accept", mail, "permit", 10, ""},
		{"reject with anything", "reject with icmpx type port-unreachable", mail, "deny", 10, ""},
		{"circle", "jump user\naccept", mail, "permit", 11, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := ask(t, input(c.rules), c.probe)[0]
			if v.Verdict != c.want || v.Line != c.line || !strings.Contains(v.Why, c.why) {
				t.Errorf("%+v; want %s at line %d because %q", v, c.want, c.line, c.why)
			}
		})
	}
}

// TestWholeFiles asks of files what no single rule shows.
func TestWholeFiles(t *testing.T) {
	allow := "table inet a {\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t\ttcp dport 25 accept\n\t}\n}\n"
	for _, c := range []struct {
		name, rules, want string
		line              int
		why               string
	}{
		{"no chain on the hook", "table inet a {\n\tchain fwd1 {\n\t\ttype filter hook forward priority 0; policy drop;\n\t}\n}\n", "permit", 0, ""},
		{"two tables must both let pass", allow + "table ip b {\n\tchain i {\n\t\ttype filter hook input priority 10; policy accept;\n\t\ttcp dport 25 drop\n\t}\n}\n", "deny", 10, ""},
		{"accept earlier does not save from drop later", "table ip b {\n\tchain i {\n\t\ttype filter hook input priority filter - 5; policy drop;\n\t\ttcp dport 25 accept\n\t}\n}\n" + strings.Replace(allow, "25 accept", "26 accept", 1), "deny", 9, ""},
		{"dormant table", strings.Replace(allow, "inet a {", "inet a {\n\tflags dormant;", 1), "permit", 0, ""},
		{"include", `include "/etc/nftables.d/*.nft"` + "\n" + allow, "unknown", 1, "includes"},
		{"broken off in a chain", allow[:len(allow)-5], "unknown", 2, "breaks off"},
		{"broken off in a set", "table inet a {\n\tset s { type ipv4_addr; elements = { 1.2.3.4, ", "unknown", 2, "breaks off"},
		{"a word on its own", allow + "frobnicate all\n", "unknown", 7, "could not be read"},
		{"flush ruleset", "table inet old {\n\tchain i {\n\t\ttype filter hook input priority 0; policy drop;\n\t}\n}\nflush ruleset\n" + allow, "permit", 10, ""},
		{"delete table", allow + "delete table inet a\ntable ip b {\n}\n", "permit", 0, ""},
		{"add rule to a chain that is not there", "add rule inet filter input tcp dport 25 accept\n", "unknown", 1, "not in the file"},
		{"insert", allow + "insert rule inet a input tcp dport 25 drop\n", "deny", 7, ""},
		{"add goes last", allow + "add rule inet a input tcp dport 25 drop\n", "permit", 4, ""},
		{"insert at an index", allow + "add rule inet a input udp dport 1 accept\ninsert rule inet a input index 0 ip saddr 103.13.69.0/24 drop\n", "deny", 8, ""},
		{"add after a handle", strings.Replace(allow, "25 accept", "25 accept # handle 7", 1) + "add rule inet a input handle 7 drop\n", "permit", 4, ""},
		{"replace by handle", strings.Replace(allow, "25 accept", "25 accept # handle 7", 1) + "replace rule inet a input handle 7 tcp dport 25 drop\n", "deny", 7, ""},
		{"delete by handle", strings.Replace(allow, "25 accept", "25 accept # handle 7", 1) + "delete rule inet a input handle 7\n", "deny", 3, ""},
		{"delete by a handle that is not shown", allow + "delete rule inet a input handle 9\n", "unknown", 7, "number"},
		{"flush chain", allow + "flush chain inet a input\n", "deny", 3, ""},
		{"set filled by a command", "table inet a {\n\tset s { type ipv4_addr; flags interval; }\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t\tip saddr @s accept\n\t}\n}\nadd element inet a s { 103.13.69.0/24 }\n", "permit", 5, ""},
		{"element taken out", "table inet a {\n\tset s { type ipv4_addr; flags interval; elements = { 103.13.69.7 } }\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t\tip saddr @s accept\n\t}\n}\ndelete element inet a s { 103.13.69.7 }\n", "deny", 4, ""},
		{"define of a define", "define a = { 103.13.69.0/24 }\ndefine b = { $a, 192.0.2.1 }\n" + strings.Replace(allow, "tcp dport 25", "ip saddr $b tcp dport 25", 1), "permit", 6, ""},
		{"prompt and echo", "root@fw:~# nft list ruleset\n" + allow + "root@fw:~# \n", "permit", 5, ""},
		{"here document", "nft -f - <<EOF\n" + allow + "EOF\n", "permit", 5, ""},
		{"chain without policy", strings.Replace(allow, "policy drop;", "", 1), "permit", 4, ""},
		{"jump to a base chain", "table inet a {\n\tchain x {\n\t\ttype filter hook input priority 5;\n\t}\n\tchain input {\n\t\ttype filter hook input priority 0; policy drop;\n\t\tjump x\n\t}\n}\n", "unknown", 7, "hook of its own"},
		{"circle", "table inet a {\n\tchain x {\n\t\tjump y\n\t}\n\tchain y {\n\t\tjump x\n\t}\n\tchain input {\n\t\ttype filter hook input priority 0;\n\t\tjump x\n\t}\n}\n", "unknown", 6, "calls itself"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := ask(t, c.rules, mail)[0]
			if v.Verdict != c.want || v.Line != c.line || !strings.Contains(v.Why, c.why) {
				t.Errorf("%+v; want %s at line %d because %q", v, c.want, c.line, c.why)
			}
		})
	}
}

// TestEdge asks of a firewall that translates to a mail server behind it.
func TestEdge(t *testing.T) {
	probe := func(src, dst, port, in, out string) string {
		return `{"dir":"fwd","in_if":"` + in + `","out_if":"` + out + `","src":"` + src + `","dst":"` + dst + `","proto":"tcp","sport":40000,"dport":` + port + `}`
	}
	rules := ft.Sample(t, "edge.nft")
	for _, c := range []struct {
		name, probe, want, text string
	}{
		{"provider", probe("103.13.69.7", "203.0.113.25", "25", "eth0", "eth1"), "permit", "ip saddr @mimecast accept"},
		{"provider at the other port", probe("124.47.150.9", "203.0.113.26", "2525", "eth0", "eth1"), "permit", "ip saddr @mimecast accept"},
		{"blocked", probe("203.0.113.66", "203.0.113.25", "25", "eth0", "eth1"), "deny", "ip saddr 203.0.113.66 drop"},
		{"anybody", probe("198.51.100.8", "203.0.113.25", "25", "eth0", "eth1"), "deny", "drop"},
		{"partner, translated", probe("198.51.100.7", "203.0.113.25", "25", "eth0", "eth1"), "permit", "ip saddr 198.51.100.7 ct status dnat accept"},
		{"partner, not translated", probe("198.51.100.7", "10.0.0.25", "25", "eth0", "eth1"), "deny", "drop"},
		{"web", probe("198.51.100.8", "203.0.113.25", "443", "eth0", "eth1"), "permit", "tcp dport vmap"},
		{"outwards", probe("10.0.0.25", "103.13.69.7", "25", "eth1", "eth0"), "permit", "iifname != $WAN"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := c.probe
			if strings.Contains(p, "203.0.113.2") {
				p = strings.Replace(p, `"fwd"`, `"in"`, 1) // sent to the firewall's own address
			}
			if v := ask(t, rules, p)[0]; v.Verdict != c.want || !strings.Contains(v.Text, c.text) {
				t.Errorf("%+v; want %s by %q", v, c.want, c.text)
			}
		})
	}
}

// TestJSONSaysTheSame reads what nft prints of one ruleset in both forms.
func TestJSONSaysTheSame(t *testing.T) {
	probes := []string{mail, six, strings.Replace(mail, "103.13.69.7", "124.47.150.127", 1), strings.Replace(mail, "103.13.69.7", "124.47.150.128", 1), strings.Replace(mail, `"dport":25`, `"dport":26`, 1)}
	text, js := ask(t, ft.Sample(t, "host.nft"), probes...), ask(t, ft.Sample(t, "host.json"), probes...)
	for i := range probes {
		if text[i].Verdict != js[i].Verdict || text[i].Verdict == "unknown" {
			t.Errorf("%s: as text %+v, as JSON %+v", probes[i], text[i], js[i])
		}
	}
	if !strings.Contains(js[0].Text, "103.13.69.0/24 . 25") || !strings.Contains(js[0].Text, "handle 7") || js[0].Line < 100 {
		t.Errorf("a person does not know the rule by %+v", js[0])
	}
}
