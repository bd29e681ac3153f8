package firewall

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/source"
)

// confirmFixes has the commands by which users see for themselves look where
// the lines to copy put something: a translation that lacks is not seen in the
// chain that decides without it.
func (c *checker) confirmFixes() {
	if c.set.Format != source.IPTables {
		return
	}
	for _, q := range c.report.Requirements {
		for i := range q.Gaps {
			if list := listings(q.Gaps[i].Fix.Copy); list != "" {
				q.Gaps[i].Confirm = list
			}
		}
	}
}

// listings are the commands that list the chains which commands change, one
// after the other on one line.
func listings(copies string) string {
	var out []string
	for _, line := range strings.Split(copies, "\n") {
		f := strings.Fields(line)
		if len(f) < 3 {
			continue
		}
		cmd, rest := f[0], f[1:]
		if rest[0] == "-t" && len(rest) > 3 {
			cmd, rest = cmd+" -t "+rest[1], rest[2:]
		}
		list := fmt.Sprintf("%s -nvL %s --line-numbers", cmd, rest[1])
		if !slices.Contains(out, list) {
			out = append(out, list)
		}
	}
	return strings.Join(out, "; ")
}
