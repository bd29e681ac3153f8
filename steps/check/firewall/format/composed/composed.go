// Package composed is for front ends whose words are read as the rules that
// they would load into the kernel: those are written line by line, read in the
// kernel's own format, and put back to the words that each line comes from.
package composed

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Line is one line of rules: where it comes from, the zero At for one that the
// front end writes by itself, and why it is met perhaps.
type Line struct {
	Text  string
	At    ir.At
	Maybe string
}

// quoted is how much of a line is quoted in a problem.
const quoted = 80

// PutBack gives the rules and policies of a set that was read from lines the
// places in the front end's file. It returns the problems, of that file too.
func PutBack(set *ir.Ruleset, lines []Line, frontEnd string) []ir.Problem {
	for _, p := range set.Programs {
		for i := range p.Chains {
			c := &p.Chains[i]
			for k := range c.Rules {
				putBack(&c.Rules[k], lines, frontEnd)
			}
			putBack(&c.Policy, lines, frontEnd)
		}
	}
	var out []ir.Problem
	for _, x := range set.Problems {
		if x.Line < 1 || x.Line > len(lines) || lines[x.Line-1].At.Line == 0 {
			continue
		}
		at := lines[x.Line-1].At
		out = append(out, ir.Problem{Line: at.Line, Text: fmt.Sprintf("line %d could not be followed in full: %s", at.Line, source.Clip(source.Redact(at.Text), quoted))})
	}
	return out
}

func putBack(r *ir.Rule, lines []Line, frontEnd string) {
	if r.At.Line < 1 || r.At.Line > len(lines) {
		return
	}
	l := lines[r.At.Line-1]
	if r.At = l.At; l.At.Text == "" {
		r.At = ir.At{Text: "(" + frontEnd + ": " + l.Text + ")"}
	}
	if l.Maybe == "" {
		return
	}
	r.Boxes = slices.Clone(r.Boxes) // other rules may have the same ones
	ir.Boxes(r.Boxes).Perhaps(l.Maybe)
	if r.Action == ir.Undecided {
		r.Why = l.Maybe
	}
}
