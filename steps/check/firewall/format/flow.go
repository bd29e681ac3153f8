package format

import (
	"errors"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// ErrNothing says that a job has no connection of a family that its rules could
// be of.
var ErrNothing = errors.New("no connection was named that rules could let through")

// Of are the ends of a flow in one address family; an end without networks is
// any address. False for a flow that has none of the family.
func (f Flow) Of(family ir.Family) (src, dst []netip.Prefix, ok bool) {
	src, dst = ofFamily(f.Src, family), ofFamily(f.Dst, family)
	ok = (f.Family == ir.Any || f.Family == family) && (len(src) > 0 || len(f.Src) == 0) && (len(dst) > 0 || len(f.Dst) == 0)
	return src, dst, ok
}

func ofFamily(list []netip.Prefix, family ir.Family) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range list {
		if p.Addr().Is4() == (family == ir.V4) {
			out = append(out, p.Masked())
		}
	}
	return out
}

// Pair is a source and a destination; one that is not valid is any address.
type Pair struct{ Src, Dst netip.Prefix }

// Pairs are all pairs of two ends of a flow, for rules that name one network on
// each side.
func Pairs(src, dst []netip.Prefix) []Pair {
	anyone := []netip.Prefix{{}}
	if len(src) == 0 {
		src = anyone
	}
	if len(dst) == 0 {
		dst = anyone
	}
	var out []Pair
	for _, s := range src {
		for _, d := range dst {
			out = append(out, Pair{s, d})
		}
	}
	return out
}

// Target is where packets go: networks, none of them for any address, and a
// port of theirs.
type Target struct {
	Dst  []netip.Prefix
	Port uint16
}

// Public is where packets to a port of inside addresses go before they are
// translated: to public addresses, and what is not translated as it is.
func (j Job) Public(dst []netip.Prefix, port uint16) []Target {
	if len(dst) == 0 {
		return []Target{{Port: port}}
	}
	var out []Target
	add := func(p netip.Prefix, port uint16) {
		i := slices.IndexFunc(out, func(t Target) bool { return t.Port == port })
		if i < 0 {
			out = append(out, Target{Port: port})
			i = len(out) - 1
		}
		if !slices.Contains(out[i].Dst, p) {
			out[i].Dst = append(out[i].Dst, p)
		}
	}
	for _, p := range dst {
		translated := false
		for _, t := range j.Translate {
			if t.Port == port && p.Contains(t.Inside) {
				add(netip.PrefixFrom(t.Public, t.Public.BitLen()), t.PublicPort)
				translated = true
			}
		}
		if !translated {
			add(p, port)
		}
	}
	return out
}

// Short is a network as people write it: one address without its length.
func Short(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// Comment is a flow's label as the comment of a rule: ASCII on one line without
// some characters, at most n of them, and mxodus first, by which the rule is
// found again.
func Comment(label, without string, n int) string {
	label = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || strings.ContainsRune(without, r) {
			return ' '
		}
		return r
	}, label)
	label = strings.Join(strings.Fields(label), " ")
	if !strings.HasPrefix(label, "mxodus") {
		label = strings.TrimSpace("mxodus " + label)
	}
	return label[:min(len(label), n)]
}
