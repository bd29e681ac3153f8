package engine

import (
	"errors"
	"net/netip"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
)

// ErrTooLarge says that a question leaves so much open that answering it would
// take more than Query.Budget steps.
var ErrTooLarge = errors.New("the question leaves too much open for this ruleset; name more of the packet")

// Query asks what happens to all packets of a kind at once. Empty sets are
// free: every value.
type Query struct {
	Dir  ir.Dir
	List string // ask this chain alone, whatever its gates; Dir may then be 0

	Src, Dst      []netipx.IPRange
	Protos        []uint8
	SPorts        []ir.PortRange
	DPorts        []ir.PortRange
	ICMPTypes     []uint8 // for ICMP and ICMPv6; free: the types that ask for an answer
	InIfs, OutIfs []string

	// State is New (or 0) for packets that start a connection, Established,
	// Invalid or Untracked for later ones. Reply turns a later packet against
	// the direction of its connection. Sent is where a later packet's
	// connection is translated to, nil when it is not; OrigDst and OrigDPort
	// are the destination that its first packet had.
	State     ir.States
	Reply     bool
	Sent      *Target
	OrigDst   netip.Addr
	OrigDPort uint16
	// Flags are the TCP flags of the packets; 0 for those that their state has
	// at first.
	Flags uint8

	// Own lists addresses of the firewall host itself, for translated packets.
	Own []netip.Addr

	// WideDst cuts by destination rather than by source: Part.Set then holds
	// destinations and Part.Other sources.
	WideDst bool
	// EntryOnly asks only where packets are sent: conditions on destinations
	// are then told apart before translation alone, and parts that are not
	// translated may be coarser (Unknown) than need be.
	EntryOnly bool
	Budget    int // steps; 0 is 20 million
}

// Target is a destination after translation.
type Target struct {
	Addr netip.Addr // invalid: one of the firewall's own, not known which
	Port uint16
	Own  bool // delivered on the firewall host
}

// Outcome is the answer for a set of packets.
type Outcome uint8

// Outcomes.
const (
	Permit Outcome = iota + 1
	Deny
	Unknown
)

func (o Outcome) String() string {
	switch o {
	case Permit:
		return "permit"
	case Deny:
		return "deny"
	}
	return "unknown"
}

// Effect is what one rule did.
type Effect uint8

// Effects.
const (
	Accepted Effect = iota + 1
	Denied
	Left       // effect not known
	Called     // entered a chain, perhaps
	Translated // sent on to another destination
)

// Hit is a rule that decided, or may have decided, about a set of packets.
type Hit struct {
	Rule    *ir.Rule
	Chain   *ir.Chain
	Gate    *ir.Gate // nil when a list is asked alone
	Effect  Effect
	Maybe   bool // the rule is met perhaps
	Policy  bool // the end of the chain, not a rule
	Reasons []string
}

// Point is what all packets of a Part have in common.
type Point struct {
	In, Out      string // interface names; one that ends in OtherIface stands for any not named
	Proto        uint8
	ICMPType     uint8
	SPort, DPort ir.PortRange // zero for protocols without ports
	Other        netipx.IPRange
}

// Part is a set of packets that fare alike.
type Part struct {
	Point
	Set     *netipx.IPSet
	Outcome Outcome
	Hits    []Hit
	// Sent lists the destinations that the packets are translated to; Plain
	// says that (some of) them, perhaps, are not translated.
	Sent  []Sent
	Plain bool
	// Untracked packets, perhaps, are those that connection tracking passes by.
	Untracked bool
}

// Sent is a translation that packets of a part went through.
type Sent struct {
	Hit  Hit
	To   Target
	Addr netipx.IPRange // of the destination; invalid as To.Addr
	Port ir.PortRange
}
