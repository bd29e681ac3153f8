package firewall

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// cellKey is a cell of the table in one file.
type cellKey struct{ file, cidr, need string }

// cellFinding is a finding with the cells that it is about.
type cellFinding struct {
	check.Finding
	need   string
	ranges []string
}

// openTable shows one range a row and one need a column, the worst of all
// files and servers in each cell.
func openTable(in check.Input, reports []Report, where map[cellKey]int) check.Table {
	t := check.Table{Title: "Ranges and ports", Header: []clean.Shown{"Range"}}
	for _, n := range in.Ports {
		t.Header = append(t.Header, clean.Line(n.Label))
	}
	type row struct {
		cidr string
		kind Kind
	}
	var rows []row
	for _, r := range reports {
		for _, q := range r.Requirements {
			if x := (row{q.Range, q.Kind}); !slices.Contains(rows, x) {
				rows = append(rows, x)
			}
		}
	}
	others := false
	for _, x := range rows {
		name := clean.Line(x.cidr)
		switch x.kind {
		case Other:
			name = clean.Sprintf("%s (old)", x.cidr)
		case Published:
			others = true
		}
		cells := []check.Cell{{Text: name}}
		for _, n := range in.Ports {
			cells = append(cells, openCell(reports, x.cidr, n, where))
		}
		t.Rows = append(t.Rows, cells)
	}
	if named := slices.ContainsFunc(rows, func(r row) bool { return r.kind == Named }); named && others {
		if in.Journey == "connect" {
			t.Note = "The first ranges are named in an article of Mimecast's; the others stand in the region's SPF record and are needed as well."
		} else {
			t.Note = "The first ranges are named in the migration article; the others stand in the region's SPF record and are needed as well."
		}
	}
	if slices.ContainsFunc(rows, func(r row) bool { return r.kind == Other }) {
		t.Note = clean.Line(strings.TrimSpace(string(t.Note) + " Old: the region that you leave."))
	}
	return t
}

// openCell is the worst answer for one range and need.
func openCell(reports []Report, cidr string, n check.PortNeed, where map[cellKey]int) check.Cell {
	cell := check.Cell{Mark: check.MarkUnknown, Text: "cannot tell"}
	worst := -1
	for _, r := range reports {
		for _, q := range r.Requirements {
			if q.Range != cidr || q.Need != n.ID {
				continue
			}
			c, bad := check.Cell{Mark: check.MarkGood, Text: "open"}, 0
			switch {
			case q.Verdict == Disproven && q.Half:
				c, bad = check.Cell{Mark: check.MarkPart, Text: clean.Line(q.InPart())}, 2
			case q.Verdict == Disproven:
				c, bad = check.Cell{Mark: check.MarkBad, Text: "shut"}, 3
				if slices.ContainsFunc(q.Gaps, func(g Gap) bool { return g.Verdict == CannotTell }) {
					c.Text = "shut in part" // of the rest it cannot be told
				}
			case q.Verdict == CannotTell:
				c, bad = check.Cell{Mark: check.MarkUnknown, Text: "cannot tell"}, 1
			}
			if len(r.SelfCheck.Disagreements) > 0 {
				c, bad = check.Cell{Mark: check.MarkUnknown, Text: "internal error"}, 4
			}
			if bad > worst {
				if c.Finding = where[cellKey{r.File, cidr, n.ID}]; bad == 0 {
					c.Finding, c.Tells = 0, opens(r, q)
				}
				worst, cell = bad, c
			}
		}
	}
	return cell
}

// opens says which rules let a range through.
func opens(r Report, q Requirement) clean.Shown {
	var by []string
	for _, d := range q.By {
		if len(by) == 3 {
			by = append(by, "...")
			break
		}
		by = append(by, at(r.File, d.Line)+": "+d.Text)
	}
	return clean.Text(fmt.Sprintf("All of %s, %s, is let through by\n%s", q.Range, q.Label, strings.Join(by, "\n")))
}
