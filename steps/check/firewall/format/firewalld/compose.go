package firewalld

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/composed"
	"mxodus/steps/check/firewall/format/nft"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// composer writes the ruleset as firewalld does (core/nftables.py,
// fw_zone.py, fw_policy.py): chains of zones are gone to by source, then by
// interface; in each come the policies before zones, then rules of negative
// priority, denials, permissions, rules of positive priority, the policies
// after zones, and the target.
type composer struct {
	r     *reader
	lines []composed.Line
}

func (c *composer) put(format string, args ...any) {
	c.lines = append(c.lines, composed.Line{Text: fmt.Sprintf(format, args...)})
}

func (c *composer) from(e entry, maybe, text string) {
	c.lines = append(c.lines, composed.Line{Text: text, At: ir.At{Line: e.line, Text: strings.Join(strings.Fields(e.raw), " ")}, Maybe: maybe})
}

// either accepts or refuses, which of the two is not known for a reason.
func (c *composer) either(e entry, why string) {
	c.from(e, why, "accept")
	c.from(e, why, "drop")
}

// hook names, with the ends of the names of chains and how they begin.
var hooks = []struct{ chain, short, begin string }{
	{"INPUT", "IN", "type filter hook input priority filter + 10; policy accept;"},
	{"FORWARD", "FWD", "type filter hook forward priority filter + 10; policy accept;"},
}

func (r *reader) compose() {
	c := &composer{r: r}
	c.put("table inet firewalld {")
	for _, h := range hooks {
		c.base(h.chain, h.begin)
	}
	c.output()
	c.nat()
	for _, z := range sorted(r.conf.zones) {
		for _, h := range hooks {
			c.zoneChain(z, h.chain, h.short)
		}
		c.forwardPorts("nat_PRE_"+z.name, z)
	}
	for _, p := range sorted(r.conf.policies) {
		for _, short := range []string{"IN", "FWD", "OUT"} {
			c.policyChain(p, short)
		}
		c.forwardPorts("nat_PRE_policy_"+p.name, p)
	}
	c.put("}")
	c.r.ifaces()
	c.read()
}

func (c *composer) base(chain, begin string) {
	c.put("chain filter_%s {", chain)
	c.put("%s", begin)
	c.put("ct state { established, related } accept")
	c.translated(chain)
	c.put("ct status dnat accept")
	c.put(`iifname "lo" accept`)
	c.put("ct state invalid drop")
	if chain == "FORWARD" {
		c.put("%s", reserved6)
		if why := c.r.oldForward(); why != "" {
			c.put("jump filter_FORWARD_POLICIES_pre")
			c.either(entry{raw: "(packets that pass through)"}, why)
		}
	}
	c.dispatch("filter_"+map[string]string{"INPUT": "IN", "FORWARD": "FWD"}[chain], "filter_"+chain+"_POLICIES_pre", "saddr", "iifname")
	c.put("reject")
	c.put("}")
	for _, when := range []string{"pre", "post"} {
		c.put("chain filter_%s_POLICIES_%s {", chain, when)
		c.policies(chain, when)
		c.put("}")
	}
}

const reserved6 = "ip6 daddr { ::/96, ::ffff:0.0.0.0/96, 2002::/24, 2002:a00::/24, 2002:7f00::/24, 2002:a9fe::/32, 2002:ac10::/28, 2002:c0a8::/32, 2002:e000::/19 } reject"

// oldForward says why what passes through cannot be told: versions of firewalld
// that print no line "forward" handle it in another way.
func (r *reader) oldForward() string {
	for _, z := range r.conf.zones {
		if z.known && z.forward == "" {
			return "how a version of firewalld before 1.0 lets packets pass through; the output of nft list ruleset or iptables-save shows it"
		}
	}
	return ""
}

// dispatch sends packets to the chain of their zone.
func (c *composer) dispatch(prefix, policies, addr, iface string) {
	zones := sorted(c.r.conf.zones)
	for _, z := range zones {
		for _, e := range z.sources {
			text, why := sourceText(e.text, addr)
			c.from(e, why, text+"goto "+prefix+"_"+z.name)
		}
	}
	for _, z := range zones {
		for _, e := range z.interfaces {
			c.from(e, "", fmt.Sprintf("%s \"%s\" goto %s_%s", iface, strings.ReplaceAll(e.text, "+", "*"), prefix, z.name))
		}
	}
	if z := c.r.conf.zones[c.r.conf.byDefault]; z != nil {
		c.put("goto %s_%s", prefix, z.name)
		return
	}
	if policies == "" {
		for _, z := range zones {
			if translates(z) {
				c.from(entry{line: z.line, raw: "zone " + z.name}, unknownDefault, "jump "+prefix+"_"+z.name)
			}
		}
		return
	}
	c.put("jump %s", policies)
	c.either(entry{raw: "(the default zone: not in the file)"}, unknownDefault)
}

const unknownDefault = "the default zone, which is for interfaces that no zone names; the output of firewall-cmd --get-default-zone tells it"

// sourceText is a source of a zone as a condition of nft.
func sourceText(s, word string) (text, maybe string) {
	if name, ok := strings.CutPrefix(s, "ipset:"); ok {
		return "", fmt.Sprintf("the content of the ipset %s, which is not in the file; the output of firewall-cmd --info-ipset=%s shows it", name, name)
	}
	ip, ok := ipOf(s)
	if !ok {
		return "", fmt.Sprintf("the source %q, which is no address", clip(s))
	}
	return fmt.Sprintf("%s %s %s ", ip, word, s), ""
}

func (c *composer) output() {
	c.put("chain filter_OUTPUT {")
	c.put("type filter hook output priority filter + 10; policy accept;")
	c.put("ct state { established, related } accept")
	c.put(`oifname "lo" accept`)
	c.put("%s", reserved6)
	c.put("jump filter_OUTPUT_POLICIES_pre")
	c.put("jump filter_OUTPUT_POLICIES_post")
	c.put("}")
	for _, when := range []string{"pre", "post"} {
		c.put("chain filter_OUTPUT_POLICIES_%s {", when)
		c.policies("OUTPUT", when)
		c.put("}")
	}
}

func (c *composer) nat() {
	c.put("chain nat_PREROUTING {")
	c.put("type nat hook prerouting priority dstnat + 10; policy accept;")
	for _, p := range sorted(c.r.conf.policies) {
		if len(p.forwardPorts) > 0 || slices.ContainsFunc(p.rich, func(e entry) bool { return strings.Contains(e.text, "forward-port") }) {
			for _, cond := range c.sides(p.ingress, "saddr", "iifname") {
				c.from(entry{line: p.line, raw: "policy " + p.name}, cond.maybe, cond.text+"jump nat_PRE_policy_"+p.name)
			}
		}
	}
	if slices.ContainsFunc(sorted(c.r.conf.zones), translates) {
		c.dispatch("nat_PRE", "", "saddr", "iifname")
	}
	c.put("}")
	c.put("chain nat_POSTROUTING {")
	c.put("type nat hook postrouting priority srcnat + 10; policy accept;")
	for _, z := range sorted(c.r.conf.zones) {
		if z.masq.line > 0 {
			for _, e := range z.interfaces {
				c.from(z.masq, "", fmt.Sprintf("meta nfproto ipv4 oifname \"%s\" masquerade", strings.ReplaceAll(e.text, "+", "*")))
			}
		}
	}
	c.put("}")
}

// condition is one way to be of a zone.
type condition struct{ text, maybe string }

// sides are the conditions of being of any of some zones; HOST is left out.
func (c *composer) sides(zones []entry, addr, iface string) []condition {
	var out []condition
	for _, e := range zones {
		if e.text == "ANY" {
			return []condition{{}}
		}
		z := c.r.conf.zones[e.text]
		if z == nil {
			if e.text != "HOST" {
				out = append(out, condition{"", fmt.Sprintf("the zone %s, which is not in the file", e.text)})
			}
			continue
		}
		for _, i := range z.interfaces {
			out = append(out, condition{fmt.Sprintf("%s \"%s\" ", iface, strings.ReplaceAll(i.text, "+", "*")), ""})
		}
		for _, s := range z.sources {
			text, why := sourceText(s.text, addr)
			out = append(out, condition{text, why})
		}
	}
	return out
}

func host(list []entry) bool {
	return slices.ContainsFunc(list, func(e entry) bool { return e.text == "HOST" })
}

// policies sends packets to the policies that are for them, those of negative
// priority before the zones.
func (c *composer) policies(chain, when string) {
	for _, p := range sorted(c.r.conf.policies) {
		if (p.priority < 0) != (when == "pre") {
			continue
		}
		short, ins, outs := "FWD", []condition{{}}, []condition{{}}
		switch chain {
		case "INPUT":
			if !host(p.egress) {
				continue
			}
			short, ins = "IN", c.sides(p.ingress, "saddr", "iifname")
		case "OUTPUT":
			if !host(p.ingress) {
				continue
			}
			short, outs = "OUT", c.sides(p.egress, "daddr", "oifname")
		default:
			ins, outs = c.sides(p.ingress, "saddr", "iifname"), c.sides(p.egress, "daddr", "oifname")
		}
		for _, a := range ins {
			for _, b := range outs {
				maybe := a.maybe
				if maybe == "" {
					maybe = b.maybe
				}
				c.from(entry{line: p.line, raw: "policy " + p.name}, maybe, fmt.Sprintf("%s%sjump filter_%s_policy_%s", a.text, b.text, short, p.name))
			}
		}
	}
}

// zoneChain is what a zone does with packets to the host or through it.
func (c *composer) zoneChain(z *zone, chain, short string) {
	c.put("chain filter_%s_%s {", short, z.name)
	c.put("jump filter_%s_POLICIES_pre", chain)
	if short == "IN" {
		c.rich(z, -1)
		c.denied(z)
		c.allowed(z)
		c.rich(z, 1)
	} else if z.forward == "yes" {
		for _, e := range z.interfaces {
			c.from(e, "", fmt.Sprintf("oifname \"%s\" accept", strings.ReplaceAll(e.text, "+", "*")))
		}
		for _, e := range z.sources {
			text, why := sourceText(e.text, "daddr")
			c.from(e, why, text+"accept")
		}
	}
	c.put("jump filter_%s_POLICIES_post", chain)
	c.target(z, short)
	c.put("}")
}

// target is what becomes of packets that no rule of a zone decides.
func (c *composer) target(z *zone, short string) {
	at := z.targetAt
	if at.line == 0 {
		at = entry{line: z.line, raw: fmt.Sprintf("zone %s: target %s", z.name, z.target)}
	}
	switch z.target {
	case "ACCEPT":
		c.from(at, "", "accept")
	case "DROP":
		c.from(at, "", "drop")
	case "%%REJECT%%", "REJECT":
		c.from(at, "", "reject")
	case "default", "{chain}_{zone}":
		if !z.known {
			c.either(at, fmt.Sprintf("what else the zone %s has, which is not in the file; the output of firewall-cmd --list-all-zones shows it", z.name))
			return
		}
		if short == "IN" && !z.invert {
			c.from(at, "", "meta l4proto { icmp, ipv6-icmp } accept")
		}
		c.from(at, "", "reject")
	default:
		c.either(at, fmt.Sprintf("the target %q, which is not known here", clip(z.target)))
	}
}

// policyChain is what a policy does with packets of one kind.
func (c *composer) policyChain(p *zone, short string) {
	c.put("chain filter_%s_policy_%s {", short, p.name)
	c.rich(p, -1)
	c.denied(p)
	c.allowed(p)
	c.rich(p, 1)
	switch p.target {
	case "CONTINUE", "":
	case "ACCEPT":
		c.from(p.targetAt, "", "accept")
	case "DROP":
		c.from(p.targetAt, "", "drop")
	case "REJECT", "%%REJECT%%":
		c.from(p.targetAt, "", "reject")
	case "?":
		c.either(p.targetAt, fmt.Sprintf("line %d, which could not be read", p.targetAt.line))
	default:
		c.either(p.targetAt, fmt.Sprintf("the target %q, which is not known here", clip(p.target)))
	}
	c.put("}")
}

// denied are blocked ICMP types and the rich rules of priority 0 that refuse.
func (c *composer) denied(z *zone) {
	for _, e := range z.icmpBlocks {
		texts, why := icmpText(e.text)
		for _, t := range texts {
			if z.invert {
				c.from(e, why, t+" accept")
			} else {
				c.from(e, why, t+" reject")
			}
		}
	}
	if z.invert {
		c.from(entry{line: z.line, raw: z.name + ": icmp-block-inversion: yes"}, "", "meta l4proto { icmp, ipv6-icmp } reject")
	}
	c.richActions(z, 0, true)
}

// allowed are the services and ports of a zone, and its rich rules of priority
// 0 that accept.
func (c *composer) allowed(z *zone) {
	ports := func(end string) func(string) ([]string, string) {
		return func(text string) ([]string, string) {
			port, proto, _ := strings.Cut(text, "/")
			return portText(port, proto, end)
		}
	}
	for _, x := range []struct {
		list []entry
		read func(string) ([]string, string)
	}{{z.services, service}, {z.ports, ports("dport")}, {z.protocols, protocolText}, {z.sourcePorts, ports("sport")}} {
		for _, e := range x.list {
			texts, why := x.read(e.text)
			for _, t := range texts {
				c.from(e, why, t+" accept")
			}
		}
	}
	c.richActions(z, 0, false)
}

// rich are the rules of negative (-1) or positive (1) priority, in its order.
func (c *composer) rich(z *zone, sign int) {
	var prios []int
	for _, e := range z.rich {
		if p := parseRich(e.text).priority; p*sign > 0 && !slices.Contains(prios, p) {
			prios = append(prios, p)
		}
	}
	slices.Sort(prios)
	for _, p := range prios {
		c.richActions(z, p, true)
		c.richActions(z, p, false)
	}
}

// richActions are the rich rules of one priority that refuse, or that accept.
// The order of those that do both at one priority is not told.
func (c *composer) richActions(z *zone, priority int, deny bool) {
	kinds := map[bool]bool{}
	var mine []richRule
	var at []entry
	for _, e := range z.rich {
		r := parseRich(e.text)
		block := r.has("icmp-block")
		if r.priority != priority || r.action == "mark" || r.action == "" && !block && r.bad == "" || r.has("forward-port") || r.has("masquerade") && r.bad == "" {
			continue
		}
		refuses := r.action != "accept"
		if kinds[refuses] = true; refuses == deny {
			mine, at = append(mine, r), append(at, e)
		}
	}
	for i, r := range mine {
		texts, why := r.conditions()
		if why == "" && priority != 0 && len(kinds) > 1 {
			why = fmt.Sprintf("the order of the rules of priority %d, which is not told", priority)
		}
		if r.limited {
			why = "how many packets come in a time (limit)"
		}
		for _, t := range texts {
			switch {
			case r.bad != "":
				c.either(at[i], r.bad)
			case deny:
				c.from(at[i], why, t+" drop")
			default:
				c.from(at[i], why, t+" accept")
			}
		}
	}
}

// read has the lines read as nft and puts every rule back to the line that it
// comes from.
func (c *composer) read() {
	var text strings.Builder
	for _, m := range c.lines {
		text.WriteString(m.Text + "\n")
	}
	set := nft.Read(source.NewDoc("", text.String(), c.r.doc.Now))
	c.r.set.Problems = append(c.r.set.Problems, composed.PutBack(set, c.lines, "firewalld")...)
	c.r.set.Programs = set.Programs
}
