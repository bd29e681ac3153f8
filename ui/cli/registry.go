package cli

import (
	"slices"

	"mxodus/steps/check"
	"mxodus/steps/check/gateway"
	"mxodus/steps/check/mx"
)

// allChecks are the checks that moves are checked with, over one world.
func allChecks(w *check.World) []check.Check {
	return slices.Concat(mx.Checks(w), gateway.Checks(w))
}
