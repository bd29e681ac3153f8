package app

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/clean"
	"mxodus/steps/rfi"
	"mxodus/ui/keys"
	"mxodus/ui/widget"
)

// conflictView shows both values of a lost race. Nothing was written; the
// person chooses.
func (m *Model) conflictView(w int) string {
	st, c := m.styles, m.lost.Conflict
	by := c.By
	if by == "" {
		by = "someone else"
	}
	lines := []string{
		"",
		"  " + st.Strong.Render(widget.Cut("Changed by "+string(clean.Line(by))+" at the same time: "+string(clean.Line(inWords(c.What))), w-4)),
		"",
	}
	show := func(label, value string) {
		if value == "" {
			value = "(empty)"
		}
		lines = append(lines, widget.Indent(widget.Hang(label, 10, string(clean.Text(value)), w-6), 2)...)
		lines = append(lines, "")
	}
	show("Theirs", c.Theirs)
	show("Yours", c.Yours)
	if m.lost.Keep == nil {
		lines = append(lines, "  "+st.Muted.Render("Theirs is saved, yours is not. Press t to go on; you can make your change again."))
	} else {
		lines = append(lines, "  "+st.Muted.Render("Theirs is saved, yours is not yet. Both stay in the history."))
	}
	return strings.Join(lines, "\n")
}

// inWords says what was changed as people know it: a question by its label.
func inWords(what string) string {
	if id, ok := strings.CutPrefix(what, "answer "); ok {
		if q, known := rfi.Find(id); known {
			return q.Label
		}
	}
	return what
}

// choose answers the question about two values.
func (m *Model) choose(k tea.KeyMsg) tea.Cmd {
	lost := m.lost
	switch {
	case key.Matches(k, keys.Yours) && lost.Keep != nil:
		m.lost = nil
		p := m.top()
		return m.own(p.id, lost.Keep)
	case key.Matches(k, keys.Theirs), key.Matches(k, keys.Back):
		m.lost = nil
		m.age()
		return tea.Batch(m.reload(), m.refresh())
	}
	return nil
}

// reload reads the move now, without waiting for the next tick.
func (m *Model) reload() tea.Cmd {
	if m.env == nil || m.watch.busy {
		return nil
	}
	m.watch.busy = true
	s, ctx := m.env.Session, m.ctx
	return m.own(appID, func() tea.Msg {
		changed, err := s.Reload(ctx)
		return lookedMsg{session: s, changed: changed, err: err}
	})
}
