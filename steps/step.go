package steps

import (
	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// Owner says who acts in a step.
type Owner string

// Owners.
const (
	OwnerTPOC     Owner = "tpoc"
	OwnerMimecast Owner = "mimecast"
	OwnerBoth     Owner = "both"
)

// Stage is where the TPOC stands inside a step.
type Stage string

// Stages, in order.
const (
	StageRead    Stage = "read"
	StageAnswer  Stage = "answer"
	StageDo      Stage = "do"
	StageCheck   Stage = "check"
	StageConfirm Stage = "confirm"
)

// Stages in the order they are walked.
var Stages = []Stage{StageRead, StageAnswer, StageDo, StageCheck, StageConfirm}

// Step is one row of the vendor's lists, with everything the TPOC needs for
// it. ID is stable across tracks and releases; Number is given by the plan.
type Step struct {
	ID        string
	Number    int
	Title     string // the article's own, to the letter
	Owner     Owner
	Purpose   string // one sentence
	Parts     []Part
	PartsLeft []LeftOut // parts of the step that this profile does not have
	Gates     []Gate
	Questions []string // ids in package rfi, in order
	Tasks     func(Facts) []Task
	Checks    []string // ids of checks, in order
	PhaseTask string   // id of the task that marks the change; "" when the step has no cut-over
	Evidence  []string // what to keep
	Failures  []Failure
	Rollback  string
	WaitsFor  string // what Mimecast does in this step; "" when it does nothing
	// Word says that the step ends with Mimecast's word, whoever does the rest:
	// who there gave it, and when, is asked at the confirmation.
	Word        bool
	Limitations []string // known limits, each with its confidence in words
}

// Part is a half of a step that applies to some profiles only.
type Part struct {
	ID    string `json:"id"`
	Title string `json:"title"`
}

// Failure is a sign that something went wrong, and what to do.
type Failure struct {
	Sign string // as seen, e.g. "451 Open relay not allowed"
	Mean string
	Do   string
	When func(Facts) bool // nil: whatever is answered
}

// Task is one thing to do by hand.
type Task struct {
	ID       string
	Part     string // id of the part, "" for the whole step
	Title    string // imperative, one line
	Detail   string // Markdown; how, for this platform
	Optional bool
	Who      check.Who // who can do it
	Snippets []Snippet // records, commands and rules to put in place
	Records  []string  // questions whose answers the task is there to note; it is not done without them
	// AfterChecks marks a task that rests on what the step's checks found: Enter
	// leads to it when none of them leaves anything open.
	AfterChecks bool
}

// Snippet is text to copy or save, complete as it stands.
type Snippet struct {
	Label    string // what it is and where it goes
	File     string // proposed file name
	Text     clean.Shown
	Language string // "dns", "powershell", "text", ...
}

// LeftOut is a step or part that the profile does not have, and why.
type LeftOut struct {
	ID    string `json:"id"`
	Title string `json:"title"`
	Why   string `json:"why"`
}

// Plan is the ordered steps of a profile.
type Plan struct {
	Profile Profile
	Steps   []Step
	LeftOut []LeftOut
}

// Step returns the step with that id.
func (p Plan) Step(id string) (Step, bool) {
	for _, s := range p.Steps {
		if s.ID == id {
			return s, true
		}
	}
	return Step{}, false
}

// ByNumber returns the step with that number in this plan.
func (p Plan) ByNumber(n int) (Step, bool) {
	if n < 1 || n > len(p.Steps) {
		return Step{}, false
	}
	return p.Steps[n-1], true
}
