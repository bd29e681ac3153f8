package step

import (
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/plan"
)

// Questions whose half-typed text is kept as a draft with the place, as that of
// answers is: what one leaves in the middle of stands there again.
const (
	askedNote   = "note"
	askedReopen = "reopen"
	askedAside  = "aside" // of an obstacle, by its id
	askedClose  = "close"
)

// between parts of a draft stands what nobody can type into a line.
const between = "\n"

// draft is the text of the question that is being asked; "" when there is none
// or nothing was typed.
func (a *ask) draft() string {
	if a == nil || a.kind == "" {
		return ""
	}
	texts := []string{a.prompt.Text()}
	if a.sheet != nil {
		texts = nil
		for _, r := range a.sheet.rows {
			texts = append(texts, r.prompt.Text())
		}
	}
	if strings.Join(texts, "") == "" {
		return ""
	}
	return strings.Join(append([]string{a.kind, a.about}, texts...), between)
}

// askAgain asks once more what was being answered when the program was left, with
// the text as it stood. What cannot be asked any more is let go.
func (s *Screen) askAgain(draft string) {
	parts := strings.Split(draft, between)
	if len(parts) < 3 || s.err != nil {
		return
	}
	c, closed := s.stages[steps.StageConfirm].(*confirm), s.page.Status.Closed()
	kind, about, texts := parts[0], parts[1], parts[2:]
	switch {
	case kind == askedNote:
		s.askNote()
	case kind == askedReopen && closed:
		s.askReopen()
	case kind == askedClose && !closed && len(s.page.Obstacles) == 0:
		c.list.Cursor = 0
		c.close()
	case kind == askedAside && !closed:
		i := slices.IndexFunc(s.page.Obstacles, func(o plan.Obstacle) bool { return o.ID == about })
		if i < 0 {
			return
		}
		c.list.Cursor, c.list.moved = i, true
		c.askReason()
	}
	if s.ask == nil {
		return
	}
	if s.ask.sheet == nil {
		s.ask.prompt.SetText(texts[0])
		return
	}
	for i, r := range s.ask.sheet.rows {
		if i < len(texts) {
			r.prompt.SetText(texts[i])
		}
	}
}
