package cisco

import (
	"net/netip"
	"strings"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

func span(s string) netipx.IPRange { return netipx.RangeOfPrefix(netip.MustParsePrefix(s)) }

// nets are an object, groups within groups, one of itself, and one that names
// what is not there.
func nets() *Nets {
	n := &Nets{}
	n.Make("mail", 1, false).Ranges = []netipx.IPRange{span("10.0.0.25/32")}
	n.Make("servers", 2, true).Members = []string{"mail", "more"}
	n.Make("more", 3, true).Ranges = []netipx.IPRange{span("192.0.2.0/24")}
	n.Make("ring", 4, true).Members = []string{"ring", "mail"}
	n.Make("holes", 5, true).Members = []string{"mail", "gone"}
	n.Make("all", 6, true).Any = true
	n.Make("part", 7, true).Unread("part", 9)
	return n
}

func TestNets(t *testing.T) {
	n := nets()
	if n.Len() != 7 || n.Get("none") != nil || (&Nets{}).Get("x") != nil {
		t.Errorf("%d objects", n.Len())
	}
	if again := n.Make("mail", 30, true); again.Line != 1 || again.Group {
		t.Errorf("it was begun anew: %+v", again)
	}
	n.Delete("mail")
	if n.Get("mail") != nil || n.Len() != 6 {
		t.Error("it was not taken away")
	}
	if book := n.Book("group", false); book.Has("mail") || !book.Has("more") {
		t.Error("the book does not hold what there is")
	}
	n.Make("mail", 30, false).Ranges = []netipx.IPRange{span("10.0.0.26/32")}
	if got := n.Book("group", false).Get("servers"); len(got.Ranges) != 2 || got.Ranges[0].From() != netip.MustParseAddr("10.0.0.26") {
		t.Errorf("%+v", got)
	}
}

func TestNetsBook(t *testing.T) {
	for _, c := range []struct {
		name   string
		closed bool
		ranges int
		any    bool
		why    string // part of the reason; "" where all is known
	}{
		{"mail", false, 1, false, ""},
		{"servers", false, 2, false, ""},
		{"ring", false, 1, false, "contains itself"},
		{"all", false, 0, true, ""},
		{"holes", false, 1, false, "gone"},
		{"holes", true, 1, false, ""}, // by itself the file has nothing there
		{"part", true, 0, false, "a member of object-group part that could not be read (line 9)"},
		{"none", true, 0, false, "group none"},
	} {
		got := nets().Book("group", c.closed).Get(c.name)
		why := strings.Join(got.Maybe, "; ")
		if len(got.Ranges) != c.ranges || got.Any != c.any || (why == "") != (c.why == "") || !strings.Contains(why, c.why) {
			t.Errorf("%s, closed %t: %+v", c.name, c.closed, got)
		}
	}
}

func TestNetsObject(t *testing.T) {
	find := nets().Object("group")
	for name, want := range map[string]ir.At{
		"mail":                          {Line: 1, Text: "object network mail"},
		"object mail":                   {Line: 1, Text: "object network mail"},
		"object network mail":           {Line: 1, Text: "object network mail"},
		"servers":                       {Line: 2, Text: "object-group network servers"},
		"object-group network servers":  {Line: 2, Text: "object-group network servers"},
		"object-group mail":             {},
		"object network servers":        {},
		"object-group service servers":  {},
		"network servers":               {},
		"object-group network a b":      {},
		"object-group network nowhere ": {},
		"":                              {},
	} {
		boxes, at, ok := find(name)
		if at != want || ok != (want.Line > 0) || ok && len(boxes) == 0 {
			t.Errorf("%q: %+v %t", name, at, ok)
		}
	}
	boxes, _, _ := find("holes")
	if len(boxes) != 1 || len(boxes[0].Maybe) > 0 || boxes[0].Src.Ranges[0].From() != netip.MustParseAddr("10.0.0.25") {
		t.Errorf("%+v", boxes)
	}
}

func TestService(t *testing.T) {
	book := objects.NewServices("object-group")
	smtp := &Service{Line: 1, Own: objects.Services{objects.Port(ir.TCP, ir.PortRange{Lo: 25, Hi: 25})}}
	smtp.Enter(book, "smtp")
	mail := &Service{Line: 2, Own: objects.Services{objects.Proto(ir.UDP)}, Members: []string{"smtp"}}
	mail.Enter(book, "mail")
	odd := &Service{Line: 3}
	odd.Unread("odd", 4)
	odd.Enter(book, "odd")
	if got := book.Get("mail"); len(got) != 2 || book.Line("mail") != 2 {
		t.Errorf("%+v", got)
	}
	if got := book.Get("odd"); len(got) != 1 || strings.Join(got[0].Maybe, "") != "a member of object-group odd that could not be read (line 4)" {
		t.Errorf("%+v", got)
	}
	(&Service{Line: 9}).Enter(book, "smtp") // a later one takes its place
	if got := book.Get("smtp"); len(got) != 0 {
		t.Errorf("%+v", got)
	}
}
