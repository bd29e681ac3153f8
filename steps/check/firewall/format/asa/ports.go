package asa

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// cursor goes along the words of a line.
type cursor struct {
	w []string
	i int
}

func (c *cursor) more() bool { return c.i < len(c.w) }

// peek is the next word, "" at the end.
func (c *cursor) peek() string {
	if c.i < len(c.w) {
		return c.w[c.i]
	}
	return ""
}

func (c *cursor) next() string {
	s := c.peek()
	c.i++
	return s
}

// portCond is a condition on ports: met for certain, and met perhaps. A nil
// sure with no perhaps is no condition.
type portCond struct {
	set     bool
	sure    *ir.Ports
	perhaps *ir.Ports
	why     []string // of perhaps; alone it means that any port may be meant
}

// ports reads eq P, neq P, lt P, gt P and range P Q.
func (c *cursor) ports() (portCond, bool) {
	op := c.next()
	a, alt, ok := cisco.Port(c.next())
	if !ok {
		return portCond{}, false
	}
	if a != alt {
		why := []string{fmt.Sprintf("which port %s means in this release (%d or %d); write the number", c.w[c.i-1], a, alt)}
		both := &ir.Ports{Ranges: []ir.PortRange{{Lo: min(a, alt), Hi: min(a, alt)}, {Lo: max(a, alt), Hi: max(a, alt)}}}
		if op != "eq" {
			both = ir.AnyPorts()
			if op == "range" {
				c.next()
			}
		}
		return portCond{set: true, perhaps: both, why: why}, true
	}
	one := func(r ir.PortRange) (portCond, bool) {
		return portCond{set: true, sure: &ir.Ports{Ranges: []ir.PortRange{r}}}, true
	}
	switch op {
	case "eq":
		return one(ir.PortRange{Lo: a, Hi: a})
	case "neq":
		return portCond{set: true, sure: &ir.Ports{Ranges: []ir.PortRange{{Lo: a, Hi: a}}, Not: true}}, true
	case "lt":
		if a == 0 {
			return portCond{set: true, sure: &ir.Ports{}}, true
		}
		return one(ir.PortRange{Hi: a - 1})
	case "gt":
		if a == 65535 {
			return portCond{set: true, sure: &ir.Ports{}}, true
		}
		return one(ir.PortRange{Lo: a + 1, Hi: 65535})
	case "range":
		b, _, ok := cisco.Port(c.next())
		return portCond{set: true, sure: &ir.Ports{Ranges: []ir.PortRange{{Lo: min(a, b), Hi: max(a, b)}}}}, ok
	}
	return portCond{}, false
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
