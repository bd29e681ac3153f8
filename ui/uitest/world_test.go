package uitest

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
	"mxodus/steps/wizard"
	"mxodus/store"
	"mxodus/ui/app"
	"mxodus/ui/theme"
)

// scripted is a check that does what a test says.
type scripted struct {
	id    string
	title string // "" is one made of the id
	run   func(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result
}

func (s *scripted) ID() string { return s.id }

// Title is the test's own, or made of the id.
func (s *scripted) Title() string {
	if s.title != "" {
		return s.title
	}
	return "Check " + s.id
}

func (s *scripted) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	return s.run(ctx, in, progress)
}

func passes(context.Context, check.Input, func(check.Progress)) check.Result {
	return check.Result{Outcome: check.Pass, Summary: "everything is as planned"}
}

// world is a store in a folder of its own, and a program over it.
type world struct {
	t      testing.TB
	clock  *Clock
	db     *store.DB
	path   string
	dir    string // where files are saved
	wizard *wizard.Wizard
	checks map[string]*scripted
}

var begin = time.Date(2026, 11, 21, 9, 30, 0, 0, time.UTC)

func newWorld(t testing.TB) *world {
	t.Helper()
	w := &world{t: t, clock: NewClock(begin), dir: t.TempDir(), checks: map[string]*scripted{}}
	w.path = filepath.Join(t.TempDir(), "mxodus.db")
	w.db = w.openStore()
	w.wizard = &wizard.Wizard{Repo: w.db, Who: "kim"}
	for _, p := range profiles() {
		built, err := plan.Build(p)
		if err != nil {
			t.Fatal(err)
		}
		for _, st := range built.Steps {
			for _, id := range st.Checks {
				if w.checks[id] == nil {
					w.checks[id] = &scripted{id: id, run: passes}
					w.wizard.Checks = append(w.wizard.Checks, w.checks[id])
				}
			}
		}
	}
	return w
}

func profiles() []steps.Profile {
	var out []steps.Profile
	for _, s := range steps.Services {
		out = append(out, steps.Profile{Journey: steps.Connect, Service: s, Target: "au"})
	}
	for _, tr := range steps.Tracks {
		out = append(out, steps.Profile{Journey: steps.Migrate, Track: tr, Source: "eu", Target: "au"})
	}
	return out
}

func (w *world) openStore() *store.DB {
	w.t.Helper()
	db, err := store.Open(context.Background(), w.path, store.Options{Now: w.clock.Now})
	if err != nil {
		w.t.Fatal(err)
	}
	w.t.Cleanup(func() { _ = db.Close() })
	return db
}

// move makes a move without the screen.
func (w *world) move(p steps.Profile, org, domain string) string {
	w.t.Helper()
	w.wizard.Now = w.clock.Now
	id, err := w.wizard.New(context.Background(), wizard.NewMove{Profile: p, Org: org, Domain: domain})
	if err != nil {
		w.t.Fatal(err)
	}
	return id
}

// session opens a move without the screen.
func (w *world) session(id string) *wizard.Session {
	w.t.Helper()
	s, err := w.wizard.Open(context.Background(), id)
	if err != nil {
		w.t.Fatal(err)
	}
	return s
}

func (w *world) start(set ...func(*app.Options)) *Driver {
	w.t.Helper()
	o := app.Options{Wizard: w.wizard, Dir: w.dir, Version: "1.0", Theme: theme.Options{Dark: true}}
	for _, f := range set {
		f(&o)
	}
	d := Start(w.t, o, w.clock)
	w.t.Cleanup(func() { _ = d.Model.Finish() })
	return d
}

func enterprise() steps.Profile {
	return steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au"}
}

func (w *world) files() []string {
	w.t.Helper()
	all, err := os.ReadDir(w.dir)
	if err != nil {
		w.t.Fatal(err)
	}
	var names []string
	for _, e := range all {
		names = append(names, e.Name())
	}
	return names
}
