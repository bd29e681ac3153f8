package uitest

import (
	"context"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// TestCellsOfATable goes from a cell of the matrix to the finding about it, and
// reads what an open one rests on.
func TestCellsOfATable(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	w.firstCheck(d).run = func(context.Context, check.Input, func(check.Progress)) check.Result {
		return check.Result{
			Outcome: check.Fail, Summary: "two places are shut",
			Tables: []check.Table{{
				Title: "Ranges and ports", Header: []clean.Shown{"Range", "mail in", "mail out"},
				Rows: [][]check.Cell{
					{{Text: "103.13.69.0/24"}, {Mark: check.MarkGood, Text: "open", Tells: "line 5 lets it through"}, {Mark: check.MarkBad, Text: "shut", Finding: 2}},
					{{Text: "124.47.150.0/24"}, {Mark: check.MarkBad, Text: "shut", Finding: 1}, {Mark: check.MarkGood, Text: "open", Tells: "line 9 lets it through"}},
				},
			}},
			Findings: []check.Finding{
				{Code: "FW-OPEN.shut", Severity: check.Blocker, Title: "124.47.150.0/24 cannot get in", Saw: "line 3 keeps it out"},
				{Code: "FW-OPEN.shut", Severity: check.Blocker, Title: "103.13.69.0/24 cannot be reached", Saw: "line 7 keeps it out"},
			},
		}
	}
	d.Press("r")
	d.Press("enter", "tab")
	d.Expect("▸ shut", "103.13.69.0/24, mail out", "103.13.69.0/24 cannot be reached", "Enter opens the finding")
	d.Press("left")
	d.Expect("▸ open", "line 5 lets it through")
	d.Press("left", "up") // the first column names the rows; there is nothing above
	d.Expect("103.13.69.0/24, mail in", "line 5 lets it through")
	d.Press("down")
	d.Expect("124.47.150.0/24, mail in", "124.47.150.0/24 cannot get in")
	d.Press("enter")
	d.Expect("▸ 124.47.150.0/24 cannot get in", "line 3 keeps it out")
	d.Press("tab", "esc")
	d.Expect("tab cells")
}
