package mx

import (
	"fmt"
	"sort"

	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/clean"
)

// fewDomains is up to how many domains each gets a table of its own from the
// start; with more, a summary comes first and only the unsettled ones follow.
const fewDomains = 5

// mostTables bounds the tables of single domains behind a summary.
const mostTables = 20

func authTables(in check.Input, views []delegated) []check.Table {
	sorted := append([]delegated(nil), views...)
	sort.SliceStable(sorted, func(a, b int) bool { return gravity(sorted[a]) < gravity(sorted[b]) })
	if len(sorted) <= fewDomains {
		var out []check.Table
		for _, d := range sorted {
			out = append(out, authTable(in, d))
		}
		return out
	}
	sum := check.Table{Header: []clean.Shown{"domain", "name servers", "answers"}}
	for _, d := range sorted {
		sum.Rows = append(sum.Rows, summaryRow(in, d))
	}
	out := []check.Table{sum}
	for _, d := range sorted {
		if settled(in, d) || len(out) > mostTables {
			break
		}
		out = append(out, authTable(in, d))
	}
	return out
}

// gravity orders domains, those that need a look first.
func gravity(d delegated) int {
	g := Planned.rank() + 1
	if !d.found || d.zone.Outcome != resolve.OK {
		g = UnknownHere.rank()
	}
	for _, s := range d.servers {
		g = min(g, s.verdict.rank())
	}
	return g
}

func settled(in check.Input, d delegated) bool {
	if len(d.servers) == 0 {
		return false
	}
	for _, s := range d.servers {
		if markOf(in, d.expect, s) != check.MarkGood {
			return false
		}
	}
	return true
}

func summaryRow(in check.Input, d delegated) []check.Cell {
	row := []check.Cell{{Text: clean.Line(d.domain)}, {}, {}}
	switch {
	case !d.found:
		row[1] = check.Cell{Mark: check.MarkWait, Text: "asking"}
		return row
	case len(d.servers) == 0:
		row[1] = check.Cell{Mark: check.MarkUnknown, Text: clean.Line("not found: a resolver " + d.zone.Words())}
		return row
	}
	good, worstMark := 0, check.MarkGood
	count := map[clean.Shown]int{}
	var texts []clean.Shown
	for _, s := range d.servers {
		m := markOf(in, d.expect, s)
		if m == check.MarkGood {
			good++
		}
		worstMark = graver(worstMark, m)
		text := answerText(s)
		if count[text]++; count[text] == 1 {
			texts = append(texts, text)
		}
	}
	row[1] = check.Cell{Mark: worstMark, Text: clean.Shown(fmt.Sprintf("%d of %d as expected", good, len(d.servers)))}
	for i, t := range texts {
		if i > 0 {
			row[2].Text += ", "
		}
		row[2].Text += t
		if count[t] > 1 {
			row[2].Text += clean.Shown(fmt.Sprintf(" ×%d", count[t]))
		}
	}
	return row
}

func graver(a, b check.Mark) check.Mark {
	rank := map[check.Mark]int{check.MarkGood: 0, check.MarkPart: 1, check.MarkWait: 2, check.MarkUnknown: 3, check.MarkBad: 4}
	if rank[b] > rank[a] {
		return b
	}
	return a
}

// authTable is one row for each address of each name server.
func authTable(in check.Input, d delegated) check.Table {
	t := check.Table{Title: headline(in, d.expect, d.domain), Header: []clean.Shown{"name server", "answer", "serial"}}
	if !d.found {
		t.Rows = [][]check.Cell{{{Text: "its name servers"}, {Mark: check.MarkWait, Text: "looking for them"}, {}}}
		return t
	}
	if len(d.servers) == 0 {
		t.Rows = [][]check.Cell{{{Text: "its name servers"}, {Mark: check.MarkUnknown, Text: clean.Line("a resolver " + d.zone.Words())}, {}}}
		return t
	}
	top := newest(d)
	names := map[string]int{}
	for _, s := range d.servers {
		names[s.ns]++
	}
	for _, s := range d.servers {
		name := clean.Line(s.ns)
		if names[s.ns] > 1 {
			name = clean.Sprintf("%s %s", s.ns, s.addr.String())
		}
		row := []check.Cell{{Text: name}, {Mark: markOf(in, d.expect, s), Text: answerText(s)}, {}}
		if s.serialK {
			row[2].Text = clean.Shown(fmt.Sprintf("%d%s", s.serial, behind(s.serial, top)))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

func answerText(s authority) clean.Shown {
	switch {
	case s.pending:
		return "asking"
	case s.why != "":
		return clean.Line(s.why)
	case s.verdict == Other || s.verdict == UnknownHere:
		return clean.Line(setText(s.set))
	}
	return verdictText(s.verdict)
}

// markOf is good when the server gives what this phase expects.
func markOf(in check.Input, e expect, s authority) check.Mark {
	switch {
	case s.pending:
		return check.MarkWait
	case s.silent() || undecided(in, e, s):
		return check.MarkUnknown
	case in.Phase == check.Before || in.Phase == "":
		if s.verdict == Planned || s.verdict == Mixed || s.verdict == Part {
			return check.MarkPart
		}
		return check.MarkGood
	case s.verdict == Planned:
		return check.MarkGood
	}
	return check.MarkBad
}

// headline is the line over a domain's rows: what was, what is to be, since when.
func headline(in check.Input, e expect, domain string) clean.Shown {
	text := clean.Line(domain)
	if len(e.before) > 0 {
		text += clean.Sprintf("   old: %s", hostList(hostsOf(e.before)))
	}
	if len(e.target.InboundMX) > 0 {
		text += clean.Sprintf("   planned: %s", hostList(e.target.InboundMX))
	}
	if !in.ChangedAt.IsZero() {
		text += clean.Sprintf("   changed %s", clock(in.ChangedAt, in.Now))
		if t := ttl(e.before); t > 0 {
			text += clean.Sprintf(", TTL %d", t)
		}
	}
	return text
}
