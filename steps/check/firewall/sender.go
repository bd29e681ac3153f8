package firewall

import (
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
)

// sends reports that a need is for mail that leaves: other machines than the
// mail servers may send, such as scanners and applications.
func sends(n check.PortNeed) bool {
	return !n.In && (n.ID == "smtp-out" || n.ID == "smtp-auth-out" || n.ID == "port-587")
}

// furtherSenders are the addresses that mail leaves from beside those of the
// mail servers.
func furtherSenders(in check.Input) []netip.Addr {
	known, _ := servers(in)
	var out []netip.Addr
	for _, a := range in.Outbound {
		if a = a.Unmap(); !slices.Contains(known, a) && !slices.Contains(out, a) {
			out = append(out, a)
		}
	}
	return out
}

// senders answers a need of outgoing mail for the further senders. One that no
// line names, and that does not get out as it stands, is left open: it may leave
// by another device, or be what this one hides inner addresses behind.
func (c *checker) senders(n check.PortNeed) error {
	for _, a := range c.opt.Senders {
		ranges := c.required(a.Is4())
		if len(ranges) == 0 || !c.use(a) {
			continue
		}
		reqs, err := c.needAt(n, a, ranges)
		if err != nil {
			return err
		}
		if answerOf(reqs) != Proven && !c.knows(a, n.Port) {
			if c.hides() {
				c.scene.assume("No line names %s, which sends mail: the machines that this firewall hides behind it are not told apart, and were not asked about.", a)
				continue
			}
			reqs = c.unnamedSender(reqs, a)
		}
		c.report.Requirements = append(c.report.Requirements, c.filtered(reqs)...)
	}
	return nil
}

// unnamedSender leaves open what would be refused to a sender that no line names.
func (c *checker) unnamedSender(reqs []Requirement, a netip.Addr) []Requirement {
	for i := range reqs {
		if q := &reqs[i]; q.Verdict == Disproven {
			q.Verdict, q.Gaps, q.By, q.Half = CannotTell, nil, nil, false
			q.Why = fmt.Sprintf("no line names %s, which sends mail: it may leave by another device. Add the rules of that device, or a line for the address", a)
		}
	}
	return reqs
}

// hides reports that the present rules hide sources behind an address.
func (c *checker) hides() bool {
	return slices.ContainsFunc(c.scene.e.Program().Chains, func(x ir.Chain) bool {
		return slices.ContainsFunc(x.Rules, func(r ir.Rule) bool { return r.SNAT })
	})
}
