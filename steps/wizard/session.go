package wizard

import (
	"context"
	"fmt"
	"maps"
	"sync"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

// Session is one open move. Its methods may be called from any goroutine; what
// they return is the caller's own.
type Session struct {
	w  *Wizard
	id string

	mu       sync.RWMutex
	snap     steps.Snapshot
	plan     steps.Plan
	version  int64
	rulesets []check.File

	// acting lets one change of tasks and of a step's state follow another: the
	// second is made of what the first one left.
	acting sync.Mutex

	found findings // what public records suggest
}

// ID of the move.
func (s *Session) ID() string { return s.id }

// Wizard the session was opened by.
func (s *Session) Wizard() *Wizard { return s.w }

// Snapshot returns the present state as last read or written.
func (s *Session) Snapshot() steps.Snapshot {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.snap
}

// Plan of the present profile.
func (s *Session) Plan() steps.Plan {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.plan
}

// Now is the present time in the zone of the move, in which days are counted
// and times are shown.
func (s *Session) Now() time.Time {
	now := s.w.Clock()
	return now.In(s.Snapshot().Answers.Zone(now.Location()))
}

// Facts of the move now.
func (s *Session) Facts() steps.Facts { return s.Snapshot().Facts(s.Now()) }

// View is what gates and statuses are computed from.
func (s *Session) View() steps.View {
	s.mu.RLock()
	snap, p := s.snap, s.plan
	s.mu.RUnlock()
	now := s.Now()
	inputs := map[string]check.Input{}
	return steps.View{
		Plan: p, Snap: snap, Facts: snap.Facts(now), Now: now,
		Stale: func(r steps.Run) bool {
			in, ok := inputs[r.Step]
			if !ok {
				var err error
				if in, err = s.Input(r.Step); err != nil {
					return true
				}
				inputs[r.Step] = in
			}
			c, ok := s.w.findCheck(r.Result.Check)
			return !ok || r.Result.Input != in.FingerprintFor(c)
		},
	}
}

// Reload reads the move again when any process changed the store, and reports
// whether it did.
func (s *Session) Reload(ctx context.Context) (bool, error) {
	version, err := s.w.Repo.Version(ctx)
	if err != nil {
		return false, err
	}
	s.mu.RLock()
	same := version == s.version
	s.mu.RUnlock()
	if same {
		return false, nil
	}
	snap, err := s.w.Repo.Load(ctx, s.id)
	if err != nil {
		return false, err
	}
	s.mu.Lock()
	s.version = version
	s.mu.Unlock()
	return true, s.replace(ctx, snap)
}

// replace takes over a snapshot read from the repository, with what checks
// need from history and attachments.
func (s *Session) replace(ctx context.Context, snap steps.Snapshot) error {
	recordings, err := s.readRecordings(ctx, snap)
	if err != nil {
		return err
	}
	snap.Recordings = recordings
	if snap.OldSeen, err = s.readOldSeen(ctx, snap); err != nil {
		return err
	}
	rulesets, err := s.readRulesets(ctx, snap)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snap, s.rulesets = snap, rulesets
	s.plan = planOf(snap.Answers.Profile())
	return nil
}

// readRecordings finds the MX sets recorded before the change in the history
// of runs, so that a run made afterwards cannot replace them.
func (s *Session) readRecordings(ctx context.Context, snap steps.Snapshot) ([]steps.MXRecording, error) {
	has := false
	for _, r := range snap.Latest {
		has = has || r.Result.Check == steps.CheckMXPlan
	}
	if !has {
		return nil, nil
	}
	runs, err := s.w.Repo.Runs(ctx, s.id, "", steps.CheckMXPlan, 5000) // those from after the change are small
	if err != nil {
		return nil, fmt.Errorf("read the recorded MX: %w", err)
	}
	return steps.ReadMXRecordings(runs), nil
}

// readOldSeen finds in the history of runs when a name server was last seen to
// lag behind the change.
func (s *Session) readOldSeen(ctx context.Context, snap steps.Snapshot) (time.Time, error) {
	if snap.MXChangedAt().IsZero() {
		return time.Time{}, nil
	}
	runs, err := s.w.Repo.Runs(ctx, s.id, "", steps.CheckMXAuth, 50)
	if err != nil {
		return time.Time{}, fmt.Errorf("read what the name servers gave: %w", err)
	}
	return steps.ReadOldSeen(runs), nil
}

// change applies an edit to a copy of the snapshot's maps, so that snapshots
// handed out earlier stay as they were.
func (s *Session) change(edit func(*steps.Snapshot)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.snap
	next.Answers = maps.Clone(s.snap.Answers)
	next.Steps = maps.Clone(s.snap.Steps)
	next.Tasks = maps.Clone(s.snap.Tasks)
	next.Latest = maps.Clone(s.snap.Latest)
	if next.Answers == nil {
		next.Answers = steps.Answers{}
	}
	if next.Steps == nil {
		next.Steps = map[string]steps.StepState{}
	}
	if next.Tasks == nil {
		next.Tasks = map[string]steps.TaskState{}
	}
	if next.Latest == nil {
		next.Latest = map[string]steps.Run{}
	}
	edit(&next)
	if p := next.Answers.Profile(); p != s.plan.Profile {
		s.plan = planOf(p)
	}
	next.Move.Profile = s.plan.Profile
	next.Move.Org, next.Move.Domain = next.Answers.Value(steps.QOrg), next.Answers.Value(steps.QPrimaryDomain)
	s.snap = next
}

// SetPosition remembers where the TPOC is.
func (s *Session) SetPosition(ctx context.Context, p steps.Position) error {
	if err := s.w.Repo.SetPosition(ctx, s.id, p); err != nil {
		return err
	}
	s.change(func(n *steps.Snapshot) { n.Position = p })
	return nil
}

// Journal lists the record of the move, oldest first.
func (s *Session) Journal(ctx context.Context) ([]steps.JournalEntry, error) {
	return s.w.Repo.Journal(ctx, s.id)
}

// History lists the answers a question has had, oldest first.
func (s *Session) History(ctx context.Context, question string) ([]steps.Answer, error) {
	return s.w.Repo.AnswerHistory(ctx, s.id, question)
}

// Runs lists stored runs of a check in a step, newest first.
func (s *Session) Runs(ctx context.Context, step, checkID string, limit int) ([]steps.Run, error) {
	return s.w.Repo.Runs(ctx, s.id, step, checkID, limit)
}

// now is the clock, in UTC.
func (s *Session) now() time.Time { return s.w.Clock().UTC() }
