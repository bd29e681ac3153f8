package cisco

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func configOf(text string) *Config { return NewConfig(source.NewDoc("", text, time.Time{})) }

func TestConfigRead(t *testing.T) {
	c := configOf("hostname fw01\n\nenable secret 5 $1$abcd$efgh\n strange\n!\nodd\n")
	var seen []int
	c.Read(func(l *Line) bool {
		seen = append(seen, l.Number)
		if got := l.At(); got != (ir.At{Line: l.Number, Text: l.Text}) {
			t.Errorf("line %d: %+v", l.Number, got)
		}
		return l.Number != 4 && l.Number != 6
	})
	if len(seen) != 5 || seen[1] != 3 {
		t.Errorf("lines %d are read; those that are empty are not", seen)
	}
	if s := c.Set.Statements; len(s) != 5 || s[0] != (ir.Statement{Line: 1, Text: "hostname fw01", Known: true}) || s[2].Known || strings.Contains(s[1].Text, "efgh") {
		t.Errorf("%+v", s)
	}
	c.NotePassed("router")
	if want := "Lines that say nothing about packets through the router, or are not known, were passed over: 2, the first is line 4."; len(c.Set.Notes) != 1 || c.Set.Notes[0] != want {
		t.Errorf("%q", c.Set.Notes)
	}
	c = configOf("hostname fw01\n")
	c.Read(func(*Line) bool { return true })
	if c.NotePassed("router"); len(c.Set.Notes) > 0 {
		t.Errorf("no line was passed over: %q", c.Set.Notes)
	}
}

func TestConfigTells(t *testing.T) {
	c := configOf("")
	if c.Set.Stands != ir.Forward {
		t.Error("packets pass through a device")
	}
	for i := 1; i <= maxProblems+5; i++ {
		c.Problem(i, "expected a port, came %q.", "x")
	}
	if p := c.Set.Problems; len(p) != maxProblems || p[0] != (ir.Problem{Line: 1, Text: `Line 1: expected a port, came "x".`}) {
		t.Errorf("%d problems, the first %+v", len(p), p[0])
	}
	c.Note("It has %d lists.", 2)
	if len(c.Set.Notes) != 1 || c.Set.Notes[0] != "It has 2 lists." {
		t.Errorf("%q", c.Set.Notes)
	}
	at := ir.At{Line: 3, Text: "conduit permit tcp any any"}
	c.Doubt(at, "conduit")
	if d := c.Doubts; len(d) != 1 || d[0].Action != ir.Undecided || d[0].Why != "conduit" || d[0].At != at || len(d[0].Boxes) != 1 {
		t.Errorf("%+v", d)
	}
	c.Skip()
	if !c.Block(&Line{}) {
		t.Error("a line that is passed over is known to be of no concern")
	}
}

func TestConfigTimeRange(t *testing.T) {
	c := configOf("")
	if c.TimeRange(&Line{Words: []string{"time-range"}}) != nil || len(c.Times) > 0 {
		t.Error("a time range without a name")
	}
	got := c.TimeRange(&Line{Number: 4, Words: []string{"time-range", "night"}})
	if got == nil || got.Line != 4 || c.Times["night"] != got {
		t.Errorf("%+v", c.Times)
	}
}
