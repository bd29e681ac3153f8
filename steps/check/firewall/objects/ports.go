package objects

import (
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// PortRange reads a port or a range such as 20-25, by number or by name
// (source.Port). A name that has a hyphen is a port.
func PortRange(s string) (ir.PortRange, bool) { return portRange(s, source.Port) }

// PortNumbers reads a port or a range such as 20-25, by number alone.
func PortNumbers(s string) (ir.PortRange, bool) {
	return portRange(s, func(s string) (uint16, bool) {
		n, err := strconv.ParseUint(s, 10, 16)
		return uint16(n), err == nil
	})
}

func portRange(s string, port func(string) (uint16, bool)) (ir.PortRange, bool) {
	if p, ok := port(strings.TrimSpace(s)); ok {
		return ir.PortRange{Lo: p, Hi: p}, true
	}
	from, to, ok := strings.Cut(s, "-")
	lo, ok1 := port(strings.TrimSpace(from))
	hi, ok2 := port(strings.TrimSpace(to))
	return ir.PortRange{Lo: lo, Hi: hi}, ok && ok1 && ok2 && lo <= hi
}
