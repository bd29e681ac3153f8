package step

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// Questions that hold the ranges consented to.
const (
	qAdd  = "ranges.consented_add"
	qDrop = "ranges.consented_drop"
)

// pastRuns is how many earlier runs of a check are listed.
const pastRuns = 200

// runsReadMsg is the history of a check.
type runsReadMsg struct {
	asked int
	id    string
	runs  []steps.Run
}

// readHistory reads the runs of the check under the cursor.
func (c *checks) readHistory() tea.Cmd {
	line, ok := c.line()
	if !ok {
		return nil
	}
	c.asked++
	n, env, step := c.asked, c.s.env, c.s.id
	return func() tea.Msg {
		runs, err := env.Session.Runs(env.Ctx, step, line.ID, pastRuns)
		if err != nil {
			return screen.Failure(err)
		}
		return runsReadMsg{n, line.ID, runs}
	}
}

func (c *checks) runsRead(msg runsReadMsg) {
	if msg.asked != c.asked {
		return
	}
	c.history, c.of = msg.runs, msg.id
	c.past = widget.List{}
	c.past.SetLen(len(msg.runs))
}

func (c *checks) pastKey(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case key.Matches(k, keys.Back):
		c.of = ""
	case c.past.Key(k, false):
	case key.Matches(k, keys.Open):
		if len(c.history) == 0 {
			c.of = ""
			break
		}
		r := c.history[c.past.Cursor].Result
		c.open = &opened{id: r.Check, result: r, old: true, pane: widget.NewPane()}
		c.open.find.SetLen(len(r.Findings))
		c.layout()
	default:
		return nil, false
	}
	return nil, true
}

func (c *checks) pastLines(w, h int) []string {
	st := c.s.env.Styles
	head := []string{"", "  " + st.Strong.Render("Runs of "+c.of) + st.Muted.Render("   newest first"), ""}
	if len(c.history) == 0 {
		return append(head, "  "+st.Muted.Render("It was never run."))
	}
	var rows [][]string
	for i, run := range c.history {
		r := run.Result
		mark, word, style := st.Result(r)
		title := st.Text
		if i == c.past.Cursor {
			title = st.Strong
		}
		line := lead(st, i == c.past.Cursor) +
			st.Muted.Render(widget.Pad(r.Started.In(c.s.env.Now().Location()).Format("02 Jan 15:04:05"), 17)) +
			style.Render(widget.Pad(mark+" "+word, statusCells(c))) + title.Render(string(clean.Line(string(r.Summary))))
		rows = append(rows, []string{widget.Spread(line, st.Muted.Render(string(clean.Line(run.By)))+"  ", w)})
	}
	return append(head, c.past.Render(st, rows, h-len(head))...)
}

// consentLines offer to take over what is published now. Every range is named:
// nobody agrees to what they cannot see.
func (c *checks) consentLines(w int) []string {
	p, ok := c.differences()
	if !ok {
		return nil
	}
	st := c.s.env.Styles
	hint := st.Key.Render("y") + " " + st.Muted.Render("takes them over") + "  "
	out := []string{widget.Spread("  "+st.Warn.Render("The published ranges differ from the table"), hint, w)}
	for _, part := range []struct {
		label  string
		ranges []string
	}{{"New", p.Added}, {"Gone", p.Dropped}} {
		if len(part.ranges) > 0 {
			out = append(out, widget.Indent(widget.Hang(part.label, 6, string(clean.Line(strings.Join(part.ranges, ", "))), w-6), 4)...)
		}
	}
	return out
}

// consent answers which published ranges are taken over beside the table of
// regions: the newer wins, once the TPOC says so.
func (c *checks) consent() tea.Cmd {
	p, ok := c.differences()
	if !ok {
		return nil
	}
	s, env := c.s.env.Session, c.s.env
	source := "SPF record of the region, " + wizard.Moment(env.Now(), env.Now())
	return c.s.act(func(ctx context.Context) error {
		for _, part := range []struct {
			id  string
			new []string
		}{{qAdd, p.Added}, {qDrop, p.Dropped}} {
			if len(part.new) == 0 {
				continue
			}
			now := s.Snapshot().Answers[part.id]
			all := append(s.Snapshot().Answers.List(part.id), part.new...)
			if _, err := s.Answer(ctx, part.id, strings.Join(all, "\n"), steps.Detected, source, now.Revision); err != nil {
				return err
			}
		}
		return nil
	})
}

// stamp is a time in the zone of the move, as all times on the screens are.
func (c *checks) stamp(t time.Time) string {
	return t.In(c.s.env.Now().Location()).Format("2006-01-02 15:04:05 MST")
}

// asText is the opened result as plain text, to copy or to save.
func (c *checks) asText() string {
	r := c.open.result
	var b strings.Builder
	line := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&b, "%s%s\n", label, text)
		}
	}
	_, word, _ := c.s.env.Styles.Result(r)
	fmt.Fprintf(&b, "%s, %s: %s\n", r.Check, string(r.Title), word)
	line("", string(r.Summary))
	line("Checked at ", c.stamp(r.Started))
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "\n%s (%s)\n", f.Title, f.Severity)
		line("  Saw: ", string(f.Saw))
		line("  Should: ", string(f.Should))
		line("  If left: ", string(f.IfLeft))
		line("  Do: ", string(f.Do))
		line("  Put there: ", string(f.Copy))
		line("  Who: ", string(f.Who))
		line("  Confirm: ", string(f.Confirm))
	}
	for _, e := range r.Evidence {
		fmt.Fprintf(&b, "\n%s %s %s at %s\n%s\n", e.Kind, e.Asked, e.Server, c.stamp(e.At), e.Raw)
	}
	return b.String()
}
