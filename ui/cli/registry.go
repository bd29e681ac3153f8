package cli

import "mxodus/steps/check"

// allChecks are the checks that moves are checked with, over one world.
func allChecks(*check.World) []check.Check {
	return nil
}
