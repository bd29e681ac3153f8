package hub

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/widget"
)

// View draws turn and waiting lines, the steps, and below them what there is
// room for: the time line, the dates, what was left out.
func (s *Screen) View() string {
	if len(s.hub.Rows) == 0 {
		return s.noPlanView()
	}
	head := s.head()
	rows := slices.Clone(s.rows())
	rows[s.list.Cursor] = s.row(s.hub.Rows[s.list.Cursor], true)
	total := 0
	for _, r := range rows {
		total += len(r)
	}
	room := s.h - len(head)
	foot := s.foot(room - total)
	if len(foot) == 0 && s.w < ownerFits && room > 6 { // the row under the cursor is read whole in small windows too
		foot = []string{"     " + s.env.Styles.Muted.Render(widget.Cut(s.pointed(), s.w-7))}
	}
	lines := append(head, s.list.Render(s.env.Styles, rows, room-len(foot))...)
	return strings.Join(append(lines, foot...), "\n")
}

// rows are the steps without the cursor. A key moves the cursor and changes no
// row, so they are drawn once for what is shown and for a size.
func (s *Screen) rows() [][]string {
	if s.drawn == nil {
		s.drawn = make([][]string, len(s.hub.Rows))
		for i, r := range s.hub.Rows {
			s.drawn[i] = s.row(r, false)
		}
	}
	return s.drawn
}

const labelWidth = 12

// head says whose turn it is and what is waited for.
func (s *Screen) head() []string {
	st, h := s.env.Styles, s.hub
	count := st.Muted.Render(fmt.Sprintf("%d of %d done", h.Done, h.Total)) + "  "
	var lines []string
	add := func(label, text, right string) {
		lines = append(lines, widget.Spread("  "+widget.Pad(label, labelWidth)+text, right, s.w))
	}
	switch {
	case s.run.Running():
		add(st.Cursor.Render("Checking"), strings.TrimSuffix(s.run.Line()+"   "+string(clean.Line(s.run.Now())), "   "), count)
		count = ""
	case h.Next.Step != "":
		hint := st.Key.Render(widget.KeyName(st, "↵")) + " " + st.Muted.Render("continue") + "  "
		if s.hub.Rows[s.list.Cursor].ID != h.Next.Step {
			hint = ""
		}
		add(st.Cursor.Render("Your turn"), st.Strong.Render(string(clean.Line(h.Next.Text))), hint)
	case h.Complete():
		add(st.Good.Render(st.Glyphs.Done+" Done"), "all steps are done; e exports the summary", "")
	case h.Done == h.Total:
		add(st.Warn.Render("Left"), string(clean.Line(h.Turn)), "")
	case s.held() >= 0:
		r := h.Rows[s.held()]
		add(st.Warn.Render("Held up"), string(clean.Line(fmt.Sprintf("step %d, %s: %s", r.Number, r.Title, r.Detail))), "")
	default:
		add(st.Muted.Render("Nothing"), "for you to do now; you can look at any step, and prepare it", "")
	}
	waiting := h.Waiting
	most := max(1, (s.h-len(h.Rows))/4)
	for i, line := range waiting {
		if i == most-1 && len(waiting) > most {
			add("", st.Muted.Render(fmt.Sprintf("and %d more", len(waiting)-i)), count)
			count = ""
			break
		}
		label := ""
		if i == 0 {
			label = st.Warn.Render("Waiting")
		}
		text := []string{string(clean.Line(line))}
		if s.h-len(h.Rows) > 10 { // the date at its end matters, where there is room for it
			text = widget.Wrap(text[0], max(20, s.w-labelWidth-20))
		}
		for j, l := range text {
			add(only(j == 0, label), l, only(j == 0, count))
		}
		count = ""
	}
	if count != "" {
		add(st.Muted.Render("Answers"), s.answers(), count)
	}
	if s.h-len(lines) > len(h.Rows) {
		lines = append(lines, "")
	}
	return lines
}

func only(first bool, s string) string {
	if first {
		return s
	}
	return ""
}

// answers says how complete the Request for Information is.
func (s *Screen) answers() string {
	c := s.hub.RFI
	text := fmt.Sprintf("%d of %d", c.Answered, c.Applicable)
	if c.RequiredMissing > 0 {
		text += fmt.Sprintf(", %d still required", c.RequiredMissing)
	}
	if c.Problems > 0 {
		text += ", " + widget.Count(c.Problems, "problem")
	}
	return s.env.Styles.Muted.Render(text)
}

// Columns of a row, from the right.
const (
	ownerWidth  = 10
	statusWidth = 15 // beside the mark
	detailWidth = 13
	wideEnough  = 92 // from here on the detail has a column of its own
	ownerFits   = 76 // and from here on the owner
)

// standing is a row's status: mark, words, detail.
func (s *Screen) standing(r wizard.HubRow) (status string, detail string) {
	st := s.env.Styles
	mark, style := st.Status(r.Status)
	text := string(clean.Line(r.Detail))
	word := wizard.StatusWord(r.Status)
	if r.Status == steps.Overridden {
		word = "done, reasons" // fits its column
	}
	switch { // a tick would say that all is well
	case r.Changed:
		mark, word, style = st.Glyphs.Pending, "changed since", st.Warn
	case len(r.Untold) > 0:
		mark, word, style = st.Glyphs.Pending, "tell Mimecast", st.Warn
	case len(r.OutOfDate) > 0:
		mark, word, style = st.Glyphs.Pending, "check again", st.Warn
	}
	return style.Render(mark + " " + word), text
}

// heldIn says what a step waits for in the room of its column: the tasks go
// first, then the word for steps.
func heldIn(detail string, room int) string {
	detail = spans(detail)
	for _, shorter := range []func(string) string{
		func(d string) string { d, _, _ = strings.Cut(d, " · "); return d },
		func(d string) string { return afterSteps.ReplaceAllString(d, "after ") },
	} {
		if widget.Width(detail) <= room {
			break
		}
		detail = shorter(detail)
	}
	return widget.Cut(detail, room)
}

var afterSteps = regexp.MustCompile(`^after steps? `)

var numbersList = regexp.MustCompile(`\d+(, \d+)+`)

// spans says runs of numbers short: "1, 2, 3, 5" is "1 to 3, 5".
func spans(text string) string {
	return numbersList.ReplaceAllStringFunc(text, func(list string) string {
		var out []string
		words := strings.Split(list, ", ")
		for i := 0; i < len(words); {
			j := i
			for j+1 < len(words) && number(words[j+1]) == number(words[j])+1 {
				j++
			}
			if j-i < 2 {
				out, i = append(out, words[i]), i+1
				continue
			}
			out, i = append(out, words[i]+" to "+words[j]), j+1
		}
		return strings.Join(out, ", ")
	})
}

func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// columns measures the rows: the title's column, and the status with its mark.
func (s *Screen) columns() (title, status int) {
	status = statusWidth + widget.Width(s.env.Styles.Glyphs.Pending)
	right := status
	if s.w >= wideEnough {
		right += detailWidth
	}
	if s.w >= ownerFits {
		right += ownerWidth
	}
	for _, row := range s.hub.Rows {
		title = max(title, widget.Width(row.Title))
	}
	return min(title+2, s.w-2-2-2-2-right), status
}

func (s *Screen) row(r wizard.HubRow, pointed bool) []string {
	st := s.env.Styles
	titleWidth, cells := s.columns()
	lead, title := "  ", st.Text
	switch {
	case pointed:
		lead, title = st.Cursor.Render(widget.Pad(st.Glyphs.Pointer, 2)), st.Strong
	case r.Status.Closed():
		title = st.Muted
	}
	line := "  " + lead + title.Render(widget.PadLeft(fmt.Sprint(r.Number), 2)+"  "+widget.Pad(r.Title, titleWidth-1)) + " "
	if s.w >= ownerFits {
		line += st.Muted.Render(widget.Pad(wizard.OwnerColumn(r.Owner), ownerWidth))
	}
	rest := s.w - widget.Width(line) - 1
	if r.Held {
		mark, _ := st.Status(steps.NotStarted)
		return []string{line + st.Muted.Render(mark+" "+heldIn(string(clean.Line(r.Detail)), rest-widget.Width(mark)-1))}
	}
	status, detail := s.standing(r)
	if detail == "" || s.w < wideEnough {
		line += widget.Cut(status, rest)
	} else {
		status = widget.Pad(status, max(cells, widget.Width(status)+1))
		line += widget.Cut(status+st.Muted.Render(detail), rest)
	}
	return []string{line}
}

// pointed says whole what the columns of the cursor's row had no room for. It
// stands below the list, so that nothing moves when the cursor does.
func (s *Screen) pointed() string {
	r := s.hub.Rows[s.list.Cursor]
	titleWidth, _ := s.columns()
	var parts []string
	if widget.Width(r.Title) > titleWidth-1 {
		parts = append(parts, r.Title)
	}
	if s.w < ownerFits && !r.Status.Closed() {
		parts = append(parts, acts[r.Owner])
	}
	detail := string(clean.Line(r.Detail))
	if detail != "" && r.Status.Closed() && !r.Changed && len(r.OutOfDate) == 0 && len(r.Untold) == 0 {
		detail = "done " + detail
	}
	row := ansi.Strip(s.rows()[s.list.Cursor][0])
	if detail != "" && !strings.Contains(row, strings.TrimPrefix(detail, "done ")) && !strings.Contains(row, spans(detail)) {
		parts = append([]string{spans(detail)}, parts...) // what no column has room for comes first
	}
	return strings.Join(parts, ", ")
}

// acts says who acts in a step, where there is no column for it.
var acts = map[steps.Owner]string{
	steps.OwnerTPOC: "you act", steps.OwnerMimecast: "Mimecast acts", steps.OwnerBoth: "you and Mimecast act",
}

// foot fills the room under the steps, most useful first.
func (s *Screen) foot(room int) []string {
	st := s.env.Styles
	var out []string
	put := func(lines ...string) {
		if len(lines) > 0 && len(out)+1+len(lines) <= room {
			out = append(append(out, ""), lines...)
		}
	}
	if pointed := s.pointed(); s.w < wideEnough || pointed != "" {
		put("     " + st.Muted.Render(widget.Cut(pointed, s.w-7)))
	}
	if line := s.clock(); line != "" {
		put(widget.Cut("  "+line, s.w-2))
	}
	put(timeline(st, s.hub.Milestones, s.hub.Clock, s.w)...)
	if len(s.hub.Waiting) > 0 || s.run.Running() {
		put("  " + widget.Pad(st.Muted.Render("Answers"), labelWidth) + s.answers())
	}
	var left []string
	for _, l := range s.hub.LeftOut {
		text := fmt.Sprintf("%s %s: %s", st.Glyphs.NotNeeded, l.Title, l.Why)
		for i, line := range widget.Wrap(text, s.w-10) {
			if i > 0 {
				line = "  " + line
			}
			left = append(left, "      "+st.Muted.Render(line))
		}
	}
	if len(left) > 0 {
		put(append([]string{"  " + st.Muted.Render("Not needed")}, left...)...)
	}
	return out
}

// clock is the line about the old account's last day.
func (s *Screen) clock() string {
	st, h := s.env.Styles, s.hub
	if h.OldOff.IsZero() {
		return ""
	}
	day := h.OldOff.Format("2 Jan 2006")
	switch {
	case h.DaysLeft > 1:
		return st.Warn.Render(fmt.Sprintf("The old account is disabled on %s, in %d days", day, h.DaysLeft))
	case h.DaysLeft == 1:
		return st.Danger.Render("The old account is disabled tomorrow, " + day)
	case h.DaysLeft == 0:
		return st.Danger.Render("The old account is disabled today")
	}
	return st.Muted.Render("The old account was disabled on " + day)
}

func (s *Screen) noPlanView() string {
	st := s.env.Styles
	text := "The answers that make the plan are not all there: the journey, and the service or track. Press Enter to answer them."
	lines := []string{"", "  " + st.Strong.Render("There is no plan yet"), ""}
	return strings.Join(append(lines, widget.Indent(widget.Wrap(text, min(76, s.w-4)), 2)...), "\n")
}
