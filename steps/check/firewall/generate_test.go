package firewall

import (
	"fmt"
	"math/rand/v2"
	"strings"
)

// rulesGen writes random iptables dumps: user chains, RETURN, goto, negation,
// lists of ports, states, translation, and matches that cannot be decided.
type rulesGen struct {
	r *rand.Rand
	// loadable leaves out what the kernel would not load or what depends on
	// more than the packet.
	loadable bool // also: nothing in POSTROUTING, which the kernel oracle does not see
	dnat     bool
	raw      bool
	sets     bool // conditions on sets of genSets
	user     []string
}

var (
	genNets  = []string{"103.13.69.0/24", "103.13.69.64/26", "124.47.150.0/24", "8.8.8.0/23", "198.51.100.0/28", "10.0.0.0/24", "10.0.0.5/32"}
	genPorts = []int{25, 110, 389, 443, 587, 2525}
)

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

func (g *rulesGen) chance(p float64) bool { return g.r.Float64() < p }

func (g *rulesGen) not(p float64) string {
	if g.chance(p) {
		return "! "
	}
	return ""
}

// match writes conditions; in and out say which interfaces may be named.
func (g *rulesGen) match(in, out bool) string {
	var w []string
	add := func(format string, args ...any) { w = append(w, fmt.Sprintf(format, args...)) }
	if g.chance(.6) {
		add("%s-s %s", g.not(.2), pick(g.r, genNets))
	}
	if g.chance(.4) {
		add("%s-d %s", g.not(.2), pick(g.r, genNets))
	}
	if in && g.chance(.15) {
		add("%s-i %s", g.not(.3), pick(g.r, []string{"eth0", "eth1", "eth+"}))
	}
	if out && g.chance(.15) {
		add("%s-o %s", g.not(.3), pick(g.r, []string{"eth0", "eth1", "eth+"}))
	}
	if g.chance(.75) {
		g.transport(add)
	}
	if g.chance(.15) {
		add("-m conntrack %s--ctstate %s", g.not(.2), pick(g.r, []string{"NEW", "ESTABLISHED,RELATED", "NEW,INVALID", "DNAT", "UNTRACKED", "NEW,DNAT"}))
	}
	if g.chance(.08) {
		add("-m addrtype %s--dst-type LOCAL", g.not(.3))
	}
	if g.chance(.06) {
		add("-m iprange %s--src-range 103.13.69.10-103.13.69.99", g.not(.3))
	}
	if g.sets && g.chance(.5) {
		add("%s", setMatch(g.r))
	}
	if !g.loadable && g.chance(.15) {
		add("%s", pick(g.r, []string{
			"-m limit --limit 3/min", "-m mark --mark 0x1", "-m set --match-set nowhere src", "-m owner --uid-owner 0",
			"-m statistic --mode random --probability 0.5", "-m time --timestart 08:00", "-m geoip --src-cc AU",
		}))
	}
	return strings.Join(w, " ")
}

func (g *rulesGen) transport(add func(string, ...any)) {
	proto := pick(g.r, []string{"tcp", "tcp", "tcp", "udp", "icmp"})
	add("-p %s", proto)
	if proto == "icmp" {
		if g.chance(.5) {
			add("-m icmp --icmp-type %s", pick(g.r, []string{"8", "13", "3/4", "echo-request"}))
		}
		return
	}
	p := pick(g.r, genPorts)
	switch k := g.r.Float64(); {
	case k < .35:
		add("-m %s %s--dport %d", proto, g.not(.2), p)
	case k < .5:
		add("-m %s --dport %d:%d", proto, p, p+g.r.IntN(400))
	case k < .65:
		add("-m multiport %s--dports %d,%d:%d", g.not(.2), pick(g.r, genPorts), p, p+20)
	case k < .72:
		add("-m multiport %s--ports %d,30000:40000", g.not(.3), p)
	case k < .8:
		add("-m %s %s--sport 1024:%d", proto, g.not(.3), 20000+g.r.IntN(20000))
	case k < .86 && proto == "tcp":
		add("-m tcp %s--tcp-flags FIN,SYN,RST,ACK SYN", g.not(.3))
	}
}

// target picks what a rule does; depth keeps chains from calling in circles.
func (g *rulesGen) target(table string, depth int) string {
	list := []string{"-j ACCEPT", "-j ACCEPT", "-j DROP", "-j DROP", "-j RETURN", "-j ACCEPT"}
	if table == "filter" {
		list = append(list, "-j REJECT", "-j LOG")
	}
	if table == "nat" {
		list = []string{"-j ACCEPT", "-j RETURN"}
	}
	if depth < len(g.user) {
		for _, c := range g.user[depth:] {
			list = append(list, "-j "+c, "-g "+c)
		}
	}
	return pick(g.r, list)
}

func (g *rulesGen) table(name string, hooks []string, n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "*%s\n", name)
	for _, h := range hooks {
		pol := pick(g.r, []string{"ACCEPT", "DROP"})
		if name == "nat" || name == "raw" || h == "POSTROUTING" && g.loadable {
			pol = "ACCEPT"
		}
		fmt.Fprintf(&b, ":%s %s [0:0]\n", h, pol)
	}
	g.user = nil
	for i := range g.r.IntN(4) {
		c := fmt.Sprintf("%s-c%d", name, i)
		g.user = append(g.user, c)
		fmt.Fprintf(&b, ":%s - [0:0]\n", c)
	}
	for range n {
		i := g.r.IntN(len(hooks) + len(g.user))
		if g.loadable && i < len(hooks) && hooks[i] == "POSTROUTING" {
			continue
		}
		chain, depth := "", 0
		if i < len(hooks) {
			chain = hooks[i]
		} else {
			chain, depth = g.user[i-len(hooks)], i-len(hooks)+1
		}
		in := chain == "PREROUTING" || chain == "INPUT" || chain == "FORWARD"
		out := chain == "OUTPUT" || chain == "FORWARD"
		fmt.Fprintf(&b, "-A %s %s\n", chain, g.rule(name, chain, in, out, depth))
	}
	b.WriteString("COMMIT\n")
	return b.String()
}

func (g *rulesGen) rule(table, chain string, in, out bool, depth int) string {
	m := g.match(in, out)
	switch {
	case table == "nat" && chain == "PREROUTING" && g.chance(.7):
		port := pick(g.r, []string{"", ":25", ":2525", ":587"})
		if port != "" || g.chance(.3) {
			m = fmt.Sprintf("%s-d 198.51.100.0/28 -p tcp -m tcp --dport %d", g.not(0), pick(g.r, genPorts))
		}
		if !g.loadable && g.chance(.1) {
			return m + " -j REDIRECT"
		}
		if !g.loadable && g.chance(.1) {
			return m + " -j DNAT --to-destination 10.0.0.3-10.0.0.9"
		}
		return m + " -j DNAT --to-destination " + pick(g.r, []string{"10.0.0.5", "10.0.0.77"}) + port
	case table == "raw" && g.chance(.5):
		return m + pick(g.r, []string{" -j NOTRACK", " -j CT --notrack"})
	}
	return m + " " + g.target(table, depth)
}

// file writes a whole dump.
func (g *rulesGen) file() string {
	var b strings.Builder
	if g.raw {
		b.WriteString(g.table("raw", []string{"PREROUTING", "OUTPUT"}, g.r.IntN(4)))
	}
	if g.chance(.3) {
		b.WriteString(g.table("mangle", []string{"PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING"}, g.r.IntN(6)))
	}
	if g.dnat {
		b.WriteString(g.table("nat", []string{"PREROUTING", "POSTROUTING"}, 1+g.r.IntN(4)))
	}
	b.WriteString(g.table("filter", []string{"INPUT", "FORWARD", "OUTPUT"}, 4+g.r.IntN(24)))
	return b.String()
}

// setMatch is a condition on one of genSets.
func setMatch(r *rand.Rand) string {
	name := pick(r, []string{"nets", "hosts", "span", "mail", "pairs", "netports", "all"})
	not, flag := "", pick(r, []string{"src", "dst"})
	if name == "pairs" || name == "netports" {
		return fmt.Sprintf("-m set --match-set %s dst,dst", name)
	}
	if r.IntN(4) == 0 {
		not = "! "
	}
	return fmt.Sprintf("-m set %s--match-set %s %s", not, name, flag)
}
