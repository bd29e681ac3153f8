// Package journal shows the record of the move: what was done, when, by whom.
// Nothing in it can be changed.
package journal

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// Screen is the record, newest entry first.
type Screen struct {
	env     *screen.Env
	w, h    int
	run     int
	loaded  bool
	entries []steps.JournalEntry
	list    widget.List
	opened  bool // the entry under the cursor is shown whole
	chain   string
	broken  bool
}

// New makes the page with the cursor where it was left.
func New(env *screen.Env, at steps.Position) screen.Screen {
	s := &Screen{env: env}
	s.list.Cursor = at.Cursor
	return s
}

type readMsg struct {
	run     int
	entries []steps.JournalEntry
}

type verifiedMsg struct {
	run   int
	seq   int64
	why   string
	count int
}

// Init reads the record.
func (s *Screen) Init() tea.Cmd { return s.Refresh() }

// Refresh reads it again.
func (s *Screen) Refresh() tea.Cmd {
	s.run++
	run, env := s.run, s.env
	return func() tea.Msg {
		entries, err := env.Session.Journal(env.Ctx)
		if err != nil {
			return screen.Failure(err)
		}
		return readMsg{run, entries}
	}
}

func (s *Screen) verify() tea.Cmd {
	run, env, n := s.run, s.env, len(s.entries)
	return func() tea.Msg {
		seq, why, err := env.Wizard.Repo.VerifyJournal(env.Ctx, env.Session.ID())
		if err != nil {
			return screen.Failure(err)
		}
		return verifiedMsg{run, seq, why, n}
	}
}

// Update takes what was read, and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case readMsg:
		if msg.run == s.run {
			s.loaded, s.entries = true, msg.entries
			s.list.SetLen(len(s.entries))
		}
	case verifiedMsg:
		s.broken = msg.seq != 0
		s.chain = fmt.Sprintf("chain verified, entry 1 to %d", msg.count)
		if s.broken {
			s.chain = fmt.Sprintf("chain broken at entry %d: %s", msg.seq, msg.why)
		}
	case tea.KeyMsg:
		return s.key(msg)
	}
	return nil
}

func (s *Screen) key(k tea.KeyMsg) tea.Cmd {
	switch {
	case key.Matches(k, keys.Back) && s.opened:
		s.opened = false
	case key.Matches(k, keys.Back):
		return func() tea.Msg { return screen.BackMsg{} }
	case s.list.Key(k, false):
	case key.Matches(k, keys.Open):
		s.opened = !s.opened && len(s.entries) > 0
	case key.Matches(k, keys.Verify):
		return s.verify()
	}
	return nil
}

// at returns the entry of row i; the newest is row 0.
func (s *Screen) at(i int) steps.JournalEntry { return s.entries[len(s.entries)-1-i] }

// View draws the record.
func (s *Screen) View() string {
	if !s.loaded {
		return ""
	}
	st := s.env.Styles
	head := []string{""}
	if s.chain != "" {
		style, mark := st.Good, st.Glyphs.Good
		if s.broken {
			style, mark = st.Danger, st.Glyphs.Problem
		}
		head = append(head, "  "+style.Render(widget.Cut(mark+" "+string(clean.Line(s.chain)), s.w-4)), "")
	}
	rows := make([][]string, len(s.entries))
	for i := range rows {
		rows[i] = s.row(i)
	}
	return strings.Join(append(head, s.list.Render(st, rows, s.h-len(head))...), "\n")
}

func (s *Screen) row(i int) []string {
	st, e := s.env.Styles, s.at(i)
	lead, style := "    ", st.Text
	if i == s.list.Cursor {
		lead, style = "  "+st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2)), st.Strong
	}
	when := e.At.In(s.env.Now().Location()).Format("02 Jan 15:04:05")
	by := string(clean.Line(e.By))
	line := lead + st.Muted.Render(widget.Pad(when, 17)) + style.Render(string(clean.Line(s.env.Session.JournalLine(e))))
	lines := []string{widget.Spread(line, st.Muted.Render(by)+"  ", s.w)}
	if i != s.list.Cursor || !s.opened {
		return lines
	}
	part := func(label, text string) {
		if text != "" {
			lines = append(lines, widget.Indent(widget.Hang(label, 9, string(clean.Text(text)), s.w-23), 21)...)
		}
	}
	part("Entry", fmt.Sprint(e.Seq))
	part("At", e.At.In(s.env.Now().Location()).Format("2006-01-02 15:04:05 MST"))
	part("Kind", e.Kind)
	part("Step", e.Step)
	part("Detail", e.Detail)
	part("Data", e.Data)
	part("Hash", e.Hash)
	return lines
}

// SetSize takes the room.
func (s *Screen) SetSize(w, h int) { s.w, s.h = w, h }

// Keys on offer.
func (s *Screen) Keys() []key.Binding {
	open := keys.Open
	if s.opened {
		open = keys.As(keys.Open, "close")
	}
	return []key.Binding{keys.UpDown, open, keys.As(keys.Verify, "verify the chain"), keys.Export, keys.Back}
}

// Title of the page.
func (s *Screen) Title() string { return "Journal" }

// Aside counts the entries.
func (s *Screen) Aside() string {
	if len(s.entries) == 1 {
		return "1 entry"
	}
	return fmt.Sprintf("%d entries", len(s.entries))
}

// Position remembers the cursor.
func (s *Screen) Position() steps.Position {
	return steps.Position{Screen: screen.Journal, Cursor: s.list.Cursor}
}
