package export

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
)

// TestACaseRestsOnWhatItsStepWasClosedOn: the evidence of the run that a case
// tells of stands in the document, beside that of the run made since; a file
// that no result rests on is said to be such.
func TestACaseRestsOnWhatItsStepWasClosedOn(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(steps.Profile{Journey: steps.Connect, Service: steps.Both, Platform: steps.OnPrem, Target: "au"})
	if err != nil {
		t.Fatal(err)
	}
	const id, end = steps.ConnectAccount, steps.ConnectCompletion
	run := func(n int64, step, file string, when time.Time) steps.Run {
		return steps.Run{ID: n, Step: step, By: "Ann", Result: check.Result{
			Check: "FW-OPEN", Phase: check.During, Outcome: check.Pass, Started: when, Summary: "seen",
			Evidence: []check.Evidence{{Kind: "file", Asked: "rules", At: when, Raw: "rules", SHA256: file}},
		}}
	}
	first, second, last := run(1, id, "aaaa", at.Add(-2*time.Hour)), run(2, id, "bbbb", at), run(3, end, "cccc", at.Add(2*time.Hour))
	file := func(n int64, sha string) steps.Attachment {
		return steps.Attachment{ID: n, Step: id, Kind: "ruleset", Name: sha + ".rules", SHA256: sha, At: at}
	}
	snap := steps.Snapshot{
		Answers: steps.Answers{},
		Tasks: map[string]steps.TaskState{
			steps.TaskKey(id, steps.TaskOpenRanges): {Done: true, At: at.Add(-3 * time.Hour)},
		},
		Steps: map[string]steps.StepState{id: {Step: id, Status: steps.Done, Started: at.Add(-4 * time.Hour), Closed: at.Add(time.Hour), By: "Ann"}},
		Latest: map[string]steps.Run{
			steps.RunKey(id, "FW-OPEN"): second, steps.RunKey(end, "FW-OPEN"): last,
		},
		Attachments: []steps.Attachment{file(1, "aaaa"), file(2, "bbbb"), file(3, "cccc")},
	}
	s := Build(snap, p, History{Runs: []steps.Run{last, second, first}}, at.Add(3*time.Hour))
	shas := map[string]string{}
	for _, st := range s.Steps {
		for _, k := range st.Checks {
			for _, e := range k.Evidence {
				shas[e.Ref] = e.SHA256
			}
			for _, r := range k.Earlier {
				for _, e := range r.Evidence {
					shas[e.Ref] = e.SHA256
				}
			}
		}
	}
	want, md := map[string]string{id: "bbbb", end: "cccc"}, Markdown(s)
	for _, c := range s.TestPlan.Mandatory {
		sha, mine := want[c.StepID]
		if !mine || c.Ref != "FW-OPEN" {
			continue
		}
		if len(c.Evidence) != 1 || shas[c.Evidence[0]] != sha || !strings.Contains(md, "(see "+c.Evidence[0]+")") {
			t.Errorf("%s of %s rests on %v, %v", c.Ref, c.StepID, c.Evidence, shas)
		}
		if c.StepID == id && !strings.Contains(string(c.Remark), "1 earlier run") {
			t.Errorf("the run before it is not told: %q", c.Remark)
		}
	}
	for _, f := range s.Files {
		if rests := len(f.Evidence) > 0; rests != (f.SHA256 != "aaaa") {
			t.Errorf("%s: results %v", f.Name, f.Evidence)
		}
	}
	if strings.Count(md, "none rests on it") != 1 {
		t.Errorf("the file that was replaced:\n%s", md)
	}
}

// TestWhatWasPlannedAndDone: a planned day does not stand there as if it had
// been kept, the code of the account is not to be told to Mimecast, and where
// there is nothing to do nothing was left out.
func TestWhatWasPlannedAndDone(t *testing.T) {
	snap, p, hist := fixture()
	p.Steps[2].Tasks = func(steps.Facts) []steps.Task {
		return []steps.Task{{ID: steps.TaskChangeMX, Title: "Change"}, {ID: "idle", Title: "Nothing to lower", Optional: true, Who: check.WhoNobody}}
	}
	a := snap.Answers[steps.QInboundDate]
	a.Text = "2026-12-03 14:20 Australia/Sydney"
	snap.Answers[steps.QInboundDate] = a
	s := Build(snap, p, hist, fixtureNow)
	if md := Markdown(s); !strings.Contains(md, "(planned; done 2026-11-21 01:20)") {
		t.Errorf("the planned day of the MX records is not told from the day of the change:\n%s", md)
	}
	found := false
	for _, c := range s.TestPlan.Optional {
		if c.Ref == "idle" {
			found = c.Result == CaseNotNeeded
		}
	}
	if !found {
		t.Errorf("nothing to do is %+v", s.TestPlan.Optional)
	}
	for id, want := range map[string]bool{steps.QAccountCode: false, steps.QDomains: true} {
		v := steps.View{Snap: steps.Snapshot{
			Tasks:   map[string]steps.TaskState{steps.TaskKey(steps.ConnectRFI, steps.TaskSendForm): {Done: true, At: at(12, 9, 0)}},
			Answers: steps.Answers{id: {Question: id, Value: "given", Revision: 1, At: at(13, 9, 0)}},
		}}
		if got := v.SentOtherwise(id); got != want {
			t.Errorf("%s, answered after the form was sent: %v", id, got)
		}
	}
}

// TestAnMXRecordOfOtherAnswersDoesNotPass: as long as the MX records have not
// changed, the record is made again when the domains did.
func TestAnMXRecordOfOtherAnswersDoesNotPass(t *testing.T) {
	at := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	p, err := plan.Build(steps.Profile{Journey: steps.Connect, Service: steps.Both, Platform: steps.OnPrem, Target: "au"})
	if err != nil {
		t.Fatal(err)
	}
	r := steps.Run{Step: steps.ConnectInbound, Result: check.Result{Check: steps.CheckMXPlan, Phase: check.Before, Outcome: check.Pass, Started: at, Data: []byte("{}")}}
	for changed, want := range map[bool]CaseResult{false: CaseNotRun, true: CasePass} {
		snap := steps.Snapshot{
			Answers: steps.Answers{}, Tasks: map[string]steps.TaskState{}, Steps: map[string]steps.StepState{},
			Latest: map[string]steps.Run{steps.RunKey(steps.ConnectInbound, steps.CheckMXPlan): r},
		}
		if changed {
			snap.Tasks[steps.TaskKey(steps.ConnectInbound, steps.TaskChangeMX)] = steps.TaskState{Done: true, At: at.Add(time.Hour)}
		}
		s := Build(snap, p, History{Runs: []steps.Run{r}, Stale: func(steps.Run) bool { return true }}, at.Add(3*time.Hour))
		for _, c := range s.TestPlan.Mandatory {
			if c.StepID == steps.ConnectInbound && c.Ref == steps.CheckMXPlan && c.Result != want {
				t.Errorf("MX changed %v: %s, %q", changed, c.Result, c.Remark)
			}
		}
	}
}
