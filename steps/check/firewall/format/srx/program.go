package srx

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// builder makes the program of a configuration.
type builder struct {
	d        *device
	p        *ir.Program
	now      time.Time
	strays   []wordtree.Stray
	unknown  map[int]bool
	rules    int
	host     []hostChain
	byFilter map[string]*filter
}

func (b *builder) add(c ir.Chain) int {
	b.p.Chains = append(b.p.Chains, c)
	return len(b.p.Chains) - 1
}

// front leaves open whatever lines that could not be read might decide.
func (b *builder) front() []ir.Rule {
	var out []ir.Rule
	for i, s := range b.strays {
		if i == 8 {
			break
		}
		out = append(out, ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("line %d, which could not be read", s.Line),
			At: ir.At{Line: s.Line, Text: clip(s.Text)},
		})
	}
	return out
}

// program arranges the way of a packet: filter of the interface that it comes
// in by, translation, policies, filter of the interface that it leaves by.
// Where filters hang, packets after the first meet them too, while policies
// let connections go on that they have let in.
func (b *builder) program() *ir.Program {
	b.p = &ir.Program{Family: ir.Any}
	b.filters()
	nat, policies, local := b.nat(), b.pairs(), b.local()
	in, out := b.hung("input"), b.hung("output")
	b.p.Stateful = in < 0 && out < 0
	if !b.p.Stateful {
		b.keep(policies)
		b.keep(local)
	}
	b.v6(policies)
	if in >= 0 {
		b.p.Arrive = append(b.p.Arrive, ir.Gate{Stage: "input filter", Chain: in, NoOut: true})
	}
	if nat >= 0 {
		b.p.Arrive = append(b.p.Arrive, ir.Gate{Stage: "NAT", Chain: nat, NAT: true, NoOut: true, Diverts: true})
	}
	b.p.Local = []ir.Gate{{Stage: "host inbound traffic", Chain: local, Primary: true}}
	b.p.Through = []ir.Gate{{Stage: "policies", Chain: policies, Primary: true}}
	own := b.add(ir.Chain{Name: "self-traffic", Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(the firewall's own packets are let out)"}}})
	b.p.Leave = []ir.Gate{{Stage: "own packets", Chain: own, Primary: true}}
	for _, h := range b.host {
		if h.from == "junos-host" {
			b.p.Chains[own].Rules = append(b.p.Chains[own].Rules, ir.Rule{
				Boxes: []ir.Box{{Out: b.d.ifaces(h.to)}}, Action: ir.Goto, Target: h.chain, At: ir.At{Text: "(policies junos-host to " + h.to + ")"},
			})
		}
	}
	if out >= 0 {
		g := ir.Gate{Stage: "output filter", Chain: out}
		b.p.Through, b.p.Leave = append(b.p.Through, g), append(b.p.Leave, g)
	}
	return b.p
}

// keep lets packets of connections pass that policies have let in.
func (b *builder) keep(chain int) {
	c := &b.p.Chains[chain]
	c.Rules = append([]ir.Rule{{
		Boxes: []ir.Box{{State: []ir.StateCond{{Any: ir.Established | ir.Related}}}}, Action: ir.Accept,
		At: ir.At{Text: "(packets of a session that was let in)"},
	}}, c.Rules...)
}

// v6 says what becomes of IPv6 where the configuration does: older versions
// drop it unless told to forward it.
func (b *builder) v6(policies int) {
	n := b.d.root.At("security", "forwarding-options", "family", "inet6")
	mode := n.Text("mode")
	six := &ir.Addrs{Ranges: []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix("::/0"))}}
	x := ir.Rule{Boxes: []ir.Box{{Src: six}}}
	switch {
	case mode == "drop":
		x.Action, x.At = ir.Deny, ir.At{Line: n.Line, Text: "forwarding-options family inet6 mode drop"}
	case mode == "packet-based":
		x.Action, x.At = ir.Accept, ir.At{Line: n.Line, Text: "forwarding-options family inet6 mode packet-based: no policies"}
	case mode == "flow-based" || newer(b.d.root.Text("version")):
		return
	default:
		x.Action, x.Why = ir.Undecided, "whether IPv6 is forwarded (security forwarding-options family inet6 mode), which the file does not say"
		x.At = ir.At{Text: "(IPv6 forwarding)"}
	}
	c := &b.p.Chains[policies]
	c.Rules = append([]ir.Rule{x}, c.Rules...)
}

// newer reports versions of Junos that forward IPv6 by flows unless told
// otherwise: from 18 on, to be on the safe side.
func newer(v string) bool {
	major, _, _ := strings.Cut(v, ".")
	n, err := strconv.Atoi(major)
	return err == nil && n >= 18 && n < 100
}

// packets reports that the firewall is told to pass packets without policies.
func (b *builder) packets() bool {
	return b.d.root.At("security", "forwarding-options", "family", "mpls").Text("mode") == "packet-based"
}

// object finds an address of any book, or a prefix list.
func (b *builder) object(name string) (boxes []ir.Box, at ir.At, ok bool) {
	for _, kind := range []string{"address-set ", "address ", "object ", "prefix-list "} {
		name = strings.TrimPrefix(name, kind)
	}
	book, inner, named := strings.Cut(name, "/")
	for _, s := range append([]string{globalBook}, b.bookNames()...) {
		want := name
		if named && book == s {
			want = inner
		}
		if k, found := b.d.store.inBook(s, want); found {
			at := ir.At{Line: b.d.store.addrs.Line(k), Text: source.Redact("address " + want)}
			return objects.Source(ir.Always(), b.d.store.addrs.Get(k)), at, true
		}
	}
	if n := b.d.root.At("policy-options", "prefix-list", name); n != nil {
		var all []*objects.Addrs
		for _, p := range n.Names() {
			if r, fine := source.Net(p); fine {
				all = append(all, objects.Of(r))
			} else {
				all = append(all, objects.UnknownAddrs("the prefix list "+name))
			}
		}
		return objects.Source(ir.Always(), objects.Union(all...)), ir.At{Line: n.Line, Text: "prefix-list " + name}, true
	}
	return nil, ir.At{}, false
}

func (b *builder) bookNames() []string {
	var out []string
	for _, z := range b.d.zones {
		out = append(out, b.d.store.books[z.name]...)
	}
	return out
}
