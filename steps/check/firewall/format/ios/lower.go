package ios

import (
	"fmt"
	"maps"
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// view says which addresses a list sees.
type view uint8

// Views: as packets are at the list; inbound on the outside of translation,
// where answers come to a translated address; outbound there, where sources
// are translated.
const (
	asIs view = iota
	fromOutside
	toOutside
)

type chainKey struct {
	list string
	view view
}

// program makes the program of one family.
type program struct {
	r *reader
	cisco.Family
	prog  *ir.Program
	index map[chainKey]int
	kept  map[chainKey]*kept // what reflexive lists keep, by their names
	spent int                // entries looked at for that
	aces  map[string][]*ace
}

func (r *reader) finish() {
	r.fillBooks()
	r.Set.Rules = r.rules()
	if len(r.lists)+r.Nets.Len()+len(r.services)+len(r.nats)+len(r.zones.pairs) == 0 && !r.bindsAny() {
		return
	}
	r.Set.Object, r.Set.Source = r.Nets.Object(netBook), r
	r.tellIfaces()
	aces := map[string][]*ace{}
	for _, name := range r.listNames {
		a := r.lists[name]
		if a.work.Broken > 0 {
			aces[name] = append(aces[name], &ace{Entry: a.work.Lost("list " + name)})
		}
		for _, e := range a.entries {
			if x := r.understand(a, e); x != nil {
				aces[name] = append(aces[name], x.apart()...)
			}
		}
	}
	r.noteMasks(aces)
	for _, f := range []ir.Family{ir.V4, ir.V6} {
		p := &program{r: r, Family: cisco.Family{Six: f == ir.V6}, prog: &ir.Program{Family: f}, index: map[chainKey]int{}, kept: map[chainKey]*kept{}, aces: aces}
		p.build()
		r.Set.Programs = append(r.Set.Programs, p.prog)
	}
	r.label()
}

func (r *reader) bindsAny() bool {
	return slices.ContainsFunc(r.ifaces, func(f *iface) bool {
		return f.in.list+f.out.list+f.in6.list+f.out6.list != ""
	})
}

func (r *reader) label() {
	r.Set.Label = "Cisco IOS"
	if len(r.ifaces) == 0 && !r.whole {
		r.Set.Label = "Cisco IOS access lists"
	}
	r.noteMail()
	r.noteSends()
	r.NotePassed("router")
	if !r.bindsAny() && len(r.lists) > 0 && len(r.zones.pairs) == 0 {
		r.Note("The file does not tell which interfaces its access lists are applied to: add the interface parts of show running-config.")
	}
}

func (r *reader) tellIfaces() {
	routed := slices.ContainsFunc(r.ifaces, func(f *iface) bool { return f.default1 != "" })
	nat := slices.ContainsFunc(r.ifaces, func(f *iface) bool { return f.nat == "outside" })
	for _, f := range r.ifaces {
		x := ir.Iface{Name: f.name, Addrs: f.addrs, Nets: f.nets, Zone: f.zone, At: ir.At{Line: f.line, Text: "interface " + f.name}}
		switch {
		case f.default1 != "":
			x.Outer, x.Why = ir.Yes, f.default1
		case routed:
			x.Outer = ir.No
		case f.in.list == freshList || f.in6.list == freshList+"6":
			x.Outer, x.Why = ir.Yes, "list "+freshList+" is made for the interface of the internet"
		case f.nat == "outside":
			x.Outer, x.Why = ir.Yes, "sources are translated as packets leave by it (ip nat outside)"
		case nat && f.nat == "inside":
			x.Outer = ir.No
		}
		r.Set.Ifaces = append(r.Set.Ifaces, x)
	}
}

func (p *program) build() {
	r := p.r
	in, out := p.gate("inbound lists", true), p.gate("outbound lists", false)
	if !r.bindsAny() && len(r.zones.pairs) == 0 && len(r.lists) > 0 {
		in.Policy = ir.Rule{
			Action: ir.Undecided, At: ir.At{Text: "(no access list is applied in this file)"},
			Why: "which interfaces the access lists are applied to (ip access-group); add show running-config",
		}
	}
	for _, name := range r.listNames {
		if r.lists[name].six == p.Six {
			p.chainOf(name, asIs) // each can be asked by name
		}
	}
	gates := func(c ir.Chain, primary bool) []ir.Gate {
		if len(c.Rules) == 0 && c.Policy.Action == ir.Accept {
			return nil
		}
		return []ir.Gate{{Stage: c.Name, Chain: p.add(c), Primary: primary}}
	}
	apart := r.Apart(p.add)
	arrive := append(slices.Clone(apart), gates(in, true)...)
	if len(arrive) == 0 && p.Six && r.hasSix() {
		arrive = []ir.Gate{{Stage: in.Name, Chain: p.add(in), Primary: true}} // everything passes, and is seen to
	}
	if rules := r.natRules(); !p.Six && len(rules) > 0 {
		i := p.add(ir.Chain{Name: "nat", Group: "translation", Rules: rules, Policy: ir.Rule{Action: ir.Accept, At: ir.At{Text: "(no translation)"}}})
		arrive = append(arrive, ir.Gate{Stage: "translation", Chain: i, NAT: true, Diverts: true})
	}
	rest := gates(p.other(), false)
	rest = append(rest, gates(p.zoneGate(), true)...)
	rest = append(rest, gates(out, true)...)
	p.prog.Arrive, p.prog.Through = arrive, rest
	local := ir.Gate{Stage: "to the router itself", Chain: p.add(p.toRouter())}
	p.prog.Local = append([]ir.Gate{local}, rest...)
	p.prog.Leave = append(apart, rest...)
}

func (p *program) add(c ir.Chain) int {
	p.prog.Chains = append(p.prog.Chains, c)
	return len(p.prog.Chains) - 1
}

func pass(name string) ir.Chain {
	return ir.Chain{Name: name, Group: "ios", Policy: ir.Rule{Action: ir.Accept, At: ir.At{Text: "(no access list is applied to the interface)"}}}
}

// otherStatements is the gate of statements whose effect is not told.
const otherStatements = "other statements"

// other are statements whose effect is not told.
func (p *program) other() ir.Chain {
	c := pass(otherStatements)
	for _, f := range p.r.ifaces {
		if f.down.Line > 0 && (!p.Six || p.r.hasSix()) {
			c.Rules = append(c.Rules, cisco.Down(f.down, f.name)...)
		}
	}
	if !p.Six || p.r.hasSix() {
		c.Rules = append(c.Rules, p.r.tables()...)
	}
	c.Rules = append(c.Rules, p.r.Doubts...)
	if !p.Six {
		c.Rules = append(c.Rules, p.r.oneWay()...)
	}
	return c
}

// hasSix reports a router that has IPv6 addresses: others pass no IPv6.
func (r *reader) hasSix() bool {
	return slices.ContainsFunc(r.ifaces, func(f *iface) bool { return slices.ContainsFunc(f.addrs, netip.Addr.Is6) })
}

// tables leaves open packets from one routing table (VRF) to another, whose ways
// the file does not show.
func (r *reader) tables() []ir.Rule {
	by := map[string][]string{}
	for _, f := range r.ifaces {
		by[f.vrf] = append(by[f.vrf], f.name)
	}
	if len(by) < 2 {
		return nil
	}
	var out []ir.Rule
	for _, vrf := range slices.Sorted(maps.Keys(by)) {
		name := "VRF " + vrf
		if vrf == "" {
			name = "the global routing table"
		}
		out = append(out, ir.Rule{
			Boxes:  []ir.Box{{In: &ir.Ifaces{Patterns: by[vrf]}, Out: &ir.Ifaces{Patterns: by[vrf], Not: true}}},
			Action: ir.Undecided, At: ir.At{Text: "(from " + name + " to another)"},
			Why: "whether routes lead from " + name + " to that of the interface that the packet leaves by",
		})
	}
	return out
}

// own are the router's addresses of the family.
func (p *program) own() *objects.Addrs {
	own := &objects.Addrs{}
	for _, f := range p.r.ifaces {
		for _, a := range f.addrs {
			if a.Is6() == p.Six {
				own.Ranges = append(own.Ranges, source.One(a))
			}
		}
	}
	return own
}

// itself lets pass at gates for packets through the router what is for it or
// from it.
func (p *program) itself() []ir.Rule {
	own := p.own()
	if len(own.Ranges) == 0 {
		return nil
	}
	boxes := objects.Destination([]ir.Box{{DstLocal: ir.Yes}}, own)
	boxes = append(boxes, objects.Source([]ir.Box{{SrcLocal: ir.Yes}}, own)...)
	return []ir.Rule{{Boxes: boxes, Action: ir.Accept, At: ir.At{Text: "(for the router itself, or from it)"}}}
}

// gate asks the lists of one direction, interface by interface.
func (p *program) gate(name string, in bool) ir.Chain {
	c := pass(name)
	for _, f := range p.r.ifaces {
		b := f.out
		switch {
		case in && p.Six:
			b = f.in6
		case in:
			b = f.in
		case p.Six:
			b = f.out6
		}
		if b.list == "" {
			continue
		}
		c.Rules = append(c.Rules, p.inspected(f, in)...)
		box := ir.Box{}
		set := &ir.Ifaces{Patterns: []string{f.name}}
		if in {
			box.In = set
		} else {
			box.Out = set
		}
		c.Rules = append(c.Rules, p.ask(f, b, box, in)...)
	}
	if !in && len(c.Rules) > 0 {
		c.Rules = append(p.itself(), c.Rules...)
	}
	return c
}

// ask asks a list about the packets of a box.
func (p *program) ask(f *iface, b applied, box ir.Box, in bool) []ir.Rule {
	a := p.r.lists[b.list]
	at := b.at
	switch {
	case (a == nil || len(a.entries) == 0) && !p.r.whole:
		return []ir.Rule{{Boxes: []ir.Box{box}, Action: ir.Undecided, At: at, Why: fmt.Sprintf(
			"list %s, which line %d applies and which is not in the file; add the whole of show running-config", b.list, at.Line)}}
	case a == nil || len(a.entries) == 0:
		if !p.Six || f.in.list == "" {
			p.r.Problem(at.Line, "list %s, which is applied to %s, has no entry: such a list lets everything pass.", b.list, f.name)
		}
		return []ir.Rule{{Boxes: []ir.Box{box}, Action: ir.Return, At: at}}
	}
	end := ir.Rule{Boxes: []ir.Box{box}, Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(implicit deny at the end of list %s)", b.list)}}
	jump := func(box ir.Box, v view) ir.Rule {
		return ir.Rule{Boxes: []ir.Box{box}, Action: ir.Jump, Target: p.chainOf(b.list, v), At: at}
	}
	outside := !p.Six && (f.nat == "outside" || f.nat == "enable") && len(p.r.nats)+len(p.r.dynamic) > 0
	switch {
	case !outside:
		return []ir.Rule{jump(box, asIs), end}
	case in:
		return []ir.Rule{jump(box, fromOutside), end}
	}
	from := box
	from.In = p.r.natIfaces("inside")
	if from.In == nil {
		return []ir.Rule{jump(box, asIs), end}
	}
	ended := end
	ended.Boxes = []ir.Box{from}
	return []ir.Rule{jump(from, toOutside), ended, jump(box, asIs), end}
}

// chainOf is the chain of a list.
func (p *program) chainOf(name string, v view) int {
	if i, ok := p.index[chainKey{name, v}]; ok {
		return i
	}
	a := p.r.lists[name]
	c := ir.Chain{Name: name, Group: "access-list", Policy: ir.Rule{
		Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(implicit deny at the end of list %s)", name)},
	}}
	if len(a.entries) == 0 {
		c.Policy = ir.Rule{Action: ir.Accept, At: ir.At{Line: a.line, Text: fmt.Sprintf("(list %s has no entry and lets everything pass)", name)}}
	}
	if a.six == p.Six || len(a.entries) == 0 {
		for _, x := range p.aces[name] {
			c.Rules = append(c.Rules, p.rule(x, v)...)
		}
		if a.six {
			c.Rules = append(c.Rules, ir.Rule{
				Boxes:  []ir.Box{{Proto: &ir.Protos{List: []uint8{ir.ICMPv6}}, ICMP: &ir.ICMPTypes{List: []ir.ICMPType{{Type: 135, CodeHi: 255}, {Type: 136, CodeHi: 255}}}}},
				Action: ir.Accept, At: ir.At{Text: fmt.Sprintf("(implicit permit of neighbour discovery at the end of list %s)", name)},
			})
		}
	}
	i := p.add(c)
	p.index[chainKey{name, v}] = i
	return i
}

// rule is an entry as rules; nothing when no packet of the family meets it.
func (p *program) rule(x *ace, v view) []ir.Rule {
	if x.evaluate != "" {
		return p.evaluated(x, v)
	}
	boxes := p.boxes(x, v)
	if len(boxes) == 0 {
		return nil
	}
	return []ir.Rule{x.Rule(boxes)}
}

// boxes are the packets that an entry is met by.
func (p *program) boxes(x *ace, v view) []ir.Box {
	if !p.Concerns(x.Src) || !p.Concerns(x.Dst) {
		return nil
	}
	var out []ir.Box
	for _, s := range x.Services {
		one := objects.Services{s}.Of([]ir.Box{{Maybe: x.Maybe}})
		switch {
		case v == toOutside && !x.Src.Any:
			for _, b := range one {
				out = append(out, objects.Destination(p.r.inside(b, x.Src, x, sourceSide), x.Dst)...)
			}
		case v == fromOutside && !x.Dst.Any:
			there := objects.Destination(one, x.Dst)
			for i := range there {
				there[i].Reply = ir.No
			}
			for _, b := range one {
				b.Reply = ir.Yes
				there = append(there, p.r.inside(b, x.Dst, x, destSide)...)
			}
			out = append(out, objects.Source(there, x.Src)...)
		default:
			out = append(out, objects.Destination(objects.Source(one, x.Src), x.Dst)...)
		}
	}
	return out
}

func unsure(boxes []ir.Box, x *ace) []ir.Box {
	for i := range boxes {
		boxes[i].Maybe = append(slices.Clone(boxes[i].Maybe), fmt.Sprintf("the address that the inside host is translated to, which line %d names (show ip nat translations)", x.At.Line))
	}
	return boxes
}

// toRouter is the gate of packets to the router's own addresses.
func (p *program) toRouter() ir.Chain {
	c := pass("to the router itself")
	own := p.own()
	if len(own.Ranges) == 0 {
		return c
	}
	c.Rules = cisco.Itself(objects.Destination(ir.Always(), own)[0], "router", "")
	c.Rules[0].Boxes[0].Reply = ir.No // it may have sent mail of its own
	return c
}
