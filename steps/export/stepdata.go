package export

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/plan"
)

func (b *builder) tasksOf(st steps.Step) []steps.Task {
	if st.Tasks == nil {
		return nil
	}
	return st.Tasks(b.v.Facts)
}

func (b *builder) step(st steps.Step) Step {
	state := b.v.Snap.Steps[st.ID]
	out := Step{
		Number: st.Number, ID: st.ID, Title: st.Title, Owner: st.Owner, Status: plan.Status(b.v, st.ID),
		Parts: orEmpty(st.Parts), PartsLeft: orEmpty(st.PartsLeft),
		Started: utc(state.Started), Closed: utc(state.Closed), By: clean.Line(state.By),
		Overseen: clean.Line(state.Overseen), Reason: clean.Text(state.Reason),
		Tasks: []Task{}, Checks: []Check{},
	}
	out.Told, out.Reopened = b.told(st.ID), b.reopened(st.ID)
	out.Changed = len(b.v.ChangedSince(st.ID)) > 0
	if out.Status == steps.Waiting {
		out.WaitingOn, out.Since, out.Until = state.WaitingOn, utc(state.Since), utc(state.Until)
	}
	for _, t := range b.tasksOf(st) {
		did := b.v.Snap.Tasks[steps.TaskKey(st.ID, t.ID)]
		row := Task{ID: t.ID, Title: clean.Line(t.Title), Optional: t.Optional, Done: did.Done, idle: t.Who == check.WhoNobody}
		if did.Done {
			row.By, row.At = clean.Line(did.By), utc(did.At)
		}
		out.Tasks = append(out.Tasks, row)
	}
	for _, id := range st.Checks {
		out.Checks = append(out.Checks, b.check(st.ID, id))
	}
	return out
}

func (b *builder) check(step, id string) Check {
	out := Check{
		ID: id, Title: clean.Shown(id), State: NotRun, Findings: []check.Finding{},
		Tables: []check.Table{}, Evidence: []Evidence{}, Earlier: []Earlier{},
	}
	if t := b.hist.Titles[id]; t != "" {
		out.Title = clean.Line(t)
	}
	run, standing := b.result(step, id)
	res := run.Result
	switch {
	case standing == steps.NotRun:
		return out
	case standing == steps.Counts:
		out.State = Fresh
	default:
		out.State, out.why = Stale, standing
	}
	if run.Step != step {
		out.From = run.Step
	}
	if res.Title != "" {
		out.Title = clean.Line(string(res.Title))
	}
	out.Outcome, out.Phase, out.Summary = res.Outcome, res.Phase, clean.Text(string(res.Summary))
	out.At, out.By, out.Until = utc(res.Started), clean.Line(run.By), utc(res.Until)
	for _, f := range res.Findings {
		out.Findings = append(out.Findings, safeFinding(f))
	}
	for _, t := range res.Tables {
		out.Tables = append(out.Tables, safeTable(t))
	}
	out.run = keyOf(run)
	out.Earlier = b.earlier(step, id, run)
	if then, ok := b.closedWith(step, out); ok { // which the case may rest on
		for i, e := range out.Earlier {
			if e.run == keyOf(then) && !b.shown[e.run] {
				out.Earlier[i].Evidence = b.proven(then, then.Result.Evidence)
			}
		}
	}
	out.Evidence = append(out.Evidence, b.proven(run, b.evidenceOf(step, run))...)
	return out
}

// proven numbers the evidence of a run and says what each observation shows.
func (b *builder) proven(run steps.Run, list []check.Evidence) []Evidence {
	var out []Evidence
	for _, e := range list {
		b.refs++
		e = safeEvidence(e)
		answer, repeat := b.prove(run, e)
		out = append(out, Evidence{fmt.Sprintf("E%03d", b.refs), answer, repeat, e})
		b.refsOf[keyOf(run)] = append(b.refsOf[keyOf(run)], out[len(out)-1].Ref)
		b.shown[keyOf(run)] = true
		if e.Kind == "file" {
			b.read[e.SHA256] = append(b.read[e.SHA256], out[len(out)-1].Ref)
		}
	}
	return out
}

// toldNote begins the note that says who at Mimecast confirmed a step.
const toldNote = "Confirmed by Mimecast: "

// told is the newest such note of a step.
func (b *builder) told(step string) clean.Shown {
	var newest steps.Note
	for _, n := range b.v.Snap.Notes {
		if n.Step == step && strings.HasPrefix(n.Text, toldNote) && !n.At.Before(newest.At) {
			newest = n
		}
	}
	return clean.Line(strings.TrimPrefix(newest.Text, toldNote))
}

// result is the present result of a check for a step. The record of the MX from
// before their change stays in the step that made it once they have changed:
// nothing can take its place then.
func (b *builder) result(step, id string) (steps.Run, steps.Standing) {
	if own, ok := b.v.Snap.Latest[steps.RunKey(step, id)]; ok && id == steps.CheckMXPlan && own.Result.Phase == check.Before && !b.v.Snap.MXChangedAt().IsZero() {
		return own, steps.Counts
	}
	return b.v.Result(step, id)
}

// evidenceOf is the evidence of a run where it is to be shown: once, and in the
// step that made the run unless that step shows another one.
func (b *builder) evidenceOf(step string, run steps.Run) []check.Evidence {
	if run.Step != step {
		if own, _ := b.result(run.Step, run.Result.Check); keyOf(own) == keyOf(run) {
			return nil
		}
	}
	if b.shown[keyOf(run)] {
		return nil
	}
	return run.Result.Evidence
}

// runKey tells runs apart. Their numbers do not: a run has none before the move
// is read again.
type runKey struct {
	step, check string
	at          time.Time
}

func keyOf(r steps.Run) runKey { return runKey{r.Step, r.Result.Check, r.Result.Started} }

// earlier lists the runs of a step from before the one that is shown, oldest
// first. That need not be the newest: the record of the MX stays.
func (b *builder) earlier(step, id string, shown steps.Run) []Earlier {
	var runs []steps.Run
	for _, r := range b.hist.Runs {
		if r.Step == step && r.Result.Check == id && keyOf(r) != keyOf(shown) && !steps.Newer(r, shown) {
			runs = append(runs, r)
		}
	}
	slices.SortStableFunc(runs, func(a, c steps.Run) int {
		return cmp.Or(a.Result.Started.Compare(c.Result.Started), cmp.Compare(a.ID, c.ID))
	})
	out := []Earlier{}
	for _, r := range runs {
		out = append(out, Earlier{
			At: utc(r.Result.Started), Phase: r.Result.Phase, Outcome: r.Result.Outcome,
			Summary: clean.Line(string(r.Result.Summary)), By: clean.Line(r.By), run: keyOf(r),
		})
	}
	return out
}

// The safe functions sanitise once more what was read from the store: the
// types promise it, but the file may have been edited by hand.

func safeFinding(f check.Finding) check.Finding {
	for _, s := range []*clean.Shown{&f.Subject, &f.Title, &f.Saw, &f.Should, &f.IfLeft, &f.Do, &f.Copy, &f.Confirm} {
		*s = clean.Text(string(*s))
	}
	f.Code, f.Rule = string(clean.Line(f.Code)), string(clean.Line(f.Rule))
	f.Who = check.Who(clean.Line(string(f.Who)))
	f.RetestAt = utc(f.RetestAt)
	return f
}

func safeTable(t check.Table) check.Table {
	out := check.Table{Title: clean.Line(string(t.Title)), Note: clean.Text(string(t.Note)), Rows: [][]check.Cell{}}
	for _, h := range t.Header {
		out.Header = append(out.Header, clean.Line(string(h)))
	}
	for _, row := range t.Rows {
		cells := make([]check.Cell, len(row))
		for i, c := range row {
			cells[i] = check.Cell{Mark: c.Mark, Text: clean.Line(string(c.Text))}
		}
		out.Rows = append(out.Rows, cells)
	}
	return out
}

func safeEvidence(e check.Evidence) check.Evidence {
	e.Kind, e.SHA256 = string(clean.Line(e.Kind)), string(clean.Line(e.SHA256))
	e.Server, e.Asked, e.Raw = clean.Line(string(e.Server)), clean.Line(string(e.Asked)), clean.Text(string(e.Raw))
	e.At = utc(e.At)
	if e.SHA256 == "" {
		sum := sha256.Sum256([]byte(e.Raw))
		e.SHA256 = hex.EncodeToString(sum[:])
	}
	return e
}
