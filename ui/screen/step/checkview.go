package step

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/live"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

func (c *checks) lines(w, h int) []string {
	st := c.s.env.Styles
	switch {
	case len(c.s.page.Checks) == 0:
		lines := []string{"", "  " + st.Muted.Render("Nothing in this step can be checked from here.")}
		return append(lines, c.s.lastRow(true, steps.StageCheck)...)
	case c.open != nil:
		return c.openLines(w, h)
	case c.of != "":
		return c.pastLines(w, h)
	}
	head := []string{""}
	if c.s.run.Running() {
		head = append(append(head, c.runLines(w)...), "")
	}
	if offer := c.consentLines(w); len(offer) > 0 {
		head = append(append(head, offer...), "")
	}
	var rows [][]string
	rows = append(rows, c.allRow())
	for i, line := range c.s.page.Checks {
		row := []string{c.row(line, i+1 == c.list.Cursor, w)}
		if i+1 == c.list.Cursor && ansi.StringWidth(nameOf(line, w)) > c.titleCells(w) { // read whole
			row = append(row, "      "+st.Strong.Render(widget.Cut(titleOf(line), w-8)))
		}
		rows = append(rows, row)
	}
	rows = append(rows, c.s.lastRow(c.list.onLast(), steps.StageCheck))
	need := 0
	for _, r := range rows {
		need += len(r)
	}
	room := h - len(head)
	preview := c.preview(w, room-need-1)
	if len(preview) > 0 {
		room -= len(preview) + 1
	}
	out := append(head, c.list.Render(st, rows, room)...)
	if len(preview) > 0 {
		out = append(append(out, ""), preview...)
	}
	return out
}

// runLines say how far the run is and what it waits for.
func (c *checks) runLines(w int) []string {
	st, r := c.s.env.Styles, c.s.run
	done, total := r.Done()
	return []string{
		widget.Spread("  "+widget.Bar(st, done, total, 16)+"  "+st.Accent.Render(r.Line()),
			st.Key.Render("x")+" "+st.Muted.Render("stops")+"  ", w),
		"  " + st.Muted.Render(widget.Cut(string(clean.Line(r.Now())), w-4)),
	}
}

func (c *checks) allRow() []string {
	st := c.s.env.Styles
	n, missing := len(c.s.page.Checks), c.s.open(steps.StageCheck)
	text := "Run all checks again"
	if missing > 0 {
		text = "Run " + widget.Count(n, "check")
		if missing < n {
			text = fmt.Sprintf("Run all checks, %d without a fresh result", missing)
		}
	}
	if c.s.run.Running() {
		text = "Checking"
	}
	style := st.Text
	if c.list.Cursor == 0 {
		style = st.Strong
	}
	return []string{lead(st, c.list.Cursor == 0) + style.Render(text)}
}

// row is one check: outcome, title, what it says, how old that is.
func (c *checks) row(line wizard.CheckLine, pointed bool, w int) string {
	st := c.s.env.Styles
	title := widget.Pad(nameOf(line, w), c.titleCells(w))
	style := st.Text
	if pointed {
		style = st.Strong
	}
	if s, ok := c.s.run.Of(c.s.id, line.ID); ok && s.Result == nil {
		head := lead(st, pointed) + st.Accent.Render(widget.Pad(st.Glyphs.Progress+" checking", statusCells(c))) + style.Render(title) + "   "
		says := live.Says(s.Progress)
		if w < 110 {
			says, _, _ = strings.Cut(says, ",") // the line above says the rest
		}
		return head + st.Muted.Render(widget.Cut(says, max(8, w-ansi.StringWidth(head)-2)))
	} else if ok && !line.Kept {
		return c.resultRow(lead(st, pointed), title, style, *s.Result, false, w)
	}
	if line.Run == nil {
		mark, word, quiet := st.Outcome("")
		return lead(st, pointed) + quiet.Render(widget.Pad(mark+" "+word, statusCells(c))) + style.Render(title)
	}
	if line.Kept {
		return c.recordRow(lead(st, pointed), title, style, line.Run.Result, w)
	}
	return c.resultRow(lead(st, pointed), title, style, line.Run.Result, line.Stale, w)
}

// recordRow is what was recorded before the change: no result of now.
func (c *checks) recordRow(lead, title string, style theme.Style, r check.Result, w int) string {
	st := c.s.env.Styles
	head := lead + st.Muted.Render(widget.Pad(st.Glyphs.Done+" kept", statusCells(c))) + style.Render(title)
	return widget.Spread(head, st.Muted.Render(c.age(r))+"  ", w)
}

func titleOf(line wizard.CheckLine) string {
	if line.Title == "" {
		return line.ID
	}
	return line.Title
}

// nameOf is the check's id and title; texts call checks by their ids. Narrow
// screens show the title alone.
func nameOf(line wizard.CheckLine, w int) string {
	if w < 72 || line.Title == "" {
		return titleOf(line)
	}
	return widget.Pad(line.ID, 8) + " " + line.Title
}

// titleCells is the width of the titles' column: the longest, half the line at
// most where summaries stand beside them.
func (c *checks) titleCells(w int) int {
	n := 0
	for _, line := range c.s.page.Checks {
		n = max(n, ansi.StringWidth(nameOf(line, w)))
	}
	if w >= 96 {
		return min(n, w/2)
	}
	return min(n, w-statusCells(c)-4-c.ageCells())
}

// ageCells is the width of the column at the right, which says how old results
// are, with a gap before it; 0 while there are none.
func (c *checks) ageCells() int {
	n := 0
	for _, line := range c.s.page.Checks {
		if line.Run != nil {
			n = max(n, ansi.StringWidth(c.age(line.Run.Result)))
		}
		if s, ok := c.s.run.Of(c.s.id, line.ID); ok && s.Result == nil {
			n = max(n, 13) // what a running check waits for
		}
	}
	if n == 0 {
		return 0
	}
	return n + 4
}

// age says how old a result is, or until when it waits.
func (c *checks) age(r check.Result) string {
	if r.Outcome == check.Waiting && !r.Until.IsZero() {
		return "until " + wizard.Moment(r.Until, c.s.env.Now())
	}
	return ago(r.Started, c.s.env.Now())
}

// statusCells is the width of the outcome's column.
func statusCells(c *checks) int { return 18 + ansi.StringWidth(c.s.env.Styles.Glyphs.Pending) }

func (c *checks) resultRow(lead, title string, style theme.Style, r check.Result, stale bool, w int) string {
	st := c.s.env.Styles
	mark, word, colour := st.Result(r)
	age := c.age(r)
	if stale {
		mark, word, colour, style = st.Glyphs.Pending, "out of date", st.Muted, st.Muted // a tick would say that it counts
	}
	head := lead + colour.Render(widget.Pad(mark+" "+word, statusCells(c))) + style.Render(title)
	if w >= 96 && r.Summary != "" {
		room := w - ansi.StringWidth(head) - ansi.StringWidth(age) - 6
		if room > 16 {
			head += "   " + st.Muted.Render(widget.Cut(string(clean.Line(string(r.Summary))), room))
		}
	}
	return widget.Spread(head, st.Muted.Render(age)+"  ", w)
}

// ago says an age in words.
func ago(t, now time.Time) string {
	d := now.Sub(t)
	switch {
	case t.IsZero():
		return ""
	case d < time.Minute:
		return "just now"
	case d < time.Hour:
		return fmt.Sprintf("%d min ago", int(d.Minutes()))
	case d < 24*time.Hour:
		return fmt.Sprintf("%d h ago", int(d.Hours()))
	}
	return wizard.Moment(t, now)
}

// lasted says a duration in words.
func lasted(d time.Duration) string {
	if d < time.Second {
		return fmt.Sprintf("%d ms", max(1, d.Milliseconds()))
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

// preview shows the tables of the check under the cursor, or of the one that
// tells something now, as far as there is room.
func (c *checks) preview(w, room int) []string {
	if room < 4 {
		return nil
	}
	line, ok := c.line()
	var summary clean.Shown
	var tables []check.Table
	if ok && line.Run != nil {
		summary, tables = line.Run.Result.Summary, line.Run.Result.Tables
	}
	if ok {
		if s, running := c.s.run.Of(c.s.id, line.ID); running && !line.Kept {
			summary, tables = "", s.Progress.Tables
			if s.Result != nil {
				summary, tables = s.Result.Summary, s.Result.Tables
			}
		}
	} else if c.s.run.Running() {
		tables = c.s.run.Tables(c.s.id, c.s.page.Step.Checks)
	}
	st := c.s.env.Styles
	out := []string{"  " + st.Rule.Render(strings.Repeat(st.Glyphs.Rule, max(0, w-4)))}
	if summary != "" {
		out = append(out, widget.Indent(widget.Wrap(string(clean.Line(string(summary))), w-4), 2)...)
	}
	for _, t := range tables {
		out = append(out, "")
		out = append(out, widget.Indent(widget.Table(st, t, w-4), 2)...)
	}
	if len(out) == 1 {
		return nil
	}
	if len(out) > room {
		out = out[:room]
		out[room-1] = "  " + st.Muted.Render(st.Glyphs.Down+" more, press enter on the check")
	}
	return out
}

// openLines draws an opened result.
func (c *checks) openLines(w, h int) []string {
	return append(c.openHead(w), c.open.pane.Marked(c.s.env.Styles)...)
}

func (c *checks) openHead(w int) []string {
	st, o := c.s.env.Styles, c.open
	mark, word, style := st.Result(o.result)
	when := ago(o.result.Started, c.s.env.Now())
	if took := o.result.Took; took > 0 {
		when += ", took " + lasted(took)
	}
	if o.old || o.stale {
		when = "out of date, " + when
		if o.old {
			when = "from " + wizard.Moment(o.result.Started, c.s.env.Now())
		}
		mark, style = st.Glyphs.Pending, st.Muted
	}
	title := string(clean.Line(string(o.result.Title)))
	if title == "" {
		title = o.id
	}
	out := []string{"", widget.Spread("  "+style.Render(mark+" "+word)+"   "+st.Strong.Render(title), st.Muted.Render(when)+"  ", w)}
	if s, ok := c.s.run.Of(c.s.id, o.id); ok && s.Result == nil {
		out = append(out, c.runLines(w)...)
	}
	if o.id == checkRanges && !o.old {
		out = append(out, c.consentLines(w)...)
	}
	return append(out, "")
}

// layout sets an opened result: what it says, its tables, then its findings,
// the one under the cursor in full.
func (c *checks) layout() {
	o, w := c.open, c.s.w
	if o == nil || w == 0 {
		return
	}
	st := c.s.env.Styles
	result := o.result
	if s, ok := c.s.run.Of(c.s.id, o.id); ok {
		if s.Result != nil {
			result = *s.Result
		} else if s.Progress.Tables != nil {
			result.Tables = s.Progress.Tables
		}
	}
	height := max(1, c.s.h-len(c.openHead(w)))
	if o.proof {
		o.pane.Set(c.evidence(w), w, height)
		return
	}
	if o.grid != nil && o.grid.table < len(result.Tables) {
		o.pane.Set(c.matrixLines(w, height), w, height)
		o.pane.ScrollTo(0)
		return
	}
	var lines, tables []string
	if result.Summary != "" {
		lines = append(lines, widget.Indent(widget.Wrap(string(clean.Line(string(result.Summary))), w-4), 2)...)
	}
	for _, t := range result.Tables {
		tables = append(tables, "")
		tables = append(tables, widget.Indent(widget.Table(st, t, w-4), 2)...)
	}
	found, from, to := c.findings(result.Findings, w)
	if len(lines)+len(tables)+len(found) <= height || len(found) == 0 {
		lines = append(lines, tables...)
		tables = nil
	}
	from, to = from+len(lines), to+len(lines)
	lines = append(append(lines, found...), tables...)
	o.pane.Set(lines, w, height)
	if o.find.Cursor > 0 || to > height {
		o.pane.Reveal(from, min(to, from+height))
	} else {
		o.pane.ScrollTo(0)
	}
}

// findings lists findings by their titles, the one under the cursor in full,
// and says in which lines that one stands.
func (c *checks) findings(all []check.Finding, w int) (lines []string, from, to int) {
	st := c.s.env.Styles
	for i, f := range all {
		pointed := i == c.open.find.Cursor
		if pointed || i == 0 {
			lines = append(lines, "")
		}
		start := len(lines)
		lines = append(lines, widget.Indent([]string{widget.FindingTitle(st, f, pointed, w-4)}, 2)...)
		if pointed {
			lines = append(lines, widget.Indent(widget.Finding(st, f, w-4), 2)...)
			from, to = start, len(lines)
			lines = append(lines, "")
		}
	}
	return lines, from, to
}

// evidence lists the raw answers behind a result.
func (c *checks) evidence(w int) []string {
	st := c.s.env.Styles
	var out []string
	for _, e := range c.open.result.Evidence {
		head := strings.TrimSpace(e.Kind + "  " + string(e.Asked))
		if e.Server != "" {
			head += "  at " + string(e.Server)
		}
		when := st.Muted.Render(e.At.In(c.s.env.Now().Location()).Format("15:04:05")) + "  "
		out = append(out, widget.Spread("  "+st.Strong.Render(string(clean.Line(head))), when, w))
		for _, l := range strings.Split(strings.TrimRight(string(clean.Text(string(e.Raw))), "\n"), "\n") {
			for _, piece := range widget.Wrap(l, max(8, w-6)) {
				out = append(out, "    "+st.Code.Render(piece))
			}
		}
		out = append(out, "")
	}
	if len(out) == 0 {
		return []string{"  " + st.Muted.Render("This result keeps no raw answers.")}
	}
	return out
}

// readsRules reports a check among the step's that reads a ruleset.
func (c *checks) readsRules() bool {
	return slices.ContainsFunc(c.s.page.Checks, func(l wizard.CheckLine) bool { return strings.HasPrefix(l.ID, "FW-") })
}

func (c *checks) keys() []key.Binding {
	var out []key.Binding
	running := c.s.run.Running()
	act := keys.As(keys.Run, "run all")
	if running {
		act = keys.As(keys.Cancel, "stop")
	}
	switch o := c.open; {
	case o != nil:
		next := keys.As(keys.Open, "next finding")
		if o.find.Cursor >= o.find.Len-1 || o.proof {
			next = keys.As(keys.Open, "back to the checks")
		}
		if o.grid != nil {
			return []key.Binding{keys.As(keys.Open, "the finding"), keys.CellMove, keys.As(keys.Back, "back")}
		}
		out = []key.Binding{next}
		if newMatrix(o.result) != nil {
			out = append(out, keys.As(keys.Cells, "cells"))
		}
		out = append(out, keys.Copy, keys.Save)
		if !o.old {
			if !running {
				act = keys.As(keys.Run, "run again")
			}
			out = append(out, act)
		}
		return append(out, keys.As(keys.Evidence, "evidence"), keys.As(keys.Back, "checks"))
	case c.of != "":
		return []key.Binding{keys.Open, keys.UpDown, keys.As(keys.Back, "checks")}
	case len(c.s.page.Checks) == 0:
		return []key.Binding{keys.As(keys.Go, c.s.onwardWord(steps.StageCheck))}
	case c.list.onLast():
		out = []key.Binding{keys.As(keys.Go, c.s.onwardWord(steps.StageCheck)), act}
		out = append(out, c.rulesKey()...)
	default:
		enter := keys.As(keys.Open, "run all")
		if line, ok := c.line(); ok {
			enter = keys.Open
			if line.Run == nil || line.Stale {
				enter = keys.As(keys.Open, "run this one")
			}
		}
		if running && enter.Help().Desc != "open" {
			enter = keys.As(keys.Cancel, "stop")
		}
		out = []key.Binding{enter}
		if act.Help().Desc != enter.Help().Desc {
			out = append(out, act)
		}
		out = append(out, c.rulesKey()...)
		out = append(out, keys.As(keys.UpDown, "check"))
		if line, ok := c.line(); ok && line.Run != nil {
			out = append(out, keys.History)
		}
	}
	return out
}

// rulesKey loads a ruleset, in a step whose checks read one.
func (c *checks) rulesKey() []key.Binding {
	if !c.readsRules() {
		return nil
	}
	return []key.Binding{keys.As(keys.Import, "load a ruleset")}
}

func (c *checks) place() (int, int) {
	if c.list.moved {
		return c.list.Cursor + 1, 0
	}
	return 0, 0
}

func (c *checks) setPlace(cursor, _ int) { c.list.restore(cursor) }
