// Package quiet keeps the start from waiting for the terminal. Bubble Tea v1
// asks every terminal for its background colour while its package is
// initialised, and a terminal that does not answer costs five seconds, in
// commands too. Its query leaves out terminals that cannot answer, which it
// knows by TERM; so TERM reads "dumb" while packages are initialised, and
// package restore puts it back right after.
//
// It works because Go initialises a package as soon as what it imports is
// ready, in the order of import paths: this one needs os alone, while Bubble
// Tea also needs regexp and os/signal, which sort after it. A test on the
// built program in a terminal that does not answer watches that it stays so.
package quiet

import "os"

var term, had = os.LookupEnv("TERM")

func init() {
	if had {
		_ = os.Setenv("TERM", "dumb") // fails only for malformed names
	}
}

// Restore gives TERM its value back.
func Restore() {
	if had {
		_ = os.Setenv("TERM", term)
	}
}
