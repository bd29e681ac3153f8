package objects

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
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

// TestBookGrows bounds groups nested thousands deep that grow by one member a
// level: what they hold in all is bounded, and a group past it is not known.
func TestBookGrows(t *testing.T) {
	const deep = 10_000
	fill := func(b interface{ Join(string, int, ...string) }, add func(name string, i int)) {
		for i := range deep {
			add(fmt.Sprint("a", i), i)
			b.Join(fmt.Sprint("g", i), i+1, fmt.Sprint("a", i), fmt.Sprint("g", i+1))
		}
		add(fmt.Sprint("g", deep), deep)
	}
	began := time.Now()
	addrs := NewAddrs("address object")
	fill(addrs, func(name string, i int) {
		addrs.Add(name, 1, one(fmt.Sprintf("45.%d.%d.%d/32", i>>15&255, i>>7&255, i<<1&255)))
	})
	top := addrs.Get("g0")
	if len(top.Ranges)+len(top.Maybe) == 0 || len(top.Maybe) == 0 || !strings.Contains(strings.Join(top.Maybe, " "), "too many others") {
		t.Errorf("the outermost of too many groups: %d ranges, %v", len(top.Ranges), top.Maybe)
	}
	if g := addrs.Get(fmt.Sprint("g", deep-1000)); len(g.Ranges) != 1001 || len(g.Maybe) > 0 {
		t.Errorf("a group not far up: %d ranges, %v", len(g.Ranges), g.Maybe)
	}
	services := NewServices("service")
	fill(services, func(name string, i int) {
		services.Add(name, 1, Services{Port(6, ir.PortRange{Lo: uint16(i), Hi: uint16(i)})})
	})
	if g := services.Get(fmt.Sprint("g", deep-900)); len(g) != 1 || len(g[0].DPort.Ranges) != 901 {
		t.Errorf("a group of services not far up: %d services", len(g))
	}
	if g := services.Get("g0"); !slices.ContainsFunc(g, func(s Service) bool { return len(s.Maybe) > 0 }) {
		t.Errorf("the outermost of too many groups of services: %d", len(g))
	}
	if took := time.Since(began); took > 30*time.Second {
		t.Errorf("took %v", took)
	}
	unknown := NewAddrs("address object")
	for i := range deep {
		unknown.Join(fmt.Sprint("g", i), i+1, fmt.Sprint("missing", i), fmt.Sprint("g", i+1))
	}
	if g := unknown.Get("g0"); len(g.Maybe) > manyReasons || !slices.Contains(g.Maybe, moreReasons) {
		t.Errorf("%d reasons kept", len(g.Maybe))
	}
}

// TestUnionOfMany: joined lists hold what the lists hold, in order, none twice.
func TestUnionOfMany(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		var lists []*Addrs
		var want netipx.IPSetBuilder
		for range 1 + r.IntN(4) {
			a := &Addrs{}
			for range r.IntN(200) {
				from := netip.AddrFrom4([4]byte{10, 0, byte(r.IntN(4)), byte(r.IntN(256))})
				to := netip.AddrFrom4([4]byte{10, 0, from.As4()[2], byte(int(from.As4()[3]) + r.IntN(256-int(from.As4()[3])))})
				if r.IntN(4) > 0 {
					to = from
				}
				if r.IntN(8) == 0 {
					from, to = netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::9")
				}
				a.Ranges = append(a.Ranges, netipx.IPRangeFrom(from, to))
			}
			for _, x := range a.Ranges {
				want.AddRange(x)
			}
			lists = append(lists, a)
		}
		lists = append(lists, &Addrs{})
		all, err := want.IPSet()
		if err != nil {
			t.Fatal(err)
		}
		got := Union(lists...)
		if len(got.Ranges) > manyRanges && !slices.Equal(got.Ranges, all.Ranges()) {
			t.Fatalf("got %v\nwant %v", got.Ranges, all.Ranges())
		}
		var again netipx.IPSetBuilder
		for _, x := range got.Ranges {
			again.AddRange(x)
		}
		if set, err := again.IPSet(); err != nil || !set.Equal(all) {
			t.Fatalf("got %v (%v)\nwant %v", got.Ranges, err, all.Ranges())
		}
	}
}

func TestBoth(t *testing.T) {
	net, half, other := one("192.0.2.0/24"), one("192.0.2.128/25"), one("198.51.100.0/24")
	all := func(a *Addrs) string { return fmt.Sprint(a.Any, a.Ranges, a.Not, a.Maybe) }
	for _, c := range []struct {
		name       string
		a, b, want *Addrs
	}{
		{"any address", Anywhere(), net, net},
		{"two networks", net, half, half},
		{"nothing in common", net, other, &Addrs{}},
		{"all but half", net, half.Negate(), one("192.0.2.0/25")},
		{"two exceptions", net.Negate(), other.Negate(), Minus(Minus(Anywhere(), net), other)},
		{"no address", Anywhere().Negate(), net, &Addrs{}},
		{"not known", UnknownAddrs("a"), net, UnknownAddrs("a")},
		{"not known either", UnknownAddrs("a"), UnknownAddrs("b"), &Addrs{Maybe: []string{"a", "b"}}},
		{"not known, and any address", UnknownAddrs("a"), Anywhere(), UnknownAddrs("a")},
	} {
		if got := Both(c.a, c.b); all(got) != all(c.want) {
			t.Errorf("%s: %s, want %s", c.name, all(got), all(c.want))
		}
		if got := Both(c.b, c.a); all(got) != all(c.want) && len(c.want.Maybe) < 2 {
			t.Errorf("%s, the other way round: %s, want %s", c.name, all(got), all(c.want))
		}
	}
}
