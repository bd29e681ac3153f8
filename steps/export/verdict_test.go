package export

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

// finished is the fixture with every step closed and every case passed.
func finished() (steps.Snapshot, steps.Plan, History) {
	snap, p, hist := fixture()
	for i, st := range p.Steps {
		snap.Steps[st.ID] = steps.StepState{Status: steps.Done, Started: at(12, 9, 0), Closed: at(21, 9, i), By: "Ann"}
		if st.Tasks != nil {
			for _, task := range st.Tasks(steps.Facts{}) {
				snap.Tasks[steps.TaskKey(st.ID, task.ID)] = steps.TaskState{Done: true, By: "Ann", At: at(20, 9, i)}
			}
		}
	}
	for k, r := range snap.Latest {
		r.Result.Outcome, r.Result.Findings, r.Result.Input = check.Pass, nil, "now"
		r.Result.Phase = check.After
		snap.Latest[k] = r
	}
	snap.Overrides = nil
	return snap, p, hist
}

func TestVerdict(t *testing.T) {
	mx := func(id string) string { return steps.RunKey(steps.MigrateMX, id) }
	change := func(snap *steps.Snapshot, key string, f func(*check.Result)) {
		r := snap.Latest[key]
		f(&r.Result)
		snap.Latest[key] = r
	}
	for name, c := range map[string]struct {
		break_   func(*steps.Snapshot)
		complete bool
		says     []string
	}{
		"nothing is missing": {func(*steps.Snapshot) {}, true, []string{"Complete. All 5 steps are closed, and none of the 14 mandatory cases is open."}},
		"a step is open": {func(s *steps.Snapshot) {
			s.Steps[steps.MigrateOutbound] = steps.StepState{Status: steps.InProgress}
		}, false, []string{"Not complete. 4 of 5 steps are closed and stand as they were confirmed; of the 14 mandatory cases, 1 has no result that counts (MAN14)."}},
		"a check failed after its step was closed": {func(s *steps.Snapshot) {
			change(s, mx("MX-LEFT"), func(r *check.Result) {
				r.Outcome = check.Fail
				r.Findings = []check.Finding{{Code: "MX-LEFT.old", Severity: check.Blocker, Title: "an old MX is left"}}
			})
		}, false, []string{"All 5 steps are closed, but not every result counts", "1 failed (MAN10)"}},
		"a result no longer fits the answers": {func(s *steps.Snapshot) {
			change(s, mx("MX-AUTH"), func(r *check.Result) { r.Input = "old" })
		}, false, []string{"1 has no result that counts (MAN08)"}},
		"a check was never run": {func(s *steps.Snapshot) { delete(s.Latest, mx("MX-PROP")) }, false, []string{"(MAN09)"}},
		"it could not be told": {func(s *steps.Snapshot) {
			change(s, mx("MX-AUTH"), func(r *check.Result) { r.Outcome = check.Unknown })
		}, false, []string{"(MAN08)"}},
		"an answer was changed since": {func(s *steps.Snapshot) {
			s.Tasks[steps.TaskKey(steps.MigrateMX, "tell_host")] = steps.TaskState{Done: true, Revision: 3, At: at(21, 12, 0)}
		}, false, []string{"4 of 5 steps are closed and stand as they were confirmed"}},
		"set aside with a reason": {func(s *steps.Snapshot) {
			change(s, mx("MX-AUTH"), func(r *check.Result) { r.Outcome = check.Unknown })
			s.Overrides = []steps.Override{{Step: steps.MigrateMX, Gate: "MX-AUTH.unknown", Reason: "seen by hand", By: "Ann", At: at(21, 9, 0)}}
		}, true, []string{"Complete.", "Set aside with reasons: 1."}},
	} {
		t.Run(name, func(t *testing.T) {
			snap, p, hist := finished()
			c.break_(&snap)
			s := Build(snap, p, hist, fixtureNow)
			if s.Complete != c.complete {
				t.Errorf("complete is %v: %s", s.Complete, s.Verdict)
			}
			for _, text := range c.says {
				if !strings.Contains(string(s.Verdict), text) {
					t.Errorf("%q does not say %q", s.Verdict, text)
				}
			}
			if md := Markdown(s); !c.complete && strings.Contains(md, "**Complete") {
				t.Error("the document says complete")
			}
			open := 0
			for _, o := range s.Open {
				if o.Kind != "waiting" && o.Kind != "risk" {
					open++
				}
			}
			if (open > 0) == c.complete {
				t.Errorf("%d open points: %+v", open, s.Open)
			}
		})
	}
}

// TestALaterRunOfTheSameCheckCounts: the check was made again in a later step
// on the answers of today.
func TestALaterRunOfTheSameCheckCounts(t *testing.T) {
	snap, p, hist := finished()
	p.Steps[4].Checks = []string{"GW-SMTP"}
	old := snap.Latest[steps.RunKey(steps.MigrateFirewall, "GW-SMTP")]
	again := old
	again.Step, again.ID, again.By = steps.MigrateOutbound, 99, "Bo"
	again.Result.Started = old.Result.Started.Add(time.Hour)
	again.Result.Evidence = []check.Evidence{{Kind: "smtp", Raw: "220 hello"}}
	old.Result.Input = "old"
	snap.Latest[steps.RunKey(steps.MigrateFirewall, "GW-SMTP")] = old
	snap.Latest[steps.RunKey(steps.MigrateOutbound, "GW-SMTP")] = again
	s := Build(snap, p, hist, fixtureNow)
	c := s.TestPlan.Mandatory[4]
	if c.Ref != "GW-SMTP" || c.Result != CasePass || c.ExecutedBy != "Bo" || !strings.HasPrefix(string(c.Remark), "Run in step 5: ") {
		t.Errorf("the stale case: %+v", c)
	}
	if !s.Complete {
		t.Error(s.Verdict)
	}
	refs := map[string]int{}
	for _, st := range s.Steps {
		for _, k := range st.Checks {
			for _, e := range k.Evidence {
				refs[e.Ref]++
			}
		}
	}
	if len(s.Steps[4].Checks[0].Evidence) != 1 || len(s.Steps[1].Checks[1].Evidence) != 0 {
		t.Errorf("the evidence stands twice, or not where it was made: %v", refs)
	}
	again.Result.Started = at(11, 9, 0) // before the step was begun
	snap.Latest[steps.RunKey(steps.MigrateOutbound, "GW-SMTP")] = again
	if got := Build(snap, p, hist, fixtureNow).TestPlan.Mandatory[4].Result; got != CaseNotRun {
		t.Errorf("a run from before makes it %q", got)
	}
}

// TestNamesOfTheFormStandInTheTestPlan: who carried out the tests and who
// looked over them is asked once, for all cases.
func TestNamesOfTheFormStandInTheTestPlan(t *testing.T) {
	snap, p, hist := finished()
	snap.Answers["signoff.executed_by"] = steps.Answer{Text: "Kim Tran", Value: "Kim Tran", Revision: 1}
	snap.Answers["signoff.overseen_by"] = steps.Answer{Text: "Robin Okafor", Value: "Robin Okafor", Revision: 1}
	first := snap.Steps[steps.MigrateAuthorization]
	first.Overseen = "Bo"
	snap.Steps[steps.MigrateAuthorization] = first
	delete(snap.Latest, steps.RunKey(steps.MigrateMX, "MX-PROP"))
	s := Build(snap, p, hist, fixtureNow)
	for _, c := range s.TestPlan.Mandatory {
		want := [3]string{"Kim Tran", "Robin Okafor", "Ann"}
		switch c.Ref {
		case steps.MigrateAuthorization:
			want[1] = "Bo" // named for this step
		case "MX-PROP":
			want = [3]string{} // nobody carried it out
		}
		if got := [3]string{string(c.ExecutedBy), string(c.OverseenBy), string(c.RecordedBy)}; got != want {
			t.Errorf("%s: executed, overseen, recorded by %q, want %q", c.Ref, got, want)
		}
	}
	md := Markdown(s)
	for _, want := range []string{"| Tests executed by | Kim Tran |", "| Overseen by | Robin Okafor |", "Entered into the record by Ann."} {
		if !strings.Contains(md, want) {
			t.Errorf("Markdown does not hold %q", want)
		}
	}
	sheet, err := CSV(s)
	if err != nil || strings.Count(sheet, "Kim Tran,Robin Okafor") < 10 {
		t.Errorf("the sheet has the names %d times, %v", strings.Count(sheet, "Kim Tran,Robin Okafor"), err)
	}
}

// TestWhoAtMimecastConfirmed stands with the step and its case, not among the notes.
func TestWhoAtMimecastConfirmed(t *testing.T) {
	snap, p, hist := finished()
	for i, text := range []string{"Jo Lee, 11 November", "Jo Lee, 12 November, case 4711"} {
		snap.Notes = append(snap.Notes, steps.Note{Step: steps.MigrateAuthorization, Text: "Confirmed by Mimecast: " + text, By: "Ann", At: at(12, 9, i)})
	}
	s := Build(snap, p, hist, fixtureNow)
	if s.Steps[0].Told != "Jo Lee, 12 November, case 4711" || s.TestPlan.Mandatory[0].Remark != "Confirmed by Mimecast: Jo Lee, 12 November, case 4711" {
		t.Errorf("told %q, remark %q", s.Steps[0].Told, s.TestPlan.Mandatory[0].Remark)
	}
	if md := Markdown(s); strings.Count(md, "case 4711") != 2 || strings.Contains(md, "11 November") {
		t.Errorf("it stands in the document %d times", strings.Count(md, "case 4711"))
	}
}
