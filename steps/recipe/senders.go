package recipe

import (
	"net/netip"
	"slices"

	"mxodus/steps"
)

// Senders are the customer's own addresses that mail leaves from: those of the
// mail servers and the further ones, such as scanners and applications, each
// once and in the order of the answers. Whatever lists sending addresses lists
// these. On a hosted platform the mail servers are the provider's, which
// Mimecast knows by itself; the further ones are left.
func Senders(f steps.Facts) []string {
	var own []string
	if !f.Profile.Hosted() {
		own = f.Answers.List(steps.QOutboundIPs)
	}
	return eachOnce(own, f.Answers.List("ip.additional"))
}

// eachOnce joins lists of addresses; two ways of writing one address are one.
func eachOnce(lists ...[]string) []string {
	var out []string
	for _, list := range lists {
		for _, s := range list {
			if a, err := netip.ParseAddr(s); err == nil {
				s = a.String()
			}
			if s != "" && !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}
