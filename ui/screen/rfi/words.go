package rfi

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/clean"
	question "mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/widget"
)

// head is the question, with a word at its right saying whether it must be
// answered.
func (p *Page) head(w int) []string {
	st := p.env.Styles
	word := st.Muted.Render("optional")
	switch {
	case p.q.Needed(p.facts):
		word = st.Accent.Render("required")
	case p.env.Session.NeededFor(p.step, p.q.ID) != "":
		word = st.Accent.Render("needed for a task")
	}
	if p.restored && p.field.Dirty() {
		word = st.Warn.Render(st.Glyphs.Waiting + " draft, not saved yet")
	}
	room := w - 2*margin - max(10, ansi.StringWidth(word)+2)
	lines := widget.Wrap(p.q.Label, room)
	if len(lines) > 3 {
		lines = append(lines[:2], widget.Cut(strings.Join(lines[2:], " "), room))
	}
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = st.Strong.Render(l)
	}
	out[0] = widget.Spread(out[0], word, w-2*margin)
	return widget.Indent(out, margin)
}

// mustShow counts the groups of the status that always have room: a notice,
// what was understood, and the first entry that could not be read.
func (p *Page) mustShow() int {
	n := 1
	if p.notice != "" {
		n++
	}
	if len(p.reading.u.Problems) > 0 {
		n++
	}
	return n
}

// status says what became of the text: what was understood, then one group for
// each entry that could not be read or looks odd.
func (p *Page) status(w int) []block {
	var out []block
	if p.notice != "" {
		out = append(out, p.noticeLines(w))
	}
	out = append(out, p.understood(w))
	unread, odd := problems(p.reading.u)
	for i, one := range unread {
		label := ""
		if i == 0 {
			label = "Not yet"
		}
		out = append(out, p.labelled(label, string(clean.Line(one.String())), w))
	}
	if !p.noted(w) {
		for i, one := range p.reading.u.Notes {
			label := ""
			if i == 0 {
				label = "Note"
			}
			out = append(out, p.labelled(label, string(clean.Line(one)), w))
		}
	}
	for i, one := range odd {
		label := ""
		if i == 0 {
			label = "Look at"
		}
		out = append(out, p.labelled(label, string(clean.Line(one.String())), w))
	}
	return out
}

// noticeLines is the notice with a mark before it: in a low window in two lines
// at most, elsewhere with its end, which says what to do.
func (p *Page) noticeLines(w int) block {
	st := p.env.Styles
	column := ansi.StringWidth(st.Glyphs.Problem) + 1
	lines := widget.Hang(st.Glyphs.Problem, column, p.notice, w-2*margin)
	most := max(2, p.height/5)
	if len(lines) > most {
		lines = append(lines[:most-1], strings.Repeat(" ", column)+widget.Cut(strings.TrimSpace(strings.Join(lines[most-1:], " ")), w-2*margin-column))
	}
	for i, l := range lines {
		lines[i] = st.Warn.Render(l)
	}
	return widget.Indent(lines, margin)
}

// understood is one row: what the reader made of the text, and what of the
// field is out of sight.
func (p *Page) understood(w int) block {
	st := p.env.Styles
	label, text := "", ""
	u := p.reading.u
	switch {
	case !p.current():
		label, text = "Reading", widget.Count(strings.Count(p.field.Value(), "\n")+1, "line")
	case !p.field.CapturesText():
		if o, ok := p.field.Hovered(); ok && o.Help != "" {
			label, text = "About", o.Help
		}
	case u.Value != "":
		if text = p.understoodText(u, w); text != strings.TrimSpace(p.field.Value()) {
			label = "Understood"
		} else {
			text = "" // as typed
		}
	case strings.TrimSpace(p.field.Value()) != "":
		label, text = "Understood", "nothing yet"
	}
	hidden := ""
	if first, last, total := p.field.Shown(); total > last-first+1 && p.field.CapturesText() { // a list marks its edges

		hidden = st.Muted.Render(fmt.Sprintf("%d to %d of %d", first, last, total))
	}
	if label == "" && hidden == "" {
		return block{""}
	}
	line := widget.Hang(st.Muted.Render(label), labelWidth, string(clean.Line(text)), w-2*margin-len(hidden))
	most := 2 // lines about a row; in a high window more, the list is whole there all the same
	if p.height >= 30 {
		most = 5
	}
	if label == "About" && len(line) > most {
		rest := strings.Join(strings.Fields(strings.Join(line[most-1:], " ")), " ")
		line = append(line[:most-1], strings.Repeat(" ", labelWidth)+widget.Cut(rest, w-2*margin-labelWidth))
	} else if label != "About" { // one line, cut within a word rather than after "4 addresses:"
		line = []string{widget.Pad(st.Muted.Render(label), labelWidth) + widget.Cut(string(clean.Line(text)), w-2*margin-len(hidden)-labelWidth)}
	}
	if hidden != "" {
		line[0] = widget.Spread(line[0], hidden, w-2*margin)
	}
	return widget.Indent(line, margin)
}

// understoodText is what was understood, with what was changed on the way where
// there is room for it.
func (p *Page) understoodText(u question.Understood, w int) string {
	if p.noted(w) {
		return withNotes(u)
	}
	return u.Shown // of a list: how many, and the first of them
}

func withNotes(u question.Understood) string {
	if len(u.Notes) == 0 {
		return u.Shown
	}
	return u.Shown + "  (" + strings.Join(u.Notes, "; ") + ")"
}

// noted reports that what was changed on the way stands, whole, beside what was
// understood; it gets lines of its own otherwise.
func (p *Page) noted(w int) bool {
	room := w - 2*margin - labelWidth - len("10000 to 10000 of 10000  ")
	return p.current() && ansi.StringWidth(withNotes(p.reading.u)) <= room
}

// foundLines is the offer: what Enter or ctrl+a would take.
func (p *Page) foundLines(w int) block {
	items, sources := p.missing()
	if len(items) == 0 {
		return nil
	}
	st := p.env.Styles
	label, does := "Found", "ctrl+a takes it"
	if p.offer.Provenance == steps.Default {
		label = "Usual"
	}
	switch {
	case p.takes():
		does = "enter takes it"
		if st.Glyphs.Enter == "↵" {
			does = "↵ takes it"
		}
	case isList(p.q.Type):
		does = "ctrl+a adds it"
	}
	if len(items) > 1 {
		does = strings.ReplaceAll(does, "it", "them")
	}
	shownItems := strings.Join(items[:min(3, len(items))], ", ")
	if len(items) > 3 {
		shownItems += fmt.Sprintf(" and %d more", len(items)-3)
	}
	text := p.named(shownItems)
	if from := unique(sources); from != "" {
		text += ", in " + from
	}
	lines := widget.Hang(st.Muted.Render(label), labelWidth, string(clean.Line(text)), w-2*margin-len(does)-2)
	if most := 2 + max(0, min(2, p.height-18)); len(lines) > most {
		lines = append(lines[:most-1], widget.Cut(lines[most-1]+" …", w-2*margin))
	}
	lines[0] = widget.Spread(lines[0], st.Accent.Render(does), w-2*margin)
	return widget.Indent(lines, margin)
}

// named says the label of an option instead of its value.
func (p *Page) named(value string) string {
	if p.q.Options == nil {
		return value
	}
	for _, o := range p.q.Options(p.facts) {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

func unique(all []string) string {
	var out []string
	seen := map[string]bool{}
	for _, s := range all {
		if s != "" && !seen[s] {
			seen[s] = true
			out = append(out, s)
		}
	}
	return strings.Join(out, "; ")
}

// help is what stands under the field when there is no column for it, most
// useful first.
func (p *Page) help(w int) []block {
	var out []block
	add := func(label, text string) {
		if text != "" {
			out = append(out, p.labelled(label, text, w))
		}
	}
	add("Choices", p.choices())
	if p.current() && !p.field.Dirty() {
		add("Look at", p.env.Session.Overdue(p.q.ID))
	}
	add("Why", p.q.Why)
	add("Example", p.example())
	add("Careful", p.careful())
	add("Answered", p.answered())
	add("Before", p.beforeText())
	add("Help", p.q.HelpFor(p.facts))
	add("Seen", p.seen())
	return out
}

// choices says what may be typed where a choice stands in a text; lists of
// choices show their own.
func (p *Page) choices() string {
	if !p.field.CapturesText() {
		return ""
	}
	return p.q.Choices(p.facts)
}

// example is what an answer looks like; a list of choices needs none.
func (p *Page) example() string {
	if !p.field.CapturesText() {
		return ""
	}
	return p.q.ExampleFor(p.facts)
}

// sideColumn is the same help as a column of a wide terminal.
func (p *Page) sideColumn() []string {
	st := p.env.Styles
	var out []string
	add := func(label, text string) {
		if text == "" {
			return
		}
		if len(out) > 0 {
			out = append(out, "")
		}
		out = append(out, st.Muted.Render(label))
		out = append(out, widget.Wrap(text, helpWidth-margin)...)
	}
	add("Choices", p.choices())
	add("Why", p.q.Why)
	add("Example", p.example())
	add("Help", p.q.HelpFor(p.facts))
	add("Careful", p.careful())
	add("Answered", p.answered())
	add("Before", p.beforeText())
	add("Seen in DNS", p.seen())
	if sec, ok := question.SectionOf(p.q); ok {
		add(sec.Title, sec.Intro)
	}
	return out
}

// answered says where the stored answer comes from.
func (p *Page) answered() string {
	a := p.stored
	if a.Revision == 0 || a.Text == "" && a.Value == "" {
		return ""
	}
	how := map[steps.Provenance]string{
		steps.Typed: "typed", steps.Detected: "found", steps.Imported: "imported", steps.Default: "the usual value",
	}[a.Provenance]
	if a.Source != "" {
		how += " in " + a.Source
	}
	if a.By != "" {
		how += ", by " + a.By
	}
	return string(clean.Line(how + ", " + wizard.Moment(a.At, p.env.Now())))
}

// beforeText is the answer before the present one.
func (p *Page) beforeText() string {
	a, ok := p.before()
	if !ok {
		return ""
	}
	said := a.Text
	if u := p.q.Parse(a.Text, p.facts); p.q.Options != nil && len(u.Items) > 0 { // as it is chosen, not as it is kept
		var labels []string
		for _, item := range u.Items {
			labels = append(labels, p.q.ItemLabel(p.facts, item))
		}
		said = strings.Join(labels, ", ")
	} else if p.q.Options != nil && u.Shown != "" {
		said = u.Shown
	}
	text := string(clean.Line(strings.ReplaceAll(said, "\n", ", ")))
	if text == "" {
		text = "nothing"
	}
	return widget.Cut(text, 60) + "; ctrl+z brings it back"
}

// careful says how sure what was found is.
func (p *Page) careful() string {
	if items, _ := p.missing(); len(items) == 0 {
		return ""
	}
	return p.offer.Note
}

// seen is what public records say of the domain, beside the question for it. Where
// they could not be asked, that stands beside every question they might answer.
func (p *Page) seen() string {
	if p.q.ID != steps.QPrimaryDomain {
		return p.env.Session.Unseen(p.q.ID)
	}
	var out []string
	for _, one := range p.env.Session.Seen() {
		if one.Blind {
			return one.Text + ". " + one.Note
		}
		out = append(out, one.Text)
	}
	return string(clean.Line(strings.Join(out, "; ")))
}
