// Package jsontree reads JSON into a tree that keeps the order of members and
// the line of every value, which rules need to be named by.
package jsontree

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sort"
	"strings"
)

// Limits of what is read.
const (
	maxDepth = 200
	maxNodes = 5_000_000
)

// Kind of a value.
type Kind uint8

// Kinds.
const (
	Null Kind = iota
	Bool
	Number
	String
	List
	Object
)

// Node is one value. A nil *Node answers every question as an absent one.
type Node struct {
	Kind Kind
	Text string // of a string, a number, or true and false
	Line int    // where the value begins, from 1
	Keys []string
	Kids []*Node // of a list, or the values of Keys
}

type reader struct {
	dec   *json.Decoder
	text  []byte
	ends  []int // offsets of line feeds
	nodes int
}

// Parse reads the values of a text: one, or several one after the other as
// some commands print them. What was read before a fault is returned with the
// error, a sentence that names the line.
func Parse(text string) ([]*Node, error) {
	b := []byte(text)
	r := &reader{dec: json.NewDecoder(bytes.NewReader(b)), text: b}
	r.dec.UseNumber()
	for i, c := range b {
		if c == '\n' {
			r.ends = append(r.ends, i)
		}
	}
	var out []*Node
	for {
		tok, err := r.dec.Token()
		if errors.Is(err, io.EOF) && len(out) > 0 {
			return out, nil
		}
		if err != nil {
			return out, r.fault(err)
		}
		n, err := r.value(tok, 0)
		if n != nil {
			out = append(out, n)
		}
		if err != nil {
			return out, err
		}
	}
}

func (r *reader) line() int { return r.lineAt(int(r.dec.InputOffset()) - 1) }

func (r *reader) lineAt(offset int) int { return sort.SearchInts(r.ends, offset) + 1 }

func (r *reader) fault(err error) error {
	var syntax *json.SyntaxError
	line := r.line()
	if errors.As(err, &syntax) {
		line = r.lineAt(int(syntax.Offset) - 1)
	}
	return fmt.Errorf("the JSON breaks off or is damaged at line %d; export the file again", line)
}

// value reads the value that begins with tok. On a fault it returns what it
// has so far.
func (r *reader) value(tok json.Token, depth int) (*Node, error) {
	n := &Node{Line: r.line()}
	if r.nodes++; r.nodes > maxNodes || depth > maxDepth {
		return nil, fmt.Errorf("the JSON has more values or levels than are read, at line %d", n.Line)
	}
	switch t := tok.(type) {
	case nil:
	case bool:
		n.Kind, n.Text = Bool, fmt.Sprint(t)
	case json.Number:
		n.Kind, n.Text = Number, t.String()
	case string:
		n.Kind, n.Text = String, t
	case json.Delim:
		if n.Kind = List; t == '{' {
			n.Kind = Object
		}
		return n, r.members(n, depth)
	}
	return n, nil
}

func (r *reader) members(n *Node, depth int) error {
	for r.dec.More() {
		tok, err := r.dec.Token()
		if err != nil {
			return r.fault(err)
		}
		if n.Kind == Object {
			key, _ := tok.(string)
			n.Keys = append(n.Keys, key)
			if tok, err = r.dec.Token(); err != nil {
				n.Kids = append(n.Kids, &Node{Line: r.line()})
				return r.fault(err)
			}
		}
		kid, err := r.value(tok, depth+1)
		if kid == nil {
			kid = &Node{Line: r.line()}
		}
		n.Kids = append(n.Kids, kid)
		if err != nil {
			return err
		}
	}
	if _, err := r.dec.Token(); err != nil {
		return r.fault(err)
	}
	return nil
}

// Get is the member of an object by name, in any case of letters; nil when
// there is none.
func (n *Node) Get(name string) *Node {
	if n == nil || n.Kind != Object {
		return nil
	}
	for i, k := range n.Keys {
		if k == name {
			return n.Kids[i]
		}
	}
	for i, k := range n.Keys {
		if strings.EqualFold(k, name) {
			return n.Kids[i]
		}
	}
	return nil
}

// At follows member names.
func (n *Node) At(names ...string) *Node {
	for _, name := range names {
		n = n.Get(name)
	}
	return n
}

// Str is the text of a string, number or bool; "" for all else.
func (n *Node) Str() string {
	if n == nil {
		return ""
	}
	return n.Text
}

// Items are the values of a list. A single value that is no list stands for
// a list of one; null and an absent value for an empty one.
func (n *Node) Items() []*Node {
	switch {
	case n == nil || n.Kind == Null:
		return nil
	case n.Kind == List:
		return n.Kids
	}
	return []*Node{n}
}

// Strs are the texts of Items.
func (n *Node) Strs() []string {
	var out []string
	for _, k := range n.Items() {
		out = append(out, k.Str())
	}
	return out
}

// True reports the value true, or the string "true" in any case.
func (n *Node) True() bool { return n != nil && strings.EqualFold(n.Text, "true") }
