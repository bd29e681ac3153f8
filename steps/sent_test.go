package steps

import (
	"testing"
	"time"
)

// TestWhatTheFormHoldsOtherwise: what counts is whether the answer is another
// one than when the sending was ticked, not when it was typed.
func TestWhatTheFormHoldsOtherwise(t *testing.T) {
	at := func(hour int) time.Time { return time.Date(2026, 11, 22, hour, 0, 0, 0, time.UTC) }
	const q = "dir.host"
	given := func(rev int64, value string, hour int) Answer {
		return Answer{Question: q, Text: value, Value: value, Revision: rev, At: at(hour)}
	}
	for _, c := range []struct {
		name    string
		history []Answer
		ticked  int // the hour, 0 for never
		want    bool
	}{
		{"as sent", []Answer{given(1, "a", 8)}, 10, false},
		{"changed", []Answer{given(1, "a", 8), given(2, "b", 12)}, 10, true},
		{"put back", []Answer{given(1, "a", 8), given(2, "b", 12), given(3, "a", 13)}, 10, false},
		{"given first after", []Answer{given(1, "a", 12)}, 10, true},
		{"given and taken away after", []Answer{given(1, "a", 12), given(2, "", 13)}, 10, false},
		{"emptied", []Answer{given(1, "a", 8), given(2, "", 12)}, 10, true},
		{"changed, told and ticked anew", []Answer{given(1, "a", 8), given(2, "b", 12)}, 14, false},
		{"never sent", []Answer{given(1, "a", 8), given(2, "b", 12)}, 0, false},
	} {
		s := Snapshot{Tasks: map[string]TaskState{}}
		for _, a := range c.history {
			s.Put(a)
		}
		if c.ticked > 0 {
			s.Tasks[TaskKey(ConnectRFI, TaskSendForm)] = TaskState{Done: true, At: at(c.ticked), Revision: 3}
		}
		if got := (View{Snap: s}).SentOtherwise(q); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
	s := Snapshot{Answers: Answers{QAccountCode: {Value: "CAU1A1", Revision: 1, At: at(12)}}, Tasks: map[string]TaskState{
		TaskKey(ConnectRFI, TaskSendForm): {Done: true, At: at(10)},
	}}
	if (View{Snap: s}).SentOtherwise(QAccountCode) {
		t.Error("the account code comes from Mimecast, after the form")
	}
}
