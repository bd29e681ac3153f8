package nft

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// line is one rule to be put at the head of a chain.
type line struct {
	place place
	spec  string
	label string
}

const answers = "mxodus answers"

// Write writes a file for nft -f that puts rules at the head of the chains
// that decide. As each goes first, the last one is written first.
func Write(job format.Job) (format.Script, error) {
	var lines []line
	w := &writer{job: job, answered: map[place]bool{}}
	for _, f := range job.Flows {
		lines = append(lines, w.flow(f)...)
	}
	if len(lines) == 0 {
		return format.Script{}, format.ErrNothing
	}
	lines = append(w.answers, lines...)
	var text strings.Builder
	text.WriteString("# mxodus: rules that go to the head of their chains; the last of this file stands first.\n")
	var made []place
	for _, l := range lines {
		if l.place.made && !slices.Contains(made, l.place) {
			made = append(made, l.place)
			fmt.Fprintf(&text, "add table %s\nadd chain %s %s { type filter hook %s priority filter; }\n", l.place.table, l.place.table, l.place.chain, l.place.hook)
		}
	}
	for _, l := range slices.Backward(lines) {
		fmt.Fprintf(&text, "insert rule %s %s %s comment \"%s\"\n", l.place.table, l.place.chain, l.spec, l.label)
	}
	return format.Script{Text: text.String(), Undo: undo(lines), Notes: w.notes(len(made) > 0)}, nil
}

// undo takes away the rules with the comments that were written.
func undo(lines []line) string {
	var out []string
	for _, l := range lines {
		cmd := fmt.Sprintf(`nft -a list chain %s %s | sed -n 's/.* comment "%s" # handle \([0-9]*\)$/delete rule %s %s handle \1/p' | nft -f -`,
			l.place.table, l.place.chain, escaped(l.label), l.place.table, l.place.chain)
		if !slices.Contains(out, cmd) {
			out = append(out, cmd)
		}
	}
	return strings.Join(out, "\n") + "\n"
}

// escaped is a label in a pattern of sed.
func escaped(s string) string {
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune(`.*[]\/^$&`, r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

type writer struct {
	job      format.Job
	answered map[place]bool
	answers  []line
}

func (w *writer) notes(made bool) []string {
	out := []string{"As root, save these lines as mxodus.nft and carry them out with: nft -f mxodus.nft. They act at once and are gone at the next start: " +
		"when all works, put them at the end of the file that is loaded then (often /etc/nftables.conf)."}
	if made && w.job.Set == nil {
		out = append(out, "The table and the chain are named as nft installations mostly have them. See with nft list ruleset in which chain the packets are refused, and write its names in their place.")
	}
	return out
}

// flow makes the rules of one flow, for each chain that has to know.
func (w *writer) flow(f format.Flow) []line {
	var out []line
	comment := format.Comment(f.Label, `"\'`, longestComment)
	for _, fam := range []ir.Family{ir.V4, ir.V6} {
		src, dst, ok := f.Of(fam)
		if !ok {
			continue
		}
		for _, p := range w.places(f, fam) {
			to := []format.Target{{Dst: dst, Port: f.Port}}
			if p.before {
				to = w.job.Public(dst, f.Port)
			}
			for _, t := range to {
				out = append(out, line{p, spec(f, fam, p, joined(src), joined(t.Dst), t.Port), comment})
			}
		}
	}
	return out
}

// longestComment is what a comment may hold (nft takes 128 characters).
const longestComment = 100

// joined are networks, as few as hold the same addresses.
func joined(list []netip.Prefix) []netip.Prefix {
	var s netipx.IPSetBuilder
	for _, p := range list {
		s.AddPrefix(p)
	}
	set, err := s.IPSet()
	if err != nil {
		return list
	}
	return set.Prefixes()
}

func spec(f format.Flow, fam ir.Family, p place, src, dst []netip.Prefix, port uint16) string {
	ip := "ip"
	if fam == ir.V6 {
		ip = "ip6"
	}
	var w []string
	add := func(what string, list []netip.Prefix) {
		switch {
		case len(list) == 0, len(list) == 1 && list[0].Bits() == 0:
		case len(list) == 1:
			w = append(w, ip, what, format.Short(list[0]))
		default:
			var names []string
			for _, x := range list {
				names = append(names, format.Short(x))
			}
			w = append(w, ip, what, "{ "+strings.Join(names, ", ")+" }")
		}
	}
	add("saddr", src)
	add("daddr", dst)
	if len(w) == 0 && strings.HasPrefix(p.table, "inet ") {
		w = append(w, "meta nfproto", map[ir.Family]string{ir.V4: "ipv4", ir.V6: "ipv6"}[fam])
	}
	action := "accept"
	if f.Deny {
		action = "drop"
	}
	return strings.Join(append(w, f.Proto, "dport", fmt.Sprint(port), action), " ")
}
