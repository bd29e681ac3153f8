package plain

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// dump writes down everything a store holds of a move but times, ids and where
// the person is: two moves that went the same way have the same dump.
func dump(t *testing.T, repo steps.Repository, move string) string {
	t.Helper()
	ctx := context.Background()
	snap, err := repo.Load(ctx, move)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	for _, q := range sorted(snap.Answers) {
		history, err := repo.AnswerHistory(ctx, move, q)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range append(history, snap.Answers[q]) {
			line("answer %s %d %q %q %s %q by %s", q, a.Revision, a.Text, a.Value, a.Provenance, a.Source, a.By)
		}
	}
	for _, id := range sorted(snap.Steps) {
		s := snap.Steps[id]
		line("step %s %s waits %q since %t until %t closed %t reason %q by %s overseen %q revision %d",
			id, s.Status, s.WaitingOn, !s.Since.IsZero(), !s.Until.IsZero(), !s.Closed.IsZero(), s.Reason, s.By, s.Overseen, s.Revision)
	}
	for _, id := range sorted(snap.Tasks) {
		k := snap.Tasks[id]
		line("task %s %t by %s revision %d", id, k.Done, k.By, k.Revision)
	}
	for _, o := range snap.Overrides {
		line("override %s %s %q by %s", o.Step, o.Gate, o.Reason, o.By)
	}
	for _, n := range snap.Notes {
		line("note %s %q by %s", n.Step, n.Text, n.By)
	}
	for _, a := range snap.Attachments {
		line("file %s %s %s %d %s by %s", a.Step, a.Kind, a.Name, a.Size, a.SHA256, a.By)
	}
	runs, err := repo.Runs(ctx, move, "", "", 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Backward(runs) {
		r.Result.Started, r.Result.Took, r.Result.Until = time.Time{}, 0, time.Time{}
		for i := range r.Result.Evidence {
			r.Result.Evidence[i].At = time.Time{}
		}
		raw, _ := json.Marshal(r.Result)
		line("run %s %s by %s", r.Step, raw, r.By)
	}
	journal, err := repo.Journal(ctx, move)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range journal {
		line("journal %d %s %s %q by %s", e.Seq, e.Kind, e.Step, e.Detail, e.By)
	}
	return b.String()
}

func sorted[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
