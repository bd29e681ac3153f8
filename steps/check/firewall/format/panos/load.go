package panos

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
	"mxodus/steps/check/firewall/xmltree"
)

// loaded is a configuration as one tree, whichever of the three ways it was
// written in.
type loaded struct {
	root       *wordtree.Node
	statements []ir.Statement
	problems   []ir.Problem
	notes      []string
	// unread are lines whose effect is not known: whatever they might decide
	// stays open.
	unread []wordtree.Stray
}

// load reads XML where there is some and commands or braces elsewhere. Commands
// that stand below a configuration change it.
func load(doc *source.Doc) *loaded {
	l := &loaded{root: &wordtree.Node{}}
	lines := doc.Lines()
	from, to := xmlPart(lines)
	var below []source.Line
	switch {
	case from < to:
		l.xml(lines[from:to])
		l.take(lines[:from], true)
		below = lines[to:]
	default:
		end := bracesEnd(lines)
		l.take(lines[:end], false)
		below = lines[end:]
	}
	if len(below) > 0 {
		l.root = home(l.root)
		if !slices.ContainsFunc(below, func(x source.Line) bool { return strings.Contains(x.Text, " vsys ") }) {
			leave(l.root)
		}
		l.change(below, from < to)
	}
	l.root = home(l.root)
	return l
}

// take merges a configuration of commands or braces; beside XML, lines that are
// neither are of no concern.
func (l *loaded) take(lines []source.Line, beside bool) {
	t := wordtree.Parse(lines)
	unwrap(t.Root)
	l.root.Merge(t.Root)
	l.strays(t, func(s wordtree.Stray) bool { return s.Before || beside })
}

// change carries out commands on what was read; below XML, lines before the
// first command are of no concern.
func (l *loaded) change(lines []source.Line, xml bool) {
	t := wordtree.ParseInto(l.root, lines)
	unwrap(l.root)
	l.strays(t, func(s wordtree.Stray) bool { return s.Before && xml })
}

// strays keeps the statements of a part, and what in it could not be read.
func (l *loaded) strays(t *wordtree.Tree, harmless func(wordtree.Stray) bool) {
	l.statements = append(l.statements, t.Statements...)
	for _, s := range t.Strays {
		if harmless(s) {
			continue
		}
		l.unread = append(l.unread, s)
		if len(l.problems) < 50 {
			l.problems = append(l.problems, ir.Problem{Line: s.Line, Text: fmt.Sprintf(
				"line %d is no command and no part of the configuration that is understood, came %q; export again with paging off (set cli pager off) and a wide terminal.",
				s.Line, source.Redact(clip(s.Text)))})
		}
	}
}

// bracesEnd is where commands below a configuration in braces begin; the
// number of lines where there are none.
func bracesEnd(lines []source.Line) int {
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.HasPrefix(strings.TrimSpace(lines[i].Text), "}") {
			return i + 1
		}
	}
	return len(lines)
}

// xmlPart is the range of lines that hold the XML, empty for none.
func xmlPart(lines []source.Line) (from, to int) {
	from = -1
	for i := range lines {
		t := strings.TrimSpace(lines[i].Text)
		if from < 0 && strings.HasPrefix(t, "<") {
			from = i
		}
		if from >= 0 && strings.Contains(t, ">") && strings.Contains(t, "</") {
			for _, end := range []string{"</config>", "</response>"} {
				if strings.HasSuffix(t, end) {
					to = i + 1
				}
			}
		}
	}
	if from < 0 {
		return 0, 0
	}
	if to == 0 {
		to = len(lines)
	}
	return from, to
}

// xml reads the XML lines.
func (l *loaded) xml(lines []source.Line) {
	var b strings.Builder
	for _, x := range lines {
		b.WriteString(x.Text)
		b.WriteByte('\n')
		if t := strings.TrimSpace(x.Text); t != "" {
			l.statements = append(l.statements, ir.Statement{Line: x.Number, Text: t, Known: true})
		}
	}
	first := lines[0].Number - 1
	text := b.String()
	root, err := xmltree.Parse(text)
	if err != nil {
		l.problems = append(l.problems, ir.Problem{Line: first + 1, Text: err.Error() + "."})
		l.unread = append(l.unread, wordtree.Stray{Line: lines[len(lines)-1].Number, Text: "the XML, which breaks off"})
	}
	if root == nil {
		return
	}
	if strings.Count(text, "<config") > 1 && strings.Count(text, "</config>") > 1 {
		l.problems = append(l.problems, ir.Problem{Line: first + 1, Text: "the file holds more than one configuration; only the first is read. Check each as a file of its own."})
	}
	top := &wordtree.Node{}
	convert(root, top.Child(root.Name, first+root.Line), first)
	unwrap(top)
	l.root.Merge(top)
}

// dropped are parts that hold no rules but secrets and much else.
var dropped = map[string]bool{"mgt-config": true, "plugins": true, "report": true, "reports": true, "certificate": true, "ssl-decrypt": true}

// convert turns XML into words: an entry becomes its name, a member a word.
func convert(x *xmltree.Node, to *wordtree.Node, first int) {
	for _, k := range x.Kids {
		line := first + k.Line
		switch {
		case dropped[k.Name]:
		case k.Name == "entry":
			convert(k, to.Child(k.Attr["name"], line), first)
		case k.Name == "member":
			to.Child(k.Text, line)
		default:
			n := to.Child(k.Name, line)
			convert(k, n, first)
			if len(k.Kids) == 0 && k.Text != "" {
				n.Child(k.Text, line)
			}
		}
	}
}

// wrappers stand around the parts of a configuration and mean nothing.
var wrappers = []string{"config", "response", "result", "devices", "localhost.localdomain", "panorama-config"}

// unwrap takes away what merely stands around.
func unwrap(root *wordtree.Node) {
	for range 12 {
		found := false
		for _, w := range wrappers {
			if k := root.Kid(w); k != nil {
				root.Remove(w)
				root.Merge(k)
				found = true
			}
		}
		if !found {
			return
		}
	}
}

// local are the parts of a virtual system that stand without its name where a
// firewall has one only.
var local = []string{
	"rulebase", "zone", "address", "address-group", "service", "service-group", "application", "application-group", "application-filter",
	"external-list", "region", "schedule", "import", "tag", "dynamic-user-group",
}

// home puts the parts that stand without a virtual system into vsys1.
func home(root *wordtree.Node) *wordtree.Node {
	for _, name := range local {
		k := root.Kid(name)
		if k == nil {
			continue
		}
		root.Remove(name)
		root.Child("vsys", k.Line).Child("vsys1", k.Line).Child(name, k.Line).Merge(k)
	}
	return root
}

// leave puts the parts of the only virtual system where commands without its
// name have them.
func leave(root *wordtree.Node) {
	systems := root.Kid("vsys").Live()
	if len(systems) != 1 {
		return
	}
	for _, name := range local {
		if k := systems[0].Kid(name); k != nil {
			systems[0].Remove(name)
			root.Child(name, k.Line).Merge(k)
		}
	}
}

func clip(s string) string { return source.Clip(s, 90) }
