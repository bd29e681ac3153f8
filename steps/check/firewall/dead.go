package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/clean"
)

// DeadRule is a rule for mail between the mail server and the provider that no
// such packet ever reaches: earlier rules decide about all of them.
type DeadRule struct {
	Rule  Decision   `json:"rule"`
	Label string     `json:"label"` // of the port and direction
	First []Decision `json:"first"` // what decides instead, at most three
}

// maxDead bounds the dead rules that a report lists and the rules looked at.
const (
	maxDead       = 20
	maxDeadLooked = 200
	deadWork      = 400_000 // rules passed in all
	maxDeadRules  = 20_000  // of a file; each look asks all of them
)

// Notes of a report whose rules were not all looked at.
var (
	deadNotAsked = fmt.Sprintf("The file has more than %s rules: it was not looked through for rules about this mail that are never reached.", thousands(strconv.Itoa(maxDeadRules)))
	deadInPart   = "The file was looked through in part for rules about this mail that are never reached: there may be more of them."
)

// dead looks for rules that name the server, or a range of the provider, on
// the port of a need, and that decide about nothing of it. Very long files are
// not looked through: it is advice, and would take longer than the answer.
func (c *checker) dead() {
	if c.set.Rules > maxDeadRules {
		c.report.Notes = append(c.report.Notes, deadNotAsked)
		return
	}
	looks, met, whole := c.deadLooksAt()
	looked := 0
	for _, l := range looks {
		if !whole {
			break // what could not be asked may reach any of them
		}
		whole = c.deadOn(l, met, &looked)
	}
	if !whole {
		c.report.Notes = append(c.report.Notes, deadInPart)
	}
}

// deadLook is one question that dead rules are looked for in.
type deadLook struct {
	scene  *scene
	need   check.PortNeed
	server netip.Addr
	way    way
	query  engine.Query
}

// deadLooksAt asks about everybody on every way, and the same ports the other
// way round: a rule that any of these packets meets is not dead, though those
// of one need pass it by. False when one could not be asked.
func (c *checker) deadLooksAt() (looks []deadLook, met map[ir.At]bool, whole bool) {
	met = map[ir.At]bool{} // a line may stand for several rules, of several interfaces
	for _, n := range c.opt.Needs {
		back := n
		back.In = !n.In
		for _, asked := range []check.PortNeed{n, back} {
			for _, server := range c.subjects(n) {
				if !c.use(server) {
					continue
				}
				ways, _ := c.ways(asked, server)
				for _, w := range ways {
					q := c.deadQuery(asked, w)
					parts, err := c.scene.e.Ask(q)
					if err != nil {
						return nil, nil, false
					}
					for _, p := range parts {
						for i := range p.Hits {
							met[p.Hits[i].Rule.At] = true
						}
					}
					if asked.In == n.In {
						looks = append(looks, deadLook{c.scene, n, server, w, q})
					}
				}
			}
		}
	}
	return looks, met, true
}

// deadOn looks on one way for rules that nothing meets; false when it did not
// look at all there are.
func (c *checker) deadOn(l deadLook, met map[ir.At]bool, looked *int) bool {
	c.scene = l.scene
	p := c.scene.e.Program()
	gates := p.Leave
	if l.need.In && l.way.dir == ir.In {
		gates = slices.Concat(p.Local, p.Through)
	} else if l.way.dir == ir.Forward {
		gates = p.Through
	}
	var found []standing
	for _, g := range gates {
		c.scene.rules([]ir.Gate{g}, func(in *ir.Chain, r *ir.Rule) {
			if (r.Action == ir.Accept || r.Action == ir.Deny) && !met[r.At] && r.At.Line > 0 &&
				!slices.ContainsFunc(found, func(s standing) bool { return s.rule == r }) && c.concerns(r, l.need, l.server, l.way) {
				found = append(found, standing{g.Chain, in, r})
			}
		})
	}
	for _, s := range found {
		if *looked++; *looked > c.deadLooks() || len(c.report.Dead) >= maxDead {
			return false
		}
		first := c.decides(l.query, s, l.need)
		if len(first) == 0 || c.listedDead(s.rule) {
			continue
		}
		c.report.Dead = append(c.report.Dead, DeadRule{
			Rule: Decision{Line: s.rule.At.Line, Text: source.Redact(s.rule.At.Text)}, Label: l.need.Label, First: first,
		})
	}
	return true
}

// standing is a rule where it stands: the chain of its gate, and its own.
type standing struct {
	gate int
	in   *ir.Chain
	rule *ir.Rule
}

// before reports that what decides comes before a rule, so that packets never
// reach it; else they go another way, by another interface or translated.
func (s standing) before(h *engine.Hit) bool {
	at := func(r *ir.Rule) int {
		return slices.IndexFunc(s.in.Rules, func(x ir.Rule) bool { return x.At == r.At })
	}
	switch {
	case h.Policy:
		return false
	case h.Chain == s.in:
		return at(h.Rule) <= at(s.rule)
	}
	return h.Gate == nil || h.Gate.Chain == s.gate || h.Effect == engine.Denied
}

// deadQuery asks about everybody and one local address.
func (c *checker) deadQuery(n check.PortNeed, w way) engine.Query {
	q := engine.Query{Dir: w.dir, Protos: []uint8{protoNumber(n)}, SPorts: ephemeral, DPorts: []ir.PortRange{{Lo: n.Port, Hi: n.Port}}}
	local := []netipx.IPRange{netipx.IPRangeFrom(w.local, w.local)}
	if w.dir == ir.In {
		q.Own = []netip.Addr{w.local}
	}
	if n.In {
		q.Src, q.Dst = everyone(w.local), local
		return q
	}
	q.Src, q.Dst, q.WideDst = local, everyone(w.local), true
	if w.dir == ir.In {
		q.Dir = ir.Out
	}
	return q
}

// concerns reports a rule that is about new connections between the server and
// addresses that it names.
func (c *checker) concerns(r *ir.Rule, n check.PortNeed, server netip.Addr, w way) bool {
	return slices.ContainsFunc(r.Boxes, func(b ir.Box) bool {
		near, far := b.Dst, b.Src
		if !n.In {
			near, far = b.Src, b.Dst
		}
		switch {
		case len(b.State) > 0 || b.Flags != nil || b.Reply != ir.Either || len(b.Maybe) > 0 || b.OrigDst != nil,
			b.Proto != nil && !hasProto(b.Proto, protoNumber(n)),
			b.DPort != nil && !portIn(b.DPort, n.Port) && w.door == nil,
			near != nil && !inSet(near, server) && !inSet(near, w.local),
			far == nil || far.Not || len(far.Ranges) == 0:
			return false
		}
		return c.scene.names(near, server) || c.scene.names(near, w.local) || c.namesRange(far)
	})
}

func hasProto(p *ir.Protos, proto uint8) bool { return slices.Contains(p.List, proto) != p.Not }

// namesRange reports a set that names one of the ranges, or a part of one; what
// is said of a long set is kept, as many rules may share it.
func (c *checker) namesRange(a *ir.Addrs) bool {
	if len(a.Ranges) < manyRanges {
		return c.touchesRange(a)
	}
	v, known := c.scene.ranged[a]
	if !known {
		v = c.touchesRange(a)
		c.scene.ranged[a] = v
	}
	return v
}

func (c *checker) touchesRange(a *ir.Addrs) bool {
	return slices.ContainsFunc(c.opt.Ranges, func(r Range) bool {
		return c.scene.names(a, r.CIDR.Addr()) || slices.ContainsFunc(a.Ranges, func(part netipx.IPRange) bool {
			return r.CIDR.Contains(part.From()) && r.CIDR.Contains(part.To())
		})
	})
}

// decides lists what decides about the packets that a rule is for, when all of
// it comes before the rule.
func (c *checker) decides(q engine.Query, s standing, n check.PortNeed) []Decision {
	var far []netipx.IPRange
	for i := range s.rule.Boxes {
		a := s.rule.Boxes[i].Src
		if !n.In {
			a = s.rule.Boxes[i].Dst
		}
		if a != nil && !a.Not {
			far = append(far, a.Ranges...)
		}
	}
	if n.In {
		q.Src = far
	} else {
		q.Dst = far
	}
	parts, err := c.scene.e.Ask(q)
	if err != nil {
		return nil
	}
	var out []Decision
	for _, p := range parts {
		h := deciding(p)
		if h == nil {
			continue
		}
		if !s.before(h) {
			return nil
		}
		if d := decision(h); len(out) < 3 && !slices.Contains(out, d) {
			out = append(out, d)
		}
	}
	return out
}

// deadLooks is how many rules are looked at: fewer in long rulesets.
func (c *checker) deadLooks() int {
	return max(4, min(maxDeadLooked, deadWork/(c.set.Rules+1)))
}

// Words say which rule is never reached, and why.
func (d DeadRule) Words() string {
	var first []string
	for _, x := range d.First {
		first = append(first, stopper(x))
	}
	return fmt.Sprintf("line %d (%s) decides about no packet of %s: before it comes %s", d.Rule.Line, d.Rule.Text, d.Label, series(first))
}

func (c *checker) listedDead(r *ir.Rule) bool {
	return slices.ContainsFunc(c.report.Dead, func(d DeadRule) bool { return d.Rule.Line == r.At.Line })
}

// deadFinding tells of the rules of a report that are never reached, and where
// none was looked for.
func deadFinding(code string, r Report) []check.Finding {
	if slices.Contains(r.Notes, deadNotAsked) {
		return []check.Finding{{
			Code: code + ".dead.unasked", Severity: check.OK, Subject: clean.Line(r.File),
			Title: "Rules that are never reached were not looked for", Saw: clean.Line(deadNotAsked),
		}}
	}
	if len(r.Dead) == 0 {
		return nil
	}
	var lines []string
	for _, d := range r.Dead {
		lines = append(lines, capital(d.Words()))
	}
	return []check.Finding{{
		Code: code + ".dead", Severity: check.Advice, Subject: clean.Line(r.File), Who: check.WhoNetwork,
		Title:  clean.Sprintf("Rules about this mail that are never reached: %d", len(r.Dead)),
		Saw:    clean.Text(strings.Join(lines, "\n")),
		Should: "A rule that names your mail server or Mimecast's ranges decides about some of their mail",
		IfLeft: "Nothing changes today. Somebody may rely on these rules, or change them and wonder.",
		Do:     "Take them out, or move them above the rules that come first, whichever was meant.",
	}}
}
