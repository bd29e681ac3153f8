package plain

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/store"
	"mxodus/ui/app"
	"mxodus/ui/uitest"
)

// act is one thing a person does, in both faces, from the same place.
type act struct {
	name  string
	at    steps.Position
	lines []string // in plain mode; what follows the last line is the end of the input
	keys  func(d *uitest.Driver)
}

func press(names ...string) func(*uitest.Driver) {
	return func(d *uitest.Driver) { d.Press(names...) }
}

func question(id string) steps.Position { return steps.Position{Screen: "rfi", Field: id} }

func stage(step string, s steps.Stage) steps.Position {
	return steps.Position{Screen: "step", Step: step, Stage: s}
}

// acts of a Connect move from its first answers on, through tasks, checks,
// waiting, a point set aside, closing and opening again.
func acts(ruleset string) []act {
	return []act{
		{"a list is typed", question(steps.QOutboundIPs), []string{"203.0.113.25, 203.0.113.26", "."}, func(d *uitest.Driver) {
			d.Type("203.0.113.25, 203.0.113.26")
			d.Press("enter", "enter") // addresses of examples are asked about once
		}},
		{"a list is pasted", question("ip.additional"), []string{"203.0.113.40", "203.0.113.300", ".", ""}, func(d *uitest.Driver) {
			d.Paste("203.0.113.40\r\n203.0.113.300")
			d.Press("enter", "enter")
		}},
		{"a name is changed", question(steps.QOrg), []string{"Acme Holding"}, func(d *uitest.Driver) {
			d.Press("ctrl+u")
			d.Type("Acme Holding")
			d.Press("enter")
		}},
		{"and brought back", question(steps.QOrg), []string{"u", ""}, press("ctrl+z")},
		{"yes or no", question("ip.outbound_dynamic"), []string{"n"}, press("n", "enter")},
		{"one of several", question("infra.exchange_version"), []string{"4"}, press("down", "down", "down", "down", "enter")},
		{"any of several", question("services.extra"), []string{"3, 1"}, press(" ", "down", "down", " ", "enter")},
		{"the usual value", question("journal.address"), []string{""}, press("enter")},
		{"an answer is kept", question(steps.QTarget), []string{""}, press("enter")},
		{"a question is passed", question("smart_hosts"), []string{""}, press("tab")},
		{"the ruleset of the firewall", steps.Position{Screen: "rfi", Step: steps.ConnectAccount, Field: "firewall.ruleset"}, []string{ruleset}, func(d *uitest.Driver) {
			d.Paste(ruleset)
			d.Press("enter")
		}},
		{"a step is begun", stage(steps.ConnectRFI, steps.StageRead), []string{""}, press("end", "enter")},
		{"a task is ticked", stage(steps.ConnectAccount, steps.StageDo), []string{"", "2", "y"}, press("home", "down", " ")},
		{"and another", stage(steps.ConnectAccount, steps.StageDo), []string{"", "3", "y"}, press("home", "down", "down", " ")},
		{"and unticked", stage(steps.ConnectAccount, steps.StageDo), []string{"", "2", "n"}, press("home", "down", " ")},
		{"checks are run", stage(steps.ConnectOutbound, steps.StageCheck), []string{"", "r"}, press("r")},
		{"a note is kept", stage(steps.ConnectAccount, steps.StageDo), []string{"n", "Spoke with Kim"}, func(d *uitest.Driver) {
			d.Press("n")
			d.Type("Spoke with Kim")
			d.Press("enter")
		}},
		{"it waits", stage(steps.ConnectAccount, steps.StageRead), []string{"w"}, press("w")},
		{"and no longer", stage(steps.ConnectAccount, steps.StageRead), []string{"w"}, press("w")},
		{"a point is set aside", stage(steps.ConnectAccount, steps.StageConfirm), []string{"", "2", "2", "agreed by phone"}, func(d *uitest.Driver) {
			d.Press("home", "down", "O")
			d.Type("agreed by phone")
			d.Press("enter")
		}},
	}
}

// side is a store of its own with one move in it.
type side struct {
	w     *wizard.Wizard
	repo  *store.DB
	clock *uitest.Clock
	id    string
	dir   string
}

func newSide(t *testing.T) *side {
	t.Helper()
	return sideOf(t, steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "au", Platform: steps.OnPrem})
}

func sideOf(t *testing.T, profile steps.Profile) *side {
	t.Helper()
	s := &side{clock: uitest.NewClock(epoch), dir: t.TempDir()}
	db, err := store.Open(context.Background(), filepath.Join(s.dir, "m.db"), store.Options{Now: s.clock.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	s.repo = db
	s.w = &wizard.Wizard{Repo: db, Who: "ann", Now: s.clock.Now, Checks: everyCheck(t, allProfiles...)}
	s.id, err = s.w.New(context.Background(), wizard.NewMove{
		Profile: profile, Org: "Acme Pty Ltd", Domain: "acme.com.au",
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// both does an act in both faces and returns what the stores then hold.
func both(t *testing.T, line, full *side, a act) string {
	t.Helper()
	if err := line.repo.SetPosition(context.Background(), line.id, a.at); err != nil {
		t.Fatal(err)
	}
	p := script(a.lines...)
	if err := Run(context.Background(), Options{Wizard: line.w, Open: line.id, In: p, Out: p, Dir: line.dir}); err != nil {
		t.Fatalf("%s: %v", a.name, err)
	}
	at := a.at
	d := uitest.Start(t, app.Options{Wizard: full.w, Open: full.id, Position: &at, Dir: full.dir}, full.clock)
	a.keys(d)
	shown := d.Screen()
	if err := d.Model.Finish(); err != nil {
		t.Fatalf("%s: %v", a.name, err)
	}
	plain, screen := dump(t, line.repo, line.id), dump(t, full.repo, full.id)
	if diff := difference(plain, screen); diff != "" {
		t.Fatalf("%s: the two stores differ:\n%s\nplain mode:\n%s\nthe screen:\n%s", a.name, diff, tail(p.transcript()), shown)
	}
	return plain
}

// A step is closed, with a reason for what stands in the way, and opened again.
func TestBothFacesCloseAndReopen(t *testing.T) {
	profile := steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au", Platform: steps.M365}
	line, full := sideOf(t, profile), sideOf(t, profile)
	id := steps.MigrateAuthorization
	for _, s := range []*side{line, full} {
		session, err := s.w.Open(context.Background(), s.id)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range session.Obstacles(id) {
			if o.Kind != plan.ObstacleAnswer {
				continue
			}
			q, _ := rfi.Find(strings.TrimPrefix(o.ID, "answer "))
			if _, err := session.Answer(context.Background(), q.ID, q.Example, steps.Typed, "", 0); err != nil {
				t.Fatal(err)
			}
		}
	}
	asides := 0
	for range 20 {
		session, err := line.w.Open(context.Background(), line.id)
		if err != nil {
			t.Fatal(err)
		}
		left := session.Obstacles(id)
		if len(left) == 0 {
			break
		}
		if !left[0].Overridable {
			t.Fatalf("cannot be set aside: %+v", left[0])
		}
		both(t, line, full, act{"a point is set aside", stage(id, steps.StageConfirm), []string{"", "1", "2", "agreed"}, func(d *uitest.Driver) {
			d.Press("home", "O")
			d.Type("agreed")
			d.Press("enter")
		}})
		asides++
	}
	closes := act{"the step is closed", stage(id, steps.StageConfirm), []string{"", "Kim, tomorrow", "Kim, 2027-11-20", "Kim, 2026-11-20", "Robin Okafor"}, func(d *uitest.Driver) {
		d.Press("end", "enter")
		d.Type("Kim")
		d.Press("enter")
		d.Type("2026-11-20")
		d.Press("enter")
		d.Type("Robin Okafor")
		d.Press("enter")
	}}
	now := both(t, line, full, closes)
	if !strings.Contains(now, "step "+id+" done_with_override") || !strings.Contains(now, "overseen \"Robin Okafor\"") || asides == 0 {
		t.Errorf("after %d points set aside the store holds\n%s", asides, now)
	}
	now = both(t, line, full, act{"and opened again", stage(id, steps.StageConfirm), []string{"o", "a mistake"}, func(d *uitest.Driver) {
		d.Press("o")
		d.Type("a mistake")
		d.Press("enter")
	}})
	if !strings.Contains(now, `reason "a mistake"`) {
		t.Errorf("not opened again:\n%s", now)
	}
	both(t, line, full, closes)
	for _, s := range []*side{line, full} {
		changeAnAnswer(t, s, id)
	}
	now = both(t, line, full, act{"changed since, and opened again by Enter", stage(id, steps.StageConfirm), []string{"", "", "it was changed"}, func(d *uitest.Driver) {
		d.Press("enter")
		d.Type("it was changed")
		d.Press("enter")
	}})
	if !strings.Contains(now, `reason "it was changed"`) {
		t.Errorf("Enter does not open again what was changed:\n%s", now)
	}
}

// changeAnAnswer gives a question of a step an answer that it did not have when
// the step was closed.
func changeAnAnswer(t *testing.T, s *side, step string) {
	t.Helper()
	s.clock.Move(time.Minute)
	session, err := s.w.Open(context.Background(), s.id)
	if err != nil {
		t.Fatal(err)
	}
	page, err := session.Step(step)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range page.Questions {
		if line.Answer.Value == "" || line.Question.Options != nil {
			continue
		}
		if _, err := session.Answer(context.Background(), line.Question.ID, "", steps.Typed, "", line.Answer.Revision); err != nil {
			t.Fatal(err)
		}
		if page, err = session.Step(step); err != nil || len(page.Changed) == 0 {
			t.Fatalf("nothing was changed: %v", err)
		}
		return
	}
	t.Fatal("the step has no answer to change")
}

// The same acts leave the same content, whichever face they were done in.
func TestBothFacesLeaveTheSameContent(t *testing.T) {
	ruleset := filepath.Join(t.TempDir(), "edge.rules")
	if err := os.WriteFile(ruleset, []byte("*filter\n:INPUT DROP [0:0]\nCOMMIT\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	line, full := newSide(t), newSide(t)
	before := ""
	for _, a := range acts(ruleset) {
		plain := both(t, line, full, a)
		switch a.name {
		case "an answer is kept", "a question is passed":
			if plain != before {
				t.Errorf("%s: something was written", a.name)
			}
		default:
			if plain == before {
				t.Errorf("%s: nothing was written", a.name)
			}
		}
		before = plain
	}
}

// difference is the lines that only one of two texts has.
func difference(a, b string) string {
	var out []string
	left, right := strings.Split(a, "\n"), strings.Split(b, "\n")
	for i := range max(len(left), len(right)) {
		var l, r string
		if i < len(left) {
			l = left[i]
		}
		if i < len(right) {
			r = right[i]
		}
		if l != r {
			out = append(out, "plain:  "+l, "screen: "+r)
		}
	}
	return strings.Join(out, "\n")
}
