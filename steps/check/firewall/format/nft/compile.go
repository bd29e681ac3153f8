package nft

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// work is one rule on its way: what packets have met its statements so far.
type work struct {
	l       *lowering
	r       *rule
	from    reach
	boxes   []ir.Box
	except  [][]ir.Box // of these none
	out     []ir.Rule
	stopped bool
}

// rule lowers one rule, mostly to one of the language.
func (l *lowering) rule(r *rule, from reach) []ir.Rule {
	w := &work{l: l, r: r, from: from, boxes: ir.Always()}
	if r.doubt != "" {
		w.emit(ir.Rule{Action: ir.Undecided, Why: r.doubt})
		return w.out
	}
	for i := range r.stmts {
		w.stmt(&r.stmts[i])
		if w.stopped || len(w.boxes) == 0 {
			break
		}
	}
	if len(w.out) == 0 {
		w.out = []ir.Rule{{Boxes: w.boxes, Action: ir.Continue, At: r.at}}
	}
	return w.out
}

func (w *work) narrow(b []ir.Box) {
	out, ok := ir.MeetAll(w.boxes, b)
	if !ok {
		w.maybe("a rule of more combinations than are read")
		return
	}
	w.boxes = out
}

func (w *work) maybe(reason string) {
	w.boxes = slices.Clone(w.boxes)
	ir.Boxes(w.boxes).Perhaps(reason)
}

func (w *work) stmt(s *stmt) {
	switch s.kind {
	case sMatch:
		if w.apart(s) {
			return
		}
		c := w.l.compare(*s)
		w.narrow(c.boxes)
		if len(c.except) > 0 {
			w.except = append(w.except, c.except)
		}
	case sMaybe:
		w.maybe(s.text)
	case sVerdict:
		w.verdict(s.verdict)
	case sVmap:
		w.vmap(s)
	case sNAT:
		w.nat(s)
	case sNoTrack:
		w.notrack()
	case sMangle:
		w.l.changes[w.l.index[w.l.cur]] = true
		w.emit(ir.Rule{Action: ir.Undecided, Why: fmt.Sprintf("what line %d changes in the packet (%s)", w.r.at.Line, s.text)})
	case sUnread:
		w.emit(ir.Rule{Action: ir.Undecided, Why: s.text})
		w.stopped = true
	}
}

// apart leaves out some interfaces of those that a pattern was met by, which a
// box cannot say.
func (w *work) apart(s *stmt) bool {
	if s.op != "!=" || len(s.lhs) != 1 || s.rhs.kind == kUnread {
		return false
	}
	in := strings.HasPrefix(s.lhs[0].key, "meta iif")
	if !in && !strings.HasPrefix(s.lhs[0].key, "meta oif") {
		return false
	}
	for _, b := range w.boxes {
		side := b.Out
		if in {
			side = b.In
		}
		if side != nil && !side.Not && slices.ContainsFunc(side.Patterns, func(p string) bool { return strings.HasSuffix(p, "+") }) {
			is := *s
			is.op = "=="
			w.except = append(w.except, w.l.compare(is).boxes)
			return true
		}
	}
	return false
}

// emit adds a rule for the packets at hand. Those that are to be left out
// come back from a chain of its own.
func (w *work) emit(r ir.Rule) {
	if len(w.boxes) == 0 {
		return
	}
	r.At = w.r.at
	if len(w.except) == 0 {
		r.Boxes = w.boxes
		w.out = append(w.out, r)
		return
	}
	if r.Action == ir.Return || r.Action == ir.Goto {
		w.leave(r)
		return
	}
	c := ir.Chain{
		Name: w.l.cur.name, Group: w.l.tab.label(),
		Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return, At: ir.At{Text: fmt.Sprintf("(end of line %d)", w.r.at.Line)}},
	}
	for _, boxes := range w.except {
		c.Rules = append(c.Rules, ir.Rule{Boxes: boxes, Action: ir.Return, At: w.r.at})
	}
	r.Boxes = ir.Always()
	c.Rules = append(c.Rules, r)
	w.l.prog.Chains = append(w.l.prog.Chains, c)
	w.out = append(w.out, ir.Rule{Boxes: w.boxes, Action: ir.Jump, Target: len(w.l.prog.Chains) - 1, At: w.r.at})
}

// Targets that stand for the rest of the chain at hand; the second also ends
// what is written before it.
const (
	toRest   = -1
	thenRest = -2
)

// leave adds a rule that leaves the chain. A chain of its own would be left in
// its place, so those that stay go on to the rest of the chain instead.
func (w *work) leave(r ir.Rule) {
	for _, boxes := range w.except {
		w.out = append(w.out, ir.Rule{Boxes: boxes, Action: ir.Goto, Target: toRest, At: w.r.at})
	}
	r.Boxes = w.boxes
	w.out = append(w.out, r, ir.Rule{Boxes: ir.Always(), Action: ir.Goto, Target: thenRest, At: w.r.at})
}

// verdict emits a verdict; continue goes on with the next statement.
func (w *work) verdict(v verdict) {
	if v.name == "continue" {
		return
	}
	w.stopped = true
	r := ir.Rule{}
	switch v.name {
	case "accept":
		r.Action = ir.Accept
	case "drop":
		r.Action = ir.Deny
	case "return":
		r.Action = ir.Return
	case "jump", "goto":
		to := w.l.tab.chains[v.target]
		if to == nil || to.base {
			why := fmt.Sprintf("chain %s, which is not in the file", clip(v.target))
			if to != nil {
				why = fmt.Sprintf("chain %s, which hangs on a hook of its own and cannot be jumped to", to.name)
			}
			w.l.problem(w.r.at.Line, "line %d jumps to %s; what reaches the line cannot be decided.", w.r.at.Line, why)
			w.emit(ir.Rule{Action: ir.Undecided, Why: why})
			return
		}
		r.Action, r.Target = ir.Jump, w.l.index[to]
		if v.name == "goto" {
			r.Action = ir.Goto
		}
	default:
		r.Action, r.Why = ir.Undecided, fmt.Sprintf("the program that gets the packets of line %d (queue)", w.r.at.Line)
	}
	w.emit(r)
}

// notrack takes packets out of tracking where they are not tracked yet; later
// it does nothing.
func (w *work) notrack() {
	switch {
	case w.from.early && w.from.late:
		w.emit(ir.Rule{Action: ir.Undecided, Why: fmt.Sprintf("line %d (notrack), which is reached before and after connections are tracked", w.r.at.Line)})
	case w.from.early:
		w.emit(ir.Rule{Action: ir.NoTrack})
	}
}

// keyBoxes are the packets whose parts are any of the keys.
func (w *work) keyBoxes(lhs []sel, keys []elem) []ir.Box {
	return w.l.compare(stmt{lhs: lhs, op: "==", rhs: setOf(keys)}).boxes
}

// vmap emits one rule for each verdict of a map. A packet that is in none goes
// on to the next rule.
func (w *work) vmap(s *stmt) {
	list, open := w.l.elemsOf(s.rhs)
	if open != "" || s.rhs.kind != kSet && s.rhs.kind != kRef {
		if open == "" {
			open = "a map that could not be read"
		}
		w.emit(ir.Rule{Action: ir.Undecided, Why: open})
		w.stopped = true
		return
	}
	var order []verdict
	keys := map[verdict][]elem{}
	var named []elem
	var rest *verdict
	for _, e := range list {
		v := verdict{name: "queue"} // an element without a verdict
		if e.verdict != nil {
			v = *e.verdict
		}
		if e.any {
			rest = &v
			continue
		}
		if keys[v] == nil {
			order = append(order, v)
		}
		keys[v], named = append(keys[v], e), append(named, e)
	}
	whole, on := *w, []ir.Box(nil)
	for _, v := range order {
		part := whole
		part.out = nil
		part.narrow(w.keyBoxes(s.lhs, keys[v]))
		if part.verdict(v); v.name == "continue" {
			on = append(on, part.boxes...)
		}
		w.out = append(w.out, part.out...)
	}
	if rest != nil {
		part := whole
		part.out = nil
		part.narrow(w.l.dependsOn(s.lhs))
		part.except = append(slices.Clip(whole.except), w.keyBoxes(s.lhs, named))
		part.verdict(*rest)
		w.out = append(w.out, part.out...)
		if rest.name == "continue" { // with what is in no other element
			w.boxes, w.except = append(part.boxes, on...), whole.except
			if len(order) > 0 {
				w.maybe("a map whose last element goes on")
			}
			return
		}
	}
	w.boxes, w.stopped = on, len(on) == 0
}
