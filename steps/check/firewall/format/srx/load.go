package srx

import (
	"fmt"
	"path"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// load reads a configuration, as set commands or in braces, with its groups
// put in.
func load(doc *source.Doc) (*wordtree.Tree, []ir.Problem) {
	t := wordtree.Parse(doc.Lines())
	var problems []ir.Problem
	kept := t.Strays[:0]
	for _, s := range t.Strays {
		if s.Before || strings.HasPrefix(s.Text, "rename ") {
			continue
		}
		kept = append(kept, s)
		if len(problems) < 50 {
			problems = append(problems, ir.Problem{Line: s.Line, Text: fmt.Sprintf(
				"line %d is no command and no part of the configuration that is understood, came %q; export again with: show configuration | display set | no-more",
				s.Line, source.Redact(clip(s.Text)))})
		}
	}
	t.Strays = kept
	inherit(t.Root)
	return t, problems
}

// maxInherited bounds what groups may bring.
const maxInherited = 500_000

// inherit puts groups in where apply-groups says so. What stands there already
// has precedence; names in <> stand for all that are there.
func inherit(root *wordtree.Node) {
	groups := root.Kid("groups")
	if groups == nil {
		return
	}
	left := maxInherited
	var visit func(n *wordtree.Node, at []string)
	visit = func(n *wordtree.Node, at []string) {
		if len(at) > 60 {
			return
		}
		names := n.Kid("apply-groups").Names()
		not := n.Kid("apply-groups-except").Names()
		for _, name := range names {
			g := groups.Kid(name)
			if g == nil || slices.Contains(not, name) {
				continue
			}
			for _, from := range below(g, at) {
				bring(n, from, name, &left)
			}
		}
		for _, k := range n.Live() {
			if len(at) == 0 && k.Name == "groups" {
				continue
			}
			visit(k, append(at, k.Name))
		}
	}
	visit(root, nil)
}

// below are the nodes of a group for a place in the configuration.
func below(g *wordtree.Node, at []string) []*wordtree.Node {
	nodes := []*wordtree.Node{g}
	for _, w := range at {
		var next []*wordtree.Node
		for _, n := range nodes {
			for _, k := range n.Live() {
				if k.Name == w || wild(k.Name, w) {
					next = append(next, k)
				}
			}
		}
		if nodes = next; len(nodes) == 0 {
			return nil
		}
	}
	return nodes
}

// wild reports that a name in <> stands for a word.
func wild(pattern, word string) bool {
	if len(pattern) < 3 || pattern[0] != '<' || pattern[len(pattern)-1] != '>' {
		return false
	}
	ok, err := path.Match(strings.ReplaceAll(pattern[1:len(pattern)-1], "/", "\x00"), strings.ReplaceAll(word, "/", "\x00"))
	return ok && err == nil
}

// settings are words below which one value stands, so that a group's value
// gives way to one that is there.
var settings = map[string]bool{"then": true, "protocol": true, "default-policy": true, "host-name": true, "description": true, "mode": true}

// bring copies what a group has below n.
func bring(n, from *wordtree.Node, group string, left *int) {
	for _, k := range from.Live() {
		if *left--; *left < 0 {
			return
		}
		if strings.HasPrefix(k.Name, "<") {
			for _, own := range n.Live() {
				if wild(k.Name, own.Name) {
					bring(own, k, group, left)
				}
			}
			continue
		}
		own := n.Lookup(k.Name)
		if own == nil {
			if settings[n.Name] && len(k.Kids) == 0 && len(n.Live()) > 0 && decides(k.Name) {
				continue
			}
			last := n.Value()
			own = n.Child(k.Name, k.Line)
			own.Group = group
			if last != "" {
				n.Child(last, 0) // what was set here stays the value
			}
		}
		bring(own, k, group, left)
	}
}

func decides(word string) bool {
	return slices.Contains([]string{"permit", "deny", "reject", "accept", "discard", "permit-all", "deny-all"}, word) || word != "log" && word != "count"
}

func clip(s string) string { return source.Clip(s, 90) }
