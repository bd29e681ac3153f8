package wordtree

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall/source"
)

func parse(text string) *Tree { return Parse(source.Lines(text)) }

// flat lists the paths of a tree, one a line.
func flat(n *Node) string {
	var out []string
	n.Walk(func(path []string, _ int) { out = append(out, strings.Join(path, " ")) })
	return strings.Join(out, "\n")
}

func TestParse(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"set":                    {"set a b c\nset a d", "a b c\na d"},
		"list":                   {`set a [ b "c d" e]`, "a b\na c d\na e"},
		"delete":                 {"set a b\nset a c\ndelete a b", "a c"},
		"top":                    {"set r x 1\nset r y 1\nmove r y top", "r y 1\nr x 1"},
		"before":                 {"set r x 1\nset r y 1\nset r z 1\nmove r z before y", "r x 1\nr z 1\nr y 1"},
		"insert":                 {"set p policy x 1\nset p policy y 1\ninsert p policy y before policy x", "p policy y 1\np policy x 1"},
		"off":                    {"set a b\nset a c\ndeactivate a b", "a c"},
		"on again":               {"set a b\ndeactivate a b\nactivate a b", "a b"},
		"braces":                 {"a {\n b {\n  c d;\n }\n e [ f g];\n}", "a b c d\na e f\na e g"},
		"one line":               {"a { b c; d { e; } }", "a b c\na d e"},
		"inactive":               {"a {\n inactive: b c;\n d;\n}", "a d"},
		"inactive, then another": {"a {\n inactive: address x 1;\n address y 2;\n}", "a address y 2"},
		"inactive block":         {"a {\n inactive: b x {\n c;\n }\n b y {\n c;\n }\n}", "a b y c"},
		"remarks":                {"## head\n/* two\n lines */\na {\n b; # end\n}", "a b"},
		"both":                   {"a {\n b;\n}\nset a c", "a b\na c"},
		"prompt":                 {"admin@fw> set a b\n{master:0}[edit]\nadmin@fw# set a c", "a b\na c"},
		"more":                   {"set a b\n--More--\nset a c\n---(more 50%)---set a d", "a b\na c\na d"},
		"quoted lines":           {"set a \"x\ny\"\nset b c", "a x y\nb c"},
		"escaped quote":          {`set a "x \" y"`, `a x " y`},
	} {
		tree := parse(c.text)
		if got := flat(tree.Root); got != c.want || len(tree.Strays) > 0 {
			t.Errorf("%s: %q, want %q; strays %v", name, got, c.want, tree.Strays)
		}
	}
}

func TestStrays(t *testing.T) {
	for text, line := range map[string]int{
		"set a b\nhello there\nset c d": 2,
		"set a b\nset c [ d":            2,
		"a {\n b;\n":                    2,
		"set a b\n}":                    2,
		"set a b\nmove r x top":         2,
	} {
		tree := parse(text)
		if len(tree.Strays) != 1 || tree.Strays[0].Line != line || tree.Strays[0].Before {
			t.Errorf("%q: %+v, want one at line %d", text, tree.Strays, line)
		}
	}
	if tree := parse("Welcome to the firewall\nset a b"); len(tree.Strays) != 1 || !tree.Strays[0].Before {
		t.Errorf("a greeting: %+v", tree.Strays)
	}
}

func TestValueIsTheLastSet(t *testing.T) {
	tree := parse("set a x\nset a y\nset a x")
	if v := tree.Root.Text("a"); v != "x" {
		t.Errorf("a is %q", v)
	}
	tree = parse("set a x\nset a y\ndelete a y")
	if v := tree.Root.Text("a"); v != "x" {
		t.Errorf("after the last was deleted a is %q", v)
	}
}

func FuzzParse(f *testing.F) {
	f.Add("set a [ b c ]\nmove a b top\ndelete a c")
	f.Add("a { b { c \"d e\"; } inactive: f; }\n")
	f.Fuzz(func(t *testing.T, text string) {
		lines := source.Lines(text)
		tree := Parse(lines)
		tree.Root.Walk(func(_ []string, line int) {
			if line < 0 || line > len(lines) {
				t.Fatalf("line %d of %d", line, len(lines))
			}
		})
	})
}
