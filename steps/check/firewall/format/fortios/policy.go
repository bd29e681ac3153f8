package fortios

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// columns are the names of settings in a table of policies for a family.
type columns struct {
	table, kind string // kind: for people, "policy"
	src, dst    string
	other       string // source of the other family; "" where a table has one family
	isdb, isrc  string // destination and source by internet service
}

func (v *vdom) columns(f ir.Family) []columns {
	six, isdb, isrc := "6", "internet-service6", "internet-service6-src"
	if f == ir.V4 {
		six, isdb, isrc = "", "internet-service", "internet-service-src"
	}
	policy := columns{"firewall policy", "policy", "srcaddr" + six, "dstaddr" + six, "srcaddr6", isdb, isrc}
	consolidated := columns{"firewall consolidated policy", "policy", "srcaddr4", "dstaddr4", "srcaddr6", isdb, isrc}
	if f == ir.V6 {
		policy.other, consolidated.other = "srcaddr", "srcaddr4"
		consolidated.src, consolidated.dst = "srcaddr6", "dstaddr6"
	}
	if v.at.kid("system settings").own().is("consolidated-firewall-mode", "enable") {
		return []columns{consolidated}
	}
	list := []columns{policy}
	if f == ir.V6 {
		list = append(list, columns{"firewall policy6", "IPv6 policy", "srcaddr", "dstaddr", "", "internet-service", "internet-service-src"})
	}
	if v.at.kid("firewall policy") == nil && v.at.kid("firewall consolidated policy") != nil {
		list = append(list, consolidated)
	}
	return list
}

// policies lowers all policies of a family, in the order of the file.
func (v *vdom) policies(f ir.Family) []ir.Rule {
	for _, c := range v.columns(f) {
		for _, e := range v.at.kid(c.table).entries() {
			if !e.is("status", "disable") {
				names, _, _ := e.get(c.dst)
				v.claim(f, names)
			}
		}
	}
	v.rank(f)
	var out []ir.Rule
	for _, c := range v.columns(f) {
		translates := !v.central && len(v.active(f)) > 0
		for _, e := range v.at.kid(c.table).entries() {
			if r, ok := v.policy(e, c, f, translates); ok {
				out = append(out, r)
			}
		}
	}
	return append(out, v.intrazone()...)
}

// policy lowers one; false for one that is off, has ended or is of the other
// family.
func (v *vdom) policy(e *entry, c columns, f ir.Family, translates bool) (ir.Rule, bool) {
	if e.stray {
		return v.unreadRule(e.line, e.line, c), true
	}
	if e.is("status", "disable") {
		return ir.Rule{}, false
	}
	r := ir.Rule{At: ir.At{Line: e.line, Text: gist(e, c)}}
	if len(e.unread) > 0 {
		u := v.unreadRule(e.unread[0], e.line, c)
		u.At.Text = r.At.Text
		return u, true
	}
	reasons, ends := v.reasons(e)
	if ends {
		return ir.Rule{}, false
	}
	src, mine := v.source(e, c, f, &reasons)
	if !mine {
		return ir.Rule{}, false
	}
	boxes := objects.Source([]ir.Box{v.between(e, &reasons)}, src)
	for i := range boxes {
		boxes[i].Maybe = append(slices.Clone(boxes[i].Maybe), reasons...)
	}
	r.Action = ir.Deny
	switch a := e.value("action"); a {
	case "", "deny":
	case "accept", "learn":
		r.Action = ir.Accept
	default:
		r.Action, r.Why = ir.Undecided, fmt.Sprintf("action %s of policy %s (line %d), which hands packets on elsewhere", shorten(a), e.name, e.line)
	}
	r.Boxes = v.destination(e, c, f, boxes, translates)
	return r, true
}

func (v *vdom) unreadRule(line, at int, c columns) ir.Rule {
	return ir.Rule{
		Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("line %d among the policies, which could not be read", line),
		At: ir.At{Line: at, Text: fmt.Sprintf("line %d in config %s", line, c.table)},
	}
}

// reasons are what the file does not tell of when a policy is in force; ends
// says that it is in force no more.
func (v *vdom) reasons(e *entry) (why []string, ends bool) {
	names, _, _ := e.get("schedule")
	for _, n := range names {
		t := v.schedule(n)
		if t.never {
			return nil, true
		}
		if t.reason != "" {
			why = append(why, t.reason)
		}
	}
	t := v.expiry(e)
	if t.never {
		return nil, true
	}
	if t.reason != "" {
		why = append(why, t.reason)
	}
	for i := range e.set {
		s := &e.set[i]
		what, known := limit(s)
		switch {
		case !known:
			v.unknownSetting(s)
			why = append(why, fmt.Sprintf("setting %s in line %d, which is not known here", shorten(s.name), s.line))
		case what != "":
			why = append(why, fmt.Sprintf("%s (%s in line %d)", what, s.name, s.line))
		}
	}
	for name := range e.kids {
		why = append(why, fmt.Sprintf("what stands under config %s in policy %s (line %d)", shorten(name), e.name, e.kids[name].line))
	}
	return why, false
}

// unknownSetting marks the line as not understood.
func (v *vdom) unknownSetting(s *setting) {
	st := v.set.Statements
	i, ok := slices.BinarySearchFunc(st, s.line, func(x ir.Statement, line int) int { return x.Line - line })
	if !ok || !st[i].Known {
		return
	}
	st[i].Known = false
	v.problem(s.line, "line %d: the setting %s of a policy is not known here. If it limits which packets the policy takes, the answer may depend on it.", s.line, shorten(s.name))
}

// between is the box of the interfaces of a policy.
func (v *vdom) between(e *entry, reasons *[]string) ir.Box {
	from, _, _ := e.get("srcintf")
	to, _, _ := e.get("dstintf")
	if len(from) == 0 || len(to) == 0 {
		*reasons = append(*reasons, fmt.Sprintf("policy %s (line %d), which does not name both interfaces", e.name, e.line))
	}
	return ir.Box{In: ifaces(v.patterns(from)), Out: ifaces(v.patterns(to))}
}

// source is the set of sources; false when the policy is for the other family.
func (v *vdom) source(e *entry, c columns, f ir.Family, reasons *[]string) (*objects.Addrs, bool) {
	if e.is(c.isrc, "enable") {
		return objects.UnknownAddrs(isdb(e, c.isrc)), true
	}
	names, _, _ := e.get(c.src)
	if len(names) == 0 {
		if other, _, _ := e.get(c.other); c.other != "" && (len(other) > 0 || f == ir.V6) {
			return nil, false
		}
		*reasons = append(*reasons, fmt.Sprintf("policy %s (line %d), which names no source", e.name, e.line))
		return objects.Anywhere(), true
	}
	a := v.addresses(names, f)
	if e.is(c.src+"-negate", "enable") {
		a = a.Negate()
	}
	return a, true
}

func isdb(e *entry, option string) string {
	for _, kind := range []string{"-name", "-id", "-group", "-custom", "-custom-group"} {
		if w, line, ok := e.get(option + kind); ok && len(w) > 0 {
			return fmt.Sprintf("the internet service %s (line %d), whose addresses the FortiGate holds", shorten(strings.Join(w, ", ")), line)
		}
	}
	return fmt.Sprintf("the internet service of policy %s (line %d), whose addresses the FortiGate holds", e.name, e.line)
}

// destination narrows boxes by service and destination. Objects of addresses
// are not met by what a virtual IP has translated, unless match-vip says so.
func (v *vdom) destination(e *entry, c columns, f ir.Family, boxes []ir.Box, translates bool) []ir.Box {
	if e.is(c.isdb, "enable") {
		return perhaps(boxes, isdb(e, c.isdb))
	}
	if services, _, _ := e.get("service"); len(services) > 0 {
		boxes = v.servicesOf(services, e.is("service-negate", "enable")).Of(boxes)
	} else {
		boxes = perhaps(boxes, fmt.Sprintf("policy %s (line %d), which names no service", e.name, e.line))
	}
	names, _, _ := e.get(c.dst)
	var plain []string
	var doors []*vip
	for _, n := range names {
		if list, ok := v.vips[f].members(n); ok && !v.addrs[f].Has(n) {
			doors = append(doors, list...)
		} else {
			plain = append(plain, n)
		}
	}
	negate := e.is(c.dst+"-negate", "enable")
	switch {
	case len(names) == 0:
		return perhaps(boxes, fmt.Sprintf("policy %s (line %d), which names no destination", e.name, e.line))
	case negate && len(doors) > 0:
		return perhaps(boxes, fmt.Sprintf("the virtual IPs that policy %s (line %d) leaves out", e.name, e.line))
	}
	var out []ir.Box
	if len(plain) > 0 {
		dst := v.addresses(plain, f)
		if negate {
			dst = dst.Negate()
		}
		out = v.plain(e, boxes, dst, translates)
	}
	for _, p := range doors {
		if !p.off {
			out = append(out, p.doors(boxes, doors)...)
		}
	}
	if len(doors) > 0 && translates && e.value("action") != "accept" {
		out = append(out, v.nextDoor(e, boxes, doors)...)
	}
	return out
}

// plain are the boxes of a policy for objects of addresses.
func (v *vdom) plain(e *entry, boxes []ir.Box, dst *objects.Addrs, translates bool) []ir.Box {
	only := e.is("match-vip-only", "enable")
	switch {
	case only && v.central:
		return perhaps(objects.Destination(boxes, dst), fmt.Sprintf("match-vip-only of policy %s (line %d) with central NAT", e.name, e.line))
	case only && !translates:
		return nil
	case !translates:
		return objects.Destination(boxes, dst)
	}
	via, why := v.matchVIP(e)
	if via && why == "" && !only && dst.Any && !dst.Not {
		return boxes
	}
	var out []ir.Box
	if !only {
		out = objects.Destination(in(boxes, still), dst)
	}
	if !via {
		return out
	}
	sent := in(boxes, moved)
	if why != "" {
		sent = perhaps(sent, why)
	}
	if dst.Any && !dst.Not {
		return append(out, sent...)
	}
	either := fmt.Sprintf("whether match-vip of policy %s (line %d) looks at the external or the mapped address", e.name, e.line)
	out = append(out, objects.OriginalDestination(objects.Destination(sent, dst), dst)...)
	out = append(out, perhaps(objects.Destination(sent, dst), either)...)
	return append(out, perhaps(objects.OriginalDestination(sent, dst), either)...)
}

func in(boxes []ir.Box, c ir.StateCond) []ir.Box {
	out := slices.Clone(boxes)
	for i := range out {
		out[i].State = append(slices.Clone(out[i].State), c)
	}
	return out
}

// nextDoor is for policies that deny and name virtual IPs: with match-vip they
// may also be met by what others on the same external address have translated.
func (v *vdom) nextDoor(e *entry, boxes []ir.Box, doors []*vip) []ir.Box {
	via, why := v.matchVIP(e)
	if !via {
		return nil
	}
	var out []ir.Box
	for _, p := range doors {
		if p.ext == nil || p.broken != "" {
			continue
		}
		for _, b := range in(boxes, moved) {
			b.OrigDst = &ir.Addrs{Ranges: p.ext}
			b.Maybe = append(slices.Clone(b.Maybe), fmt.Sprintf("whether match-vip of policy %s (line %d) reaches other virtual IPs on the address of %s", e.name, e.line, p.name))
			if why != "" {
				b.Maybe = append(b.Maybe, why)
			}
			out = append(out, b)
		}
	}
	return out
}

// matchVIP says whether a policy for objects of addresses is met by packets
// that a virtual IP has translated; why is what that depends on. Until 6.4.2
// it had to be enabled; from 6.4.3 policies that accept do not have it; from
// 7.2.4 it is enabled in those that deny (release notes 6.4.3; community
// article "DENY policy for Virtual IP firewall policy", which gives 7.2.3, and
// "Local In Policy VS Virtual IP Policy", which gives the version after it).
func (v *vdom) matchVIP(e *entry) (via bool, why string) {
	set := e.value("match-vip")
	if e.is("action", "accept") {
		return set == "enable" && !v.version.atLeast(6, 4, 3), ""
	}
	switch {
	case set != "":
		return set == "enable", ""
	case e.is("match-vip-only", "enable"):
		return true, ""
	case v.version.before(7, 2, 3):
		return false, ""
	case v.version.atLeast(7, 2, 4):
		return true, ""
	}
	which := "7.2.3"
	if !v.version.known() {
		which = "the FortiOS version, which the file does not tell"
	}
	return true, fmt.Sprintf("whether policy %s (line %d) is met by what virtual IPs translate (match-vip), which is off before version 7.2.3 and on after it; this is %s", e.name, e.line, which)
}

// gist is a policy in one line.
func gist(e *entry, c columns) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", c.kind, e.name)
	if n := e.value("name"); n != "" {
		fmt.Fprintf(&b, " %q", n)
	}
	action := e.value("action")
	if action == "" {
		action = "deny"
	}
	part := func(option, none string) string {
		w, _, _ := e.get(option)
		if len(w) == 0 {
			return none
		}
		text := strings.Join(w[:min(3, len(w))], ", ")
		if len(w) > 3 {
			text += fmt.Sprintf(" and %d more", len(w)-3)
		}
		if e.is(option+"-negate", "enable") {
			text = "not " + text
		}
		return text
	}
	fmt.Fprintf(&b, ": %s %s to %s, from %s to %s, service %s", action, part("srcintf", "?"), part("dstintf", "?"),
		part(c.src, "an internet service"), part(c.dst, "an internet service"), part("service", "of the internet service"))
	return b.String()
}
