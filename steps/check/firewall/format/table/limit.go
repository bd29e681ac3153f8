package table

import (
	"fmt"
	"slices"
	"strings"
)

// single reports columns that a table can have but once: of two, which of them
// a row means is not known.
func single(k column) bool {
	return slices.Contains([]column{direction, protocol, src, dst, sport, inIface, outIface}, k)
}

// limit says what a row depends on by a cell that may limit when it applies,
// or turn it round; empty where the cell does neither. A column that is not
// known is taken for one that does, since nothing tells that it does not.
func limit(k column, name string, c cell, line int) string {
	if k != condition && k != strange {
		return ""
	}
	v := strings.ToLower(c.text)
	none := []string{"", "-", "n/a"}
	switch {
	case k == condition:
		none = append(none, "always", "none", "no", "never expires")
	case turns(name):
		none = append(none, "none", "no", "n", "false", "0", "off")
	}
	if isAny(v) && v != "ip" || slices.Contains(none, v) {
		return ""
	}
	return fmt.Sprintf("%q in column %s of line %d", shorten(c.text), shorten(name), line)
}

// turns reports a heading by which a row can be turned round or cut short; such
// a column says no where it does neither.
func turns(heading string) bool {
	h := strings.ToLower(heading)
	return slices.ContainsFunc([]string{"negat", "exclu", "except", "invert"}, func(w string) bool { return strings.Contains(h, w) })
}
