package xmltree

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	root, err := Parse("<?xml version=\"1.0\"?>\n<a x='1'>\n  <b>one</b>\n  <c\n   y='2'>two <d/> three</c>\n  <b>&amp;four</b>\n</a>\n")
	if err != nil {
		t.Fatal(err)
	}
	if root.Name != "a" || root.Line != 2 || root.Attr["x"] != "1" || len(root.Kids) != 3 {
		t.Errorf("root %+v", root)
	}
	bs := root.All("b")
	if len(bs) != 2 || bs[0].Text != "one" || bs[0].Line != 3 || bs[1].Text != "&four" || bs[1].Line != 6 {
		t.Errorf("b %+v %+v", bs[0], bs[1])
	}
	if c := root.Kid("c"); c.Text != "two  three" || !c.Has("d") || c.Attr["y"] != "2" {
		t.Errorf("c %+v", c)
	}
	if root.At("c", "d") == nil || root.At("c", "e", "f") != nil || root.Value("b") != "one" || root.Value("z") != "" {
		t.Error("paths are not followed")
	}
	var none *Node
	if none.Kid("a") != nil || none.All("a") != nil || none.Value("a") != "" {
		t.Error("an absent element holds something")
	}
}

// TestBrokenOff keeps what was read, and names the line.
func TestBrokenOff(t *testing.T) {
	root, err := Parse("<a>\n<b>one</b>\n<c>two")
	if err == nil || !strings.Contains(err.Error(), "line 3") || root == nil || root.Value("b") != "one" || root.Value("c") != "two" {
		t.Errorf("got %+v, %v", root, err)
	}
	if root, err := Parse("no XML"); root != nil || err == nil {
		t.Errorf("got %+v, %v", root, err)
	}
	if _, err := Parse(strings.Repeat("<a>", 100_000)); err == nil || !strings.Contains(err.Error(), "levels") {
		t.Errorf("a hundred thousand levels: %v", err)
	}
}

// TestLines: an element stands where its tag begins, whatever is before it.
func TestLines(t *testing.T) {
	root, err := Parse("<?xml version=\"1.0\"?>\n\n<!-- a\nremark --><a\n x='1'\n><b\n/><b>\ntext<b/><![CDATA[\n]]><b/></b>\r\n<b/></a>")
	if err != nil {
		t.Fatal(err)
	}
	var lines []int
	var walk func(*Node)
	walk = func(n *Node) {
		lines = append(lines, n.Line)
		for _, k := range n.Kids {
			walk(k)
		}
	}
	walk(root)
	if want := []int{4, 6, 7, 8, 9, 10}; !slices.Equal(lines, want) {
		t.Errorf("lines %v, want %v", lines, want)
	}
}
