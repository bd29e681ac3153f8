package asa

import (
	"fmt"
	"slices"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// view says which addresses a list names.
type view uint8

// Views: addresses as they are when the list is asked; those that the packet
// came with (inbound, before 8.3); and as they leave (outbound, before 8.3).
const (
	asIs view = iota
	asCame
	asLeaves
)

type chainKey struct {
	acl  string
	view view
}

// program makes the program of one family.
type program struct {
	r *reader
	cisco.Family
	prog  *ir.Program
	index map[chainKey]int
}

// finish resolves names and makes the programs.
func (r *reader) finish() {
	r.fillBooks()
	r.Set.Rules = r.rules()
	if len(r.acls)+len(r.ifaces)+r.Nets.Len()+len(r.services)+len(r.nats)+len(r.olds) == 0 {
		return
	}
	r.Set.Object = r.Nets.Object(netBook)
	r.tellIfaces()
	understood := r.understandAll()
	for _, f := range []ir.Family{ir.V4, ir.V6} {
		p := &program{r: r, Family: cisco.Family{Six: f == ir.V6}, prog: &ir.Program{Family: f, Stateful: true}, index: map[chainKey]int{}}
		p.build(understood)
		r.Set.Programs = append(r.Set.Programs, p.prog)
	}
	r.label()
}

func (r *reader) understandAll() map[string][]*ace {
	out := map[string][]*ace{}
	for _, name := range r.aclNames {
		a := r.acls[name]
		if a.work.Broken > 0 {
			out[name] = append(out[name], &ace{Entry: a.work.Lost("access-list " + name)})
		}
		for _, e := range a.entries {
			list := []*entry{e}
			if len(e.parts) > 0 {
				list = e.parts // what its groups hold, as the device shows it
			}
			for _, e := range list {
				if e.remark {
					continue
				}
				if x := r.understand(a, e); x != nil {
					out[name] = append(out[name], x)
				}
			}
		}
	}
	return out
}

func (r *reader) label() {
	kind := "Cisco ASA"
	if r.pix {
		kind = "Cisco PIX"
	}
	version := ", version not told"
	if r.major > 0 {
		version = fmt.Sprintf(" %d.%d", r.major, r.minor)
	}
	if r.ftd() {
		kind, version = "Cisco FTD", ""
	}
	r.Set.Label = kind + version
	switch {
	case r.before83() == ir.Yes:
		r.Set.Label += ", lists name translated addresses"
	case r.before83() == ir.Either:
		r.Note("The file has no version line, and translations of releases before and after 8.3 stand in it. " +
			"Whether lists name translated addresses depends on the version: add the line \"ASA Version ...\" that show version gives.")
	}
	r.noteMail()
	r.noteSends()
	r.noteARP()
	r.NotePassed("firewall")
	if len(r.bound) == 0 && len(r.acls) > 0 && r.acls[ftdList] == nil {
		r.Note("The file does not tell which interfaces its access lists are applied to: add the output of show running-config access-group.")
	}
}

// ftdList is the one list of an FTD; it is applied to all interfaces.
const ftdList = "CSM_FW_ACL_"

// build arranges the gates.
func (p *program) build(understood map[string][]*ace) {
	r := p.r
	arrive := r.Apart(p.add)
	if rules := p.relevant(r.natRules()); len(rules) > 0 {
		i := p.add(ir.Chain{Name: "nat", Group: "translation", Rules: rules, Policy: ir.Rule{Action: ir.Accept, At: ir.At{Text: "(no translation)"}}})
		arrive = append(arrive, ir.Gate{Stage: "translation", Chain: i, NAT: true, Diverts: true})
	}
	for _, name := range r.aclNames {
		for _, v := range p.views(name) {
			p.index[chainKey{name, v}] = p.add(p.list(name, v, understood[name]))
		}
	}
	var rest []ir.Gate
	own := p.own()
	gate := func(c ir.Chain, primary bool) {
		if len(c.Rules) == 0 && c.Policy.Action == ir.Accept {
			return
		}
		c.Rules = append(slices.Clone(own), c.Rules...)
		rest = append(rest, ir.Gate{Stage: c.Name, Chain: p.add(c), Primary: primary})
	}
	gate(p.switchedOff(), false)
	gate(p.reversePath(), false)
	gate(p.doubts(), false)
	gate(p.access(), true)
	gate(p.sameLevel(), false)
	if r.natctl.Line > 0 {
		gate(p.chain("nat-control", p.relevant(r.controlled())), false)
	}
	gate(p.outbound(), true)
	local := ir.Gate{Stage: "to the ASA itself", Chain: p.add(p.toBox(understood))}
	p.prog.Arrive = arrive
	p.prog.Through = rest
	p.prog.Local = append([]ir.Gate{local}, rest...)
	p.prog.Leave = append(slices.Clone(arrive), rest...)
}

// own lets pass what is for the ASA itself: lists for packets through it are
// not asked about that.
func (p *program) own() []ir.Rule {
	var at []netipx.IPRange
	for _, a := range p.r.own(p.Six) {
		at = append(at, source.One(a))
	}
	if len(at) == 0 {
		return nil
	}
	return []ir.Rule{{
		Boxes: objects.Destination([]ir.Box{{DstLocal: ir.Yes}}, objects.Of(at...)), Action: ir.Accept, At: ir.At{Text: "(for the ASA itself)"},
	}}
}

func (p *program) add(c ir.Chain) int {
	p.prog.Chains = append(p.prog.Chains, c)
	return len(p.prog.Chains) - 1
}

// chain is a gate that lets pass what its rules do not refuse.
func (p *program) chain(name string, rules []ir.Rule) ir.Chain {
	return ir.Chain{Name: name, Group: "asa", Rules: rules, Policy: ir.Rule{Action: ir.Accept, At: ir.At{Text: "(" + name + ": nothing stands against it)"}}}
}

// views lists how a list may be read.
func (p *program) views(name string) []view {
	old := p.r.before83()
	if old == ir.No || !p.r.translates() {
		return []view{asIs}
	}
	var out []view
	add := func(v view) {
		if !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	for _, b := range p.r.bound {
		switch {
		case b.acl != name:
		case b.dir == "out":
			add(asLeaves)
		default:
			add(asCame)
		}
	}
	if old == ir.Either || len(out) == 0 {
		add(asIs)
	}
	return out
}

// list is an access list as a chain.
func (p *program) list(name string, v view, understood []*ace) ir.Chain {
	c := ir.Chain{Name: name, Group: "access-list", Policy: ir.Rule{
		Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(implicit deny at the end of access-list %s)", name)},
	}}
	c.Rules = make([]ir.Rule, 0, len(understood))
	for _, x := range understood {
		boxes := p.boxes(x, v, name)
		if len(boxes) == 0 {
			continue
		}
		c.Rules = append(c.Rules, x.Rule(boxes))
	}
	return c
}

// boxes are the packets that an entry is met by.
func (p *program) boxes(x *ace, v view, name string) []ir.Box {
	if !p.Concerns(x.Src) || !p.Concerns(x.Dst) {
		return nil
	}
	base := ir.Box{}
	if x.in != "" {
		base.In = p.r.ifs(x.in)
	}
	if x.out != "" {
		base.Out = p.r.ifs(x.out)
	}
	base.Maybe = x.Maybe
	boxes := x.Services.Of([]ir.Box{base})
	if v == asLeaves {
		boxes = p.leaving(x, boxes, name)
	} else {
		boxes = objects.Source(boxes, x.Src)
	}
	if v != asCame {
		return objects.Destination(boxes, x.Dst)
	}
	boxes = objects.OriginalDestination(boxes, x.Dst)
	for i := range boxes {
		boxes[i].OrigDPort, boxes[i].DPort = boxes[i].DPort, nil
	}
	return boxes
}

// leaving narrows boxes to sources that an outbound list before 8.3 names as
// they are after translation.
func (p *program) leaving(x *ace, boxes []ir.Box, name string) []ir.Box {
	outs := map[string]bool{}
	for _, b := range p.r.bound {
		if b.acl == name && b.dir == "out" {
			outs[b.iface] = true
		}
	}
	if x.Src == p.r.book.four || x.Src.Any {
		return objects.Source(boxes, x.Src)
	}
	sure, perhaps := p.r.untranslate(x.Src, outs)
	out := objects.Source(boxes, sure)
	for _, b := range objects.Source(boxes, perhaps) {
		b.Maybe = append(slices.Clone(b.Maybe), fmt.Sprintf("the source address after translation, which line %d names (show xlate)", x.At.Line))
		out = append(out, b)
	}
	return out
}

// relevant are rules of which some box may be met by packets of the family.
func (p *program) relevant(rules []ir.Rule) []ir.Rule {
	has := func(a *ir.Addrs) bool {
		return a == nil || a.Not || p.Holds(a.Ranges)
	}
	var out []ir.Rule
	for _, x := range rules {
		var boxes []ir.Box
		for _, b := range x.Boxes {
			if has(b.Src) && has(b.Dst) && !(p.Six && b.DstLocal == ir.Yes) { // a lease is of IPv4
				boxes = append(boxes, b)
			}
		}
		if x.To.HasAddr() && x.To.Addr.From().Is6() != p.Six {
			if len(boxes) > 0 && x.Action == ir.Translate {
				x = openNAT(x.At, boxes, fmt.Sprintf("the translation between IPv4 and IPv6 in line %d", x.At.Line))
				out = append(out, x)
			}
			continue
		}
		if len(boxes) > 0 {
			x.Boxes = boxes
			out = append(out, x)
		}
	}
	return out
}
