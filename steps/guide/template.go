package guide

import (
	"fmt"
	"slices"
	"strings"
	"text/template/parse"
)

// The texts are written in the language of text/template and read by its own
// parser. That package's evaluator is not used: it calls methods by name, with
// which the linker must keep every method of every type in the program, a tenth
// of what lies in memory. What stands here knows the words that the texts use:
// if, with, range, template, variables, pipelines, and the names and functions
// of two tables. A name that is in neither is an error.

// book holds the blocks that texts define, by name.
type book map[string]*parse.Tree

// add reads the blocks of one file. A block that another file defined is an
// error, as is a function that is not in the table.
func (b book) add(file, text string) error {
	known := map[string]any{}
	for name, f := range functions {
		known[name] = f
	}
	trees, err := parse.Parse(file, text, "", "", known)
	if err != nil {
		return err
	}
	for name, tree := range trees {
		if b[name] != nil {
			return fmt.Errorf("%s: %q is defined in %s already", file, name, b[name].ParseName)
		}
		b[name] = tree
	}
	return nil
}

// write appends a block to out; dot is what the block's names are names of.
func (b book) write(out *strings.Builder, block string, dot any) error {
	tree := b[block]
	if tree == nil {
		return fmt.Errorf("there is no text %q", block)
	}
	w := writing{book: b, tree: tree, out: out, vars: []variable{{"$", dot}}}
	return w.list(tree.Root, dot)
}

// writing is one block on its way to the reader.
type writing struct {
	book book
	tree *parse.Tree
	out  *strings.Builder
	vars []variable // the innermost last
}

type variable struct {
	name  string
	value any
}

// at says where in the texts something is wrong.
func (w *writing) at(n parse.Node, format string, args ...any) error {
	place, _ := w.tree.ErrorContext(n)
	return fmt.Errorf("%s: %w", place, fmt.Errorf(format, args...))
}

// list writes one node after another. Variables end with the list.
func (w *writing) list(nodes *parse.ListNode, dot any) error {
	if nodes == nil { // no else
		return nil
	}
	defer func(n int) { w.vars = w.vars[:n] }(len(w.vars))
	for _, n := range nodes.Nodes {
		if err := w.node(n, dot); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) node(n parse.Node, dot any) error {
	switch n := n.(type) {
	case *parse.TextNode:
		w.out.Write(n.Text)
		return nil
	case *parse.ActionNode:
		v, err := w.pipe(n.Pipe, dot)
		if err != nil || len(n.Pipe.Decl) > 0 { // a declaration writes nothing
			return err
		}
		switch v.(type) {
		case string, int:
			fmt.Fprint(w.out, v)
			return nil
		}
		return w.at(n, "%T cannot be written", v)
	case *parse.IfNode:
		return w.branch(&n.BranchNode, dot, false)
	case *parse.WithNode:
		return w.branch(&n.BranchNode, dot, true)
	case *parse.RangeNode:
		return w.loop(n, dot)
	case *parse.TemplateNode:
		var v any
		if n.Pipe != nil {
			var err error
			if v, err = w.pipe(n.Pipe, dot); err != nil {
				return err
			}
		}
		if err := w.book.write(w.out, n.Name, v); err != nil {
			return w.at(n, "%w", err)
		}
		return nil
	}
	return w.at(n, "texts know no %s", n)
}

// branch writes one of the two lists of if and with; with makes the value the
// dot of the first.
func (w *writing) branch(n *parse.BranchNode, dot any, with bool) error {
	defer func(n int) { w.vars = w.vars[:n] }(len(w.vars))
	v, err := w.pipe(n.Pipe, dot)
	switch {
	case err != nil:
		return err
	case !truth(v):
		return w.list(n.ElseList, dot)
	case with:
		return w.list(n.List, v)
	}
	return w.list(n.List, dot)
}

// loop writes the list of range for each item, or its else where there is none.
// One variable takes the item, two take its place and the item.
func (w *writing) loop(n *parse.RangeNode, dot any) error {
	outside := len(w.vars)
	defer func() { w.vars = w.vars[:outside] }()
	v, err := w.value(n.Pipe, dot)
	if err != nil {
		return err
	}
	items, is := v.([]string)
	if !is {
		return w.at(n, "range takes a list, not %T", v)
	}
	if len(items) == 0 {
		return w.list(n.ElseList, dot)
	}
	for i, item := range items {
		w.vars = w.vars[:outside]
		if len(n.Pipe.Decl) > 0 {
			w.declare(n.Pipe.Decl[len(n.Pipe.Decl)-1], item)
		}
		if len(n.Pipe.Decl) > 1 {
			w.declare(n.Pipe.Decl[0], i)
		}
		if err := w.list(n.List, item); err != nil {
			return err
		}
	}
	return nil
}

func (w *writing) declare(v *parse.VariableNode, value any) {
	w.vars = append(w.vars, variable{v.Ident[0], value})
}

// pipe gives the value of a pipeline and declares the variable before it.
func (w *writing) pipe(p *parse.PipeNode, dot any) (any, error) {
	v, err := w.value(p, dot)
	if err != nil {
		return nil, err
	}
	if len(p.Decl) > 0 {
		w.declare(p.Decl[0], v)
	}
	return v, nil
}

// value gives the value of a pipeline: what each command gives is the last
// argument of the next.
func (w *writing) value(p *parse.PipeNode, dot any) (v any, err error) {
	if p.IsAssign {
		return nil, w.at(p, "a variable keeps the value it is declared with")
	}
	var last []any
	for _, c := range p.Cmds {
		if v, err = w.command(c, dot, last); err != nil {
			return nil, err
		}
		last = []any{v}
	}
	return v, nil
}

// command gives the value of a first word, with the words behind it as its
// arguments.
func (w *writing) command(c *parse.CommandNode, dot any, last []any) (any, error) {
	var args []any
	for _, word := range c.Args[1:] {
		v, err := w.word(word, dot, nil)
		if err != nil {
			return nil, err
		}
		args = append(args, v)
	}
	return w.word(c.Args[0], dot, append(args, last...))
}

// word gives the value of one word with its arguments.
func (w *writing) word(n parse.Node, dot any, args []any) (any, error) {
	switch n := n.(type) {
	case *parse.FieldNode:
		return w.field(n, dot, n.Ident, args)
	case *parse.IdentifierNode:
		v, err := functions[n.Ident](args)
		if err != nil {
			return nil, w.at(n, "%s: %w", n.Ident, err)
		}
		return v, nil
	case *parse.VariableNode:
		i := len(w.vars) - 1 // the parser refuses one that is not declared
		for w.vars[i].name != n.Ident[0] {
			i--
		}
		if len(n.Ident) > 1 {
			return w.field(n, w.vars[i].value, n.Ident[1:], args)
		}
		return w.plain(n, w.vars[i].value, args)
	case *parse.DotNode:
		return w.plain(n, dot, args)
	case *parse.StringNode:
		return w.plain(n, n.Text, args)
	case *parse.NumberNode:
		if n.IsInt {
			return w.plain(n, int(n.Int64), args)
		}
	case *parse.PipeNode:
		v, err := w.pipe(n, dot)
		if err != nil {
			return nil, err
		}
		return w.plain(n, v, args)
	}
	return nil, w.at(n, "texts know no %s", n)
}

// plain is a value that takes no arguments.
func (w *writing) plain(n parse.Node, v any, args []any) (any, error) {
	if len(args) > 0 {
		return nil, w.at(n, "%s takes no arguments", n)
	}
	return v, nil
}

// field gives the value of a name of the data.
func (w *writing) field(n parse.Node, of any, path []string, args []any) (any, error) {
	name := strings.Join(path, ".")
	value, known := names[name]
	if _, is := of.(data); !is || !known {
		return nil, w.at(n, "%T has no %s", of, name)
	}
	v, err := value(slices.Concat([]any{of}, args))
	if err != nil {
		return nil, w.at(n, "%s: %w", name, err)
	}
	return v, nil
}

// truth says whether an if takes its first way: not for what is empty or zero.
func truth(v any) bool {
	switch v := v.(type) {
	case bool:
		return v
	case string:
		return v != ""
	case int:
		return v != 0
	case []string:
		return len(v) > 0
	}
	return v != nil
}
