package firewall

import (
	"fmt"
	"strings"
)

// closeGently closes a leak, where it is all that is wrong, without a refusal
// at the head of the chain, which would shut out the host itself and the
// networks behind it too: by deleting the rule that leaks, else by rules right
// before it. It reports that one of these was tried and proves everything.
func (c *checker) closeGently(text string) bool {
	var leak *Leak
	for i := range c.report.Leaks {
		l := &c.report.Leaks[i]
		if l.Category != "internet" {
			continue
		}
		if leak != nil || l.Fix.Copy == "" || l.By.Line == 0 {
			return false
		}
		leak = l
	}
	if leak == nil || answerOf(c.report.Requirements) != Proven || !strings.Contains(leak.Fix.Copy, " -j DROP") {
		return false
	}
	own := fmt.Sprintf("If senders of your own network come in by line %d, give them a rule of their own first.", leak.By.Line)
	tries := []Fix{{
		Text: fmt.Sprintf("Delete line %d, which lets in more than the allowed ranges: those get in without it. %s", leak.By.Line, own),
		Copy: leak.Fix.without,
	}, {
		Text: fmt.Sprintf("Right above line %d, let the allowed ranges in and refuse the rest. %s", leak.By.Line, own),
		Copy: before(text, *leak),
	}}
	for _, fix := range tries {
		if fix.Copy != "" && c.trial(withCommands(text, strings.Split(fix.Copy, "\n"))).Verdict == Proven {
			leak.Fix = fix
			return true
		}
	}
	return false
}

// before numbers the insertions of a fix so that they go right before the rule
// that leaks; empty where the place of that rule cannot be counted.
func before(text string, l Leak) string {
	fields := strings.Fields(l.By.Text)
	if len(fields) < 2 || fields[0] != "-A" {
		return ""
	}
	chain, place := fields[1], 1
	for i, line := range strings.Split(text, "\n") {
		f := strings.Fields(line)
		switch {
		case i+1 == l.By.Line:
			return strings.ReplaceAll(l.Fix.Copy, " -I "+chain+" ", fmt.Sprintf(" -I %s %d ", chain, place))
		case len(f) == 0 || f[0][0] == '#':
		case f[0][0] == '*':
			place = 1
		case len(f) < 2 || f[0][0] == ':' || f[0] == "-N":
		case f[0] != "-A":
			return "" // with counters, or a command that moves others
		case f[1] == chain:
			place++
		}
	}
	return ""
}
