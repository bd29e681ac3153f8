// Package xmltree reads XML into a tree that keeps the order and the line of
// every element, which rules need to be named by.
package xmltree

import (
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
)

// Limits of what is read.
const (
	maxDepth = 200
	maxNodes = 3_000_000
)

// Node is one element. Text is the text directly in it, without blanks at the
// ends.
type Node struct {
	Name string // without a namespace
	Attr map[string]string
	Text string
	Line int // of its start tag, from 1
	Kids []*Node
}

// Parse reads a document and returns its root element. When the text breaks
// off or is no XML from some place on, what was read so far is returned with
// the error, which is a sentence that names the line.
func Parse(text string) (*Node, error) {
	dec := xml.NewDecoder(strings.NewReader(text))
	dec.Strict = true
	dec.Entity = xml.HTMLEntity
	dec.CharsetReader = func(_ string, in io.Reader) (io.Reader, error) { return in, nil } // decoded already
	root := &Node{}
	stack := []*Node{root}
	nodes := 0
	finish := func(err error) (*Node, error) {
		for _, n := range stack {
			n.Text = strings.TrimSpace(n.Text)
		}
		if len(root.Kids) == 0 {
			if err == nil {
				err = errors.New("the file holds no XML element")
			}
			return nil, err
		}
		return root.Kids[0], err
	}
	for {
		line, _ := dec.InputPos() // what stands before a tag is a token of its own: this is its line
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) && len(stack) == 1 {
			return finish(nil)
		}
		if err != nil {
			line, _ = dec.InputPos()
			return finish(fmt.Errorf("the XML breaks off or is damaged at line %d; export the file again", line))
		}
		top := stack[len(stack)-1]
		switch t := tok.(type) {
		case xml.StartElement:
			if nodes++; nodes > maxNodes || len(stack) > maxDepth {
				return finish(fmt.Errorf("the XML has more elements or levels than are read, at line %d", line))
			}
			n := &Node{Name: t.Name.Local, Line: line}
			if len(t.Attr) > 0 {
				n.Attr = make(map[string]string, len(t.Attr))
				for _, a := range t.Attr {
					n.Attr[a.Name.Local] = a.Value
				}
			}
			top.Kids = append(top.Kids, n)
			stack = append(stack, n)
		case xml.EndElement:
			top.Text = strings.TrimSpace(top.Text)
			stack = stack[:len(stack)-1]
		case xml.CharData:
			if len(stack) > 1 {
				top.Text += string(t)
			}
		}
	}
}

// Kid is the first element of a name directly below; nil when there is none,
// or n is nil.
func (n *Node) Kid(name string) *Node {
	if n == nil {
		return nil
	}
	for _, k := range n.Kids {
		if k.Name == name {
			return k
		}
	}
	return nil
}

// All are the elements of a name directly below.
func (n *Node) All(name string) []*Node {
	if n == nil {
		return nil
	}
	var out []*Node
	for _, k := range n.Kids {
		if k.Name == name {
			out = append(out, k)
		}
	}
	return out
}

// At follows a path of names, the first of each; nil when it ends.
func (n *Node) At(path ...string) *Node {
	for _, p := range path {
		n = n.Kid(p)
	}
	return n
}

// Has reports whether there is an element of that name directly below.
func (n *Node) Has(name string) bool { return n.Kid(name) != nil }

// Value is the text of the first element of a name; "" when there is none.
func (n *Node) Value(name string) string {
	if k := n.Kid(name); k != nil {
		return k.Text
	}
	return ""
}
