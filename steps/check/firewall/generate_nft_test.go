//go:build realserver

package firewall

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// nftGen writes random nft rulesets: tables of three families, several base
// chains of a hook, jumps and gotos, sets, maps of verdicts, concatenations,
// negation, states and translation. All of it loads into a kernel, and nothing
// depends on more than the packet.
type nftGen struct {
	r    *rand.Rand
	v6   bool // packets are IPv6: names addresses of it
	dnat bool
	user []string
	fam  string
	head string // the header that the rule at hand is about: ip or ip6
	bare bool   // the rule at hand is to say nothing of protocols
}

var (
	genNets6  = []string{"2001:db8:13::/48", "2001:db8:13:40::/58", "2001:db8:124::/48", "2001:db8:8::/47", "2001:db8:198::/124", "fd00:10::/64", "fd00:10::5/128"}
	genRanges = []string{"103.13.69.10-103.13.69.99", "124.47.150.1-124.47.150.200", "8.8.8.0-8.8.9.7"}
	genRange6 = []string{"2001:db8:13::10-2001:db8:13:ffff::", "2001:db8:124::-2001:db8:124:0:ffff::"}
)

func (g *nftGen) chance(p float64) bool { return g.r.Float64() < p }

func (g *nftGen) not(p float64) string {
	if g.chance(p) {
		return "!= "
	}
	return ""
}

// ip is the header that addresses are of here.
func (g *nftGen) ip() string {
	if g.fam == "ip6" || g.fam == "inet" && g.v6 && g.chance(.9) || g.fam == "inet" && !g.v6 && g.chance(.08) {
		return "ip6"
	}
	return "ip"
}

func (g *nftGen) net(ip string) string {
	if ip == "ip6" {
		return pick(g.r, genNets6)
	}
	return pick(g.r, genNets)
}

// nets is an anonymous set of networks that do not overlap.
func (g *nftGen) nets(ip string) string {
	if ip == "ip6" {
		return pick(g.r, []string{"{ 2001:db8:13::/48, 2001:db8:124::/48, fd00:10::5 }", "{ 2001:db8:8::/47, 2001:db8:198::/124 }", "{ fd00:10::/64 }"})
	}
	return pick(g.r, []string{"{ 103.13.69.0/25, 124.47.150.0/24, 10.0.0.5 }", "{ 8.8.8.0/23, 198.51.100.0/28 }", "{ 10.0.0.0/24 }", "{ 103.13.69.0-103.13.69.40, 103.13.69.60 }"})
}

func (g *nftGen) match(in, out bool) string {
	var w []string
	add := func(format string, args ...any) { w = append(w, fmt.Sprintf(format, args...)) }
	ip := g.head
	set := map[string]string{"ip": "nets4", "ip6": "nets6"}[ip]
	switch k := g.r.Float64(); {
	case k < .3:
		add("%s saddr %s%s", ip, g.not(.2), g.net(ip))
	case k < .45:
		add("%s saddr %s%s", ip, g.not(.25), g.nets(ip))
	case k < .55:
		add("%s saddr %s@%s", ip, g.not(.25), set)
	case k < .6 && ip == "ip":
		add("ip saddr %s%s", g.not(.25), pick(g.r, genRanges))
	case k < .6:
		add("ip6 saddr %s%s", g.not(.25), pick(g.r, genRange6))
	case k < .65 && ip == "ip":
		add("ip saddr & 255.255.0.255 %s 103.13.0.%d", pick(g.r, []string{"==", "!="}), g.r.IntN(256))
	}
	if g.chance(.35) {
		add("%s daddr %s%s", ip, g.not(.2), g.net(ip))
	}
	if in && g.chance(.15) {
		add("%s %s%s", pick(g.r, []string{"iifname", "iif"}), g.not(.3), pick(g.r, []string{`"eth0"`, `"eth1"`}))
	} else if in && g.chance(.08) {
		add("iifname %s%s", g.not(.3), pick(g.r, []string{`"eth*"`, `{ "eth0", "lo" }`, `"et*"`}))
	}
	if out && g.chance(.15) {
		add("oifname %s%s", g.not(.3), pick(g.r, []string{`"eth0"`, `"eth1"`, `"eth*"`, `{ "eth1", "lo" }`}))
	}
	if !g.bare && g.chance(.75) {
		g.transport(add, ip)
	}
	if g.chance(.15) {
		add("ct state %s", pick(g.r, []string{
			"new", "established,related", "new,invalid", "!= new", "untracked", "{ established, related }", "!= { new, untracked }", "! new", "invalid", "== new",
		}))
	}
	if g.chance(.06) {
		add("ct status %s", pick(g.r, []string{"dnat", "! dnat", "snat,dnat"}))
	}
	if g.chance(.06) {
		add("fib daddr type %s%s", g.not(.3), pick(g.r, []string{"local", "{ local, broadcast }", "unicast"}))
	}
	if g.chance(.05) {
		add("ct direction %s", pick(g.r, []string{"original", "reply"}))
	}
	if g.chance(.05) {
		add("ct original %s daddr %s%s", ip, g.not(.3), g.net(ip))
	}
	if g.fam == "inet" && !g.bare && g.chance(.08) {
		add("meta nfproto %s%s", g.not(.3), pick(g.r, []string{"ipv4", "ipv6"}))
	}
	return strings.Join(w, " ")
}

func (g *nftGen) ports() string {
	p := pick(g.r, genPorts)
	return pick(g.r, []string{
		fmt.Sprint(p), fmt.Sprint(p), fmt.Sprintf("%d-%d", p, p+g.r.IntN(300)), fmt.Sprintf("{ %d, %d-%d }", pick(g.r, []int{7, 9}), p, p+30), "@mailports", "{ 25, 443, 587 }",
		"!= " + fmt.Sprint(p), fmt.Sprintf("!= { %d, 440-2000 }", pick(g.r, []int{25, 110})), "!= @mailports", fmt.Sprintf(">= %d", p), fmt.Sprintf("< %d", p+1), "smtp",
	})
}

func (g *nftGen) transport(add func(string, ...any), ip string) {
	proto := pick(g.r, []string{"tcp", "tcp", "tcp", "udp"})
	set := map[string]string{"ip": "pairs4", "ip6": "pairs6"}[ip]
	saddr := g.net(ip)
	switch k := g.r.Float64(); {
	case k < .45:
		add("%s dport %s", proto, g.ports())
	case k < .52:
		add("meta l4proto { tcp, udp } th dport %s", g.ports())
	case k < .58:
		add("%s saddr . %s dport %s@%s", ip, proto, g.not(.3), set)
	case k < .66:
		add("%s saddr . %s dport %s{ %s . %d, %s . %d-%d }", ip, proto, g.not(.3), saddr, pick(g.r, genPorts), otherNet(g, ip), 100, 100+g.r.IntN(900))
	case k < .7:
		add("meta l4proto . th dport %s{ tcp . 25, udp . 110-600 }", g.not(.3))
	case k < .75:
		add("%s sport %s1024-%d", proto, g.not(.3), 20000+g.r.IntN(20000))
	case k < .8:
		add("tcp flags %s", pick(g.r, []string{"syn", "& (fin|syn|rst|ack) == syn", "& (fin|syn|rst|ack) != syn", "! syn", "syn / fin,syn,rst,ack", "ack", "== syn", "!= syn", "{ syn, ack }", "syn,ack"}))
	case k < .85 && ip == "ip":
		add("icmp type %s", pick(g.r, []string{"echo-request", "{ echo-request, timestamp-request }", "!= echo-request", "13"}))
	case k < .85:
		add("icmpv6 type %s", pick(g.r, []string{"echo-request", "{ echo-request, echo-reply }", "!= echo-request"}))
	case k < .9:
		add("meta l4proto %s%s", g.not(.3), pick(g.r, []string{"tcp", "udp", "{ tcp, icmp, ipv6-icmp }", "icmp"}))
	case k < .94 && ip == "ip":
		add("ip protocol %s%s", g.not(.2), pick(g.r, []string{"tcp", "{ udp, icmp }"}))
	}
}

func otherNet(g *nftGen, ip string) string {
	if ip == "ip6" {
		return "2001:db8:ffff::/48"
	}
	return "9.9.9.0/24"
}

// verdict picks what a rule does; depth keeps chains from calling in circles.
func (g *nftGen) verdict(depth int) string {
	list := []string{"accept", "accept", "accept", "drop", "drop", "return", "reject", "counter accept", `log prefix "x: " accept`, "continue", "counter"}
	if depth < len(g.user) {
		for _, c := range g.user[depth:] {
			list = append(list, "jump "+c, "goto "+c, "jump "+c)
		}
	}
	return pick(g.r, list)
}

// vmap writes a map of verdicts.
func (g *nftGen) vmap(depth int, in bool) string {
	v := func() string {
		for {
			if s := g.verdict(depth); !strings.Contains(s, "counter") && !strings.Contains(s, "log") && s != "reject" {
				return s
			}
		}
	}
	ip := g.head
	rest := ""
	if g.chance(.3) {
		rest = ", * : " + v()
	}
	switch g.r.IntN(5) {
	case 0:
		return fmt.Sprintf("tcp dport vmap { 25 : %s, 100-600 : %s%s }", v(), v(), rest)
	case 1:
		return fmt.Sprintf("%s saddr vmap { %s : %s%s }", ip, g.net(ip), v(), rest)
	case 2:
		return fmt.Sprintf("ct state vmap { established : accept, related : accept, invalid : drop, new : %s }", v())
	case 3:
		return fmt.Sprintf("%s saddr . tcp dport vmap { %s . %d : %s, %s . 1-600 : %s%s }", ip, g.net(ip), pick(g.r, genPorts), v(), otherNet(g, ip), v(), rest)
	}
	if in {
		return fmt.Sprintf(`iifname vmap { "eth0" : %s, "eth1" : %s }`, v(), v())
	}
	return fmt.Sprintf("meta l4proto vmap { tcp : %s, udp : %s }", v(), v())
}

func (g *nftGen) rule(in, out bool, depth int) string {
	g.head, g.bare = g.ip(), g.chance(.12)
	defer func() { g.bare = false }()
	m := g.match(in, out)
	if g.bare {
		return m + " " + g.vmap(depth, in)
	}
	return m + " " + g.verdict(depth)
}

// dst writes a translating rule for destinations of the host.
func (g *nftGen) dst() string {
	ip := g.ip()
	local, to, other := "198.51.100.0/28", pick(g.r, []string{"10.0.0.5", "10.0.0.77"}), "10.0.0.9"
	if ip == "ip6" {
		local, to, other = "2001:db8:198::/124", pick(g.r, []string{"fd00:10::5", "fd00:10::77"}), "fd00:10::9"
	}
	family := ""
	if g.fam == "inet" {
		family = " " + ip
	}
	at := func(a string, port int) string {
		if ip == "ip6" {
			return fmt.Sprintf("[%s]:%d", a, port)
		}
		return fmt.Sprintf("%s:%d", a, port)
	}
	port := pick(g.r, genPorts)
	switch g.r.IntN(6) {
	case 0:
		return fmt.Sprintf("%s daddr %s tcp dport %d dnat%s to %s", ip, local, port, family, at(to, pick(g.r, []int{25, 2525})))
	case 1:
		return fmt.Sprintf("%s daddr %s tcp dport { 25, 110-600 } dnat%s to %s", ip, local, family, to)
	case 2:
		return fmt.Sprintf("%s daddr %s dnat%s to tcp dport map { 25 : %s, 443 : %s }", ip, local, family, to, other)
	case 3:
		return fmt.Sprintf("%s daddr %s dnat %s addr . port to tcp dport map { 25 : %s . 2525, 587 : %s . 25 }", ip, local, ip, to, other)
	case 4:
		return fmt.Sprintf("%s saddr %s %s daddr %s meta l4proto { tcp, udp } dnat%s to %s", ip, g.net(ip), ip, local, family, to)
	}
	return fmt.Sprintf("%s daddr %s dnat%s to %s saddr map { %s : %s }", ip, local, family, ip, g.net(ip), to)
}

func (g *nftGen) table(fam, name string, nat bool) string {
	g.fam, g.user = fam, nil
	var b strings.Builder
	fmt.Fprintf(&b, "table %s %s {\n", fam, name)
	if fam != "ip6" {
		b.WriteString("\tset nets4 { type ipv4_addr; flags interval; elements = { 103.13.69.0/26, 124.47.150.64-124.47.150.99, 8.8.8.8 } }\n")
		b.WriteString("\tset pairs4 { type ipv4_addr . inet_service; flags interval; elements = { 103.13.69.0/24 . 25, 124.47.150.0/24 . 110-600 } }\n")
	}
	if fam != "ip" {
		b.WriteString("\tset nets6 { type ipv6_addr; flags interval; elements = { 2001:db8:13::/50, 2001:db8:124::/48 } }\n")
		b.WriteString("\tset pairs6 { type ipv6_addr . inet_service; flags interval; elements = { 2001:db8:13::/48 . 25, 2001:db8:124::/48 . 110-600 } }\n")
	}
	b.WriteString("\tset mailports { type inet_service; flags interval; elements = { 25, 587, 2000-3000 } }\n")
	for i := range g.r.IntN(4) {
		g.user = append(g.user, fmt.Sprintf("c%d", i))
	}
	for i := len(g.user) - 1; i >= 0; i-- {
		fmt.Fprintf(&b, "\tchain c%d {\n", i)
		for range g.r.IntN(4) {
			fmt.Fprintf(&b, "\t\t%s\n", g.rule(false, false, i+1))
		}
		b.WriteString("\t}\n")
	}
	if nat {
		for i := range 1 + g.r.IntN(2) {
			fmt.Fprintf(&b, "\tchain pre%d {\n\t\ttype nat hook prerouting priority dstnat%s;\n", i, pick(g.r, []string{"", " + 5", " - 5"}))
			for range 1 + g.r.IntN(3) {
				if g.chance(.15) {
					g.head = g.ip()
					fmt.Fprintf(&b, "\t\t%s %s\n", g.match(true, false), pick(g.r, []string{"accept", "return"}))
					continue
				}
				fmt.Fprintf(&b, "\t\t%s\n", g.dst())
			}
			b.WriteString("\t}\n")
		}
		b.WriteString("}\n")
		return b.String()
	}
	type base struct {
		hook, prio string
		n          int
	}
	chains := []base{{"input", "filter", 2 + g.r.IntN(6)}, {"forward", "filter", 2 + g.r.IntN(6)}, {"output", "filter", 1 + g.r.IntN(5)}}
	for _, x := range []base{{"prerouting", "raw", 3}, {"prerouting", "mangle", 3}, {"input", "security", 3}, {"forward", "filter - 10", 4}, {"forward", "filter", 3}, {"output", "raw", 2}, {"prerouting", "filter + 5", 3}} {
		if g.chance(.2) {
			chains = append(chains, x)
		}
	}
	for i, c := range chains {
		pol := pick(g.r, []string{"accept", "accept", "drop"})
		if c.hook == "prerouting" || c.prio == "raw" {
			pol = "accept"
		}
		fmt.Fprintf(&b, "\tchain %s%d {\n\t\ttype filter hook %s priority %s; policy %s;\n", c.hook, i, c.hook, c.prio, pol)
		in, out := c.hook != "output", c.hook == "output" || c.hook == "forward"
		for range c.n {
			r := g.rule(in, out, 0)
			if c.prio == "raw" {
				g.head = g.ip()
				r = g.match(in, out) + pick(g.r, []string{" notrack", " notrack", " accept", " drop"})
			}
			if c.hook == "prerouting" || c.hook == "output" {
				r = strings.ReplaceAll(r, "reject", "drop")
			}
			fmt.Fprintf(&b, "\t\t%s\n", r)
		}
		b.WriteString("\t}\n")
	}
	b.WriteString("}\n")
	return b.String()
}

// file writes a whole ruleset.
func (g *nftGen) file() string {
	var b strings.Builder
	one := "ip"
	if g.v6 {
		one = "ip6"
	}
	fams := []string{"inet"}
	if g.chance(.5) {
		fams = append(fams, one)
	}
	if g.chance(.3) {
		fams[0], fams = one, fams[:1]
	}
	for i, f := range fams {
		b.WriteString(g.table(f, fmt.Sprintf("t%d", i), false))
	}
	if g.dnat {
		b.WriteString(g.table(pick(g.r, []string{"inet", one}), "nat", true))
		if g.chance(.3) {
			b.WriteString(g.table(pick(g.r, []string{"inet", one}), "nat2", true))
		}
	}
	return b.String()
}
