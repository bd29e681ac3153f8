package nft

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// errNothing says that a job has nothing to write.
var errNothing = errors.New("no connection was named that rules could let through")

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
		return format.Script{}, errNothing
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

// flow makes the rules of one flow, one for each chain that has to know.
func (w *writer) flow(f format.Flow) []line {
	var out []line
	label := cleanLabel(f.Label)
	for _, fam := range []ir.Family{ir.V4, ir.V6} {
		src, some1 := part(f.Src, fam)
		dst, some2 := part(f.Dst, fam)
		if f.Family != ir.Any && f.Family != fam || len(f.Src) > 0 && !some1 || len(f.Dst) > 0 && !some2 {
			continue
		}
		for _, p := range w.places(f, fam) {
			to, port := dst, f.Port
			if p.before {
				to, port = w.public(dst, f.Port)
			}
			out = append(out, line{p, spec(f, fam, p, src, to, port), label})
		}
	}
	return out
}

// part are the prefixes of one family, joined where they touch.
func part(list []netip.Prefix, fam ir.Family) ([]netip.Prefix, bool) {
	var s netipx.IPSetBuilder
	for _, p := range list {
		if p.Addr().Is4() == (fam == ir.V4) {
			s.AddPrefix(p.Masked())
		}
	}
	set, err := s.IPSet()
	if err != nil {
		return nil, false
	}
	out := set.Prefixes()
	return out, len(out) > 0
}

// public is where packets to inside addresses go before they are translated.
func (w *writer) public(dst []netip.Prefix, port uint16) ([]netip.Prefix, uint16) {
	var out []netip.Prefix
	for _, t := range w.job.Translate {
		for _, p := range dst {
			if p.Contains(t.Inside) && t.Port == port {
				out, port = append(out, netip.PrefixFrom(t.Public, t.Public.BitLen())), t.PublicPort
			}
		}
	}
	if len(out) == 0 {
		return dst, port
	}
	return out, port
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
			w = append(w, ip, what, short(list[0]))
		default:
			var names []string
			for _, x := range list {
				names = append(names, short(x))
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

func short(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

func cleanLabel(s string) string {
	s = strings.Map(func(r rune) rune {
		if r < ' ' || r > '~' || r == '"' || r == '\\' || r == '\'' {
			return ' '
		}
		return r
	}, s)
	s = strings.Join(strings.Fields(s), " ")
	if !strings.HasPrefix(s, "mxodus") {
		s = strings.TrimSpace("mxodus " + s)
	}
	return s[:min(len(s), 100)]
}
