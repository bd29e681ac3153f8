// Package ir is the small language into which every firewall format is
// lowered: chains of rules over boxes, arranged in gates that a packet must
// all pass. Two readers give it meaning independently of each other: package
// engine with exact sets, package interp packet by packet.
//
// Nothing is dropped on the way here. What a file does not decide becomes a
// box with a Maybe or the action Undecided, so that both readers answer
// "cannot tell" instead of guessing.
package ir

import (
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"
)

// Dir is the direction of a packet, seen from the firewall.
type Dir uint8

// Directions: to the firewall host or the network it guards, from it, through it.
const (
	In Dir = iota + 1
	Out
	Forward
)

func (d Dir) String() string {
	switch d {
	case In:
		return "in"
	case Out:
		return "out"
	case Forward:
		return "fwd"
	}
	return "?"
}

// Family says which packets a program decides about.
type Family uint8

// Families.
const (
	Any Family = 0
	V4  Family = 4
	V6  Family = 6
)

// Action is what a rule does to a packet that meets it.
type Action uint8

// Actions. Continue goes on to the next rule; Jump comes back after the last
// rule of the target or at a Return; Goto does not: it returns to where the
// present chain was called from. Translate ends its gate, changing the
// destination. NoTrack takes the packet out of connection tracking and goes
// on. Undecided stands for an effect that the file does not tell.
const (
	Continue Action = iota
	Accept
	Deny
	Return
	Jump
	Goto
	Translate
	NoTrack
	Undecided
)

// At is a place in the file. Line is 1 or more; 0 for a rule that stands in no
// line, whose Text then says what it is.
type At struct {
	Line int
	Text string
}

// Translation is a new destination. Zero fields leave the address or port as
// it is; a range is some value in it that is not known. Local sends the packet
// to the firewall itself, at an address that is not known.
//
// With Shift, the port moves with the one that it replaces: from Base it goes
// to Port.Lo, and on from there within the range (nf_nat_core.c,
// NF_NAT_RANGE_PROTO_OFFSET).
type Translation struct {
	Addr  netipx.IPRange
	Port  PortRange
	Local bool
	Shift bool
	Base  uint16
}

// PortFor is where a port in was is translated to, as far as it is known.
func (t Translation) PortFor(was PortRange) PortRange {
	switch {
	case !t.HasPort():
		return was
	case t.Shift && was.Lo == was.Hi && was.Lo >= t.Base:
		p := t.Port.Lo + uint16(int(was.Lo-t.Base)%(int(t.Port.Hi-t.Port.Lo)+1))
		return PortRange{Lo: p, Hi: p}
	}
	return t.Port
}

// HasAddr reports whether the address is changed.
func (t Translation) HasAddr() bool { return t.Addr.IsValid() }

// HasPort reports whether the port is changed.
func (t Translation) HasPort() bool { return t.Port != PortRange{} }

// Rule is one rule of a chain.
type Rule struct {
	Boxes  []Box // the rule is met when any of them is; none: never
	Action Action
	Target int // index of a chain, for Jump and Goto
	To     Translation
	Why    string // for Undecided: completes "depends on ..."
	SNAT   bool   // hides sources behind an address of the firewall
	At     At
}

// Chain is an ordered list of rules. Policy applies to packets that reach the
// end: Accept or Deny for a chain that is a gate, Return for others.
type Chain struct {
	Name   string
	Group  string // the table or context the chain belongs to
	Rules  []Rule
	Policy Rule
}

// Gate is a chain that a packet must pass. NAT gates are seen only by packets
// that start a connection and are not yet translated. Primary marks the gate
// whose rule is named when a packet is let through. Early gates come before
// connection tracking: there the state of a packet is Invalid, or Untracked
// once NoTrack was met, and nothing else is known of its connection. At a gate
// with NoIn or NoOut a packet has no such interface: its name is empty. A gate
// that Diverts may send packets another way, so an Undecided rule there leaves
// open whatever follows.
type Gate struct {
	Stage   string // for people: "filter INPUT"
	Chain   int
	NAT     bool
	Primary bool
	Early   bool
	NoIn    bool
	NoOut   bool
	Diverts bool
}

// Program is one ruleset of one address family. A packet to the firewall goes
// through Arrive and Local, one through it through Arrive and Through, one
// from it through Leave. A destination translated in Arrive decides anew
// between Local and Through.
//
// Stateful programs let later packets of a connection pass without asking the
// rules; others say what happens to them.
type Program struct {
	Family   Family
	Stateful bool
	Chains   []Chain
	Arrive   []Gate
	Local    []Gate
	Through  []Gate
	Leave    []Gate
}

// Find returns the chain with that name; "group/name" and "group name" tell
// apart chains of one name, else the earliest in the order of gates wins.
func (p *Program) Find(name string) (int, bool) {
	best, found := 0, false
	for i := range p.Chains {
		c := &p.Chains[i]
		switch name {
		case c.Group + "/" + c.Name, c.Group + " " + c.Name:
			return i, true
		case c.Name:
			if !found || c.Group == "filter" {
				best, found = i, true
			}
		}
	}
	return best, found
}

// Statement is one line (or joined lines) of the file as read. Known is false
// for a statement whose meaning is not known.
type Statement struct {
	Line  int
	Text  string
	Known bool
}

// Problem is something in the file that could not be read, as a sentence that
// says what was expected, what came and what to do. Col is 0 where a line is
// meant.
type Problem struct {
	Line int    `json:"line"`
	Col  int    `json:"col,omitempty"`
	Text string `json:"text"`
}

// Ruleset is a file, read.
type Ruleset struct {
	Format     string // "iptables", "table"
	Label      string // for people: "iptables-save, IPv4"
	Rules      int
	Statements []Statement
	Problems   []Problem // could not be read; what they touch is Maybe
	Notes      []string  // what the reader should know of the file
	Programs   []*Program
	// Ifaces is what the file tells of interfaces or zones beside the rules.
	Ifaces []Iface
	// Public lists addresses that the device has on the internet, or sends with,
	// as the file tells them beside its interfaces.
	Public []Public
	// Stands is Forward for the rules of a device that stands before the mail
	// server, In for those of the server's own host; 0 when the file does not
	// tell.
	Stands Dir
	// Platform lists addresses of the platform that the rules stand in, such as
	// that of its health probes: they look public, but the internet does not
	// carry them.
	Platform []netip.Prefix
	// Object finds a named object (an address object, a group) and returns a
	// box of the packets that its addresses send; nil where the format has none.
	Object func(name string) (boxes []Box, at At, ok bool)
	// Compose writes a rule as a row of the file's table, to be put above a
	// line (0: at the end); nil where the file is no table.
	Compose func(line int, r Row) string
	// Source is the file as its format has it, for that format's writer alone;
	// nil where the writer needs none.
	Source any
	// Added is the line by which the file shows to be rules that are to be added
	// to those of a firewall, and no listing of all that it has; its Line is 0
	// where nothing says so.
	Added At
}

// Iface is what a file tells of an interface or zone beside the rules.
type Iface struct {
	Name  string         // as conditions on interfaces name it
	Zone  string         // the zone that it is in, "" for none
	Addrs []netip.Addr   // the firewall's own on it
	Nets  []netip.Prefix // that lie behind it: connected and routed, without the default route
	Outer Is             // Yes: it faces the internet; No: it leads inside; Either: not told
	Why   string         // of Outer, such as "the default route leaves by it"
	At    At
}

// Public is an address on the internet that is the device's, as its translation
// of sources shows.
type Public struct {
	Addr netip.Addr
	At   At
}

// Row is a rule in the words of a table.
type Row struct{ Action, Direction, Protocol, Source, Destination, Port string }

// For returns the programs that decide about addresses of a family.
func (r *Ruleset) For(f Family) *Program {
	for _, p := range r.Programs {
		if p.Family == f || p.Family == Any || f == Any {
			return p
		}
	}
	return nil
}

// Named is the label of a file of a kind with the families that it has rules
// of, such as "iptables-save, IPv4 and IPv6".
func (r *Ruleset) Named(kind string) string {
	var families []string
	for _, p := range r.Programs {
		families = append(families, fmt.Sprintf("IPv%d", p.Family))
	}
	if len(families) == 0 {
		return kind
	}
	return kind + ", " + strings.Join(families, " and ")
}
