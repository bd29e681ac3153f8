package wizard

import (
	"context"
	"errors"
	"fmt"

	"mxodus/steps"
	"mxodus/steps/plan"
)

// Tick marks a task done or not done. A task that is there to note something is
// not done before that is answered: a *RecordError names the question. Where
// somebody else has meanwhile set it as it is asked for, there is nothing left
// to do, and no conflict.
func (s *Session) Tick(ctx context.Context, step, task string, done bool) error {
	if q, open := s.unrecorded(step, task); done && open {
		return &RecordError{Step: step, Question: q}
	}
	if done && task == steps.TaskSendForm && len(plan.Untold(s.View(), step)) > 0 { // sent, and now told what differs: the new time counts
		if err := s.setTask(ctx, step, task, false); err != nil {
			return err
		}
	}
	if err := s.setTask(ctx, step, task, done); err != nil {
		return err
	}
	if st := s.Snapshot().Steps[step].Status; st == "" || st == steps.NotStarted {
		return s.move(ctx, step, plan.Event{Kind: plan.EventStart}, nil)
	}
	return nil
}

// TickedEarly is said when a task is ticked that comes after the checks of its
// step, while one of them leaves something open.
const TickedEarly = "ticked, though the checks it rests on are still open"

func (s *Session) setTask(ctx context.Context, step, task string, done bool) error {
	s.acting.Lock()
	defer s.acting.Unlock()
	key := steps.TaskKey(step, task)
	state := s.Snapshot().Tasks[key]
	state.Step, state.Task, state.Done = step, task, done
	got, err := s.w.Repo.SetTask(ctx, s.id, state, s.w.Who)
	if s.alike(ctx, err) && s.Snapshot().Tasks[key].Done == done {
		return nil
	}
	if err != nil {
		return fmt.Errorf("save task %s: %w", task, err)
	}
	s.change(func(n *steps.Snapshot) { n.Tasks[key] = got })
	return nil
}

// alike reports a lost race against somebody who set the very same value, after
// reading the move again: that value is in the snapshot then.
func (s *Session) alike(ctx context.Context, err error) bool {
	var race *steps.ConflictError
	if !errors.As(err, &race) || race.Theirs != race.Yours {
		return false
	}
	_, failed := s.Reload(ctx)
	return failed == nil
}

// answeredAlike reports a lost race against somebody who gave the very same
// answer; it returns the answer as it stands.
func (s *Session) answeredAlike(ctx context.Context, err error, e steps.AnswerEdit) (steps.Answer, bool) {
	if !s.alike(ctx, err) {
		return steps.Answer{}, false
	}
	now := s.Snapshot().Answers[e.Question]
	return now, now.Revision > 0 && now.Text == e.Text && now.Value == e.Value
}
