package objects

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

func one(s string) *Addrs { return OfPrefixes(netip.MustParsePrefix(s)) }

// TestBookNests resolves groups in groups, deeper than calls could go, groups
// that leave members out, and groups that contain themselves.
func TestBookNests(t *testing.T) {
	b := NewAddrs("address object")
	b.Add("net", 1, one("192.0.2.0/24"))
	b.Add("host", 2, one("192.0.2.9/32"))
	b.Join("group", 3, "net")
	b.Leave("group", 3, "host")
	b.Join("outer", 4, "group", "missing")
	b.Join("loop", 5, "round", "net")
	b.Join("round", 6, "loop")
	const deep = 300_000
	for i := range deep {
		b.Join(fmt.Sprint("g", i), 7, fmt.Sprint("g", i+1))
	}
	b.Add(fmt.Sprint("g", deep), 8, one("198.51.100.0/24"))
	holds := func(a *Addrs, s string) bool {
		for _, r := range a.Ranges {
			if r.Contains(netip.MustParseAddr(s)) {
				return true
			}
		}
		return false
	}
	if g := b.Get("group"); !holds(g, "192.0.2.8") || holds(g, "192.0.2.9") || len(g.Maybe) > 0 {
		t.Errorf("a group that leaves one out: %+v", g)
	}
	if o := b.Get("outer"); !holds(o, "192.0.2.8") || len(o.Maybe) != 1 || !strings.Contains(o.Maybe[0], "missing, which is not in the file") {
		t.Errorf("a group with a member that is not there: %+v", o)
	}
	if l := b.Get("loop"); !holds(l, "192.0.2.9") || len(l.Maybe) != 1 || !strings.Contains(l.Maybe[0], "contains itself") {
		t.Errorf("a group that contains itself: %+v", l)
	}
	if g := b.Get("g0"); !holds(g, "198.51.100.7") || len(g.Maybe) > 0 {
		t.Errorf("a group far down: %+v", g)
	}
}
