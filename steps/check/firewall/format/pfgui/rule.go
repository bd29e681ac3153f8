package pfgui

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xmltree"
)

// fields is a rule of either model by the names of the old one.
type fields struct {
	line       int
	descr      string
	action     string
	ifaces     string
	notIfaces  bool
	floating   bool
	quick      bool
	direction  string // in, out, any
	family     string
	proto      string
	src, dst   end
	sport      string
	dport      string
	state      string
	tag        string
	tagged     string
	maybe      []string
	flags1     string
	flags2     string
	icmp       string
	unreadable bool
}

// passive are elements of a rule that change nothing for the question.
var passive = strings.Fields("id tracker type disabled interface ipprotocol protocol source destination descr log floating quick direction statetype tag tagged sched " +
	"created updated gateway associated-rule-id icmptype icmp6-type icmp6type os tcpflags1 tcpflags2 tcpflags_any max max-src-nodes max-src-conn max-src-states " +
	"max-src-conn-rate max-src-conn-rates statetimeout nopfsync nosync allowopts disablereplyto reply-to replyto prio set-prio set-prio-low vlanprio vlanprioset " +
	"dscp tos dnpipe pdnpipe ackqueue defaultqueue category categories label sequence enabled action interfacenot source_net source_not source_port destination_net " +
	"destination_not destination_port description shaper1 shaper2 state-policy udp-first udp-multiple udp-single overload adaptivestart adaptiveend sort_order prio_group " +
	"divert-to natreflection local-port target nordr pass poolopts address any l7container set-tos rcv-if")

// limits are elements that stop packets beyond a number.
var limits = []string{"max", "max-src-nodes", "max-src-conn", "max-src-states", "max-src-conn-rate"}

// legacy reads a rule of the old model.
func (c *config) legacy(n *xmltree.Node) (f fields, live bool) {
	f = fields{
		line: n.Line, descr: source.Redact(n.Value("descr")), action: n.Value("type"), ifaces: n.Value("interface"), family: n.Value("ipprotocol"),
		proto: strings.ToLower(n.Value("protocol")), direction: n.Value("direction"), state: n.Value("statetype"),
		tag: n.Value("tag"), tagged: n.Value("tagged"), flags1: n.Value("tcpflags1"), flags2: n.Value("tcpflags2"), icmp: n.Value("icmptype"),
	}
	f.floating = on(n, "floating")
	f.quick = !f.floating || yes(n, "quick")
	if c.v.OPN && n.Has("quick") && n.Value("quick") != "" {
		f.quick = yes(n, "quick")
	}
	switch {
	case !f.floating && !c.v.OPN, f.direction == "" && !f.floating:
		f.direction = "in"
	case f.direction == "":
		f.direction = "any"
	}
	if on(n, "tcpflags_any") {
		f.flags1, f.flags2 = "any", ""
	}
	f.src, f.dst = c.side(n.Kid("source"), f.ifaces), c.side(n.Kid("destination"), f.ifaces)
	f.sport, f.dport = n.Kid("source").Value("port"), n.Kid("destination").Value("port")
	c.depends(&f, n)
	return f, !on(n, "disabled")
}

// depends notes what a rule depends on beside the packet.
func (c *config) depends(f *fields, n *xmltree.Node) {
	for _, k := range limits {
		if v := n.Value(k); v != "" {
			f.maybe = append(f.maybe, fmt.Sprintf("how many connections there are (%s in line %d)", k, n.Kid(k).Line))
		}
	}
	for _, k := range []string{"os", "dscp", "tos", "vlanprio", "prio", "divert-to", "rcv-if"} {
		if v := n.Value(k); v != "" && v != "none" {
			f.maybe = append(f.maybe, fmt.Sprintf("%s of packets (line %d)", k, n.Kid(k).Line))
		}
	}
	if v := n.Value("sched"); v != "" {
		where := "which is not in the file"
		if l := c.sched[v]; l > 0 {
			where = fmt.Sprintf("line %d", l)
		}
		f.maybe = append(f.maybe, fmt.Sprintf("the time: the rule has the schedule %s (%s)", source.Redact(v), where))
	}
	for _, k := range n.Kids {
		if !slices.Contains(passive, k.Name) && (k.Text != "" && k.Text != "0" || len(k.Kids) > 0) {
			f.unreadable = true
			f.maybe = append(f.maybe, fmt.Sprintf("%s, which is not understood (line %d)", source.Redact(k.Name), k.Line))
			c.problem(k.Line, "Line %d: the element %s of a rule is not known. What the rule does is left open.", k.Line, source.Redact(k.Name))
		}
	}
}

// text is a rule in one line.
func (f *fields) text() string {
	var b strings.Builder
	where := f.ifaces
	if f.floating {
		where = strings.TrimSuffix("floating "+f.ifaces, " ")
	}
	if where == "" {
		where = "any interface"
	}
	action := f.action
	if action == "" {
		action = "pass"
	}
	fmt.Fprintf(&b, "%s: %s %s from %s", where, action, firstOf(f.proto, "any"), f.src.text)
	if f.sport != "" {
		fmt.Fprintf(&b, " port %s", f.sport)
	}
	fmt.Fprintf(&b, " to %s", f.dst.text)
	if f.dport != "" {
		fmt.Fprintf(&b, " port %s", f.dport)
	}
	if f.descr != "" {
		fmt.Fprintf(&b, " (%s)", strings.Join(strings.Fields(f.descr), " "))
	}
	return source.Redact(b.String())
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// lower makes a rule of pf; ok is false where the firewall loads none.
func (c *config) rule(f *fields) (r pfrules.Rule, ok bool) {
	r = pfrules.Rule{
		At: ir.At{Line: f.line, Text: f.text()}, Quick: f.quick, In: f.direction != "out", Out: f.direction == "out" || f.direction == "any",
		Tag: f.tag, Tagged: f.tagged,
	}
	if t, not := strings.CutPrefix(r.Tagged, "!"); not {
		r.Tagged, r.NotTagged = strings.TrimSpace(t), true
	}
	switch strings.ToLower(f.action) {
	case "block", "reject":
		r.Act = pfrules.Block
	case "match":
		r.Act, r.Quick = pfrules.Match, false
	case "pass", "":
	default:
		f.maybe = append(f.maybe, fmt.Sprintf("the action %s, which is not known", source.Redact(f.action)))
	}
	r.Stateless = r.Act == pfrules.Pass && (f.state == "none" || f.state == "no state")
	if r.Act == pfrules.Pass && !r.Stateless {
		r.Flags = &ir.FlagCond{Mask: ir.SYN | ir.ACK, Set: ir.SYN}
	}
	c.flags(f, &r)
	if f.ifaces != "" && f.ifaces != "any" {
		on, there := c.condition(f.ifaces, f.notIfaces)
		if !there {
			c.note("The rule in line %d is for an interface (%s) that is not there or is switched off; the firewall does not load it.", f.line, source.Redact(f.ifaces))
			return r, false
		}
		r.On = on
	}
	r.Boxes = c.boxes(f)
	return r, !f.src.bad && !f.dst.bad
}

// boxes are the conditions of a rule beside interfaces.
func (c *config) boxes(f *fields) []ir.Box {
	boxes := more(ir.Always(), f.maybe)
	sport, why := c.portsOf(f.sport)
	dport, why2 := c.portsOf(f.dport)
	boxes = more(boxes, append(why, why2...))
	boxes = f.dst.put(f.src.put(boxes, true), false)
	var out []ir.Box
	for _, b := range boxes {
		for _, p := range protocols(f.proto, f.family) {
			x := b
			if len(p.list) > 0 {
				x.Proto = &ir.Protos{List: p.list}
			}
			if p.ports {
				x.SPort, x.DPort = sport, dport
			}
			x.Maybe = slices.Concat(x.Maybe, p.why)
			if f.icmp != "" && f.icmp != "any" && (strings.HasPrefix(f.proto, "icmp") || strings.Contains(f.proto, "icmp")) {
				x.Maybe = slices.Concat(x.Maybe, []string{"the type of an ICMP message (" + source.Redact(f.icmp) + ")"})
			}
			if x, ok := pfrules.Family(x, p.family); ok {
				out = append(out, x)
			}
		}
	}
	return out
}

type protocol struct {
	list   []uint8
	ports  bool
	family ir.Family
	why    []string
}

// protocols are those of a rule, by family: inet where none is named.
func protocols(proto, family string) []protocol {
	fams := []ir.Family{ir.V4}
	switch family {
	case "inet6":
		fams = []ir.Family{ir.V6}
	case "inet46", "any":
		fams = []ir.Family{ir.Any}
	}
	proto = strings.ToLower(proto)
	p := protocol{family: fams[0]}
	switch proto {
	case "", "any":
	case "tcp/udp":
		p.list, p.ports = []uint8{ir.TCP, ir.UDP}, true
	case "icmp":
		p.list = []uint8{ir.ICMP}
		if p.family == ir.V6 {
			p.list = []uint8{ir.ICMPv6}
		} else if p.family == ir.Any {
			p.list = []uint8{ir.ICMP, ir.ICMPv6}
		}
	default:
		n, ok := source.Protocol(proto)
		if !ok {
			p.why = []string{"the protocol " + source.Redact(proto)}
			p.ports = true
			break
		}
		p.list, p.ports = []uint8{n}, ir.HasPorts(n)
	}
	return []protocol{p}
}

var flagBits = map[string]uint8{"fin": ir.FIN, "syn": ir.SYN, "rst": ir.RST, "psh": ir.PSH, "ack": ir.ACK, "urg": ir.URG}

// flags takes the TCP flags that a rule asks for.
func (c *config) flags(f *fields, r *pfrules.Rule) {
	if f.flags1 == "any" {
		r.Flags = nil
		return
	}
	if f.flags2 == "" {
		return
	}
	bits := func(s string) (v uint8) {
		for _, w := range strings.Split(strings.ToLower(s), ",") {
			v |= flagBits[strings.TrimSpace(w)]
		}
		return v
	}
	r.Flags = &ir.FlagCond{Mask: bits(f.flags2), Set: bits(f.flags1)}
}
