package steps

import (
	"testing"
	"time"
)

func TestChangedSinceComparesWithWhatWasConfirmed(t *testing.T) {
	const step, question = "connect.some", "some.question"
	closed := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	answer := func(value, text string, rev int64, after time.Duration) Answer {
		return Answer{Value: value, Text: text, Revision: rev, At: closed.Add(after)}
	}
	for _, c := range []struct {
		name     string
		question string
		now      Answer
		earlier  []Answer
		changed  bool
	}{
		{"as it was confirmed", question, answer("a", "a", 2, -time.Hour), nil, false},
		{"as it was confirmed, at that moment", question, answer("a", "a", 2, 0), nil, false},
		{"answered for the first time", question, answer("a", "a", 1, time.Hour), nil, false},
		{"changed", question, answer("b", "b", 2, time.Hour), []Answer{answer("a", "a", 1, -time.Hour)}, true},
		{"put back", question, answer("a", "a", 3, 2*time.Hour), []Answer{answer("a", "a", 1, -time.Hour), answer("b", "b", 2, time.Hour)}, false},
		{"put back in other letters", question, answer("a\nb", "a, b", 3, 2*time.Hour), []Answer{answer("a\nb", "a b", 1, 0), answer("b", "b", 2, time.Hour)}, false},
		{"back to one from before the confirmed one", question, answer("a", "a", 3, time.Hour), []Answer{answer("a", "a", 1, -2*time.Hour), answer("b", "b", 2, -time.Hour)}, true},
		{"two texts that were not understood", question, answer("", "no", 3, time.Hour), []Answer{answer("", "yes", 1, -time.Hour), answer("b", "b", 2, time.Hour)}, true},
		{"the same text that was not understood", question, answer("", "no", 3, 2*time.Hour), []Answer{answer("", "no", 1, -time.Hour), answer("b", "b", 2, time.Hour)}, false},
		{"answered, and changed, since", question, answer("a", "a", 2, 2*time.Hour), []Answer{answer("a", "a", 1, time.Hour)}, true},
		{"changed, and the history is not known", question, answer("a", "a", 3, time.Hour), nil, true},
		{"a path that was put back", QRuleset, answer("a", "a", 3, 2*time.Hour), []Answer{answer("a", "a", 1, -time.Hour), answer("b", "b", 2, time.Hour)}, true},
	} {
		v := View{
			Plan: Plan{Steps: []Step{{ID: step, Number: 1, Questions: []string{c.question}}}},
			Snap: Snapshot{
				Answers: Answers{c.question: c.now}, Earlier: map[string][]Answer{c.question: c.earlier},
				Steps: map[string]StepState{step: {Step: step, Status: Done, Closed: closed}},
			},
		}
		if got := len(v.ChangedSince(step)) > 0; got != c.changed || v.Settled(step) == c.changed {
			t.Errorf("%s: changed is %v, settled %v", c.name, got, v.Settled(step))
		}
	}
}

func TestPutKeepsEarlierSnapshots(t *testing.T) {
	var first Snapshot
	first.Put(Answer{Question: "q", Value: "a", Revision: 1})
	second := first
	second.Put(Answer{Question: "q", Value: "b", Revision: 2})
	third := second
	third.Put(Answer{Question: "q", Value: "c", Revision: 3})
	third.Put(Answer{Question: "q", Value: "c", Revision: 3}) // what was not written again
	if first.Answers["q"].Value != "a" || second.Answers["q"].Value != "b" || len(first.Earlier) != 0 || len(second.Earlier["q"]) != 1 {
		t.Errorf("changed behind their back: %+v, %+v", first, second)
	}
	if e := third.Earlier["q"]; len(e) != 2 || e[0].Value != "a" || e[1].Value != "b" {
		t.Errorf("earlier answers: %+v", e)
	}
}
