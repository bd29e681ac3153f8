package fortios

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// setting is one set, append, select, unselect or unset.
type setting struct {
	op, name string
	values   []string
	line     int
}

// entry is what stands between edit and next, or the settings of a table
// without entries. Unread holds lines in it that could not be read.
type entry struct {
	name       string
	line       int
	set        []setting
	kids       map[string]*table
	unread     []int
	prev, next *entry
	stray      bool // no entry but a line between entries that could not be read
}

// table is what stands between config and end.
type table struct {
	name        string
	line        int
	self        *entry
	first, last *entry
	index       map[string]*entry
	lines       map[int]*entry // made when first asked
	asked       sync.Once
}

func (e *entry) table(name string, line int) *table {
	if t := e.kids[name]; t != nil {
		return t
	}
	if e.kids == nil {
		e.kids = map[string]*table{}
	}
	t := &table{name: name, line: line}
	e.kids[name] = t
	return t
}

// kid is a table below an entry; nil when there is none, or no entry.
func (e *entry) kid(name string) *table {
	if e == nil {
		return nil
	}
	return e.kids[name]
}

// entries lists the entries of a table in order, lines that could not be read
// among them.
func (t *table) entries() []*entry {
	if t == nil {
		return nil
	}
	var out []*entry
	for e := t.first; e != nil; e = e.next {
		out = append(out, e)
	}
	return out
}

// at is the entry that stands in a line; nil for none.
func (t *table) at(line int) *entry {
	if line == 0 {
		return nil
	}
	t.asked.Do(func() {
		t.lines = make(map[int]*entry, len(t.index))
		for e := t.first; e != nil; e = e.next {
			if !e.stray {
				t.lines[e.line] = e
			}
		}
	})
	return t.lines[line]
}

func (t *table) firstEntry() *entry {
	e := t.first
	for e != nil && e.stray {
		e = e.next
	}
	return e
}

// own holds the settings that stand in the table itself.
func (t *table) own() *entry {
	if t == nil {
		return nil
	}
	return t.self
}

func (t *table) push(e *entry, after *entry) {
	e.prev, e.next = after, nil
	if after == nil {
		e.next, t.first = t.first, e
	} else {
		e.next, after.next = after.next, e
	}
	if e.next == nil {
		t.last = e
	} else {
		e.next.prev = e
	}
}

func (t *table) take(e *entry) {
	if e.prev == nil {
		t.first = e.next
	} else {
		e.prev.next = e.next
	}
	if e.next == nil {
		t.last = e.prev
	} else {
		e.next.prev = e.prev
	}
	e.prev, e.next = nil, nil
}

// edit opens an entry, which is made at the end where there is none. Number 0
// of the tables of rules is the next number that is free.
func (t *table) edit(name string, line int) *entry {
	if name == "0" && numbered[t.name] {
		name = fmt.Sprintf("0 (line %d)", line) // no number that other lines could name
	}
	if e := t.index[name]; e != nil {
		return e
	}
	if t.index == nil {
		t.index = map[string]*entry{}
	}
	e := &entry{name: name, line: line}
	t.index[name] = e
	t.push(e, t.last)
	return e
}

func (t *table) drop(name string) {
	if e := t.index[name]; e != nil {
		delete(t.index, name)
		t.take(e)
	}
}

func (t *table) move(name, where, other string) bool {
	e, o := t.index[name], t.index[other]
	if e == nil || o == nil || where != "before" && where != "after" {
		return false
	}
	if e == o {
		return true
	}
	t.take(e)
	if where == "before" {
		o = o.prev
	}
	t.push(e, o)
	return true
}

func (t *table) rename(name, to string) bool {
	e := t.index[name]
	if e == nil || t.index[to] != nil {
		return false
	}
	delete(t.index, name)
	e.name = to
	t.index[to] = e
	return true
}

func (t *table) clone(name, to string, line int) bool {
	e := t.index[name]
	if e == nil || t.index[to] != nil {
		return false
	}
	n := t.edit(to, line)
	n.set, n.kids, n.unread = slices.Clone(e.set), e.kids, slices.Clone(e.unread)
	return true
}

// numbered are the tables of rules, whose entries have numbers.
var numbered = map[string]bool{
	"firewall policy": true, "firewall policy6": true, "firewall consolidated policy": true, "firewall security-policy": true,
	"firewall local-in-policy": true, "firewall local-in-policy6": true, "firewall acl": true, "firewall acl6": true,
}

// get is what a setting comes to after all changes to it; line is that of the
// last. ok is false when it is not set.
func (e *entry) get(name string) (values []string, line int, ok bool) {
	if e == nil {
		return nil, 0, false
	}
	for i := range e.set {
		s := &e.set[i]
		if s.name != name {
			continue
		}
		line = s.line
		switch s.op {
		case "unset":
			values, ok = nil, false
		case "append":
			values, ok = slices.Concat(values, s.values), true
		case "unselect":
			values = slices.DeleteFunc(slices.Clone(values), func(v string) bool { return slices.Contains(s.values, v) })
		default:
			values, ok = s.values, true
		}
	}
	return values, line, ok
}

// value is a setting with one value; "" when it is not set.
func (e *entry) value(name string) string {
	v, _, _ := e.get(name)
	if len(v) == 0 {
		return ""
	}
	return v[0]
}

// is reports a setting that has this one value.
func (e *entry) is(name, value string) bool { return e.value(name) == value }

// maxDepth is how many tables may stand within each other.
const maxDepth = 32

// frame is a table that is open, and the entry that is open in it.
type frame struct {
	t *table
	e *entry
}

// parser builds the tree of a file.
type parser struct {
	set     *ir.Ruleset
	root    *entry
	open    []frame
	skip    int // tables opened beyond maxDepth
	header  string
	ends    int // the last line
	unended string
}

// parse reads all commands of a file.
func parse(doc *source.Doc, set *ir.Ruleset) *parser {
	p := &parser{set: set, root: &entry{}}
	s := &scanner{lines: doc.Lines()}
	set.Statements = make([]ir.Statement, 0, len(s.lines))
	for {
		c, ok := s.next()
		if !ok {
			break
		}
		p.ends = c.last
		known := p.command(c)
		set.Statements = append(set.Statements, ir.Statement{Line: c.line, Text: c.text, Known: known})
	}
	if len(p.open) > 0 {
		p.unended = p.open[len(p.open)-1].t.name
		p.problem(p.ends, "line %d: the file ends inside \"config %s\" (line %d), which is not closed by end. Export it again, whole; until then what may have followed is not known.",
			p.ends, shorten(p.unended), p.open[len(p.open)-1].t.line)
	}
	return p
}

func (p *parser) problem(line int, format string, args ...any) {
	const most = 200
	switch n := len(p.set.Problems); {
	case n < most:
		p.set.Problems = append(p.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
	case n == most:
		p.set.Problems = append(p.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf("line %d and others after it could not be read either.", line)})
	}
}

// command carries out one command and reports whether it was understood.
func (p *parser) command(c command) bool {
	if c.text[0] == '#' {
		if p.header == "" && strings.HasPrefix(c.text, "#config-version=") {
			p.header = c.text
		}
		return true
	}
	verb, args := c.words[0], c.words[1:]
	if p.skip > 0 {
		switch verb {
		case "config":
			p.skip++
		case "end":
			p.skip--
		}
		return false
	}
	if c.broken != "" {
		p.problem(c.line, "line %d: %s, so where its value ends is not known. Export the configuration again.", c.line, c.broken)
		p.stray(c.line)
		return false
	}
	switch verb {
	case "config":
		return p.config(c, args)
	case "end", "abort":
		if len(p.open) > 0 {
			p.open = p.open[:len(p.open)-1]
		}
		return true
	}
	if len(p.open) == 0 {
		return !verbs[verb] // a command such as show, or the text around it
	}
	f := &p.open[len(p.open)-1]
	ok := p.inTable(f, c, verb, args)
	if !ok {
		p.problem(c.line, "line %d: expected a setting of \"config %s\", came %q. What it was to do is not known.",
			c.line, shorten(f.t.name), source.Redact(shorten(c.text)))
		p.stray(c.line)
	}
	return ok
}

func (p *parser) config(c command, args []string) bool {
	if len(p.open) >= maxDepth {
		p.skip++
		p.problem(c.line, "line %d: more than %d levels of config in each other are not read.", c.line, maxDepth)
		p.stray(c.line)
		return false
	}
	at := p.root
	if n := len(p.open); n > 0 {
		f := &p.open[n-1]
		switch {
		case f.e != nil:
			at = f.e
		default:
			at = f.t.selfAt()
		}
	}
	p.open = append(p.open, frame{t: at.table(strings.Join(args, " "), c.line)})
	return len(args) > 0
}

func (t *table) selfAt() *entry {
	if t.self == nil {
		t.self = &entry{line: t.line}
	}
	return t.self
}

func (p *parser) inTable(f *frame, c command, verb string, args []string) bool {
	switch verb {
	case "next":
		f.e = nil
		return true
	case "edit":
		if len(args) == 0 {
			return false
		}
		f.e = f.t.edit(args[0], c.line)
		return true
	case "set", "append", "select", "unselect", "unset":
		if len(args) == 0 {
			return false
		}
		e := f.e
		if e == nil {
			e = f.t.selfAt()
		}
		if e.set == nil && numbered[f.t.name] {
			e.set = make([]setting, 0, 12)
		}
		e.set = append(e.set, setting{verb, args[0], args[1:], c.line})
		return true
	case "purge":
		f.t.first, f.t.last, f.t.index = nil, nil, nil
		return true
	case "delete":
		for _, name := range args {
			f.t.drop(name) // one that is not there has no effect
		}
		return len(args) > 0
	case "move":
		return len(args) == 3 && f.t.move(args[0], args[1], args[2])
	case "rename":
		return len(args) == 3 && args[1] == "to" && f.t.rename(args[0], args[2])
	case "clone":
		return len(args) == 3 && args[1] == "to" && f.t.clone(args[0], args[2], c.line)
	}
	return false
}

// stray notes a line that could not be read where it stands: in an entry, or
// between the entries of a table.
func (p *parser) stray(line int) {
	if len(p.open) == 0 {
		return
	}
	f := &p.open[len(p.open)-1]
	if f.e != nil {
		f.e.unread = append(f.e.unread, line)
		return
	}
	f.t.push(&entry{line: line, stray: true}, f.t.last)
}

// shorten cuts text for a sentence.
func shorten(s string) string { return source.Clip(s, 60) }
