package app

import (
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/clean"
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
	para := func(text string) []string { return widget.Wrap(text, w-4) }
	lines := []string{""}
	for _, l := range para("Changed by " + string(clean.Line(by)) + " at the same time: " + string(clean.Line(m.called(c.What)))) {
		lines = append(lines, "  "+st.Strong.Render(l))
	}
	lines = append(lines, "")
	show := func(label, value string) {
		if value == "" {
			value = "(empty)"
		}
		lines = append(lines, widget.Indent(widget.Hang(label, 10, string(clean.Text(value)), w-6), 2)...)
		lines = append(lines, "")
	}
	show("Theirs", c.Theirs)
	show("Yours", c.Yours)
	said := "Theirs is saved, yours is not yet. Both stay in the history."
	if m.lost.Keep == nil {
		said = "Theirs is saved, yours is not. Go on, and make your change again if it is still wanted."
	}
	for _, l := range para(said) {
		lines = append(lines, "  "+st.Muted.Render(l))
	}
	return strings.Join(lines, "\n")
}

// called names what was changed as people know it.
func (m *Model) called(what string) string {
	if m.env == nil {
		return what
	}
	return m.env.Session.Called(what)
}

// choose answers the question about two values.
func (m *Model) choose(k tea.KeyMsg) tea.Cmd {
	lost := m.lost
	switch {
	case key.Matches(k, keys.Yours) && lost.Keep != nil:
		m.lost = nil
		p := m.top()
		return m.own(p.id, lost.Keep)
	case key.Matches(k, keys.Theirs), key.Matches(k, keys.Back), key.Matches(k, keys.Go) && lost.Keep == nil:
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
