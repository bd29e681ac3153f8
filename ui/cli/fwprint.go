package cli

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall"
	"mxodus/steps/clean"
)

func (r *run) printFirewall(rep firewall.Report) error {
	p := page{w: r.Out}
	p.line("%s  %s", r.answerPaint(rep.Verdict), safe(rep.Summary))
	p.line("%s, %s, %s", safe(rep.File), safe(rep.Label), counted(rep.Rules, "rule"))
	p.line("")
	for _, l := range columns(r.requirementGrid(rep.Requirements)) {
		p.line("  %s", l)
	}
	for _, c := range causes(rep.Requirements) {
		r.printGaps(&p, c)
	}
	if rep.Lockdown != nil {
		p.line("")
		p.line("%s  %s", r.answerPaint(rep.Lockdown.Verdict), safe(rep.Lockdown.Summary))
		for _, l := range rep.Lockdown.Leaks {
			r.printLeak(&p, l)
		}
	}
	p.line("")
	for _, d := range rep.Dead {
		p.line("%s %s", r.paint.muted("Never reached:"), safe(d.Words()))
	}
	for _, l := range rep.Assumptions {
		p.line("%s %s", r.paint.muted("Assumed:"), safe(l))
	}
	for _, l := range rep.Notes {
		p.line("%s %s", r.paint.muted("Note:"), safe(l))
	}
	for _, b := range rep.Problems {
		p.line("%s %s", r.paint.warn("Not read:"), safe(b.Text))
	}
	return p.done()
}

func (r *run) answerPaint(a firewall.Answer) string {
	switch a {
	case firewall.Proven:
		return r.paint.good(string(a))
	case firewall.Disproven:
		return r.paint.danger(string(a))
	}
	return r.paint.warn(string(a))
}

// requirementGrid has a row for each range and a column for each need.
func (r *run) requirementGrid(all []firewall.Requirement) [][]string {
	var ranges, needs []string
	cells := map[[2]string]string{}
	for _, q := range all {
		need := q.Label
		if several(all) && q.Server != "" {
			need += " " + q.Server
		}
		if !slices.Contains(ranges, q.Range) {
			ranges = append(ranges, q.Range)
		}
		if !slices.Contains(needs, need) {
			needs = append(needs, need)
		}
		cells[[2]string{q.Range, need}] = r.requirementWord(q)
	}
	head := []string{""}
	for _, n := range needs {
		head = append(head, r.paint.muted(safe(n)))
	}
	rows := [][]string{head}
	for _, g := range ranges {
		row := []string{g}
		for _, n := range needs {
			row = append(row, cells[[2]string{g, n}])
		}
		rows = append(rows, row)
	}
	return rows
}

// several reports requirements of more than one mail server.
func several(all []firewall.Requirement) bool {
	first := ""
	return slices.ContainsFunc(all, func(q firewall.Requirement) bool {
		if first == "" {
			first = q.Server
		}
		return q.Server != "" && q.Server != first
	})
}

func (r *run) requirementWord(q firewall.Requirement) string {
	switch {
	case q.Verdict == firewall.Proven:
		return r.paint.good("open")
	case q.Verdict == firewall.CannotTell:
		return r.paint.warn("? cannot tell")
	case q.Half:
		return r.paint.danger("! " + safe(q.InPart()))
	}
	return r.paint.danger("! shut")
}

// cause is everything that one rule keeps out, in one direction and port.
type cause struct {
	label string
	cidrs []string
	more  int
	first firewall.Gap
	do    []string
	put   []firewall.Fix
}

// causes joins the gaps that the same rule makes for the same reason.
func causes(all []firewall.Requirement) []*cause {
	var out []*cause
	byKey := map[string]*cause{}
	for _, q := range all {
		gaps := q.Gaps
		if len(gaps) == 0 && q.Verdict == firewall.CannotTell {
			gaps = []firewall.Gap{{Verdict: q.Verdict, CIDRs: []string{q.Range}, By: firewall.Decision{Why: q.Why}, Fix: firewall.Fix{Text: q.Do}}}
		}
		for _, g := range gaps {
			key := fmt.Sprint(q.Label, q.Server, g.Verdict, g.By)
			if g.Fix.Corrects {
				key += q.Range // a range mistyped is a cause of its own
			}
			c := byKey[key]
			if c == nil {
				c = &cause{label: q.Label, first: g}
				if several(all) && q.Server != "" {
					c.label += " " + q.Server
				}
				byKey[key] = c
				out = append(out, c)
			}
			c.cidrs, c.more = append(c.cidrs, g.CIDRs...), c.more+g.More
			if !slices.Contains(c.do, g.Fix.Text) {
				c.do = append(c.do, g.Fix.Text)
			}
			c.put = append(c.put, g.Fix)
		}
	}
	return out
}

func (r *run) printGaps(p *page, c *cause) {
	p.line("")
	p.line("  %s  %s: %s", r.answerPaint(c.first.Verdict), r.paint.strong(safe(c.label)), cidrs(c.cidrs, c.more))
	words := c.do
	lines := firewall.Merge(c.put...)
	if len(words) > 2 { // the same for every range
		more := fmt.Sprintf("Do the same for the other %d.", len(words)-1)
		if lines != "" {
			more = fmt.Sprintf("Do the same for the other %d; the lines are below.", len(words)-1)
		}
		words = []string{words[0], more}
	}
	fix := firewall.Fix{Text: strings.Join(words, "\n"), Copy: lines}
	r.printCause(p, c.first.By, c.first.Witness, fix, c.first.Confirm)
}

func (r *run) printLeak(p *page, l firewall.Leak) {
	p.line("")
	switch l.Category {
	case "internal":
		p.line("  %s  %s", r.paint.good("no leak"), safe(l.Headline()))
		l.Fix, l.Confirm = firewall.Fix{}, ""
	case "retired":
		p.line("  %s  %s", r.paint.good("no leak"), safe(l.Headline()))
		l.Fix, l.Confirm = firewall.Fix{Text: "An old range of Mimecast's: leave it until Mimecast says that it may be removed."}, ""
	default:
		p.line("  %s  %s", r.answerPaint(l.Verdict), r.paint.strong(safe(l.Headline())))
	}
	if !l.Whole && l.Sources != cidrs(l.CIDRs, l.More) {
		p.line("    %s  %s", r.paint.muted("who    "), cidrs(l.CIDRs, l.More))
	}
	r.printCause(p, l.By, l.Witness, l.Fix, l.Confirm)
	if l.Hint != "" {
		p.line("    %s  %s", r.paint.muted("note   "), safe(l.Hint))
	}
}

func (r *run) printCause(p *page, by firewall.Decision, w firewall.Packet, fix firewall.Fix, confirm string) {
	part := func(name, text string) {
		if text != "" {
			p.line("    %s  %s", r.paint.muted(fmt.Sprintf("%-7s", name)), hanging(string(clean.Text(text))))
		}
	}
	rule := by.Text
	if by.Line > 0 {
		rule = fmt.Sprintf("line %d  %s", by.Line, by.Text)
	}
	part("rule", rule)
	part("why", by.Why)
	if w.Src != "" {
		part("packet", fmt.Sprintf("%s from %s to %s, port %d", w.Proto, w.Src, w.Dst, w.DPort))
	}
	part("do", fix.Text)
	part("copy", fix.Copy)
	part("confirm", confirm)
}

// mostShown is how many networks are listed before "and n more".
const mostShown = 8

func cidrs(list []string, more int) string {
	if len(list) > mostShown {
		more += len(list) - mostShown
		list = list[:mostShown]
	}
	text := strings.Join(list, ", ")
	if more > 0 {
		text += fmt.Sprintf(" and %d more", more)
	}
	return safe(text)
}
