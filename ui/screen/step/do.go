package step

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// do is the stage Do: tasks to tick, each with what to put where.
type do struct {
	s      *Screen
	list   cursorList
	opened string // id of the opened task
	pane   widget.Pane
	snip   int  // snippet that is copied and saved
	back   int  // line to scroll to once the size is known
	found  bool // the cursor was led to a task; its tick leads on to the next
	from   int  // the row that was ticked last, counted from 1, until the cursor moved on from it; 0 for none
	led    bool // the tick has moved the cursor on to another task, and no key was pressed since
}

func (d *do) load() {
	first, there := -1, false
	for i, t := range d.s.page.Tasks {
		if t.Open() && first < 0 {
			first = i
		}
		there = there || t.ID == d.opened
	}
	if !there {
		d.opened = ""
	}
	d.list.settle(len(d.s.page.Tasks), first)
	if d.from > 0 {
		d.led = d.list.Cursor != d.from-1 && !d.list.onLast()
		d.from = 0
	}
	d.layout()
}

// find puts the cursor on a task.
func (d *do) find(id string) {
	for i, t := range d.s.page.Tasks {
		if t.ID == id {
			d.opened, d.list.Cursor, d.list.moved, d.found = "", i, true, true
		}
	}
}

func (d *do) inside() bool { return d.opened != "" }

// task is the one opened, or the one under the cursor.
func (d *do) task() (wizard.TaskLine, bool) {
	for i, t := range d.s.page.Tasks {
		if t.ID == d.opened || d.opened == "" && i == d.list.Cursor {
			return t, true
		}
	}
	return wizard.TaskLine{}, false
}

func (d *do) key(k tea.KeyMsg) (tea.Cmd, bool) {
	led := d.led
	d.led = false
	if key.Matches(k, keys.Toggle) {
		return d.toggle(), true
	}
	if led && d.opened == "" && key.Matches(k, keys.Down) { // down, out of habit, would pass over it
		return screen.Say(screen.Note, "the tick has moved the cursor on to this task; down goes to the next"), true
	}
	if cmd, ok := d.snippetKey(k); ok {
		return cmd, true
	}
	if d.opened != "" {
		return d.openedKey(k)
	}
	switch {
	case d.list.Key(k, false):
		d.list.moved = true
		return nil, true
	case key.Matches(k, keys.Open):
		if d.list.onLast() {
			return d.s.goOn(), true
		}
		d.open(d.list.Cursor)
		return nil, true
	}
	return nil, false
}

func (d *do) open(i int) {
	d.opened, d.snip = d.s.page.Tasks[i].ID, 0
	d.pane = widget.NewPane()
	d.layout()
}

// openedKey handles keys in an opened task. Enter goes on to the next task and
// never ticks: a tick is a statement, made with the space bar.
func (d *do) openedKey(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case key.Matches(k, keys.Back):
		d.opened = ""
		return nil, true
	case key.Matches(k, keys.Complete):
		if t, ok := d.task(); ok && len(t.Snippets) > 1 {
			d.snip = (d.snip + 1) % len(t.Snippets)
			d.reveal(t)
		}
		return nil, true
	case key.Matches(k, keys.Open):
		if !d.pane.AtEnd() {
			d.pane.PageDown()
			d.follow()
			return nil, true
		}
		d.nextTask()
		return nil, true
	case d.pane.Key(k):
		d.follow()
		return nil, true
	}
	return nil, false
}

// nextTask opens the next task that is not ticked, or closes.
func (d *do) nextTask() {
	at := 0
	for i, t := range d.s.page.Tasks {
		if t.ID == d.opened {
			at = i
		}
	}
	for i := at + 1; i < len(d.s.page.Tasks); i++ {
		if t := d.s.page.Tasks[i]; !t.State.Done && !t.Held {
			d.list.Cursor, d.list.moved = i, true
			d.open(i)
			return
		}
	}
	d.opened, d.list.moved = "", false
	d.load()
}

func (d *do) toggle() tea.Cmd {
	t, ok := d.task()
	if !ok {
		return nil
	}
	if d.s.page.Status.Closed() && t.Anew == "" {
		return screen.Say(screen.Refused, "this step is closed; o reopens it, with a reason")
	}
	done := !t.State.Done || t.Anew != ""
	if done && d.found {
		d.list.moved, d.found = false, false
	}
	if done && d.opened == "" {
		d.from = d.list.Cursor + 1
	}
	return d.s.tick(t.ID, done, nil)
}

// snippetKey copies or saves what the task says to put in place.
func (d *do) snippetKey(k tea.KeyMsg) (tea.Cmd, bool) {
	copied, saved := key.Matches(k, keys.Copy), key.Matches(k, keys.Save)
	if !copied && !saved {
		return nil, false
	}
	t, ok := d.task()
	if !ok || len(t.Snippets) == 0 {
		return screen.Say(screen.Refused, "this task has nothing to copy"), true
	}
	sn := t.Snippets[min(d.snip, len(t.Snippets)-1)]
	if copied {
		return naming(string(clean.Line(sn.Label)), d.s.env.Clipboard(string(sn.Text))), true
	}
	name := sn.File
	if name == "" {
		name = t.ID + ".txt"
	}
	return d.s.env.SaveFile(name, []byte(withNewline(string(sn.Text)))), true
}

// naming puts before the message of a copy what was copied.
func naming(label string, copied tea.Cmd) tea.Cmd {
	return func() tea.Msg {
		msg := copied()
		if info, ok := msg.(screen.InfoMsg); ok && info.Kind == screen.Done && label != "" {
			info.Text = fmt.Sprintf("%s: %s", widget.Cut(label, 36), info.Text)
			return info
		}
		return msg
	}
}

func withNewline(s string) string { return strings.TrimRight(s, "\n") + "\n" }

func (d *do) lines(w, h int) []string {
	if t, ok := d.task(); ok && d.opened != "" {
		return d.detail(t, w)
	}
	st := d.s.env.Styles
	if len(d.s.page.Tasks) == 0 {
		text := "There is nothing to do by hand in this step."
		if d.s.page.Step.WaitsFor != "" {
			text = "There is nothing for you to do by hand in this step. " + d.s.page.Step.WaitsFor
		}
		lines := append([]string{""}, widget.Indent(widget.Wrap(string(clean.Line(text)), w-4), 2)...)
		return append(lines, d.s.lastRow(true, steps.StageDo)...)
	}
	done, total := 0, 0
	for _, t := range d.s.page.Tasks {
		if total++; t.State.Done {
			done++
		}
	}
	head := []string{"", "  " + st.Strong.Render(fmt.Sprintf("%d of %d tasks done", done, total)), ""}
	var rows [][]string
	for i, t := range d.s.page.Tasks {
		rows = append(rows, d.row(t, i == d.list.Cursor, w))
	}
	rows = append(rows, d.s.lastRow(d.list.onLast(), steps.StageDo))
	room, total := h-len(head), 0
	for _, r := range rows {
		total += len(r)
	}
	preview := d.preview(w, room-total-1)
	if len(preview) > 0 {
		room = total + 1
	}
	return append(append(head, fill(d.list.Render(st, rows, room), room)...), preview...)
}

// fill adds empty lines up to h.
func fill(lines []string, h int) []string {
	for len(lines) < h {
		lines = append(lines, "")
	}
	return lines
}

// row is one task: mark, title, who or when.
func (d *do) row(t wizard.TaskLine, pointed bool, w int) []string {
	st := d.s.env.Styles
	mark, style := st.Status(steps.NotStarted)
	right := ""
	switch {
	case t.Anew != "":
		style, right = st.Warn, "to be ticked anew"
	case t.State.Done:
		mark, style = st.Status(steps.Done)
		right = wizard.Moment(t.State.At, d.s.env.Now())
		if t.State.By != "" {
			right = string(clean.Line(t.State.By)) + "  " + right
		}
	case t.Optional:
		right = "optional"
	case t.Held:
		right = "after the checks"
	case t.Who != "" && t.Who != check.WhoTPOC:
		right = string(t.Who)
	}
	title := st.Text
	switch {
	case pointed:
		title = st.Strong
	case t.State.Done && t.Anew == "":
		title = st.Muted
	}
	head := lead(st, pointed) + style.Render(mark) + " "
	right = st.Muted.Render(right) + "  "
	room := w - ansi.StringWidth(head) - ansi.StringWidth(right) - 1
	if pointed && ansi.StringWidth(t.Title) > room { // the row under the cursor is read whole
		lines := widget.Wrap(t.Title, max(12, room))
		out := []string{widget.Spread(head+title.Render(lines[0]), right, w)}
		for _, l := range lines[1:] {
			out = append(out, strings.Repeat(" ", ansi.StringWidth(head))+title.Render(l))
		}
		return out
	}
	return []string{widget.Spread(head+title.Render(t.Title), right, w)}
}

func (d *do) keys() []key.Binding {
	t, ok := d.task()
	tick := keys.As(keys.Toggle, "tick")
	if ok && t.State.Done && t.Anew == "" {
		tick = keys.As(keys.Toggle, "untick")
	}
	if d.opened != "" {
		next := keys.As(keys.Open, "next task")
		if !d.pane.AtEnd() {
			next = keys.As(keys.Open, "read on")
		}
		out := []key.Binding{tick, next}
		if more := keys.As(keys.Complete, "next text"); len(t.Snippets) > 1 && d.s.w < 70 {
			out = []key.Binding{tick, more, next} // there is room for two, and enter is known
		} else if len(t.Snippets) > 1 {
			out = append(out, more)
		}
		if len(t.Snippets) > 0 {
			out = append(out, keys.Copy, keys.Save)
		}
		return append(out, keys.As(keys.Back, "tasks"))
	}
	if d.list.onLast() {
		return []key.Binding{keys.As(keys.Go, d.s.onwardWord(steps.StageDo)), keys.UpDown}
	}
	out := []key.Binding{keys.Open, tick, keys.UpDown}
	if len(t.Snippets) > 0 {
		out = append(out, keys.Copy, keys.Save)
	}
	return out
}

func (d *do) place() (int, int) {
	cursor := 0
	if d.list.moved {
		cursor = d.list.Cursor + 1
	}
	if d.opened != "" {
		return -cursor - 1, d.pane.Scroll() // an opened task is remembered as a negative cursor
	}
	return cursor, 0
}

func (d *do) setPlace(cursor, scroll int) {
	if cursor >= 0 {
		d.list.restore(cursor)
		return
	}
	if cursor < -1 {
		d.list.restore(-cursor - 1)
	}
	if !d.list.onLast() {
		d.back = scroll
		d.open(d.list.Cursor)
	}
}
