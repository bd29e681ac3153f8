package rfi

import (
	"mxodus/steps"
	"mxodus/steps/check/firewall"
)

// firewallKinds are the firewalls whose rules are read.
func firewallKinds(steps.Facts) []Option {
	var out []Option
	for _, f := range firewall.AllFormats() {
		out = append(out, Option{Value: f.ID, Label: f.Label, Help: f.Limits})
	}
	return out
}
