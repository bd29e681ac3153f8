package demo_test

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/checks"
	"mxodus/steps/demo"
	"mxodus/steps/export"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/store"
)

// visitor walks a move of the demonstration as a TPOC would.
type visitor struct {
	t     *testing.T
	world *demo.World
	s     *wizard.Session
	dir   string
	base  string            // of the sample rulesets
	know  map[string]string // what this TPOC answers
}

func (v *visitor) answerAll(step string) {
	v.t.Helper()
	for range 10 {
		page, err := v.s.Step(step)
		if err != nil {
			v.t.Fatal(err)
		}
		missing := false
		for _, st := range page.Questions {
			if st.Missing {
				missing = true
				v.answer(st)
			}
		}
		if !missing {
			return
		}
	}
	v.t.Fatalf("%s never runs out of required questions", step)
}

func (v *visitor) answer(st rfi.Status) {
	v.t.Helper()
	q, f := st.Question, v.s.Facts()
	text, ok := v.know[q.ID]
	if !ok && q.Default != nil {
		text = q.Default(f)
	}
	if text == "" && q.Options != nil {
		text = q.Options(f)[0].Value
	}
	if text == "" {
		text = q.Example
	}
	saved, err := v.s.Answer(context.Background(), q.ID, text, steps.Typed, "", st.Answer.Revision)
	if err != nil {
		v.t.Fatal(err)
	}
	if !saved.Understood.OK() {
		v.t.Fatalf("%s: %q is not understood: %v", q.ID, text, saved.Understood.Problems)
	}
}

// load hands over an export of its own in a step, as the wizard does.
func (v *visitor) load(step, sample string) {
	v.t.Helper()
	content, err := os.ReadFile(filepath.Join(v.dir, v.base+"-"+sample+".rules"))
	if err != nil {
		v.t.Fatal(err)
	}
	path := filepath.Join(v.t.TempDir(), strings.ReplaceAll(step, ".", "-")+".rules")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		v.t.Fatal(err)
	}
	if _, err := v.s.LoadRuleset(context.Background(), step, path); err != nil {
		v.t.Fatal(err)
	}
}

func (v *visitor) check(step string) map[string]check.Result {
	v.t.Helper()
	results, err := v.s.Check(context.Background(), step, nil, nil)
	if err != nil {
		v.t.Fatalf("%s: %v", step, err)
	}
	out := map[string]check.Result{}
	for _, r := range results {
		out[r.Check] = r
	}
	return out
}

func (v *visitor) tick(step string) {
	v.t.Helper()
	page, err := v.s.Step(step)
	if err != nil {
		v.t.Fatal(err)
	}
	for _, task := range page.Tasks {
		if task.State.Done {
			continue
		}
		for _, line := range page.Questions {
			if slices.Contains(task.Records, line.Question.ID) && line.Answer.Value == "" {
				v.answer(line)
			}
		}
		if err := v.s.Tick(context.Background(), step, task.ID, true); err != nil {
			v.t.Fatal(err)
		}
	}
}

func (v *visitor) walk(st steps.Step) {
	v.t.Helper()
	v.answerAll(st.ID)
	switch st.ID {
	case steps.FirewallStep(v.s.Plan().Profile.Journey), steps.MigrateReview, steps.MigrateSignOff:
		v.load(st.ID, "2-open")
	case steps.ConnectLockdown, steps.ConnectCompletion:
		v.load(st.ID, "3-locked")
	}
	before := v.check(st.ID) // the record of how it was
	if st.ID == steps.MigratePost {
		v.cleanUp(before["FW-LOCK"])
	}
	v.tick(st.ID)
	if st.ID == steps.MigratePost {
		v.exportAgain()
	}
	v.world.Skip(10 * time.Minute) // the old TTL and the stale resolver's patience
	v.check(st.ID)
	if j := v.s.Plan().Profile.Journey; st.ID == steps.MigrateRecipients {
		// the directory named in this step is a port more than was proven open
		if left := v.s.Obstacles(st.ID); len(left) != 1 || left[0].ID != "migrate.recipients.firewall" {
			v.t.Errorf("a port more holds nothing: %+v", left)
		}
		v.check(steps.FirewallStep(j))
	}
	if left := v.s.Obstacles(st.ID); len(left) > 0 {
		page, _ := v.s.Step(st.ID)
		for _, c := range page.Checks {
			if c.Run != nil && c.Run.Result.Outcome != check.Pass {
				v.t.Logf("%s %s: %s; %+v", c.ID, c.Run.Result.Outcome, c.Run.Result.Summary, c.Run.Result.Findings)
			}
		}
		v.t.Fatalf("step %d %s: %+v", st.Number, st.ID, left)
	}
	if err := v.s.Confirm(context.Background(), st.ID, wizard.Confirmation{Told: "Kim, 3 Dec, case 0123"}); err != nil {
		v.t.Fatal(err)
	}
}

// cleanUp expects the task of the last step to hold what takes the old region
// out of the rules that are known.
func (v *visitor) cleanUp(lock check.Result) {
	v.t.Helper()
	page, err := v.s.Step(steps.MigratePost)
	if err != nil {
		v.t.Fatal(err)
	}
	if lock.Outcome != check.Fail {
		v.t.Errorf("the old region is still open: %s, %s", lock.Outcome, lock.Summary)
	}
	var copies string
	for _, task := range page.Tasks {
		for _, sn := range task.Snippets {
			if task.ID == steps.TaskOldRanges {
				copies += string(sn.Text)
			}
		}
	}
	for _, p := range v.s.Facts().Source.Prefixes() {
		if !strings.Contains(copies, p.String()) {
			v.t.Errorf("the task does not take %s out:\n%s", p, copies)
		}
	}
}

// exportAgain expects rules from before the change to be refused, and loads
// those from after it.
func (v *visitor) exportAgain() {
	v.t.Helper()
	if r := v.check(steps.MigratePost)["FW-LOCK"]; r.Outcome != check.Unknown || !strings.Contains(string(r.Summary), "before they were changed") {
		v.t.Errorf("a file from before the change: %s, %s", r.Outcome, r.Summary)
	}
	v.load(steps.MigratePost, "3-locked")
	for _, row := range v.s.Hub().Rows {
		if row.Changed {
			v.t.Errorf("a file for the last step undoes step %d: %s", row.Number, row.Title)
		}
	}
}

// everyPassRests expects each check that has passed to name evidence that the
// summary holds, made when the case says that it was.
func everyPassRests(t *testing.T, sum export.Summary) {
	t.Helper()
	when := map[string]time.Time{}
	for _, st := range sum.Steps {
		for _, k := range st.Checks {
			lists := [][]export.Evidence{k.Evidence}
			for _, e := range k.Earlier {
				lists = append(lists, e.Evidence)
			}
			for _, e := range slices.Concat(lists...) {
				when[e.Ref] = e.At
			}
		}
	}
	for _, c := range sum.TestPlan.Mandatory {
		if c.Kind != "check" || c.Result != export.CasePass {
			continue
		}
		if len(c.Evidence) == 0 {
			t.Errorf("%s, step %d, %s of %s rests on nothing", c.ID, c.Step, c.Ref, c.Date)
		}
		for _, ref := range c.Evidence {
			if at, ok := when[ref]; !ok || at.Sub(c.Date).Abs() > time.Minute {
				t.Errorf("%s, %s of %s rests on %s of %s", c.ID, c.Ref, c.Date, ref, at)
			}
		}
	}
}

// TestBothMovesAreWalkedToTheEndWithNoNetwork goes through the real checks, the
// real store and real sockets on loopback, and sets nothing aside.
func TestBothMovesAreWalkedToTheEndWithNoNetwork(t *testing.T) {
	ctx := context.Background()
	world, err := demo.Start()
	if err != nil {
		t.Fatal(err)
	}
	defer world.Close()
	world.SetSlowness(20 * time.Millisecond) // the journey has many checks, and nobody looks on
	dir := t.TempDir()
	if _, err := demo.Samples(dir); err != nil {
		t.Fatal(err)
	}
	db, err := store.Open(ctx, filepath.Join(dir, "demo.db"), store.Options{Now: world.Now})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	ids, err := demo.Moves(ctx, db)
	if err != nil || len(ids) != 2 {
		t.Fatalf("moves: %v, %v", ids, err)
	}
	w := &wizard.Wizard{
		Repo: demo.Repository{Repository: db, World: world}, World: world.Check,
		Checks: checks.All(world.Check), Who: "Ann", Now: world.Now, Demo: true,
	}
	for _, id := range ids {
		s, err := w.Open(ctx, id)
		if err != nil {
			t.Fatal(err)
		}
		domain := s.Facts().Domain
		t.Run(domain, func(t *testing.T) {
			server := map[string]string{"harbourvine.example": "203.0.113.25", "tidewater.example": "198.51.100.25"}[domain]
			f := s.Facts()
			v := &visitor{
				t: t, world: world, s: s, dir: dir, base: strings.TrimSuffix(domain, ".example"),
				know: map[string]string{
					"domains": domain, "ip.outbound": server, "ip.inbound": server,
					"dir.host":         "ldap." + domain,
					"account.code_old": f.Source.AccountPrefix + "12A34", "company.account_code": f.Target.AccountPrefix + "12A34",
				},
			}
			if domain == "harbourvine.example" {
				v.know["domains"] = "harbourvine.example, harbourvine-wines.example"
			}
			for _, st := range s.Plan().Steps {
				v.walk(st)
			}
			if h := s.Hub(); h.Done != h.Total {
				t.Errorf("%d of %d", h.Done, h.Total)
			}
			for _, l := range plan.Incomplete(s.View()) {
				t.Errorf("not complete: step %d: %s", l.Step, l.Text)
			}
			sum, err := export.Of(context.Background(), s, w.Checks...)
			if err != nil {
				t.Fatal(err)
			}
			everyPassRests(t, sum)
			if !sum.Complete {
				t.Errorf("the summary says %s", sum.Verdict)
			}
			if md := export.Markdown(sum); len(md) > 30<<10 { // to be read in five minutes
				t.Errorf("the summary has %d bytes", len(md))
			}
			if n := len(s.Snapshot().Overrides); n != 0 {
				t.Errorf("%d things had to be set aside", n)
			}
		})
	}
}

// TestTodaysRulesetHasTheFaultsItIsThereFor keeps the first sample instructive.
func TestTodaysRulesetHasTheFaultsItIsThereFor(t *testing.T) {
	dir := t.TempDir()
	names, err := demo.Samples(dir)
	if err != nil {
		t.Fatal(err)
	}
	if len(names) != 6 || !slices.IsSorted(names[:3]) {
		t.Errorf("samples: %v", names)
	}
}
