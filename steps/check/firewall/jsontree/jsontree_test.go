package jsontree

import (
	"slices"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	all, err := Parse("{\n \"Name\": \"one\",\n \"list\": [\n  1,\n  true, null\n ],\n \"x\": {\"y\": \"z\"}\n}\n[2]")
	if err != nil || len(all) != 2 {
		t.Fatalf("%d values, %v", len(all), err)
	}
	o := all[0]
	if o.Kind != Object || !slices.Equal(o.Keys, []string{"Name", "list", "x"}) || o.Get("name").Str() != "one" || o.Get("Name").Line != 2 {
		t.Errorf("object %+v", o)
	}
	items := o.Get("list").Items()
	if len(items) != 3 || items[0].Str() != "1" || items[0].Line != 4 || !items[1].True() || items[2].Kind != Null {
		t.Errorf("list %+v", items)
	}
	if o.At("x", "y").Str() != "z" || o.At("x", "q", "r") != nil || o.Get("x").Line != 7 {
		t.Error("paths are not followed")
	}
	if got := o.Get("Name").Strs(); !slices.Equal(got, []string{"one"}) || all[1].Line != 9 {
		t.Errorf("a single value as a list: %q; second value at line %d", got, all[1].Line)
	}
	var none *Node
	if none.Get("a") != nil || none.Str() != "" || none.Items() != nil || none.True() {
		t.Error("an absent value holds something")
	}
}

// TestBrokenOff keeps what was read, and names the line.
func TestBrokenOff(t *testing.T) {
	for _, text := range []string{"{\n\"a\": 1,\n\"b\": [2, 3", "{\n\"a\": 1,\n\"b\": ]}"} {
		all, err := Parse(text)
		if err == nil || !strings.Contains(err.Error(), "line 3") || len(all) != 1 || all[0].Get("a").Str() != "1" {
			t.Errorf("%q: got %+v, %v", text, all, err)
		}
	}
	if all, err := Parse(""); len(all) != 0 || err == nil {
		t.Errorf("nothing: %+v, %v", all, err)
	}
	if _, err := Parse(strings.Repeat("[", 100_000)); err == nil {
		t.Error("a hundred thousand levels")
	}
}
