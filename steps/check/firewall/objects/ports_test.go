package objects

import (
	"testing"

	"mxodus/steps/check/firewall/ir"
)

func TestPortRange(t *testing.T) {
	for _, c := range []struct {
		in            string
		want          ir.PortRange
		name, numbers bool // read by PortRange, by PortNumbers
	}{
		{"25", ir.PortRange{Lo: 25, Hi: 25}, true, true},
		{" 20 - 25 ", ir.PortRange{Lo: 20, Hi: 25}, true, true},
		{"0-65535", ir.PortRange{Lo: 0, Hi: 65535}, true, true},
		{"smtp", ir.PortRange{Lo: 25, Hi: 25}, true, false},
		{"smtp-submission", ir.PortRange{Lo: 25, Hi: 587}, true, false},
		{"http-alt", ir.PortRange{Lo: 8080, Hi: 8080}, true, false},
		{"", ir.PortRange{}, false, false},
		{"-", ir.PortRange{}, false, false},
		{"25-", ir.PortRange{}, false, false},
		{"-25", ir.PortRange{}, false, false},
		{"25-20", ir.PortRange{}, false, false},
		{"1-2-3", ir.PortRange{}, false, false},
		{"65536", ir.PortRange{}, false, false},
		{"any", ir.PortRange{}, false, false},
	} {
		if got, ok := PortRange(c.in); ok != c.name || ok && got != c.want {
			t.Errorf("PortRange(%q): %v %t", c.in, got, ok)
		}
		if got, ok := PortNumbers(c.in); ok != c.numbers || ok && got != c.want {
			t.Errorf("PortNumbers(%q): %v %t", c.in, got, ok)
		}
	}
}

func TestUnions(t *testing.T) {
	u, asked := Unions{}, 0
	parts := func() []*Addrs {
		asked++
		return []*Addrs{one("192.0.2.0/24"), one("198.51.100.0/24")}
	}
	a, not := u.Get("a b", false, parts), u.Get("a b", true, parts)
	if len(a.Ranges) != 2 || a.Not || !not.Not {
		t.Errorf("%+v, %+v", a, not)
	}
	if u.Get("a b", false, parts) != a || u.Get("a b", true, parts) != not || asked != 2 {
		t.Errorf("asked %d times", asked)
	}
	if u.Get("b a", false, parts) == a {
		t.Error("another list shares the set")
	}
}
