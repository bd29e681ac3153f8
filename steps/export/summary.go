// Package export writes the completion summary of a move: what was done, by
// whom, when and on what evidence, in the form of a test plan with mandatory
// and optional cases, as Markdown, HTML, JSON and CSV. It is pure: the same
// data give the same bytes.
package export

import (
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
)

// Schema names the form of the JSON document.
const Schema = "mxodus.summary/1"

// Summary is everything that is said about a move. All text from outside in it
// is safe to show; markup is the renderers' own business. Times are UTC.
type Summary struct {
	Schema    string          `json:"schema"`
	AsOf      string          `json:"as_of"` // calendar day in Zone, 2006-01-02
	Zone      string          `json:"zone"`  // in which days are counted and times printed: "UTC", "+11:00"
	Move      Move            `json:"move"`
	Profile   Profile         `json:"profile"`
	Done      int             `json:"steps_closed"` // and standing as they were confirmed
	Total     int             `json:"steps_total"`
	Complete  bool            `json:"complete"`                // every step is closed and nothing that counts is open
	Verdict   clean.Shown     `json:"verdict"`                 // the same in a sentence or two, with what is missing
	Demo      string          `json:"demonstration,omitempty"` // says that nothing of it is real
	Dates     []Date          `json:"dates"`
	Steps     []Step          `json:"steps"`
	LeftOut   []steps.LeftOut `json:"left_out"`
	TestPlan  TestPlan        `json:"test_plan"`
	Overrides []Override      `json:"overrides"`
	Open      []OpenPoint     `json:"open_points"`
	Notes     []Note          `json:"notes"`
	Files     []File          `json:"attachments"`
	Form      []Section       `json:"rfi"`
	Journal   Journal         `json:"journal"`

	zone *time.Location
}

// Move says whose move it is.
type Move struct {
	ID      string        `json:"id"`
	Org     clean.Shown   `json:"org"`
	Domain  clean.Shown   `json:"domain"`
	Domains []clean.Shown `json:"domains"`
	Created time.Time     `json:"created"`
	Changed time.Time     `json:"changed"`
}

// Profile in ids and words.
type Profile struct {
	steps.Profile
	Words []Pair `json:"words"`
}

// Pair is a name and its value.
type Pair struct {
	Name  string      `json:"name"`
	Value clean.Shown `json:"value"`
}

// Date is one point on the time line. DaysLeft counts calendar days from AsOf,
// negative when the day has passed; nil when done or not known.
type Date struct {
	What     string    `json:"what"`
	Kind     string    `json:"kind"`
	At       time.Time `json:"at,omitzero"`
	Done     bool      `json:"done"`
	DaysLeft *int      `json:"days_left,omitempty"`
}

// Step is one step and everything that happened in it.
type Step struct {
	Number    int             `json:"number"`
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Owner     steps.Owner     `json:"owner"`
	Status    steps.Status    `json:"status"`
	Parts     []steps.Part    `json:"parts"`
	PartsLeft []steps.LeftOut `json:"parts_left"`
	Started   time.Time       `json:"started,omitzero"`
	Closed    time.Time       `json:"closed,omitzero"`
	By        clean.Shown     `json:"by,omitempty"`
	Overseen  clean.Shown     `json:"overseen_by,omitempty"`
	Reason    clean.Shown     `json:"reason,omitempty"`
	Told      clean.Shown     `json:"confirmed_by_mimecast,omitempty"` // who there said so, and when
	Changed   bool            `json:"changed,omitempty"`               // after it was confirmed: it counts as not done until it is confirmed anew
	Reopened  []Reopening     `json:"reopened,omitempty"`              // oldest first
	WaitingOn string          `json:"waiting_on,omitempty"`
	Since     time.Time       `json:"since,omitzero"`
	Until     time.Time       `json:"until,omitzero"`
	Tasks     []Task          `json:"tasks"`
	Checks    []Check         `json:"checks"`
}

// Task is one thing done by hand.
type Task struct {
	ID       string      `json:"id"`
	Title    clean.Shown `json:"title"`
	Optional bool        `json:"optional"`
	Done     bool        `json:"done"`
	By       clean.Shown `json:"by,omitempty"`
	At       time.Time   `json:"at,omitzero"`

	idle bool // there is nothing to be done by anybody
}

// Freshness of a stored result.
type Freshness string

// A result that no longer fits the answers is stale and does not count.
const (
	Fresh  Freshness = "fresh"
	Stale  Freshness = "stale"
	NotRun Freshness = "not_run"
)

// Check is the newest result of a check in a step, and how often it was run.
type Check struct {
	ID       string          `json:"id"`
	Title    clean.Shown     `json:"title"`
	State    Freshness       `json:"state"`
	From     string          `json:"from_step,omitempty"` // id of the step that made the run, when it is another
	Outcome  check.Outcome   `json:"outcome,omitempty"`
	Phase    check.Phase     `json:"phase,omitempty"`
	Summary  clean.Shown     `json:"summary,omitempty"`
	At       time.Time       `json:"at,omitzero"`
	By       clean.Shown     `json:"by,omitempty"`
	Until    time.Time       `json:"until,omitzero"`
	Findings []check.Finding `json:"findings"`
	Tables   []check.Table   `json:"tables"`
	Evidence []Evidence      `json:"evidence"`
	Earlier  []Earlier       `json:"earlier"` // older runs of the step, oldest first

	why steps.Standing // why it does not count
	run runKey         // the run that it is about
}

// Evidence is one raw observation. SHA256 is of the raw bytes where the check
// gave it, else of Raw as it stands here.
type Evidence struct {
	Ref    string      `json:"ref"`              // E001, counted through the document
	Answer clean.Shown `json:"answer,omitempty"` // what Raw says, in one line
	Repeat clean.Shown `json:"repeat,omitempty"` // command that asks the same again
	check.Evidence
}

// Earlier is one run that a later one has superseded.
type Earlier struct {
	At      time.Time     `json:"at"`
	Phase   check.Phase   `json:"phase"`
	Outcome check.Outcome `json:"outcome"`
	Summary clean.Shown   `json:"summary"`
	By      clean.Shown   `json:"by,omitempty"`
	// Evidence of the run on which a step was closed, where a later one is shown.
	Evidence []Evidence `json:"evidence,omitempty"`

	run runKey
}

// Override is one gate, finding, task or answer that was set aside.
type Override struct {
	Step   int         `json:"step"` // 0 when the step has left the plan
	StepID string      `json:"step_id"`
	What   clean.Shown `json:"what"`
	Reason clean.Shown `json:"reason"`
	By     clean.Shown `json:"by"`
	At     time.Time   `json:"at"`
}

// OpenPoint is something that is not settled.
type OpenPoint struct {
	Step int         `json:"step"` // 0: the move as a whole
	Kind string      `json:"kind"` // answer, task, not_run, blocker, unknown, gate, risk, waiting, record
	Text clean.Shown `json:"text"`
	Who  string      `json:"who,omitempty"`
}

// Note is free text kept with a step or with the move.
type Note struct {
	Step int         `json:"step"`
	Text clean.Shown `json:"text"`
	By   clean.Shown `json:"by,omitempty"`
	At   time.Time   `json:"at"`
}

// File is a file kept as evidence; its content stays in the store.
type File struct {
	Step   int         `json:"step"`
	Kind   string      `json:"kind"`
	Name   clean.Shown `json:"name"`
	Size   int64       `json:"size"` // bytes
	SHA256 string      `json:"sha256"`
	By     clean.Shown `json:"by,omitempty"`
	At     time.Time   `json:"at"`
	// Evidence are the references of results that rest on it; none for a file
	// that was replaced by another before a result was kept.
	Evidence []string `json:"evidence"`
}

// Section of the appended form.
type Section struct {
	ID    string  `json:"id"`
	Title string  `json:"title"`
	Lines []Field `json:"fields"`
}

// Field is one question and what stands in it.
type Field struct {
	ID         string           `json:"id"`
	Label      string           `json:"label"`
	Value      clean.Shown      `json:"value"`              // one item a line for lists
	NotRead    clean.Shown      `json:"not_read,omitempty"` // what was typed and could not be read
	Missing    bool             `json:"missing"`            // required and without a usable answer
	Provenance steps.Provenance `json:"provenance,omitempty"`
	Source     clean.Shown      `json:"source,omitempty"`
	By         clean.Shown      `json:"by,omitempty"`
	At         time.Time        `json:"at,omitzero"`
	AfterSent  bool             `json:"after_sent,omitempty"` // given or changed after the form was sent
	Done       time.Time        `json:"done,omitzero"`        // when what it plans was ticked as done
}

// Journal names the record that this summary was written from.
type Journal struct {
	Entries int    `json:"entries"`
	Head    string `json:"head"` // hash of the newest entry
	// Broken is the first entry that does not fit what is stored; then Complete
	// is false and Verdict says so.
	Broken int64       `json:"broken_seq,omitempty"`
	Why    clean.Shown `json:"why,omitempty"`
}

// History is what a snapshot leaves out: every run, the journal, and which
// results no longer fit the present answers.
type History struct {
	Runs    []steps.Run
	Journal []steps.JournalEntry
	Stale   func(steps.Run) bool // nil: none is stale
	Titles  map[string]string    // of checks by id, for those that were not run
	Broken  int64                // first entry of the journal that does not fit; 0 when it is whole
	Why     string               // why it does not
}
