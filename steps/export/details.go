package export

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
)

// findings lists what checks found that is not in order, shortened to what was
// seen and what to do about it.
func (l *layout) findings() {
	t := table{wide: true, head: []string{"Step", "Check", "Finding", "Saw", "Do", "Who"}, narrow: []int{0, 1, 5}}
	for _, st := range l.s.Steps {
		for _, c := range st.Checks {
			if c.State != Fresh || c.From != "" {
				continue
			}
			for _, f := range c.Findings {
				if f.Severity == check.Blocker || f.Severity == check.Risk {
					t.rows = append(t.rows, []string{
						stepRef(st.Number), c.ID, string(f.Severity) + ": " + subjectTitle(f), string(f.Saw), string(f.Do), string(f.Who),
					})
				}
			}
		}
	}
	if len(t.rows) > 0 {
		l.head(2, "What the checks found")
		l.add(t)
	}
}

func subjectTitle(f check.Finding) string {
	title := string(f.Title)
	if f.Subject != "" && !strings.Contains(title, string(f.Subject)) {
		title = string(f.Subject) + ": " + title
	}
	return title
}

func (l *layout) notes() {
	t := table{head: []string{"Step", "Note", "By", "When"}, narrow: []int{0, 2, 3}}
	for _, n := range l.s.Notes {
		if n.Step == 0 || !strings.HasPrefix(string(n.Text), toldNote) { // which stands with its step
			t.rows = append(t.rows, []string{stepRef(n.Step), string(n.Text), string(n.By), l.moment(n.At)})
		}
	}
	if len(t.rows) > 0 {
		l.head(2, "Notes")
		l.add(t)
	}
}

// form appends the Request for Information: what was answered, and what is
// required and was not.
func (l *layout) form() {
	if len(l.s.Form) == 0 {
		return
	}
	l.head(2, "Appendix: Request for Information")
	t := table{wide: true, head: []string{"Question", "Answer"}}
	blank := 0
	for _, sec := range l.s.Form {
		var rows [][]string
		for _, f := range sec.Lines {
			value := string(f.Value)
			if f.NotRead != "" {
				value = strings.TrimLeft(value+"\nnot read: "+string(f.NotRead), "\n")
			}
			switch {
			case value == "" && f.Missing:
				value = "missing"
			case value == "":
				blank++
				continue
			}
			if from := fieldOrigin(f); from != "" {
				value += " (" + from + ")"
			}
			if !f.Done.IsZero() {
				value += fmt.Sprintf(" (planned; done %s)", l.moment(f.Done))
			}
			if f.AfterSent {
				value += fmt.Sprintf(" (since %s, after the form was sent)", day(f.At, l.s.zone))
			}
			rows = append(rows, []string{f.Label, value})
		}
		if len(rows) > 0 {
			t.rows = append(t.rows, []string{sec.Title})
			t.rows = append(t.rows, rows...)
		}
	}
	l.add(t)
	if blank > 0 {
		l.add(para{"Questions that are optional and have no answer: " + fmt.Sprint(blank) + "."})
	}
}

// fieldOrigin says where an answer came from that nobody typed.
func fieldOrigin(f Field) string {
	if f.Provenance == "" || f.Provenance == steps.Typed {
		return ""
	}
	out := string(f.Provenance)
	if f.Source != "" {
		out += ", " + string(f.Source)
	}
	return out
}

func (l *layout) files() {
	if len(l.s.Files) == 0 {
		return
	}
	l.head(2, "Appendix: Files kept as evidence")
	t := table{wide: true, head: []string{"Step", "Name", "Kind", "Bytes", "SHA-256", "By", "When", "Results"}, narrow: []int{0, 2, 3, 5, 6}}
	for _, f := range l.s.Files {
		t.rows = append(t.rows, []string{
			stepRef(f.Step), string(f.Name), f.Kind, fmt.Sprint(f.Size), f.SHA256, string(f.By), l.moment(f.At), l.restOn(f),
		})
	}
	l.add(t)
}

// restOn names the results that rest on a file.
func (l *layout) restOn(f File) string {
	if f.Kind != "ruleset" {
		return "-"
	}
	var lines []string
	for _, ref := range f.Evidence {
		lines = once(lines, l.lines()[ref])
	}
	if len(lines) == 0 {
		return "none rests on it"
	}
	return several(lines)
}

func (l *layout) record() {
	l.head(2, "Appendix: Record")
	if l.s.Journal.Entries == 0 {
		l.add(para{"The journal is empty."})
		return
	}
	l.add(para{l.s.Journal.chained()}, pre{l.s.Journal.Head})
}

// proof is one line of evidence: an answer that several servers gave, to one
// or more checks of a step.
type proof struct {
	step            int
	checks, servers []string
	answer, repeat  string
	when            string
	refs            []string
}

// evidence lists what the results of the checks rest on.
func (l *layout) evidence() {
	var t table
	for _, st := range l.s.Steps {
		for _, p := range l.proofs(st) {
			ref := p.refs[0]
			if n := len(p.refs); n > 1 {
				ref += fmt.Sprintf(" +%d", n-1)
			}
			t.rows = append(t.rows, []string{
				ref, stepRef(p.step), strings.Join(p.checks, ", "), p.answer, several(p.servers), p.when, p.repeat,
			})
		}
	}
	if len(t.rows) == 0 {
		return
	}
	t.wide, t.head = true, []string{"Ref.", "Step", "Checks", "Answer", "Asked at", "When", "Repeat with"}
	t.narrow, t.broad = []int{0, 1, 5}, []int{3, 6}
	l.head(2, "Appendix: Evidence")
	l.add(para{"What the results rest on: an answer, who gave it, and the command that asks again. Answers that agree share a line. " +
		"The raw answers, and the look-ups that lead to them, stand in the JSON export under the references given here; +2 means two more with the same answer."})
	l.add(t)
}

// proofs gathers the evidence of a step by question and answer: what the step
// was closed on, and what stands now. Look-ups of zone serials, and of addresses
// of hosts that were then talked to, lead to the proof and are none.
func (l *layout) proofs(st Step) []*proof {
	var out gathered
	for _, c := range st.Checks {
		for _, e := range c.Earlier {
			out.add(l, st, c.ID, "closed", e.Evidence)
		}
	}
	for _, c := range st.Checks {
		if c.State == Fresh {
			out.add(l, st, c.ID, "now", c.Evidence)
		}
	}
	return out.list
}

// gathered are the lines of the appendix for a step.
type gathered struct {
	list []*proof
	at   map[string]*proof
}

// add puts the observations of a check where they belong. Those of different
// times do not share a line.
func (g *gathered) add(l *layout, st Step, id, when string, list []Evidence) {
	if g.at == nil {
		g.at = map[string]*proof{}
	}
	talked := talkedTo(st)
	for _, e := range list {
		if leadsTo(e, talked) {
			continue
		}
		key := strings.Join([]string{when, e.Kind, string(e.Asked), string(e.Answer)}, "\x00")
		switch e.Kind {
		case "file": // another check asks another question of it
			key += "\x00" + id
		case "smtp": // a greeting proves nothing about another host
			key += "\x00" + string(e.Server)
		}
		p := g.at[key]
		if p == nil {
			p = &proof{step: st.Number, answer: string(e.Answer), repeat: string(e.Repeat), when: l.moment(e.At)}
			if e.Repeat == "" {
				p.repeat = string(e.Asked)
			}
			g.at[key], g.list = p, append(g.list, p)
		}
		p.refs = append(p.refs, e.Ref)
		p.checks, p.servers = once(p.checks, id), once(p.servers, string(e.Server))
	}
}

// talkedTo are the hosts that the checks of a step talked to.
func talkedTo(st Step) map[string]bool {
	talked := map[string]bool{}
	for _, c := range st.Checks {
		lists := [][]Evidence{c.Evidence}
		for _, e := range c.Earlier {
			lists = append(lists, e.Evidence)
		}
		for _, e := range slices.Concat(lists...) {
			if host, _, ok := strings.Cut(string(e.Server), " ("); ok && e.Kind == "smtp" {
				talked[host] = true
			}
		}
	}
	return talked
}

func leadsTo(e Evidence, talked map[string]bool) bool {
	if e.Kind != "dns" {
		return false
	}
	name, kind, _ := strings.Cut(string(e.Asked), " ")
	return kind == "SOA" || ((kind == "A" || kind == "AAAA") && talked[name]) || (kind == "AAAA" && e.Answer == noRecords)
}

// several names the first servers of many.
func several(names []string) string {
	const most = 4
	if len(names) > most {
		return strings.Join(names[:most], ", ") + fmt.Sprintf(" and %d more", len(names)-most)
	}
	return strings.Join(names, ", ")
}

func once(list []string, s string) []string {
	if s == "" || slices.Contains(list, s) {
		return list
	}
	return append(list, s)
}

// counted is a number and the word for so many.
func counted(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, many)
}
