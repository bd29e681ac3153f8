// Package newmove asks the few things a move begins with, one a screen.
package newmove

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// order is what is asked, as far as it applies to what was chosen before.
var order = []string{
	steps.QJourney, steps.QService, steps.QTrack, steps.QSource, steps.QTarget, steps.QOrg, steps.QPrimaryDomain,
}

// later is the choice to answer a question another time.
const later = ""

// Screen asks one question at a time. Nothing is stored before the last one is
// answered; going back loses nothing.
type Screen struct {
	env    *screen.Env
	w, h   int
	at     int // index in order
	text   map[string]string
	list   widget.List
	none   bool // no row is pointed at yet: Enter would answer unseen
	prompt *widget.Prompt
	busy   bool
	look   string // the text whose warning was shown
	lookAt time.Time
}

// New begins with the journey.
func New(env *screen.Env, _ steps.Position) screen.Screen {
	s := &Screen{env: env, text: map[string]string{}}
	s.show(0)
	return s
}

// facts are what is known so far, for the questions' own conditions.
func (s *Screen) facts() steps.Facts {
	a := steps.Answers{}
	for _, id := range order {
		if v, ok := s.text[id]; ok && v != "" {
			a[id] = steps.Answer{Question: id, Text: v, Value: v}
		}
	}
	f := steps.NewFacts(a, s.env.Now())
	f.Demo = s.env.Wizard.Demo
	return f
}

func (s *Screen) question() rfi.Question {
	q, _ := rfi.Find(order[s.at])
	return q
}

func (s *Screen) options() []rfi.Option {
	q := s.question()
	if q.Options == nil {
		return nil
	}
	options := q.Options(s.facts())
	if q.ID == steps.QSource || q.ID == steps.QTarget {
		options = append(options[:len(options):len(options)], rfi.Option{
			Value: later, Label: "Not known yet", Help: "asked again in the first step; your account code tells it as well",
		})
	}
	return options
}

// show shows a question with what was answered before.
func (s *Screen) show(i int) {
	s.at = i
	q := s.question()
	s.prompt, s.list = nil, widget.List{}
	had, answered := s.text[q.ID]
	if q.Options == nil {
		s.prompt = widget.NewPrompt(s.env.Styles, q.Label, "", q.Example)
		s.prompt.SetText(had)
		return
	}
	options := s.options()
	s.list.SetLen(len(options))
	s.none = !answered
	for n, o := range options {
		if answered && o.Value == had {
			s.list.Cursor = n
		}
	}
}

// step finds the next question that applies, forward or back; false at an end.
func (s *Screen) step(d int) (int, bool) {
	f := s.facts()
	for i := s.at + d; i >= 0 && i < len(order); i += d {
		if q, ok := rfi.Find(order[i]); ok && q.Applies(f) {
			return i, true
		}
	}
	return 0, false
}

// Init has nothing to do.
func (s *Screen) Init() tea.Cmd { return nil }

// CapturesText is true where a name or domain is typed.
func (s *Screen) CapturesText() bool { return s.prompt != nil }

// createdMsg says what came of making the move.
type createdMsg struct{ err error }

// Update takes keys and pastes.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if made, ok := msg.(createdMsg); ok {
		s.busy = false
		return func() tea.Msg { return screen.Failure(made.err) }
	}
	k, ok := msg.(tea.KeyMsg)
	switch {
	case s.busy:
		return nil
	case !ok:
		if s.prompt != nil {
			return s.prompt.Update(msg)
		}
	case key.Matches(k, keys.Back), s.prompt != nil && key.Matches(k, keys.Previous):
		return s.back()
	case key.Matches(k, keys.Next):
		return s.next()
	case s.prompt != nil:
		return s.prompt.Update(k)
	default:
		if n, digit := keys.Digit(k); digit && n >= 1 && n <= s.list.Len {
			s.list.Cursor, s.none = n-1, false
			return nil
		}
		if s.none && s.list.Key(k, false) {
			s.list.Cursor, s.none = 0, false
			if key.Matches(k, keys.Up, keys.Bottom) {
				s.list.Move(s.list.Len)
			}
			return nil
		}
		s.list.Key(k, false)
	}
	return nil
}

func (s *Screen) back() tea.Cmd {
	if s.prompt != nil {
		s.text[order[s.at]] = s.prompt.Text()
	}
	i, ok := s.step(-1)
	if !ok {
		return func() tea.Msg { return screen.BackMsg{} }
	}
	s.show(i)
	return nil
}

// next takes the answer, if its own reader understands it, and goes on.
func (s *Screen) next() tea.Cmd {
	q := s.question()
	if s.prompt == nil && s.none {
		return screen.Say(screen.Refused, "choose one with the arrows, then press Enter")
	}
	if s.prompt == nil {
		s.text[q.ID] = s.options()[s.list.Cursor].Value
		if q.ID == steps.QTarget && s.text[steps.QSource] != "" && s.text[q.ID] == s.text[steps.QSource] {
			return func() tea.Msg {
				return screen.ErrorMsg{Err: fmt.Errorf("the move would end in the region where it begins; choose another region, or go back with esc")}
			}
		}
	} else {
		text := s.prompt.Text()
		s.text[q.ID] = text
		if why := s.wrong(q, text); why != "" {
			s.prompt.Problem = why
			return nil
		}
		if why := s.odd(q, text); why != "" {
			s.prompt.Problem = why
			return nil
		}
	}
	if i, ok := s.step(1); ok {
		s.show(i)
		return nil
	}
	return s.create()
}

// wrong says why a text cannot be used, "" when it can.
func (s *Screen) wrong(q rfi.Question, text string) string {
	if text == "" {
		if q.ID == steps.QPrimaryDomain {
			return "The domain is what everything else is looked up from. Example: " + q.Example
		}
		return "Type the name as it should stand on the summary. Example: " + q.Example
	}
	for _, p := range q.Parse(text, s.facts()).Problems {
		if !p.Warning {
			return string(clean.Line(p.Message))
		}
	}
	return ""
}

// heldWithin is how close together two Enters must be to come from one key held
// down.
const heldWithin = 600 * time.Millisecond

// odd says what looks wrong in a text that can be used. The next Enter keeps
// it; a key held down does not.
func (s *Screen) odd(q rfi.Question, text string) string {
	now := s.env.Now()
	kept := s.look == text && now.Sub(s.lookAt) >= heldWithin
	for _, p := range q.Parse(text, s.facts()).Problems {
		if !kept {
			s.look, s.lookAt = text, now
			return string(clean.Line(p.Message)) + "; press Enter again to keep it"
		}
	}
	return ""
}

func (s *Screen) create() tea.Cmd {
	s.busy = true
	f := s.facts()
	n := wizard.NewMove{Profile: f.Profile, Org: s.text[steps.QOrg], Domain: s.text[steps.QPrimaryDomain]}
	w, ctx := s.env.Wizard, s.env.Ctx
	return func() tea.Msg { return build(ctx, w, n) }
}

func build(ctx context.Context, w *wizard.Wizard, n wizard.NewMove) tea.Msg {
	id, err := w.New(ctx, n)
	if err != nil {
		return createdMsg{err}
	}
	return screen.NavigateMsg{Move: id, To: steps.Position{Screen: screen.Hub}}
}

// View draws the question.
func (s *Screen) View() string {
	st, q := s.env.Styles, s.question()
	width := min(s.w-4, 84)
	head := []string{""}
	if s.prompt != nil {
		head = append(head, widget.Indent(s.prompt.Lines(st, width), 2)...)
		head = append(head, "")
		head = append(head, widget.Indent(s.why(q, width), 2)...)
		return strings.Join(head, "\n")
	}
	for _, l := range widget.Wrap(q.Label, width) {
		head = append(head, "  "+st.Strong.Render(l))
	}
	head = append(head, "")
	options := s.options()
	var rows [][]string
	label := s.labelWidth(options)
	for i, o := range options {
		rows = append(rows, s.optionRow(o, label, i == s.list.Cursor && !s.none))
	}
	lines := append(head, s.list.Render(st, rows, s.h-len(head))...)
	if why := s.why(q, width); s.h-len(lines) > len(why) {
		lines = append(append(lines, ""), widget.Indent(why, 2)...)
	}
	return strings.Join(lines, "\n")
}

func (s *Screen) why(q rfi.Question, w int) []string {
	var out []string
	for i, text := range []string{q.Why, q.Help} {
		if text == "" || i == 1 && s.prompt == nil {
			continue
		}
		for _, l := range widget.Wrap(text, w) {
			out = append(out, s.env.Styles.Muted.Render(l))
		}
	}
	return out
}

// labelWidth is the column of the labels: as wide as the longest, half of
// the line at most.
func (s *Screen) labelWidth(options []rfi.Option) int {
	n := 0
	for _, o := range options {
		n = max(n, ansi.StringWidth(o.Label))
	}
	return min(n, s.w/2)
}

func (s *Screen) optionRow(o rfi.Option, label int, pointed bool) []string {
	st := s.env.Styles
	lead, style := "    ", st.Text
	if pointed {
		lead, style = "  "+st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2)), st.Strong
	}
	line := lead + style.Render(widget.Pad(o.Label, label))
	if o.Help == "" {
		return []string{lead + style.Render(o.Label)}
	}
	room := s.w - label - 8
	help := widget.Wrap(o.Help, max(16, room))
	out := []string{line + "  " + st.Muted.Render(help[0])}
	for _, l := range help[1:] {
		out = append(out, strings.Repeat(" ", label+6)+st.Muted.Render(l))
	}
	return out
}

// SetSize takes the room.
func (s *Screen) SetSize(w, h int) { s.w, s.h = w, h }

// Keys on offer.
func (s *Screen) Keys() []key.Binding {
	next := keys.Next
	if _, more := s.step(1); !more {
		next = keys.As(keys.Next, "make the plan")
	}
	back := keys.As(keys.Back, "question before")
	if _, ok := s.step(-1); !ok {
		back = keys.Back
	}
	if s.prompt != nil {
		return []key.Binding{next, back}
	}
	return []key.Binding{next, keys.UpDown, back}
}

// Title of the page.
func (s *Screen) Title() string { return "New move" }

// Aside says how far one is.
func (s *Screen) Aside() string {
	n, total := 0, 0
	f := s.facts()
	for i, id := range order {
		q, ok := rfi.Find(id)
		if ok && (q.Applies(f) || i == s.at) {
			if total++; i <= s.at {
				n++
			}
		}
	}
	if s.text[steps.QJourney] == "" {
		return ""
	}
	return fmt.Sprintf("%d of %d", n, total)
}

// Position is not kept.
func (s *Screen) Position() steps.Position { return steps.Position{Screen: screen.NewMove} }
