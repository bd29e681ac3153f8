package form

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/huh"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/clean"
	"mxodus/steps/rfi"
	"mxodus/ui/theme"
	"mxodus/ui/typed"
)

// leaveOpen is the value of the row that answers nothing.
const leaveOpen = ""

// choice is one of several: huh's Select. Moving over the rows answers
// nothing; only take does, so that looking around changes no plan.
type choice struct {
	s       *theme.Styles
	options []rfi.Option
	chosen  string
	at      string // value of the row under the cursor, kept by huh
	none    bool   // no row is pointed at: nothing is answered by Enter unseen
	named   bool   // rows are found by typing their names
	typed   string // what was typed to find a row
	sel     *huh.Select[string]
	width   int
	window  window
}

// longList is the number of options from which on leaving open is the first row
// and not the last one: where the cursor begins, the list is read from its top.
const longList = 8

func newChoice(o Options, options []rfi.Option) *choice {
	c := &choice{s: o.Styles, options: slices.Clone(options), chosen: o.Value, named: o.Type == rfi.Choice}
	if c.chosen == "" {
		c.chosen = typed.Clean(o.Text, false).Text // could not be read; shown as it is
	}
	if open := (rfi.Option{Value: leaveOpen, Label: "Leave open for now"}); o.Optional && len(options) >= longList {
		c.options = slices.Insert(c.options, 0, open)
	} else if o.Optional {
		c.options = append(c.options, open)
	}
	c.width = max(o.Width, 8)
	first := c.chosen
	if first == "" {
		first = o.Hover
	}
	known := slices.ContainsFunc(c.options, func(o rfi.Option) bool { return o.Value == first })
	if !known {
		first = leaveOpen
	}
	c.build(first)
	c.none = !known && !o.Optional
	return c
}

// build makes the list anew, with the row of value under the cursor.
func (c *choice) build(value string) {
	c.at = leaveOpen
	start := max(0, slices.IndexFunc(c.options, func(o rfi.Option) bool { return o.Value == value }))
	rows := make([]huh.Option[string], len(c.options))
	for i, o := range c.options {
		mark := "( ) "
		if o.Value == c.chosen && o.Value != leaveOpen {
			mark = "(x) "
		}
		rows[i] = huh.NewOption(row(mark+o.Label, c.width-2), o.Value)
	}
	c.sel = huh.NewSelect[string]().Value(&c.at)
	c.sel.WithTheme(fieldTheme(c.s))
	c.sel.WithKeyMap(moveKeys())
	c.sel.WithWidth(c.width) // before the options: huh measures them on arrival
	c.sel.Options(rows...)
	c.sel.Focus()
	// huh would scroll so that the row it begins at is the first in view
	c.sel.Update(tea.KeyMsg{Type: tea.KeyHome})
	for range start {
		c.sel.Update(tea.KeyMsg{Type: tea.KeyDown})
	}
	c.window.total = len(c.options)
	c.window.follow(c.cursor())
}

// row is the text of a list row: safe, and cut to the width so that it stays
// one row.
func row(label string, width int) string {
	return ansi.Truncate(string(clean.Line(label)), max(width, 4), "…")
}

func (c *choice) key(msg tea.KeyMsg) {
	if c.find(msg) {
		return
	}
	c.typed = ""
	switch {
	case c.none && key.Matches(msg, down):
		c.setCursor(0)
		return
	case c.none && key.Matches(msg, up):
		c.setCursor(len(c.options) - 1)
		return
	case key.Matches(msg, tick):
		c.take()
		return
	case key.Matches(msg, first):
		c.setCursor(0)
		return
	case key.Matches(msg, last):
		c.setCursor(len(c.options) - 1)
		return
	}
	if i := c.meant(msg); i >= 0 {
		c.setCursor(i)
		return
	}
	c.sel.Update(msg)
	c.window.follow(c.cursor())
}

// meant finds the row that a typed letter or digit means: y and n for yes and
// no, a digit for a row's number.
func (c *choice) meant(msg tea.KeyMsg) int {
	if msg.Type != tea.KeyRunes || len(msg.Runes) != 1 {
		return -1
	}
	r := msg.Runes[0]
	if r >= '1' && r <= '9' && int(r-'1') < len(c.options) {
		return int(r - '1')
	}
	return slices.IndexFunc(c.options, func(o rfi.Option) bool {
		return (o.Value == "yes" && (r == 'y' || r == 'Y')) || (o.Value == "no" && (r == 'n' || r == 'N'))
	})
}

func (c *choice) take() {
	if c.none {
		return
	}
	c.chosen, c.typed = c.at, ""
	c.build(c.at)
}

func (c *choice) hovered() (rfi.Option, bool) {
	i := c.cursor()
	if i < 0 || i >= len(c.options) {
		return rfi.Option{}, false
	}
	return c.options[i], true
}

func (c *choice) insert(string) {}

func (c *choice) value() string { return c.chosen }

func (c *choice) setValue(v string) {
	c.chosen, c.none = v, false
	c.build(v)
}

func (c *choice) cursor() int {
	if c.none {
		return -1
	}
	return slices.IndexFunc(c.options, func(o rfi.Option) bool { return o.Value == c.at })
}

func (c *choice) setCursor(i int) {
	c.none = false
	if len(c.options) > 0 {
		c.build(c.options[min(max(i, 0), len(c.options)-1)].Value)
	}
}

func (c *choice) setSize(width, height int) {
	c.width, c.window.height = width, height
	c.build(c.at)
}

func (c *choice) lines() int { return max(len(c.options), 1) }

// view draws the rows; without a row to point at, the pointer is left out.
func (c *choice) view() string {
	drawn := c.sel.View()
	if c.none {
		pointer := c.s.Cursor.Render(c.s.Glyphs.Pointer + " ")
		blank := strings.Repeat(" ", ansi.StringWidth(c.s.Glyphs.Pointer)+1)
		drawn = strings.Replace(drawn, pointer, blank, 1)
	}
	return c.window.cut(drawn, c.s)
}

// choices is any number of several: huh's MultiSelect.
type choices struct {
	s       *theme.Styles
	options []rfi.Option
	picked  []string
	sel     *huh.MultiSelect[string]
	at      int
	width   int
	window  window
}

func newChoices(o Options) *choices {
	c := &choices{s: o.Styles, options: o.Choices, width: max(o.Width, 8)}
	c.picked = items(o.Value)
	if o.Value == "" {
		c.picked = items(o.Text)
	}
	c.build()
	return c
}

func items(v string) []string {
	var out []string
	for _, item := range strings.Split(v, "\n") {
		if item = strings.TrimSpace(item); item != "" {
			out = append(out, item)
		}
	}
	return out
}

func (c *choices) build() {
	at, rows := c.at, make([]huh.Option[string], len(c.options))
	for i, o := range c.options {
		rows[i] = huh.NewOption(row(o.Label, c.width-6), o.Value).Selected(slices.Contains(c.picked, o.Value))
	}
	c.sel = huh.NewMultiSelect[string]().Filterable(false).Value(&c.picked)
	c.sel.WithTheme(fieldTheme(c.s))
	c.sel.WithKeyMap(moveKeys())
	c.sel.WithWidth(c.width)
	c.sel.Options(rows...)
	c.sel.Focus()
	c.window.total = len(c.options)
	c.at = 0
	c.sel.Update(tea.KeyMsg{Type: tea.KeyHome}) // huh begins at the first ticked row
	for range at {
		c.down()
	}
	c.window.follow(c.at)
}

func (c *choices) down() {
	if c.at < len(c.options)-1 {
		c.at++
		c.sel.Update(tea.KeyMsg{Type: tea.KeyDown})
	}
}

func (c *choices) up() {
	if c.at > 0 {
		c.at--
		c.sel.Update(tea.KeyMsg{Type: tea.KeyUp})
	}
}

func (c *choices) key(msg tea.KeyMsg) {
	switch {
	case len(c.options) == 0:
	case key.Matches(msg, up):
		c.up()
	case key.Matches(msg, down):
		c.down()
	case key.Matches(msg, first):
		c.setCursor(0)
	case key.Matches(msg, last):
		c.setCursor(len(c.options) - 1)
	case key.Matches(msg, tick):
		c.sel.Update(msg)
	}
	c.window.follow(c.at)
}

func (c *choices) hovered() (rfi.Option, bool) {
	if c.at >= len(c.options) {
		return rfi.Option{}, false
	}
	return c.options[c.at], true
}

func (c *choices) insert(string) {}

func (c *choices) value() string { return strings.Join(c.picked, "\n") }

func (c *choices) setValue(v string) {
	c.picked = items(v)
	c.build()
}

func (c *choices) cursor() int { return c.at }

func (c *choices) setCursor(i int) {
	for c.at > i && c.at > 0 {
		c.up()
	}
	for c.at < i && c.at < len(c.options)-1 {
		c.down()
	}
	c.window.follow(c.at)
}

func (c *choices) setSize(width, height int) {
	c.width, c.window.height = width, height
	c.build()
}

func (c *choices) lines() int { return max(len(c.options), 1) }

func (c *choices) view() string { return c.window.cut(c.sel.View(), c.s) }

// Keys of the lists. Letters here are free: nothing is typed in a list.
var (
	up    = key.NewBinding(key.WithKeys("up", "k", "ctrl+p"))
	down  = key.NewBinding(key.WithKeys("down", "j", "ctrl+n"))
	first = key.NewBinding(key.WithKeys("home", "g", "pgup"))
	last  = key.NewBinding(key.WithKeys("end", "G", "pgdown"))
	tick  = key.NewBinding(key.WithKeys(" ", "x"))
)

// moveKeys lets huh move and tick, and nothing else.
func moveKeys() *huh.KeyMap {
	m := noKeys()
	m.Select.Up, m.Select.Down = up, down
	m.MultiSelect.Up, m.MultiSelect.Down, m.MultiSelect.Toggle = up, down, tick
	m.Select.GotoTop, m.MultiSelect.GotoTop = first, first
	return m
}
