// Package wizard is the one way the faces of mxodus (screen, plain, commands)
// work on a move: it joins repository, plan, questions, guidance and checks,
// so that the same acts leave the same record whichever face was used.
package wizard

import (
	"context"
	"fmt"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
)

// Unnamed is who works when the system does not tell a name.
const Unnamed = "TPOC"

// Wizard is what a running program holds: where moves are kept, how the world
// is reached, who works and what time it is.
type Wizard struct {
	Repo   steps.Repository
	World  *check.World
	Checks []check.Check
	Who    string // person at the keyboard, as written into the journal
	Now    func() time.Time
	// Demo is set when World is the made-up internet; screens say so.
	Demo bool
	// News says once what the world behind did by itself, as one sentence: that
	// the demonstration's clock was moved on. Nil where it does nothing.
	News func() string
}

// TakeNews returns what is to be told, once; "" when there is nothing. Faces
// ask after every change that they save.
func (w *Wizard) TakeNews() string {
	if w.News == nil {
		return ""
	}
	return w.News()
}

// NewMove is what a move begins with. Domain may be empty; everything else
// that is empty is asked later, but the profile must be valid.
type NewMove struct {
	Profile steps.Profile
	Org     string
	Domain  string
}

// MoveLine is one row of the list of moves.
type MoveLine struct {
	Move  steps.Move
	Done  int
	Total int
	Turn  string // whose turn: "your turn", "waiting on Mimecast since 18 Nov"
	Next  string // next action, "" when nothing is left
	Err   error  // the move could not be read; the rest of the list is good
}

// Clock returns the present time.
func (w *Wizard) Clock() time.Time {
	if w.Now != nil {
		return w.Now()
	}
	return time.Now()
}

// New makes a move and returns its id. Values are read by the questions' own
// readers, so that what the wizard would refuse is refused here too.
func (w *Wizard) New(ctx context.Context, n NewMove) (string, error) {
	if err := n.Profile.Validate(); err != nil {
		return "", err
	}
	p := n.Profile
	values := []struct{ id, text string }{
		{steps.QJourney, string(p.Journey)},
		{steps.QService, string(p.Service)},
		{steps.QTrack, string(p.Track)},
		{steps.QSource, p.Source},
		{steps.QTarget, p.Target},
		{steps.QPlatform, string(p.Platform)},
		{steps.QOrg, n.Org},
		{steps.QPrimaryDomain, n.Domain},
	}
	var first []steps.AnswerEdit
	facts := steps.NewFacts(steps.Answers{steps.QJourney: {Value: string(p.Journey)}}, w.Clock())
	for _, v := range values {
		if strings.TrimSpace(v.text) == "" {
			continue
		}
		q, ok := rfi.Find(v.id)
		if !ok {
			return "", fmt.Errorf("no question %q", v.id)
		}
		u := q.Parse(v.text, facts)
		for _, problem := range u.Problems {
			if !problem.Warning {
				return "", fmt.Errorf("%s: %s", strings.ToLower(q.Label), problem.Message)
			}
		}
		first = append(first, steps.AnswerEdit{Question: v.id, Text: v.text, Value: u.Value, Provenance: steps.Typed})
	}
	return w.Repo.CreateMove(ctx, first, w.Who)
}

// Moves lists the moves with their state, most recently changed first.
func (w *Wizard) Moves(ctx context.Context) ([]MoveLine, error) {
	moves, err := w.Repo.Moves(ctx)
	if err != nil {
		return nil, err
	}
	lines := make([]MoveLine, len(moves))
	for i, m := range moves {
		lines[i].Move = m
		if m.Damaged != "" {
			lines[i].Err = fmt.Errorf("%w: %s", steps.ErrCorrupt, m.Damaged)
			continue
		}
		s, err := w.Open(ctx, m.ID)
		if err != nil {
			lines[i].Err = err
			continue
		}
		h := s.Hub()
		lines[i].Done, lines[i].Total, lines[i].Turn, lines[i].Next = h.Done, h.Total, h.Turn, h.Next.Text
	}
	return lines, nil
}

// Resolve finds the move that a person means by an id, the beginning of one,
// an organisation's name, a domain or the first part of one; with "" the only move there is.
func (w *Wizard) Resolve(ctx context.Context, name string) (steps.Move, error) {
	moves, err := w.Repo.Moves(ctx)
	if err != nil {
		return steps.Move{}, err
	}
	var hits []steps.Move
	ascii, err := resolve.Name(name) // as domains are kept, however they are typed
	if err != nil {
		ascii = name
	}
	for _, m := range moves {
		switch {
		case m.ID == name:
			return m, nil
		case name == "", strings.HasPrefix(m.ID, name), strings.EqualFold(m.Org, name), strings.EqualFold(m.Domain, name), strings.EqualFold(m.Domain, ascii),
			firstLabel(m.Domain, ascii):
			hits = append(hits, m)
		}
	}
	switch {
	case len(hits) == 1:
		return hits[0], nil
	case len(moves) == 0:
		return steps.Move{}, fmt.Errorf("there is no move yet; start one with mxodus, or mxodus new: %w", steps.ErrNotFound)
	case len(hits) == 0:
		return steps.Move{}, fmt.Errorf("no move is called %q; mxodus list shows them: %w", name, steps.ErrNotFound)
	}
	var names []string
	for _, m := range hits {
		name := m.ID + " " + m.Org
		if m.Domain != "" && m.Domain != m.Org {
			name = strings.TrimSpace(name) + ", " + m.Domain
		}
		names = append(names, name)
	}
	return steps.Move{}, fmt.Errorf("there are %d moves that fit; name one of: %s", len(hits), strings.Join(names, "; "))
}

// firstLabel reports a name that is all of a domain up to its first dot.
func firstLabel(domain, name string) bool {
	first, _, more := strings.Cut(domain, ".")
	return more && strings.EqualFold(first, name)
}

// Open reads a move and builds its plan.
func (w *Wizard) Open(ctx context.Context, id string) (*Session, error) {
	snap, err := w.Repo.Load(ctx, id)
	if err != nil {
		return nil, fmt.Errorf("open move %s: %w", id, err)
	}
	version, err := w.Repo.Version(ctx)
	if err != nil {
		return nil, fmt.Errorf("open move %s: %w", id, err)
	}
	s := &Session{w: w, id: id, version: version}
	if err := s.replace(ctx, snap); err != nil {
		return nil, err
	}
	return s, nil
}

// planOf builds the plan of a profile; a profile that is not complete yet has
// an empty plan.
func planOf(p steps.Profile) steps.Plan {
	built, err := plan.Build(p)
	if err != nil {
		return steps.Plan{Profile: p}
	}
	return built
}
