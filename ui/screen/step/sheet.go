package step

import (
	"context"
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

// sheet is a question of several lines, one of which is being typed. Enter goes
// from line to line, and from the last one on.
type sheet struct {
	fixed string // a line that is known already, above the others
	rows  []sheetRow
	at    int
}

// sheetRow is one line of a sheet. check says what is wrong with its text.
type sheetRow struct {
	label  string
	prompt *widget.Prompt
	check  func(text string) string
}

// text of a line.
func (f *sheet) text(i int) string { return f.rows[i].prompt.Text() }

// step moves to another line, as far as there is one.
func (f *sheet) step(d int) { f.at = max(0, min(f.at+d, len(f.rows)-1)) }

// next goes on from the present line; done when there is none left and all of
// them are as they should be.
func (f *sheet) next() (done bool) {
	if f.at < len(f.rows)-1 {
		if f.refused(f.at) {
			return false
		}
		f.step(1)
		return false
	}
	for i := range f.rows {
		if f.refused(i) {
			f.at = i
			return false
		}
	}
	return true
}

func (f *sheet) refused(i int) bool {
	r := f.rows[i]
	if r.check == nil {
		return false
	}
	r.prompt.Problem = r.check(r.prompt.Text())
	return r.prompt.Problem != ""
}

// key moves between lines and reports whether it was a key of the sheet.
func (f *sheet) key(k tea.KeyMsg) bool {
	switch {
	case key.Matches(k, keys.LineUp, keys.Previous):
		f.step(-1)
	case key.Matches(k, keys.LineDown, keys.Complete):
		f.step(1)
	default:
		return false
	}
	return true
}

// lines draws the lines, labels beside the texts.
func (f *sheet) lines(st *theme.Styles, w int) []string {
	column := 0
	for _, r := range f.rows {
		column = max(column, ansi.StringWidth(r.label)+2)
	}
	var out []string
	if f.fixed != "" {
		label, text, _ := strings.Cut(f.fixed, "\t")
		out = append(out, st.Muted.Render(widget.Pad(label, column))+"  "+widget.Cut(text, w-column-2))
	}
	for i, r := range f.rows {
		if i == f.at {
			out = append(out, st.Strong.Render(widget.Pad(r.label, column))+r.prompt.Input(st, w-column))
			for _, l := range widget.Hang(st.Glyphs.Problem, ansi.StringWidth(st.Glyphs.Problem)+1, r.prompt.Problem, w) {
				if r.prompt.Problem != "" {
					out = append(out, st.Danger.Render(l))
				}
			}
			continue
		}
		out = append(out, st.Muted.Render(widget.Pad(r.label, column))+"  "+widget.Cut(string(clean.Line(r.prompt.Text())), w-column-2))
	}
	return out
}

// Questions whose answers stand for the whole of the tests.
const qOverseen = "signoff.overseen_by"

// askConfirm asks for the names that stand beside the step in the summary: who
// oversaw it, who at Mimecast confirmed what Mimecast does, and for a sign-off
// the domain.
func (c *confirm) askConfirm(domain, why string) tea.Cmd {
	s := c.s
	a := &ask{prompt: widget.NewPrompt(s.env.Styles, c.closeWord(), why, ""), does: strings.ToLower(c.closeWord()[:1]) + c.closeWord()[1:]}
	f := &sheet{fixed: s.executedBy()}
	add := func(label, placeholder, text string, check func(string) string) int {
		p := widget.NewPrompt(s.env.Styles, label, "", placeholder)
		p.SetText(text)
		f.rows = append(f.rows, sheetRow{label, p, check})
		return len(f.rows) - 1
	}
	who, when := -1, -1
	if s.page.Asks.Told {
		who = add("Who at Mimecast confirmed it", "a name", "", needed("This is Mimecast's to confirm: type who there told you that it is done."))
		when = add("When, or case number", "such as "+s.env.Now().Format("2 Jan 2006"), "", s.readDay)
	}
	overseen := add("Overseen by, if anyone", "a second pair of eyes", s.env.Session.Facts().Answers.Value(qOverseen), nil)
	if domain != "" {
		add("Type "+string(clean.Line(domain))+" to sign off", "", "", func(text string) string {
			if strings.EqualFold(strings.TrimSuffix(text, "."), domain) {
				return ""
			}
			return fmt.Sprintf("That is not %s. Type the domain exactly, or press esc.", domain)
		})
	}
	a.sheet = f
	a.accept = func(string) tea.Cmd {
		done := wizard.Confirmation{Overseen: f.text(overseen)}
		if who >= 0 {
			done.Told = wizard.Told(f.text(who), f.text(when))
		}
		return s.take(func(ctx context.Context) error { return s.env.Session.Confirm(ctx, s.id, done) }, s.toNext())
	}
	s.ask = a
	s.drafted(askedClose, "")
	return nil
}

// executedBy says who confirms, and how to stand there by name.
func (s *Screen) executedBy() string {
	said := "Executed by\t" + string(clean.Line(s.env.Wizard.Who))
	if s.env.Wizard.Who == wizard.Unnamed {
		said += ", unnamed: --who NAME at the start"
	}
	return said
}

func needed(why string) func(string) string {
	return func(text string) string {
		if text == "" {
			return why
		}
		return ""
	}
}

// readDay says why a text cannot be when Mimecast said so: it is missing, or a
// day that is still to come. A case number is as good as a day.
func (s *Screen) readDay(text string) string {
	if text == "" {
		return "Type the day on which Mimecast told you, such as " + s.env.Now().Format("2 Jan 2006") + ", or the case number."
	}
	if _, ok := wizard.ReadWhen(text, s.env.Now()); !ok {
		return "This says no day. Type it as in " + s.env.Now().Format("2 Jan 2006") + ", or type the case number."
	}
	if wizard.StillToCome(text, s.env.Session.Facts()) {
		return "This day is still to come. Confirm the step once Mimecast has told you that it is done."
	}
	return ""
}
