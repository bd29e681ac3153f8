package uitest

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

// walker takes a move from its first step to its last with nothing but keys,
// as a TPOC does who follows what the screen says.
type walker struct {
	*Driver
	w     *world
	id    string
	asked map[string]int // how often each question was answered
	trail []string
}

// TestWalkEveryProfile walks both journeys in all their forms to the end.
func TestWalkEveryProfile(t *testing.T) {
	for _, p := range profiles() {
		name := string(p.Journey) + " " + string(p.Service) + string(p.Track)
		t.Run(strings.TrimSpace(name), func(t *testing.T) {
			w := newWorld(t)
			w.checks[steps.CheckMXPlan].run = passesWithTTL
			p.Platform = steps.OnPrem
			id := w.move(p, "Acme Pty Ltd", "acme.com.au")
			k := &walker{Driver: w.start(func(o *app.Options) { o.Open = id }), w: w, id: id, asked: map[string]int{}}
			k.Resize(100, 30)
			k.walk(t)
			k.Press("ctrl+g")
			k.Expect("all steps are done")
			k.Press("e", "enter")
			k.Expect("Saved to", "summary")
			if seq, why, err := w.db.VerifyJournal(context.Background(), id); err != nil || seq != 0 {
				t.Errorf("the journal: entry %d: %s, %v", seq, why, err)
			}
		})
	}
}

func (k *walker) walk(t *testing.T) {
	t.Helper()
	for range 1500 {
		hub := k.Model.Session().Hub()
		if hub.Done == hub.Total && hub.Total > 0 {
			return
		}
		p := k.Model.Place()
		if k.trail = append(k.trail, p.Screen+" "+p.Step+" "+string(p.Stage)+" "+p.Field); len(k.trail) > 30 {
			k.trail = k.trail[1:]
		}
		switch p.Screen {
		case screen.Hub:
			if hub.Next.Step == "" {
				k.Sleep(24 * time.Hour) // only time is missing, or an answer in a step that is held up
			}
			k.Press("enter")
		case screen.Step:
			k.step(t, p)
		case screen.RFI:
			k.answer(t, p)
		default:
			t.Fatalf("the walk came to %+v", p)
		}
	}
	t.Fatalf("the walk does not end; it went\n%s\n%s", strings.Join(k.trail, "\n"), k.Screen())
}

func (k *walker) step(t *testing.T, p steps.Position) {
	t.Helper()
	page, err := k.Model.Session().Step(p.Step)
	if err != nil {
		t.Fatal(err)
	}
	switch p.Stage {
	case steps.StageDo:
		open := slices.ContainsFunc(page.Tasks, func(l wizard.TaskLine) bool { return l.Open() })
		if open {
			k.Press("space")
			return
		}
		k.Press("enter")
	case steps.StageCheck:
		k.Press("r")
		k.Press("right")
	case steps.StageConfirm:
		k.confirm(page.Obstacles)
	default:
		k.Press("enter")
	}
}

func (k *walker) confirm(obstacles []plan.Obstacle) {
	if len(obstacles) == 0 {
		k.Press("enter")
		if strings.Contains(k.Screen(), "Who at Mimecast confirmed it") {
			k.Type("Jordan Ellis")
			k.Press("enter")
			k.Type("2026-11-20")
			k.Press("enter")
		}
		k.Press("enter")
		if strings.Contains(k.Screen(), "to sign off") {
			k.Type("acme.com.au")
			k.Press("enter")
		}
		return
	}
	o := obstacles[0]
	k.Press("home")
	if o.Kind == plan.ObstacleGate || o.Kind == plan.ObstacleUnknown || o.Kind == plan.ObstacleAnswer && k.asked[o.ID] > 1 {
		k.Press("O")
		k.Type("known and agreed")
		k.Press("enter")
		return
	}
	k.asked[o.ID]++
	k.Press("enter")
}

// answer answers a question by its own example, and goes back.
func (k *walker) answer(t *testing.T, p steps.Position) {
	t.Helper()
	q, ok := rfi.Find(p.Field)
	if !ok {
		k.Press("esc")
		return
	}
	switch q.Type {
	case rfi.Choice, rfi.YesNo:
		k.Press("enter")
		if strings.Contains(k.Screen(), "Choose one") { // nothing is found for it
			k.Press("down", "enter")
		}
	case rfi.MultiChoice:
		k.Press("space", "enter")
	case rfi.File:
		k.Press("esc")
		return
	default:
		k.Press("ctrl+u")
		text := q.ExampleFor(k.Model.Session().Facts())
		if f := k.Model.Session().Facts(); q.Type == rfi.PerDomain {
			var lines []string
			for _, d := range f.Domains {
				lines = append(lines, d+" "+q.Options(f)[0].Value)
			}
			text = strings.Join(lines, "\n")
		}
		k.Paste(text)
		k.Press("ctrl+s")
	}
	if now := k.Model.Place(); now.Screen == screen.RFI {
		k.Press("esc")
	}
}

// passesWithTTL records MX sets, so that caches can be counted from them.
func passesWithTTL(_ context.Context, in check.Input, _ func(check.Progress)) check.Result {
	r := check.Result{Outcome: check.Pass, Summary: "recorded"}
	var parts []string
	for _, d := range in.Domains {
		parts = append(parts, `"`+d+`":[{"host":"old.example","pref":10,"ttl":3600}]`)
	}
	r.Data = []byte("{" + strings.Join(parts, ",") + "}")
	return r
}
