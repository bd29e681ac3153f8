package step

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

func itoa(n int) string { return strconv.Itoa(n) }

// ask is a line of text being asked for: a reason, a note, a path, a domain.
type ask struct {
	prompt *widget.Prompt
	does   string // what Enter does
	kind   string // of question, where its text is kept as a draft
	about  string // what it is asked about
	accept func(text string) tea.Cmd
	busy   bool // what was typed is on its way
	files  *files
	sheet  *sheet                    // several lines are asked for; prompt is the head above them
	pasted func(text string) tea.Cmd // takes a paste of several lines; nil makes one line of it
}

// acceptedMsg says that the text asked for was taken; then may lead on.
type acceptedMsg struct{ then tea.Cmd }

// refusedMsg says what is wrong with the text; the question stays.
type refusedMsg struct{ why string }

// take is a command that does something with the text; an error other than a
// lost race stays at the question, so that nothing has to be typed twice.
func (s *Screen) take(do func(ctx context.Context) error, then tea.Cmd) tea.Cmd {
	if s.ask != nil {
		s.ask.busy = true
	}
	return func() tea.Msg {
		err := do(s.env.Ctx)
		var lost *steps.ConflictError
		switch {
		case err == nil:
			return acceptedMsg{then}
		case errors.As(err, &lost):
			return screen.Failure(err)
		}
		return refusedMsg{sentence(err)}
	}
}

func sentence(err error) string {
	s := string(clean.Line(err.Error()))
	if s == "" {
		return "That did not work."
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

func (s *Screen) askKey(k tea.KeyMsg) tea.Cmd {
	a := s.ask
	switch {
	case key.Matches(k, keys.Back):
		s.ask = nil
		return nil
	case key.Matches(k, keys.Next):
		if a.busy {
			return nil
		}
		if a.sheet != nil && !a.sheet.next() {
			return nil
		}
		return a.accept(a.prompt.Text())
	}
	if text, rules := pastedRules(k); rules && a.pasted != nil {
		return a.pasted(text)
	}
	if a.sheet != nil {
		if a.sheet.key(k) {
			return nil
		}
		return a.sheet.rows[a.sheet.at].prompt.Update(k)
	}
	if a.files != nil {
		if took, changed := a.files.key(k, a.prompt); changed {
			return s.listFiles()
		} else if took {
			return nil
		}
	}
	before := a.prompt.Text()
	cmd := a.prompt.Update(k)
	if a.files != nil && a.prompt.Text() != before {
		return tea.Batch(cmd, s.listFiles())
	}
	return cmd
}

func (a *ask) lines(st *theme.Styles, w, h int) []string {
	lines := []string{st.Rule.Render(strings.Repeat(st.Glyphs.Rule, w))}
	if a.sheet != nil {
		head := []string{st.Strong.Render(widget.Cut(a.prompt.Label, w-4))}
		if a.prompt.Why != "" {
			head = append(head, styled(st.Muted.Render, widget.Wrap(a.prompt.Why, w-4))...)
		}
		if a.prompt.Problem != "" {
			head = append(head, styled(st.Danger.Render, widget.Wrap(st.Glyphs.Problem+" "+a.prompt.Problem, w-4))...)
		}
		head = append(head, a.sheet.lines(st, w-4)...)
		lines = append(lines, widget.Indent(head, 2)...)
	} else {
		lines = append(lines, widget.Indent(a.prompt.Lines(st, w-4), 2)...)
	}
	if a.files != nil {
		lines = append(lines, a.files.lines(st, w, max(0, min(8, h-len(lines)-2)))...)
	}
	if len(lines) > h {
		lines = lines[len(lines)-h:]
	}
	return lines
}

func (a *ask) keys() []key.Binding {
	out := []key.Binding{keys.As(keys.Next, a.does)}
	if a.sheet != nil && a.sheet.at < len(a.sheet.rows)-1 {
		out[0] = keys.As(keys.Next, "next line")
	}
	if a.sheet != nil && len(a.sheet.rows) > 1 {
		out = append(out, keys.As(keys.Lines, "line"))
	}
	if a.files != nil {
		out = append(out, keys.Lines, keys.Complete)
	}
	return append(out, keys.As(keys.Back, "never mind"))
}

func (s *Screen) askFor(label, why, placeholder, does string, accept func(string) tea.Cmd) {
	s.ask = &ask{prompt: widget.NewPrompt(s.env.Styles, label, why, placeholder), does: does, accept: accept}
}

// drafted has the text of the question kept as a draft.
func (s *Screen) drafted(kind, about string) { s.ask.kind, s.ask.about = kind, about }

// refuse says at once what is wrong with the text.
func (s *Screen) refuse(why string) tea.Cmd {
	s.ask.prompt.Problem = why
	return nil
}

func (s *Screen) askNote() tea.Cmd {
	defer s.drafted(askedNote, "")
	s.askFor("Note for this step", "It is kept with the step, with your name and the time, and stands in the summary.", "", "keep",
		func(text string) tea.Cmd {
			if text == "" {
				return s.refuse("There is nothing to keep yet. Type the note, or press esc.")
			}
			return s.take(func(ctx context.Context) error { return s.env.Session.Note(ctx, s.id, text) }, nil)
		})
	return nil
}

func (s *Screen) askReopen() tea.Cmd {
	defer s.drafted(askedReopen, "")
	s.askFor("Why is this step reopened?", "The reason goes into the record. Later steps stay as they are.", "", "reopen",
		func(text string) tea.Cmd {
			if text == "" {
				return s.refuse("A reason is needed; a few words are enough.")
			}
			return s.take(func(ctx context.Context) error { return s.env.Session.Reopen(ctx, s.id, text) }, nil)
		})
	return nil
}

// waitWord says what the key for waiting does now.
func (s *Screen) waitWord() string {
	if s.page.Status == steps.Waiting {
		return "no longer waiting"
	}
	return "waits on Mimecast"
}

// handOver marks the step as waiting for Mimecast, or ends the waiting.
func (s *Screen) handOver() tea.Cmd {
	if s.page.Status.Closed() {
		return screen.Say(screen.Refused, "this step is "+wizard.StatusWord(s.page.Status)+"; o reopens it")
	}
	if s.page.Status == steps.Waiting {
		return s.tell(func(ctx context.Context) error { return s.env.Session.Resume(ctx, s.id) }, "no longer waiting: it is your turn again")
	}
	return s.tell(func(ctx context.Context) error { return s.env.Session.WaitForMimecast(ctx, s.id) },
		"waiting on Mimecast, counted from now; w ends it, n notes what was asked")
}

// tell is act that says what was done.
func (s *Screen) tell(do func(context.Context) error, said string) tea.Cmd {
	act := s.act(do)
	return func() tea.Msg {
		msg := act()
		if _, ok := msg.(screen.SavedMsg); !ok {
			return msg
		}
		return tea.BatchMsg{func() tea.Msg { return msg }, screen.Say(screen.Done, said)}
	}
}
