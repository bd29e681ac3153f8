package table

import (
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var columnWord = pattern.New(`(?i)\b(action|permission|direction|dir|source|src|destination|dest|dst|protocol|proto|service|port|ports|from|to|policy|decision)\b`)

// Detect tells tables: the first line that is no remark names columns.
func Detect(head *source.Doc) format.Guess {
	guess := format.Guess{Score: 30, Why: "its first line names columns: action, source and so on"}
	for _, l := range head.Lines() {
		t := strings.TrimSpace(l.Text)
		if strings.HasPrefix(t, "#") {
			if _, _, whole := columnsOf(t); whole {
				return guess // a column # of numbers
			}
			continue
		}
		if t == "" || strings.HasPrefix(t, "sep=") {
			continue
		}
		if strings.ContainsAny(t, ",;\t|") && len(columnWord.FindAllString(t, -1)) >= 2 {
			return guess
		}
		break
	}
	return format.Guess{}
}

// Format describes the table of rules for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: source.Table, Label: "a table of rules as CSV",
		Detect: Detect,
		Write:  Write,
		Read:   func(doc *source.Doc) *ir.Ruleset { return Parse(doc.Name, doc.Lines()) },
		Export: []format.Way{{Where: "From any firewall", Do: []string{
			"Write one rule a row, in the order in which the firewall looks at them.",
			"Name the columns in the first row: action, direction, protocol, source, destination, port.",
			"Write names of objects out as addresses, and leave out rules that are switched off.",
			"End with a row that says what becomes of all the rest, and save as CSV.",
		}}},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Open, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.None,
			format.OneToOne: format.None, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "It says what rows say: translated addresses have to be written as the rows mean them.",
	}
}
