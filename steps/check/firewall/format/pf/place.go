package pf

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// letOut is the tag of packets that are let through: rules are asked again as a packet
// leaves, and may see another source by then.
const letOut = "mxodus"

// hides reports that sources are translated: by nat and binat, or by nat-to and
// binat-to of rules.
func hides(set *ir.Ruleset) bool {
	return set != nil && slices.ContainsFunc(set.Statements, func(s ir.Statement) bool {
		w := strings.Fields(s.Text)
		return len(w) > 0 && (w[0] == "nat" || w[0] == "binat") || slices.Contains(w, "nat-to") || slices.Contains(w, "binat-to")
	})
}

// place says where lines go: before what decides, and behind match rules that
// translate, as a rule with quick ends the search before those.
func place(job format.Job) []string {
	const behind = "below macros, tables, set lines, translations (nat, rdr) and match lines that translate (nat-to, rdr-to)"
	if job.Set == nil || job.Above.Line == 0 {
		return []string{"Put the lines into /etc/pf.conf above the first pass, block or anchor line, and " + behind + "."}
	}
	first := job.Above.Line // the first line that may decide at once
	last := ir.Statement{}  // the last match rule that translates
	for _, s := range job.Set.Statements {
		w := strings.Fields(s.Text)
		switch {
		case len(w) == 0:
		case w[0] == "match" && slices.ContainsFunc(w, func(x string) bool { return strings.HasSuffix(x, "-to") && x != "reply-to" && x != "route-to" }):
			last = s
		case slices.Contains([]string{"pass", "block", "anchor"}, w[0]) && slices.Contains(w, "quick"):
			first = min(first, s.Line)
		}
	}
	if last.Line < first {
		return []string{fmt.Sprintf("Put the lines into /etc/pf.conf right above line %d, and %s.", first, behind)}
	}
	return []string{
		fmt.Sprintf("Put the lines into /etc/pf.conf right above line %d.", first),
		fmt.Sprintf("Line %d (%s) translates and stands below that: move it above the lines, as what they let through would leave untranslated.", last.Line, source.Redact(last.Text)),
	}
}

// narrow says how to close a leak by a translation that passes by the rules,
// which none of them can close; nil for all other jobs.
func narrow(job format.Job) error {
	if job.Chain != pfrules.PassedBy || job.Above.Line == 0 || !slices.ContainsFunc(job.Flows, func(f format.Flow) bool { return f.Deny }) {
		return nil
	}
	what := fmt.Sprintf("Line %d translates with pass: what it sends on goes past all rules, so that none can refuse it. ", job.Above.Line)
	for _, f := range job.Flows {
		if !f.Deny && len(f.Src) > 0 {
			return format.ByHand(what + fmt.Sprintf("In /etc/pf.conf let it take the allowed ranges alone: from %s. "+
				"Then load the file, pfctl -nf /etc/pf.conf && pfctl -f /etc/pf.conf, and check again. If nothing needs the line any more, delete it.", hostList(f.Src)))
		}
	}
	return format.ByHand(what + "No allowed range is of its address family: delete it, load the file, pfctl -nf /etc/pf.conf && pfctl -f /etc/pf.conf, and check again.")
}
