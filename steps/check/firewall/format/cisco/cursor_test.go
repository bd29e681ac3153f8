package cisco

import (
	"reflect"
	"strings"
	"testing"

	"mxodus/steps/check/firewall/ir"
)

func TestCursor(t *testing.T) {
	c := &Cursor{Words: []string{"permit", "tcp"}, At: 1}
	if !c.More() || c.Peek() != "tcp" || c.Next() != "tcp" {
		t.Errorf("%+v", c)
	}
	if c.More() || c.Peek() != "" || c.Next() != "" || c.Next() != "" || c.More() {
		t.Errorf("behind the end: %+v", c)
	}
}

func TestCursorICMPType(t *testing.T) {
	for _, c := range []struct {
		words string
		six   bool
		want  ir.ICMPType
		ok    bool
		rest  string
	}{
		{"echo log", false, ir.ICMPType{Type: 8, CodeHi: 255}, true, "log"},
		{"unreachable 4 log", false, ir.ICMPType{Type: 3, CodeLo: 4, CodeHi: 4}, true, "log"},
		{"3 0", false, ir.ICMPType{Type: 3}, true, ""},
		{"3 256", false, ir.ICMPType{Type: 3, CodeHi: 255}, true, "256"},
		{"echo", true, ir.ICMPType{Type: 128, CodeHi: 255}, true, ""},
		{"log 4", false, ir.ICMPType{}, false, "log 4"},
		{"", false, ir.ICMPType{}, false, ""},
	} {
		w := &Cursor{Words: strings.Fields(c.words)}
		got, ok := w.ICMPType(c.six)
		if rest := strings.Join(w.Words[w.At:], " "); got != c.want || ok != c.ok || rest != c.rest {
			t.Errorf("%q: %+v %t, left %q", c.words, got, ok, rest)
		}
	}
}

func TestPorts(t *testing.T) {
	type ranges = []ir.PortRange
	for _, c := range []struct {
		op   string
		list []uint16
		want *ir.Ports // nil: not read
	}{
		{"eq", []uint16{25}, &ir.Ports{Ranges: ranges{{Lo: 25, Hi: 25}}}},
		{"eq", []uint16{25, 587}, &ir.Ports{Ranges: ranges{{Lo: 25, Hi: 25}, {Lo: 587, Hi: 587}}}},
		{"neq", []uint16{25}, &ir.Ports{Ranges: ranges{{Lo: 25, Hi: 25}}, Not: true}},
		{"lt", []uint16{25}, &ir.Ports{Ranges: ranges{{Lo: 0, Hi: 24}}}},
		{"lt", []uint16{0}, &ir.Ports{}}, // met by none
		{"gt", []uint16{25}, &ir.Ports{Ranges: ranges{{Lo: 26, Hi: 65535}}}},
		{"gt", []uint16{65535}, &ir.Ports{}},
		{"range", []uint16{25, 30}, &ir.Ports{Ranges: ranges{{Lo: 25, Hi: 30}}}},
		{"range", []uint16{30, 25}, &ir.Ports{Ranges: ranges{{Lo: 25, Hi: 30}}}},
		{"range", []uint16{25}, nil},
		{"range", []uint16{25, 26, 27}, nil},
		{"eq", nil, nil},
		{"is", []uint16{25}, nil},
		{"", []uint16{25}, nil},
	} {
		got, ok := Ports(c.op, c.list...)
		if ok != (c.want != nil) || !reflect.DeepEqual(got, c.want) {
			t.Errorf("%s %d: %+v %t", c.op, c.list, got, ok)
		}
		if ok != (PortOperator(c.op) && c.want != nil) {
			t.Errorf("%s %d is read, and is no operator", c.op, c.list)
		}
	}
	if PortOperator("established") {
		t.Error("established is no condition on ports")
	}
	c := &Cursor{Words: strings.Fields("permit tcp any eq mail log")}
	for at, want := range map[int]string{3: `expected a port, came "eq mail log"`, 5: `expected a port, came "log"`} {
		if got := c.NoPort(at).Error(); got != want {
			t.Errorf("NoPort(%d): %s", at, got)
		}
	}
}
