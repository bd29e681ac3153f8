package windows

import (
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

func itoa(n int) string { return strconv.Itoa(n) }

var (
	netshRule    = pattern.New(`^Rule Name:\s+(.*)$`)
	netshProfile = pattern.New(`^(Domain|Private|Public) Profile Settings:`)
	netshField   = pattern.New(`^([A-Z][A-Za-z ]{1,40}):\s*(.*)$`)
	netshState   = pattern.New(`^(State|Firewall Policy|LocalFirewallRules)\s{2,}(.*)$`)
)

// readNetsh reads the text of "netsh advfirewall show allprofiles" and of
// "netsh advfirewall firewall show rule name=all verbose", in English.
func (f *file) readNetsh(lines []source.Line) {
	n := &netsh{f: f}
	for _, l := range lines {
		f.keep(l.Number, l.Text, true)
		text := strings.TrimRight(l.Text, " \t")
		switch {
		case netshProfile.MatchString(text):
			n.end()
			which, _ := profilesOf([]string{netshProfile.FindStringSubmatch(text)[1]})
			n.profile = &settings{line: l.Number, known: true}
			f.setProfile(which, n.profile)
		case netshRule.MatchString(text):
			n.end()
			n.profile = nil
			n.rule = &rule{line: l.Number, display: strings.TrimSpace(netshRule.FindStringSubmatch(text)[1]), enabled: true, profiles: anyProfile}
			n.seen = map[string]bool{}
		default:
			n.line(text)
		}
	}
	n.end()
}

type netsh struct {
	f       *file
	rule    *rule
	profile *settings
	field   string // the last one, for lines that continue it
	seen    map[string]bool
}

// end keeps the rule at hand. One without its action broke off.
func (n *netsh) end() {
	if n.rule == nil {
		return
	}
	if n.rule.action == 0 {
		n.f.unread(n.rule.line, "The rule at line "+itoa(n.rule.line)+" has no action")
		n.rule = nil
		return
	}
	if !n.seen["remoteip"] || !n.seen["protocol"] {
		n.rule.doubt = "ports and addresses of the rule in line " + itoa(n.rule.line) + ", which the file does not hold"
	}
	n.f.rules = append(n.f.rules, n.rule)
	n.rule, n.field = nil, ""
}

func (n *netsh) line(text string) {
	if n.profile != nil {
		if m := netshState.FindStringSubmatch(text); m != nil {
			n.setting(m[1], strings.TrimSpace(m[2]))
		}
		return
	}
	if n.rule == nil || strings.HasPrefix(text, "---") || strings.TrimSpace(text) == "" {
		return
	}
	if text[0] == ' ' {
		n.more(strings.TrimSpace(text))
		return
	}
	if m := netshField.FindStringSubmatch(text); m != nil {
		n.field = strings.ToLower(strings.ReplaceAll(m[1], " ", ""))
		n.set(strings.TrimSpace(m[2]))
	}
}

func (n *netsh) setting(key, v string) {
	switch key {
	case "State":
		n.profile.off = strings.EqualFold(v, "OFF")
	case "Firewall Policy":
		in, out, _ := strings.Cut(strings.ToLower(v), ",")
		n.profile.inTold, n.profile.outTold = true, true
		n.profile.allowIn = in == "allowinbound"
		n.profile.shut = in == "blockinboundalways"
		n.profile.blockOut = out == "blockoutbound"
	case "LocalFirewallRules":
		n.profile.groupOnly = strings.EqualFold(v, "Disable")
	}
}

func commas(v string) []string {
	var out []string
	for _, s := range strings.Split(v, ",") {
		if s = strings.TrimSpace(s); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// set takes the value of a field of a rule.
func (n *netsh) set(v string) {
	r := n.rule
	n.seen[n.field] = true
	switch n.field {
	case "enabled":
		r.enabled = !strings.EqualFold(v, "No")
	case "direction":
		r.out = strings.EqualFold(v, "Out")
	case "profiles":
		r.setProfiles(commas(v))
	case "protocol":
		r.protocol = v
	case "program":
		r.program = v
	case "service":
		r.service = v
	case "interfacetypes":
		r.interfaceTypes = commas(v)
	case "security":
		if v != "" && !strings.EqualFold(v, "NotRequired") {
			r.secure = append(r.secure, ipsec)
		}
	case "rulesource":
		r.source = "GroupPolicy"
		if strings.EqualFold(v, "Local Setting") {
			r.source = "Local"
		}
	case "action":
		r.setAction(v)
	case "ruleusers", "computers", "users", "rmtusrgrp", "rmtcomputergrp":
		if !anyText(v) {
			r.secure = append(r.secure, sender)
		}
	default:
		n.list(v)
	}
}

// more takes a line that continues the field before it.
func (n *netsh) more(v string) {
	if n.field == "protocol" { // a table of ICMP types and codes
		w := strings.Fields(v)
		switch {
		case len(w) != 2 || w[0] == "Type":
		case strings.EqualFold(w[1], "any"):
			n.rule.icmp = append(n.rule.icmp, w[0])
		default:
			n.rule.icmp = append(n.rule.icmp, w[0]+":"+w[1])
		}
		return
	}
	n.list(v)
}

func (n *netsh) list(v string) {
	r := n.rule
	switch n.field {
	case "localip":
		r.local = append(r.local, commas(v)...)
	case "remoteip":
		r.remote = append(r.remote, commas(v)...)
	case "localport":
		r.localPort = append(r.localPort, commas(v)...)
	case "remoteport":
		r.remotePort = append(r.remotePort, commas(v)...)
	}
}
