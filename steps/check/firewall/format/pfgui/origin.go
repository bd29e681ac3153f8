package pfgui

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
)

// origin is what is kept of a configuration for the writer.
type origin struct {
	order   map[int]int // priority by line of a rule
	nat     []pfrules.Rule
	refuses bool // some rule that was entered refuses packets as they leave
}

// origin keeps what the writer needs.
func (c *config) origin() *origin {
	o := &origin{order: c.order, nat: c.spec.Nat}
	for _, x := range c.user {
		o.refuses = o.refuses || x.rule.Act == pfrules.Block && x.rule.Out
	}
	return o
}

// from is the origin of a job's file; an empty one where there is none.
func from(job format.Job) *origin {
	if job.Set != nil {
		if o, ok := job.Set.Source.(*origin); ok {
			return o
		}
	}
	return &origin{}
}

// leaving are the sources that packets have as they leave, where outbound NAT
// hides them and rules may refuse packets going out: pf asks its rules again on
// the way out, and they see the new source. One that the file does not tell is
// left out.
func (o *origin) leaving(f format.Flow, p format.Pair) []string {
	proto := uint8(ir.TCP)
	if f.Proto == "udp" {
		proto = ir.UDP
	}
	if !o.refuses || f.Deny || f.In || !p.Src.IsValid() {
		return nil
	}
	var out []string
	for _, r := range pfrules.Hidden(o.nat, p.Src, p.Dst, proto, f.Port) {
		if r.Nat == nil {
			continue
		}
		for _, a := range r.Nat.Addrs {
			for _, n := range a.Prefixes() {
				if s := short(n); !slices.Contains(out, s) {
					out = append(out, s)
				}
			}
		}
	}
	return out
}

// narrow says how to close a leak by a port forward that passes by the filter,
// which no rule can close; nil for all other jobs.
func narrow(job format.Job, where, association, source string) error {
	if job.Chain != pfrules.PassedBy || job.Above.Line == 0 || !slices.ContainsFunc(job.Flows, func(f format.Flow) bool { return f.Deny }) {
		return nil
	}
	var may []string
	for _, f := range job.Flows {
		for _, p := range f.Src {
			if s := short(p); !f.Deny && !slices.Contains(may, s) {
				may = append(may, s)
			}
		}
	}
	what := fmt.Sprintf("Line %d is a port forward with %s set to Pass: what it translates goes past all rules, so that none can refuse it. ", job.Above.Line, association)
	if len(may) == 0 {
		return format.ByHand(what + fmt.Sprintf("No allowed range is of its address family: disable it under %s, apply, and check again.", where))
	}
	return format.ByHand(what + fmt.Sprintf("Open it under %s and give as %s an alias of the allowed ranges alone: %s. Save, apply, and check again. "+
		"If nothing needs it any more, disable it.", where, source, strings.Join(may, ", ")))
}
