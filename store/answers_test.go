package store_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"mxodus/steps"
	"mxodus/store"
)

func TestAnswerConflictsShowBothValues(t *testing.T) {
	ctx := context.Background()
	path := filepath.Join(t.TempDir(), "mxodus.db")
	ann := open(t, path, store.Options{})
	bob := open(t, path, store.Options{})
	id := newMove(t, ann, edit(steps.QOrg, "Acme", 0))

	if _, err := bob.SaveAnswers(ctx, id, []steps.AnswerEdit{edit(steps.QOrg, "Acme Ltd", 1)}, "bob"); err != nil {
		t.Fatal(err)
	}
	before := load(t, ann, id)
	_, err := ann.SaveAnswers(ctx, id, []steps.AnswerEdit{
		edit("company.phone", "+1", 0), // goes down with the other
		edit(steps.QOrg, "Acme Inc", 1),
	}, "ann")
	var c *steps.ConflictError
	if !errors.As(err, &c) {
		t.Fatalf("no conflict: %v", err)
	}
	want := steps.ConflictError{What: "answer company.name", Theirs: "acme ltd", Yours: "acme inc", By: "bob", Now: 2}
	if *c != want {
		t.Errorf("conflict %+v, want %+v", *c, want)
	}
	if after := load(t, ann, id); !reflect.DeepEqual(before, after) {
		t.Errorf("a lost race wrote something:\n%+v\n%+v", before, after)
	}
	// A revision from the future is as wrong as one from the past.
	if _, err := ann.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("new", "x", 7)}, "ann"); !errors.As(err, &c) || c.Now != 0 {
		t.Errorf("revision 7 of an unanswered question: %v", err)
	}
	mustVerify(t, ann, id)
}

func TestSavingTheSameAnswerWritesNothing(t *testing.T) {
	ctx := context.Background()
	db := fresh(t)
	id := newMove(t, db, edit("q", "Same", 0))
	before := load(t, db, id)
	got, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", "Same", 1)}, "bob")
	if err != nil || len(got) != 1 || got[0] != before.Answers["q"] {
		t.Fatalf("%+v, %v", got, err)
	}
	var c *steps.ConflictError
	if _, err := db.SaveAnswers(ctx, id, []steps.AnswerEdit{edit("q", "Same", 0)}, "bob"); !errors.As(err, &c) {
		t.Errorf("from someone who had not seen it: %v", err)
	}
	if after := load(t, db, id); !reflect.DeepEqual(before, after) {
		t.Errorf("changed: %+v", after)
	}
	// Another source is a change.
	e := edit("q", "Same", 1)
	e.Source = "by phone"
	got, err = db.SaveAnswers(ctx, id, []steps.AnswerEdit{e}, "bob")
	if err != nil || got[0].Revision != 2 || got[0].Source != "by phone" {
		t.Errorf("%+v %v", got, err)
	}
}

func TestEditsThatMakeNoSenseAreRefusedWithWords(t *testing.T) {
	db := fresh(t)
	id := newMove(t, db)
	bad := map[string][]steps.AnswerEdit{
		"no question":  {edit("", "x", 0)},
		"two edits":    {edit("q", "x", 0), edit("q", "y", 0)},
		"provenance":   {{Question: "q", Provenance: "guessed"}},
		"revision -1;": {edit("q", "x", -1)},
	}
	for want, edits := range bad {
		if _, err := db.SaveAnswers(context.Background(), id, edits, ""); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
		if _, err := db.CreateMove(context.Background(), edits, ""); err == nil {
			t.Errorf("%q: a move was made of it", want)
		}
	}
	if len(load(t, db, id).Answers) != 0 {
		t.Error("something was saved")
	}
	if moves, err := db.Moves(context.Background()); err != nil || len(moves) != 1 {
		t.Errorf("moves: %v %v", moves, err)
	}
}

// Whatever is edited in whatever order: the history reproduces every answer
// given, present answers are the last of it, and the journal verifies.
func TestHistoryReproducesRandomEdits(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	db := fresh(t)
	rapid.Check(t, func(r *rapid.T) {
		id, err := db.CreateMove(ctx, nil, "ann")
		if err != nil {
			r.Fatal(err)
		}
		model := map[string][]steps.Answer{}
		for range rapid.IntRange(1, 12).Draw(r, "edits") {
			edits := drawEdits(r, model)
			got, err := db.SaveAnswers(ctx, id, edits, "ann")
			lost, negative := false, false
			for _, e := range edits {
				negative = negative || e.Revision < 0
				lost = lost || e.Revision != int64(len(model[e.Question]))
			}
			var c *steps.ConflictError
			if negative || lost {
				if err == nil || (!negative && !errors.As(err, &c)) {
					r.Fatalf("%+v: want a conflict, got %v", edits, err)
				}
				continue
			}
			if err != nil || len(got) != len(edits) {
				r.Fatalf("%+v: %v", edits, err)
			}
			for i, a := range got {
				if a.Question != edits[i].Question || a.Text != edits[i].Text || a.Value != edits[i].Value {
					r.Fatalf("edit %+v became %+v", edits[i], a)
				}
				if a.Revision > int64(len(model[a.Question])) {
					model[a.Question] = append(model[a.Question], a)
				}
			}
		}
		snap, err := db.Load(ctx, id)
		if err != nil {
			r.Fatal(err)
		}
		for q, want := range model {
			got, err := db.AnswerHistory(ctx, id, q)
			if err != nil || !reflect.DeepEqual(got, want) {
				r.Fatalf("history of %s: %+v (%v), want %+v", q, got, err, want)
			}
			if snap.Answers[q] != want[len(want)-1] {
				r.Fatalf("present answer %+v", snap.Answers[q])
			}
		}
		if len(snap.Answers) != len(model) {
			r.Fatalf("%d answers, want %d", len(snap.Answers), len(model))
		}
		if seq, why, err := db.VerifyJournal(ctx, id); seq != 0 || err != nil {
			r.Fatalf("journal: %d %s %v", seq, why, err)
		}
	})
}

// drawEdits makes edits of one to three questions, a fifth of them late.
func drawEdits(r *rapid.T, model map[string][]steps.Answer) (edits []steps.AnswerEdit) {
	texts := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"", "x", "\x00", "\xff\xfe"}))
	questions := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c.d"}), 1, 3, rapid.ID[string])
	for _, q := range questions.Draw(r, "questions") {
		edits = append(edits, steps.AnswerEdit{
			Question: q, Text: texts.Draw(r, "text"),
			Value:      rapid.SampledFrom([]string{"", "one", "one\ntwo"}).Draw(r, "value"),
			Provenance: rapid.SampledFrom([]steps.Provenance{steps.Typed, steps.Imported}).Draw(r, "provenance"),
			Revision:   int64(len(model[q])) - int64(rapid.SampledFrom([]int{0, 0, 0, 0, 1}).Draw(r, "late")),
		})
	}
	return edits
}

func TestHistoryOfAQuestionNeverAnsweredIsEmpty(t *testing.T) {
	db := fresh(t)
	id := newMove(t, db)
	if h, err := db.AnswerHistory(context.Background(), id, "q"); err != nil || len(h) != 0 {
		t.Errorf("%v %v", h, err)
	}
}

func TestLongListIsKeptWhole(t *testing.T) {
	db := fresh(t)
	var lines []string
	for i := range 10000 {
		lines = append(lines, fmt.Sprintf("10.%d.%d.1", i/256, i%256))
	}
	text := strings.Join(lines, "\n")
	id := newMove(t, db, steps.AnswerEdit{Question: "ip.outbound", Text: text, Value: text, Provenance: steps.Typed})
	if got := load(t, db, id).Answers["ip.outbound"]; got.Text != text || len(load(t, db, id).Answers.List("ip.outbound")) != 10000 {
		t.Error("cut")
	}
	j, err := db.Journal(context.Background(), id)
	if err != nil || len(j[1].Detail) > 300 || !strings.Contains(j[1].Detail, "(10000 entries)") {
		t.Errorf("detail %q %v", j[1].Detail, err)
	}
}
