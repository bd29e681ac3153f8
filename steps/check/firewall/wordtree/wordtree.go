// Package wordtree reads configurations that are trees of words, as Junos and
// PAN-OS keep them: one "set" command a line, or the same tree in braces. Both
// give one tree that keeps the order and the line of everything, which rules
// need to be named by.
package wordtree

import "slices"

// Node is one word and what stands below it. A nil *Node answers every
// question as an absent one.
type Node struct {
	Name  string
	Line  int    // where it is first named, from 1
	Off   bool   // switched off ("inactive:", "deactivate")
	Group string // the configuration group that brought it, "" for none
	Kids  []*Node

	dry   bool  // off because the one setting below it is
	last  *Node // the kid that was set last
	index map[string]*Node
}

// indexFrom is the number of kids from which they are looked up by an index.
const indexFrom = 12

// find is the kid of a name, on or off.
func (n *Node) find(name string) *Node {
	if n == nil {
		return nil
	}
	if n.index != nil {
		return n.index[name]
	}
	for _, k := range n.Kids {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// Child is the kid of a name, made when there is none.
func (n *Node) Child(name string, line int) *Node {
	k := n.find(name)
	if k == nil {
		k = &Node{Name: name, Line: line}
		n.Kids = append(n.Kids, k)
		switch {
		case n.index != nil:
			n.index[name] = k
		case len(n.Kids) >= indexFrom:
			n.reindex()
		}
	}
	n.last = k
	return k
}

func (n *Node) reindex() {
	n.index = nil
	if len(n.Kids) < indexFrom {
		return
	}
	n.index = make(map[string]*Node, 2*len(n.Kids))
	for _, k := range n.Kids {
		n.index[k.Name] = k
	}
}

// Add makes a path of words below n and returns its end.
func (n *Node) Add(line int, path ...string) *Node {
	for _, w := range path {
		n = n.Child(w, line)
	}
	return n
}

// Kid is the kid of a name that is switched on; nil when there is none.
func (n *Node) Kid(name string) *Node {
	if k := n.find(name); k != nil && !k.Off {
		return k
	}
	return nil
}

// Has reports whether there is a kid of that name, switched on.
func (n *Node) Has(name string) bool { return n.Kid(name) != nil }

// At follows a path of names; nil when it ends or is switched off.
func (n *Node) At(path ...string) *Node {
	for _, w := range path {
		n = n.Kid(w)
	}
	return n
}

// Live are the kids that are switched on, in order.
func (n *Node) Live() []*Node {
	if n == nil {
		return nil
	}
	if !slices.ContainsFunc(n.Kids, func(k *Node) bool { return k.Off }) {
		return n.Kids
	}
	var out []*Node
	for _, k := range n.Kids {
		if !k.Off {
			out = append(out, k)
		}
	}
	return out
}

// Names are the names of the kids that are switched on.
func (n *Node) Names() []string {
	var out []string
	for _, k := range n.Live() {
		out = append(out, k.Name)
	}
	return out
}

// Value is the word that was last set below n, for settings that have one
// value; "" when there is none.
func (n *Node) Value() string {
	if n == nil || len(n.Kids) == 0 {
		return ""
	}
	if n.last != nil && !n.last.Off && n.find(n.last.Name) == n.last {
		return n.last.Name
	}
	if l := n.Live(); len(l) > 0 {
		return l[len(l)-1].Name
	}
	return ""
}

// Text is the value of the setting of that name.
func (n *Node) Text(name string) string { return n.Kid(name).Value() }

// Walk calls f for every path of words that ends below n, with the line of its
// end. What is switched off is passed over.
func (n *Node) Walk(f func(path []string, line int)) {
	var path []string
	var visit func(*Node)
	visit = func(x *Node) {
		kids := x.Live()
		if len(kids) == 0 {
			f(path, x.Line)
			return
		}
		for _, k := range kids {
			path = append(path, k.Name)
			visit(k)
			path = path[:len(path)-1]
		}
	}
	if n != nil {
		visit(n)
	}
}

// Lookup is the node at a path, on or off; nil when there is none.
func (n *Node) Lookup(path ...string) *Node {
	for _, w := range path {
		n = n.find(w)
	}
	return n
}

// Remove takes a path away with all that is below it, and reports whether it
// was there.
func (n *Node) Remove(path ...string) bool {
	if len(path) == 0 {
		return false
	}
	p := n.Lookup(path[:len(path)-1]...)
	k := p.find(path[len(path)-1])
	if k == nil {
		return false
	}
	i := slices.Index(p.Kids, k)
	p.Kids = slices.Delete(p.Kids, i, i+1)
	if p.index != nil {
		delete(p.index, k.Name)
	}
	return true
}

// Move puts a kid elsewhere among its like: to the "top" or "bottom", or
// "before" or "after" another. It reports whether all of them are there.
func (n *Node) Move(name, where, other string) bool {
	k := n.find(name)
	if k == nil || name == other {
		return false
	}
	o := n.find(other)
	if (where == "before" || where == "after") == (o == nil) {
		return false
	}
	i := slices.Index(n.Kids, k)
	n.Kids = slices.Delete(n.Kids, i, i+1)
	at := len(n.Kids)
	switch where {
	case "top":
		at = 0
	case "before":
		at = slices.Index(n.Kids, o)
	case "after":
		at = slices.Index(n.Kids, o) + 1
	case "bottom":
	default:
		at = i
	}
	n.Kids = slices.Insert(n.Kids, at, k)
	return true
}

// Merge adds all of another tree below n, in its order.
func (n *Node) Merge(o *Node) {
	for _, k := range o.Kids {
		x := n.find(k.Name)
		if x == nil {
			x = n.Child(k.Name, k.Line)
			x.Off, x.Group = k.Off, k.Group
		}
		n.last = x
		x.Merge(k)
	}
}
