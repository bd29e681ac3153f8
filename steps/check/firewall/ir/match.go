package ir

import "go4.org/netipx"

// Addrs is a set of addresses, or its complement. A nil *Addrs is any address.
type Addrs struct {
	Ranges []netipx.IPRange
	Not    bool
}

// PortRange is a range of ports, both ends included.
type PortRange struct{ Lo, Hi uint16 }

// Ports is a set of ports, or its complement. A nil *Ports is no condition; any
// other is never met by a packet of a protocol without ports, complement or not.
type Ports struct {
	Ranges []PortRange
	Not    bool
}

// AnyPorts is the condition "has ports": met by every port of a protocol that
// has ports.
func AnyPorts() *Ports { return &Ports{Ranges: []PortRange{{0, 65535}}} }

// Protos is a set of IP protocol numbers, or its complement.
type Protos struct {
	List []uint8
	Not  bool
}

// Protocol numbers (IANA).
const (
	ICMP    = 1
	TCP     = 6
	UDP     = 17
	DCCP    = 33
	ICMPv6  = 58
	SCTP    = 132
	UDPLite = 136
)

// HasPorts reports whether a protocol has source and destination ports.
func HasPorts(proto uint8) bool {
	switch proto {
	case TCP, UDP, DCCP, SCTP, UDPLite:
		return true
	}
	return false
}

// ICMPType is one ICMP type with a range of codes.
type ICMPType struct{ Type, CodeLo, CodeHi uint8 }

// ICMPTypes is a set of ICMP types; the box also names the protocol.
type ICMPTypes struct {
	List []ICMPType
	Not  bool
}

// Ifaces is a set of interfaces by name; a trailing + stands for any ending.
type Ifaces struct {
	Patterns []string
	Not      bool
}

// States is a set of connection states.
type States uint8

// Connection states as a packet filter that tracks connections sees them.
// DNAT and SNAT say that the connection's addresses are translated; they stand
// beside the others.
const (
	New States = 1 << iota
	Established
	Related
	Invalid
	Untracked
	DNAT
	SNAT
)

// StateCond is met by a packet in any of the states.
type StateCond struct {
	Any States
	Not bool
}

// TCP flag bits.
const (
	FIN = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
)

// FlagCond is met when, of the flags in Mask, exactly those in Set are set.
type FlagCond struct {
	Mask, Set uint8
	Not       bool
}

// Is is a yes/no condition that may be absent.
type Is uint8

// Values of Is.
const (
	Either Is = iota
	Yes
	No
)

// Box is a conjunction of conditions; the zero Box is met by every packet.
// Maybe lists conditions that the file alone cannot decide, in words that
// complete "depends on ...": a packet that meets the rest of the box then
// meets the box perhaps.
type Box struct {
	Src, Dst           *Addrs
	OrigDst            *Addrs // destination before translation
	Proto              *Protos
	SPort, DPort       *Ports
	OrigDPort          *Ports
	ICMP               *ICMPTypes
	In, Out            *Ifaces
	State              []StateCond // all of them
	Flags              *FlagCond
	SrcLocal, DstLocal Is // the address is one of the firewall's own
	Reply              Is // the packet goes against the direction of its connection
	Maybe              []string
}

// Always is the match that every packet meets.
func Always() []Box { return []Box{{}} }
