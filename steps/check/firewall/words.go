package firewall

import (
	"fmt"
	"math/big"
	"net/netip"
	"strings"
	"unicode"
	"unicode/utf8"

	"go4.org/netipx"
)

// series joins words as a sentence does: a, b and c.
func series(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:len(words)-1], ", ") + " and " + words[len(words)-1]
}

// sentence begins with a capital and ends with a full stop.
func sentence(s string) string {
	if s = capital(strings.TrimSpace(s)); s == "" || strings.HasSuffix(s, ".") {
		return s
	}
	return s + "."
}

// be is the form of "to be" that a count takes.
func be(n int) string {
	if n == 1 {
		return "is"
	}
	return "are"
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToUpper(r)) + s[n:]
}

// at is the place of a rule in a file: "rules.v4, line 14", or the file alone.
func at(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s, line %d", file, line)
}

// saw words what a rule did: where it stands, its text, what came of it.
func saw(file string, d Decision, did ...string) string {
	text := at(file, d.Line) + ": " + d.Text
	for _, s := range did {
		if s != "" {
			text += "\n" + sentence(s)
		}
	}
	return text
}

// thousands writes a count with commas: 16,777,216.
func thousands(n string) string {
	for i := len(n) - 3; i > 0; i -= 3 {
		n = n[:i] + "," + n[i:]
	}
	return n
}

// addressCount is how many addresses a leak has, in words; empty for (nearly)
// the whole internet, of which no number tells more.
func addressCount(l Leak) string {
	switch {
	case l.Whole:
		return ""
	case l.Addresses == "1":
		return "1 address"
	case len(l.Addresses) > 15:
		return "a very large number of addresses"
	}
	return thousands(l.Addresses) + " addresses"
}

// shareMost and shareMany are parts of the internet that are called the whole
// of it and most of it.
const (
	shareMost = .999
	shareMany = .5
)

// share is how much of the internet beside who may a set makes up; 0 for what
// is less than half.
func (c *checker) share(set *netipx.IPSet) float64 {
	v4 := set.Ranges()[0].From().Is4()
	all := c.internet(v4)
	whole := c.worldSize[v4]
	if n := size(set); n.Lsh(n, 1).Cmp(whole) < 0 {
		return 0
	}
	in := meet(set, all)
	if in == nil {
		return 0
	}
	share, _ := new(big.Rat).SetFrac(size(in), whole).Float64()
	return share
}

// internet is every address that packets can come from, without those that may.
func (c *checker) internet(v4 bool) *netipx.IPSet {
	if c.world[v4] == nil {
		all := everyone(netip.IPv4Unspecified())[0]
		if !v4 {
			all = netipx.RangeOfPrefix(netip.MustParsePrefix("2000::/3")) // what is routed (RFC 4291 section 2.4)
		}
		var b netipx.IPSetBuilder
		b.AddRange(all)
		for _, s := range []*netipx.IPSet{c.known.allowed, c.known.never, c.known.private} {
			b.RemoveSet(s)
		}
		set, err := b.IPSet()
		if err != nil { // sets of ours are valid
			set = &netipx.IPSet{}
		}
		c.world[v4], c.worldSize[v4] = set, size(set)
	}
	return c.world[v4]
}

// sources says in words who a leak lets in.
func (c *checker) sources(l Leak, set *netipx.IPSet) string {
	if l.Category == "internal" {
		return "addresses that the internet does not carry, such as those of your own network"
	}
	switch n := c.share(set); {
	case n == 1:
		return "the whole internet beyond the allowed ranges"
	case n > shareMost:
		return "nearly the whole internet beyond the allowed ranges"
	case n > shareMany:
		return fmt.Sprintf("about %.0f %% of the internet beyond the allowed ranges", min(99, n*100))
	}
	if len(l.CIDRs) <= 4 && l.More == 0 {
		return series(l.CIDRs)
	}
	return fmt.Sprintf("%s and %s", strings.Join(l.CIDRs[:3], ", "), plural(len(l.CIDRs)-3+l.More, "more block"))
}
