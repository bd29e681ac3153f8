package formattest

import (
	"math/rand/v2"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

// drawn is how many packets are drawn at the bounds of a file.
const drawn = 800

// bounds are the values at which what the rules of a file say may change, and
// the boxes of its rules.
type bounds struct {
	r      *rand.Rand
	stands ir.Dir
	only6  bool
	four   []netip.Addr
	six    []netip.Addr
	ports  []uint16
	ifaces []string
	protos []uint8
	boxes  []ruleBox
	nat    []natBox
	lists  []string // those of a file that does not say where they are applied
}

// ruleBox is a box of a rule in a chain, and ways are the boxes of the rules
// that lead to that chain.
type ruleBox struct {
	ir.Box
	list string
	line int
	dirs []ir.Dir // in which packets come to the chain
	ways *[]ruleBox
}

// natBox is what is translated to an address.
type natBox struct {
	box ir.Box
	to  ir.Translation
}

// Packets draws packets at the bounds of the rules of rulesets: addresses,
// ports and interfaces just in and just out of what each rule names. They are
// the same for the same rulesets.
func Packets(t testing.TB, sets ...*ir.Ruleset) []interp.Packet {
	t.Helper()
	b := &bounds{r: rand.New(rand.NewPCG(25, 587)), stands: sets[0].Stands, only6: sets[0].For(ir.V4) == nil}
	b.four = []netip.Addr{netip.MustParseAddr("10.0.0.25"), netip.MustParseAddr("8.8.8.8")}
	b.six = []netip.Addr{netip.MustParseAddr("2001:db8::25"), netip.MustParseAddr("2001:db8:1::7")}
	b.ports, b.protos = []uint16{25, 40000}, []uint8{ir.TCP, ir.TCP, ir.TCP, ir.UDP, ir.ICMP}
	b.ifaces = []string{engine.OtherIface}
	for _, set := range sets {
		b.gather(set)
	}
	b.tidy()
	b.lists = slices.DeleteFunc(b.lists, func(name string) bool {
		return slices.ContainsFunc(sets, func(set *ir.Ruleset) bool { return !has(set, name) })
	})
	out := make([]interp.Packet, drawn)
	for i := range out {
		out[i] = b.packet()
	}
	return out
}

func has(set *ir.Ruleset, list string) bool {
	return slices.ContainsFunc(set.Programs, func(p *ir.Program) bool {
		_, ok := p.Find(list)
		return ok
	})
}

func (b *bounds) gather(set *ir.Ruleset) {
	for _, i := range set.Ifaces {
		for _, n := range []string{i.Name, i.Zone} {
			if n != "" {
				b.ifaces = append(b.ifaces, n)
			}
		}
		for _, a := range i.Addrs {
			b.addr(a)
		}
		for _, n := range i.Nets {
			b.addrs(&ir.Addrs{Ranges: []netipx.IPRange{netipx.RangeOfPrefix(n)}})
		}
	}
	for _, p := range set.Programs {
		b.program(p)
	}
}

func (b *bounds) program(p *ir.Program) {
	dirs, ways := directions(p), make([][]ruleBox, len(p.Chains))
	applied := 0
	for i := range p.Chains {
		if len(dirs[i]) > 0 {
			applied += len(p.Chains[i].Rules)
		}
		for _, r := range p.Chains[i].Rules {
			for _, x := range r.Boxes {
				b.box(x)
				y := ruleBox{x, p.Chains[i].Name, r.At.Line, dirs[i], &ways[i]}
				b.boxes = append(b.boxes, y)
				switch r.Action {
				case ir.Translate:
					b.nat = append(b.nat, natBox{x, r.To})
				case ir.Jump, ir.Goto:
					ways[r.Target] = append(ways[r.Target], y)
				}
			}
			if r.To.Addr.IsValid() {
				b.addr(r.To.Addr.From())
			}
		}
	}
	for i := range p.Chains {
		if len(dirs[i]) == 0 && applied < len(p.Chains) {
			b.lists = append(b.lists, p.Chains[i].Name)
		}
	}
}

// directions lists for each chain the directions in which packets come to it.
func directions(p *ir.Program) [][]ir.Dir {
	out := make([][]ir.Dir, len(p.Chains))
	for d, gates := range map[ir.Dir][]ir.Gate{
		ir.In: slices.Concat(p.Arrive, p.Local), ir.Forward: slices.Concat(p.Arrive, p.Through), ir.Out: p.Leave,
	} {
		mark := make([]bool, len(p.Chains))
		for _, g := range gates {
			reached(p, g.Chain, mark)
		}
		for i, ok := range mark {
			if ok {
				out[i] = append(out[i], d)
			}
		}
	}
	for i := range out {
		slices.Sort(out[i])
	}
	return out
}

func (b *bounds) box(x ir.Box) {
	for _, a := range []*ir.Addrs{x.Src, x.Dst, x.OrigDst} {
		b.addrs(a)
	}
	for _, p := range []*ir.Ports{x.SPort, x.DPort, x.OrigDPort} {
		if p == nil {
			continue
		}
		for _, r := range p.Ranges {
			b.ports = append(b.ports, r.Lo, r.Hi, r.Lo-1, r.Hi+1)
		}
	}
	for _, i := range []*ir.Ifaces{x.In, x.Out} {
		if i == nil {
			continue
		}
		for _, n := range i.Patterns {
			if strings.HasSuffix(n, "+") {
				n = strings.TrimSuffix(n, "+") + "0"
			}
			b.ifaces = append(b.ifaces, n)
		}
	}
	if x.Proto != nil {
		b.protos = append(b.protos, x.Proto.List...)
	}
}

func (b *bounds) addrs(a *ir.Addrs) {
	if a == nil {
		return
	}
	for _, r := range a.Ranges {
		b.addr(r.From())
		b.addr(r.To())
		b.addr(r.From().Prev())
		b.addr(r.To().Next())
	}
}

func (b *bounds) addr(a netip.Addr) {
	switch {
	case !a.IsValid() || a.IsLoopback() || a.IsMulticast() || a.IsUnspecified():
	case a.Is4():
		b.four = append(b.four, a)
	default:
		b.six = append(b.six, a)
	}
}

// tidy drops repeats: how often a value is named must not decide how often it
// is drawn.
func (b *bounds) tidy() {
	slices.SortFunc(b.four, netip.Addr.Compare)
	slices.SortFunc(b.six, netip.Addr.Compare)
	slices.Sort(b.ports)
	slices.Sort(b.ifaces)
	b.four, b.six, b.ports, b.ifaces = slices.Compact(b.four), slices.Compact(b.six), slices.Compact(b.ports), slices.Compact(b.ifaces)
	b.ports = slices.DeleteFunc(b.ports, func(p uint16) bool { return p == 0 })
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// packet draws one: half of them meet a rule, but for one field perhaps.
func (b *bounds) packet() interp.Packet {
	family := b.four
	if b.only6 || b.r.IntN(8) == 0 {
		family = b.six
	}
	p := interp.Packet{
		Dir: b.dir(), In: pick(b.r, b.ifaces), Out: pick(b.r, b.ifaces), Src: pick(b.r, family), Dst: pick(b.r, family),
		Proto: pick(b.r, b.protos), SPort: 40000, DPort: pick(b.r, b.ports),
	}
	if b.r.IntN(6) == 0 {
		p.SPort = pick(b.r, b.ports)
	}
	if len(b.boxes) > 0 && b.r.IntN(4) != 0 {
		x := pick(b.r, b.boxes)
		for tries := 0; x.line == 0 && tries < 3; tries++ {
			x = pick(b.r, b.boxes) // rather a rule of the file than one of its reader
		}
		b.meet(&p, x, family)
		if slices.Contains(b.lists, x.list) {
			p.List = x.list
		}
	}
	if !ir.HasPorts(p.Proto) {
		p.SPort, p.DPort = 0, 0
		if p.Src.Is6() && p.Proto == ir.ICMP {
			p.Proto = ir.ICMPv6
		}
		if p.Proto == ir.ICMP || p.Proto == ir.ICMPv6 {
			p.ICMPType = pick(b.r, []uint8{0, 3, 8, 13, 128})
		}
	}
	return p
}

func (b *bounds) dir() ir.Dir {
	n := b.r.IntN(10)
	switch {
	case b.stands == ir.Forward && n < 7, b.stands == 0 && n < 4:
		return ir.Forward
	case b.stands == ir.In && n < 6, n < 8:
		return ir.In
	}
	return ir.Out
}

// meet makes a packet meet a box, and with even odds then misses it by one
// field.
func (b *bounds) meet(p *interp.Packet, x ruleBox, family []netip.Addr) {
	was := *p
	for way, depth := x, 0; len(*way.ways) > 0 && depth < 5; depth++ {
		way = pick(b.r, *way.ways)
		p.In, p.Out, p.Src, p.Dst = b.on(way.In, p.In), b.on(way.Out, p.Out), b.in(way.Src, p.Src), b.in(way.Dst, p.Dst)
		p.DPort = b.inPorts(way.DPort, p.DPort)
	}
	if !slices.Contains(x.dirs, p.Dir) && len(x.dirs) > 0 {
		p.Dir = pick(b.r, x.dirs)
	}
	p.Src = b.in(x.Src, p.Src)
	dst, port := x.Dst, x.DPort
	if x.OrigDst != nil {
		dst = x.OrigDst
	}
	if x.OrigDPort != nil {
		port = x.OrigDPort
	}
	p.Dst = b.in(dst, p.Dst)
	p.DPort, p.SPort = b.inPorts(port, p.DPort), b.inPorts(x.SPort, p.SPort)
	if x.Proto != nil && !x.Proto.Not && len(x.Proto.List) > 0 {
		p.Proto = pick(b.r, x.Proto.List)
	}
	p.In, p.Out = b.on(x.In, p.In), b.on(x.Out, p.Out)
	b.before(p)
	if p.Src.Is4() != p.Dst.Is4() {
		p.Src, p.Dst = was.Src, was.Dst
	}
	switch b.r.IntN(10) {
	case 0:
		p.Src = pick(b.r, family)
	case 1:
		p.Dst = pick(b.r, family)
	case 2:
		p.DPort = pick(b.r, b.ports)
	case 3:
		p.In = was.In
	case 4:
		p.Proto = was.Proto
	}
	if p.Src.Is4() != p.Dst.Is4() {
		p.Src, p.Dst = was.Src, was.Dst
	}
}

// before takes a packet back to where it was before a translation, where there
// is one to its destination, with even odds.
func (b *bounds) before(p *interp.Packet) {
	var fit []natBox
	for _, n := range b.nat {
		if n.to.Addr.IsValid() && n.to.Addr.Contains(p.Dst) && n.box.Dst != nil {
			fit = append(fit, n)
		}
	}
	if len(fit) == 0 || b.r.IntN(2) == 0 {
		return
	}
	n := pick(b.r, fit)
	p.Dst = b.in(n.box.Dst, p.Dst)
	p.DPort = b.inPorts(n.box.DPort, p.DPort)
	p.In = b.on(n.box.In, p.In)
}

// in is an end of a range of a set, or out of it just beyond where it is a
// complement.
func (b *bounds) in(a *ir.Addrs, was netip.Addr) netip.Addr {
	if a == nil || len(a.Ranges) == 0 {
		return was
	}
	r := pick(b.r, a.Ranges)
	list := []netip.Addr{r.From(), r.To()}
	if a.Not {
		list = []netip.Addr{r.From().Prev(), r.To().Next()}
	}
	if x := pick(b.r, list); x.IsValid() && !x.IsUnspecified() && !x.IsLoopback() && !x.IsMulticast() {
		return x
	}
	return was
}

func (b *bounds) inPorts(p *ir.Ports, was uint16) uint16 {
	if p == nil || len(p.Ranges) == 0 {
		return was
	}
	r := pick(b.r, p.Ranges)
	list := []uint16{r.Lo, r.Hi}
	if p.Not {
		list = []uint16{r.Lo - 1, r.Hi + 1}
	}
	if x := pick(b.r, list); x != 0 {
		return x
	}
	return was
}

func (b *bounds) on(i *ir.Ifaces, was string) string {
	if i == nil || i.Not || len(i.Patterns) == 0 {
		return was
	}
	n := pick(b.r, i.Patterns)
	if strings.HasSuffix(n, "+") {
		n = strings.TrimSuffix(n, "+") + "0"
	}
	if n == "" {
		return was
	}
	return n
}

// probe is a packet as firewall eval takes it.
func probe(p interp.Packet) firewall.Probe {
	out := firewall.Probe{
		Dir: p.Dir.String(), ACL: p.List, InIf: p.In, OutIf: p.Out, Src: p.Src.String(), Dst: p.Dst.String(), Proto: strconv.Itoa(int(p.Proto)),
	}
	switch {
	case ir.HasPorts(p.Proto):
		out.SPort, out.DPort = Port(int(p.SPort)), Port(int(p.DPort))
	case p.Proto == ir.ICMP || p.Proto == ir.ICMPv6:
		out.DPort = Port(int(p.ICMPType))
	}
	return out
}
