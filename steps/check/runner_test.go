package check_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"mxodus/steps/check"
)

// fake is a check that does what run does.
type fake struct {
	id  string
	run func(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result
}

func (f fake) ID() string    { return f.id }
func (f fake) Title() string { return "Title of " + f.id }
func (f fake) Run(ctx context.Context, in check.Input, p func(check.Progress)) check.Result {
	return f.run(ctx, in, p)
}

func passing(id string, after time.Duration) fake {
	return fake{id, func(ctx context.Context, _ check.Input, _ func(check.Progress)) check.Result {
		select {
		case <-time.After(after):
			return check.Result{Outcome: check.Pass, Summary: "ok"}
		case <-ctx.Done():
			return check.Result{Outcome: check.Unknown, Summary: "ended"}
		}
	}}
}

func TestRunnerKeepsTheOrderAndFillsIn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var cs []check.Check
		for i := range 8 {
			cs = append(cs, passing(fmt.Sprint(i), time.Duration(8-i)*time.Second))
		}
		in := check.Input{Phase: check.During, Domains: []string{"acme.example"}}
		var ended []string
		began := time.Now()
		rs := check.Runner{Parallel: 3}.Run(t.Context(), cs, in, func(e check.Event) {
			if e.Result == nil || e.Progress != nil {
				t.Errorf("event %+v", e)
				return
			}
			ended = append(ended, e.Result.Check)
		})
		for i, r := range rs {
			if r.Check != fmt.Sprint(i) || r.Title != "Title of "+r.Title[len(r.Title)-1:] || r.Outcome != check.Pass ||
				r.Phase != check.During || r.Input != in.Fingerprint() || r.Started.IsZero() || r.Took != time.Duration(8-i)*time.Second {
				t.Errorf("%d: %+v", i, r)
			}
		}
		if len(ended) != 8 {
			t.Errorf("%d results reported", len(ended))
		}
		if d := time.Since(began); d < 12*time.Second || d > 36*time.Second {
			t.Errorf("36 s of work by three at once took %v", d)
		}
	})
}

func TestRunnerBoundsHowManyRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		c := fake{"x", func(context.Context, check.Input, func(check.Progress)) check.Result {
			if n := now.Add(1); n > most.Load() {
				most.Store(n)
			}
			time.Sleep(time.Second) // of the bubble's clock
			now.Add(-1)
			return check.Result{Outcome: check.Pass}
		}}
		check.Runner{}.Run(t.Context(), slices.Repeat([]check.Check{c}, 20), check.Input{}, nil)
		if most.Load() != 4 {
			t.Errorf("%d at once, want 4", most.Load())
		}
	})
}

func TestRunnerSurvivesAPanic(t *testing.T) {
	bad := fake{"bad", func(context.Context, check.Input, func(check.Progress)) check.Result { panic("boom\x1b[2J") }}
	rs := check.Runner{}.Run(t.Context(), []check.Check{bad, passing("good", 0)}, check.Input{}, nil)
	if rs[0].Outcome != check.Unknown || rs[0].Check != "bad" || rs[0].Summary != `This check stopped with an internal error: boom\x1b[2J` {
		t.Errorf("%+v", rs[0])
	}
	if rs[1].Outcome != check.Pass {
		t.Errorf("%+v", rs[1])
	}
}

func TestRunnerEndsALateCheck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		deaf := fake{"deaf", func(_ context.Context, _ check.Input, progress func(check.Progress)) check.Result {
			<-release
			progress(check.Progress{Done: 1})
			return check.Result{Outcome: check.Pass}
		}}
		late := 0
		began := time.Now()
		rs := check.Runner{Deadline: 5 * time.Second}.Run(t.Context(), []check.Check{deaf, passing("slow", time.Hour)}, check.Input{}, func(e check.Event) {
			if e.Progress != nil {
				late++
			}
		})
		if d := time.Since(began); d > 6*time.Second {
			t.Errorf("took %v", d)
		}
		if rs[0].Outcome != check.Unknown || rs[0].Summary != "No result within 5s" {
			t.Errorf("deaf: %+v", rs[0])
		}
		if rs[1].Outcome != check.Unknown || rs[1].Summary != "ended" {
			t.Errorf("one that listens may say so itself: %+v", rs[1])
		}
		close(release)
		synctest.Wait()
		if late != 0 {
			t.Error("progress is reported after the result")
		}
	})
}

func TestRunnerCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		hang := make(chan struct{})
		defer close(hang)
		deaf := fake{"deaf", func(context.Context, check.Input, func(check.Progress)) check.Result {
			<-hang
			return check.Result{}
		}}
		began := time.Now()
		rs := check.Runner{Parallel: 1}.Run(ctx, []check.Check{deaf, deaf, deaf}, check.Input{}, nil)
		for _, r := range rs {
			if r.Outcome != check.Unknown || r.Summary != "Stopped before it could finish" {
				t.Errorf("%+v", r)
			}
		}
		if d := time.Since(began); d > 3*time.Second {
			t.Errorf("took %v", d)
		}
	})
}

func TestRunnerReportsOneAtATime(t *testing.T) {
	busy := fake{"busy", func(_ context.Context, _ check.Input, progress func(check.Progress)) check.Result {
		var wg sync.WaitGroup
		for range 10 {
			wg.Add(1)
			go func() { defer wg.Done(); progress(check.Progress{Total: 10}) }()
		}
		wg.Wait()
		return check.Result{Outcome: check.Pass}
	}}
	inside, n := false, 0 // no lock: the race detector watches
	check.Runner{}.Run(t.Context(), []check.Check{busy, busy, busy}, check.Input{}, func(e check.Event) {
		if inside {
			t.Error("two reports at once")
		}
		inside = true
		if e.Progress != nil && e.Progress.Check != "busy" {
			t.Errorf("progress of %q", e.Progress.Check)
		}
		n++
		inside = false
	})
	if n != 33 {
		t.Errorf("%d reports, want 33", n)
	}
}

func TestSharedIsBuiltOnceForARun(t *testing.T) {
	type key struct{}
	built := atomic.Int32{}
	var seen sync.Map
	c := fake{"x", func(ctx context.Context, _ check.Input, _ func(check.Progress)) check.Result {
		v := check.Shared(ctx, key{}, func(ctx context.Context) *context.Context { built.Add(1); return &ctx })
		seen.Store(v, true)
		if (*v).Err() != nil {
			t.Error("the run's context has ended within the run")
		}
		return check.Result{Outcome: check.Pass}
	}}
	check.Runner{}.Run(t.Context(), []check.Check{c, c, c}, check.Input{}, nil)
	if built.Load() != 1 {
		t.Errorf("built %d times in one run", built.Load())
	}
	seen.Range(func(v, _ any) bool {
		if (*v.(*context.Context)).Err() == nil {
			t.Error("the run's context outlives the run")
		}
		return true
	})
	check.Runner{}.Run(t.Context(), []check.Check{c}, check.Input{}, nil)
	if built.Load() != 2 {
		t.Errorf("a second run shares with the first: built %d times", built.Load())
	}
	if v := check.Shared(t.Context(), key{}, func(context.Context) int { return 7 }); v != 7 {
		t.Errorf("outside a run: %d", v)
	}
}

// A panic in a goroutine of one check, too, is that check's result alone.
func TestRunnerSurvivesAPanicInAPart(t *testing.T) {
	bad := fake{"bad", func(context.Context, check.Input, func(check.Progress)) check.Result {
		var g check.Group
		for i := range 8 {
			g.Go(func() {
				if i == 5 {
					panic("boom")
				}
			})
		}
		g.Wait()
		return check.Result{Outcome: check.Pass}
	}}
	rs := check.Runner{}.Run(t.Context(), []check.Check{bad, passing("good", 0)}, check.Input{}, nil)
	if rs[0].Outcome != check.Unknown || rs[0].Summary != "This check stopped with an internal error: boom" || rs[1].Outcome != check.Pass {
		t.Errorf("%+v", rs)
	}
}

// What was found before a run is stopped stays, also that something could not
// be checked; what was cut short is marked, and what had not begun never runs.
func TestRunnerTellsFinishedFromStopped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(time.Second, cancel)
		unsure := fake{"unsure", func(context.Context, check.Input, func(check.Progress)) check.Result {
			return check.Result{Outcome: check.Unknown, Summary: "the server was silent"}
		}}
		polite := fake{"polite", func(ctx context.Context, _ check.Input, _ func(check.Progress)) check.Result {
			<-ctx.Done()
			return check.Result{Outcome: check.Unknown, Summary: "half of it"}
		}}
		began := 0
		late := fake{"late", func(context.Context, check.Input, func(check.Progress)) check.Result {
			began++
			return check.Result{Outcome: check.Pass}
		}}
		rs := check.Runner{Parallel: 3}.Run(ctx, []check.Check{unsure, passing("good", 0), polite, polite, polite, late, late}, check.Input{}, nil)
		for i, want := range []bool{false, false, true, true, true} {
			if rs[i].Stopped != want {
				t.Errorf("%s: stopped %v: %+v", rs[i].Check, rs[i].Stopped, rs[i])
			}
		}
		for _, r := range rs[5:] {
			if r.Check != "late" || r.Outcome == check.Unknown && !r.Stopped {
				t.Errorf("%+v", r)
			}
		}
		if rs[1].Outcome != check.Pass || began > 2 {
			t.Errorf("%+v, %d begun", rs[1], began)
		}
	})
}
