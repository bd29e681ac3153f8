package iptables

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

const answers = `-m conntrack --ctstate RELATED,ESTABLISHED -m comment --comment "mxodus answers" -j ACCEPT`

// spot is a chain that rules go into.
type spot struct {
	family       ir.Family
	table, chain string
}

func (s spot) command() string {
	cmd := "iptables"
	if s.family == ir.V6 {
		cmd = "ip6tables"
	}
	if s.table != "filter" {
		cmd += " -t " + s.table
	}
	return cmd
}

type writer struct {
	job   format.Job
	lines []placed
	seen  map[placed]bool
}

// placed is one rule and where it goes.
type placed struct {
	spot spot
	spec string
}

// Write writes commands that put rules at the head of the chains that decide,
// in the order of the flows, after one that lets the packets of accepted
// connections pass where no rule does.
func Write(job format.Job) (format.Script, error) {
	w := &writer{job: job, seen: map[placed]bool{}}
	var flows []placed
	for _, f := range job.Flows {
		for _, fam := range []ir.Family{ir.V4, ir.V6} {
			flows = append(flows, w.flow(f, fam)...)
		}
	}
	if len(flows) == 0 {
		return format.Script{}, format.ErrNothing
	}
	for _, p := range flows {
		w.add(p)
	}
	at := map[spot]int{}
	var text, undo []string
	for _, p := range w.lines {
		at[p.spot]++
		text = append(text, fmt.Sprintf("%s -I %s %d %s", p.spot.command(), p.spot.chain, at[p.spot], p.spec))
		undo = append(undo, fmt.Sprintf("%s -D %s %s", p.spot.command(), p.spot.chain, p.spec))
	}
	return format.Script{
		Text: strings.Join(text, "\n") + "\n", Undo: strings.Join(undo, "\n") + "\n",
		Notes: []string{"Carry these lines out as root. They act at once and are gone at the next start: when all works, save them " +
			"(netfilter-persistent save on Debian and Ubuntu, service iptables save on Red Hat)."},
	}, nil
}

func (w *writer) add(p placed) {
	if !w.seen[p] {
		w.seen[p] = true
		w.lines = append(w.lines, p)
	}
}

// flow makes the rules of one flow in one family.
func (w *writer) flow(f format.Flow, fam ir.Family) []placed {
	src, dst, ok := f.Of(fam)
	if !ok {
		return nil
	}
	at := w.spot(f, fam)
	to := []format.Target{{Dst: dst, Port: f.Port}}
	if at.table == "raw" || at.table == "mangle" && at.chain == "PREROUTING" {
		to = w.job.Public(dst, f.Port)
	}
	for _, s := range w.answered(at) {
		w.add(placed{s, answers})
	}
	action := "ACCEPT"
	if f.Deny {
		action = "DROP"
	}
	comment := format.Comment(f.Label, "\"\\'`$!", longestComment)
	var out []placed
	for _, t := range to {
		for _, p := range format.Pairs(src, t.Dst) {
			out = append(out, placed{at, fmt.Sprintf("%s%s-p %s -m %s --dport %d -m comment --comment \"%s\" -j %s", side("-s", p.Src), side("-d", p.Dst), f.Proto, f.Proto, t.Port, comment, action)})
		}
	}
	return out
}

// longestComment is what a comment may hold, with room to spare (xt_comment
// takes 255 characters).
const longestComment = 200

// side is an option with a network; none for any address.
func side(option string, p netip.Prefix) string {
	if !p.IsValid() || p.Bits() == 0 {
		return ""
	}
	return option + " " + p.String() + " "
}

// spot is the chain that decides now, or else that of the flow's direction.
func (w *writer) spot(f format.Flow, fam ir.Family) spot {
	usual := spot{fam, "filter", "FORWARD"}
	switch {
	case !w.job.Host:
	case f.In:
		usual.chain = "INPUT"
	default:
		usual.chain = "OUTPUT"
	}
	p := w.program(fam)
	if p == nil || w.job.Chain == "" {
		return usual
	}
	for _, c := range p.Chains {
		has := w.job.Above.Line == 0 || c.Policy.At == w.job.Above ||
			slices.ContainsFunc(c.Rules, func(r ir.Rule) bool { return r.At == w.job.Above })
		if c.Name == w.job.Chain && has {
			return spot{fam, c.Group, c.Name}
		}
	}
	return usual
}

func (w *writer) program(fam ir.Family) *ir.Program {
	if w.job.Set == nil {
		return nil
	}
	for _, p := range w.job.Set.Programs {
		if p.Family == fam {
			return p
		}
	}
	return nil
}

// answered are the chains that need a rule for the packets of accepted
// connections: all that the flow's packets and answers meet, where the rules
// are not known; else those that may refuse them.
func (w *writer) answered(at spot) []spot {
	filter := func(chain string) spot { return spot{at.family, "filter", chain} }
	list := []spot{filter("FORWARD")}
	if at.chain == "INPUT" || at.chain == "OUTPUT" || w.job.Host {
		list = []spot{filter("INPUT"), filter("OUTPUT")}
	}
	p := w.program(at.family)
	if p == nil {
		return list
	}
	return slices.DeleteFunc(list, func(s spot) bool {
		i, ok := p.Find("filter/" + s.chain)
		return !ok || letsAnswers(&p.Chains[i]) || !p.MayRefuse(i)
	})
}

// letsAnswers reports a rule that accepts all packets of connections.
func letsAnswers(c *ir.Chain) bool {
	return slices.ContainsFunc(c.Rules, func(r ir.Rule) bool {
		return r.Action == ir.Accept && slices.ContainsFunc(r.Boxes, func(b ir.Box) bool {
			open := b.Src == nil && b.Dst == nil && b.Proto == nil && b.In == nil && b.Out == nil && b.Flags == nil && len(b.Maybe) == 0
			return open && len(b.State) == 1 && !b.State[0].Not && b.State[0].Any&ir.Established != 0
		})
	})
}
