package ufw

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/iptables"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// made is one line of the rules of iptables that ufw would write: where it
// comes from, and why it is met perhaps.
type made struct {
	text  string
	at    ir.At
	maybe string
}

// before is what ufw puts before the rules of users, of either family, as it
// is shipped (before.rules, before6.rules). PRE is the prefix of its chains.
var before = map[bool][]string{
	false: {
		"-A INPUT -i lo -j ACCEPT", "-A OUTPUT -o lo -j ACCEPT",
		"-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		"-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-A INPUT -m conntrack --ctstate INVALID -j DROP",
		"-A INPUT -p icmp --icmp-type destination-unreachable -j ACCEPT", "-A INPUT -p icmp --icmp-type time-exceeded -j ACCEPT",
		"-A INPUT -p icmp --icmp-type parameter-problem -j ACCEPT", "-A INPUT -p icmp --icmp-type echo-request -j ACCEPT",
		"-A FORWARD -p icmp --icmp-type destination-unreachable -j ACCEPT", "-A FORWARD -p icmp --icmp-type time-exceeded -j ACCEPT",
		"-A FORWARD -p icmp --icmp-type parameter-problem -j ACCEPT", "-A FORWARD -p icmp --icmp-type echo-request -j ACCEPT",
		"-A INPUT -p udp --sport 67 --dport 68 -j ACCEPT", "-A INPUT -m addrtype ! --dst-type LOCAL,MULTICAST,BROADCAST -j DROP",
		"-A INPUT -p udp -d 224.0.0.251 --dport 5353 -j ACCEPT", "-A INPUT -p udp -d 239.255.255.250 --dport 1900 -j ACCEPT",
	},
	true: {
		"-A INPUT -i lo -j ACCEPT", "-A OUTPUT -o lo -j ACCEPT",
		"-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
		"-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT", "-A INPUT -p icmpv6 --icmpv6-type echo-reply -j ACCEPT",
		"-A INPUT -m conntrack --ctstate INVALID -j DROP",
		"-A INPUT -p icmpv6 --icmpv6-type destination-unreachable -j ACCEPT", "-A INPUT -p icmpv6 --icmpv6-type packet-too-big -j ACCEPT",
		"-A INPUT -p icmpv6 --icmpv6-type time-exceeded -j ACCEPT", "-A INPUT -p icmpv6 --icmpv6-type parameter-problem -j ACCEPT",
		"-A INPUT -p icmpv6 --icmpv6-type echo-request -j ACCEPT", "-A INPUT -p icmpv6 --icmpv6-type neighbor-solicitation -j ACCEPT",
		"-A INPUT -p icmpv6 --icmpv6-type neighbor-advertisement -j ACCEPT", "-A INPUT -p icmpv6 --icmpv6-type router-advertisement -j ACCEPT",
		"-A INPUT -p udp -s fe80::/10 --sport 547 -d fe80::/10 --dport 546 -j ACCEPT",
		"-A INPUT -p udp -d ff02::fb --dport 5353 -j ACCEPT", "-A INPUT -p udp -d ff02::f --dport 1900 -j ACCEPT",
		"-A OUTPUT -p icmpv6 -j ACCEPT", "-A FORWARD -p icmpv6 -j ACCEPT",
	},
}

// compose writes the rules of each family as ufw would and has them read.
func (r *reader) compose() {
	r.set.Rules = r.rules
	if r.inactive {
		r.off()
		return
	}
	if !r.routes() {
		r.set.Stands = ir.In
	}
	for _, v6 := range []bool{false, true} {
		l := r.v4
		if v6 {
			l = r.v6
		}
		if v6 && len(l.rules) == 0 && len(r.raw[true]) == 0 {
			r.set.Notes = append(r.set.Notes, "No rule for IPv6 is shown. Where ufw manages IPv6 (IPV6=yes in /etc/default/ufw), its default applies to it; else IPv6 is not filtered.")
			continue
		}
		r.family(v6, l)
	}
	r.set.Notes = append(r.set.Notes, "What ufw asks before and after these rules (/etc/ufw/before.rules, after.rules, translations in them) is not in the file and is taken to be as ufw ships it. The output of iptables-save shows it.")
}

// routes reports rules for packets that pass through the host.
func (r *reader) routes() bool {
	for _, l := range []*list{r.v4, r.v6} {
		if slices.ContainsFunc(l.rules, func(x *rule) bool { return x.route }) {
			return true
		}
	}
	through := func(x raw) bool { return strings.Contains(x.text, "-user-forward ") }
	return r.defaults["routed"].action == "allow" || slices.ContainsFunc(r.raw[false], through) || slices.ContainsFunc(r.raw[true], through)
}

// off is a firewall that lets everything pass.
func (r *reader) off() {
	for _, fam := range []ir.Family{ir.V4, ir.V6} {
		open := ir.Chain{Name: "ufw", Group: "filter", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Line: r.inactiveAt, Text: "ufw is off: everything passes"}}}
		g := []ir.Gate{{Stage: "ufw", Chain: 0, Primary: true}}
		r.set.Programs = append(r.set.Programs, &ir.Program{Family: fam, Chains: []ir.Chain{open}, Local: g, Through: g, Leave: g})
	}
	r.set.Notes = append(r.set.Notes, fmt.Sprintf("Line %d says that ufw is off: it filters nothing.", r.inactiveAt))
}

var hooks = []struct{ chain, user, dir string }{
	{"INPUT", "ufw-user-input", "incoming"}, {"OUTPUT", "ufw-user-output", "outgoing"}, {"FORWARD", "ufw-user-forward", "routed"},
}

func (r *reader) family(v6 bool, l *list) {
	name := func(s string) string {
		if v6 {
			return strings.Replace(s, "ufw-", "ufw6-", 1)
		}
		return s
	}
	cmd := "iptables"
	if v6 {
		cmd = "ip6tables"
	}
	lines := []made{{text: "# Generated by " + cmd + "-save"}, {text: "*filter"}}
	for _, h := range hooks {
		lines = append(lines, r.policyLine(h.chain, h.dir))
	}
	for _, h := range hooks {
		lines = append(lines, made{text: ":" + name(h.user) + " - [0:0]"})
	}
	extra := []string{name("ufw-user-limit"), name("ufw-user-limit-accept"), name("ufw-user-logging-input"), name("ufw-user-logging-output"), name("ufw-user-logging-forward")}
	for _, c := range extra {
		lines = append(lines, made{text: ":" + c + " - [0:0]"})
	}
	if p := r.defaults["routed"]; p.action == "disabled" { // the host passes nothing on, whatever its rules say
		lines = append(lines, made{text: "-A FORWARD -j DROP", at: ir.At{Line: p.line, Text: strings.Join(strings.Fields(p.text), " ")}})
	}
	for _, t := range before[v6] {
		lines = append(lines, made{text: t, at: ir.At{Text: "(ufw before.rules: " + t + ")"}})
	}
	for _, h := range hooks {
		lines = append(lines, made{text: "-A " + h.chain + " -j " + name(h.user), at: ir.At{Text: "(ufw: rules of users)"}})
	}
	mixed := v6 && r.added && l.mixed()
	for _, x := range l.rules {
		if mixed && x.maybe == "" {
			x.maybe = "the order of the IPv6 rules, which ufw show added does not tell; the output of ufw status numbered does"
		}
		lines = append(lines, x.made()...)
	}
	own := false
	for _, x := range r.raw[v6] {
		lines = append(lines, made{text: x.text, at: ir.At{Line: x.line, Text: x.text}})
		own = own || strings.HasPrefix(x.text, "-A "+extra[0])
	}
	if !own {
		lines = append(lines, made{text: "-A " + extra[0] + " -j REJECT"}, made{text: "-A " + extra[1] + " -j ACCEPT"})
	}
	lines = append(lines, made{text: "COMMIT"})
	r.readMade(lines)
}

// policyLine gives the default of a direction, where the file tells it.
func (r *reader) policyLine(chain, dir string) made {
	p, ok := r.defaults[dir]
	if !ok {
		return made{text: ":" + chain + " - [0:0]", at: ir.At{Text: fmt.Sprintf("(default for %s: not in the file)", dir)}}
	}
	word := "DROP"
	if p.action == "allow" {
		word = "ACCEPT"
	}
	return made{text: ":" + chain + " " + word + " [0:0]", at: ir.At{Line: p.line, Text: strings.Join(strings.Fields(p.text), " ")}}
}

func (r *rule) made() []made {
	var out []made
	for _, t := range r.lines() {
		out = append(out, made{"-A " + r.chain() + " " + strings.TrimSpace(t), ir.At{Line: r.line, Text: r.text}, r.maybe})
	}
	return out
}

// readMade has lines read as iptables and puts every rule back to the line
// that it comes from.
func (r *reader) readMade(lines []made) {
	var doc []source.Line
	for i, m := range lines {
		doc = append(doc, source.Line{Number: i + 1, Text: m.text})
	}
	set := iptables.Parse(r.doc.Name, doc)
	place := func(at ir.At) (made, bool) {
		if at.Line < 1 || at.Line > len(lines) {
			return made{}, false
		}
		return lines[at.Line-1], true
	}
	for _, p := range set.Programs {
		for c := range p.Chains {
			ch := &p.Chains[c]
			rules := append(slices.Clone(ch.Rules), ch.Policy)
			for i := range rules {
				m, ok := place(rules[i].At)
				if !ok {
					continue
				}
				rules[i].At = m.at
				if rules[i].At == (ir.At{}) {
					rules[i].At.Text = "(ufw: " + m.text + ")"
				}
				if m.maybe != "" {
					ir.Boxes(rules[i].Boxes).Perhaps(m.maybe)
				}
			}
			ch.Rules, ch.Policy = rules[:len(rules)-1], rules[len(rules)-1]
			if ch.Policy.Action == ir.Undecided {
				ch.Policy.Why = fmt.Sprintf("the default of ufw for %s, which is not in the file; the output of ufw status verbose shows it", ch.Name)
			}
		}
	}
	for _, x := range set.Problems {
		if m, ok := place(ir.At{Line: x.Line}); ok && m.at.Line > 0 {
			r.problem(m.at.Line, "line %d could not be followed in full: %s", m.at.Line, source.Redact(m.at.Text))
		}
	}
	r.set.Programs = append(r.set.Programs, set.Programs...)
}
