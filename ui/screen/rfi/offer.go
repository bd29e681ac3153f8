package rfi

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps"
	question "mxodus/steps/rfi"
)

// foundMsg says that the look at public records has ended.
type foundMsg struct{}

// historyMsg are the answers a question had before.
type historyMsg struct {
	shown int
	all   []steps.Answer
}

// detect looks for suggestions in the background. Without a network there are
// none, and the form works the same.
func (p *Page) detect() tea.Cmd {
	s, ctx := p.env.Session, p.env.Ctx
	return func() tea.Msg {
		s.Detect(ctx)
		return foundMsg{}
	}
}

// found takes new suggestions over; a field nobody has touched yet shows them.
func (p *Page) found() {
	if p.field == nil {
		return
	}
	had := p.offered
	p.offer, p.offered = p.env.Session.Offer(p.q)
	if p.offered && !had && p.field.Empty() && p.field.Cursor() <= 0 && !p.busy {
		p.field = p.makeField()
		p.read()
	}
}

func (p *Page) loadHistory() tea.Cmd {
	if p.field == nil || p.stored.Revision < 2 {
		return nil
	}
	shown, id, s, ctx := p.shown, p.q.ID, p.env.Session, p.background()
	return func() tea.Msg {
		all, err := s.History(ctx, id)
		if err != nil {
			return nil
		}
		return historyMsg{shown, all}
	}
}

// before is the answer that ctrl+z would bring back.
func (p *Page) before() (steps.Answer, bool) {
	if len(p.history) < 2 {
		return steps.Answer{}, false
	}
	return p.history[len(p.history)-2], true
}

// takes reports that Enter would take the offer: the field is empty and was
// not emptied on purpose.
func (p *Page) takes() bool {
	return p.offered && p.field.CapturesText() && p.field.Empty() && !p.field.Dirty()
}

// missing lists the offered items that the answer does not have yet, with
// their sources.
func (p *Page) missing() (items, sources []string) {
	if !p.offered {
		return nil, nil
	}
	has := p.reading.u.Items
	if len(has) == 0 && p.reading.u.Value != "" {
		has = strings.Split(p.reading.u.Value, "\n")
	}
	for i, item := range p.offer.Items {
		value := item
		if u := p.q.Parse(item, p.facts); u.Value != "" {
			value = u.Value
		}
		if !slices.Contains(has, value) {
			items, sources = append(items, item), append(sources, p.offer.Sources[i])
		}
	}
	return items, sources
}

// take puts the offer into the field: a list gets what it lacks, everything
// else is replaced.
func (p *Page) take() {
	items, _ := p.missing()
	if len(items) == 0 {
		return
	}
	switch {
	case p.field.Multiline() || p.q.Type == question.MultiChoice:
		text := strings.TrimRight(p.field.Value(), "\n ")
		if text != "" {
			text += "\n"
		}
		p.field.SetValue(text + strings.Join(items, "\n"))
	default:
		p.field.SetValue(p.offer.Text)
	}
	p.taken = p.field.Value()
}

// provenance says where the text comes from: of an offer that was taken and
// stands there untouched, from there. The same text typed is typed.
func (p *Page) provenance(text string) (steps.Provenance, string) {
	untouched := p.taken == text && text != "" || p.field.Picks()
	if p.offered && untouched && strings.TrimSpace(text) == strings.TrimSpace(p.offer.Text) {
		return p.offer.Provenance, p.offer.Source()
	}
	return steps.Typed, ""
}
