package step

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/plan"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/screen"
	"mxodus/ui/widget"
)

// confirm is the stage Confirm: what stands in the way, what was done, and
// closing the step.
type confirm struct {
	s    *Screen
	list cursorList // obstacles, then the row that closes
	more int        // first line in sight of what was done, below the list
	page int        // lines that a page key moves it by; 0 when all is in sight
}

func (c *confirm) load() {
	first := -1
	if len(c.s.page.Obstacles) > 0 {
		first = 0
	}
	c.list.settle(len(c.s.page.Obstacles), first)
}

func (c *confirm) layout() {}

// signedOff are the steps that end a journey; closing one of them asks for the
// domain to be typed.
func signedOff(step string) bool {
	return step == steps.ConnectCompletion || step == steps.MigrateSignOff
}

func (c *confirm) obstacle() (plan.Obstacle, bool) {
	if i := c.list.Cursor; i < len(c.s.page.Obstacles) {
		return c.s.page.Obstacles[i], true
	}
	return plan.Obstacle{}, false
}

func (c *confirm) key(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case c.page > 0 && c.list.onLast() && key.Matches(k, keys.PageDown, keys.ReadOn):
		c.more += c.page
		return nil, true
	case c.more > 0 && key.Matches(k, keys.PageUp):
		c.more = max(0, c.more-c.page)
		return nil, true
	case c.list.Key(k, false):
		c.list.moved, c.more = true, 0
		return nil, true
	case key.Matches(k, keys.Toggle):
		return c.tick(), true
	case key.Matches(k, keys.Override):
		return c.askReason(), true
	case key.Matches(k, keys.Open):
		if o, ok := c.obstacle(); ok {
			return c.fix(o), true
		}
		return c.close(), true
	}
	return nil, false
}

// tick ticks the task that is named, as the space bar does in Do.
func (c *confirm) tick() tea.Cmd {
	o, ok := c.obstacle()
	if ok && o.Kind == plan.ObstacleUntold {
		return c.s.tick(steps.TaskSendForm, true, screen.Say(screen.Done, "ticked anew: Mimecast has what is answered now"))
	}
	if !ok || o.Kind != plan.ObstacleTask {
		return screen.Say(screen.Refused, "the space bar ticks tasks, and this is none; Enter leads on")
	}
	s, task := c.s, strings.TrimPrefix(o.ID, "task ")
	said := screen.Say(screen.Done, "ticked: "+strings.TrimPrefix(o.Text, "not ticked: ")+"; in Do it can be unticked")
	return s.tick(task, true, said)
}

// fix leads to the very question, task or check that an obstacle names.
func (c *confirm) fix(o plan.Obstacle) tea.Cmd {
	c.list.moved = false
	at := c.s.env.Session.Where(c.s.id, o)
	at.Screen = screen.Step
	switch {
	case at.Step == "":
		return screen.Say(screen.Note, "Only time is missing here; there is nothing to do but wait")
	case at.Stage == steps.StageAnswer && at.Field != "":
		at.Screen, at.Stage = screen.RFI, screen.ForStep // and back here, to what is left
		return screen.Navigate(at)
	case at.Step != c.s.id:
		if at.Stage == "" {
			at.Stage = c.stageOf(at.Step)
		}
		return screen.Navigate(at)
	}
	c.s.goTo(at)
	if at.Stage == steps.StageCheck {
		c.s.checks().show(o.ID)
	}
	return nil
}

func (c *confirm) stageOf(step string) steps.Stage {
	page, err := c.s.env.Session.Step(step)
	if err != nil {
		return ""
	}
	return page.FirstStage()
}

func (c *confirm) askReason() tea.Cmd {
	o, ok := c.obstacle()
	switch {
	case c.s.page.Status.Closed():
		return screen.Say(screen.Refused, "this step is "+wizard.StatusWord(c.s.page.Status)+"; o, the small letter, reopens it")
	case !ok || !o.Overridable:
		return screen.Say(screen.Refused, "there is nothing here to set aside")
	}
	why := o.Text
	if o.Why != "" {
		why += ". If it is left: " + o.Why
	}
	defer c.s.drafted(askedAside, o.ID)
	c.s.askFor("Why may this be set aside?", string(clean.Line(why)), "the reason goes into the record and the summary", "set aside",
		func(text string) tea.Cmd {
			if text == "" {
				return c.s.refuse("A reason is needed; a few words are enough.")
			}
			return c.s.take(func(ctx context.Context) error { return c.s.env.Session.SetAside(ctx, c.s.id, o.ID, text) }, nil)
		})
	return nil
}

// anew reports a closed step that was changed since: it is opened again before
// anything follows from it.
func (c *confirm) anew() bool { return c.s.page.Status.Closed() && len(c.s.page.Changed) > 0 }

// close closes the step; a step that is closed, leads on.
func (c *confirm) close() tea.Cmd {
	s := c.s
	switch {
	case c.anew():
		return s.askReopen()
	case s.page.Status.Closed():
		return s.toNext()
	case len(s.page.Obstacles) > 0:
		n := widget.Count(len(s.page.Obstacles), "point")
		return screen.Say(screen.Refused, n+" above must be put right first, or set aside with a reason (O)")
	case !signedOff(s.id):
		return c.askConfirm("", "")
	}
	return c.askDomain()
}

// askDomain asks for the primary domain before a sign-off.
func (c *confirm) askDomain() tea.Cmd {
	s := c.s
	domain := s.env.Session.Facts().Domain
	why := "Signing off ends the move."
	if s.id == steps.MigrateSignOff {
		why = fmt.Sprintf("Signing off starts the %d days after which the old account is disabled.", steps.OldAccountDays)
	}
	if domain == "" {
		return func() tea.Msg {
			return screen.ErrorMsg{Err: fmt.Errorf("the primary domain is not answered yet; answer it first, it is what signing off is confirmed with")}
		}
	}
	return c.askConfirm(domain, why)
}

// toNext goes to the list of steps, where the cursor stands on what follows.
func (s *Screen) toNext() tea.Cmd { return s.toHub() }

func (c *confirm) lines(w, h int) []string {
	st, p := c.s.env.Styles, c.s.page
	head := append([]string{""}, c.standing(w)...)
	var rows [][]string
	for i, o := range p.Obstacles {
		rows = append(rows, c.obstacleRow(o, i == c.list.Cursor, w))
	}
	rows = append(rows, c.closeRow())
	done := c.done(w)
	room := h - len(head)
	if c.list.onLast() { // what was done can be read from there
		room -= min(len(done)+1, 4)
	}
	out := append(head, c.list.Render(st, rows, max(3, room))...)
	if len(done) > 0 && h-len(out) > 2 {
		out = append(append(out, ""), c.part(done, h-len(out)-1)...)
	}
	return out
}

// part is what of some lines has room; page keys show the rest.
func (c *confirm) part(lines []string, room int) []string {
	st := c.s.env.Styles
	if c.page = 0; len(lines) <= room {
		c.more = 0
		return lines
	}
	c.page = max(1, room-1)
	c.more = min(c.more, len(lines)-c.page)
	rest := len(lines) - c.more - c.page
	hint := st.Glyphs.Down + " " + widget.Count(rest, "more line") + ", pgdn"
	if rest == 0 {
		hint = st.Glyphs.Up + " " + widget.Count(c.more, "line") + " above, pgup"
	}
	out := append([]string(nil), lines[c.more:c.more+c.page]...)
	return append(out, "  "+st.Muted.Render(hint))
}

// closedWhen is "at" a time of today, or "on" an earlier day.
func closedWhen(t, now time.Time) string {
	when := wizard.Moment(t, now)
	if !strings.Contains(when, " ") {
		return "at " + when
	}
	return "on " + when
}

// standing says where the step stands.
func (c *confirm) standing(w int) []string {
	st, p := c.s.env.Styles, c.s.page
	now := c.s.env.Now()
	mark, style := st.Status(p.Status)
	text := wizard.StatusWord(p.Status)
	switch {
	case p.Status == steps.Blocked && c.s.heldBack():
		mark, style, text = st.Glyphs.Waiting, st.Warn, "later: something must come before this step"
	case p.Status.Closed():
		text += " " + closedWhen(p.State.Closed, now)
		if p.State.By != "" {
			text += " by " + string(clean.Line(p.State.By))
		}
		if len(p.Obstacles) > 0 {
			mark, style = st.Glyphs.Waiting, st.Warn
		}
		if c.anew() {
			mark, style, text = st.Glyphs.Waiting, st.Warn, text+", changed since"
		}
	case p.Status == steps.Waiting && p.State.WaitingOn == plan.WaitTime:
		text += " until " + wizard.Moment(p.State.Until, now)
	case p.Status == steps.Waiting:
		text += " on Mimecast since " + wizard.Moment(p.State.Since, now)
	}
	out := []string{"  " + style.Render(widget.Cut(mark+" "+strings.ToUpper(text[:1])+text[1:], w-4))}
	if n := len(p.Obstacles); n > 0 {
		text := fmt.Sprintf("%s in the way. Enter goes there; O sets one aside with a reason.", standWord(n))
		if p.Status.Closed() {
			text = "Something is left to do here. Enter goes there."
		}
		out = append(out, widget.Indent(styled(st.Muted.Render, widget.Wrap(text, w-4)), 2)...)
	}
	return append(out, "")
}

func standWord(n int) string {
	if n == 1 {
		return "1 point stands"
	}
	return fmt.Sprintf("%d points stand", n)
}

// obstacleMark tells what is wrong from what is merely not done yet.
func (c *confirm) obstacleMark(o plan.Obstacle) string {
	st := c.s.env.Styles
	switch o.Kind {
	case plan.ObstacleBlocker, plan.ObstacleUnknown:
		return st.Danger.Render(st.Glyphs.Problem)
	case plan.ObstacleWaiting, plan.ObstacleGate:
		return st.Warn.Render(st.Glyphs.Waiting)
	}
	return st.Warn.Render(st.Glyphs.Pending)
}

// obstacleRow is one line; the row under the cursor is read whole, with what
// happens if it is left.
func (c *confirm) obstacleRow(o plan.Obstacle, pointed bool, w int) []string {
	st := c.s.env.Styles
	head := lead(st, pointed) + c.obstacleMark(o) + " "
	column := ansi.StringWidth(head)
	text := string(clean.Line(o.Text))
	if !pointed {
		return []string{head + widget.Cut(text, w-column-2)}
	}
	var out []string
	for _, l := range widget.Wrap(text, w-column-2) {
		out = append(out, head+st.Strong.Render(l))
		head = strings.Repeat(" ", column)
	}
	if o.Why != "" {
		out = append(out, widget.Indent(styled(st.Muted.Render, widget.Wrap(string(clean.Line(o.Why)), w-column-2)), column)...)
	}
	return out
}

// closeWord is what the last row does.
func (c *confirm) closeWord() string {
	switch {
	case c.anew():
		return "Open this step again, to confirm it anew"
	case c.s.page.Status.Closed():
		return "On to what follows"
	case signedOff(c.s.id):
		return "Sign off"
	}
	return "Confirm this step"
}

func (c *confirm) closeRow() []string {
	st := c.s.env.Styles
	pointed := c.list.onLast()
	text, style := c.closeWord(), st.Text
	if len(c.s.page.Obstacles) > 0 && !c.s.page.Status.Closed() {
		style = st.Muted
	} else if pointed {
		style = st.Strong
	}
	row := lead(st, pointed) + style.Render(text)
	if len(c.s.page.Obstacles) == 0 {
		return []string{row}
	}
	return []string{"", row}
}

// done says what was done in the step, by whom, and what is kept of it.
func (c *confirm) done(w int) []string {
	st, p, now := c.s.env.Styles, c.s.page, c.s.env.Now()
	var out []string
	part := func(label, text string) {
		out = append(out, widget.Indent(widget.Hang(st.Muted.Render(widget.Pad(label, 12)), 12, string(clean.Line(text)), w-4), 2)...)
	}
	for i, line := range p.Changed {
		part(only(i == 0, "Changed"), line)
	}
	ticked := 0
	for _, t := range p.Tasks {
		if t.State.Done {
			ticked++
		}
	}
	if len(p.Tasks) > 0 {
		part("Tasks", fmt.Sprintf("%d of %d done", ticked, len(p.Tasks)))
	}
	if len(p.Checks) > 0 {
		part("Checks", c.outcomes())
	}
	for i, f := range p.Files {
		text := f.Name
		if day := p.Exported(f, now.Location()); day != "" {
			text += ", exported or last written " + day
		}
		part(only(i == 0, "Kept"), fmt.Sprintf("%s, %d bytes, SHA-256 %s", text, f.Size, f.SHA256[:min(12, len(f.SHA256))]))
	}
	for i, o := range p.Overrides {
		part(only(i == 0, "Set aside"), fmt.Sprintf("%s: %s (%s, %s)", c.s.env.Session.Aside(o), o.Reason, o.By, wizard.Moment(o.At, now)))
	}
	if p.State.Reason != "" && !p.Status.Closed() {
		part("Reopened", p.State.Reason)
	}
	for i, n := range slices.Backward(p.Notes) {
		part(only(i == len(p.Notes)-1, "Notes"), fmt.Sprintf("%s (%s, %s)", n.Text, n.By, wizard.Moment(n.At, now)))
	}
	if c.s.page.Step.Rollback != "" {
		part("Way back", c.s.page.Step.Rollback)
	}
	return out
}

func only(first bool, label string) string {
	if first {
		return label
	}
	return ""
}

// outcomes counts the fresh results in words.
func (c *confirm) outcomes() string {
	st := c.s.env.Styles
	var words []string
	count := map[string]int{}
	for _, line := range c.s.page.Checks {
		_, word, _ := st.Outcome("")
		switch {
		case line.Run != nil && line.Stale:
			word = "out of date"
		case line.Run != nil:
			_, word, _ = st.Result(line.Run.Result)
		}
		if count[word]++; count[word] == 1 {
			words = append(words, word)
		}
	}
	for i, w := range words {
		words[i] = fmt.Sprintf("%d %s", count[w], w)
	}
	return strings.Join(words, ", ")
}

func (c *confirm) keys() []key.Binding {
	if o, ok := c.obstacle(); ok {
		out := []key.Binding{keys.As(keys.Open, "go there")}
		switch o.Kind {
		case plan.ObstacleTask:
			out = append(out, keys.Toggle)
		case plan.ObstacleUntold:
			out = append(out, keys.As(keys.Toggle, "tick anew"))
		}
		if o.Overridable {
			out = append(out, keys.Override)
		}
		return append(out, keys.UpDown)
	}
	switch {
	case c.anew():
		return []key.Binding{keys.As(keys.Go, "reopen")}
	case c.s.page.Status.Closed():
		return []key.Binding{keys.As(keys.Go, "list of steps")}
	case len(c.s.page.Obstacles) > 0:
		return []key.Binding{keys.UpDown}
	case signedOff(c.s.id):
		return []key.Binding{keys.As(keys.Go, "sign off")}
	}
	return []key.Binding{keys.As(keys.Go, "confirm")}
}

func (c *confirm) place() (int, int) {
	if c.list.moved {
		return c.list.Cursor + 1, 0
	}
	return 0, 0
}

func (c *confirm) setPlace(cursor, _ int) { c.list.restore(cursor) }
