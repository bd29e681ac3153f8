// Package ufw reads the rules of ufw (Uncomplicated Firewall): a dump of the
// kernel's rules that ufw wrote, its files user.rules and user6.rules, and what
// ufw status, ufw status verbose, ufw status numbered and ufw show added print.
//
// ufw writes its rules as rules of iptables, and so does this package: what is
// read from its own words is put, line by line, where ufw puts it, and package
// iptables reads the whole. Semantics followed: ufw(8), ufw-framework(8), and
// of ufw 0.36 its backend_iptables.py (how a rule becomes rules of iptables,
// what is inserted where), parser.py (the command line) and the files
// before.rules and before6.rules as they are shipped.
package ufw

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Format describes ufw for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "ufw", Label: "ufw (Uncomplicated Firewall)",
		Detect: Detect,
		Read:   Read,
		Export: []format.Way{
			{Where: "On the Linux host, as root", Do: []string{"iptables-save > rules.v4", "ip6tables-save > rules.v6", "Give rules.v4, and check rules.v6 as a file of its own. They hold everything, files edited by hand too."}},
			{Where: "In ufw's own words", Do: []string{"ufw status verbose > ufw.txt", "It lacks what was written into /etc/ufw/before.rules and after.rules by hand."}},
		},
		Confirm: confirm,
		Write:   Write,
		Appends: true,
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Open, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.None, format.Interfaces: format.Exact, format.DNAT: format.Part,
			format.OneToOne: format.Part, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.None,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "What ufw prints in its own words lacks the files before.rules and after.rules, in which translations stand: these are taken to be as ufw ships them. " +
			"Give the output of iptables-save where they were edited.",
	}
}

var (
	chainMark = pattern.New(`^:ufw6?-(before|user|after)-(input|forward|output) `)
	tupleMark = pattern.New(`^### tuple ### `)
	hookMark  = pattern.New(`^-A (INPUT|FORWARD|OUTPUT) `)
	ruleMark  = pattern.New(`^\s*(?:\S*[#$]\s+)?(?:sudo\s+)?(?:\S*/)?ufw\s+(?:route\s+)?(?:insert\s+\d+\s+|prepend\s+)?(?:allow|deny|reject|limit)\s`)
)

// Detect tells what ufw wrote or printed from other files.
func Detect(head *source.Doc) format.Guess {
	status := false
	for _, l := range head.Lines() {
		t := strings.TrimSpace(l.Text)
		switch {
		case chainMark.MatchString(t):
			return format.Has(96, "chains of ufw", l.Number)
		case tupleMark.MatchString(t):
			return format.Has(97, "rules as ufw keeps them in its files", l.Number)
		case statusLine.MatchString(t):
			status = true
			if strings.HasSuffix(t, "inactive") {
				return format.Guess{Score: 70, Why: fmt.Sprintf("it is what ufw status prints of a firewall that is off (line %d)", l.Number)}
			}
		case columnLine.MatchString(t):
			score := 80
			if status {
				score = 97
			}
			return format.Has(score, "the columns of ufw status", l.Number)
		case ruleMark.MatchString(l.Text):
			return format.Has(93, "commands of ufw", l.Number)
		}
	}
	return format.Guess{}
}

type policy struct {
	action string
	line   int
	text   string
}

type change struct {
	rule   *rule
	remove bool
	place  int
}

// raw is a rule of iptables as a file of ufw holds it.
type raw struct {
	line int
	text string
}

type reader struct {
	set        *ir.Ruleset
	doc        *source.Doc
	v4, v6     *list
	raw        map[bool][]raw // of user.rules (false) and user6.rules
	defaults   map[string]policy
	inactive   bool
	inactiveAt int
	added      bool     // it is what ufw show added prints
	dumped     bool     // the file is a dump of the kernel
	changes    []change // to a dump
	rules      int
}

func (r *reader) problem(line int, format string, args ...any) {
	r.set.Problems = append(r.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
}

// Read reads a file in any of the forms. It never fails: what it cannot read
// becomes a Problem and stays undecided.
func Read(doc *source.Doc) *ir.Ruleset {
	r := &reader{
		set: &ir.Ruleset{Format: "ufw"}, doc: doc, v4: &list{}, v6: &list{}, defaults: map[string]policy{}, raw: map[bool][]raw{},
	}
	files := false
	for _, l := range doc.Lines() {
		t := strings.TrimSpace(l.Text)
		r.dumped = r.dumped || hookMark.MatchString(t)
		files = files || tupleMark.MatchString(t)
	}
	switch {
	case r.dumped:
		r.dump()
	case files:
		r.userFile()
		r.compose()
		r.set.Label = "ufw user.rules"
	default:
		r.words()
		r.compose()
	}
	return r.set
}

// words reads ufw status, ufw show added and commands, line by line.
func (r *reader) words() {
	commands := 0
	for _, l := range r.doc.Lines() {
		t := strings.TrimSpace(l.Text)
		if t == "" || t[0] == '#' && !strings.Contains(t, "ufw ") || strings.HasPrefix(t, "#!") {
			continue
		}
		before := len(r.v4.rules) + len(r.v6.rules)
		known := true
		switch {
		case strings.HasPrefix(t, "Added user rules"), t == "(None)":
			r.added = true
		case commandLine.MatchString(l.Text):
			if known = t[0] == '#' || r.command(l.Number, l.Text); known {
				commands++
			}
		default:
			known = r.status(l.Number, l.Text)
		}
		if !known {
			r.unread(l.Number, t)
		}
		if len(r.v4.rules)+len(r.v6.rules) > before {
			r.rules++
		}
		r.set.Statements = append(r.set.Statements, ir.Statement{Line: l.Number, Text: t, Known: known})
	}
	r.set.Label = "ufw status"
	if commands > 0 {
		r.set.Label = "ufw commands"
	}
}

// unread leaves open what comes after a line that could not be read, in both
// families and all directions.
func (r *reader) unread(line int, text string) {
	r.problem(line, "line %d could not be read: expected a line of ufw status, or a command such as ufw allow 25/tcp, came %q. What it was to do is not known, so what comes after it cannot be decided.",
		line, clip(source.Redact(text)))
	for _, out := range []int{0, 1, 2} {
		for _, v6 := range []bool{false, true} {
			x := &rule{line: line, text: text, v6: v6, action: "deny", out: out == 1, route: out == 2, maybe: fmt.Sprintf("line %d, which could not be read", line)}
			l := r.v4
			if v6 {
				l = r.v6
			}
			y := *x
			y.action = "allow"
			l.rules = append(l.rules, x, &y)
		}
	}
}

// clip is a text as it is quoted.
func clip(s string) string { return source.Clip(s, 80) }

// userFile reads user.rules and user6.rules: rules of iptables under a comment
// that gives each in ufw's words.
func (r *reader) userFile() {
	for _, l := range r.doc.Lines() {
		t := strings.TrimSpace(l.Text)
		known := true
		switch {
		case strings.HasPrefix(t, "-A ufw-user-"), strings.HasPrefix(t, "-A ufw6-user-"):
			v6 := strings.HasPrefix(t, "-A ufw6-")
			r.raw[v6] = append(r.raw[v6], raw{l.Number, t})
		case commandLine.MatchString(l.Text) && (t == "" || t[0] != '#'):
			known = r.command(l.Number, l.Text)
		}
		if !known {
			r.unread(l.Number, t)
		}
		if t != "" {
			r.set.Statements = append(r.set.Statements, ir.Statement{Line: l.Number, Text: t, Known: known})
		}
		if strings.HasPrefix(t, "### tuple ###") {
			r.rules++
		}
	}
}

// confirm lists the rules with their numbers.
func confirm(p format.Packet) string {
	chain := "ufw-user-input"
	switch p.Dir {
	case ir.Out:
		chain = "ufw-user-output"
	case ir.Forward:
		chain = "ufw-user-forward"
	}
	cmd := "iptables"
	if p.Src.Is6() {
		cmd, chain = "ip6tables", strings.Replace(chain, "ufw-", "ufw6-", 1)
	}
	if strings.HasPrefix(p.Chain, "ufw") {
		chain = p.Chain
	}
	return fmt.Sprintf("ufw status numbered; %s -nvL %s --line-numbers", cmd, chain)
}
