package demo

import (
	"context"
	"time"

	"mxodus/steps"
	"mxodus/steps/region"
)

// Repository keeps the demonstration's moves and lets the made-up world follow
// what the TPOC says was done: ticking "change the MX" changes it at the
// made-up DNS host, closing the outbound step lets the days of waiting pass.
type Repository struct {
	steps.Repository
	World *World
}

// settle is a little more than the waiting time between outbound and inbound.
const settle = 3*24*time.Hour + time.Hour

// SetTask stores the tick and then does in the made-up world what it says.
func (r Repository) SetTask(ctx context.Context, move string, t steps.TaskState, by string) (steps.TaskState, error) {
	ticked := t.Done
	got, err := r.Repository.SetTask(ctx, move, t, by)
	if err != nil || !ticked {
		return got, err
	}
	o, ok := r.organisation(ctx, move)
	if !ok {
		return got, nil
	}
	switch {
	case t.Task == steps.TaskChangeMX:
		if target, ok := region.Find(o.profile.Target); ok {
			r.World.ChangeMX(o.domains, target)
		}
	case t.Task == steps.TaskClosePort:
		r.World.Lock(o.mailServer)
	}
	return got, nil
}

// SetStep stores the state and moves the clock where the real world would make
// the TPOC wait for days: to the agreed times, and past the days in which
// Mimecast learns the correspondents.
func (r Repository) SetStep(ctx context.Context, move string, s steps.StepState, set []steps.Override, by string) (steps.StepState, error) {
	got, err := r.Repository.SetStep(ctx, move, s, set, by)
	if err != nil || !got.Status.Closed() {
		return got, err
	}
	if snap, err := r.Load(ctx, move); err == nil { // else the clock stays; the gate says what it waits for
		if d := waited(snap, s.Step).Sub(r.World.Now()); d > 0 {
			r.World.Skip(d)
		}
	}
	return got, nil
}

// waited is the moment to which the clock moves on when a step is closed; zero
// for steps that make nobody wait, or that are not closed.
func waited(snap steps.Snapshot, step string) time.Time {
	st := snap.Steps[step]
	if !st.Status.Closed() {
		return time.Time{}
	}
	agreed := func(question string) time.Time {
		at, err := time.Parse(time.RFC3339, snap.Answers.Value(question))
		if err != nil {
			return time.Time{}
		}
		return at.Add(time.Minute)
	}
	switch step {
	case steps.ConnectOutbound:
		return st.Closed.Add(settle)
	case steps.MigrateDates:
		return agreed(steps.QOutboundDate)
	case steps.MigrateOutbound:
		return agreed(steps.QInboundDate)
	}
	return time.Time{}
}

// Resume brings the made-up world to where the kept moves left it: its clock is
// no earlier than anything recorded, and what was ticked as changed is changed.
func (w *World) Resume(ctx context.Context, repo steps.Repository) error {
	moves, err := repo.Moves(ctx)
	if err != nil {
		return err
	}
	for _, m := range moves {
		last, err := lastEntry(ctx, repo, m.ID)
		if err != nil {
			return err
		}
		if d := last.Sub(w.Now()); d > 0 {
			w.set(d + time.Second)
		}
		snap, err := repo.Load(ctx, m.ID)
		if err != nil {
			return err
		}
		for _, step := range []string{steps.ConnectOutbound, steps.MigrateDates, steps.MigrateOutbound} {
			if d := waited(snap, step).Sub(w.Now()); d > 0 {
				w.set(d)
			}
		}
		o, ok := Repository{Repository: repo, World: w}.organisation(ctx, m.ID)
		if !ok {
			continue
		}
		journey := o.profile.Journey
		if snap.Tasks[steps.TaskKey(steps.MXStep(journey), steps.TaskChangeMX)].Done {
			if target, ok := region.Find(o.profile.Target); ok {
				w.ChangeMX(o.domains, target)
				w.catchUp()
			}
		}
		if snap.Tasks[steps.TaskKey(steps.ConnectLockdown, steps.TaskClosePort)].Done {
			w.Lock(o.mailServer)
		}
	}
	return nil
}

// organisation finds whose move it is; moves that a visitor adds belong to no
// one in the made-up world, which then does not follow.
func (r Repository) organisation(ctx context.Context, move string) (organisation, bool) {
	snap, err := r.Load(ctx, move)
	if err != nil {
		return organisation{}, false
	}
	for _, o := range organisations() {
		if o.domains[0] == snap.Answers.Value(steps.QPrimaryDomain) {
			o.profile = snap.Answers.Profile()
			o.domains = snap.Answers.AllDomains()
			return o, true
		}
	}
	return organisation{}, false
}

// Moves makes the moves that the demonstration opens with, as far as they are
// not there yet, and returns their ids.
func Moves(ctx context.Context, repo steps.Repository) ([]string, error) {
	there, err := repo.Moves(ctx)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, o := range organisations() {
		id := ""
		for _, m := range there {
			if m.Domain == o.domains[0] {
				id = m.ID
			}
		}
		if id == "" {
			if id, err = repo.CreateMove(ctx, firstAnswers(o), maker); err != nil {
				return nil, err
			}
		}
		ids = append(ids, id)
	}
	return ids, nil
}

func firstAnswers(o organisation) []steps.AnswerEdit {
	p := o.profile
	values := [][2]string{
		{steps.QJourney, string(p.Journey)},
		{steps.QService, string(p.Service)},
		{steps.QTrack, string(p.Track)},
		{steps.QSource, p.Source},
		{steps.QTarget, p.Target},
		{steps.QPlatform, string(p.Platform)},
		{steps.QOrg, o.name},
		{steps.QPrimaryDomain, o.domains[0]},
	}
	var out []steps.AnswerEdit
	for _, v := range values {
		if v[1] != "" {
			out = append(out, steps.AnswerEdit{Question: v[0], Text: v[1], Value: v[1], Provenance: steps.Typed})
		}
	}
	return out
}
