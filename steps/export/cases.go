package export

import (
	"fmt"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/require"
)

// CaseResult is the result of one case of the test plan.
type CaseResult string

// Results. WithReasons is a case that did not pass and was set aside by a
// person who wrote down why.
const (
	CasePass        CaseResult = "pass"
	CaseFail        CaseResult = "fail"
	CaseNotRun      CaseResult = "not run"
	CaseWithReasons CaseResult = "with reasons"
	CaseNotNeeded   CaseResult = "not applicable"
)

// Proof is what the result of a case rests on: somebody's tick, a look of the
// tool's own, or somebody's word for a whole step.
type Proof string

// Proofs.
const (
	Ticked    Proof = "ticked"
	Checked   Proof = "checked"
	Confirmed Proof = "confirmed"
)

// Word is the result as people read it: what was ticked or confirmed is done,
// and only what was checked has passed.
func (c Case) Word() string {
	if c.Result != CasePass || c.Proof == "" {
		return string(c.Result)
	}
	word := "done"
	if c.Proof == Checked {
		word = string(CasePass)
	}
	return word + " (" + string(c.Proof) + ")"
}

// resultWords are the words that a case may have, the good ones first.
func resultWords() []string {
	return []string{
		Case{Result: CasePass, Proof: Checked}.Word(), Case{Result: CasePass, Proof: Ticked}.Word(), Case{Result: CasePass, Proof: Confirmed}.Word(),
		string(CaseWithReasons), string(CaseFail), string(CaseNotRun), string(CaseNotNeeded),
	}
}

// Case is one row of the test plan. A case is a task, a check, or the
// confirmation of a step that has neither.
type Case struct {
	ID         string      `json:"id"` // MAN01, OPT01
	Step       int         `json:"step"`
	StepID     string      `json:"step_id"`
	Kind       string      `json:"kind"` // task, check, step
	Ref        string      `json:"ref"`  // id of the task, check or step
	Title      clean.Shown `json:"title"`
	ExecutedBy clean.Shown `json:"executed_by,omitempty"`
	OverseenBy clean.Shown `json:"overseen_by,omitempty"`
	RecordedBy clean.Shown `json:"recorded_by,omitempty"` // who entered it, as the journal has it
	Date       time.Time   `json:"date,omitzero"`
	Phase      check.Phase `json:"phase,omitempty"` // of a check: before, during or after the change
	Result     CaseResult  `json:"result"`
	Proof      Proof       `json:"proof,omitempty"` // what the result rests on; empty where there is none
	Remark     clean.Shown `json:"remark,omitempty"`
	Corrective clean.Shown `json:"corrective_action,omitempty"`
	Evidence   []string    `json:"evidence,omitempty"` // references of what the result of a check rests on
}

// TestPlan is the vendor's kind of test plan: cases that must be carried out,
// and cases that may be.
type TestPlan struct {
	ExecutedBy clean.Shown `json:"executed_by,omitempty"` // as answered for the whole of the tests
	OverseenBy clean.Shown `json:"overseen_by,omitempty"`
	Mandatory  []Case      `json:"mandatory"`
	Optional   []Case      `json:"optional"`
}

// Count counts the cases with a result.
func (t TestPlan) Count(r CaseResult) int {
	return t.count(func(c Case) bool { return c.Result == r })
}

func (t TestPlan) countWord(word string) int {
	return t.count(func(c Case) bool { return c.Word() == word })
}

func (t TestPlan) count(like func(Case) bool) int {
	n := 0
	for _, list := range [][]Case{t.Mandatory, t.Optional} {
		for _, c := range list {
			if like(c) {
				n++
			}
		}
	}
	return n
}

// Questions that name who carried the tests out and who looked over them.
const (
	qExecutedBy = "signoff.executed_by"
	qOverseenBy = "signoff.overseen_by"
)

func (b *builder) testPlan(all []Step) TestPlan {
	t := TestPlan{
		ExecutedBy: clean.Line(b.v.Snap.Answers.Value(qExecutedBy)), OverseenBy: clean.Line(b.v.Snap.Answers.Value(qOverseenBy)),
		Mandatory: []Case{}, Optional: []Case{},
	}
	add := func(c Case, optional bool) {
		t.sign(&c)
		if optional {
			c.ID = fmt.Sprintf("OPT%02d", len(t.Optional)+1)
			t.Optional = append(t.Optional, c)
			return
		}
		c.ID = fmt.Sprintf("MAN%02d", len(t.Mandatory)+1)
		t.Mandatory = append(t.Mandatory, c)
	}
	for _, st := range all {
		for _, task := range st.Tasks {
			add(b.taskCase(st, task), task.Optional)
		}
		for _, c := range st.Checks {
			add(b.checkCase(st, c), false)
		}
		if len(st.Tasks)+len(st.Checks) == 0 {
			add(b.stepCase(st), false)
		}
	}
	return t
}

// sign puts the names that the form gives for the whole of the tests into a
// case that has a result; a step's own second person comes before them.
func (t TestPlan) sign(c *Case) {
	if c.ExecutedBy == "" {
		return
	}
	c.RecordedBy = c.ExecutedBy
	if t.ExecutedBy != "" {
		c.ExecutedBy = t.ExecutedBy
	}
	if c.OverseenBy == "" {
		c.OverseenBy = t.OverseenBy
	}
}

func (b *builder) taskCase(st Step, t Task) Case {
	c := Case{Step: st.Number, StepID: st.ID, Kind: "task", Ref: t.ID, Title: t.Title, Result: CaseNotRun}
	if t.Done {
		c.Result, c.Proof, c.ExecutedBy, c.Date, c.OverseenBy = CasePass, Ticked, t.By, t.At, st.Overseen
		return c
	}
	if t.idle {
		c.Result = CaseNotNeeded
		return c
	}
	b.excuse(&c, st, "", "task "+t.ID)
	return c
}

func (b *builder) stepCase(st Step) Case {
	c := Case{
		Step: st.Number, StepID: st.ID, Kind: "step", Ref: st.ID,
		Title: clean.Sprintf("Confirmed: %s", st.Title), Result: CaseNotRun,
	}
	if st.Status.Closed() {
		c.Result, c.Proof, c.ExecutedBy, c.Date, c.OverseenBy = CasePass, Confirmed, st.By, st.Closed, st.Overseen
		if st.Told != "" {
			c.Remark = clean.Sprintf("%s%s", toldNote, string(st.Told))
		}
		if st.Status == steps.Overridden {
			c.Result, c.Corrective = CaseWithReasons, st.Reason
		}
	}
	return c
}

// checkCase is the case of a check. A closed step keeps the result and the
// reasons on which it was confirmed: what a later step found and set aside is
// that step's. Only a later result that is worse, or that ends a wait, or that
// does not count any more and was not set aside, takes its place.
func (b *builder) checkCase(st Step, k Check) Case {
	c := Case{Step: st.Number, StepID: st.ID, Kind: "check", Ref: k.ID, Title: k.Title, Result: CaseNotRun}
	if string(k.Title) != k.ID {
		c.Title = clean.Sprintf("%s: %s", k.ID, string(k.Title))
	}
	closing, ok := b.closingRun(st, k)
	if !ok {
		return b.presentCase(c, st, k)
	}
	held := c
	b.judge(&held, st, closing)
	if held.Result == CasePass {
		b.excuse(&held, st, "", "check "+k.ID)
	}
	present := b.presentCase(c, st, k)
	if then, _ := b.closedWith(st.ID, k); k.State == Fresh && k.From == "" && b.v.Standing(st.ID, then) == steps.InputGone {
		// it was asked again, as what it was asked about had changed
		present.Remark = clean.Sprintf("Run again, as %s had changed since the result of %s (%s). %s",
			steps.InputOf(k.ID), b.moment(closing.At), closedOn[closing.Outcome], string(present.Remark))
		return present
	}
	switch {
	case present.Result == CaseWithReasons,
		held.Result == CaseWithReasons && present.Result == CasePass,
		k.State == Fresh && good(closing.Outcome) && severity(k.Outcome) <= severity(closing.Outcome):
		return held
	case k.State == Fresh:
		present.Remark = clean.Sprintf("When the step was closed: %s, %s. Since then: %s", closedOn[closing.Outcome], b.moment(closing.At), string(present.Remark))
	}
	return present
}

// presentCase fills a case from the present result of the check.
func (b *builder) presentCase(c Case, st Step, k Check) Case {
	switch k.State {
	case NotRun:
		b.excuse(&c, st, k.From, "check "+k.ID)
		return c
	case Stale:
		c.Remark = clean.Sprintf("Out of date, to be run again: the %s have changed since the result of %s", steps.InputOf(k.ID), b.moment(k.At))
		if k.why == steps.BeforeChange {
			c.Remark = clean.Sprintf("Out of date, to be run again: the result of %s is from before the change", b.moment(k.At))
		}
		b.excuse(&c, st, k.From, "check "+k.ID)
		return c
	}
	b.judge(&c, st, k)
	if from, ok := b.v.Plan.Step(k.From); ok {
		c.OverseenBy = clean.Line(b.v.Snap.Steps[k.From].Overseen)
		c.Remark = clean.Sprintf("Run in step %d: %s", from.Number, string(c.Remark))
	}
	return c
}

// closingRun is the result on which a closed step was confirmed, where the
// present result k is a later one: the newest of its own from before the
// closing, though answers and files may have changed since. The case keeps its
// date and its reason, unless the same question was answered worse since.
func (b *builder) closingRun(st Step, k Check) (Check, bool) {
	best, ok := b.closedWith(st.ID, k)
	if !ok {
		return Check{}, false
	}
	res := best.Result
	out := Check{
		ID: k.ID, State: Fresh, Outcome: res.Outcome, Phase: res.Phase, Summary: clean.Text(string(res.Summary)),
		At: utc(res.Started), By: clean.Line(best.By), Until: utc(res.Until), Earlier: b.earlier(st.ID, k.ID, best), run: keyOf(best),
	}
	for _, f := range res.Findings {
		out.Findings = append(out.Findings, safeFinding(f))
	}
	return out, true
}

// closedWith finds that run.
func (b *builder) closedWith(step string, k Check) (steps.Run, bool) {
	state := b.v.Snap.Steps[step]
	if !state.Status.Closed() || !k.At.After(state.Closed) {
		return steps.Run{}, false
	}
	then := b.v
	then.Stale = nil
	var best steps.Run
	for _, r := range b.hist.Runs {
		if r.Step == step && r.Result.Check == k.ID && !r.Result.Started.After(state.Closed) &&
			then.Standing(step, r) == steps.Counts && (best.Step == "" || steps.Newer(r, best)) {
			best = r
		}
	}
	return best, best.Step != ""
}

// closedOn says an outcome in words.
var closedOn = map[check.Outcome]string{
	check.Pass: "passed", check.Warn: "passed, with remarks", check.Fail: "failed",
	check.Waiting: "waiting", check.Unknown: "could not check", check.Skipped: "does not apply",
}

// good reports an outcome on which a step may be closed without a reason.
func good(o check.Outcome) bool { return severity(o) <= severity(check.Warn) }

// severity orders outcomes from good to bad.
func severity(o check.Outcome) int {
	switch o {
	case check.Pass, check.Skipped:
		return 0
	case check.Warn:
		return 1
	case check.Waiting:
		return 2
	case check.Unknown:
		return 3
	}
	return 4
}

// changeAhead names the change that was still to come when a check was made; ""
// where it had nothing to do with one. A step without a change of its own waits
// for that of the MX records, which is said of checks of those alone: in the
// step of journaling, "the change" would be read as that of journaling.
func (b *builder) changeAhead(st Step, k Check) string {
	def, _ := b.v.Plan.Step(st.ID)
	switch {
	case k.Phase != check.Before:
		return ""
	case def.PhaseTask == steps.TaskChangeMX, def.PhaseTask == "" && strings.HasPrefix(k.ID, "MX-"):
		return "the change of the MX records"
	case def.PhaseTask != "":
		return "the change"
	}
	return ""
}

// judge fills a case from a result that counts.
func (b *builder) judge(c *Case, st Step, k Check) {
	c.ExecutedBy, c.Date, c.OverseenBy, c.Remark, c.Phase, c.Proof = k.By, k.At, st.Overseen, k.Summary, k.Phase, Checked
	c.Evidence = b.refsOf[k.run]
	if change := b.changeAhead(st, k); change != "" {
		c.Remark = clean.Sprintf("Before %s: %s", change, string(k.Summary))
	}
	if len(k.Earlier) > 0 {
		c.Remark = clean.Sprintf("%s (%s)", strings.TrimSuffix(string(c.Remark), "."), ran(k.Earlier))
	}
	c.Corrective = corrective(k)
	switch k.Outcome {
	case check.Pass, check.Warn:
		c.Result = CasePass
	case check.Skipped:
		c.Result = CaseNotNeeded
	case check.Waiting:
		if !k.Until.IsZero() {
			c.Remark = clean.Sprintf("%s; waiting until %s", string(c.Remark), b.moment(k.Until))
		}
		b.excuse(c, st, k.From, "check "+k.ID)
	case check.Unknown:
		c.Remark = clean.Sprintf("Could not be checked. %s", string(c.Remark))
		b.excuse(c, st, k.From, require.UnknownID(k.ID))
	case check.Fail:
		c.Result = CaseFail
		var ids []string
		for _, f := range k.Findings {
			if f.Severity == check.Blocker {
				ids = append(ids, require.FindingID(f))
			}
		}
		b.excuse(c, st, k.From, ids...)
	}
}

// ran says how often a check was run before, and how many of the runs failed or
// could not tell: what passes now did not do so from the beginning.
func ran(earlier []Earlier) string {
	count := map[check.Outcome]int{}
	for _, e := range earlier {
		count[e.Outcome]++
	}
	text := counted(len(earlier), "earlier run", "earlier runs")
	for _, o := range []check.Outcome{check.Fail, check.Unknown} {
		switch n := count[o]; {
		case n == 0:
		case len(earlier) == 1:
			text += ": " + closedOn[o]
		default:
			text += fmt.Sprintf(", %d %s", n, closedOn[o])
		}
	}
	return text
}

// excuse marks a case as set aside when every one of the ids was, in its step
// or in the one that made the run.
func (b *builder) excuse(c *Case, st Step, from string, ids ...string) {
	var reasons []string
	last := steps.Override{}
	for _, id := range ids {
		found := false
		for _, o := range b.v.Snap.Overrides {
			if (o.Step == st.ID || o.Step == from) && string(clean.Line(o.Gate)) == string(clean.Line(id)) {
				found, last = true, o
				reasons = append(reasons, "set aside: "+o.Reason+byWhom(o.By, c.ExecutedBy))
			}
		}
		if !found {
			return
		}
	}
	if len(ids) == 0 {
		return
	}
	c.Result = CaseWithReasons
	if c.ExecutedBy == "" { // nobody did it: the reason says who set it aside
		c.RecordedBy, c.Date, c.OverseenBy = clean.Line(last.By), utc(last.At), st.Overseen
	}
	c.Corrective = join("; ", string(c.Corrective), strings.Join(reasons, "; "))
}

// byWhom names who set something aside where no one else stands in the case.
func byWhom(who string, executed clean.Shown) string {
	if who == "" || executed != "" {
		return ""
	}
	return " (" + who + ")"
}

// corrective joins what the findings of a result ask to be done.
func corrective(k Check) clean.Shown {
	var actions []string
	for _, f := range k.Findings {
		if (f.Severity != check.Blocker && f.Severity != check.Risk) || f.Do == "" {
			continue
		}
		line := string(f.Do)
		if f.Who != "" && f.Who != check.WhoTPOC {
			line += " (" + string(f.Who) + ")"
		}
		actions = once(actions, line) // findings of several ranges may ask for one thing
	}
	return clean.Text(strings.Join(actions, "\n"))
}

func join(sep string, parts ...string) clean.Shown {
	var full []string
	for _, p := range parts {
		if p != "" {
			full = append(full, p)
		}
	}
	return clean.Text(strings.Join(full, sep))
}

// moment prints a time in the zone of the summary.
func (b *builder) moment(t time.Time) string { return moment(t, b.zone) }

func moment(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	return t.Format("2006-01-02 15:04 ") + offset(t)
}

// offset names the zone of a time by its distance from UTC.
func offset(t time.Time) string {
	if _, seconds := t.Zone(); seconds == 0 {
		return "UTC"
	}
	return t.Format("-07:00")
}

func day(t time.Time, zone *time.Location) string {
	if t.IsZero() {
		return ""
	}
	if zone == nil {
		zone = time.UTC
	}
	return t.In(zone).Format(time.DateOnly)
}
