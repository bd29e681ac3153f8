package source

import (
	"net/netip"
	"testing"
)

func TestFew(t *testing.T) {
	for want, list := range map[string][]string{
		"?": nil, "a": {"a"}, "a, b, c, d": {"a", "b", "c", "d"}, "a, b, c, d and 2 more": {"a", "b", "c", "d", "e", "f"},
	} {
		if got := Few(list); got != want {
			t.Errorf("%q: %s, want %s", list, got, want)
		}
	}
}

func TestWordSet(t *testing.T) {
	if got := WordSet(" a b\n\ta "); len(got) != 2 || !got["a"] || !got["b"] || got[""] {
		t.Errorf("%v", got)
	}
}

func TestOne(t *testing.T) {
	for _, s := range []string{"192.0.2.1", "2001:db8::1"} {
		a := netip.MustParseAddr(s)
		if got := One(a); got.From() != a || got.To() != a || !got.IsValid() {
			t.Errorf("%s: %v", s, got)
		}
	}
}
