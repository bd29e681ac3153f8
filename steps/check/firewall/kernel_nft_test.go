//go:build realserver

package firewall

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// kernelRounds is how many random rulesets a test asks the kernel about;
// KERNEL_ROUNDS sets another number.
func kernelRounds(n int) int {
	if v, err := strconv.Atoi(os.Getenv("KERNEL_ROUNDS")); err == nil {
		return v
	}
	return n
}

// kernelAsk gives rules and probes to the running kernel: one row of the
// oracle's table for each probe.
func kernelAsk(t *testing.T, oracle, form, text string, list []kernelProbe, more ...string) [][]string {
	t.Helper()
	rules := filepath.Join(t.TempDir(), "rules")
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var in strings.Builder
	for _, p := range list {
		in.WriteString(p.line + "\n")
	}
	args := append([]string{rules, "-", "--format", form, "--if", "eth0", "--if", "eth1:10.0.0.0/24,fd00:10::/64,2001:db8::a00:0/120"}, more...)
	cmd := exec.Command(oracle, args...)
	cmd.Stdin = strings.NewReader(in.String())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle: %v: %s\n%s", err, stderr.String(), text)
	}
	var rows [][]string
	for _, row := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		rows = append(rows, strings.Split(row, "\t"))
	}
	return rows
}

// kernelJudge compares what is said of probes with what the kernel did.
func kernelJudge(t *testing.T, text string, rows [][]string, list []kernelProbe, count map[string]int) {
	t.Helper()
	set, err := Read("", []byte(text), "")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, p := range set.Problems {
		t.Errorf("problem: %s", p.Text)
	}
	j := newJudge(set)
	for i, f := range rows {
		want := map[string]string{"ACCEPT": "permit", "DROP": "deny", "REJECT": "deny"}[f[5]]
		p := list[i]
		if want == "" || f[5] == "ACCEPT" && f[8] == "-" && p.Proto != "icmp" {
			continue
		}
		if f[5] == "ACCEPT" && f[7] != p.Dst {
			if !strings.Contains(text, f[7]) {
				continue // an answer of the host's own that was taken for the probe
			}
			count["moved"]++
		}
		count["asked"]++
		got := j.ask(p.Probe)
		switch got.Verdict {
		case "unknown":
			count["unknown"]++
			if !strings.HasPrefix(got.Why, "this file holds IPv") {
				count["why"]++
				count[got.Why]++
			}
		case want:
			count[want]++
		default:
			t.Errorf("%s: kernel %v, here %+v", p.line, f[5:], got)
		}
	}
}

// kernelProbes6 are like kernelProbes, of IPv6.
func kernelProbes6(r *rand.Rand, n int) []kernelProbe {
	outside := []string{"2001:db8:13::/48", "2001:db8:13:40::/58", "2001:db8:124::/48", "2001:db8:8::/47"}
	from := func(nets []string) netip.Addr {
		p := netip.MustParsePrefix(pick(r, nets))
		b := p.Addr().As16()
		for i := p.Bits(); i < 128; i++ {
			if r.IntN(4) == 0 {
				b[i/8] |= 0x80 >> (i % 8)
			}
		}
		return netip.AddrFrom16(b)
	}
	var out []kernelProbe
	for range n {
		var p Probe
		p.Dir = pick(r, []string{"in", "out", "fwd"})
		host := netip.MustParseAddr(fmt.Sprintf("2001:db8:198::%x", r.IntN(16)))
		src, dst := from(outside), host
		switch p.Dir {
		case "out":
			src, dst = host, from(outside)
		case "fwd":
			if dst = from([]string{"fd00:10::/64", "2001:db8:124::/48"}); src == dst {
				continue
			}
		}
		p.Src, p.Dst = src.String(), dst.String()
		p.Proto = pick(r, []string{"tcp", "tcp", "udp", "icmp"})
		port := pick(r, genPorts) + pick(r, []int{0, 0, 0, 1, -1, 100})
		if p.Proto == "icmp" {
			port = 128
		}
		sport := 1024 + r.IntN(60000)
		p.DPort, p.SPort = &port, &sport
		line := fmt.Sprintf("%s %s %s %s %d sport=%d", p.Dir, p.Src, p.Dst, p.Proto, port, sport)
		if p.Dir != "out" {
			p.InIf = pick(r, []string{"eth0", "eth0", "eth1"})
			line += " iif=" + p.InIf
		}
		p.OutIf = "eth1"
		if p.Dir != "in" && !netip.MustParsePrefix("fd00:10::/64").Contains(dst) {
			p.OutIf = "eth0"
		}
		out = append(out, kernelProbe{p, line})
	}
	return out
}

// TestKernelNftDifferential compares verdicts on random nft rulesets with those
// of the running kernel, packet by packet. Every fourth ruleset is also read
// from what nft prints of it as JSON and as text.
func TestKernelNftDifferential(t *testing.T) {
	oracle := kernelOracle(t)
	rounds, probes := kernelRounds(25), 400
	count := map[string]int{}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 2025))
		g := &nftGen{r: r, v6: seed%4 == 3, dnat: seed%2 == 0}
		text := g.file()
		list := kernelProbes(r, probes)
		if g.v6 {
			list = kernelProbes6(r, probes)
		}
		rows := kernelAsk(t, oracle, "nft", text, list)
		kernelJudge(t, text, rows, list, count)
		if seed%4 == 0 {
			for _, as := range nftPrints(t, text) {
				kernelJudge(t, as, rows, list, map[string]int{})
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d of\n%s", seed, text)
		}
	}
	t.Logf("%v", count)
	if rounds >= 25 && (count["asked"] < rounds*probes*6/10 || count["moved"] == 0) {
		t.Errorf("too few probes counted: %v", count)
	}
	if count["why"] > 0 {
		t.Errorf("%d probes are unknown although every field is given", count["why"])
	}
}

// nftPrints loads rules in a network namespace of their own and returns what
// nft prints of them.
func nftPrints(t *testing.T, text string) []string {
	t.Helper()
	rules := filepath.Join(t.TempDir(), "rules.nft")
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	load := `ip link add eth0 type veth peer name p0 && ip link add eth1 type veth peer name p1 && nft -f "$0" && `
	var out []string
	for _, how := range []string{"nft -a list ruleset", "nft -j list ruleset", "nft -a -j list ruleset"} {
		b, err := exec.Command("unshare", "-n", "sh", "-c", load+how, rules).Output()
		if err != nil {
			t.Fatalf("nft: %v\n%s", err, text)
		}
		out = append(out, string(b))
	}
	return out
}

// nftConstructs are rules of which each stands alone in a chain for packets to
// the host (and through it, where it names an outgoing interface).
var nftConstructs = []string{
	"tcp flags syn accept", "tcp flags != syn accept", "tcp flags syn,ack accept", "tcp flags == syn accept", "tcp flags ! syn accept",
	"tcp flags { syn, ack } accept", "tcp flags != { syn, ack } accept", "tcp flags & (fin|syn) == syn accept", "tcp flags & syn != 0 accept", "tcp flags & syn == 0 accept",
	"tcp flags syn / fin,syn,rst,ack accept", "tcp flags & (fin|syn|rst|ack) == (syn|ack) accept", "tcp flags & (fin|rst) != fin accept",
	"ct state new accept", "ct state != new accept", "ct state ! new accept", "ct state != established | related accept", "ct state != { established, related } accept",
	"ct state & (new|invalid) != 0 accept", "ct state & (new|invalid) == 0 accept", "ct state == established,related accept", "ct state invalid accept",
	"ct state vmap { new : accept, established : drop }", "ct status dnat accept", "ct status ! dnat accept", "ct direction original accept", "ct direction != original accept",
	"ct original ip daddr 198.51.100.1 accept", "ct original ip saddr 103.13.69.0/24 accept", "ct original ip saddr != 103.13.69.0/24 accept",
	"ct original ip6 daddr != 2001:db8::1 accept", "ct protocol tcp accept", "ct l3proto ipv4 accept", "ct l3proto ipv6 accept",
	"tcp dport 25 accept", "tcp dport != 25 accept", "tcp dport > 25 accept", "tcp dport >= 25 accept", "tcp dport < 25 accept", "tcp dport <= 25 accept", "tcp dport { smtp, 465-587 } accept",
	"th dport != 25 meta l4proto { tcp, udp } accept", "meta l4proto != { tcp, udp } accept", "meta l4proto > 6 accept", "ip protocol != tcp accept", "ip protocol { 1, 17 } accept",
	"ip6 nexthdr tcp accept", "ip6 saddr != 2001:db8::/32 accept", "meta nfproto ipv4 accept", "meta nfproto != ipv4 accept", "meta protocol ip accept", "meta protocol { ip, ip6 } accept",
	"ip version 4 accept", "ip saddr 103.13.69.7 accept", "ip saddr != 103.13.69.7 accept", "ip saddr < 103.13.69.8 accept", "ip saddr > 103.13.69.6 accept",
	"ip saddr & 255.255.0.255 == 103.13.0.7 accept", "ip saddr & 255.0.255.0 != 103.0.69.0 accept", "ip saddr { 103.13.69.0-103.13.69.7, 8.8.8.0/24 } accept", "ip saddr != { 103.13.69.0-103.13.69.7, 8.8.8.0/24 } accept",
	"ip saddr != 0.0.0.0/0 accept", "ip saddr 0.0.0.0/0 accept", "ip saddr vmap { 103.13.69.7 : drop, * : accept }", "ip saddr vmap { 103.13.69.0/24 : accept }", "ip saddr vmap { 103.13.69.7 : jump other, * : drop }",
	"ip saddr . tcp dport { 103.13.69.0/24 . 25 } accept", "ip saddr . tcp dport != { 103.13.69.0/24 . 25 } accept", "ip saddr . tcp dport != { 103.13.69.0/24 . 25 } return", "ip saddr . tcp dport != { 103.13.69.0/24 . 25 } goto other",
	"ip saddr . tcp dport vmap { 103.13.69.7 . 25 : return, 8.8.8.8 . 25 : goto other, * : accept }", "iifname . tcp dport { \"eth0\" . 25 } accept", "iifname . ip saddr . meta l4proto != { \"eth0\" . 103.13.69.0/24 . udp } accept",
	"meta l4proto . th dport vmap { tcp . 25 : accept, udp . 25 : drop }", "tcp sport . tcp dport { 1024-65535 . 25 } accept",
	"iifname \"eth0\" accept", "iifname != \"eth0\" accept", "iifname \"eth*\" accept", "iifname != \"eth*\" accept", "iif eth1 accept", "iif != eth1 accept", "iifname { \"eth1\", \"lo\" } accept",
	"oifname \"eth0\" accept", "oifname != \"eth0\" accept", "jump outside", "iif lo accept", "iifname vmap { \"eth0\" : jump other, \"eth1\" : accept }",
	"fib daddr type local accept", "fib daddr type != local accept", "fib saddr type local accept", "fib daddr type { local, broadcast } accept", "fib daddr type unicast accept", "fib daddr type != { local, multicast } accept",
	"meta pkttype host accept", "meta pkttype { broadcast, multicast } accept", "icmp type echo-request accept", "icmp type != echo-request accept", "icmp type { 8, 13 } accept", "icmp code 0 accept", "icmp code != 0 accept", "icmp type > 8 accept",
	"icmpv6 type echo-request accept", "ip frag-off & 0x1fff != 0 accept", "ip frag-off & 0x1fff == 0 accept", "exthdr frag missing accept", "exthdr frag exists accept", "meta secpath missing accept", "rt ipsec missing accept",
	"ip saddr 103.13.69.0/24 ip saddr != 103.13.69.0/25 accept", "tcp dport 20-30 tcp dport != 26-29 accept", "meta l4proto { tcp, udp } meta l4proto != udp accept", "iifname \"eth*\" iifname != \"eth1\" accept",
	"continue", "counter", "log prefix \"a b: \" level info flags all accept", "reject", "reject with tcp reset", "reject with icmpx type admin-prohibited", "jump other", "goto other", "return", "tcp dport 25 jump other", "tcp dport 25 goto other",
	"ip dscp set cs1 accept", "meta mark set 0x1 accept", "ct mark set meta mark accept", "meta priority set 1:2 accept", "add @seen { ip saddr } accept", "update @seen { ip saddr } tcp dport 25 accept", "limit rate 1000000/second burst 100000 packets accept",
	"counter packets 5 bytes 7 accept comment \"a ; b } c\"", "tcp dport vmap @ports", "ip saddr @nets accept", "ip saddr != @nets accept", "ip saddr . tcp dport @pairs accept", "tcp dport @none accept", "tcp dport != @none accept", "notrack accept",
	"ip daddr 198.51.100.0/28 ip saddr @nets tcp dport { 25, 587 } ct state new accept", "numgen inc mod 2 vmap { 0 : accept, 1 : accept }", "meta length > 0 accept",
}

// nftTogether is a ruleset in which every destination has a construct of its
// own, and of each the rule.
func nftTogether(constructs []string, policy string) string {
	var in, through, chains strings.Builder
	for i, rule := range constructs {
		if strings.Contains(rule, "reject with tcp") {
			rule = "meta l4proto tcp " + rule
		}
		fmt.Fprintf(&in, "198.51.100.%d : jump k%d, ", i, i)
		fmt.Fprintf(&through, "10.0.0.%d : jump k%d, ", i, i)
		fmt.Fprintf(&chains, "\tchain k%d {\n\t\tip saddr 9.9.9.9 drop\n\t\t%s\n\t\tudp dport 443 accept\n\t}\n", i, rule)
	}
	return "table inet t {\n" +
		"\tset seen { type ipv4_addr; size 100000; flags dynamic; }\n\tset nets { type ipv4_addr; flags interval; elements = { 103.13.69.0/25, 8.8.8.0/24 } }\n" +
		"\tset none { type inet_service; }\n\tset pairs { type ipv4_addr . inet_service; flags interval; elements = { 103.13.69.0/24 . 20-30 } }\n" +
		"\tchain other { ip saddr 103.13.69.0/26 accept; meta l4proto udp drop; }\n\tchain outside { oifname != \"eth0\" drop; }\n" +
		"\tmap ports { type inet_service : verdict; elements = { 25 : jump other, 587 : drop } }\n" + chains.String() +
		"\tchain inward {\n\t\ttype filter hook input priority filter; policy " + policy + ";\n\t\tip daddr vmap { " + in.String() + "}\n\t}\n" +
		"\tchain through {\n\t\ttype filter hook forward priority filter; policy " + policy + ";\n\t\tip daddr vmap { " + through.String() + "}\n\t}\n}\n"
}

// TestKernelNftConstructs asks the kernel about each construct.
func TestKernelNftConstructs(t *testing.T) {
	oracle := kernelOracle(t)
	count := map[string]int{}
	const many = 16
	for at := 0; at < len(nftConstructs); at += many {
		part := nftConstructs[at:min(at+many, len(nftConstructs))]
		text := nftTogether(part, []string{"drop", "accept"}[at/many%2])
		r := rand.New(rand.NewPCG(uint64(at), 3))
		var list []kernelProbe
		for _, p := range kernelProbes(r, 700*len(part)/many) {
			f := strings.Fields(p.line)
			switch p.Dir {
			case "in":
				p.Dst = fmt.Sprintf("198.51.100.%d", r.IntN(len(part)))
			case "fwd":
				p.Dst, p.OutIf = fmt.Sprintf("10.0.0.%d", r.IntN(len(part))), "eth1"
			default:
				continue
			}
			f[2] = p.Dst
			p.line = strings.Join(f, " ")
			list = append(list, p)
		}
		rows := kernelAsk(t, oracle, "nft", text, list)
		kernelJudge(t, text, rows, list, count)
		for _, as := range nftPrints(t, text) {
			kernelJudge(t, as, rows, list, map[string]int{})
		}
		if t.Failed() {
			t.Fatalf("%s\n%s", text, strings.Join(part, "\n"))
		}
	}
	t.Logf("%v", count)
	if count["unknown"]*40 > count["asked"] || count["asked"] < 2000 {
		t.Errorf("too few probes, or too many unknown: %v", count)
	}
}
