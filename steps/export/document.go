package export

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/plan"
)

// The summary is laid out once, as blocks; Markdown and HTML print the blocks.

// block is one of heading, para, verdict, table, pre, signature.
type block any

type heading struct {
	level int // 1 to 4
	text  string
}

type para struct{ text string }

// verdict is the sentence that the whole document comes down to.
type verdict struct {
	good bool
	text string
}

// table has a heading row and cells of text; a cell may hold line breaks. A
// row of one cell heads the rows below it.
type table struct {
	head   []string
	rows   [][]string
	wide   bool  // wants small print
	narrow []int // columns that are no wider than their words
	broad  []int // columns that share what the others leave
}

// code reports a column whose cells are to be copied as they stand.
func (t table) code(col int) bool {
	return t.head[col] == "Repeat with" || t.head[col] == "SHA-256"
}

// without leaves out those of the columns in which nothing stands.
func (t table) without(columns ...int) table {
	slices.Sort(columns)
	for _, col := range slices.Backward(columns) {
		if slices.ContainsFunc(t.rows, func(row []string) bool { return col < len(row) && row[col] != "" && row[col] != "-" }) {
			continue
		}
		t.head = slices.Delete(slices.Clone(t.head), col, col+1)
		for i, row := range t.rows {
			if col < len(row) {
				t.rows[i] = slices.Delete(row, col, col+1)
			}
		}
	}
	return t
}

// pre is text to keep as it stands.
type pre struct{ text string }

// signature is a line to sign on; the name may be known already.
type signature struct{ who [][2]string }

// layout turns the summary into blocks: what a reader decides by comes first,
// what proves it last.
func (s Summary) layout() []block {
	l := &layout{s: s}
	l.top()
	l.open()
	l.profile()
	l.dates()
	l.steps()
	l.settled()
	l.testPlan()
	l.findings()
	l.notes()
	l.form()
	l.files()
	l.evidence()
	l.record()
	return l.blocks
}

type layout struct {
	s      Summary
	blocks []block
	refs   map[string]string // see lines
}

func (l *layout) add(b ...block) { l.blocks = append(l.blocks, b...) }

func (l *layout) head(level int, format string, args ...any) {
	l.add(heading{level, string(clean.Line(fmt.Sprintf(format, args...)))})
}

func (l *layout) day(t time.Time) string { return day(t, l.s.zone) }

// moment prints a time; its zone stands at the head of the summary and is
// repeated only where clocks were set otherwise.
func (l *layout) moment(t time.Time) string {
	return strings.TrimSuffix(moment(t, l.s.zone), " "+l.s.Zone)
}

// titled is the name of the organisation, or what stands in for it.
func (s Summary) titled() string {
	for _, name := range []clean.Shown{s.Move.Org, s.Move.Domain} {
		if name != "" {
			return string(name)
		}
	}
	return "move " + s.Move.ID
}

func (l *layout) top() {
	s := l.s
	l.head(1, "Completion summary: %s", s.titled())
	if s.Demo != "" {
		l.add(verdict{false, s.Demo})
	}
	l.add(verdict{s.Complete, string(s.Verdict)}, para{fmt.Sprintf("As of %s. Times are in %s.", s.AsOf, s.Zone)})
}

func (l *layout) profile() {
	s := l.s
	l.head(2, "Profile")
	rows := [][]string{{"Organisation", string(s.Move.Org)}, {"Primary domain", string(s.Move.Domain)}}
	if len(s.Move.Domains) > 1 {
		rows = append(rows, []string{"Domains", joinShown(s.Move.Domains, "\n")})
	}
	for _, p := range s.Profile.Words {
		rows = append(rows, []string{p.Name, string(p.Value)})
	}
	rows = append(rows, []string{"Move", s.Move.ID}, []string{"Begun", l.moment(s.Move.Created)}, []string{"Last change", l.moment(s.Move.Changed)})
	l.add(table{head: []string{"What", "Value"}, rows: rows, narrow: []int{0}})
}

func (l *layout) dates() {
	if len(l.s.Dates) == 0 {
		return
	}
	l.head(2, "Dates")
	t := table{head: []string{"What", "When", "State"}}
	for _, d := range l.s.Dates {
		when := l.moment(d.At)
		if d.Kind == plan.MilestoneOldAccount {
			when = l.day(d.At) // a calendar day, not a moment
		}
		t.rows = append(t.rows, []string{d.What, orDash(when), d.State()})
	}
	l.add(t)
}

func (l *layout) steps() {
	l.head(2, "Steps")
	t := table{head: []string{"No.", "Step", "Owner", "Status", "Closed", "By", "Overseen by", "Remark"}, narrow: []int{0, 2, 4, 5}}
	for _, st := range l.s.Steps {
		t.rows = append(t.rows, []string{
			fmt.Sprint(st.Number), st.Title, ownerWord(st.Owner), l.status(st),
			orDash(l.moment(st.Closed)), orDash(closedBy(st)), orDash(string(st.Overseen)), l.remark(st),
		})
	}
	l.add(t.without(6, 7))
	if len(l.s.LeftOut) > 0 {
		l.head(2, "Left out")
		t := table{head: []string{"Step", "Why"}}
		for _, o := range l.s.LeftOut {
			t.rows = append(t.rows, []string{o.Title, o.Why})
		}
		l.add(t)
	}
}

// remark is what the table of steps says beside the status: when it was opened
// again, the reason of a step that was closed with some, and parts that fall
// away.
func (l *layout) remark(st Step) string {
	var parts []string
	if st.Told != "" {
		parts = append(parts, toldNote+string(st.Told))
	}
	if st.Changed {
		parts = append(parts, "Changed after it was confirmed: it counts as not done until it is confirmed anew")
	}
	for _, r := range st.Reopened {
		parts = append(parts, l.reopening(r))
	}
	if st.Reason != "" && (st.Status.Closed() || len(st.Reopened) == 0) { // an open step's reason is that of its reopening
		parts = append(parts, string(st.Reason))
	}
	for _, p := range st.PartsLeft {
		parts = append(parts, fmt.Sprintf("Without %s: %s", p.Title, p.Why))
	}
	return strings.Join(parts, "\n")
}

func (l *layout) status(st Step) string {
	word := statusWord(st.Status)
	if st.Status == steps.Waiting && !st.Until.IsZero() {
		return word + " until " + l.moment(st.Until)
	}
	if st.Status == steps.Waiting && !st.Since.IsZero() {
		return word + " since " + l.day(st.Since)
	}
	return word
}

// legend tells the words for a good result apart.
const legend = "Checked: mxodus looked for itself. Ticked: a person said that a task was done. Confirmed: a person closed the step."

func (l *layout) testPlan() {
	tp := l.s.TestPlan
	l.head(2, "Test plan")
	var counts []string
	for _, word := range resultWords() {
		if n := tp.countWord(word); n > 0 {
			counts = append(counts, fmt.Sprintf("%d %s", n, word))
		}
	}
	if len(counts) > 0 {
		l.add(para{counted(len(tp.Mandatory)+len(tp.Optional), "case", "cases") + ": " + strings.Join(counts, ", ") + "." + l.recorders()},
			para{legend})
	}
	l.head(3, "Mandatory cases")
	l.cases(tp.Mandatory)
	l.head(3, "Optional cases")
	l.cases(tp.Optional)
	l.add(signature{[][2]string{
		{"Tests executed by", string(tp.ExecutedBy)}, {"Overseen by", string(tp.OverseenBy)}, {"For Mimecast", ""},
	}})
}

// recorders says who entered the cases, where the form names somebody else as
// the one who carried them out.
func (l *layout) recorders() string {
	if l.s.TestPlan.ExecutedBy == "" {
		return ""
	}
	var names []string
	for _, list := range [][]Case{l.s.TestPlan.Mandatory, l.s.TestPlan.Optional} {
		for _, c := range list {
			if c.RecordedBy != "" && c.RecordedBy != c.ExecutedBy {
				names = once(names, string(c.RecordedBy))
			}
		}
	}
	if len(names) == 0 {
		return ""
	}
	return " Entered into the record by " + several(names) + "."
}

func (l *layout) cases(cases []Case) {
	if len(cases) == 0 {
		l.add(para{"None."})
		return
	}
	t := table{
		wide: true, narrow: []int{0, 4, 5}, broad: []int{1, 6, 7},
		head: []string{"Case", "What", "Executed by", "Overseen by", "Date", "Result", "Remark", "Corrective action"},
	}
	step := 0
	for _, c := range cases {
		if c.Step != step {
			step = c.Step
			t.rows = append(t.rows, []string{l.stepTitle(c)})
		}
		t.rows = append(t.rows, []string{
			c.ID, string(c.Title), string(c.ExecutedBy), string(c.OverseenBy),
			l.moment(c.Date), c.Word(), l.remarkOf(c), string(c.Corrective),
		})
	}
	l.add(t)
}

// remarkOf is the remark of a case, with the lines of the appendix that hold its
// evidence.
func (l *layout) remarkOf(c Case) string {
	var lines []string
	for _, ref := range c.Evidence {
		if line, ok := l.lines()[ref]; ok {
			lines = once(lines, line)
		}
	}
	if len(lines) == 0 {
		return string(c.Remark)
	}
	return strings.TrimSpace(string(c.Remark) + " (see " + several(lines) + ")")
}

// lines names the line of the appendix that each reference stands in, by the
// first reference of the line.
func (l *layout) lines() map[string]string {
	if l.refs == nil {
		l.refs = map[string]string{}
		for _, st := range l.s.Steps {
			for _, p := range l.proofs(st) {
				for _, ref := range p.refs {
					l.refs[ref] = p.refs[0]
				}
			}
		}
	}
	return l.refs
}

func (l *layout) stepTitle(c Case) string {
	for _, st := range l.s.Steps {
		if st.ID == c.StepID {
			return fmt.Sprintf("Step %d: %s", st.Number, st.Title)
		}
	}
	return "Step " + stepRef(c.Step)
}

func (l *layout) settled() {
	if len(l.s.Overrides) == 0 {
		return
	}
	l.head(2, "Set aside, with reasons")
	t := table{head: []string{"Step", "What", "Reason", "By", "When"}, narrow: []int{0, 3, 4}}
	for _, o := range l.s.Overrides {
		t.rows = append(t.rows, []string{stepRef(o.Step), string(o.What), string(o.Reason), string(o.By), l.moment(o.At)})
	}
	l.add(t)
}

func (l *layout) open() {
	l.head(2, "Open points")
	if len(l.s.Open) == 0 {
		l.add(para{"None."})
		return
	}
	t := table{head: []string{"Step", "Kind", "What", "Who"}, narrow: []int{0, 1, 3}}
	for _, o := range l.s.Open {
		t.rows = append(t.rows, []string{stepRef(o.Step), kindWord(o.Kind), string(o.Text), o.Who})
	}
	l.add(t)
}

// stepRef is a step's number, or what stands in its place.
func stepRef(n int) string {
	if n == 0 {
		return "-"
	}
	return fmt.Sprint(n)
}

func closedBy(st Step) string {
	if st.Status.Closed() {
		return string(st.By)
	}
	return ""
}

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func joinShown(list []clean.Shown, sep string) string {
	var parts []string
	for _, s := range list {
		parts = append(parts, string(s))
	}
	return strings.Join(parts, sep)
}

// State says how far a date is: done, in so many days, or past and not done.
func (d Date) State() string {
	switch {
	case d.Done:
		return "done"
	case d.DaysLeft == nil:
		return "not known yet"
	case *d.DaysLeft == 0:
		return "today"
	case *d.DaysLeft == 1:
		return "in 1 day"
	case *d.DaysLeft > 1:
		return fmt.Sprintf("in %d days", *d.DaysLeft)
	case *d.DaysLeft == -1:
		return "1 day ago, not marked as done"
	}
	return fmt.Sprintf("%d days ago, not marked as done", -*d.DaysLeft)
}

func ownerWord(o steps.Owner) string {
	switch o {
	case steps.OwnerMimecast:
		return "Mimecast"
	case steps.OwnerBoth:
		return "both"
	}
	return "TPOC"
}

func statusWord(s steps.Status) string {
	switch s {
	case steps.NotStarted:
		return "to do"
	case steps.InProgress:
		return "in progress"
	case steps.Overridden:
		return "done, with reasons"
	case steps.NotApplicable:
		return "not needed"
	}
	return string(s)
}

func kindWord(kind string) string {
	switch kind {
	case "not_run":
		return "not checked"
	case "unknown":
		return "could not check"
	case "changed":
		return "changed since"
	case KindRecord:
		return "record broken"
	}
	return kind
}
