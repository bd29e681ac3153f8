package wizard_test

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/wizard"
)

func TestALaterRulesetTakesThePlaceOfAnEarlierOne(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	s := begin(t, w, toEurope)
	for _, name := range []string{"today.rules", "ip6tables.rules", "open.rules"} {
		c.t = c.t.Add(time.Minute)
		if _, err := s.Attach(ctx, steps.ConnectAccount, "ruleset", name, []byte("*filter\nCOMMIT\n# "+name)); err != nil {
			t.Fatal(err)
		}
	}
	in, err := s.Input(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range in.Rulesets {
		names = append(names, f.Name)
	}
	if len(names) != 2 || names[0] != "open.rules" || names[1] != "ip6tables.rules" {
		t.Errorf("rulesets that are checked: %q", names)
	}
}

// TestAFileNamedV6TakesThePlaceOfTheOther: only the dump of ip6tables stands
// beside another; the export of a firewall holds both families.
func TestAFileNamedV6TakesThePlaceOfTheOther(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	s := begin(t, w, toEurope)
	for _, f := range [][2]string{{"fw.xml", "<pfsense></pfsense>"}, {"fw-v6.xml", "<pfsense><filter/></pfsense>"}} {
		c.t = c.t.Add(time.Minute)
		if _, err := s.Attach(ctx, steps.ConnectAccount, "ruleset", f[0], []byte(f[1])); err != nil {
			t.Fatal(err)
		}
	}
	in, err := s.Input(steps.ConnectAccount)
	if err != nil || len(in.Rulesets) != 1 || in.Rulesets[0].Name != "fw-v6.xml" {
		t.Errorf("%v: %+v", err, in.Rulesets)
	}
}

func TestAnOlderRulesetLoadedAgainCountsAgain(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	s := begin(t, w, toEurope)
	load := func(content string) {
		t.Helper()
		c.t = c.t.Add(time.Minute)
		if _, err := s.Attach(ctx, steps.ConnectAccount, "ruleset", "edge.rules", []byte(content)); err != nil {
			t.Fatal(err)
		}
		in, err := s.Input(steps.ConnectAccount)
		if err != nil {
			t.Fatal(err)
		}
		if len(in.Rulesets) != 1 || string(in.Rulesets[0].Bytes) != content {
			t.Errorf("after loading %q the checks read %+v", content, in.Rulesets)
		}
	}
	for _, content := range []string{"good", "bad", "good"} {
		load(content)
	}
	if files := s.Snapshot().Attachments; len(files) != 3 || !files[2].At.After(files[0].At) {
		t.Errorf("loads kept: %+v", files)
	}
}

func TestABlockerSetAsideFreesTheStepsBehindIt(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	shut := scripted{"FW-OPEN", func(check.Input) check.Result {
		return check.Result{Outcome: check.Fail, Summary: "shut", Findings: []check.Finding{{
			Code: "FW-OPEN.shut", Subject: "192.0.2.0/24", Severity: check.Blocker, Title: "192.0.2.0/24 is shut",
		}}}
	}}
	for i, k := range w.Checks {
		if k.ID() == "FW-OPEN" {
			w.Checks[i] = shut
		}
	}
	s := begin(t, w, toEurope)
	work(t, s, c, steps.ConnectRFI)
	if err := s.Confirm(ctx, steps.ConnectRFI, wizard.Confirmation{Told: "Kim, 3 Dec, case 0123"}); err != nil {
		t.Fatal(err)
	}
	work(t, s, c, steps.ConnectAccount)
	reasons := map[string]string{}
	for _, o := range s.Obstacles(steps.ConnectAccount) {
		reasons[o.ID] = "the provider of the line filters nothing"
	}
	if len(reasons) == 0 {
		t.Fatal("a shut firewall is no obstacle")
	}
	held := func() bool {
		page, err := s.Step(steps.ConnectOutbound)
		if err != nil {
			t.Fatal(err)
		}
		return page.Status == steps.Blocked
	}
	if !held() {
		t.Error("the outbound step is not held by a shut firewall")
	}
	if err := s.Confirm(ctx, steps.ConnectAccount, wizard.Confirmation{Reasons: reasons, Told: "Kim, 3 Dec"}); err != nil {
		t.Fatal(err)
	}
	if held() {
		t.Error("the outbound step stays held although the blocker was set aside")
	}
}

// TestTheDateOfAnExportIsKept: of a file that was loaded, the checks are told
// when it was last written and when the move began, and the page of the step
// shows what a check saw; a file that changed since says nothing.
func TestTheDateOfAnExportIsKept(t *testing.T) {
	ctx := context.Background()
	w := open(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	s := begin(t, w, toEurope)
	path, day := filepath.Join(t.TempDir(), "edge.rules"), time.Date(2025, 1, 15, 9, 0, 0, 0, time.UTC)
	for _, text := range []string{"*filter\n:INPUT DROP [0:0]\nCOMMIT\n", "*filter\n:INPUT DROP [1:0]\nCOMMIT\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(path, day, day); err != nil {
			t.Fatal(err)
		}
		a, err := s.LoadRuleset(ctx, steps.ConnectAccount, path)
		if err != nil {
			t.Fatal(err)
		}
		in, err := s.Input(steps.ConnectAccount)
		if err != nil || len(in.Rulesets) != 1 || !in.Rulesets[0].Written.Equal(day) || in.Began.IsZero() {
			t.Errorf("%v, began %s: %+v", err, in.Began, in.Rulesets)
		}
		again, err := w.Open(ctx, s.ID())
		if err != nil {
			t.Fatal(err)
		}
		if in, err := again.Input(steps.ConnectAccount); err != nil || len(in.Rulesets) != 1 || !in.Rulesets[0].Written.Equal(day) {
			t.Errorf("opened again: %v %+v", err, in.Rulesets)
		}
		p := wizard.StepPage{Checks: []wizard.CheckLine{{}, {Run: &steps.Run{Result: check.Result{Evidence: []check.Evidence{{SHA256: a.SHA256, Made: day}}}}}}}
		if got := p.Exported(a, time.UTC); got != "15 Jan 2025" {
			t.Errorf("exported %q", got)
		}
	}
}

// TestAFileIsNoYoungerThanItsCopy: in the demonstration, whose clock is moved on
// by days, the day on which a file was written stays.
func TestAFileIsNoYoungerThanItsCopy(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	w := open(t, c)
	w.Demo = true
	s := begin(t, w, toEurope)
	path := filepath.Join(t.TempDir(), "edge.rules")
	if err := os.WriteFile(path, []byte("*filter\nCOMMIT\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.LoadRuleset(ctx, steps.ConnectAccount, path); err != nil {
		t.Fatal(err)
	}
	kept := c.t
	c.t = c.t.AddDate(0, 0, 5)
	again, err := w.Open(ctx, s.ID())
	if err != nil {
		t.Fatal(err)
	}
	in, err := again.Input(steps.ConnectAccount)
	if err != nil || len(in.Rulesets) != 1 {
		t.Fatalf("%v, %+v", err, in.Rulesets)
	}
	if got := in.Rulesets[0].Written; got.IsZero() || got.After(kept) {
		t.Errorf("kept on %s, and written on %s", kept, got)
	}
}

// TestTheSameFileIsListedOnce in a step it was handed to twice, as it was kept
// first; another file of that name is another file.
func TestTheSameFileIsListedOnce(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := begin(t, open(t, c), toEurope)
	first := c.t
	for _, content := range []string{"*filter\nCOMMIT\n", "*filter\nCOMMIT\n", "*filter\n# later\nCOMMIT\n"} {
		if _, err := s.Attach(ctx, steps.ConnectAccount, "ruleset", "edge.rules", []byte(content)); err != nil {
			t.Fatal(err)
		}
		c.t = c.t.Add(time.Minute)
	}
	page, err := s.Step(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	if len(page.Files) != 2 || !page.Files[0].At.Equal(first) {
		t.Errorf("kept are %+v", page.Files)
	}
}
