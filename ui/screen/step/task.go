package step

import (
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/widget"
)

// detail is an opened task: what to do and how, then the texts to put in place.
func (d *do) detail(t wizard.TaskLine, w int) []string {
	return append(d.detailHead(t, w), d.pane.Lines()...)
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
	lines, _ := d.detailBody(t, d.s.w)
	d.pane.Set(lines, d.s.w, max(1, d.s.h-len(d.detailHead(t, d.s.w))))
	if d.back > 0 {
		d.pane.ScrollTo(d.back)
		d.back = 0
	}
}

func (d *do) detailHead(t wizard.TaskLine, w int) []string {
	st := d.s.env.Styles
	right := st.Warn.Render("not ticked") + "  "
	if t.State.Done {
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
		lines = append(lines, widget.Spread(mark+st.Heading.Render(label), hint, w))
		for _, l := range strings.Split(strings.TrimRight(string(clean.Text(string(sn.Text))), "\n"), "\n") {
			for _, piece := range widget.Wrap(l, max(8, w-6)) {
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

// reveal scrolls to the snippet that is copied.
func (d *do) reveal(t wizard.TaskLine) {
	d.layout()
	_, at := d.detailBody(t, d.s.w)
	if d.snip < len(at) {
		d.pane.Reveal(at[d.snip][0], at[d.snip][1])
	}
}
