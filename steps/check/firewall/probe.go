package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Probe is one packet to be judged. Fields left out are free: the verdict then
// holds for every value, or is unknown. Interfaces left free exclude lo, over
// which nothing from another host comes. For ICMP, DPort is the type.
type Probe struct {
	Dir   string `json:"dir"`
	InIf  string `json:"in_if"`
	OutIf string `json:"out_if"`
	ACL   string `json:"acl"`
	Src   string `json:"src"`
	Dst   string `json:"dst"`
	Proto string `json:"proto"`
	SPort *int   `json:"sport"`
	DPort *int   `json:"dport"`
}

// Verdict of a probe. Line is 0 where no line of the file decides.
type Verdict struct {
	Verdict string `json:"verdict"` // permit, deny, unknown
	Line    int    `json:"line"`
	Text    string `json:"text"`
	Why     string `json:"why"`
}

// judge holds the engines of one ruleset.
type judge struct {
	set     *ir.Ruleset
	engines []*engine.Engine
}

func newJudge(set *ir.Ruleset) *judge {
	j := &judge{set: set}
	for _, p := range set.Programs {
		j.engines = append(j.engines, engine.New(p))
	}
	return j
}

// forAddr returns the engine that decides about an address, nil when the file
// says nothing about its family.
func (j *judge) forAddr(a netip.Addr) *engine.Engine {
	f := ir.V4
	if a.Is6() {
		f = ir.V6
	}
	for _, e := range j.engines {
		if p := e.Program(); p.Family == f || p.Family == ir.Any {
			return e
		}
	}
	return nil
}

func unknown(format string, args ...any) Verdict {
	return Verdict{Verdict: "unknown", Why: fmt.Sprintf(format, args...)}
}

// ask judges one probe.
func (j *judge) ask(p Probe) Verdict {
	q, src, dst, err := p.query()
	if err != nil {
		return unknown("%s", err)
	}
	if q.List != "" && !j.hasList(q.List) {
		if e, ok := j.object(q.List); ok {
			return j.askOne(e, q)
		}
	}
	engines := j.holding(q.List)
	for _, a := range []netip.Addr{src, dst} {
		if a.IsValid() {
			e := j.forAddr(a)
			if e == nil {
				return unknown("%s", j.otherFamily(a))
			}
			engines = []*engine.Engine{e}
		}
	}
	dirs := []ir.Dir{q.Dir}
	switch {
	case q.Dir != 0 || q.List != "":
	case j.set.Stands == ir.Forward && p.InIf != "" && p.OutIf != "":
		dirs = []ir.Dir{ir.Forward} // in by one interface of a device and out by another
	default:
		dirs = []ir.Dir{ir.In, ir.Out, ir.Forward}
	}
	var all []Verdict
	for _, e := range engines {
		for _, d := range dirs {
			q.Dir = d
			all = append(all, j.askOne(e, q))
		}
	}
	return combine(all)
}

func (j *judge) otherFamily(a netip.Addr) string {
	if a.Is6() {
		return "this file holds IPv4 rules; those for IPv6 are in " + rulesOf(j.set, ir.V6)
	}
	return "this file holds IPv6 rules; those for IPv4 are in " + rulesOf(j.set, ir.V4)
}

// holding lists the engines that have a list; all where none is named or none
// has it.
func (j *judge) holding(list string) []*engine.Engine {
	var out []*engine.Engine
	for _, e := range j.engines {
		if _, ok := e.Program().Find(list); ok {
			out = append(out, e)
		}
	}
	if list == "" || len(out) == 0 {
		return j.engines
	}
	return out
}

// combine is the verdict that holds whichever of several cases applies.
func combine(all []Verdict) Verdict {
	out := all[0]
	for _, v := range all[1:] {
		switch {
		case out.Verdict == "unknown":
		case v.Verdict == "unknown":
			out = v
		case v.Verdict != out.Verdict:
			yes, no := out, v
			if yes.Verdict == "deny" {
				yes, no = no, yes
			}
			out = Verdict{"unknown", no.Line, no.Text, fmt.Sprintf(
				"some of these packets pass (%s), others do not (%s); name more of the packet", place(yes), place(no))}
		}
	}
	return out
}

func place(v Verdict) string {
	if v.Line == 0 {
		return v.Text
	}
	return fmt.Sprintf("line %d", v.Line)
}

// askOne puts a query to one engine, and a packet that is fully given also to
// the interpreter.
func (j *judge) askOne(e *engine.Engine, q engine.Query) Verdict {
	if q.List != "" {
		if _, ok := e.Program().Find(q.List); !ok {
			return unknown("no list named %q in this file; its lists are %s", q.List, listNames(e.Program()))
		}
	}
	var out *Verdict
	all, err := e.Ask(q)
	parts := j.routed(q, all)
	for _, p := range parts {
		v := verdictOf(p)
		if out == nil {
			out = &v
		} else if out.Verdict != "unknown" {
			c := combine([]Verdict{*out, v})
			out = &c
		}
	}
	switch {
	case err != nil:
		return unknown("%s", err)
	case out == nil:
		return unknown("there is no such packet")
	}
	if pkt, ok := single(q); ok {
		if len(parts) < len(all) {
			pkt.Out = parts[0].Out
		}
		w := interp.Walk(e.Program(), pkt)
		if out.Verdict == "permit" && w.Deny || out.Verdict == "deny" && w.Permit {
			return unknown("internal error, do not rely on this: two ways of reading the rules disagree (%s)", out.Verdict)
		}
	}
	return *out
}

func listNames(p *ir.Program) string {
	var names []string
	for i := range p.Chains {
		if len(names) == 12 {
			names = append(names, "...")
			break
		}
		names = append(names, p.Chains[i].Name)
	}
	return strings.Join(names, ", ")
}

func verdictOf(p engine.Part) Verdict {
	h := deciding(p)
	v := Verdict{Verdict: p.Outcome.String()}
	if h == nil {
		v.Text = "(no chain of the file stands in the way)"
		v.Why = "no rule or policy in this file handles such packets, so they pass"
		return v
	}
	v.Line, v.Text = h.Rule.At.Line, source.Redact(h.Rule.At.Text)
	switch {
	case p.Outcome == engine.Unknown:
		v.Why = dependsOn(h)
	case h.Policy:
		v.Why = fmt.Sprintf("no rule of %s decides, so its policy does", chainName(h))
	default:
		v.Why = fmt.Sprintf("first rule that decides, in %s", chainName(h))
	}
	return v
}

func chainName(h *engine.Hit) string {
	return strings.TrimSpace(h.Chain.Group + " " + h.Chain.Name)
}

// dependsOn says in words why a hit leaves the verdict open.
func dependsOn(h *engine.Hit) string {
	reasons := slices.Compact(slices.Clone(h.Reasons))
	if len(reasons) == 0 {
		return "depends on something that the file does not tell"
	}
	return "depends on " + strings.Join(reasons, "; and on ")
}

// deciding picks the rule to name for a part: the one that denies, the one
// that lets pass at the gate of the filter, or the first that leaves it open.
func deciding(p engine.Part) *engine.Hit {
	switch p.Outcome {
	case engine.Deny:
		for _, sure := range []bool{true, false} {
			for i := range p.Hits {
				if h := &p.Hits[i]; h.Effect == engine.Denied && !(sure && h.Maybe) {
					return h
				}
			}
		}
	case engine.Permit:
		var best *engine.Hit
		for i := range p.Hits {
			h := &p.Hits[i]
			if h.Effect != engine.Accepted {
				continue
			}
			if best == nil || rank(h) >= rank(best) {
				best = h
			}
		}
		return best
	default:
		return opening(p)
	}
	return nil
}

// rank orders accepting hits by how much they say.
func rank(h *engine.Hit) int {
	n := 0
	if h.Gate != nil && h.Gate.Primary {
		n += 4
	}
	if !h.Maybe {
		n += 2
	}
	if !h.Policy {
		n++
	}
	return n
}

// opening finds the rule that leaves a part open: the first undecided one in a
// gate where both ends are possible.
func opening(p engine.Part) *engine.Hit {
	mixed := map[*ir.Gate]int{}
	for i := range p.Hits {
		switch h := &p.Hits[i]; h.Effect {
		case engine.Accepted:
			mixed[h.Gate] |= 1
		case engine.Denied:
			mixed[h.Gate] |= 2
		case engine.Left:
			mixed[h.Gate] |= 3
		case engine.Translated:
			if h.Maybe {
				mixed[h.Gate] |= 3
			}
		}
	}
	var fallback *engine.Hit
	for i := range p.Hits {
		h := &p.Hits[i]
		if !h.Maybe {
			continue
		}
		if mixed[h.Gate] == 3 {
			return h
		}
		if fallback == nil {
			fallback = h
		}
	}
	return fallback
}

// single makes the interpreter's packet of a query that names all of one.
func single(q engine.Query) (interp.Packet, bool) {
	one := len(q.Src) == 1 && len(q.Dst) == 1 && len(q.Protos) == 1 && len(q.InIfs) <= 1 && len(q.OutIfs) <= 1
	if !one || q.Src[0].From() != q.Src[0].To() || q.Dst[0].From() != q.Dst[0].To() {
		return interp.Packet{}, false
	}
	p := interp.Packet{
		Dir: q.Dir, List: q.List, Src: q.Src[0].From(), Dst: q.Dst[0].From(), Proto: q.Protos[0],
		In: engine.OtherIface, Out: engine.OtherIface,
	}
	if len(q.InIfs) == 1 {
		p.In = q.InIfs[0]
	}
	if len(q.OutIfs) == 1 {
		p.Out = q.OutIfs[0]
	}
	switch {
	case ir.HasPorts(p.Proto):
		if len(q.SPorts) != 1 || len(q.DPorts) != 1 || q.SPorts[0].Lo != q.SPorts[0].Hi || q.DPorts[0].Lo != q.DPorts[0].Hi {
			return p, false
		}
		p.SPort, p.DPort = q.SPorts[0].Lo, q.DPorts[0].Lo
	case p.Proto == ir.ICMP || p.Proto == ir.ICMPv6:
		if len(q.ICMPTypes) != 1 {
			return p, false
		}
		p.ICMPType = q.ICMPTypes[0]
	}
	return p, true
}

// query turns a probe into a question, or says what is wrong with it.
func (p Probe) query() (q engine.Query, src, dst netip.Addr, err error) {
	fail := func(format string, args ...any) (engine.Query, netip.Addr, netip.Addr, error) {
		return q, src, dst, fmt.Errorf(format, args...)
	}
	switch p.Dir {
	case "in":
		q.Dir = ir.In
	case "out":
		q.Dir = ir.Out
	case "fwd", "forward":
		q.Dir = ir.Forward
	case "":
	default:
		return fail("expected dir in, out or fwd, came %q", p.Dir)
	}
	q.List = p.ACL
	for _, f := range []struct {
		name, text string
		to         *[]ipRange
		addr       *netip.Addr
	}{{"src", p.Src, &q.Src, &src}, {"dst", p.Dst, &q.Dst, &dst}} {
		if f.text == "" {
			continue
		}
		r, err := addrOrPrefix(f.text)
		if err != nil {
			return fail("expected %s to be an address, came %q", f.name, f.text)
		}
		*f.to, *f.addr = []ipRange{r}, r.From()
	}
	if src.IsValid() && dst.IsValid() && src.Is4() != dst.Is4() {
		return fail("src %s and dst %s are of different address families", src, dst)
	}
	if p.InIf != "" {
		q.InIfs = []string{p.InIf}
	}
	if p.OutIf != "" {
		q.OutIfs = []string{p.OutIf}
	}
	loopback := func(a netip.Addr) bool { return a.IsValid() && a.IsLoopback() }
	if p.InIf == "" && p.OutIf == "" && (loopback(src) || loopback(dst)) {
		q.InIfs, q.OutIfs = []string{"lo"}, []string{"lo"}
	}
	err = p.transport(&q, dst, src)
	return q, src, dst, err
}

type ipRange = netipx.IPRange

func addrOrPrefix(s string) (ipRange, error) {
	if pre, err := netip.ParsePrefix(s); err == nil {
		return netipx.RangeOfPrefix(pre.Masked()), nil
	}
	a, err := netip.ParseAddr(s)
	if err != nil {
		return ipRange{}, err
	}
	a = a.Unmap().WithZone("")
	return netipx.IPRangeFrom(a, a), nil
}

func (p Probe) transport(q *engine.Query, addrs ...netip.Addr) error {
	if p.Proto != "" && p.Proto != "any" && p.Proto != "ip" && p.Proto != "all" {
		n, ok := source.Protocol(p.Proto)
		if !ok {
			return fmt.Errorf("expected a protocol such as tcp, udp or icmp, came %q", p.Proto)
		}
		if n == ir.ICMP && slices.ContainsFunc(addrs, netip.Addr.Is6) {
			n = ir.ICMPv6
		}
		q.Protos = []uint8{n}
	}
	icmp := len(q.Protos) == 1 && (q.Protos[0] == ir.ICMP || q.Protos[0] == ir.ICMPv6)
	for _, f := range []struct {
		name string
		v    *int
		to   *[]ir.PortRange
	}{{"sport", p.SPort, &q.SPorts}, {"dport", p.DPort, &q.DPorts}} {
		if f.v == nil || *f.v == 0 && !icmp {
			continue
		}
		if icmp && f.name == "sport" {
			continue
		}
		if *f.v < 0 || *f.v > 65535 {
			return fmt.Errorf("expected %s to be 1 to 65535, came %d", f.name, *f.v)
		}
		if icmp {
			if *f.v > 255 {
				return fmt.Errorf("expected dport to be an ICMP type, 0 to 255, came %d", *f.v)
			}
			q.ICMPTypes = []uint8{uint8(*f.v)}
			continue
		}
		*f.to = []ir.PortRange{{Lo: uint16(*f.v), Hi: uint16(*f.v)}}
	}
	if len(q.Protos) == 0 && (len(q.SPorts) > 0 || len(q.DPorts) > 0) {
		q.Protos = []uint8{ir.TCP, ir.UDP, ir.DCCP, ir.SCTP, ir.UDPLite}
	}
	return nil
}
