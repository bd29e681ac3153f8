package nft

import (
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// place is a chain that rules go into.
type place struct {
	table  string // "inet filter"
	chain  string
	hook   string
	made   bool // to be made, if it is not there
	before bool // packets come there before their destination is translated
}

// site is a base chain of a ruleset, and the program that it is in.
type site struct {
	place
	prog *ir.Program
	gate ir.Gate
}

// sites lists the base chains of one family, in the order of their hooks.
func sites(p *ir.Program) []site {
	var out []site
	for _, h := range []struct {
		hook  string
		gates []ir.Gate
	}{{"prerouting", p.Arrive}, {"input", p.Local}, {"forward", p.Through}, {"output", p.Leave}} {
		before := h.hook == "prerouting"
		for _, g := range h.gates {
			c := &p.Chains[g.Chain]
			if g.NAT {
				before = false
				continue
			}
			if c.Group == "" || h.hook != "prerouting" && !g.Primary {
				continue // no table, or past the hook's own chains
			}
			out = append(out, site{place{table: c.Group, chain: c.Name, hook: h.hook, before: before}, p, g})
		}
	}
	return out
}

// holds reports that a chain, or one that it calls, has a rule or is a chain
// of a name.
func (s site) holds(name string, at ir.At) bool {
	return s.prog.Reaches(s.gate.Chain, func(i int) bool {
		c := &s.prog.Chains[i]
		if c.Name != name || c.Group != s.table {
			return false
		}
		return at.Line == 0 || c.Policy.At == at || slices.ContainsFunc(c.Rules, func(r ir.Rule) bool { return r.At == at })
	})
}

// refuses reports that a chain may refuse packets.
func (s site) refuses() bool { return s.prog.MayRefuse(s.gate.Chain) }

// letsAnswers reports a rule that accepts what belongs to connections.
func (s site) letsAnswers() bool {
	for _, r := range s.prog.Chains[s.gate.Chain].Rules {
		for _, b := range r.Boxes {
			rest := b
			rest.State = nil
			if r.Action == ir.Accept && len(b.State) == 1 && !b.State[0].Not && b.State[0].Any&ir.Established != 0 && empty(rest) {
				return true
			}
		}
	}
	return false
}

func empty(b ir.Box) bool {
	return b.Src == nil && b.Dst == nil && b.OrigDst == nil && b.Proto == nil && b.SPort == nil && b.DPort == nil && b.OrigDPort == nil &&
		b.ICMP == nil && b.In == nil && b.Out == nil && b.Flags == nil && b.SrcLocal == ir.Either && b.DstLocal == ir.Either && b.Reply == ir.Either && len(b.Maybe) == 0
}

// places are the chains that a flow's rule goes into: the one that decides
// now, and for what is to pass every other of its hook that may refuse it.
func (w *writer) places(f format.Flow, fam ir.Family) []place {
	var prog *ir.Program
	if w.job.Set != nil {
		prog = w.job.Set.For(fam)
	}
	if prog == nil {
		return []place{usual(w.hook(f))}
	}
	all := sites(prog)
	deciding := slices.IndexFunc(all, func(s site) bool {
		return w.job.Chain != "" && s.holds(w.job.Chain, w.job.Above) && fitsWay(s.hook, f.In)
	})
	hook := w.hook(f)
	if deciding >= 0 && all[deciding].hook != "prerouting" {
		hook = all[deciding].hook
	}
	var out []place
	if deciding >= 0 {
		out = append(out, all[deciding].place)
		w.answer(all[deciding])
	}
	for i, s := range all {
		if i == deciding || s.hook != hook || !s.refuses() {
			continue
		}
		if !f.Deny {
			out = append(out, s.place)
		}
		w.answer(s)
	}
	if len(out) == 0 {
		if i := slices.IndexFunc(all, func(s site) bool { return s.hook == hook }); i >= 0 {
			return []place{all[i].place}
		}
		return []place{usual(hook)}
	}
	for _, s := range all {
		if s.hook == back(hook) && s.refuses() {
			w.answer(s)
		}
	}
	return out
}

// answer lets the packets of accepted connections pass a chain that may refuse
// them, where no rule of it does.
func (w *writer) answer(s site) {
	if w.answered[s.place] || s.hook == "prerouting" || s.letsAnswers() || !s.refuses() {
		return
	}
	w.answered[s.place] = true
	w.answers = append(w.answers, line{s.place, "ct state established,related accept", answers})
}

// hook is where a flow's packets are asked about, as far as the job tells.
func (w *writer) hook(f format.Flow) string {
	switch {
	case !w.job.Host:
		return "forward"
	case f.In:
		return "input"
	}
	return "output"
}

// back is the hook that answers pass.
func back(hook string) string {
	switch hook {
	case "input":
		return "output"
	case "output":
		return "input"
	}
	return hook
}

func fitsWay(hook string, in bool) bool { return hook == "forward" || in == (hook != "output") }

func usual(hook string) place {
	return place{table: "inet filter", chain: strings.ToLower(hook), hook: hook, made: true}
}
