package ufw

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// longestComment is how long a comment is made at most.
const longestComment = 100

// Write writes commands that put rules before all others. As each goes first,
// the last one is written first.
func Write(job format.Job) (format.Script, error) {
	var add, undo, matches []string
	for _, f := range job.Flows {
		for _, fam := range []ir.Family{ir.V4, ir.V6} {
			src, dst, ok := f.Of(fam)
			if !ok {
				continue
			}
			for _, p := range format.Pairs(src, dst) {
				switch {
				case p.Src.IsValid() || p.Dst.IsValid() || fam == ir.V4:
				case f.Family == ir.Any:
					continue // one rule is for both families
				default:
					p.Src = everyV6
				}
				prefix, rule := words(job, f, p.Src, p.Dst)
				cmd := fmt.Sprintf("ufw %sprepend %s comment '%s'", prefix, rule, format.Comment(f.Label, `'"\`, longestComment))
				// ufw takes two rules that differ by their action for one
				match := prefix + strings.TrimPrefix(strings.TrimPrefix(rule, "allow"), "deny")
				if !slices.Contains(matches, match) {
					matches = append(matches, match)
					add, undo = append(add, cmd), append(undo, fmt.Sprintf("ufw %sdelete %s", prefix, rule))
				}
			}
		}
	}
	if len(add) == 0 {
		return format.Script{}, format.ErrNothing
	}
	slices.Reverse(add)
	out := format.Script{
		Text: strings.Join(add, "\n") + "\n", Undo: strings.Join(undo, "\n") + "\n",
		Notes: []string{"Carry these lines out as root on the host, all of them and in this order: each goes before those that are there, so the last one stands first. " +
			"They act at once and stay after a restart. Where ufw answers \"Skipping inserting existing rule\", delete the rule that is there (the same line with delete in the place of prepend, without its comment) and enter the line again. " +
			"Versions of ufw before 0.36 know insert 1 in the place of prepend."},
	}
	out.UndoNotes = []string{"ufw keeps each rule once, whatever its comment: a line here also takes away the same rule that you had before. Compare with what ufw status numbered gave before, and leave those lines out."}
	if n := job.NotOwn(); n != "" && onHost(job) {
		out.Notes = append(out.Notes, n)
	}
	return out, nil
}

// everyV6 is the IPv6 internet (RFC 4291, 2.4). ufw takes ::/0 for the same rule
// as one for any, which may be there, and skips it.
var everyV6 = netip.MustParsePrefix("2000::/3")

// words are one rule in ufw's words, and what stands before its action.
func words(job format.Job, f format.Flow, src, dst netip.Prefix) (prefix, rule string) {
	action := "allow"
	if f.Deny {
		action = "deny"
	}
	switch {
	case !onHost(job):
		prefix = "route "
	case !f.In:
		action += " out"
	}
	name := func(p netip.Prefix) string {
		if !p.IsValid() || p.Bits() == 0 {
			return "any"
		}
		return format.Short(p)
	}
	return prefix, fmt.Sprintf("%s proto %s from %s to %s port %d", action, f.Proto, name(src), name(dst), f.Port)
}

// onHost reports rules for the host's own packets: the chain that decides now
// tells, else the job.
func onHost(job format.Job) bool {
	switch chain := strings.ToLower(job.Chain); {
	case strings.Contains(chain, "forward"):
		return false
	case strings.Contains(chain, "input"), strings.Contains(chain, "output"):
		return true
	}
	return job.Host || job.Set != nil && job.Set.Stands == ir.In
}
