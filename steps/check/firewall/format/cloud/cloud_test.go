package cloud

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/source"
)

func docOf(text string) *source.Doc { return source.NewDoc("", text, time.Time{}) }

// TestSplit: documents and commands in any order, with what a terminal leaves
// between them.
func TestSplit(t *testing.T) {
	for _, c := range []struct {
		name, text string
		values     string // lines that documents begin in
		commands   string // line and words, one a line
		odd        string // lines that are neither
		fault      int
	}{
		{"nothing", "\n# a remark\n", "[]", "", "[]", 0},
		{"one document", "{\n \"a\": 1\n}\n", "[1]", "", "[]", 0},
		{"two documents", "{\"a\": 1}\n\n[\n true,\n null,\n -1.5e3\n]\n", "[1 3]", "", "[]", 0},
		{"a command alone", "az network nsg list -o json", "[]", "1 az network nsg list -o json", "[]", 0},
		{"after prompts", "user@box:~$ az a b\n[root@box]# az c\n> az d", "[]", "1 az a b\n2 az c\n3 az d", "[]", 0},
		{"between documents", "az show\n{\"a\": 1}\naz list\n{\"b\": 2}", "[2 4]", "1 az show\n3 az list", "[]", 0},
		{"over several lines", "az a \\\n  --b `\n  --c ^\n  --d 'x\ny'\n{}", "[6]", "1 az a --b --c --d x y", "[]", 0},
		{"a tool of another name", "azure show\nset az x\n{}", "[3]", "", "[1 2]", 0},
		{"a message", "WARNING: this is a preview\n{\"a\": 1}", "[2]", "", "[1]", 0},
		{"cut short", "{\n \"a\": [1,\n", "[]", "", "[]", 2},
		{"a mark of the byte order", "\ufeff{\"a\": 1}", "[1]", "", "[]", 0},
		{"a quotation that stays open", "az a 'b", "[]", "1 !", "[]", 0},
	} {
		got := Split(docOf(c.text), "az")
		lines := []int{}
		for _, v := range got.Values {
			lines = append(lines, v.Line)
		}
		var commands []string
		for _, x := range got.Commands {
			words := strings.Join(x.Words, " ")
			if x.Fault != "" {
				words = "!"
			}
			commands = append(commands, fmt.Sprintf("%d %s", x.Line, words))
		}
		odd := []int{}
		for l := range got.Odd {
			odd = append(odd, l)
		}
		slices.Sort(odd)
		if c.fault == 0 && fmt.Sprint(lines) != c.values || strings.Join(commands, "\n") != c.commands || fmt.Sprint(odd) != c.odd ||
			(got.Fault != "") != (c.fault > 0) || got.Fault != "" && got.FaultLine < c.fault {
			t.Errorf("%s: documents %d, commands %q, odd %d, fault %q in line %d", c.name, lines, commands, odd, got.Fault, got.FaultLine)
		}
	}
}

// TestSplitLongCommands: a command that does not end is not certain, and the
// file is read in time that goes with its length.
func TestSplitLongCommands(t *testing.T) {
	for name, text := range map[string]string{
		"lines":     "az a \\\n" + strings.Repeat("b \\\n", 2*maxJoined),
		"bytes":     "az a '" + strings.Repeat(strings.Repeat("x", 99)+"\n", 2*maxCommand/100),
		"quotation": "az a '" + strings.Repeat("b\n", 2*maxJoined),
	} {
		got := Split(docOf(text), "az")
		if len(got.Commands) == 0 || got.Commands[0].Fault == "" {
			t.Errorf("%s: %d commands, the first is taken to be certain", name, len(got.Commands))
		}
	}
}

func parse(t *testing.T, text string) *jsontree.Node {
	t.Helper()
	nodes, err := jsontree.Parse(text)
	if err != nil || len(nodes) != 1 {
		t.Fatalf("%d values, %v", len(nodes), err)
	}
	return nodes[0]
}

func TestWalk(t *testing.T) {
	n := parse(t, `{"a": {"b": [1, {"c": 2}]}, "skip": {"d": 3}, "e": null}`)
	for depth, want := range map[int]string{
		-1: "", 0: " ", 1: "  a skip e", 2: "  a b skip e", 9: "  a b   c skip e",
	} {
		var names []string
		Walk(n, depth, func(name string, _ *jsontree.Node) bool {
			names = append(names, name)
			return name == "skip"
		})
		if got := strings.Join(names, " "); got != strings.TrimPrefix(want, " ") {
			t.Errorf("down to %d: %q, want %q", depth, got, want)
		}
	}
	Walk(nil, 9, func(string, *jsontree.Node) bool {
		t.Error("nothing was visited")
		return false
	})
}

func TestLineOf(t *testing.T) {
	n := parse(t, "\n{\n \"id\": 1,\n \"name\": \"x\"\n}")
	for name, want := range map[string]int{"name": 4, "id": 3, "none": 2} {
		if got := LineOf(n, name); got != want {
			t.Errorf("%s: line %d, want %d", name, got, want)
		}
	}
}

// TestOpen: every line is a statement, and what could not be read leaves every
// answer open.
func TestOpen(t *testing.T) {
	for _, c := range []struct {
		name, text              string
		unknown, doubts, faults int
	}{
		{"whole", "aws x\n{\"a\": 1}\n# remark\n", 0, 0, 0},
		{"a line of something else", "hello\n{\"a\": 1}\n", 1, 0, 0},
		{"a command that failed", "An error occurred (UnauthorizedOperation) when calling\n{\"a\": 1}\n", 1, 1, 1},
		{"cut short", "{\"a\": 1}\n{\"b\":\n", 1, 1, 1},
	} {
		b, text := Open(docOf(c.text), "aws", "AWS", "aws")
		unknown := 0
		for i, s := range b.Set.Statements {
			if s.Line != i+1 {
				t.Errorf("%s: statement %d is of line %d", c.name, i+1, s.Line)
			}
			if !s.Known {
				unknown++
			}
		}
		if unknown != c.unknown || len(b.Doubts) != c.doubts || len(b.Set.Problems) != c.faults || len(text.Values) == 0 {
			t.Errorf("%s: %d lines not known, %d doubts, problems %v, %d values", c.name, unknown, len(b.Doubts), b.Set.Problems, len(text.Values))
		}
		if b.Set.Format != "aws" || b.Set.Label != "AWS" || b.Set.Stands != ir.In || !b.Prog.Stateful {
			t.Errorf("%s: %+v", c.name, b.Set)
		}
	}
}

func FuzzSplit(f *testing.F) {
	f.Add("az a 'b\n{\"a\": 1}\nERROR: x")
	f.Add("{\"a\":\n az x \\\n}")
	f.Fuzz(func(t *testing.T, text string) {
		doc := docOf(text)
		b, got := Open(doc, "x", "x", "az")
		if len(b.Set.Statements) != len(doc.Lines()) {
			t.Fatalf("%d statements of %d lines", len(b.Set.Statements), len(doc.Lines()))
		}
		for _, c := range got.Commands {
			if c.Line < 1 || c.Line > len(doc.Lines()) || c.Fault == "" && len(c.Words) == 0 {
				t.Fatalf("%+v", c)
			}
			c.Options()
		}
		if got.Fault != "" && (got.FaultLine < 1 || got.FaultLine > len(doc.Lines())) {
			t.Fatalf("a fault in line %d", got.FaultLine)
		}
	})
}
