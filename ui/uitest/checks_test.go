package uitest

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// stepWithChecks is a step of the enterprise plan with several checks.
const stepWithChecks = steps.MigrateFirewall

// firstCheck is the first check of stepWithChecks.
func (w *world) firstCheck(d *Driver) *scripted {
	w.t.Helper()
	def, _ := d.Model.Session().Plan().Step(stepWithChecks)
	if len(def.Checks) < 2 {
		w.t.Fatalf("%s has the checks %v; the test needs two", stepWithChecks, def.Checks)
	}
	return w.checks[def.Checks[0]]
}

func TestChecksStream(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	proceed := make(chan struct{})
	slow := w.firstCheck(d)
	slow.run = func(ctx context.Context, _ check.Input, progress func(check.Progress)) check.Result {
		table := check.Table{Header: []clean.Shown{"server", "answer"}, Rows: [][]check.Cell{{{Text: "192.0.2.53"}, {Mark: check.MarkGood, Text: "planned"}}}}
		progress(check.Progress{Done: 7, Total: 12, Waiting: "9.9.9.9:53, 1 s of 2 s", Tables: []check.Table{table}})
		select {
		case <-proceed:
		case <-ctx.Done():
		}
		return check.Result{Outcome: check.Pass, Summary: "all twelve agree"}
	}
	d.Tap("r")
	d.Expect("7 of 12, waiting for 9.9.9.9:53, 1 s of 2 s", "192.0.2.53", "stops")
	d.Tap("left") // the screen does not block
	d.Expect("tasks done")
	d.Tap("right")
	close(proceed)
	d.Rest()
	d.Refute("waiting for")
	d.Expect("passed")
	run, ok := w.session(id).Snapshot().Latest[steps.RunKey(stepWithChecks, slow.id)]
	if !ok || run.Result.Summary != "all twelve agree" || run.By != "kim" {
		t.Errorf("the store holds %+v", run)
	}
}

func TestCancelKeepsWhatWasFound(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	slow := w.firstCheck(d)
	slow.run = func(ctx context.Context, _ check.Input, progress func(check.Progress)) check.Result {
		progress(check.Progress{Done: 1, Total: 2, Waiting: "a server that never answers"})
		<-ctx.Done()
		return check.Result{Outcome: check.Unknown, Summary: "stopped"}
	}
	d.Tap("r")
	d.Expect("a server that never answers", "2 of 3 checks")
	d.Press("x")
	d.Refute("a server that never answers")
	latest := w.session(id).Snapshot().Latest
	if _, ok := latest[steps.RunKey(stepWithChecks, slow.id)]; ok {
		t.Error("a check that was stopped left a result")
	}
	if len(latest) == 0 {
		t.Error("the checks that had finished left no result")
	}
	slow.run = passes
	d.Press("r")
	if _, ok := w.session(id).Snapshot().Latest[steps.RunKey(stepWithChecks, slow.id)]; !ok {
		t.Error("run again, the check left no result")
	}
}

func TestQuitWhileACheckHangs(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	w.firstCheck(d).run = func(ctx context.Context, _ check.Input, _ func(check.Progress)) check.Result {
		<-ctx.Done()
		return check.Result{Outcome: check.Unknown}
	}
	d.Tap("r")
	d.Expect("checking")
	d.Tap("ctrl+c")
	start := time.Now()
	if err := d.Model.Finish(); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 2500*time.Millisecond {
		t.Errorf("leaving took %s", took)
	}
}

func TestAPanickingCheckIsAResult(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	w.firstCheck(d).run = func(context.Context, check.Input, func(check.Progress)) check.Result { panic("boom") }
	d.Press("r")
	d.Expect("could not check")
}

func finding(severity check.Severity, title clean.Shown) check.Finding {
	return check.Finding{
		Code: "TEST." + string(severity), Severity: severity, Title: title, Saw: "what was seen", Should: "what it should be",
		IfLeft: "what happens if it is left", Do: "what to do", Who: check.WhoNetwork, Copy: "the rule to put in place", Confirm: "dig acme.com.au MX",
	}
}

func failing(context.Context, check.Input, func(check.Progress)) check.Result {
	return check.Result{
		Outcome: check.Fail, Summary: "two things are wrong",
		Findings: []check.Finding{finding(check.Blocker, "The first thing is wrong"), finding(check.Risk, "The second thing is wrong")},
		Evidence: []check.Evidence{{Kind: "dns", Server: "192.0.2.53:53", Asked: "dig acme.com.au MX", At: begin, Raw: "the raw answer"}},
	}
}

func TestFindingsOneByOne(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	w.firstCheck(d).run = failing
	d.Press("r")
	d.Expect("not right yet", "just now")
	d.Press("enter") // the cursor went to what was found
	d.Expect("The first thing is wrong", "blocker", "Saw", "Should", "If left", "Do", "Who", "Confirm", "the rule to put in place", "your network team")
	d.Press("c")
	d.Expect("sent to your terminal's clipboard")
	d.Press("enter")
	d.Expect("The second thing is wrong", "risk")
	d.Press("v")
	d.Expect("192.0.2.53:53", "the raw answer")
	d.Press("esc", "s")
	if files := w.files(); len(files) != 1 {
		t.Fatalf("saved, there are %v", files)
	} else if text, err := os.ReadFile(filepath.Join(w.dir, files[0])); err != nil || !strings.Contains(string(text), "The second thing is wrong") {
		t.Errorf("the file says %q, %v", text, err)
	}
	d.Press("enter")
	d.Expect("On to Confirm")
	d.Press("up", "up", "up", "up", "down", "H")
	d.Expect("newest first", "two things are wrong")
	d.Press("enter")
	d.Expect("The first thing is wrong", "from ")
	d.Press("esc", "esc")
	d.Expect("On to Confirm")
	d.Press("right")
	d.Expect("The first thing is wrong")
}

func TestAChangedInputMakesResultsStale(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	d.Press("r")
	d.Expect("passed")
	s := d.Model.Session()
	if _, err := s.Answer(context.Background(), steps.QDomains, "acme.com.au\nacme.example", steps.Typed, "", 0); err != nil {
		t.Fatal(err)
	}
	d.Advance(2 * time.Minute)
	d.Expect("out of date", "2 min ago")
	d.Refute("passed", "✓ out of date") // what does not count carries no tick
}

func TestConsentToPublishedRanges(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	if w.checks["RANGES"] == nil {
		t.Fatal("no step of any plan runs RANGES")
	}
	data, err := json.Marshal(map[string][]string{"added": {"198.51.100.0/24"}, "dropped": {"103.13.69.0/24"}})
	if err != nil {
		t.Fatal(err)
	}
	w.checks["RANGES"].run = func(context.Context, check.Input, func(check.Progress)) check.Result {
		return check.Result{Outcome: check.Warn, Summary: "the published ranges differ", Data: data}
	}
	d := w.start(at(stepWithChecks, steps.StageCheck))
	d.Press("r")
	d.Expect("published ranges differ from", "198.51.100.0/24", "103.13.69.0/24")
	d.Press("y")
	d.Refute("published ranges differ from")
	a := w.session(id).Snapshot().Answers
	if a.Value("ranges.consented_add") != "198.51.100.0/24" || a.Value("ranges.consented_drop") != "103.13.69.0/24" {
		t.Errorf("answered: add %q, drop %q", a.Value("ranges.consented_add"), a.Value("ranges.consented_drop"))
	}
	if p := a["ranges.consented_add"].Provenance; p != steps.Detected {
		t.Errorf("the provenance is %q", p)
	}
	d.Expect("out of date") // the ranges are part of the input
}

func TestCheckAllFromTheHub(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start()
	d.Press("r")
	d.Expect("No step with checks was begun yet", "press r there")
	if err := d.Model.Session().Start(context.Background(), stepWithChecks); err != nil {
		t.Fatal(err)
	}
	d.Advance(time.Minute)
	d.Press("r")
	if n := len(d.Model.Session().Snapshot().Latest); n < 2 {
		t.Errorf("%d checks have a result", n)
	}
}
