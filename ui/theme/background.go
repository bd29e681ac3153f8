package theme

import "strings"

// Dark says whether the terminal's background is dark, from the environment:
// MXODUS_BACKGROUND (dark or light), else COLORFGBG as rxvt, Konsole and others
// set it ("15;0": the last number is the background, 7 and 15 are light). A
// terminal that says nothing is taken for a dark one. The terminal itself is
// not asked: one that does not answer would hold up every start.
func Dark(getenv func(string) string) bool {
	switch strings.ToLower(getenv("MXODUS_BACKGROUND")) {
	case "dark":
		return true
	case "light":
		return false
	}
	fields := strings.Split(getenv("COLORFGBG"), ";")
	switch fields[len(fields)-1] {
	case "7", "15":
		return false
	}
	return true
}
