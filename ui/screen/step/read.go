package step

import (
	"fmt"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/wizard"
	"mxodus/ui/keys"
	"mxodus/ui/widget"
)

// read is the stage Read: the guidance, filled with the TPOC's own values.
type read struct {
	s    *Screen
	pane widget.Pane
	back int // line to scroll to once the size is known
}

func newRead(s *Screen) *read { return &read{s: s, pane: widget.NewPane()} }

func (r *read) load() { r.layout() }

func (r *read) layout() {
	if r.s.w == 0 {
		return
	}
	var lines []string
	lines = append(lines, "")
	lines = append(lines, r.held()...)
	lines = append(lines, widget.Indent(widget.Markdown(r.s.env.Styles, r.guide(), r.s.w-4), 2)...)
	r.pane.Set(lines, r.s.w, r.s.h)
	if r.back > 0 {
		r.pane.ScrollTo(r.back)
		r.back = 0
	}
}

// guide is the guidance without its title, which stands above already.
func (r *read) guide() string {
	first, rest, _ := strings.Cut(strings.TrimSpace(r.s.page.Guide), "\n")
	if strings.TrimSpace(strings.TrimLeft(first, "#")) == r.s.page.Step.Title {
		return rest
	}
	return r.s.page.Guide
}

// held says what must come before this step.
func (r *read) held() []string {
	st := r.s.env.Styles
	var out []string
	for _, g := range r.s.page.Gates {
		if g.Gate.Kind != steps.GateStart || g.State.Open || g.Overridden {
			continue
		}
		text := string(clean.Line(g.State.Unmet))
		if !g.State.Until.IsZero() {
			text = "not before " + wizard.Moment(g.State.Until, r.s.env.Now())
		}
		out = append(out, widget.Indent(styled(st.Warn.Render, widget.Hang(st.Glyphs.Waiting+" First", 10,
			fmt.Sprintf("%s: %s", g.Gate.Text, text), r.s.w-4)), 2)...)
	}
	if len(out) > 0 {
		out = append(out, "  "+st.Muted.Render(widget.Cut("You can read and prepare everything here already.", r.s.w-4)), "")
	}
	return out
}

// styled renders each line by itself, so that no style spans a line break.
func styled(render func(string) string, lines []string) []string {
	out := make([]string, len(lines))
	for i, l := range lines {
		out[i] = render(l)
	}
	return out
}

func (r *read) key(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case r.pane.Key(k):
		return nil, true
	case key.Matches(k, keys.Open):
		if !r.pane.AtEnd() {
			r.pane.PageDown()
			return nil, true
		}
		return r.s.goOn(), true
	}
	return nil, false
}

func (r *read) lines(w, h int) []string {
	if h < r.s.h { // a question is asked below
		return widget.Box(strings.Join(r.pane.Marked(r.s.env.Styles), "\n"), w, h)
	}
	return r.pane.Marked(r.s.env.Styles)
}

func (r *read) keys() []key.Binding {
	if !r.pane.AtEnd() {
		return []key.Binding{keys.As(keys.Go, "read on"), keys.As(keys.UpDown, "scroll")}
	}
	return []key.Binding{keys.As(keys.Go, r.s.onwardWord(steps.StageRead)), keys.As(keys.UpDown, "scroll")}
}

// onwardWord says where Enter leads from a stage.
func (s *Screen) onwardWord(from steps.Stage) string {
	to := s.onward(from)
	if n := s.open(to); to == steps.StageAnswer && n > 0 {
		return "answer " + widget.Count(n, "question")
	}
	return "on to " + stageWord(to)
}

func (r *read) place() (int, int) { return 0, r.pane.Scroll() }

func (r *read) setPlace(_, scroll int) {
	r.back = scroll
	r.layout()
}
