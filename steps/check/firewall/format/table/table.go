// Package table reads an ordered table of rules in CSV form: one rule a row,
// the first row that fits a packet decides. It is the way in for every
// firewall whose own export is not read.
//
// Columns are found by their headings, in any order: action, direction,
// protocol, source, destination, port, and as far as there are any source
// port, interface, enabled, and columns that limit when a rule applies. What
// no row fits is denied, unless a row named "default" says otherwise.
package table

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// maxJoin is how many lines a quoted cell may run over.
const maxJoin = 50

type reader struct {
	set     *ir.Ruleset
	delim   byte
	columns []column
	names   []string
	rows    []row
	policy  map[int]ir.Rule // by direction bit
	forward bool            // some row names the direction forward
	tcpOnly []int           // lines with a service whose name stands for TCP
	lacks   []string        // what no column says, though every rule depends on it
	last    int
}

// row is one rule with the directions it applies to.
type row struct {
	rule ir.Rule
	dirs int
	rank string // the cell that says its place; empty without such a column
}

// Parse reads a table. It never fails: what cannot be read is a Problem, and
// the row stays undecided.
func Parse(_ string, lines []source.Line) *ir.Ruleset {
	r := &reader{set: &ir.Ruleset{Format: source.Table}, policy: map[int]ir.Rule{}}
	i := r.header(lines)
	if i < 0 {
		return r.set
	}
	for i < len(lines) {
		i = r.next(lines, i)
	}
	r.lower()
	return r.set
}

func (r *reader) problem(line, col int, format string, args ...any) {
	r.set.Problems = append(r.set.Problems, ir.Problem{Line: line, Col: col, Text: fmt.Sprintf(format, args...)})
}

// header finds the line that names the columns, and the delimiter that makes
// most sense of it; it returns the index of the line after.
func (r *reader) header(lines []source.Line) int {
	numbered := -1
	for i, l := range lines {
		text := strings.TrimSpace(l.Text)
		if text == "" || strings.HasPrefix(text, "sep=") {
			continue
		}
		delim, known, whole := columnsOf(l.Text)
		if text[0] == '#' {
			if whole && numbered < 0 {
				numbered = i
			}
			continue
		}
		if numbered >= 0 && !whole {
			break
		}
		if known < 2 {
			r.problem(l.Number, 0, "line %d should name the columns: action, direction, protocol, source, destination, port. Came %q.",
				l.Number, source.Redact(shorten(text)))
			return -1
		}
		return r.headed(lines, i, delim)
	}
	if numbered < 0 {
		return -1
	}
	delim, _, _ := columnsOf(lines[numbered].Text)
	return r.headed(lines, numbered, delim)
}

func (r *reader) headed(lines []source.Line, i int, delim byte) int {
	r.delim = delim
	r.set.Statements = append(r.set.Statements, ir.Statement{Line: lines[i].Number, Text: lines[i].Text, Known: true})
	return r.headings(lines[i], i)
}

// columnsOf counts the columns that a line names with the delimiter that makes
// most sense of it. Whole says that a table has all it needs with them: a line
// that begins with # is then no remark, as rows are numbered in a column #.
func columnsOf(line string) (delim byte, known int, whole bool) {
	for _, d := range []byte{',', ';', '\t', '|'} {
		cells, ok := split(line, d)
		n, seen := 0, map[column]bool{}
		for _, c := range cells {
			if k := columnOf(c.text); k != strange && k != unused {
				n++
				seen[k] = true
			}
		}
		if ok && n > known {
			delim, known, whole = d, n, seen[action] && seen[src] && seen[dst]
		}
	}
	return delim, known, whole
}

func (r *reader) headings(l source.Line, i int) int {
	cells, _ := split(l.Text, r.delim)
	seen := map[column]bool{}
	for _, c := range cells {
		k := columnOf(c.text)
		if k == action && seen[action] || k == port && seen[port] && columnOf(c.text) == port && c.text == "" {
			k = strange
		}
		if seen[k] && single(k) {
			k = strange
		}
		if k == strange {
			r.set.Notes = append(r.set.Notes, fmt.Sprintf(
				"Column %q is not known. A row with a value in it cannot be decided, because it may limit when the row applies; take the column out if it does not.", shorten(c.text)))
		}
		seen[k] = true
		r.columns, r.names = append(r.columns, k), append(r.names, c.text)
	}
	for _, need := range []struct {
		c    column
		name string
	}{{action, "action"}, {src, "source"}, {dst, "destination"}} {
		if !seen[need.c] {
			r.lacks = append(r.lacks, fmt.Sprintf("the %s, which the table has no column for", need.name))
			r.problem(l.Number, 0, "line %d names no column %s; the table needs action, source and destination.", l.Number, need.name)
		}
	}
	if !seen[action] {
		return -1
	}
	if !seen[direction] {
		r.set.Notes = append(r.set.Notes, "The table has no column direction: every rule is taken for both directions.")
	}
	return i + 1
}

func shorten(s string) string { return source.Clip(s, 60) }

// next reads the row that starts at line i and returns the index after it.
func (r *reader) next(lines []source.Line, i int) int {
	l := lines[i]
	text := strings.TrimSpace(l.Text)
	if strings.Trim(text, string(r.delim)+" \t") == "" || text[0] == '#' {
		return i + 1
	}
	r.last = l.Number
	full, end := l.Text, i+1
	cells, ok := split(full, r.delim)
	for !ok && end < len(lines) && end-i < maxJoin {
		full += "\n" + lines[end].Text
		end++
		cells, ok = split(full, r.delim)
	}
	at := ir.At{Line: l.Number, Text: text}
	if !ok {
		r.problem(l.Number, 0, "line %d has a quote that is not closed; the row was kept as one that cannot be decided.", l.Number)
		r.add(row{rule: ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("line %d, which has a quote that is not closed", l.Number), At: at}, dirs: 7})
		return i + 1
	}
	r.set.Statements = append(r.set.Statements, ir.Statement{Line: l.Number, Text: text, Known: true})
	r.row(at, cells)
	return end
}

func (r *reader) add(x row) {
	r.set.Rules++
	r.rows = append(r.rows, x)
}

// row reads one rule.
func (r *reader) row(at ir.At, cells []cell) {
	if r.defaultRow(at, cells) {
		return
	}
	b := &builder{r: r, at: at, dirs: dirIn | dirOut | dirForward, rule: ir.Rule{At: at}}
	for i, k := range r.columns {
		c := cell{col: 0}
		if i < len(cells) {
			c = cells[i]
		}
		b.cell(k, r.names[i], c)
	}
	b.column = ""
	if len(cells) > len(r.columns) {
		extra := cells[len(r.columns)]
		if extra.text != "" {
			b.bad(extra, "more cells than the first line has columns", "a cell too many")
		}
	}
	if b.off {
		return
	}
	r.add(row{b.finish(), b.dirs, b.rank})
}

// defaultRow reads a row that says what happens to all the rest.
func (r *reader) defaultRow(at ir.At, cells []cell) bool {
	is, act, dirs := false, ir.Continue, dirIn|dirOut|dirForward
	for i, c := range cells {
		if i < len(r.columns) && limit(r.columns[i], r.names[i], c, at.Line) != "" {
			return false // a rule for some of the rest
		}
		switch strings.ToLower(c.text) {
		case "default", "default policy", "default action", "default rule":
			is = true
			continue
		}
		if a, ok := actionOf(c.text); ok && act == ir.Continue {
			act = a
			continue
		}
		if i < len(r.columns) && r.columns[i] == direction {
			if d, ok := directionOf(c.text); ok {
				dirs = d
			}
		}
		if i < len(r.columns) && (r.columns[i] == src || r.columns[i] == dst) && c.text != "" && !isAny(c.text) {
			return false // a rule that is merely called default
		}
	}
	if !is || act == ir.Continue {
		return false
	}
	for _, d := range []int{dirIn, dirOut, dirForward} {
		if dirs&d != 0 {
			r.policy[d] = ir.Rule{Boxes: ir.Always(), Action: act, At: at}
		}
	}
	return true
}

// lower makes one chain a direction.
func (r *reader) lower() {
	r.sort()
	if len(r.tcpOnly) > 0 {
		r.set.Notes = append(r.set.Notes, fmt.Sprintf(
			"A service given by a name such as SMTP is taken for TCP alone where no protocol is named (line %d). Name the protocol if it is another.", r.tcpOnly[0]))
	}
	for i := range r.rows {
		for _, why := range r.lacks {
			r.rows[i].rule = perhaps(r.rows[i].rule, why)
		}
	}
	for _, x := range r.rows {
		r.forward = r.forward || x.dirs == dirForward
	}
	p := &ir.Program{Family: ir.Any, Stateful: true}
	for _, d := range []struct {
		bit  int
		name string
		to   *[]ir.Gate
	}{{dirIn, "in", &p.Local}, {dirOut, "out", &p.Leave}, {dirForward, "forward", &p.Through}} {
		*d.to = []ir.Gate{{Stage: "table, " + d.name, Chain: len(p.Chains), Primary: true}}
		p.Chains = append(p.Chains, r.chain(d.bit, d.name))
	}
	r.set.Programs = []*ir.Program{p}
	r.set.Label = "table of rules (CSV)"
	r.set.Compose = r.compose
}

func (r *reader) chain(bit int, name string) ir.Chain {
	c := ir.Chain{Name: name}
	for _, x := range r.rows {
		switch {
		case x.dirs&bit != 0:
			c.Rules = append(c.Rules, x.rule)
		case bit == dirForward && !r.forward:
			// A table of a gateway says in and out from where it stands; which of
			// them a packet passing through is, the table does not say.
			c.Rules = append(c.Rules, perhaps(x.rule, "whether a packet that passes through counts as in or out"))
		}
	}
	if pol, ok := r.policy[bit]; ok {
		c.Policy = pol
		return c
	}
	c.Policy = ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{
		Text: fmt.Sprintf("(end of the table, after line %d: what no row allows is denied)", r.last),
	}}
	return c
}

func perhaps(x ir.Rule, why string) ir.Rule {
	boxes := make([]ir.Box, len(x.Boxes))
	for i, b := range x.Boxes {
		b.Maybe = append(append([]string{}, b.Maybe...), why)
		boxes[i] = b
	}
	x.Boxes = boxes
	return x
}
