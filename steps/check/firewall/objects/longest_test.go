package objects

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"go4.org/netipx"
)

// entries reads a list such as "192.0.2.0/24 !192.0.2.9/32 10.0.0.1-10.0.0.9".
func entries(text string) []Entry {
	var out []Entry
	for _, w := range strings.Fields(text) {
		w, not := strings.CutPrefix(w, "!")
		if strings.Contains(w, "-") {
			out = append(out, Entry{netipx.MustParseIPRange(w), not})
		} else {
			out = append(out, Entry{netipx.RangeOfPrefix(netip.MustParsePrefix(w)), not})
		}
	}
	return out
}

func TestLongest(t *testing.T) {
	for _, c := range []struct{ list, want string }{
		{"", "[]"},
		{"10.0.0.0/8 10.1.0.0/16 192.0.2.1/32", "[10.0.0.0-10.255.255.255 192.0.2.1-192.0.2.1]"},
		{"!10.1.0.0/16", "[]"},
		{"!10.0.0.4/30 10.0.0.0/29", "[10.0.0.0-10.0.0.3]"},
		{"10.0.0.0/29 !10.0.0.4/30 10.0.0.6/32", "[10.0.0.0-10.0.0.3 10.0.0.6-10.0.0.6]"},
		{"10.0.0.6/32 !10.0.0.4/30", "[10.0.0.6-10.0.0.6]"},
		{"10.0.0.4/30 !10.0.0.4/30", "[]"},
		{"!10.0.0.4/30 10.0.0.4/30", "[]"},
		{"!10.0.0.3/32 10.0.0.1-10.0.0.6", "[10.0.0.1-10.0.0.2 10.0.0.4-10.0.0.6]"},
		{"10.0.0.0/24 !10.0.0.1-10.0.0.254 10.0.0.25/32", "[10.0.0.0-10.0.0.0 10.0.0.25-10.0.0.25 10.0.0.255-10.0.0.255]"},
		{"2001:db8::/32 !2001:db8:1::/48 0.0.0.0/0 !10.0.0.0/8", "[0.0.0.0-9.255.255.255 11.0.0.0-255.255.255.255 2001:db8::-2001:db8:0:ffff:ffff:ffff:ffff:ffff 2001:db8:2::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff]"},
	} {
		if got := fmt.Sprint(Longest(entries(c.list))); got != c.want {
			t.Errorf("%s: %s, want %s", c.list, got, c.want)
		}
	}
	if got := Longest([]Entry{{}, {Not: true}}); len(got) != 0 {
		t.Errorf("ranges that are none: %v", got)
	}
}

// TestLongestOfEach asks every address on its own.
func TestLongestOfEach(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 300 {
		var list []Entry
		for range 1 + rng.IntN(8) {
			a := netip.AddrFrom4([4]byte{10, 0, 0, byte(rng.IntN(64))})
			p, _ := a.Prefix(26 + rng.IntN(7))
			list = append(list, Entry{netipx.RangeOfPrefix(p), rng.IntN(2) == 0})
		}
		got := Longest(list)
		for i := range 64 {
			a := netip.AddrFrom4([4]byte{10, 0, 0, byte(i)})
			bits, want := -1, false
			for _, e := range list {
				p, _ := e.Range.Prefix()
				switch {
				case !p.Contains(a) || p.Bits() < bits:
				case p.Bits() > bits:
					bits, want = p.Bits(), !e.Not
				default:
					want = want && !e.Not
				}
			}
			in := false
			for _, r := range got {
				in = in || r.Contains(a)
			}
			if in != want {
				t.Fatalf("%v: %s is in it: %v, want %v", list, a, in, want)
			}
		}
	}
}

// TestLongestOfMany bounds a list in which what is in and what is out take turns.
func TestLongestOfMany(t *testing.T) {
	var list []Entry
	for i := range 100_000 {
		a := netip.AddrFrom4([4]byte{10, byte(i >> 15), byte(i >> 7), byte(i << 1)})
		list = append(list, Entry{netipx.IPRangeFrom(a, a), i%2 == 0})
	}
	began := time.Now()
	if got := Longest(list); len(got) != 50_000 {
		t.Errorf("%d ranges", len(got))
	}
	if spent := time.Since(began); spent > 10*time.Second {
		t.Errorf("it took %s", spent)
	}
}
