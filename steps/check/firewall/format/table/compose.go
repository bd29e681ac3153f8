package table

import (
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// compose writes a rule as a row of this table: its columns in its order, its
// delimiter. Where a column says the place of rows, the row takes that of the
// row in line, above which it is put; 0 is the end.
func (r *reader) compose(line int, x ir.Row) string {
	hasProtocol := false
	for _, k := range r.columns {
		hasProtocol = hasProtocol || k == protocol
	}
	var cells []string
	for _, k := range r.columns {
		text := ""
		switch k {
		case action:
			text = x.Action
		case direction:
			text = x.Direction
		case protocol:
			text = x.Protocol
		case src:
			text = x.Source
		case dst:
			text = x.Destination
		case port:
			if text = x.Port; !hasProtocol {
				text = x.Protocol + "/" + x.Port
			}
		case sport, inIface, outIface, condition:
			text = "any"
		case enabled:
			text = "yes"
		case disabled:
			text = "no"
		case rank:
			text = r.rankAt(line)
		}
		if strings.ContainsAny(text, string(r.delim)+"\"") {
			text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
		}
		cells = append(cells, text)
	}
	return strings.Join(cells, string(r.delim))
}

// rankAt is the place of the row in a line, or after the last.
func (r *reader) rankAt(line int) string {
	last := 0
	for _, x := range r.rows {
		if x.rule.At.Line == line {
			return x.rank
		}
		if n, err := strconv.Atoi(x.rank); err == nil {
			last = max(last, n)
		}
	}
	return strconv.Itoa(last + 1)
}
