// Package check is the contract of all checks: what they are asked, what they
// answer, and how they are run. A check looks at the world (DNS, sockets, an
// exported ruleset) and says whether the next step of the move is safe.
//
// Rules that keep trust: a time-out, SERVFAIL, blocked port or missing
// permission is Unknown, never Fail; severity depends on the phase; every
// finding carries evidence and the command that repeats it.
package check

import (
	"context"
	"encoding/json"
	"net/netip"
	"slices"
	"time"

	"mxodus/steps/clean"
	"mxodus/steps/region"
)

// Outcome is the one-word answer of a check.
type Outcome string

// Outcomes, from good to undecided.
const (
	Pass    Outcome = "pass"
	Warn    Outcome = "warn"
	Fail    Outcome = "fail"
	Waiting Outcome = "waiting" // until Result.Until
	Unknown Outcome = "unknown" // could not check
	Skipped Outcome = "skipped" // does not apply
)

// Phase is where the step stands relative to its change: the same fact weighs
// differently in each.
type Phase string

// Phases of a cut-over.
const (
	Before Phase = "before"
	During Phase = "during"
	After  Phase = "after"
)

// Severity of a finding.
type Severity string

// Severities. OK findings record what was proven.
const (
	Blocker Severity = "blocker"
	Risk    Severity = "risk"
	Advice  Severity = "advice"
	OK      Severity = "ok"
)

// Who can act on a finding.
type Who string

// Those who can act.
const (
	WhoTPOC     Who = "you"
	WhoDNSHost  Who = "your DNS host"
	WhoNetwork  Who = "your network team"
	WhoMimecast Who = "Mimecast"
	WhoProvider Who = "your mail provider"
	WhoNobody   Who = "nobody"
)

// Finding is one thing seen, in the four short parts a reader needs.
type Finding struct {
	Code     string      `json:"code"` // stable, e.g. "MX-AUTH.old"
	Severity Severity    `json:"severity"`
	Subject  clean.Shown `json:"subject,omitempty"` // domain, range, host it is about
	Title    clean.Shown `json:"title"`             // one line, no full stop
	Saw      clean.Shown `json:"saw,omitempty"`     // with server and time
	Should   clean.Shown `json:"should,omitempty"`
	IfLeft   clean.Shown `json:"if_left,omitempty"`
	Do       clean.Shown `json:"do,omitempty"`
	Who      Who         `json:"who,omitempty"`
	Copy     clean.Shown `json:"copy,omitempty"`    // exact record, rule or command to put in place
	Confirm  clean.Shown `json:"confirm,omitempty"` // command that repeats the observation
	Rule     string      `json:"rule,omitempty"`    // RFC section or article the rule comes from
	RetestAt time.Time   `json:"retest_at,omitzero"`
}

// Evidence is one raw observation.
type Evidence struct {
	Kind   string      `json:"kind"`             // "dns", "smtp", "file"
	Server clean.Shown `json:"server,omitempty"` // address asked
	Asked  clean.Shown `json:"asked,omitempty"`  // question or command
	At     time.Time   `json:"at"`
	Raw    clean.Shown `json:"raw"` // the answer, made safe to show
	SHA256 string      `json:"sha256,omitempty"`
	Made   time.Time   `json:"made,omitzero"` // when a file was exported or last written
}

// Mark is the state of one cell of a table; screens draw it as glyph and word.
type Mark string

// Marks.
const (
	MarkNone    Mark = ""
	MarkGood    Mark = "good"
	MarkBad     Mark = "bad"
	MarkWait    Mark = "wait"
	MarkPart    Mark = "part"
	MarkUnknown Mark = "unknown"
)

// Cell of a table. Finding is the place in Result.Findings, from 1, of the
// finding that says more; 0 where none does. Tells says it for a cell without
// a finding: which rule lets a range through, for example.
type Cell struct {
	Mark    Mark        `json:"mark,omitempty"`
	Text    clean.Shown `json:"text"`
	Finding int         `json:"finding,omitempty"`
	Tells   clean.Shown `json:"tells,omitempty"`
}

// Table is a result as rows, e.g. one server a row or one range a row. The
// first column names the row.
type Table struct {
	Title  clean.Shown   `json:"title,omitempty"`
	Header []clean.Shown `json:"header,omitempty"`
	Rows   [][]Cell      `json:"rows"`
	Note   clean.Shown   `json:"note,omitempty"` // line under the table
}

// Result is what a check answers. Its JSON form is stored and exported.
type Result struct {
	Check    string          `json:"check"`
	Title    clean.Shown     `json:"title"`
	Outcome  Outcome         `json:"outcome"`
	Phase    Phase           `json:"phase"`
	Summary  clean.Shown     `json:"summary"` // one line
	Findings []Finding       `json:"findings,omitempty"`
	Tables   []Table         `json:"tables,omitempty"`
	Evidence []Evidence      `json:"evidence,omitempty"`
	Until    time.Time       `json:"until,omitzero"` // when Waiting
	Started  time.Time       `json:"started"`
	Took     time.Duration   `json:"took_ns"`
	Input    string          `json:"input"`          // Input.FingerprintFor it was run on
	Data     json.RawMessage `json:"data,omitempty"` // for other checks, e.g. the MX baseline
	// Stopped is set when the run was cancelled before the check could tell: its
	// result says nothing and is not kept.
	Stopped bool `json:"-"`
}

// Worst returns the gravest severity among the findings, OK when there is none.
func (r Result) Worst() Severity {
	worst := OK
	rank := map[Severity]int{OK: 0, Advice: 1, Risk: 2, Blocker: 3}
	for _, f := range r.Findings {
		if rank[f.Severity] > rank[worst] {
			worst = f.Severity
		}
	}
	return worst
}

// File is a file the TPOC handed over: a ruleset, a message, a sheet.
type File struct {
	Name   string
	Bytes  []byte
	SHA256 string    // hex
	Kept   time.Time // when it was handed over; zero when not known
	// Written is when the file was last written before it was handed over; zero
	// when not known.
	Written time.Time
}

// Input is everything a check may be asked about. A check reads what it needs.
type Input struct {
	Phase        Phase
	Now          time.Time
	Domains      []string // ASCII (A-label), no trailing dot
	SendOnly     []string // of Domains, those that receive no mail: nothing is asked of their MX
	Target       region.Region
	Source       region.Region // zero for Connect
	Platform     string        // m365, google, on_prem, hybrid_m365, hybrid_google, other
	Journey      string        // connect, migrate
	MailServers  []string      // inbound IPs or host names of the customer
	Outbound     []netip.Addr  // addresses the customer sends from
	Ports        []PortNeed    // what the firewall must allow, computed from the profile
	Rulesets     []File        // exported firewall rules
	ChangedAt    time.Time     // when the TPOC said the change was made; zero before
	CachesClear  time.Time     // when the last cache anywhere that may hold the old MX runs out; zero when not known
	MXBefore     map[string][]MX
	ExtraRanges  []netip.Prefix // ranges consented to beyond the table
	IgnoreRanges []netip.Prefix // ranges of the table the TPOC consented to drop
	Exceptions   []netip.Prefix // sources that may reach port 25 after lock-down
	Resolvers    []Resolver     // asked in the place of the world's; empty when those are right
	Firewall     string         // id of the format of the customer's firewall, for advice; empty when not said
	Outside      string         // the firewall's interface that faces the internet; empty when not said
	Directory    []string       // hosts or addresses at which Mimecast reaches the directory; empty when not said
	// RulesChanged is when the TPOC said that the firewall was changed in this
	// step: a ruleset handed over before shows how it was, and proves nothing.
	// Zero where nothing was changed.
	RulesChanged time.Time
	// Began is when the move began, and Opened when the TPOC said that the ranges
	// were let through in this step: an export from an earlier day shows the rules
	// as they were. Zero where not known.
	Began, Opened time.Time
}

// Receiving are the domains that receive mail.
func (in Input) Receiving() []string {
	var out []string
	for _, d := range in.Domains {
		if !slices.Contains(in.SendOnly, d) {
			out = append(out, d)
		}
	}
	return out
}

// MX is one mail exchanger record as seen.
type MX struct {
	Host string `json:"host"` // lower case, no trailing dot
	Pref uint16 `json:"pref"`
	TTL  uint32 `json:"ttl"` // seconds
}

// PortNeed is one row of the firewall matrix that applies to a move.
type PortNeed struct {
	ID    string `json:"id"`    // e.g. "smtp-in"
	Label string `json:"label"` // e.g. "mail in"
	In    bool   `json:"in"`    // towards the customer's network
	Proto string `json:"proto"` // tcp or udp
	Port  uint16 `json:"port"`
}

// Progress is sent while a check runs.
type Progress struct {
	Check   string
	Done    int
	Total   int // 0 when not known
	Waiting clean.Shown
	Tables  []Table // the tables as far as they are known; nil when unchanged
}

// Check is one automated look at the world.
type Check interface {
	// ID is stable, e.g. "MX-AUTH".
	ID() string
	Title() string
	// Run must return soon after ctx ends, and never return an error: what
	// could not be done is an Unknown result. Progress may be called from any
	// goroutine and must not be kept after Run returns.
	Run(ctx context.Context, in Input, progress func(Progress)) Result
}
