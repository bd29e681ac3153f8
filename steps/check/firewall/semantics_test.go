package firewall

import (
	"strings"
	"testing"
)

func port(n int) *int { return &n }

// TestIptablesSemantics holds packets against what iptables(8) and
// iptables-extensions(8) say about one construct each.
func TestIptablesSemantics(t *testing.T) {
	filter := func(rules string) string {
		return "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\n:OUTPUT DROP [0:0]\n:user - [0:0]\n:other - [0:0]\n" + rules + "\nCOMMIT\n"
	}
	mail := Probe{Dir: "in", InIf: "eth0", Src: "103.13.69.7", Dst: "203.0.113.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	with := func(f func(*Probe)) Probe {
		p := mail
		f(&p)
		return p
	}
	for _, c := range []struct {
		name  string
		rules string
		p     Probe
		want  string
		line  int
		why   string
	}{
		{name: "policy decides at its own line", rules: "", p: mail, want: "deny", line: 2},
		{name: "first match wins", rules: "-A INPUT -p tcp --dport 25 -j ACCEPT\n-A INPUT -j DROP", p: mail, want: "permit", line: 7},
		{name: "reject denies", rules: "-A INPUT -j REJECT --reject-with tcp-reset\n-A INPUT -j ACCEPT", p: mail, want: "deny", line: 7},
		{name: "log passes on", rules: "-A INPUT -j LOG --log-prefix \"in: \" --log-level 4\n-A INPUT -j ACCEPT", p: mail, want: "permit", line: 8},
		{name: "mark passes on", rules: "-A INPUT -j MARK --set-xmark 0x1/0xffffffff\n-A INPUT -j ACCEPT", p: mail, want: "permit", line: 8},
		{name: "no target passes on", rules: "-A INPUT -p tcp\n-A INPUT -j ACCEPT", p: mail, want: "permit", line: 8},
		{name: "no out interface on the way in", rules: "-A INPUT -j user\n-A user -o eth+ -j ACCEPT", p: with(func(p *Probe) { p.OutIf = "eth1" }), want: "deny", line: 2},
		{name: "other than any out interface on the way in", rules: "-A INPUT -j user\n-A user ! -o eth0 -j ACCEPT", p: with(func(p *Probe) { p.OutIf = "eth0" }), want: "permit", line: 8},
		{
			name: "no in interface on the way out", rules: "-A OUTPUT -j user\n-A user -i eth0 -j ACCEPT",
			p: Probe{Dir: "out", InIf: "eth0", Src: "203.0.113.25", Dst: "1.2.3.4", Proto: "tcp", SPort: port(1), DPort: port(25)}, want: "deny", line: 4,
		},
		{name: "new negation", rules: "-A INPUT ! -s 103.13.69.0/24 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "old negation", rules: "-A INPUT -s ! 103.13.69.0/24 -j DROP\n-A INPUT -j ACCEPT", p: mail, want: "unknown", line: 7},
		{name: "host bits are cut off", rules: "-A INPUT -s 103.13.69.99/24 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "netmask", rules: "-A INPUT -s 103.13.69.0/255.255.255.128 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "short network", rules: "-A INPUT -s 103/8 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "list of sources", rules: "-A INPUT -s 1.2.3.4,103.13.69.7 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "mask with holes", rules: "-A INPUT -s 103.13.69.0/255.0.255.0 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "mask with holes, elsewhere", rules: "-A INPUT -s 103.13.68.0/255.0.255.0 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "mask with too many holes", rules: "-A INPUT -s 103.13.69.0/85.85.85.85 -j ACCEPT", p: mail, want: "unknown", line: 7, why: "could not be read"},
		{name: "range the wrong way round", rules: "-A INPUT -m iprange --src-range 103.13.69.9-103.13.69.1 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "not in a range the wrong way round", rules: "-A INPUT -m iprange ! --src-range 103.13.69.9-103.13.69.1 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "protocol ip", rules: "-A INPUT -p ip -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "unicast source", rules: "-A INPUT -m addrtype --src-type UNICAST -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "own address is not unicast", rules: "-A INPUT -m addrtype --dst-type UNICAST -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "other than unicast", rules: "-A INPUT -m addrtype ! --dst-type UNICAST -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "neither own nor broadcast", rules: "-A INPUT -m addrtype ! --dst-type LOCAL,BROADCAST -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "source neither own nor broadcast", rules: "-A INPUT -m addrtype ! --src-type LOCAL,BROADCAST -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "own and not own", rules: "-A INPUT -m addrtype --dst-type LOCAL -m addrtype ! --dst-type LOCAL -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "own or multicast", rules: "-A INPUT -m addrtype --dst-type LOCAL,MULTICAST -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "host name", rules: "-A INPUT -s mail.example.com -j ACCEPT", p: mail, want: "unknown", line: 7, why: "mail.example.com"},
		{name: "port name", rules: "-A INPUT -p tcp -m tcp --dport smtp -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "unknown port name", rules: "-A INPUT -p tcp --dport fooserv -j ACCEPT", p: mail, want: "unknown", line: 7, why: "fooserv"},
		{name: "open port range", rules: "-A INPUT -p tcp --dport :25 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "range upwards", rules: "-A INPUT -p tcp --sport 1024: -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "long option with equals", rules: "-A INPUT -p tcp --dport=25 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "udp is not tcp", rules: "-A INPUT -p udp --dport 25 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "protocol by number", rules: "-A INPUT -p 6 --dport 25 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "protocol all", rules: "-A INPUT -p all -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "not tcp", rules: "-A INPUT ! -p tcp -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "negated port", rules: "-A INPUT -p tcp ! --dport 25 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "multiport list with range", rules: "-A INPUT -p tcp -m multiport --dports 20:30,443 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "multiport ports fits the source port", rules: "-A INPUT -p tcp -m multiport --ports 40000 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "negated ports needs neither end", rules: "-A INPUT -p tcp -m multiport ! --ports 40000 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "both dport and dports", rules: "-A INPUT -p tcp --dport 20:30 -m multiport --dports 26,27 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "iprange", rules: "-A INPUT -m iprange --src-range 103.13.69.0-103.13.69.7 -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "iprange and network", rules: "-A INPUT -s 103.13.69.128/25 -m iprange --src-range 103.13.69.0-103.13.69.200 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "interface", rules: "-A INPUT -i eth1 -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "interface with plus", rules: "-A INPUT -i eth+ -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "negated interface", rules: "-A INPUT ! -i lo -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "free interface that matters", rules: "-A INPUT -i eth1 -j ACCEPT", p: with(func(p *Probe) { p.InIf = "" }), want: "unknown", line: 2, why: "name more"},
		{name: "free interface is not lo", rules: "-A INPUT -i lo -j ACCEPT", p: with(func(p *Probe) { p.InIf = "" }), want: "deny", line: 2},
		{
			name: "loopback addresses use lo", rules: "-A INPUT -i lo -j ACCEPT",
			p: with(func(p *Probe) { p.InIf, p.Src, p.Dst = "", "127.0.0.1", "127.0.0.1" }), want: "permit", line: 7,
		},
		{name: "established is not new", rules: "-A INPUT -m state --state RELATED,ESTABLISHED -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "new", rules: "-A INPUT -m conntrack --ctstate NEW -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "not new", rules: "-A INPUT -m conntrack ! --ctstate NEW -j DROP\n-A INPUT -j ACCEPT", p: mail, want: "permit", line: 8},
		{name: "syn", rules: "-A INPUT -p tcp --syn -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "not syn", rules: "-A INPUT -p tcp ! --syn -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "tcp flags", rules: "-A INPUT -p tcp --tcp-flags SYN,ACK SYN,ACK -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "ctdir", rules: "-A INPUT -m conntrack --ctdir REPLY -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "fragments", rules: "-A INPUT -f -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "not fragments", rules: "-A INPUT ! -f -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "jump and end of chain come back", rules: "-A INPUT -j user\n-A INPUT -j ACCEPT\n-A user -p udp -j DROP", p: mail, want: "permit", line: 8},
		{name: "return comes back", rules: "-A INPUT -j user\n-A INPUT -j ACCEPT\n-A user -p tcp -j RETURN\n-A user -j DROP", p: mail, want: "permit", line: 8},
		{name: "return in a built-in chain is the policy", rules: "-A INPUT -j RETURN\n-A INPUT -j ACCEPT", p: mail, want: "deny", line: 2},
		{
			name:  "goto comes back to the caller's caller",
			rules: "-A INPUT -j user\n-A INPUT -j DROP\n-A user -g other\n-A user -j ACCEPT\n-A other -p udp -j ACCEPT", p: mail, want: "deny", line: 8,
		},
		{name: "limit", rules: "-A INPUT -p tcp -m limit --limit 5/min -j ACCEPT", p: mail, want: "unknown", line: 7, why: "limit"},
		{name: "limit that changes nothing", rules: "-A INPUT -m limit --limit 5/min -j ACCEPT\n-A INPUT -j ACCEPT", p: mail, want: "permit", line: 8},
		{name: "mark", rules: "-A INPUT -m mark ! --mark 0x1 -j ACCEPT", p: mail, want: "unknown", line: 7, why: "mark"},
		{name: "set that is not in the file", rules: "-A INPUT -m set --match-set mimecast src -j ACCEPT", p: mail, want: "unknown", line: 7, why: "ipset save mimecast"},
		{name: "recent set is always met", rules: "-A INPUT -m recent --set --name X --rsource -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "recent update is not decided", rules: "-A INPUT -m recent --update --seconds 60 --name X -j DROP\n-A INPUT -j ACCEPT", p: mail, want: "unknown", line: 7, why: "recent"},
		{name: "unknown module", rules: "-A INPUT -m frobnicate --frob 1 -j ACCEPT", p: mail, want: "unknown", line: 7, why: "frobnicate"},
		{name: "unknown option", rules: "-A INPUT -p tcp --frob 1 -j ACCEPT", p: mail, want: "unknown", line: 7, why: "--frob"},
		{name: "unknown target", rules: "-A INPUT -j FROB\n-A INPUT -j ACCEPT", p: mail, want: "unknown", line: 7, why: "FROB"},
		{name: "nfqueue", rules: "-A INPUT -j NFQUEUE --queue-num 0", p: mail, want: "unknown", line: 7, why: "NFQUEUE"},
		{name: "chain that calls itself", rules: "-A INPUT -j user\n-A user -j other\n-A other -j user", p: mail, want: "unknown", line: 9, why: "calls itself"},
		{name: "comment with quotes", rules: `-A INPUT -p tcp -m comment --comment "mail \"in\" -j DROP" -m tcp --dport 25 -j ACCEPT`, p: mail, want: "permit", line: 7},
		{name: "comment after the target", rules: `-A INPUT -j ACCEPT -m comment --comment "ok"`, p: mail, want: "permit", line: 7},
		{name: "counters before a rule", rules: "[12:345] -A INPUT -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "insert goes first", rules: "-A INPUT -j DROP\n-I INPUT -p tcp -j ACCEPT", p: mail, want: "permit", line: 8},
		{name: "insert at a number", rules: "-A INPUT -p udp -j DROP\n-A INPUT -j DROP\n-I INPUT 2 -j ACCEPT", p: mail, want: "permit", line: 9},
		{name: "delete by number", rules: "-A INPUT -j DROP\n-A INPUT -j ACCEPT\n-D INPUT 1", p: mail, want: "permit", line: 8},
		{name: "delete by words", rules: "-A INPUT -p tcp -j DROP\n-A INPUT -j ACCEPT\n-D INPUT -p tcp -j DROP", p: mail, want: "permit", line: 8},
		{name: "local destination", rules: "-A INPUT -m addrtype --dst-type LOCAL -j ACCEPT", p: mail, want: "permit", line: 7},
		{name: "local source coming in", rules: "-A INPUT -m addrtype --src-type LOCAL -j ACCEPT", p: mail, want: "deny", line: 2},
		{name: "packet type", rules: "-A INPUT -m pkttype --pkt-type broadcast -j DROP\n-A INPUT -j ACCEPT", p: mail, want: "permit", line: 8},
		{name: "ipsec", rules: "-A INPUT -m policy --dir in --pol ipsec -j DROP\n-A INPUT -m policy --dir in --pol none -j ACCEPT", p: mail, want: "permit", line: 8},
		{name: "ipv6 alone", rules: "-A INPUT -6 -j DROP\n-A INPUT -4 -s 103.13.69.7 -j ACCEPT", p: mail, want: "permit", line: 8},
		{
			name: "icmp type by name", rules: "-A INPUT -p icmp --icmp-type echo-request -j ACCEPT",
			p: Probe{Dir: "in", Src: "1.2.3.4", Dst: "203.0.113.25", Proto: "icmp", DPort: port(8)}, want: "permit", line: 7,
		},
		{
			name: "icmp type with another code", rules: "-A INPUT -p icmp --icmp-type 3/4 -j ACCEPT",
			p: Probe{Dir: "in", Src: "1.2.3.4", Dst: "203.0.113.25", Proto: "icmp", DPort: port(3)}, want: "deny", line: 2,
		},
		{name: "free source", rules: "-A INPUT -s 103.13.69.0/24 -j ACCEPT", p: with(func(p *Probe) { p.Src = "" }), want: "unknown", line: 2, why: "name more"},
		{name: "free source that does not matter", rules: "-A INPUT -p tcp --dport 25 -j ACCEPT", p: with(func(p *Probe) { p.Src = "" }), want: "permit", line: 7},
		{name: "free port", rules: "-A INPUT -p tcp --dport 25 -j ACCEPT", p: with(func(p *Probe) { p.DPort = nil }), want: "unknown", line: 2, why: "name more"},
		{name: "zero is a port left out", rules: "-A INPUT -p tcp -j ACCEPT", p: with(func(p *Probe) { p.DPort = port(0) }), want: "permit", line: 7},
		{name: "user chain alone", rules: "-A user -p tcp --dport 25 -j ACCEPT", p: with(func(p *Probe) { p.ACL, p.Dir = "user", "" }), want: "permit", line: 7},
		{name: "user chain alone, undecided", rules: "-A user -p udp -j ACCEPT", p: with(func(p *Probe) { p.ACL, p.Dir = "user", "" }), want: "unknown", why: "calls user"},
		{name: "no such list", rules: "-A user -j ACCEPT", p: with(func(p *Probe) { p.ACL = "nope" }), want: "unknown", why: "no list named"},
		{name: "other family", rules: "-A INPUT -s 1.2.3.4 -j ACCEPT", p: with(func(p *Probe) { p.Src, p.Dst = "2001:db8::1", "2001:db8::2" }), want: "unknown", why: "ip6tables-save"},
		{name: "mixed families", rules: "-A INPUT -j ACCEPT", p: with(func(p *Probe) { p.Dst = "2001:db8::2" }), want: "unknown", why: "different address families"},
		{name: "bad direction", rules: "-A INPUT -j ACCEPT", p: with(func(p *Probe) { p.Dir = "sideways" }), want: "unknown", why: "expected dir"},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := Read("", []byte(filter(c.rules)), "")
			if err != nil {
				t.Fatal(err)
			}
			got := newJudge(set).ask(c.p)
			if got.Verdict != c.want || c.line != 0 && got.Line != c.line || !strings.Contains(got.Why, c.why) {
				t.Errorf("got %+v, want %s at line %d because %q", got, c.want, c.line, c.why)
			}
			if got.Line > 0 && got.Text != strings.TrimSpace(strings.Split(filter(c.rules), "\n")[got.Line-1]) {
				t.Errorf("line %d reads %q", got.Line, got.Text)
			}
		})
	}
}

// TestTables holds packets against the order of tables and hooks.
func TestTables(t *testing.T) {
	mail := Probe{Dir: "in", InIf: "eth0", OutIf: "eth1", Src: "103.13.69.7", Dst: "203.0.113.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
	open := "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\n"
	dnat := "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 203.0.113.25 -p tcp --dport 25 -j DNAT --to-destination 192.168.1.10:2525\nCOMMIT\n"
	nat := func(to, match string) string {
		return "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp " + match + " -j DNAT --to-destination " + to + "\nCOMMIT\n"
	}
	for _, c := range []struct {
		name, text, want string
		line             int
	}{
		{"drop in raw", "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp -j DROP\nCOMMIT\n" + open + "COMMIT\n", "deny", 3},
		{"drop in mangle", "*mangle\n:PREROUTING DROP [0:0]\nCOMMIT\n" + open + "COMMIT\n", "deny", 2},
		{"accept in mangle does not skip filter", "*mangle\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j ACCEPT\nCOMMIT\n*filter\n:INPUT DROP [0:0]\nCOMMIT\n", "deny", 6},
		{"translated packets meet FORWARD", dnat + open + "-A INPUT -j DROP\n-A FORWARD -d 192.168.1.10 -p tcp --dport 2525 -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n", "permit", 10},
		{"filter no longer sees the public address", dnat + open + "-A FORWARD -d 203.0.113.25 -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n", "deny", 10},
		{"ctstate DNAT", dnat + open + "-A FORWARD -m conntrack --ctstate DNAT -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n", "permit", 9},
		{"ctorigdst", dnat + open + "-A FORWARD -m conntrack --ctorigdst 203.0.113.25 --ctorigdstport 25 -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n", "permit", 9},
		{"redirect stays on the host", "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 25 -j REDIRECT --to-ports 2525\nCOMMIT\n" + open + "-A INPUT -p tcp --dport 2525 -j ACCEPT\n-A INPUT -j DROP\n-A FORWARD -j DROP\nCOMMIT\n", "permit", 9},
		{"untracked packets are not translated", "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 25 -j CT --notrack\nCOMMIT\n" + dnat + open + "-A INPUT -m state --state UNTRACKED -j ACCEPT\n-A INPUT -j DROP\n-A FORWARD -j DROP\nCOMMIT\n", "permit", 13},
		{"no state before tracking", "*raw\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -m conntrack --ctstate NEW -j DROP\nCOMMIT\n" + open + "COMMIT\n", "permit", 6},
		{"translation to one of several", "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -p tcp --dport 25 -j DNAT --to-destination 192.168.1.10-192.168.1.11\nCOMMIT\n" + open + "-A FORWARD -d 192.168.1.10 -j ACCEPT\n-A FORWARD -j DROP\nCOMMIT\n", "unknown", 9},
		{"policy of translation", "*nat\n:PREROUTING DROP [0:0]\nCOMMIT\n" + open + "COMMIT\n", "unknown", 2},
		{"ports moved along", nat("10.9.0.5:1020-1030/20", "--dport 20:30") + "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -d 10.9.0.5 -p tcp --dport 1025 -j ACCEPT\nCOMMIT\n", "permit", 7},
		{"ports moved round", nat("10.9.0.5:1020-1022/21", "--dport 20:30") + "*filter\n:FORWARD DROP [0:0]\n-A FORWARD -p tcp --dport 1021 -j ACCEPT\nCOMMIT\n", "permit", 7},
		{"translated to a name", nat("mail.example.com", "--dport 25") + "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\nCOMMIT\n", "unknown", 3},
		{"translated to a variable", nat("$MAIL:25", "--dport 25") + "*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\nCOMMIT\n", "unknown", 3},
		{"unknown target before translation", "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -j FROB\nCOMMIT\n*filter\n:INPUT DROP [0:0]\n:FORWARD DROP [0:0]\nCOMMIT\n", "unknown", 3},
		{"no chain stands in the way", "*filter\n:OUTPUT DROP [0:0]\nCOMMIT\n", "permit", 0},
		{"policy that is not in the file", "*filter\n-A INPUT -p udp -j ACCEPT\nCOMMIT\n", "unknown", 0},
		{"file that breaks off", "*filter\n:INPUT DROP [0:0]\n-A INPUT -p udp -j ACCEPT\n", "unknown", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			set, err := Read("", []byte(c.text), "")
			if err != nil {
				t.Fatal(err)
			}
			if got := newJudge(set).ask(mail); got.Verdict != c.want || got.Line != c.line {
				t.Errorf("got %+v, want %s at line %d", got, c.want, c.line)
			}
		})
	}
}

// TestIPSetInFile reads sets that ipset save printed into the same file.
func TestIPSetInFile(t *testing.T) {
	sets := `create mimecast hash:net family inet hashsize 1024 maxelem 65536
add mimecast 103.13.69.0/24
add mimecast 103.13.69.64/26 nomatch
create ports hash:ip,port family inet
add ports 124.47.150.9,tcp:25
create timed hash:ip timeout 300
add timed 9.9.9.9 timeout 12
create all list:set size 8
add all mimecast
create mail bitmap:port range 0-65535
add mail 25
add mail 465-587
create web bitmap:port range 0-65535
add web 80
`
	rules := func(set, flags string) string {
		return sets + "*filter\n:INPUT DROP [0:0]\n-A INPUT -m set --match-set " + set + " " + flags + " -j ACCEPT\nCOMMIT\n"
	}
	for _, c := range []struct{ set, flags, src, want string }{
		{"mimecast", "src", "103.13.69.7", "permit"},
		{"mimecast", "src", "103.13.69.65", "deny"},
		{"mimecast", "dst", "103.13.69.7", "deny"},
		{"ports", "src,dst", "124.47.150.9", "permit"},
		{"ports", "src,dst", "124.47.150.8", "deny"},
		{"timed", "src", "1.1.1.1", "unknown"},
		{"all", "src", "103.13.69.7", "permit"},
		{"mail", "dst", "1.1.1.1", "permit"},
		{"mail", "src", "1.1.1.1", "deny"},
		{"web", "dst", "1.1.1.1", "deny"},
		{"web dst -m set --match-set mail", "dst", "1.1.1.1", "deny"},
		{"web dst -m set ! --match-set mail", "dst", "1.1.1.1", "deny"},
		{"mail dst -m set ! --match-set web", "dst", "1.1.1.1", "permit"},
		{"mimecast src -m set --match-set mail", "dst", "103.13.69.7", "permit"},
	} {
		set, err := Read("", []byte(rules(c.set, c.flags)), "")
		if err != nil {
			t.Fatal(err)
		}
		p := Probe{Dir: "in", Src: c.src, Dst: "203.0.113.25", Proto: "tcp", SPort: port(40000), DPort: port(25)}
		if got := newJudge(set).ask(p); got.Verdict != c.want {
			t.Errorf("%s %s from %s: %+v, want %s", c.set, c.flags, c.src, got, c.want)
		}
	}
}

// TestPortSetAndProtocols: a set of ports holds packets of TCP and UDP, and its
// complement all others.
func TestPortSetAndProtocols(t *testing.T) {
	const head = "create mail bitmap:port range 0-65535\nadd mail 25\n*filter\n:INPUT DROP [0:0]\n-A INPUT"
	for _, c := range []struct {
		match, proto string
		port         int
		want         string
	}{
		{"-m set --match-set mail dst", "tcp", 25, "permit"},
		{"-m set --match-set mail dst", "udp", 25, "permit"},
		{"-m set --match-set mail dst", "tcp", 26, "deny"},
		{"-m set --match-set mail dst", "icmp", 0, "deny"},
		{"-m set --match-set mail dst", "sctp", 25, "deny"},
		{"-m set ! --match-set mail dst", "tcp", 25, "deny"},
		{"-m set ! --match-set mail dst", "tcp", 26, "permit"},
		{"-m set ! --match-set mail dst", "icmp", 0, "permit"},
		{"-m set ! --match-set mail dst", "sctp", 25, "permit"},
		{"-p udp -m set --match-set mail dst", "tcp", 25, "deny"},
		{"-p udp -m set --match-set mail dst", "udp", 25, "permit"},
		{"! -p tcp -m set --match-set mail dst", "tcp", 25, "deny"},
		{"! -p tcp -m set --match-set mail dst", "udp", 25, "permit"},
		{"! -p udp -m set ! --match-set mail dst", "udp", 26, "deny"},
		{"! -p udp -m set ! --match-set mail dst", "icmp", 0, "permit"},
		{"-p tcp -m set ! --match-set mail dst", "tcp", 26, "permit"},
		{"-p tcp -m set ! --match-set mail dst", "icmp", 0, "deny"},
	} {
		set, err := Read("", []byte(head+" "+c.match+" -j ACCEPT\nCOMMIT\n"), "")
		if err != nil {
			t.Fatal(err)
		}
		p := Probe{Dir: "in", Src: "1.1.1.1", Dst: "203.0.113.25", Proto: c.proto, SPort: port(40000), DPort: port(c.port)}
		if got := newJudge(set).ask(p); got.Verdict != c.want {
			t.Errorf("%s, %s %d: %+v, want %s", c.match, c.proto, c.port, got, c.want)
		}
	}
}

// TestScriptsAndFamilies reads command lines, and a file with both families.
func TestScriptsAndFamilies(t *testing.T) {
	script := "#!/bin/sh\niptables -P INPUT DROP\n/sbin/iptables -t filter -A INPUT -p tcp --dport 25 \\\n  -j ACCEPT\nip6tables -P INPUT ACCEPT\necho done\n"
	both := "# Generated by iptables-save v1.8.9\n*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 25 -j ACCEPT\nCOMMIT\n" +
		"# Generated by ip6tables-save v1.8.9\n*filter\n:INPUT ACCEPT [0:0]\nCOMMIT\n"
	v4 := Probe{Dir: "in", Src: "1.2.3.4", Dst: "203.0.113.25", Proto: "tcp", DPort: port(25)}
	v6 := Probe{Dir: "in", Src: "2001:db8::1", Dst: "2001:db8::2", Proto: "udp", DPort: port(9)}
	for name, text := range map[string]string{"script": script, "both": both} {
		set, err := Read(name, []byte(text), "")
		if err != nil {
			t.Fatal(err)
		}
		j := newJudge(set)
		if got := j.ask(v4); got.Verdict != "permit" {
			t.Errorf("%s, IPv4: %+v", name, got)
		}
		if got := j.ask(v6); got.Verdict != "permit" {
			t.Errorf("%s, IPv6: %+v", name, got)
		}
		if got := j.ask(Probe{Dir: "in", Src: "1.2.3.4", Dst: "203.0.113.25", Proto: "udp", DPort: port(9)}); got.Verdict != "deny" {
			t.Errorf("%s, other port: %+v", name, got)
		}
	}
	looped := "for i in 1 2; do\niptables -P INPUT DROP\niptables -A INPUT -p tcp --dport 25 -j ACCEPT\ndone\n"
	set, err := Read("", []byte(looped), "")
	if err != nil {
		t.Fatal(err)
	}
	if got := newJudge(set).ask(v4); got.Verdict != "unknown" || !strings.Contains(got.Why, "shell script") {
		t.Errorf("rules inside a loop: %+v", got)
	}
}
