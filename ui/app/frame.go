package app

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/clean"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/theme"
	"mxodus/ui/widget"
)

// noticeLines is the most that a message may take of the screen.
const noticeLines = 3

func (m *Model) tooSmall() bool { return m.width < MinWidth || m.height < MinHeight }

func (m *Model) resize(w, h int) {
	m.width, m.height = max(0, w), max(0, h)
}

// fit gives the seen screen the size that is left between title and keys.
func (m *Model) fit() { m.size(m.top()) }

func (m *Model) size(p *place) {
	w, h := max(m.width, MinWidth), max(m.height, MinHeight)
	h -= 2 + 1 + m.footerHeight(w)
	if t, ok := p.s.(screen.Tabber); ok && t.Tabs() != "" {
		h--
	}
	if now := [2]int{w, h}; p.size != now {
		p.size = now
		p.s.SetSize(w, h)
	}
}

// View draws the frame: title, rule, the screen, rule, keys. It never has more
// lines or wider ones than the terminal.
func (m *Model) View() string {
	if m.width == 0 || m.height == 0 {
		return ""
	}
	if m.tooSmall() {
		return m.smallView()
	}
	p := m.top()
	rule := m.styles.Rule.Render(strings.Repeat(m.styles.Glyphs.Rule, m.width))
	lines := []string{m.title(p)}
	if t, ok := p.s.(screen.Tabber); ok {
		if tabs := t.Tabs(); tabs != "" {
			lines = append(lines, ansi.Truncate(tabs, m.width, ""))
		}
	}
	lines = append(lines, rule)
	footer := m.footer(p, m.width)
	room := m.height - len(lines) - 1 - len(footer)
	body := ""
	if m.lost != nil {
		body = m.conflictView(m.width)
	} else {
		body = p.s.View()
	}
	lines = append(lines, widget.Box(body, m.width, room)...)
	lines = append(lines, rule)
	lines = append(lines, footer...)
	view := strings.Join(lines, "\n")
	if m.opt.Theme.ASCII {
		return widget.ASCII(view)
	}
	return view
}

// smallView is one clear line.
func (m *Model) smallView() string {
	said := fmt.Sprintf("%dx%d needed, this window has %dx%d", MinWidth, MinHeight, m.width, m.height)
	for _, longer := range []string{
		said + ".", "mxodus: " + said + ".",
		"mxodus: " + said + ". Make it larger; nothing is lost.",
	} {
		if widget.Width(longer) <= m.width {
			said = longer
		}
	}
	if widget.Width(said) > m.width {
		said = fmt.Sprintf("needs %dx%d", MinWidth, MinHeight)
	}
	return ansi.Truncate(said, m.width, "")
}

// title is the first line: where am I. When it gets narrow, the right end goes
// first, then the program's name.
func (m *Model) title(p *place) string {
	st := m.styles
	demo := "" // said at every width: nothing of it is real
	if m.opt.Wizard.Demo {
		demo = " " + st.Warn.Render("demo")
	}
	brand := " " + st.Cursor.Render("mxodus") + demo
	var parts []string
	if m.env != nil && !withoutMove(p.s.Position().Screen) {
		snap := m.env.Session.Snapshot()
		org := snap.Move.Org
		if org == "" {
			org = snap.Move.Domain
		}
		if org != "" {
			parts = append(parts, st.Strong.Render(widget.Cut(string(clean.Line(org)), m.width/3)))
		}
	}
	if t := p.s.Title(); t != "" {
		parts = append(parts, string(clean.Line(t)))
	}
	rest := strings.Join(parts, "   ")
	left := brand + "   " + rest
	aside := ""
	if a := p.s.Aside(); a != "" {
		aside = st.Muted.Render(string(clean.Line(a))) + " "
	}
	room := m.width - widget.Width(aside) - 2
	if widget.Width(left) > room && rest != "" {
		if demo != "" {
			demo += "  "
		}
		if left = demo + " " + rest; widget.Width(left) > m.width-2 || m.env == nil {
			return widget.Cut(left, m.width)
		}
		if free := m.width - widget.Width(left) - 2; free < widget.Width(aside) {
			if free < 16 {
				return left
			}
			aside = st.Muted.Render(widget.Cut(string(clean.Line(p.s.Aside())), free-1)) + " "
		}
	}
	return widget.Spread(left, aside, m.width)
}

// footer is the line of keys, or a message until the next key.
func (m *Model) footer(p *place, w int) []string {
	st := m.styles
	if m.notice.text != "" {
		return m.noticeView(w)
	}
	saved := m.savedAt()
	if saved != "" {
		saved = st.Muted.Render(saved) + " "
	}
	bindings, last := m.footerKeys(p)
	room := w - 3 - widget.Width(saved)
	return []string{widget.Spread(" "+widget.KeyLine(st, bindings, last, room), saved, w)}
}

// savedAt says when the move was saved last, in the zone in which every time
// of the screen is shown, and names that zone; empty without an open move.
func (m *Model) savedAt() string {
	if m.saved.IsZero() || m.env == nil {
		return ""
	}
	return "saved " + m.saved.In(m.env.Now().Location()).Format("15:04:05 MST")
}

// footerHeight is how many lines the footer has, without drawing the keys: it
// is asked for with every message, and only a notice has more than one.
func (m *Model) footerHeight(w int) int {
	if m.notice.text == "" {
		return 1
	}
	return len(m.noticeView(w))
}

// noticeView is the message, in as many lines as it may take.
func (m *Model) noticeView(w int) []string {
	mark, word, style := m.noticeMark()
	lead := " " + mark + " " + word + "  "
	column := widget.Width(lead)
	lines := widget.Wrap(m.notice.text, w-column-1)
	if len(lines) > noticeLines {
		lines = append(lines[:noticeLines-1], widget.Cut(strings.Join(lines[noticeLines-1:], " "), w-column-1))
	}
	for i, l := range lines {
		lines[i] = style.Render(widget.Cut(lead+l, w))
		lead = strings.Repeat(" ", column)
	}
	return lines
}

// noticeMark says by mark, word and colour what a message is: something that
// was done, something to know, or something that was not done.
func (m *Model) noticeMark() (mark, word string, style theme.Style) {
	st := m.styles
	switch {
	case m.notice.bad:
		return st.Glyphs.Problem, "Problem", st.Danger
	case m.notice.kind == screen.Done:
		return st.Glyphs.Done, "Done", st.Good
	case m.notice.kind == screen.Refused:
		return st.Glyphs.NotNeeded, "Not done", st.Warn
	}
	return st.Glyphs.Bullet, "Note", st.Accent
}

// footerKeys are the keys that matter on a screen, and the key for help.
func (m *Model) footerKeys(p *place) ([]key.Binding, key.Binding) {
	if m.lost != nil {
		if m.lost.Keep == nil {
			return nil, keys.As(keys.Go, "go on")
		}
		return []key.Binding{keys.Theirs}, keys.Yours
	}
	last := keys.Help
	if c, ok := p.s.(screen.TextCapturer); ok && c.CapturesText() {
		last = keys.HelpAlt
	}
	if p.at == screen.Help {
		last = keys.Back
	}
	return p.s.Keys(), last
}

// FooterKeys lists the keys that the frame shows now.
func (m *Model) FooterKeys() []key.Binding {
	bindings, last := m.footerKeys(m.top())
	return widget.Shown(m.styles, bindings, last, max(m.width, MinWidth)-3-len("saved 15:04:05 +0530 "))
}

// sentence is an error as a line for people.
func sentence(err error) string {
	s := string(clean.Line(err.Error()))
	if s == "" {
		return "something went wrong, without saying what"
	}
	return capital(s)
}

// capital begins a message as a sentence, unless it begins with a name.
func capital(s string) string {
	first, _, _ := strings.Cut(s, " ")
	if strings.ContainsAny(first, "._-/0123456789") || s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
