package cisco

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// Cursor goes along the words of a line; At is the index of the next one.
type Cursor struct {
	Words []string
	At    int
}

// More reports that words are left.
func (c *Cursor) More() bool { return c.At < len(c.Words) }

// Peek is the next word, "" at the end.
func (c *Cursor) Peek() string {
	if c.More() {
		return c.Words[c.At]
	}
	return ""
}

// Next is the next word, and goes past it.
func (c *Cursor) Next() string {
	s := c.Peek()
	c.At++
	return s
}

// ICMPType reads an ICMP type and, where one follows, its code, for ICMP of
// IPv4 or (six) IPv6. It stays where it is when the next word is no type.
func (c *Cursor) ICMPType(six bool) (ir.ICMPType, bool) {
	t, ok := ICMPType(c.Peek(), six)
	if !ok {
		return t, false
	}
	c.Next()
	if code, _, ok := Port(c.Peek()); ok && code < 256 {
		c.Next()
		t.CodeLo, t.CodeHi = uint8(code), uint8(code)
	}
	return t, true
}

// PortOperator reports a word that a condition on ports begins with.
func PortOperator(word string) bool {
	switch word {
	case "eq", "neq", "lt", "gt", "range":
		return true
	}
	return false
}

// Ports are the ports that an operator (eq, neq, lt, gt, range) and what
// stands behind it name; false for an operator that is none of these, or one
// that takes another number of ports. eq and neq take any number of them.
func Ports(op string, list ...uint16) (*ir.Ports, bool) {
	if len(list) == 0 || op == "range" && len(list) != 2 {
		return nil, false
	}
	set := &ir.Ports{Not: op == "neq"}
	switch first := list[0]; op {
	case "eq", "neq":
		for _, p := range list {
			set.Ranges = append(set.Ranges, ir.PortRange{Lo: p, Hi: p})
		}
	case "lt":
		if first > 0 {
			set.Ranges = []ir.PortRange{{Hi: first - 1}}
		}
	case "gt":
		if first < 65535 {
			set.Ranges = []ir.PortRange{{Lo: first + 1, Hi: 65535}}
		}
	case "range":
		set.Ranges = []ir.PortRange{{Lo: min(first, list[1]), Hi: max(first, list[1])}}
	default:
		return nil, false
	}
	return set, true
}

// NoPort is the error of a condition on ports that begins at a word and could
// not be read.
func (c *Cursor) NoPort(at int) error {
	return fmt.Errorf("expected a port, came %q", strings.Join(c.Words[at:min(at+3, len(c.Words))], " "))
}
