package checkpoint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// harmless are members of rules that do not bear on whether packets pass.
var harmless = map[string]bool{
	"uid": true, "name": true, "type": true, "domain": true, "rule-number": true, "track": true, "track-settings": true, "user-check": true,
	"action-settings": true, "meta-info": true, "comments": true, "custom-fields": true, "icon": true, "tags": true, "color": true,
	"read-only": true, "hits": true, "content-direction": true, "layer": true, "available-actions": true, "headers": true, "exclusions": true,
	"package": true, "installed-on": true, "last-hit": true, "warning": true,
}

// read are members that lowering looks at.
var read = map[string]bool{
	"source": true, "destination": true, "service": true, "source-negate": true, "destination-negate": true, "service-negate": true,
	"vpn": true, "content": true, "content-negate": true, "time": true, "install-on": true, "action": true, "inline-layer": true,
	"enabled": true, "service-resource": true,
}

// builder makes the program of an export.
type builder struct {
	x      *export
	s      *store
	p      *ir.Program
	now    time.Time
	dnat   bool
	count  int
	chains map[*layer]int
	odd    map[int]bool // lines with settings that are not known
	states []ir.Statement
}

func (b *builder) add(c ir.Chain) int {
	b.p.Chains = append(b.p.Chains, c)
	return len(b.p.Chains) - 1
}

// maxDepth bounds layers in layers; inside marks a layer that is being lowered,
// which none of its own rules can go to.
const (
	maxDepth = 20
	inside   = -1
)

// chain lowers one layer. Its end is a rule too, so that an inline layer
// decides about all that goes into it.
func (b *builder) chain(l *layer, depth int) int {
	if i, ok := b.chains[l]; ok {
		return i
	}
	i := b.add(ir.Chain{Name: l.name})
	b.chains[l] = inside
	defer func() { b.chains[l] = i }()
	var rules []ir.Rule
	for _, n := range l.rules {
		switch {
		case n == nil:
			rules = append(rules, undecided(l.line, "rules of layer "+l.name+" that are not in the file", "layer "+l.name))
		case n.Get("type").Str() != "access-rule":
			rules = append(rules, undecided(n.Line, fmt.Sprintf("line %d, which is no rule that is understood", n.Line), clip(n.Get("name").Str())+" "+n.Get("type").Str()))
		default:
			b.count++
			if x, ok := b.rule(l, n, depth); ok {
				rules = append(rules, x...)
			}
		}
	}
	end := b.cleanup(l)
	b.p.Chains[i].Rules = append(rules, end)
	b.p.Chains[i].Policy = end
	return i
}

func undecided(line int, why, text string) ir.Rule {
	if strings.TrimSpace(text) == "" {
		text = "(an entry without type and name)"
	}
	return ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: why, At: ir.At{Line: line, Text: strings.TrimSpace(text)}}
}

// cleanup is what becomes of packets at the end of a layer.
func (b *builder) cleanup(l *layer) ir.Rule {
	x := ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(implicit cleanup rule of layer %s: drop)", l.name)}}
	switch l.cleanup {
	case "drop":
	case "accept":
		x.Action, x.At.Text = ir.Accept, fmt.Sprintf("(implicit cleanup rule of layer %s: accept)", l.name)
	default:
		x.Action, x.Why = ir.Undecided, fmt.Sprintf("the implicit cleanup action of layer %s; add the output of: mgmt_cli show access-layer name %q --format json", l.name, l.name)
		x.At.Text = fmt.Sprintf("(implicit cleanup rule of layer %s)", l.name)
	}
	return x
}

// rule lowers one rule; false for one that never acts.
func (b *builder) rule(l *layer, n *jsontree.Node, depth int) ([]ir.Rule, bool) {
	at := b.gist(l, n)
	b.states = append(b.states, ir.Statement{Line: n.Line, Text: at.Text, Known: true})
	if e := n.Get("enabled"); e != nil && !e.True() || b.ended(n) {
		return nil, false
	}
	boxes := []ir.Box{{Maybe: b.maybes(n)}}
	boxes = b.side(boxes, n, "source")
	boxes = b.side(boxes, n, "destination")
	x := ir.Rule{Boxes: boxes, At: at}
	b.action(&x, n, depth)
	services := b.s.servicesOf(n.Get("service"))
	if n.Get("service-negate").True() && !b.s.isAny(n.Get("service")) {
		return []ir.Rule{b.allBut(x, services)}, true
	}
	x.Boxes = services.Of(boxes)
	if b.portsMoved() {
		for i := range x.Boxes {
			x.Boxes[i].OrigDPort, x.Boxes[i].DPort = x.Boxes[i].DPort, nil
		}
	}
	return []ir.Rule{x}, true
}

// allBut is a rule for all packets but those of some services, as a chain of
// its own that these return from.
func (b *builder) allBut(x ir.Rule, services objects.Services) ir.Rule {
	then := x
	then.Boxes = ir.Always()
	back := ir.Rule{Boxes: services.Of(ir.Always()), Action: ir.Return, At: ir.At{Line: x.At.Line, Text: "(services that the rule leaves out)"}}
	i := b.add(ir.Chain{Name: "all services but", Rules: []ir.Rule{back, then}, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return}})
	x.Action, x.Target, x.Why = ir.Jump, i, ""
	return x
}

// action says what a rule does.
func (b *builder) action(x *ir.Rule, n *jsontree.Node, depth int) {
	names := b.s.cell(n.Get("action"))
	action := ""
	if len(names) > 0 {
		action = strings.ToLower(names[0])
	}
	if in := n.Get("inline-layer"); in != nil && in.Kind != jsontree.Null && in.Str()+in.Get("uid").Str() != "" {
		uid := in.Str() + in.Get("uid").Str()
		l := b.x.byUID[uid]
		if l == nil || len(l.rules) == 0 || depth > maxDepth || b.chains[l] == inside {
			x.Action, x.Why = ir.Undecided, "the inline layer of the rule, which is not in the file"
			return
		}
		x.Action, x.Target = ir.Goto, b.chain(l, depth+1)
		return
	}
	switch action {
	case "accept":
		x.Action = ir.Accept
	case "drop", "reject":
		x.Action = ir.Deny
	default:
		x.Action, x.Why = ir.Undecided, fmt.Sprintf("the action %q of the rule", action)
	}
}

// side narrows boxes by one cell of addresses and security zones.
func (b *builder) side(boxes []ir.Box, n *jsontree.Node, name string) []ir.Box {
	cell := n.Get(name)
	not := n.Get(name + "-negate").True()
	if b.s.isAny(cell) && !not {
		return boxes
	}
	dst := name == "destination"
	set, zones := b.s.addresses(cell, dst)
	put := objects.Source
	if dst {
		if put = objects.Destination; b.dnat {
			put = objects.OriginalDestination
		}
	}
	if not && len(zones) > 0 {
		set, zones = objects.UnknownAddrs("security zones in a negated cell"), nil
	}
	var out []ir.Box
	if set != nil {
		if not {
			set = set.Negate()
		}
		out = put(slices.Clone(boxes), set)
	}
	if len(zones) > 0 {
		i := &ir.Ifaces{Patterns: zones}
		for _, x := range boxes {
			if dst {
				x.Out = i
			} else {
				x.In = i
			}
			out = append(out, x)
		}
	}
	return out
}

// maybes are the reasons why a rule is met perhaps.
func (b *builder) maybes(n *jsontree.Node) []string {
	var out []string
	add := func(format string, args ...any) { out = append(out, fmt.Sprintf(format, args...)) }
	for _, need := range []string{"source", "destination", "service"} {
		if len(n.Get(need).Items()) == 0 {
			add("what the rule has for %s, which the file does not say (export with details-level full)", need)
		}
	}
	for _, c := range []struct{ name, why string }{
		{"vpn", "the VPN that the connection comes by"}, {"content", "what the connection carries"}, {"time", "the time"},
	} {
		if v := n.Get(c.name); v != nil && (!b.s.isAny(v) || n.Get(c.name+"-negate").True()) {
			add("%s (%s)", c.why, source.Few(b.s.cell(v)))
		}
	}
	if v := n.Get("install-on"); v != nil && !b.s.isAny(v) && !slices.Contains(b.s.cell(v), "Policy Targets") {
		add("the gateways that the rule is installed on (%s)", source.Few(b.s.cell(v)))
	}
	if v := n.Get("service-resource"); v != nil && v.Str()+v.Get("name").Str() != "" {
		add("the resource %s", v.Str()+v.Get("name").Str())
	}
	for i, k := range n.Keys {
		if !harmless[k] && !read[k] {
			b.odd[n.Kids[i].Line] = true
			add("its setting %q, whose effect is not known here", clip(k))
		}
	}
	return out
}

// ended reports a rule whose times are all past.
func (b *builder) ended(n *jsontree.Node) bool {
	cell := n.Get("time")
	if b.now.IsZero() || b.s.isAny(cell) {
		return false
	}
	for _, i := range cell.Items() {
		o, _ := b.s.of(i)
		ms, err := strconv.ParseInt(o.At("end", "posix").Str(), 10, 64)
		if o == nil || o.Get("end-never").True() || err != nil || !time.UnixMilli(ms).Add(24*time.Hour).Before(b.now) {
			return false
		}
	}
	return true
}

// gist is a rule in one line.
func (b *builder) gist(l *layer, n *jsontree.Node) ir.At {
	side := func(name string) string {
		s := source.Few(b.s.cell(n.Get(name)))
		if n.Get(name + "-negate").True() {
			return "not " + s
		}
		return s
	}
	return ir.At{Line: n.Line, Text: fmt.Sprintf("rule %s %q of layer %s: %s -> %s, service %s: %s",
		n.Get("rule-number").Str(), n.Get("name").Str(), l.name, side("source"), side("destination"), side("service"), source.Few(b.s.cell(n.Get("action"))))}
}

func clip(s string) string { return source.Clip(s, 90) }
