package cisco

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

func TestEntryRule(t *testing.T) {
	at := ir.At{Line: 7, Text: "permit tcp any any eq smtp"}
	for _, c := range []struct {
		e      Entry
		action ir.Action
	}{
		{Entry{At: at, Permit: true}, ir.Accept},
		{Entry{At: at}, ir.Deny},
		{Entry{At: at, Permit: true, Why: "Snort"}, ir.Undecided},
		{Entry{At: at, Why: "Snort"}, ir.Undecided},
	} {
		r := c.e.Rule(ir.Always())
		if r.Action != c.action || r.At != at || r.Why != c.e.Why || len(r.Boxes) != 1 {
			t.Errorf("%+v: %+v", c.e, r)
		}
	}
}

// TestEntryUnread: a line that could not be read may be met by any packet and
// do anything to it, whatever was read of it before.
func TestEntryUnread(t *testing.T) {
	e := Entry{At: ir.At{Line: 7}, Permit: true, Services: objects.Services{objects.Proto(ir.TCP)}, Src: objects.Of()}
	e.Unread()
	if r := e.Rule(nil); r.Action != ir.Undecided || r.Why != "line 7, which could not be read" {
		t.Errorf("%+v", r)
	}
	if !e.Src.Any || !e.Dst.Any || len(e.Services) != 1 || e.Services[0].Proto != nil {
		t.Errorf("%+v", e)
	}
}

func TestEntryOptions(t *testing.T) {
	e := Entry{At: ir.At{Line: 7}}
	for i := range 100 {
		e.Option(fmt.Sprintf("word%d", i))
	}
	if len(e.Maybe) != maxReasons || e.Maybe[0] != "the option word0, which is not known (line 7)" {
		t.Errorf("%d reasons, the first %q", len(e.Maybe), e.Maybe[0])
	}
}

func TestEntryTimeRange(t *testing.T) {
	now := time.Date(2024, 6, 1, 0, 0, 0, 0, time.UTC)
	c := NewConfig(source.NewDoc("", "", now))
	c.Times["past"] = &Range{Line: 1, End: now.AddDate(-1, 0, 0)}
	c.Times["present"] = &Range{Line: 2, End: now.AddDate(1, 0, 0)}
	c.Times["weekdays"] = &Range{Line: 3, Periodic: true}
	for _, x := range []struct {
		name string
		on   bool
		why  string
	}{
		{"past", false, ""},
		{"present", true, ""},
		{"weekdays", true, "the time: time-range weekdays (line 3)"},
		{"missing", true, "time-range missing, which is not in the file (line 7)"},
	} {
		e := Entry{At: ir.At{Line: 7}}
		if on := e.TimeRange(c, x.name); on != x.on || strings.Join(e.Maybe, "; ") != x.why {
			t.Errorf("%s: in force %t, perhaps %q", x.name, on, e.Maybe)
		}
	}
}

func TestWork(t *testing.T) {
	var w Work
	for line := 1; line <= 50; line++ {
		if !w.May(maxWork/50, line) {
			t.Fatalf("line %d is not followed", line)
		}
	}
	if w.May(1, 51) || w.May(0, 52) || w.Broken != 51 {
		t.Errorf("broken at line %d, want 51", w.Broken)
	}
	e := w.Lost("access-list outside_in")
	r := e.Rule(nil)
	if r.Action != ir.Undecided || r.Why != "changes of access-list outside_in from line 51 on, which are too many to follow" || r.At != (ir.At{Line: 51, Text: "access-list outside_in"}) || !e.Src.Any || !e.Dst.Any {
		t.Errorf("%+v", r)
	}
}

func TestFamily(t *testing.T) {
	set := func(list ...string) *objects.Addrs {
		a := &objects.Addrs{}
		for _, s := range list {
			a.Ranges = append(a.Ranges, netipx.RangeOfPrefix(netip.MustParsePrefix(s)))
		}
		return a
	}
	var many []string
	for i := range 20 {
		many = append(many, fmt.Sprintf("192.0.2.%d/32", i))
	}
	for _, c := range []struct {
		name      string
		a         *objects.Addrs
		four, six bool
	}{
		{"none", set(), false, false},
		{"IPv4", set("192.0.2.0/24"), true, false},
		{"IPv6", set("2001:db8::/32"), false, true},
		{"both", set("192.0.2.0/24", "2001:db8::/32"), true, true},
		{"many", set(many...), true, false},
		{"many, and one of IPv6", set(append(many, "2001:db8::/32")...), true, true},
		{"any", objects.Anywhere(), true, true},
		{"all but", set("192.0.2.0/24").Negate(), true, true},
		{"perhaps", objects.UnknownAddrs("a name"), true, true},
	} {
		four, six := &Family{}, &Family{Six: true}
		for range 2 { // the second time from memory
			if four.Concerns(c.a) != c.four || six.Concerns(c.a) != c.six {
				t.Errorf("%s: IPv4 %t, IPv6 %t", c.name, four.Concerns(c.a), six.Concerns(c.a))
			}
		}
	}
}

func TestItself(t *testing.T) {
	own := objects.Destination(ir.Always(), objects.Of(netipx.RangeOfPrefix(netip.MustParsePrefix("203.0.113.1/32"))))[0]
	rules := Itself(own, "router", " (ssh)")
	if len(rules) != 2 || rules[0].Action != ir.Deny || rules[1].Action != ir.Undecided {
		t.Fatalf("%+v", rules)
	}
	has := map[uint16]bool{}
	for _, p := range rules[0].Boxes[0].DPort.Ranges {
		has[p.Lo] = p.Lo == p.Hi
	}
	for port, want := range map[uint16]bool{25: true, 587: true, 636: true, 22: false, 443: false} {
		if has[port] != want {
			t.Errorf("port %d is refused: %t", port, has[port])
		}
	}
	for _, r := range rules {
		if r.Boxes[0].Dst == nil || r.Boxes[0].Dst.Ranges[0].From() != netip.MustParseAddr("203.0.113.1") || r.At.Line != 0 || !strings.Contains(r.At.Text, "the router's own address") {
			t.Errorf("%+v", r)
		}
	}
	if rules[1].Boxes[0].DPort != nil || rules[1].Why != "what the router itself answers on its own address (ssh)" {
		t.Errorf("%+v", rules[1])
	}
}
