package iptables

import (
	"slices"
	"strings"
)

// coreOptions are the long options that iptables knows without any module,
// each with the one that it stands for.
var coreOptions = map[string]string{
	"--jump": "--jump", "--goto": "--goto", "--match": "--match", "--source": "--source", "--src": "--source",
	"--destination": "--destination", "--dst": "--destination", "--protocol": "--protocol", "--in-interface": "--in-interface",
	"--out-interface": "--out-interface", "--fragment": "--fragment", "--set-counters": "--set-counters", "--ipv4": "--ipv4", "--ipv6": "--ipv6",
	// these are no part of a rule, but make a beginning ambiguous
	"--append": "", "--check": "", "--delete": "", "--insert": "", "--replace": "", "--list": "", "--list-rules": "", "--flush": "",
	"--zero": "", "--new-chain": "", "--delete-chain": "", "--rename-chain": "", "--policy": "", "--table": "", "--numeric": "",
	"--verbose": "", "--wait": "", "--wait-interval": "", "--exact": "", "--version": "", "--help": "", "--line-numbers": "", "--modprobe": "",
}

var portOptions = []string{"--source-port", "--sport", "--destination-port", "--dport"}

// moduleOptions are the long options of the modules that are read.
var moduleOptions = map[string][]string{
	"tcp":       append([]string{"--syn", "--tcp-flags", "--tcp-option"}, portOptions...),
	"udp":       portOptions,
	"udplite":   portOptions,
	"sctp":      append([]string{"--chunk-types"}, portOptions...),
	"dccp":      append([]string{"--dccp-types", "--dccp-option"}, portOptions...),
	"icmp":      {"--icmp-type"},
	"icmp6":     {"--icmpv6-type"},
	"multiport": {"--source-ports", "--sports", "--destination-ports", "--dports", "--ports"},
	"iprange":   {"--src-range", "--dst-range"},
	"state":     {"--state"},
	"conntrack": {
		"--ctstate", "--ctproto", "--ctorigsrc", "--ctorigdst", "--ctreplsrc", "--ctrepldst", "--ctstatus", "--ctexpire",
		"--ctorigsrcport", "--ctorigdstport", "--ctreplsrcport", "--ctrepldstport", "--ctdir",
	},
	"addrtype": {"--src-type", "--dst-type", "--limit-iface-in", "--limit-iface-out"},
	"set":      {"--match-set", "--set", "--return-nomatch", "--update-counters", "--update-subcounters"},
	"comment":  {"--comment"},
	"pkttype":  {"--pkt-type"},
}

// aliases are two names of one option.
var aliases = map[string]string{
	"--sport": "--source-port", "--dport": "--destination-port", "--sports": "--source-ports", "--dports": "--destination-ports",
}

// whole completes the beginning of a long option as getopt_long does: when all
// options that begin so are one. known is false when none begins so; an empty
// answer that is known is ambiguous, or no part of a rule.
func (m *matcher) whole(w string) (option string, known bool) {
	if !strings.HasPrefix(w, "--") || len(w) < 3 {
		return "", false
	}
	for _, module := range append(slices.Clone(m.modules), m.implicit...) {
		if slices.Contains(moduleOptions[module], w) {
			return w, true
		}
	}
	var found []string
	add := func(name string) {
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	for name, is := range coreOptions {
		if strings.HasPrefix(name, w) && (name != "--set-counters" || m.target == "") {
			add(is)
		}
	}
	modules := m.modules
	if m.open {
		modules = nil // the options of the module before are not known here
	}
	if len(found) == 0 && !slices.ContainsFunc(modules, func(x string) bool {
		return slices.ContainsFunc(moduleOptions[x], func(name string) bool { return strings.HasPrefix(name, w) })
	}) {
		modules = m.implicit // -p brings its module when nothing else fits
	}
	for _, module := range modules {
		for _, name := range moduleOptions[module] {
			if strings.HasPrefix(name, w) {
				if a, ok := aliases[name]; ok {
					name = a
				}
				add(name)
			}
		}
	}
	switch len(found) {
	case 0:
		return "", false
	case 1:
		return found[0], true
	}
	return "", true
}

// targetValue is the one value of an option of the target, which may be
// abbreviated.
func (m *matcher) targetValue(option string) (string, bool) {
	for name, args := range m.opts {
		if strings.HasPrefix(option, name) && len(name) > 2 && len(args) == 1 {
			return args[0], true
		}
	}
	return "", false
}
