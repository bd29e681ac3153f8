package objects

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// Service is one kind of packets by protocol and ports; the zero Service is
// all packets. Maybe gives reasons why it is not known for certain whether a
// packet is of the kind.
type Service struct {
	Proto        *ir.Protos
	SPort, DPort *ir.Ports
	ICMP         *ir.ICMPTypes
	Flags        *ir.FlagCond
	State        []ir.StateCond
	Maybe        []string
}

// Services is a set of kinds of packets; an empty one is met by none.
type Services []Service

// AnyService is all packets.
func AnyService() Services { return Services{{}} }

// UnknownService is a service of which only the reason why is known.
func UnknownService(reason string) Services { return Services{{Maybe: []string{reason}}} }

// Port is a protocol (ir.TCP, ir.UDP) with destination ports; no range is all
// ports.
func Port(proto uint8, ranges ...ir.PortRange) Service {
	s := Service{Proto: &ir.Protos{List: []uint8{proto}}}
	if len(ranges) > 0 {
		s.DPort = &ir.Ports{Ranges: ranges}
	}
	return s
}

// Proto is all packets of a protocol.
func Proto(proto uint8) Service { return Service{Proto: &ir.Protos{List: []uint8{proto}}} }

// Merged is the same set with the destination ports of services that are alike
// in all else in one: a group may list a thousand ranges one by one, and each
// service becomes a box of every rule that names the group.
func (list Services) Merged() Services {
	out := make(Services, 0, len(list))
	at := map[string]int{}
	joint := map[int]*ir.Ports{} // made here; others' ports are not changed
	for _, s := range list {
		if s.DPort == nil || s.DPort.Not || s.ICMP != nil || s.Flags != nil || len(s.State) > 0 || len(s.Maybe) > 0 {
			out = append(out, s)
			continue
		}
		key := s.besidesPorts()
		i, known := at[key]
		if !known {
			at[key] = len(out)
			out = append(out, s)
			continue
		}
		if joint[i] == nil {
			joint[i] = &ir.Ports{Ranges: slices.Clone(out[i].DPort.Ranges)}
			out[i].DPort = joint[i]
		}
		joint[i].Ranges = append(joint[i].Ranges, s.DPort.Ranges...)
	}
	return out
}

// besidesPorts tells services apart by protocol and source ports.
func (s Service) besidesPorts() string {
	var b strings.Builder
	if s.Proto != nil {
		fmt.Fprint(&b, s.Proto.Not, s.Proto.List)
	}
	if s.SPort != nil {
		fmt.Fprint(&b, " from ", s.SPort.Not, s.SPort.Ranges)
	}
	return b.String()
}

func (list Services) size() int {
	n := 4 * len(list)
	for _, s := range list {
		if s.DPort != nil {
			n += len(s.DPort.Ranges)
		}
	}
	return n
}

// Of narrows boxes to packets of any of the services.
func (list Services) Of(boxes []ir.Box) []ir.Box {
	out := make([]ir.Box, 0, len(boxes)*len(list))
	for _, b := range boxes {
		for _, s := range list {
			n := b
			if s.Proto != nil {
				n.Proto = s.Proto
			}
			if s.SPort != nil {
				n.SPort = s.SPort
			}
			if s.DPort != nil {
				n.DPort = s.DPort
			}
			if s.ICMP != nil {
				n.ICMP = s.ICMP
			}
			if s.Flags != nil {
				n.Flags = s.Flags
			}
			n.State = slices.Concat(n.State, s.State)
			n.Maybe = slices.Concat(n.Maybe, s.Maybe)
			out = append(out, n)
		}
	}
	return out
}
