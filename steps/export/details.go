package export

import (
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
)

func (l *layout) steps() {
	l.head(2, "Steps in detail")
	for _, st := range l.s.Steps {
		l.head(3, "Step %d: %s", st.Number, st.Title)
		facts := []string{"Owner: " + ownerWord(st.Owner), "Status: " + l.status(st)}
		if !st.Started.IsZero() {
			facts = append(facts, "Begun: "+l.moment(st.Started))
		}
		if st.Status.Closed() {
			facts = append(facts, fmt.Sprintf("Closed: %s by %s", l.moment(st.Closed), orDash(string(st.By))))
		}
		if st.Overseen != "" {
			facts = append(facts, "Overseen by: "+string(st.Overseen))
		}
		if st.Reason != "" {
			facts = append(facts, "Reason: "+string(st.Reason))
		}
		for _, p := range st.PartsLeft {
			facts = append(facts, fmt.Sprintf("Without %s: %s", p.Title, p.Why))
		}
		l.add(list{facts})
		l.tasks(st)
		for _, c := range st.Checks {
			l.check(c)
		}
		l.notes(st.Number)
	}
	if l.hasNotes(0) {
		l.head(3, "The move as a whole")
		l.notes(0)
	}
}

func (l *layout) tasks(st Step) {
	if len(st.Tasks) == 0 {
		return
	}
	t := table{head: []string{"Task", "Done", "By", "When"}}
	for _, k := range st.Tasks {
		title := string(k.Title)
		if k.Optional {
			title += " (optional)"
		}
		done := "no"
		if k.Done {
			done = "yes"
		}
		t.rows = append(t.rows, []string{title, done, orDash(string(k.By)), orDash(l.moment(k.At))})
	}
	l.add(t)
}

func (l *layout) check(c Check) {
	title := string(c.Title)
	if title != c.ID {
		title = c.ID + ": " + title
	}
	l.head(4, "%s", title)
	if c.State == NotRun {
		l.add(para{"Not run."})
		return
	}
	line := fmt.Sprintf("%s, %s the change, %s", outcomeWord(c.Outcome), c.Phase, l.moment(c.At))
	if c.By != "" {
		line += " by " + string(c.By)
	}
	if c.State == Stale {
		line += "; the answers have changed since, so this result does not count"
	}
	l.add(para{line + ". " + string(c.Summary)})
	for _, t := range c.Tables {
		l.resultTable(t)
	}
	for _, f := range c.Findings {
		if f.Severity != check.OK {
			l.finding(f)
		}
	}
	if n := len(c.Evidence); n > 0 {
		refs := c.Evidence[0].Ref
		if n > 1 {
			refs += " to " + c.Evidence[n-1].Ref
		}
		l.add(para{"Evidence: " + refs + "."})
	}
	if len(c.Earlier) > 0 {
		t := table{head: []string{"Earlier run", "Phase", "Outcome", "Result", "By"}}
		for _, e := range c.Earlier {
			t.rows = append(t.rows, []string{l.moment(e.At), string(e.Phase), outcomeWord(e.Outcome), string(e.Summary), string(e.By)})
		}
		l.add(t)
	}
}

// resultTable prints a check's table with each mark as a word.
func (l *layout) resultTable(t check.Table) {
	out := table{}
	width := len(t.Header)
	for _, row := range t.Rows {
		width = max(width, len(row))
	}
	if width == 0 {
		return
	}
	out.head = make([]string, width)
	for i, h := range t.Header {
		out.head[i] = string(h)
	}
	for _, row := range t.Rows {
		cells := make([]string, width)
		for i, c := range row {
			cells[i] = string(c.Text)
			if w := markWord(c.Mark); w != "" && cells[i] != "" {
				cells[i] += " (" + w + ")"
			} else if w != "" {
				cells[i] = w
			}
		}
		out.rows = append(out.rows, cells)
	}
	if t.Title != "" {
		l.add(para{string(t.Title)})
	}
	l.add(out)
	if t.Note != "" {
		l.add(para{string(t.Note)})
	}
}

func (l *layout) finding(f check.Finding) {
	title := string(f.Title)
	if f.Subject != "" && !strings.Contains(title, string(f.Subject)) {
		title = string(f.Subject) + ": " + title
	}
	rows := [][]string{{string(f.Severity), title}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []string{name, value})
		}
	}
	add("Saw", string(f.Saw))
	add("Should", string(f.Should))
	add("If left", string(f.IfLeft))
	add("Do", string(f.Do))
	add("Who", string(f.Who))
	add("Put in place", string(f.Copy))
	add("Confirm with", string(f.Confirm))
	add("Rule", f.Rule)
	l.add(table{head: []string{"Finding", f.Code}, rows: rows})
}

func (l *layout) hasNotes(step int) bool {
	for _, n := range l.s.Notes {
		if n.Step == step {
			return true
		}
	}
	return false
}

func (l *layout) notes(step int) {
	if !l.hasNotes(step) {
		return
	}
	t := table{head: []string{"Note", "By", "When"}}
	for _, n := range l.s.Notes {
		if n.Step == step {
			t.rows = append(t.rows, []string{string(n.Text), string(n.By), l.moment(n.At)})
		}
	}
	l.add(t)
}

func (l *layout) form() {
	if len(l.s.Form) == 0 {
		return
	}
	l.head(2, "Request for Information")
	for _, sec := range l.s.Form {
		l.head(3, "%s", sec.Title)
		t := table{head: []string{"Question", "Answer", "From"}}
		for _, f := range sec.Lines {
			value := string(f.Value)
			if f.NotRead != "" {
				value = strings.TrimLeft(value+"\nnot read: "+string(f.NotRead), "\n")
			}
			if value == "" && f.Missing {
				value = "missing"
			}
			t.rows = append(t.rows, []string{f.Label, orDash(value), orDash(fieldOrigin(f))})
		}
		l.add(t)
	}
}

// fieldOrigin says where an answer came from in a few words.
func fieldOrigin(f Field) string {
	switch f.Provenance {
	case "":
		return ""
	case steps.Typed:
		return string(f.By)
	}
	out := string(f.Provenance)
	if f.Source != "" {
		out += ", " + string(f.Source)
	}
	if f.By != "" {
		out += ", " + string(f.By)
	}
	return out
}

func (l *layout) files() {
	if len(l.s.Files) == 0 {
		return
	}
	l.head(2, "Files kept as evidence")
	t := table{wide: true, head: []string{"Step", "Name", "Kind", "Bytes", "SHA-256", "By", "When"}}
	for _, f := range l.s.Files {
		t.rows = append(t.rows, []string{
			stepRef(f.Step), string(f.Name), f.Kind, fmt.Sprint(f.Size), f.SHA256, string(f.By), l.moment(f.At),
		})
	}
	l.add(t)
}

func (l *layout) record() {
	l.head(2, "Record")
	if l.s.Journal.Entries == 0 {
		l.add(para{"The journal is empty."})
		return
	}
	l.add(para{fmt.Sprintf("Written from a journal of %d entries. Each entry holds the hash of the one before; the newest has the SHA-256 below. "+
		"mxodus journal verify computes the chain again.", l.s.Journal.Entries)}, pre{l.s.Journal.Head})
}

func (l *layout) evidence() {
	first := true
	for _, st := range l.s.Steps {
		for _, c := range st.Checks {
			for _, e := range c.Evidence {
				if first {
					l.head(2, "Evidence")
					l.add(para{"Raw answers, one after the other, as the checks received them."})
					first = false
				}
				head := fmt.Sprintf("%s, step %d, %s, %s", e.Ref, st.Number, c.ID, l.moment(e.At))
				l.head(4, "%s", head)
				var facts []string
				if e.Server != "" {
					facts = append(facts, "Asked at: "+string(e.Server))
				}
				if e.Asked != "" {
					facts = append(facts, "Question: "+string(e.Asked))
				}
				facts = append(facts, "SHA-256: "+e.SHA256)
				l.add(list{facts}, pre{string(e.Raw)})
			}
		}
	}
}
