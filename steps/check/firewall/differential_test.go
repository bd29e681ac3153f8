package firewall

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
)

func randomAddr(r *rand.Rand) netip.Addr {
	p := netip.MustParsePrefix(pick(r, genNets))
	if r.IntN(8) == 0 {
		return netip.AddrFrom4([4]byte{byte(1 + r.IntN(220)), byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))})
	}
	b := p.Addr().As4()
	n := 1 << (32 - p.Bits())
	at := r.IntN(n + 2) // one beyond, now and then
	v := uint32(b[0])<<24 | uint32(b[1])<<16 | uint32(b[2])<<8 | uint32(b[3])
	v += uint32(at) - 1 + uint32(r.IntN(2))
	return netip.AddrFrom4([4]byte{byte(v >> 24), byte(v >> 16), byte(v >> 8), byte(v)})
}

func single1(a netip.Addr) []netipx.IPRange { return []netipx.IPRange{netipx.IPRangeFrom(a, a)} }

// randomQuery is a question about a network and a host, in either orientation.
func randomQuery(r *rand.Rand) engine.Query {
	q := engine.Query{Dir: pick(r, []ir.Dir{ir.In, ir.Out, ir.Forward}), Protos: []uint8{pick(r, []uint8{ir.TCP, ir.TCP, ir.UDP, ir.ICMP})}}
	wide := []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix(pick(r, genNets)))}
	if r.IntN(3) == 0 {
		wide = nil
	}
	host := single1(randomAddr(r))
	if r.IntN(5) == 0 {
		host = []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix(pick(r, genNets)))}
	}
	q.Src, q.Dst = wide, host
	if q.WideDst = r.IntN(2) == 0; q.WideDst {
		q.Src, q.Dst = host, wide
	}
	p := uint16(pick(r, genPorts))
	q.DPorts = []ir.PortRange{{Lo: p, Hi: p + uint16(r.IntN(3))}}
	q.SPorts = ephemeral
	switch r.IntN(4) {
	case 0:
		q.State = ir.Established
	case 1:
		q.State, q.Reply = ir.Established, true
	}
	if q.State != 0 && r.IntN(2) == 0 && q.Dir != ir.Out {
		q.Sent = &engine.Target{Addr: netip.MustParseAddr("10.0.0.5"), Port: 25}
		q.OrigDst, q.OrigDPort = netip.MustParseAddr("198.51.100.3"), 25
	}
	if q.Protos[0] == ir.ICMP {
		q.ICMPTypes = []uint8{pick(r, []uint8{8, 13, 3, 0})}
	}
	return q
}

// TestDifferentialSets compares the set engine with the interpreter on random
// rulesets: every part that the engine decides must be decided alike for
// packets at its ends and inside; every part it leaves open, the interpreter
// must leave open too, unless the doubt is whether a packet is tracked.
func TestDifferentialSets(t *testing.T) {
	rounds := 400
	if testing.Short() {
		rounds = 60
	}
	counts := map[string]int{}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 7))
		g := &rulesGen{r: r, dnat: seed%2 == 0, raw: seed%3 == 0}
		text := g.file()
		set, err := Read("", []byte(text), "iptables")
		if err != nil {
			t.Fatal(err)
		}
		if len(set.Problems) > 0 {
			t.Fatalf("seed %d: problems %+v in\n%s", seed, set.Problems, text)
		}
		e := engine.New(set.Programs[0])
		for range 12 {
			q := randomQuery(r)
			parts, err := e.Ask(q)
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			for _, p := range parts {
				compare(t, r, e, q, p, text, g.raw, counts)
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d of\n%s", seed, text)
		}
	}
	t.Logf("samples by outcome: %v", counts)
	for _, o := range []string{"permit", "deny", "unknown", "sent"} {
		if counts[o] < rounds {
			t.Errorf("only %d samples with outcome %s; the generator does not reach it", counts[o], o)
		}
	}
}

func compare(t *testing.T, r *rand.Rand, e *engine.Engine, q engine.Query, p engine.Part, text string, raw bool, counts map[string]int) {
	t.Helper()
	for _, rg := range p.Set.Ranges() {
		addrs := []netip.Addr{rg.From(), rg.To()}
		if rg.From() != rg.To() {
			addrs = append(addrs, rg.From().Next())
		}
		for _, a := range addrs {
			pkt := packet(q, p.Point, a)
			if r.IntN(2) == 0 {
				pkt.SPort, pkt.DPort = p.SPort.Hi, p.DPort.Hi
			}
			v := interp.Walk(e.Program(), pkt)
			counts[p.Outcome.String()]++
			if len(p.Sent) > 0 {
				counts["sent"]++
			}
			bad := ""
			switch p.Outcome {
			case engine.Permit:
				if v.Deny || !v.Permit {
					bad = "permit"
				}
			case engine.Deny:
				if v.Permit || !v.Deny {
					bad = "deny"
				}
			default:
				if !raw && v.Permit != v.Deny {
					bad = "unknown"
				}
			}
			if bad != "" {
				t.Errorf("%+v: engine says %s, interpreter %+v; hits %s", pkt, bad, v, hitLines(p))
				return
			}
		}
	}
}

func hitLines(p engine.Part) string {
	s := ""
	for _, h := range p.Hits {
		s += fmt.Sprintf(" %d(maybe %v effect %d)", h.Rule.At.Line, h.Maybe, h.Effect)
	}
	return s
}

// TestPartsPartition checks that the parts of an answer cover the question
// exactly once.
func TestPartsPartition(t *testing.T) {
	for seed := range 60 {
		r := rand.New(rand.NewPCG(uint64(seed), 11))
		g := &rulesGen{r: r, dnat: true}
		set, err := Read("", []byte(g.file()), "iptables")
		if err != nil {
			t.Fatal(err)
		}
		q := randomQuery(r)
		parts, err := engine.New(set.Programs[0]).Ask(q)
		if err != nil {
			t.Fatal(err)
		}
		byPoint := map[engine.Point]*netipx.IPSetBuilder{}
		for _, p := range parts {
			if byPoint[p.Point] == nil {
				byPoint[p.Point] = &netipx.IPSetBuilder{}
			}
			before, _ := byPoint[p.Point].IPSet()
			if before.Overlaps(p.Set) {
				t.Fatalf("seed %d: parts overlap at %+v", seed, p.Point)
			}
			byPoint[p.Point].AddSet(p.Set)
		}
		wide := q.Src
		if q.WideDst {
			wide = q.Dst
		}
		if wide == nil {
			wide = []netipx.IPRange{netipx.RangeOfPrefix(netip.MustParsePrefix("0.0.0.0/0"))}
		}
		var want netipx.IPSetBuilder
		for _, w := range wide {
			want.AddRange(w)
		}
		whole, _ := want.IPSet()
		for pt, b := range byPoint {
			if got, _ := b.IPSet(); !got.Equal(whole) {
				t.Fatalf("seed %d: parts at %+v cover %v, want %v", seed, pt, got.Prefixes(), whole.Prefixes())
			}
		}
	}
}
