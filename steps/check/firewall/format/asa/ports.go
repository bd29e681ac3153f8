package asa

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// portCond is a condition on ports: met for certain, and met perhaps. A nil
// sure with no perhaps is no condition.
type portCond struct {
	set     bool
	sure    *ir.Ports
	perhaps *ir.Ports
	why     []string // of perhaps; alone it means that any port may be meant
}

// ports reads eq P, neq P, lt P, gt P and range P Q.
func ports(c *cisco.Cursor) (portCond, bool) {
	op := c.Next()
	a, alt, ok := cisco.Port(c.Next())
	if !ok {
		return portCond{}, false
	}
	if a != alt {
		why := []string{fmt.Sprintf("which port %s means in this release (%d or %d); write the number", c.Words[c.At-1], a, alt)}
		both := &ir.Ports{Ranges: []ir.PortRange{{Lo: min(a, alt), Hi: min(a, alt)}, {Lo: max(a, alt), Hi: max(a, alt)}}}
		if op != "eq" {
			both = ir.AnyPorts()
			if op == "range" {
				c.Next()
			}
		}
		return portCond{set: true, perhaps: both, why: why}, true
	}
	list := []uint16{a}
	if op == "range" {
		b, _, ok := cisco.Port(c.Next())
		if !ok {
			return portCond{}, false
		}
		list = append(list, b)
	}
	set, ok := cisco.Ports(op, list...)
	return portCond{set: ok, sure: set}, ok
}

// services is the condition as a member of a group of ports.
func (p portCond) services() objects.Services {
	var out objects.Services
	if p.sure != nil {
		out = append(out, objects.Service{DPort: p.sure})
	}
	if p.why != nil {
		out = append(out, objects.Service{DPort: p.perhaps, Maybe: p.why})
	}
	return out
}

// on narrows services by the condition, at their source or destination port.
func (p portCond) on(list objects.Services, src bool) objects.Services {
	if !p.set {
		return list
	}
	put := func(s objects.Service, set *ir.Ports, why []string) objects.Service {
		if src && set != nil {
			s.SPort = set
		} else if set != nil {
			s.DPort = set
		}
		s.Maybe = slices.Concat(s.Maybe, why)
		return s
	}
	var out objects.Services
	for _, s := range list {
		if p.sure != nil {
			out = append(out, put(s, p.sure, nil))
		}
		if p.why != nil {
			out = append(out, put(s, p.perhaps, p.why))
		}
	}
	return out
}
