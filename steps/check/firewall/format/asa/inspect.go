package asa

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/source"
)

// inspection is inspect esmtp in a class of a policy map, or fixup protocol
// smtp before 7.0, which is in no policy.
type inspection struct {
	policy, class string
	line          int
}

// maxInspected bounds the policies that are kept in mind.
const maxInspected = 200

// policies are what policy maps inspect of mail, and those that are in force.
type policies struct {
	policy, class string // that lines belong to
	mail          []inspection
	inForce       []string
}

// policyMap reads policy-map NAME. Maps of type inspect say how to inspect, not
// what.
func policyMap(r *reader, l *cisco.Line) bool {
	r.policies.policy, r.policies.class = "", ""
	if len(l.Words) == 2 {
		r.policies.policy = l.Words[1]
	}
	return true
}

func classLine(r *reader, l *cisco.Line) bool {
	if len(l.Words) > 1 {
		r.policies.class = l.Words[1]
	}
	return true
}

func inspectLine(r *reader, l *cisco.Line) bool {
	p := &r.policies
	if p.policy == "" || len(l.Words) < 2 || l.Words[1] != "esmtp" {
		return true
	}
	x := inspection{p.policy, p.class, l.Number}
	if len(p.mail) < maxInspected && !slices.ContainsFunc(p.mail, x.same) {
		p.mail = append(p.mail, x)
	}
	return true
}

func (x inspection) same(y inspection) bool { return x.policy == y.policy && x.class == y.class }

// servicePolicy reads service-policy NAME {global | interface NAME}.
func servicePolicy(r *reader, l *cisco.Line) bool {
	if w := l.Words; len(w) > 2 && len(r.policies.inForce) < maxInspected && !slices.Contains(r.policies.inForce, w[1]) {
		r.policies.inForce = append(r.policies.inForce, w[1])
	}
	return true
}

// fixup reads fixup protocol smtp PORT.
func fixup(r *reader, l *cisco.Line) bool {
	if w := l.Words; len(w) > 2 && w[1] == "protocol" && w[2] == "smtp" && len(r.policies.mail) < maxInspected {
		r.policies.mail = append(r.policies.mail, inspection{line: l.Number})
	}
	return true
}

// uninspect carries out no inspect, no fixup and no service-policy; w is what
// stands behind no.
func (r *reader) uninspect(w []string) {
	p := &r.policies
	switch {
	case w[0] == "inspect" && w[1] == "esmtp":
		p.mail = slices.DeleteFunc(p.mail, inspection{policy: p.policy, class: p.class}.same)
	case w[0] == "fixup" && len(w) > 2 && w[2] == "smtp":
		p.mail = slices.DeleteFunc(p.mail, inspection{}.same)
	case w[0] == "service-policy":
		p.inForce = slices.DeleteFunc(p.inForce, func(name string) bool { return name == w[1] })
	}
}

// noteMail says what inspection of mail is in force: it breaks delivery.
func (r *reader) noteMail() {
	const harm = "looks into mail on port 25 as it passes, which breaks deliveries to and from Mimecast: messages end early, and the answer 452 after 100 recipients is not heeded."
	told := 0
	for _, x := range r.policies.mail {
		in := x.policy == "" || slices.Contains(r.policies.inForce, x.policy)
		if !in || told == 4 {
			continue
		}
		told++
		switch {
		case x.policy == "":
			r.Note("Line %d (fixup protocol smtp) %s Turn it off: no fixup protocol smtp.", x.line, harm)
		case r.ftd():
			r.Note("Line %d (inspect esmtp, in policy-map %s) %s Turn it off on the command line of the FTD: configure inspection esmtp disable.", x.line, source.Redact(x.policy), harm)
		default:
			r.Note("Line %d (inspect esmtp, in policy-map %s) %s Turn it off: %s.", x.line, source.Redact(x.policy), harm,
				fmt.Sprintf("policy-map %s, class %s, no inspect esmtp", source.Redact(x.policy), source.Redact(x.class)))
		}
	}
}

// ftd reports the configuration of an FTD.
func (r *reader) ftd() bool { return r.major == 9 && r.minor == 99 || r.acls[ftdList] != nil }
