package step

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/widget"
)

// detail is an opened task: what to do and how, then the texts to put in place.
func (d *do) detail(t wizard.TaskLine, w int) []string {
	lines := d.pane.Marked(d.s.env.Styles)
	if d.headScrolls() {
		return lines
	}
	return append(d.detailHead(t, w), lines...)
}

// headScrolls reports a window so low that the head of a task would take too
// much of it: there it goes with the text.
func (d *do) headScrolls() bool { return d.s.h < 14 }

// page is what the pane holds of a task, and how many lines of it are its head.
func (d *do) page(t wizard.TaskLine, w int) (lines []string, head int) {
	body, _ := d.detailBody(t, w)
	if !d.headScrolls() {
		return body, 0
	}
	top := d.detailHead(t, w)
	return append(top, body...), len(top)
}

// preview shows the task under the cursor below the list, as far as there is room.
func (d *do) preview(w, room int) []string {
	t, ok := d.task()
	if !ok || room < 5 || t.Detail == "" && len(t.Snippets) == 0 {
		return nil
	}
	st := d.s.env.Styles
	body, _ := d.detailBody(t, w)
	out := append([]string{"  " + st.Rule.Render(strings.Repeat(st.Glyphs.Rule, max(0, w-4)))}, body...)
	if len(out) > room {
		out = append(out[:room-1:room-1], "  "+st.Muted.Render(st.Glyphs.Down+" more, press enter on the task"))
	}
	return out
}

// layout sets the opened task in the room there is.
func (d *do) layout() {
	t, ok := d.task()
	if !ok || d.opened == "" || d.s.w == 0 {
		return
	}
	lines, head := d.page(t, d.s.w)
	room := d.s.h
	if head == 0 {
		room -= len(d.detailHead(t, d.s.w))
	}
	d.pane.Set(lines, d.s.w, max(1, room))
	if d.back > 0 {
		d.pane.ScrollTo(d.back)
		d.back = 0
	}
}

func (d *do) detailHead(t wizard.TaskLine, w int) []string {
	st := d.s.env.Styles
	right := st.Warn.Render("not ticked") + "  "
	if t.Anew != "" {
		right = st.Warn.Render("to be ticked anew") + "  "
	}
	if t.State.Done && t.Anew == "" {
		by := ""
		if t.State.By != "" {
			by = " by " + string(clean.Line(t.State.By))
		}
		right = st.Good.Render(st.Glyphs.Done+" done "+wizard.Moment(t.State.At, d.s.env.Now())+by) + "  "
	}
	out := []string{""}
	for i, l := range widget.Wrap(t.Title, max(20, w-28)) {
		if i > 0 {
			right = ""
		}
		out = append(out, widget.Spread("  "+st.Strong.Render(l), right, w))
	}
	who := string(t.Who)
	if t.Who == check.WhoTPOC || who == "" {
		return append(out, "")
	}
	return append(out, "  "+st.Muted.Render("Who: "+who), "")
}

// detailBody lays a task out and says in which lines each snippet stands.
func (d *do) detailBody(t wizard.TaskLine, w int) (lines []string, at [][2]int) {
	st := d.s.env.Styles
	if t.Anew != "" {
		lines = append(widget.Indent(styled(st.Warn.Render, widget.Wrap(string(clean.Line(t.Anew))+".", w-4)), 2), "")
	}
	if t.Detail != "" {
		lines = append(lines, widget.Indent(widget.Markdown(st, t.Detail, w-4), 2)...)
		lines = append(lines, "")
	}
	for i, sn := range t.Snippets {
		from := len(lines)
		mark := "  "
		if i == d.snip && len(t.Snippets) > 1 && d.opened != "" {
			mark = st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2))
		}
		label := string(clean.Line(sn.Label))
		hint := ""
		if i == d.snip {
			hint = st.Key.Render("c") + st.Muted.Render(" copies  ") + st.Key.Render("s") + st.Muted.Render(" saves") + "  "
		}
		for j, l := range widget.Wrap(label, max(16, w-widget.Width(hint)-4)) { // it may be an instruction
			if j > 0 {
				mark, hint = "  ", ""
			}
			lines = append(lines, widget.Spread(mark+st.Heading.Render(l), hint, w))
		}
		cut := hanging
		if sn.Language == "text" { // a letter, not rules
			cut = widget.Wrap
		}
		for _, l := range snippetLines(sn, w-6) {
			for _, piece := range cut(l, max(8, w-6)) {
				lines = append(lines, "    "+st.Code.Render(piece))
			}
		}
		at = append(at, [2]int{from, len(lines)})
		lines = append(lines, "")
	}
	if len(lines) == 0 {
		lines = append(lines, "  "+st.Muted.Render("Tick it with the space bar when it is done."))
	}
	return lines, at
}

// hanging breaks a line of a text to be copied where it is wider than w; what
// follows stands a little deeper than the line began.
func hanging(l string, w int) []string {
	in := len(l) - len(strings.TrimLeft(l, " ")) + 2
	if widget.Width(l) <= w || in > w/2 {
		return widget.Wrap(l, w)
	}
	first := widget.Wrap(l, w)[0]
	rest := strings.TrimLeft(strings.TrimPrefix(l, first), " ")
	return append([]string{first}, widget.Indent(widget.Wrap(rest, w-in), in)...)
}

// follow marks, after scrolling, the text that is in sight: the one marked as
// long as any of it is, else the first.
func (d *do) follow() {
	t, ok := d.task()
	if !ok {
		return
	}
	_, at := d.detailBody(t, d.s.w)
	_, head := d.page(t, d.s.w)
	from := d.pane.Scroll() - head
	to := from + len(d.pane.Lines())
	seen := func(i int) bool { return i < len(at) && at[i][0] < to && at[i][1] > from }
	if seen(d.snip) {
		return
	}
	for i := range at {
		if seen(i) {
			d.snip = i
			d.layout()
			return
		}
	}
}

// reveal scrolls to the snippet that is copied.
func (d *do) reveal(t wizard.TaskLine) {
	d.layout()
	_, at := d.detailBody(t, d.s.w)
	if d.snip < len(at) {
		_, head := d.page(t, d.s.w)
		d.pane.Reveal(head+at[d.snip][0], head+at[d.snip][1])
	}
}

// snippetLines are the lines of a text to put in place. Those of a letter are
// put together again where they are wider than w, to be wrapped once; what is
// copied and saved stays as it is.
func snippetLines(sn steps.Snippet, w int) []string {
	lines := strings.Split(strings.TrimRight(string(clean.Text(string(sn.Text))), "\n"), "\n")
	if sn.Language != "text" {
		return lines
	}
	out := lines[:0:0]
	joining := false
	for i, l := range lines {
		if joining {
			out[len(out)-1] += " " + l
		} else {
			out = append(out, l)
		}
		joining = widget.Width(out[len(out)-1]) > w && i+1 < len(lines) && goesOn(lines[i+1])
	}
	return out
}

// goesOn reports a line that begins in the middle of a sentence.
func goesOn(line string) bool {
	r, _ := utf8.DecodeRuneInString(line)
	return unicode.IsLower(r)
}
