package table

import (
	"fmt"
	"net/netip"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// Write writes flows as rows. With a file, the rows are in its columns and
// order; without one they are a table of their own.
func Write(job format.Job) (format.Script, error) {
	compose := func(_ int, x ir.Row) string {
		return strings.Join([]string{x.Action, x.Direction, x.Protocol, x.Source, x.Destination, x.Port}, ",")
	}
	var lines []string
	note := "Put these rows above the row in line %d, first in the firewall and then in the table."
	switch {
	case job.Set == nil || job.Set.Compose == nil:
		lines = append(lines, "action,direction,protocol,source,destination,port")
		note = "The rows stand in the order in which the firewall is to look at them: above all other rules for these addresses and ports."
	case job.Above.Line > 0:
		compose = job.Set.Compose
		note = fmt.Sprintf(note, job.Above.Line)
	default:
		compose = job.Set.Compose
		note = "Put these rows above all others, first in the firewall and then in the table."
	}
	written := map[string]bool{} // flows for one port and two uses have the same rows
	for _, f := range job.Flows {
		dir, action := "in", "allow"
		if !f.In {
			dir = "out"
		}
		if f.Deny {
			action = "deny"
		}
		for _, src := range ends(f.Src, f.Family) {
			for _, dst := range ends(f.Dst, f.Family) {
				row := compose(job.Above.Line, ir.Row{
					Action: action, Direction: dir, Protocol: f.Proto, Source: src, Destination: dst, Port: fmt.Sprint(f.Port),
				})
				if !written[row] {
					written[row] = true
					lines = append(lines, row)
				}
			}
		}
	}
	return format.Script{
		Text: strings.Join(lines, "\n") + "\n", Undo: "Take these rows out again:\n" + strings.Join(lines, "\n") + "\n",
		Notes: []string{note},
	}, nil
}

// ends are the addresses of one side; an empty side is any of its family.
func ends(list []netip.Prefix, family ir.Family) []string {
	if len(list) == 0 {
		if family == ir.V6 {
			return []string{"::/0"}
		}
		return []string{"0.0.0.0/0"}
	}
	out := make([]string, len(list))
	for i, p := range list {
		out[i] = format.Short(p)
	}
	return out
}
