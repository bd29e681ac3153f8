// Package find searches steps and questions while one types.
package find

import (
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

// Screen is the search.
type Screen struct {
	env    *screen.Env
	w, h   int
	prompt *widget.Prompt
	hits   []wizard.Hit
	list   widget.List
}

// New makes the search; with nothing typed it lists everything.
func New(env *screen.Env, _ steps.Position) screen.Screen {
	s := &Screen{env: env, prompt: widget.NewPrompt(env.Styles, "Find a step or a question", "", "a word of its title, or of what it is for")}
	s.search()
	return s
}

func (s *Screen) search() {
	s.hits = s.env.Session.Find(s.prompt.Text())
	s.list.Cursor = 0
	s.list.SetLen(len(s.hits))
}

// Init has nothing to do.
func (s *Screen) Init() tea.Cmd { return nil }

// CapturesText is true: letters are searched for.
func (s *Screen) CapturesText() bool { return true }

// Update types, moves or opens.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	k, ok := msg.(tea.KeyMsg)
	switch {
	case !ok:
		return s.prompt.Update(msg)
	case key.Matches(k, keys.Back):
		return func() tea.Msg { return screen.BackMsg{} }
	case key.Matches(k, keys.Open):
		return s.open()
	case s.list.Key(k, true):
		return nil
	}
	before := s.prompt.Text()
	cmd := s.prompt.Update(msg)
	if s.prompt.Text() != before {
		s.search()
	}
	return cmd
}

func (s *Screen) open() tea.Cmd {
	if len(s.hits) == 0 {
		return nil
	}
	hit := s.hits[s.list.Cursor]
	if hit.Question == "" {
		to := steps.Position{Screen: screen.Step, Step: hit.Step}
		if page, err := s.env.Session.Step(hit.Step); err == nil {
			to.Stage = page.FirstStage()
		}
		return screen.Navigate(to)
	}
	return screen.Navigate(steps.Position{Screen: screen.RFI, Step: hit.Step, Field: hit.Question})
}

// View draws the field and what was found.
func (s *Screen) View() string {
	st := s.env.Styles
	head := append([]string{""}, widget.Indent(s.prompt.Lines(st, s.w-4), 2)...)
	head = append(head, "")
	if len(s.hits) == 0 {
		none := "Nothing has all of these words. Try fewer of them, or a part of one."
		return strings.Join(append(head, "  "+st.Muted.Render(widget.Cut(none, s.w-4))), "\n")
	}
	rows := make([][]string, len(s.hits))
	for i, hit := range s.hits {
		lead, style := "    ", st.Text
		if i == s.list.Cursor {
			lead, style = "  "+st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2)), st.Strong
		}
		where := st.Muted.Render(string(clean.Line(hit.Where))) + "  "
		rows[i] = []string{widget.Spread(lead+style.Render(string(clean.Line(hit.Title))), where, s.w)}
	}
	return strings.Join(append(head, s.list.Render(st, rows, s.h-len(head))...), "\n")
}

// SetSize takes the room.
func (s *Screen) SetSize(w, h int) { s.w, s.h = w, h }

// Keys on offer.
func (s *Screen) Keys() []key.Binding {
	return []key.Binding{keys.Open, keys.LineDown, keys.LineUp, keys.Back}
}

// Title of the page.
func (s *Screen) Title() string { return "Find" }

// Aside says how much was found.
func (s *Screen) Aside() string { return widget.Count(len(s.hits), "place") }

// Position is not kept.
func (s *Screen) Position() steps.Position { return steps.Position{Screen: screen.Find} }
