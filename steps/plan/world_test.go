package plan

import (
	"encoding/json"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

var now = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// answersOf are the answers that make a profile, with two domains.
func answersOf(p steps.Profile) steps.Answers {
	a := steps.Answers{}
	for q, v := range map[string]string{
		steps.QJourney: string(p.Journey), steps.QService: string(p.Service), steps.QTrack: string(p.Track),
		steps.QSource: p.Source, steps.QTarget: p.Target, steps.QPlatform: string(p.Platform),
		steps.QOrg: "Acme", steps.QPrimaryDomain: "acme.com", steps.QDomains: "acme.com\nacme.net",
		steps.QOutboundIPs: "203.0.113.25", steps.QInbound: "203.0.113.26",
	} {
		if v != "" {
			a[q] = steps.Answer{Question: q, Value: v}
		}
	}
	return a
}

// world is a move that tests put into a state.
type world struct {
	snap steps.Snapshot
	plan steps.Plan
	now  time.Time
}

func newWorld(p steps.Profile) *world {
	built, err := Build(p)
	if err != nil {
		panic(err)
	}
	return &world{plan: built, now: now, snap: steps.Snapshot{
		Answers: answersOf(p), Steps: map[string]steps.StepState{},
		Tasks: map[string]steps.TaskState{}, Latest: map[string]steps.Run{},
	}}
}

func (w *world) view() steps.View {
	return steps.View{Plan: w.plan, Snap: w.snap, Facts: w.snap.Facts(w.now), Now: w.now}
}

func (w *world) answer(q, v string) { w.snap.Answers[q] = steps.Answer{Question: q, Value: v} }

func (w *world) close(at time.Time, ids ...string) {
	for _, id := range ids {
		w.snap.Steps[id] = steps.StepState{Step: id, Status: steps.Done, Closed: at}
	}
}

func (w *world) tick(step, task string, at time.Time) {
	w.snap.Tasks[steps.TaskKey(step, task)] = steps.TaskState{Step: step, Task: task, Done: true, At: at}
}

func (w *world) run(step, id string, at time.Time, r check.Result) {
	r.Check, r.Started = id, at
	w.snap.Latest[steps.RunKey(step, id)] = steps.Run{Step: step, Result: r}
}

// record stores an MX-PLAN run with one TTL for all domains.
func (w *world) record(step string, at time.Time, ttl uint32, domains ...string) {
	sets := map[string][]check.MX{}
	for _, d := range domains {
		sets[d] = []check.MX{{Host: "mail." + d, Pref: 10, TTL: ttl}}
	}
	b, err := json.Marshal(sets)
	if err != nil {
		panic(err)
	}
	w.run(step, "MX-PLAN", at, check.Result{Outcome: check.Pass, Phase: check.Before, Data: b})
}

func (w *world) setAside(step, gate string) {
	w.snap.Overrides = append(w.snap.Overrides, steps.Override{Step: step, Gate: gate, Reason: "because"})
}

func blocked(code string) check.Result {
	return check.Result{Outcome: check.Fail, Phase: check.After, Findings: []check.Finding{{
		Code: code, Severity: check.Blocker, Title: "not as it should be", IfLeft: "mail is lost",
	}}}
}

var (
	onPremBoth  = steps.Profile{Journey: steps.Connect, Service: steps.Both, Platform: steps.OnPrem, Target: "au"}
	cloudBoth   = steps.Profile{Journey: steps.Connect, Service: steps.Both, Platform: steps.M365, Target: "au"}
	onPremMove  = steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Platform: steps.OnPrem, Source: "eu", Target: "au"}
	archiveMove = steps.Profile{Journey: steps.Migrate, Track: steps.Archive, Platform: steps.M365, Source: "eu", Target: "au"}
)
