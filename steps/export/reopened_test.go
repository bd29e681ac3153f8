package export

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestReopenedAndConfirmedAgain: a confirmation that was taken back stays in
// the record, with who oversaw it; the one that counts names its own overseer.
func TestReopenedAndConfirmedAgain(t *testing.T) {
	snap, p, hist := fixture()
	id := steps.MigrateAuthorization
	status := func(when time.Time, by string, s steps.StepState) {
		s.Step = id
		raw, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		hist.Journal = append(hist.Journal, steps.JournalEntry{At: when, By: by, Kind: "status", Step: id, Data: string(raw)})
		snap.Steps[id] = s
	}
	status(at(12, 10, 0), "Ann", steps.StepState{Status: steps.Done, Closed: at(12, 10, 0), By: "Ann", Overseen: "Bo"})
	status(at(14, 9, 0), "Cy", steps.StepState{Status: steps.InProgress, By: "Cy", Reason: "the wrong case number."})
	remark := func() (Step, string) {
		s := Build(snap, p, hist, fixtureNow)
		l := &layout{s: s}
		if text := l.remark(s.Steps[0]); !strings.Contains(Markdown(s), mdCell(text)) {
			t.Errorf("the summary does not say %q", text)
		}
		return s.Steps[0], l.remark(s.Steps[0])
	}
	st, got := remark()
	if want := "Reopened on 2026-11-14 by Cy: the wrong case number; the confirmation of 2026-11-12 was overseen by Bo"; got != want {
		t.Errorf("while it is open: %q, want %q", got, want)
	}
	if st.Overseen != "" {
		t.Errorf("an open step is overseen by %q", st.Overseen)
	}
	status(at(15, 9, 0), "Cy", steps.StepState{Status: steps.Waiting, By: "Cy", WaitingOn: "mimecast", Reason: "the wrong case number."})
	status(at(16, 9, 0), "Cy", steps.StepState{Status: steps.Done, Closed: at(16, 9, 0), By: "Cy", Overseen: "Di"})
	hist.Journal = append(hist.Journal, steps.JournalEntry{Kind: "status", Step: id, Data: "not readable"})
	st, got = remark()
	if want := "Reopened on 2026-11-14 by Cy: the wrong case number; confirmed again on 2026-11-16; the confirmation of 2026-11-12 was overseen by Bo"; got != want {
		t.Errorf("closed again: %q, want %q", got, want)
	}
	if st.Overseen != "Di" || len(st.Reopened) != 1 || !st.Reopened[0].Again.Equal(at(16, 9, 0)) {
		t.Errorf("overseen by %q, reopened %+v", st.Overseen, st.Reopened)
	}
}
