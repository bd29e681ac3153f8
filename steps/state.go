package steps

import (
	"maps"
	"slices"
	"time"

	"mxodus/steps/check"
)

// Status of a step, computed from its stored state, gates and results.
type Status string

// Statuses.
const (
	NotStarted    Status = "not_started"
	InProgress    Status = "in_progress"
	Waiting       Status = "waiting"
	Blocked       Status = "blocked"
	Done          Status = "done"
	NotApplicable Status = "not_applicable"
	Overridden    Status = "done_with_override"
)

// Closed reports a status that ends a step.
func (s Status) Closed() bool { return s == Done || s == Overridden || s == NotApplicable }

// StepState is what is stored of a step. Status is one of NotStarted,
// InProgress, Waiting, Done, Overridden; Blocked and NotApplicable are
// computed and never stored.
type StepState struct {
	Step      string    `json:"step"`
	Status    Status    `json:"status"`
	WaitingOn string    `json:"waiting_on,omitempty"` // "mimecast" or "time"
	Since     time.Time `json:"since,omitzero"`       // when it began to wait
	Until     time.Time `json:"until,omitzero"`       // when waiting for a time
	Started   time.Time `json:"started,omitzero"`
	Closed    time.Time `json:"closed,omitzero"`
	By        string    `json:"by,omitempty"`       // who last changed it
	Overseen  string    `json:"overseen,omitempty"` // second person at sign-off
	Reason    string    `json:"reason,omitempty"`   // of an override or a reopening
	Revision  int64     `json:"revision"`
}

// TaskState is a ticked (or unticked again) task.
type TaskState struct {
	Step     string    `json:"step"`
	Task     string    `json:"task"`
	Done     bool      `json:"done"`
	By       string    `json:"by,omitempty"`
	At       time.Time `json:"at,omitzero"`
	Revision int64     `json:"revision"`
}

// Override sets one gate or finding aside, with a typed reason.
type Override struct {
	Step   string    `json:"step"`
	Gate   string    `json:"gate"` // gate id, or finding code and subject
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
}

// Note is free text kept with a step ("" for the whole move).
type Note struct {
	ID   int64     `json:"id"`
	Step string    `json:"step,omitempty"`
	Text string    `json:"text"`
	By   string    `json:"by,omitempty"`
	At   time.Time `json:"at"`
}

// Attachment is a file kept as evidence or as input of a check. Kind is
// "ruleset", "message", "sheet", "rfi" or "other".
type Attachment struct {
	ID     int64     `json:"id"`
	Step   string    `json:"step,omitempty"`
	Kind   string    `json:"kind"`
	Name   string    `json:"name"`
	Size   int64     `json:"size"` // bytes
	SHA256 string    `json:"sha256"`
	By     string    `json:"by,omitempty"`
	At     time.Time `json:"at"`
}

// Run is one stored execution of a check.
type Run struct {
	ID     int64        `json:"id"`
	Step   string       `json:"step"`
	Result check.Result `json:"result"`
	By     string       `json:"by,omitempty"`
}

// Position is where the TPOC left off.
type Position struct {
	Screen string `json:"screen"` // "hub", "step", "rfi", "review", "journal", "export", "help"
	Step   string `json:"step,omitempty"`
	Stage  Stage  `json:"stage,omitempty"`
	Field  string `json:"field,omitempty"` // question id
	Scroll int    `json:"scroll,omitempty"`
	Cursor int    `json:"cursor,omitempty"`
	Draft  string `json:"draft,omitempty"` // text in the field that was not yet committed
}

// JournalEntry is one line of the append-only record. Hash is the SHA-256 of
// the previous hash and this entry's content, hex.
type JournalEntry struct {
	Seq    int64     `json:"seq"` // from 1, without gaps, per move
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Kind   string    `json:"kind"` // "answer", "task", "status", "check", "override", "note", "attachment", "export", "move"
	Step   string    `json:"step,omitempty"`
	Detail string    `json:"detail"` // one line for people
	Data   string    `json:"data,omitempty"`
	Prev   string    `json:"prev"`
	Hash   string    `json:"hash"`
}

// Move identifies one undertaking.
type Move struct {
	ID       string    `json:"id"`
	Org      string    `json:"org"` // answer company.name at the time of reading
	Profile  Profile   `json:"profile"`
	Domain   string    `json:"domain,omitempty"`
	Created  time.Time `json:"created"`
	Changed  time.Time `json:"changed"` // last journal entry
	Revision int64     `json:"revision"`
	// Damaged says why the move cannot be read; then only ID is sure. Empty for
	// a move that can.
	Damaged string `json:"damaged,omitempty"`
}

// Snapshot is one consistent reading of everything stored about a move.
type Snapshot struct {
	Move        Move
	Answers     Answers
	Earlier     map[string][]Answer  `json:"-"` // see Snapshot.Put
	Steps       map[string]StepState // by step id; absent means not started
	Tasks       map[string]TaskState // by TaskKey
	Overrides   []Override           // in order of time
	Latest      map[string]Run       // newest run by RunKey
	Notes       []Note
	Attachments []Attachment // without content
	Position    Position
	JournalHead string // hash of the newest journal entry
	// Recordings of the MX records from the history of runs, oldest first;
	// filled by who has the history (ReadMXRecordings). Latest alone loses them
	// when MX-PLAN is run again after the change.
	Recordings []MXRecording `json:"-"`
	// Demo marks a move of the demonstration, whose world is made of addresses
	// and names reserved for documentation.
	Demo bool `json:"-"`
	// OldSeen is when a name server was last seen to give other records than
	// the planned ones after the change (ReadOldSeen); zero when none was.
	OldSeen time.Time `json:"-"`
}

// Put makes an answer the present one. Earlier keeps those before it, oldest
// first, of every question that was answered anew since a step was closed:
// whether an answer is what was confirmed is told from them. Maps are copied, so
// that snapshots handed out earlier stay as they were.
func (s *Snapshot) Put(a Answer) {
	if old := s.Answers[a.Question]; old.Revision > 0 && old.Revision != a.Revision {
		s.Earlier = maps.Clone(s.Earlier)
		if s.Earlier == nil {
			s.Earlier = map[string][]Answer{}
		}
		s.Earlier[a.Question] = append(slices.Clip(s.Earlier[a.Question]), old)
	}
	if s.Answers = maps.Clone(s.Answers); s.Answers == nil {
		s.Answers = Answers{}
	}
	s.Answers[a.Question] = a
}

// FirstClosed is when the first of the closed steps was closed; zero when none
// is.
func (s Snapshot) FirstClosed() time.Time {
	var first time.Time
	for _, st := range s.Steps {
		if st.Status.Closed() && (first.IsZero() || st.Closed.Before(first)) {
			first = st.Closed
		}
	}
	return first
}

// TaskKey is the key of a task in Snapshot.Tasks.
func TaskKey(step, task string) string { return step + "/" + task }

// RunKey is the key of a check's newest run in Snapshot.Latest.
func RunKey(step, checkID string) string { return step + "/" + checkID }

// Facts gathers the facts of the move at a time.
func (s Snapshot) Facts(now time.Time) Facts {
	f := NewFacts(s.Answers, now)
	f.MXBefore, f.Demo = s.MXBefore(), s.Demo
	f.OldRegionRules = s.oldRegionRules()
	f.InboundAt = s.MXChangedAt()
	if t := s.Tasks[TaskKey(OutboundStep(f.Profile.Journey), TaskSwitchConnector)]; t.Done {
		f.OutboundAt = t.At
	}
	return f
}

// oldRegionRules reads them from the newest run of the lock-down check.
func (s Snapshot) oldRegionRules() string {
	var best Run
	for _, r := range s.Latest {
		if r.Result.Check == checkLocked && Newer(r, best) {
			best = r
		}
	}
	for _, f := range best.Result.Findings {
		if f.Code == codeOldRegion {
			return string(f.Copy)
		}
	}
	return ""
}
