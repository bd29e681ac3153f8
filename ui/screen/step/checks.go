package step

import (
	"encoding/json"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/require"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/live"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// checks is the stage Check: the checks of the step with their newest results,
// one of them opened with its findings, or the runs it had before.
type checks struct {
	s    *Screen
	list cursorList // row 0 runs all; the last row leads on
	open *opened

	asked   int // counts the readings of history
	history []steps.Run
	past    widget.List
	of      string // check whose history is shown, "" for none
}

// opened is a result being read.
type opened struct {
	id     string
	result check.Result
	stale  bool
	old    bool // from the history
	find   widget.List
	pane   widget.Pane
	proof  bool // the evidence is shown in place of the findings
	grid   *matrix
}

func newChecks(s *Screen) *checks { return &checks{s: s} }

func (c *checks) load() {
	first := -1
	for i, line := range c.s.page.Checks {
		if troubled(line) && first < 0 {
			first = i + 1
		}
	}
	if c.s.open(steps.StageCheck) > 0 {
		first = 0 // run them
	}
	c.list.settle(len(c.s.page.Checks)+1, first)
	if c.open != nil && !c.open.old {
		for _, line := range c.s.page.Checks {
			if line.ID == c.open.id && line.Run != nil {
				c.open.result, c.open.stale = line.Run.Result, line.Stale
				c.open.find.SetLen(len(c.open.result.Findings))
				if c.open.grid != nil {
					c.open.grid = newMatrix(c.open.result) // of the newest result
				}
			}
		}
	}
	c.layout()
}

// troubled reports a result that asks for something.
func troubled(line wizard.CheckLine) bool {
	if line.Run == nil || line.Stale {
		return false
	}
	switch line.Run.Result.Outcome {
	case check.Fail, check.Warn, check.Unknown:
		return true
	}
	return false
}

// settled is told that a run is over: the cursor goes to what it found.
func (c *checks) settled() {
	if c.list.Cursor == 0 {
		c.list.moved = false
	}
	c.load()
}

// find puts the cursor on a check.
func (c *checks) find(id string) {
	for i, line := range c.s.page.Checks {
		if line.ID == id {
			c.open, c.of = nil, ""
			c.list.Cursor, c.list.moved = i+1, true
		}
	}
}

// show opens the check under the cursor on the finding that an obstacle names.
func (c *checks) show(obstacle string) {
	line, ok := c.line()
	if !ok || line.Run == nil || line.Stale {
		return
	}
	for i, f := range line.Run.Result.Findings {
		if require.FindingID(f) == obstacle {
			c.openResult(line)
			c.open.find.Cursor = i
			c.layout()
			return
		}
	}
}

func (c *checks) inside() bool { return c.open != nil || c.of != "" }

// line is the check under the cursor.
func (c *checks) line() (wizard.CheckLine, bool) {
	if i := c.list.Cursor - 1; i >= 0 && i < len(c.s.page.Checks) {
		return c.s.page.Checks[i], true
	}
	return wizard.CheckLine{}, false
}

func (c *checks) key(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case key.Matches(k, keys.Run):
		return c.start(nil), true
	case key.Matches(k, keys.Cancel):
		c.s.run.Cancel()
		return nil, true
	case key.Matches(k, keys.Import):
		return c.s.askRuleset(), true
	case c.open != nil:
		return c.openKey(k)
	case c.of != "":
		return c.pastKey(k)
	}
	switch {
	case c.list.Key(k, false):
		c.list.moved = true
		return nil, true
	case key.Matches(k, keys.Open):
		return c.enter(), true
	case key.Matches(k, keys.History):
		return c.readHistory(), true
	case key.Matches(k, keys.Consent):
		return c.consent(), true
	case key.Matches(k, keys.Copy), key.Matches(k, keys.Save):
		if line, ok := c.line(); ok && line.Run != nil {
			c.openResult(line)
			return c.openKey(k)
		}
		return nil, true
	}
	return nil, false
}

// enter runs what was not run, opens what was, and leads on from the last row.
func (c *checks) enter() tea.Cmd {
	if len(c.s.page.Checks) == 0 || c.list.onLast() {
		return c.s.goOn()
	}
	line, ok := c.line()
	if !ok {
		return c.start(nil)
	}
	if line.Run == nil || line.Stale {
		return c.start([]string{line.ID})
	}
	c.openResult(line)
	return nil
}

func (c *checks) start(ids []string) tea.Cmd {
	if len(c.s.page.Checks) == 0 {
		return nil
	}
	if c.s.run.Running() {
		return screen.Say(screen.Note, "the checks are running; x stops them")
	}
	c.of = ""
	if c.open != nil && c.open.old {
		c.open = nil
	}
	if c.open != nil && ids == nil {
		ids = []string{c.open.id}
	}
	return tea.Batch(c.s.begin(), c.s.run.Start([]live.Job{{Step: c.s.id, Checks: ids}}))
}

func (c *checks) openResult(line wizard.CheckLine) {
	c.open = &opened{id: line.ID, result: line.Run.Result, stale: line.Stale, pane: widget.NewPane()}
	c.open.find.SetLen(len(c.open.result.Findings))
	c.layout()
}

// openKey handles keys in an opened result. Enter goes from finding to
// finding, and after the last one back to the list, to the next check that
// asks for something.
func (c *checks) openKey(k tea.KeyMsg) (tea.Cmd, bool) {
	o := c.open
	if o.grid != nil && c.matrixKey(k) {
		return nil, true
	}
	switch {
	case key.Matches(k, keys.Cells):
		if o.grid = newMatrix(o.result); o.grid == nil {
			return screen.Say(screen.Note, "this result has no table whose cells lead further"), true
		}
		o.proof = false
	case key.Matches(k, keys.Back):
		if o.proof {
			o.proof = false
		} else {
			c.open = nil
		}
	case key.Matches(k, keys.Evidence):
		o.proof = !o.proof
		o.pane.ScrollTo(0)
	case key.Matches(k, keys.Copy):
		return c.copyFinding(), true
	case key.Matches(k, keys.Save):
		return c.s.env.SaveFile(strings.ToLower(o.id)+".txt", []byte(c.asText())), true
	case key.Matches(k, keys.Consent):
		return c.consent(), true
	case o.proof || len(o.result.Findings) == 0:
		if key.Matches(k, keys.Open) {
			if !o.pane.AtEnd() {
				o.pane.PageDown()
			} else {
				c.closeOpen()
			}
			return nil, true
		}
		return nil, o.pane.Key(k)
	case key.Matches(k, keys.Open):
		if o.find.Cursor < o.find.Len-1 {
			o.find.Move(1)
		} else {
			c.closeOpen()
			return nil, true
		}
	case key.Matches(k, keys.PageDown), key.Matches(k, keys.PageUp):
		return nil, o.pane.Key(k)
	case o.find.Key(k, false):
	default:
		return nil, false
	}
	c.layout()
	return nil, true
}

// closeOpen goes back to the list, on the next check that asks for something.
func (c *checks) closeOpen() {
	old := c.open.old
	c.open = nil
	if old {
		return
	}
	for i := c.list.Cursor; i < len(c.s.page.Checks); i++ {
		if troubled(c.s.page.Checks[i]) {
			c.list.Cursor, c.list.moved = i+1, true
			return
		}
	}
	c.list.Cursor, c.list.moved = c.list.Len-1, true
}

func (c *checks) copyFinding() tea.Cmd {
	o := c.open
	if o.proof || len(o.result.Findings) == 0 {
		return c.s.env.Clipboard(c.asText())
	}
	f := o.result.Findings[o.find.Cursor]
	text := string(f.Copy)
	if text == "" {
		text = string(f.Confirm)
	}
	return c.s.env.CopyPart(text)
}

// published is what the check of the ranges tells beside its findings.
type published struct {
	Added   []string `json:"added"`
	Dropped []string `json:"dropped"`
}

const checkRanges = "RANGES"

// differences returns what the newest check of the ranges found new or gone,
// as far as it is not consented to yet.
func (c *checks) differences() (published, bool) {
	var p published
	for _, line := range c.s.page.Checks {
		if line.ID != checkRanges || line.Run == nil || json.Unmarshal(line.Run.Result.Data, &p) != nil {
			continue
		}
		a := c.s.env.Session.Snapshot().Answers
		p.Added = without(p.Added, a.List(qAdd))
		p.Dropped = without(p.Dropped, a.List(qDrop))
		return p, len(p.Added)+len(p.Dropped) > 0
	}
	return published{}, false
}

func without(all, known []string) []string {
	have := map[string]bool{}
	for _, k := range known {
		have[k] = true
	}
	var out []string
	for _, a := range all {
		if !have[a] {
			out = append(out, a)
		}
	}
	return out
}
