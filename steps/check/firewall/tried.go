package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/source"
)

// maxTried is how many rules a file may have for its fixes to be tried: a
// trial reads and asks the whole file once more.
const maxTried = 5_000

// tryFixes puts the lines of all fixes in place in a copy of the file and asks
// again. Where a question is still not answered as it should be, the lines are
// taken out of the report and words stand in their place: nobody is to copy
// what does not help.
func (c *checker) tryFixes(content []byte) {
	defer c.confirmFixes()
	if len(c.set.Programs) == 0 || c.set.Rules > maxTried || c.opt.trial {
		return
	}
	with := c.carriedOut()
	if with == nil {
		return
	}
	text, _, err := source.Text(content)
	if err != nil {
		return
	}
	if c.set.Format == source.IPTables && c.closeGently(text) {
		return
	}
	put := Merge(c.fixes()...)
	if put == "" {
		return
	}
	after := c.trial(with(text, put))
	c.dropLines(after)
	if c.report.Lockdown == nil || after.Lockdown != nil && after.Lockdown.Verdict == Proven {
		return
	}
	for i := range c.report.Leaks {
		if l := &c.report.Leaks[i]; l.Fix.Copy != "" && (after.Lockdown == nil || stillLeaks(*l, after.Leaks)) {
			l.Fix = Fix{Text: leakWords(*l)}
		}
	}
}

// carriedOut is how lines are put in place in a copy of the file; nil where
// that cannot be done.
func (c *checker) carriedOut() func(text, lines string) string {
	if c.set.Format == source.IPTables {
		if len(c.set.Programs) != 1 {
			return nil
		}
		return func(text, lines string) string { return withCommands(text, strings.Split(lines, "\n")) }
	}
	if f, ok := FormatByID(c.set.Format); ok && f.Appends {
		return func(text, lines string) string { return strings.TrimRight(text, "\n") + "\n" + lines + "\n" }
	}
	return nil
}

// trial is the report on a file after lines were put in place; an empty one,
// which proves nothing, where they cannot be.
func (c *checker) trial(text string) Report {
	opt := c.opt
	opt.trial, opt.Whole, opt.Format = true, true, c.set.Format
	after, err := CheckFile(c.report.File, []byte(text), opt)
	if err != nil || len(after.Requirements) != len(c.report.Requirements) {
		return Report{}
	}
	return after
}

// dropLines takes the lines out of the gaps that are still there, and of all
// that the same rule makes: they are shown as one. A gap that words alone are
// given for says nothing of the lines of others.
func (c *checker) dropLines(after Report) {
	useless := map[Decision]bool{}
	for i, q := range c.report.Requirements {
		for _, g := range q.Gaps {
			if g.Fix.Copy != "" && (i >= len(after.Requirements) || stillOpen(g, after.Requirements[i])) {
				useless[Decision{Line: g.By.Line, Text: g.By.Text}] = true
			}
		}
	}
	for _, q := range c.report.Requirements {
		for k := range q.Gaps {
			g := &q.Gaps[k]
			if g.Fix.Copy != "" && useless[Decision{Line: g.By.Line, Text: g.By.Text}] {
				g.Fix = Fix{Text: c.gapWords(q, *g)}
			}
		}
	}
}

// fixes are all that the report shows, in its order.
func (c *checker) fixes() []Fix {
	var out []Fix
	for _, q := range c.report.Requirements {
		for _, g := range q.Gaps {
			if !slices.Contains(out, g.Fix) {
				out = append(out, g.Fix)
			}
		}
	}
	for _, l := range c.report.Leaks {
		if l.Category == "internet" && !slices.Contains(out, l.Fix) {
			out = append(out, l.Fix)
		}
	}
	return out
}

// withCommands is a dump with commands carried out at the end of the table
// that each is for.
func withCommands(text string, commands []string) string {
	add := map[string][]string{}
	var tables []string
	for _, cmd := range commands {
		_, rest, _ := strings.Cut(cmd, " ")
		table := "filter"
		if after, ok := strings.CutPrefix(rest, "-t "); ok {
			table, rest, _ = strings.Cut(after, " ")
		}
		if !slices.Contains(tables, table) {
			tables = append(tables, table)
		}
		add[table] = append(add[table], rest)
	}
	var out []string
	table := ""
	for _, l := range strings.Split(strings.TrimSuffix(text, "\n"), "\n") {
		trimmed := strings.TrimSpace(l)
		if name, ok := strings.CutPrefix(trimmed, "*"); ok {
			table = name
		}
		if trimmed == "COMMIT" {
			out = append(out, add[table]...)
			delete(add, table)
		}
		out = append(out, l)
	}
	for _, t := range tables {
		if len(add[t]) > 0 {
			out = append(append(append(out, "*"+t), add[t]...), "COMMIT")
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// stillLeaks reports that some leak is left for where one leads.
func stillLeaks(l Leak, after []Leak) bool {
	return slices.ContainsFunc(after, func(x Leak) bool {
		return x.Category == l.Category && (x.By.Text == l.By.Text || x.To == l.To)
	})
}

// stopper names what decides.
func stopper(d Decision) string {
	if d.Line > 0 {
		return fmt.Sprintf("line %d (%s)", d.Line, d.Text)
	}
	return d.Text
}

// stillOpen reports that some of what a gap keeps out is kept out after lines
// were put in place.
func stillOpen(g Gap, after Requirement) bool {
	if after.Verdict == Proven {
		return false
	}
	return slices.ContainsFunc(after.Gaps, func(left Gap) bool {
		return slices.ContainsFunc(left.CIDRs, func(a string) bool {
			return slices.ContainsFunc(g.CIDRs, func(b string) bool { return overlap(a, b) })
		})
	})
}

// overlap reports that two networks, as a report writes them, share addresses;
// true where one cannot be read.
func overlap(a, b string) bool {
	x, err1 := netip.ParsePrefix(a)
	y, err2 := netip.ParsePrefix(b)
	return err1 != nil || err2 != nil || x.Overlaps(y)
}

// noLines ends words that stand in the place of lines.
const noLines = " Lines to copy are not given, because those tried did not settle it."

// gapWords say what to do about a gap in the words of its format: not each has
// an order of rules, or rules that send packets back.
func (c *checker) gapWords(q Requirement, g Gap) string {
	what := fmt.Sprintf("What stops it is %s. ", stopper(g.By))
	switch {
	case c.set.Format == "windows" && g.By.Line > 0 && !strings.HasPrefix(g.By.Text, "("):
		return what + "It beats every rule that allows, wherever that stands: take these addresses out of it, or disable it; then check again." + noLines
	case c.set.Format == "aws":
		return what + fmt.Sprintf("Allow these addresses on %s port %d in a security group of the server, and in the network ACL of its subnet both the connections "+
			"and the answers to them; then check again.", q.Proto, q.Port) + noLines
	case slices.Contains(returning, c.set.Format):
		return what + fmt.Sprintf("Put a rule that accepts these addresses on %s port %d before it, and before any rule that sends these packets back (RETURN), "+
			"elsewhere or to another port; then check again.", q.Proto, q.Port) + noLines
	}
	return what + fmt.Sprintf("Put a rule that accepts these addresses on %s port %d before it, and before any that sends them elsewhere or to another port; then check again.",
		q.Proto, q.Port) + noLines
}

// returning are the formats whose rules can send packets back to the chain
// that they came from.
var returning = []string{source.IPTables, "nft", "ufw", "firewalld", "mikrotik", "vyos"}

func leakWords(l Leak) string {
	return fmt.Sprintf("What lets them in is %s. Narrow it to the allowed ranges, or put rules before it that accept those and refuse the rest, "+
		"for the address and port that packets have there; then check again. Lines to copy are not given, because those tried did not settle it.", stopper(l.By))
}
