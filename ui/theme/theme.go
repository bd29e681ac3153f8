// Package theme is the one place for colours, glyphs and text styles. Every
// status is a word and a mark; colour is only a third hint.
package theme

import (
	"github.com/charmbracelet/lipgloss"

	"mxodus/steps"
	"mxodus/steps/check"
)

// Options choose a theme. Dark says the terminal's background is dark.
type Options struct {
	NoColor bool
	ASCII   bool // marks and rules from ASCII alone
	Dark    bool
}

// Styles are the styles of all screens, built once and passed by pointer.
type Styles struct {
	Glyphs Glyphs

	Text    Style // plain
	Strong  Style // what the eye should find first
	Muted   Style // quiet: done rows, labels, hints
	Accent  Style // where you are, what Enter does
	Good    Style
	Warn    Style
	Danger  Style
	Rule    Style // rule lines
	Code    Style // records, commands, rules
	Heading Style
	Key     Style // key names in the footer
	Field   Style // text being typed
	Cursor  Style // selected row
}

// Glyphs are the marks; each is one cell wide in Unicode mode, three in ASCII
// for statuses so that they line up with their words.
type Glyphs struct {
	Done, Progress, Waiting, Pending, Problem, NotNeeded string
	Good, Bad, Part, Unknown                             string
	Pointer, Rule, Bullet, Bar, BarEmpty, Arrow          string
	Up, Down                                             string
	Enter                                                string
	FieldBar                                             string
	TabLeft, TabRight                                    string
	Dot                                                  string // between words of one line
	Tick, Now                                            string // on the time line
}

var unicodeGlyphs = Glyphs{
	Done: "✓", Progress: "●", Waiting: "◔", Pending: "○", Problem: "!", NotNeeded: "–",
	Good: "✓", Bad: "✗", Part: "◐", Unknown: "?",
	Pointer: "▸", Rule: "─", Bullet: "•", Bar: "█", BarEmpty: "░", Arrow: "→",
	Up: "↑", Down: "↓", Enter: "↵", FieldBar: "┃", TabLeft: "▌", TabRight: "▐", Dot: "·", Tick: "┬", Now: "●",
}

var asciiGlyphs = Glyphs{
	Done: "[x]", Progress: "[>]", Waiting: "[~]", Pending: "[ ]", Problem: "[!]", NotNeeded: "[-]",
	Good: "+", Bad: "x", Part: "/", Unknown: "?",
	Pointer: ">", Rule: "-", Bullet: "*", Bar: "#", BarEmpty: ".", Arrow: "->",
	Up: "up", Down: "down", Enter: "enter", FieldBar: "|", TabLeft: "[", TabRight: "]", Dot: "-", Tick: "+", Now: "*",
}

// New builds the styles.
func New(o Options) *Styles {
	s := &Styles{Glyphs: unicodeGlyphs}
	if o.ASCII {
		s.Glyphs = asciiGlyphs
	}
	base := lipgloss.NewStyle()
	plain, strong := newStyle(base), newStyle(base.Bold(true))
	s.Text, s.Muted, s.Accent, s.Good, s.Warn, s.Danger = plain, plain, plain, plain, plain, plain
	s.Rule, s.Code, s.Field, s.Key = plain, plain, plain, plain
	s.Strong, s.Heading, s.Cursor = strong, strong, strong
	if o.NoColor {
		return s
	}
	colour := func(base lipgloss.Style, light, dark string) Style {
		if o.Dark {
			return newStyle(base.Foreground(lipgloss.Color(dark)))
		}
		return newStyle(base.Foreground(lipgloss.Color(light)))
	}
	s.Accent = colour(base, "#0b5fa5", "#6cb6ff")
	s.Key = s.Accent
	s.Cursor = colour(base.Bold(true), "#0b5fa5", "#6cb6ff")
	s.Muted = colour(base, "#5d656e", "#8b949e")
	s.Rule = colour(base, "#d0d7de", "#3d444d")
	s.Good = colour(base, "#1a7f5a", "#56c596")
	s.Warn = colour(base, "#9a5b00", "#e3a04f")
	s.Danger = colour(base.Bold(true), "#b3400f", "#ff9566")
	s.Code = colour(base, "#24476b", "#a5d6ff")
	return s
}

// Status returns mark and style of a status.
func (s *Styles) Status(st steps.Status) (string, Style) {
	switch st {
	case steps.Done:
		return s.Glyphs.Done, s.Good
	case steps.Overridden:
		return s.Glyphs.Done, s.Warn
	case steps.InProgress:
		return s.Glyphs.Progress, s.Accent
	case steps.Waiting:
		return s.Glyphs.Waiting, s.Warn
	case steps.Blocked:
		return s.Glyphs.Problem, s.Danger
	case steps.NotApplicable:
		return s.Glyphs.NotNeeded, s.Muted
	}
	return s.Glyphs.Pending, s.Text
}

// Mark returns glyph and style of a table cell's mark.
func (s *Styles) Mark(m check.Mark) (string, Style) {
	switch m {
	case check.MarkGood:
		return s.Glyphs.Good, s.Good
	case check.MarkBad:
		return s.Glyphs.Bad, s.Danger
	case check.MarkWait:
		return s.Glyphs.Waiting, s.Warn
	case check.MarkPart:
		return s.Glyphs.Part, s.Warn
	case check.MarkUnknown:
		return s.Glyphs.Unknown, s.Muted
	}
	return "", s.Text
}

// Severity returns word and style of a finding's severity.
func (s *Styles) Severity(v check.Severity) (string, Style) {
	switch v {
	case check.Blocker:
		return "blocker", s.Danger
	case check.Risk:
		return "risk", s.Warn
	case check.Advice:
		return "advice", s.Accent
	}
	return "ok", s.Good
}

// Result is Outcome for a result: one whose time has not come says so.
func (s *Styles) Result(r check.Result) (string, string, Style) {
	if r.NotYet() {
		return s.Glyphs.Pending, "not yet", s.Muted
	}
	if r.StillOld() {
		return s.Glyphs.Good, "still old set", s.Muted
	}
	return s.Outcome(r.Outcome)
}

// Outcome returns glyph, word and style of a check's outcome.
func (s *Styles) Outcome(o check.Outcome) (string, string, Style) {
	switch o {
	case check.Pass:
		return s.Glyphs.Good, "passed", s.Good
	case check.Warn:
		return s.Glyphs.Problem, "look at this", s.Warn
	case check.Fail:
		return s.Glyphs.Bad, "not right yet", s.Danger
	case check.Waiting:
		return s.Glyphs.Waiting, "waiting", s.Warn
	case check.Unknown:
		return s.Glyphs.Unknown, "could not check", s.Muted
	case check.Skipped:
		return s.Glyphs.NotNeeded, "does not apply", s.Muted
	}
	return s.Glyphs.Pending, "not run yet", s.Muted
}
