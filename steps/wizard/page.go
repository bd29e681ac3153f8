package wizard

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/guide"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
)

// StepPage is one step as screens show it.
type StepPage struct {
	Step      steps.Step
	State     steps.StepState
	Status    steps.Status
	Phase     check.Phase
	Guide     string // Markdown
	Questions []rfi.Status
	Tasks     []TaskLine
	Checks    []CheckLine
	Gates     []GateLine
	// Obstacles stand in the way of confirming the step; of a closed one they are
	// what is left to do in it, as plan.Leftovers decides it.
	Obstacles []plan.Obstacle
	Overrides []steps.Override
	Notes     []steps.Note
	Files     []steps.Attachment // each once, as it was kept first
	// Changed says line by line what was changed after the step was confirmed.
	Changed []string
	Asks    Asks      // what confirming asks for
	Turn    plan.Turn // whose move it is
}

// TurnWord says whose turn a step is, as plan.WhoseTurn decides it: as long as
// there is something for the TPOC to answer, to do or to hand over, it is
// theirs, whoever owns the step. It is "" for a closed step.
func (p StepPage) TurnWord() string {
	switch p.Turn.Who {
	case plan.TurnYou:
		return "Your turn"
	case plan.TurnMimecast:
		return "Mimecast's turn"
	case plan.TurnTime:
		return "Only time is missing"
	}
	if p.Status.Closed() {
		return ""
	}
	return "Nobody's turn yet"
}

// TaskLine is one task and whether it is done.
type TaskLine struct {
	steps.Task
	State steps.TaskState
	Held  bool // it comes after the checks, and one of them leaves something open
	// Anew says of a task that is ticked why it is to be ticked once more: answers
	// have changed since the form was sent. It may be ticked in a closed step, too.
	Anew string
}

// Open reports a task that is to be ticked now.
func (t TaskLine) Open() bool { return (!t.State.Done || t.Anew != "") && !t.Optional && !t.Held }

// CheckLine is one check of the step and its present result, if any, as
// steps.View.Result decides it.
type CheckLine struct {
	ID    string
	Title string
	Run   *steps.Run
	// Stale results do not count: they no longer fit the present answers, or
	// they are from before the step's change. Why says which, in words.
	Stale    bool
	Standing steps.Standing
	Why      string
	RunIn    int // number of the other step that ran it; 0 for this step
	// Kept says that Run is the record of the MX from before the change: it is
	// not made again, and stays what it was when the check is run.
	Kept bool
}

// GateLine is one gate and whether it is open.
type GateLine struct {
	Gate       steps.Gate
	State      steps.GateState
	Overridden bool
}

// Step computes the page of a step as it stands now.
func (s *Session) Step(id string) (StepPage, error) {
	v := s.View()
	st, ok := v.Plan.Step(id)
	if !ok {
		return StepPage{}, fmt.Errorf("no step %q in this plan: %w", id, steps.ErrNotFound)
	}
	text, err := guide.Read(st, v.Facts)
	if err != nil {
		return StepPage{}, fmt.Errorf("guidance of %s: %w", id, err)
	}
	p := StepPage{
		Step: st, State: v.Snap.Steps[id], Status: plan.Status(v, id), Phase: plan.PhaseOf(v, id),
		Guide: text, Questions: questionsOf(v, st),
		Obstacles: s.obstacles(v, id), Asks: asks(v, st), Turn: plan.WhoseTurn(v, id),
	}
	if v.Closed(id) {
		p.Obstacles = plan.Leftovers(v, id)
	}
	p.Tasks = taskLines(v, st)
	for _, c := range st.Checks {
		p.Checks = append(p.Checks, s.checkLine(v, id, c))
	}
	for _, g := range st.Gates {
		p.Gates = append(p.Gates, GateLine{g, g.Holds(v), v.Overridden(id, g.ID)})
	}
	for _, c := range v.ChangedSince(id) {
		p.Changed = append(p.Changed, plan.ChangeText(v, st, c))
	}
	for _, o := range v.Snap.Overrides {
		if o.Step == id {
			p.Overrides = append(p.Overrides, o)
		}
	}
	for _, n := range v.Snap.Notes {
		if n.Step == id {
			p.Notes = append(p.Notes, n)
		}
	}
	for _, a := range v.Snap.Attachments {
		if again := func(f steps.Attachment) bool { return f.Name == a.Name && f.SHA256 == a.SHA256 }; a.Step == id && !slices.ContainsFunc(p.Files, again) {
			p.Files = append(p.Files, a)
		}
	}
	return p, nil
}

func taskLines(v steps.View, st steps.Step) []TaskLine {
	if st.Tasks == nil {
		return nil
	}
	var out []TaskLine
	for _, t := range st.Tasks(v.Facts) {
		line := TaskLine{Task: t, State: v.Snap.Tasks[steps.TaskKey(st.ID, t.ID)], Held: plan.Held(v, st, t)}
		if t.ID == steps.TaskSendForm && line.State.Done {
			if names := plan.Untold(v, st.ID); len(names) > 0 {
				line.Anew = plan.TellText(names)
			}
		}
		out = append(out, line)
	}
	return out
}

// questionsOf lists the step's questions that apply; a step that asks nothing
// has none (to the review, no list means the whole form).
func questionsOf(v steps.View, st steps.Step) []rfi.Status {
	if len(st.Questions) == 0 {
		return nil
	}
	asked := st.Questions
	if st.ID == steps.ConnectRFI { // in the order in which the form asks them
		asked = slices.Clone(asked)
		order := map[string]int{}
		for i, q := range rfi.All() {
			order[q.ID] = i
		}
		slices.SortStableFunc(asked, func(a, b string) int { return order[a] - order[b] })
	}
	list := rfi.Review(v.Facts, asked)
	for i, q := range list {
		if q.Answer.Value != "" && overdue(v, q.Question.ID) {
			list[i].Problems = append(slices.Clip(q.Problems), rfi.Problem{Warning: true, Message: overdueText})
		}
	}
	return list
}

const overdueText = "this time has passed, and the change is not ticked"

// Overdue says that the day of an agreed change has passed and no step has its
// tick; "" for every other question.
func (s *Session) Overdue(question string) string {
	if !overdue(s.View(), question) {
		return ""
	}
	return overdueText
}

// overdue reports that the day of an agreed change has passed and no step has
// its tick: on the day itself the change is being made.
func overdue(v steps.View, question string) bool {
	task := map[string]string{steps.QOutboundDate: steps.TaskSwitchConnector, steps.QInboundDate: steps.TaskChangeMX}[question]
	at, err := time.Parse(time.RFC3339, v.Facts.Answers.Value(question))
	if task == "" || err != nil || steps.DaysBetween(at, v.Now, v.Zone()) < 1 {
		return false
	}
	for _, st := range v.Plan.Steps {
		if _, done := v.TaskDone(st.ID, task); done || v.Closed(st.ID) && hasTask(v, st, task) {
			return false
		}
	}
	return true
}

func hasTask(v steps.View, st steps.Step, task string) bool { return taskTitle(v, st, task) != "" }

func (s *Session) checkLine(v steps.View, step, id string) CheckLine {
	line := CheckLine{ID: id}
	if c, ok := s.w.findCheck(id); ok {
		line.Title = c.Title()
	}
	r, standing := v.Result(step, id)
	line.Standing = standing
	if standing == steps.NotRun {
		return line
	}
	if id == steps.CheckMXPlan && standing == steps.Counts && r.Result.Phase == check.Before && v.Phase(step) != check.Before {
		line.Kept, line.Title = true, "MX records before the change"
	}
	line.Run, line.Stale, line.Why = &r, standing != steps.Counts, whyStale(id, standing)
	if r.Step != step {
		other, _ := v.Plan.Step(r.Step)
		line.RunIn = other.Number
	}
	return line
}

// whyStale says why a result does not count.
func whyStale(id string, s steps.Standing) string {
	switch s {
	case steps.InputGone:
		if steps.InputOf(id) != "answers" {
			return steps.InputOf(id) + " have changed since"
		}
		return "the answers have changed since"
	case steps.BeforeChange:
		return "not run since the change"
	}
	return ""
}

// Obstacles lists what stands in the way of confirming a step.
func (s *Session) Obstacles(step string) []plan.Obstacle { return s.obstacles(s.View(), step) }

// obstacles adds the required answers that are missing, which package plan
// cannot know, to those it finds.
func (s *Session) obstacles(v steps.View, step string) []plan.Obstacle {
	def, ok := v.Plan.Step(step)
	if !ok {
		return nil
	}
	var missing []string
	for _, st := range questionsOf(v, def) {
		if st.Missing {
			missing = append(missing, st.Question.ID)
		}
	}
	out := plan.Obstacles(v, step, missing)
	for i, o := range out {
		if o.Kind != plan.ObstacleAnswer {
			continue
		}
		for _, id := range missing { // the plan knows questions by id only
			if q, ok := rfi.Find(id); ok && strings.HasSuffix(o.ID, id) {
				out[i].Text = "not answered: " + q.Label
			}
		}
	}
	return out
}

// AroundChecks is the stage that follows one where tasks of the step come after
// its checks: from Check back to Do for them, and from Do on to Confirm when
// they are ticked. False where the order of the stages holds.
func (p StepPage) AroundChecks(from steps.Stage) (steps.Stage, bool) {
	if p.Status.Closed() || !slices.ContainsFunc(p.Tasks, func(t TaskLine) bool { return t.AfterChecks }) {
		return "", false
	}
	open := slices.ContainsFunc(p.Tasks, TaskLine.Open)
	unproven := slices.ContainsFunc(p.Checks, func(c CheckLine) bool { return c.Run == nil || c.Stale })
	switch {
	case from == steps.StageCheck && open:
		return steps.StageDo, true
	case from == steps.StageDo && !open && !unproven:
		return steps.StageConfirm, true
	}
	return "", false
}

// FirstStage is where to open a step: the stage that needs the TPOC next.
func (p StepPage) FirstStage() steps.Stage {
	if p.Status.Closed() {
		return steps.StageConfirm
	}
	if p.State.Status == "" || p.State.Status == steps.NotStarted {
		return steps.StageRead
	}
	for _, q := range p.Questions {
		if q.Missing {
			return steps.StageAnswer
		}
	}
	for _, t := range p.Tasks {
		if t.Open() {
			return steps.StageDo
		}
	}
	for _, c := range p.Checks {
		if c.Run == nil || c.Stale || c.Run.Result.Outcome == check.Fail {
			return steps.StageCheck
		}
	}
	return steps.StageConfirm
}
