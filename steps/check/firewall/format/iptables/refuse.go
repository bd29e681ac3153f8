package iptables

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// moduleProtocols are modules for one protocol: iptables takes them only with
// the -p that belongs to them.
var moduleProtocols = map[string]uint8{
	"tcp": ir.TCP, "udp": ir.UDP, "udplite": ir.UDPLite, "sctp": ir.SCTP, "dccp": ir.DCCP,
	"icmp": ir.ICMP, "icmp6": ir.ICMPv6, "icmpv6": ir.ICMPv6, "ipv6-icmp": ir.ICMPv6,
}

// refuse notes why iptables would not take a rule; the first reason stays.
func (m *matcher) refuse(why string) {
	if m.refused == "" {
		m.refused = why
	}
}

// once refuses an option that stands in a rule a second time.
func (m *matcher) once(option string) {
	if m.seen[option]++; m.seen[option] > 1 {
		m.refuse("gives one condition or its target twice")
	}
}

// agree refuses a rule whose options are for another protocol than its own.
func (m *matcher) agree() {
	for _, n := range m.needs {
		if m.proto != int(n) {
			name := source.ProtocolName(n)
			m.refuse(fmt.Sprintf("has conditions for %s without -p %s", name, name))
		}
	}
	if m.ports && (m.proto < 0 || !ir.HasPorts(uint8(m.proto))) {
		m.refuse("names a port without a protocol that has ports, such as -p tcp")
	}
}

// hooks refuses interfaces that packets at a chain of the kernel do not have.
func (m *matcher) hooks(chain string) {
	switch {
	case m.seen["interface false"] > 0 && slices.Contains([]string{"INPUT", "PREROUTING"}, chain):
		m.refuse(fmt.Sprintf("names an outgoing interface (-o), which packets at %s do not have yet", chain))
	case m.seen["interface true"] > 0 && slices.Contains([]string{"OUTPUT", "POSTROUTING"}, chain):
		m.refuse(fmt.Sprintf("names an incoming interface (-i), which packets at %s do not have", chain))
	}
}

// wait passes over -w with its number of seconds, if there is one.
func wait(m *matcher, _ bool) {
	if m.pos < len(m.words) && !isOption(m.words[m.pos]) && m.words[m.pos] != "!" {
		m.pos++
	}
}
