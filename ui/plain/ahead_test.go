package plain

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"mxodus/steps"
)

// watched is an output that can be waited on.
type watched struct {
	mu   sync.Mutex
	cond *sync.Cond
	text bytes.Buffer
	from int
}

func newWatched() *watched {
	w := &watched{}
	w.cond = sync.NewCond(&w.mu)
	return w
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	defer w.cond.Broadcast()
	return w.text.Write(b)
}

// await waits until a text was printed after what was awaited last.
func (w *watched) await(text string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for {
		if i := strings.Index(w.text.String()[w.from:], text); i >= 0 {
			w.from += i + len(text)
			return
		}
		w.cond.Wait()
	}
}

// TestEntersDuringAChecksRunAnswerNothing: who presses Enter while the checks
// run is not led through the prompts that follow.
func TestEntersDuringAChecksRunAnswerNothing(t *testing.T) {
	b := newBench(t)
	s := b.move(t, stage(steps.ConnectAccount, steps.StageCheck))
	def, _ := s.Plan().Step(steps.ConnectAccount)
	told, proceed := make(chan struct{}), make(chan struct{})
	for i, c := range b.w.Checks {
		if c.ID() == def.Checks[0] {
			b.w.Checks[i] = slow{c.(passing), told, proceed}
		}
	}
	in, keys := io.Pipe()
	out := newWatched()
	done := make(chan error, 1)
	go func() {
		done <- Run(context.Background(), Options{Wizard: b.w, Open: s.ID(), In: in, Out: out, Terminal: true})
	}()
	typed := func(text string) {
		if _, err := io.WriteString(keys, text); err != nil {
			t.Error(err)
		}
	}
	out.await("Choose [4]: ")
	typed("\n")
	out.await("Choose [")
	typed("r\n")
	<-told
	typed("\n\n\n")
	close(proceed)
	out.await("3 lines were typed while the checks ran; nothing of it was used.")
	out.await("Choose [")
	typed("q\n")
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if text := out.text.String(); strings.Contains(text, "Confirm this step") || strings.Contains(text, "Choose [5]") || !strings.Contains(text, "Everything is saved") {
		t.Errorf("the Enters led on:\n%s", tail(text))
	}
}

// TestPassedQuestionsAreToldBeforeTheTasks: a required answer that was passed
// over is not first heard of at the confirmation.
func TestPassedQuestionsAreToldBeforeTheTasks(t *testing.T) {
	b := newBench(t)
	s := b.move(t, stage(steps.ConnectAccount, steps.StageAnswer))
	page, err := s.Step(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	open := ""
	for _, q := range page.Questions {
		if q.Missing {
			open = q.Question.Label
		}
	}
	if open == "" {
		t.Fatal("the step has no required question that is open")
	}
	p := &person{decide: func(prompt, since string) (string, bool) {
		if strings.Contains(since, "still open; 2 asks again:") {
			return "q", true
		}
		if strings.Contains(prompt, "y or n") {
			return "n", true
		}
		return "", true
	}}
	out := b.run(t, p, "")
	at := strings.Index(out, "still open; 2 asks again:")
	if at < 0 || !strings.Contains(out[at:], open) || strings.Contains(out[:at], "Choose [3]") {
		t.Errorf("%q is not told before the tasks:\n%s", open, tail(out))
	}
}

// TestATickBeforeTheChecksIsTold: as on the screen.
func TestATickBeforeTheChecksIsTold(t *testing.T) {
	b := newBench(t)
	s := b.move(t, stage(steps.ConnectCompletion, steps.StageDo))
	page, err := s.Step(steps.ConnectCompletion)
	if err != nil || !page.Tasks[0].Held || page.Tasks[0].Optional {
		t.Fatalf("%+v, %v", page.Tasks, err)
	}
	out := b.run(t, script("", "1", "y", "q"), "")
	expect(t, out, "Ticked, though the checks it rests on are still open.")
}
