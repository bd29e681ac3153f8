package mx

import (
	"sort"

	"mxodus/steps/check"
	"mxodus/steps/region"
)

// Verdict is what a set of MX records is, measured against the plan.
type Verdict string

// Verdicts.
const (
	Planned     Verdict = "planned" // the region's set, complete and alone
	Part        Verdict = "part"    // some of the region's hosts, no others
	Mixed       Verdict = "mixed"   // the region's hosts beside others
	Old         Verdict = "old"     // the set from before the change
	Other       Verdict = "other"   // none of the region's hosts
	None        Verdict = "none"    // no MX record
	UnknownHere Verdict = "unknown" // not answered, or the region's hosts are not known
)

// rank orders verdicts from the gravest, for tables.
func (v Verdict) rank() int {
	for i, o := range []Verdict{Mixed, Other, None, Part, Old, UnknownHere, Planned} {
		if o == v {
			return i
		}
	}
	return 0
}

// expect is what a domain's MX set is measured against.
type expect struct {
	target, source region.Region
	before         []check.MX // as recorded before the change; nil when not recorded
	recorded       bool
}

func expectation(in check.Input, domain string) expect {
	before, ok := in.MXBefore[domain]
	return expect{target: in.Target, source: in.Source, before: before, recorded: ok}
}

// judge measures a set. An empty set is None.
func (e expect) judge(set []check.MX) Verdict {
	hosts := hostsOf(set)
	if len(hosts) == 0 {
		return None
	}
	var fit, perhaps, rest int
	old, src := true, e.source.ID != ""
	for _, h := range hosts {
		switch classifyHost(h, e.target, e.source).kind {
		case planned:
			fit++
		case maybe:
			perhaps++
		default:
			rest++
		}
		old = old && e.wasBefore(h)
		src = src && has(e.source.InboundMX, h)
	}
	old = old && len(e.before) > 0
	switch {
	case len(e.target.InboundMX) == 0 && fit == 0:
		return e.judgeUnlisted(perhaps, rest, old || src)
	case rest == 0 && fit == len(e.target.InboundMX):
		return Planned
	case rest == 0:
		return Part
	case fit+perhaps > 0:
		return Mixed
	case old || src:
		return Old
	}
	return Other
}

// judgeUnlisted measures against a region whose inbound hosts are not known:
// only the old set can be recognised for sure.
func (e expect) judgeUnlisted(perhaps, rest int, old bool) Verdict {
	switch {
	case old:
		return Old
	case perhaps > 0 && rest > 0:
		return Mixed
	}
	return UnknownHere
}

func (e expect) wasBefore(host string) bool {
	for _, m := range e.before {
		if m.Host == host {
			return true
		}
	}
	return false
}

// left are the hosts that the change should have taken away.
func (e expect) left(set []check.MX) []check.MX {
	var out []check.MX
	for _, m := range set {
		switch classifyHost(m.Host, e.target, e.source).kind {
		case planned, maybe:
		default:
			// Against a region that is not known, only what was there
			// before is known to be wrong.
			if len(e.target.InboundMX) > 0 || e.wasBefore(m.Host) || has(e.source.InboundMX, m.Host) {
				out = append(out, m)
			}
		}
	}
	return out
}

// missing are the region's hosts that a set lacks.
func (e expect) missing(set []check.MX) []string {
	var out []string
	for _, h := range e.target.InboundMX {
		if !has(hostsOf(set), h) {
			out = append(out, h)
		}
	}
	return out
}

// hostsOf returns the host names, sorted, each once.
func hostsOf(set []check.MX) []string {
	var out []string
	for _, m := range set {
		if !has(out, m.Host) {
			out = append(out, m.Host)
		}
	}
	sort.Strings(out)
	return out
}

// ordered sorts by preference, then host, as a mail server would try them.
func ordered(set []check.MX) []check.MX {
	out := append([]check.MX(nil), set...)
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Pref != out[j].Pref {
			return out[i].Pref < out[j].Pref
		}
		return out[i].Host < out[j].Host
	})
	return out
}

// ttl is the longest life among the records.
func ttl(set []check.MX) uint32 {
	var t uint32
	for _, m := range set {
		t = max(t, m.TTL)
	}
	return t
}
