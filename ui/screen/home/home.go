// Package home is the list of moves: what each waits for, and whose turn it is.
package home

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// Screen is the list of moves.
type Screen struct {
	env    *screen.Env
	w, h   int
	run    int // counts the readings; an older one that comes late is dropped
	loaded bool
	moves  []wizard.MoveLine
	list   widget.List
}

// New makes the screen; it reads the moves when it is started.
func New(env *screen.Env, _ steps.Position) screen.Screen { return &Screen{env: env} }

type movesReadMsg struct {
	run   int
	moves []wizard.MoveLine
	err   error
}

// Init reads the moves.
func (s *Screen) Init() tea.Cmd { return s.read() }

// Refresh reads them again.
func (s *Screen) Refresh() tea.Cmd { return s.read() }

func (s *Screen) read() tea.Cmd {
	s.run++
	run, w, ctx := s.run, s.env.Wizard, s.env.Ctx
	return func() tea.Msg {
		moves, err := w.Moves(ctx)
		return movesReadMsg{run, moves, err}
	}
}

// Update takes what was read, and keys.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case movesReadMsg:
		if msg.run != s.run {
			return nil
		}
		s.loaded, s.moves = true, msg.moves
		s.list.SetLen(len(s.moves))
		if msg.err != nil {
			return func() tea.Msg { return screen.Failure(msg.err) }
		}
	case tea.KeyMsg:
		return s.key(msg)
	}
	return nil
}

func (s *Screen) key(k tea.KeyMsg) tea.Cmd {
	switch {
	case s.list.Key(k, false):
	case key.Matches(k, keys.NewMove), key.Matches(k, keys.Open) && s.loaded && len(s.moves) == 0:
		return screen.Navigate(steps.Position{Screen: screen.NewMove})
	case key.Matches(k, keys.Open) && len(s.moves) > 0:
		id := s.moves[s.list.Cursor].Move.ID
		return func() tea.Msg { return screen.NavigateMsg{Move: id} }
	}
	return nil
}

// View draws the list.
func (s *Screen) View() string {
	if !s.loaded {
		return ""
	}
	if len(s.moves) == 0 {
		return s.emptyView()
	}
	rows := make([][]string, len(s.moves))
	for i, m := range s.moves {
		rows[i] = s.row(m, i == s.list.Cursor)
	}
	head := []string{"", "  " + s.env.Styles.Strong.Render(widget.Count(len(s.moves), "move")), ""}
	return strings.Join(append(head, s.list.Render(s.env.Styles, rows, s.h-len(head))...), "\n")
}

// row is one move in three lines: who, what next, a blank.
func (s *Screen) row(m wizard.MoveLine, pointed bool) []string {
	st := s.env.Styles
	name := m.Move.Org
	if name == "" {
		name = m.Move.Domain
	}
	if name == "" {
		name = "(no name yet)"
	}
	lead, title := "    ", st.Text
	if pointed {
		lead, title = "  "+st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2)), st.Strong
	}
	line := lead + title.Render(string(clean.Line(name)))
	if m.Move.Domain != "" && m.Move.Domain != name {
		line += "   " + st.Muted.Render(string(clean.Line(m.Move.Domain)))
	}
	if m.Err != nil {
		return []string{
			widget.Cut(line, s.w-2),
			"      " + st.Danger.Render(widget.Cut("could not be read: "+string(clean.Line(m.Err.Error())), s.w-8)), "",
		}
	}
	done := st.Muted.Render(fmt.Sprintf("%d of %d done", m.Done, m.Total)) + "  "
	next := m.Next
	turn := st.Accent.Render(m.Turn)
	if next == "" {
		next, turn = m.Turn, ""
	}
	if turn != "" {
		next = turn + "   " + string(clean.Line(next))
	} else {
		next = st.Muted.Render(string(clean.Line(next)))
	}
	return []string{
		widget.Spread(line, done, s.w),
		"      " + widget.Cut(next, s.w-8), "",
	}
}

func (s *Screen) emptyView() string {
	st := s.env.Styles
	text := "There is no move yet. A move is one organisation's change to Mimecast (Connect), " +
		"or from one Mimecast region to another (Migrate). mxodus asks each question once, says what to change and " +
		"where, checks that it is right, and keeps the record you sign off with."
	lines := []string{"", "  " + st.Strong.Render("Welcome"), ""}
	lines = append(lines, widget.Indent(widget.Wrap(text, min(s.w-4, 76)), 2)...)
	lines = append(lines, "",
		"  "+st.Key.Render(widget.Pad(st.Glyphs.Enter, 8))+"start a new move: four or five short questions",
		"  "+st.Key.Render(widget.Pad("q", 8))+"leave; everything you type is saved as you go", "")
	try := "To look around first, leave and run " + st.Code.Render("mxodus demo") +
		": a made-up organisation, and an internet of its own. Nothing in it is real."
	return strings.Join(append(lines, widget.Indent(widget.Wrap(try, min(s.w-4, 76)), 2)...), "\n")
}

// SetSize takes the room for the list.
func (s *Screen) SetSize(w, h int) { s.w, s.h = w, h }

// Keys on offer.
func (s *Screen) Keys() []key.Binding {
	if len(s.moves) == 0 {
		return []key.Binding{keys.As(keys.Open, "start a new move"), keys.Leave}
	}
	return []key.Binding{keys.UpDown, keys.As(keys.Open, "open where it was left"), keys.NewMove, keys.Leave}
}

// Title of the page.
func (s *Screen) Title() string { return "Your moves" }

// Aside is the program's version.
func (s *Screen) Aside() string { return s.env.Version }

// Position is not kept.
func (s *Screen) Position() steps.Position { return steps.Position{Screen: screen.Home} }
