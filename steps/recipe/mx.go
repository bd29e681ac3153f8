package recipe

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
)

// LowTTL is the TTL in seconds while the MX changes, and NormalTTL the one
// restored afterwards. No vendor page seen gives a number; both are common
// practice.
const (
	LowTTL    = steps.LowTTL
	NormalTTL = 3600
)

// mxPreference is the usual preference of both hosts (public records).
const mxPreference = 10

// Receiving lists the domains that receive mail: all but those that only send.
func Receiving(f steps.Facts) []string { return f.Receiving() }

func mxLine(domain string, ttl uint32, pref uint16, host string) string {
	return fmt.Sprintf("%s. %d IN MX %d %s.", domain, ttl, pref, strings.TrimSuffix(host, "."))
}

// NewMX is the region's pair for every receiving domain, in zone-file form.
func NewMX(f steps.Facts, ttl uint32) steps.Snippet {
	label := fmt.Sprintf("Put in: MX records for %s, TTL %d", Name(f.Target), ttl)
	var lines []string
	switch {
	case len(Receiving(f)) == 0:
		lines = append(lines, "; no domain is given yet: answer the question for your domains first")
	case len(f.Target.InboundMX) == 0:
		lines = append(lines, "; inbound hosts of "+Name(f.Target)+": "+Unknown)
	case len(f.Target.InboundMX) == 1:
		lines = append(lines, "; second inbound host of "+Name(f.Target)+": "+Unknown)
	}
	for _, d := range Receiving(f) {
		for _, h := range f.Target.InboundMX {
			lines = append(lines, mxLine(d, ttl, mxPreference, h))
		}
	}
	return snippet(label, fmt.Sprintf("mx-new-%d.zone", ttl), langDNS, lines...)
}

// oldMX lists a domain's records as recorded before the change, best first.
func oldMX(f steps.Facts, domain string) []check.MX {
	set := slices.Clone(f.MXBefore[domain])
	slices.SortFunc(set, func(a, b check.MX) int {
		return cmp.Or(cmp.Compare(a.Pref, b.Pref), strings.Compare(a.Host, b.Host))
	})
	return set
}

// OldMX is the recorded set, in zone-file form: what comes out at the change,
// and what goes back in should the change be undone. With ttl 0 the recorded
// TTL stands.
func OldMX(f steps.Facts, label, file string, ttl uint32) steps.Snippet {
	var lines []string
	for _, d := range Receiving(f) {
		set := oldMX(f, d)
		if len(set) == 0 {
			lines = append(lines, fmt.Sprintf("; %s: no MX recorded yet, run the check MX-PLAN before you change anything", d))
			for _, h := range f.Source.InboundMX {
				lines = append(lines, fmt.Sprintf(";   expected for %s: %s", Name(f.Source), h))
			}
		}
		for _, m := range set {
			t := ttl
			if t == 0 {
				t = m.TTL
			}
			lines = append(lines, mxLine(d, t, m.Pref, m.Host))
		}
	}
	if len(lines) == 0 {
		lines = []string{"; no domain is given yet: answer the question for your domains first"}
	}
	return snippet(label, file, langDNS, lines...)
}
