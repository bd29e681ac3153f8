package fortios_test

import (
	"fmt"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/format/fortios"
	"mxodus/steps/check/firewall/interp"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// FuzzRead reads anything: no panic, soon, every rule in a line of the file,
// and both readers of the rules of one mind.
func FuzzRead(f *testing.F) {
	names, _ := filepath.Glob("testdata/*.conf")
	for _, n := range names {
		if b, err := os.ReadFile(n); err == nil {
			f.Add(string(b))
		}
	}
	f.Add(header("7.2.8") + objectsText + policies(rule(50, `dstaddr "vips"`), rule(51, "action deny", `dstaddr "one"`)))
	f.Add(twoVDOMs)
	f.Add("config firewall policy\nedit 1\nset srcintf \"a")
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		began := time.Now()
		set := fortios.Read(source.NewDoc("", text, time.Time{}))
		lines := len(source.Lines(text))
		for _, p := range set.Programs {
			for i := range p.Chains {
				for _, r := range append(p.Chains[i].Rules, p.Chains[i].Policy) {
					if r.At.Line < 0 || r.At.Line > lines || r.At.Line == 0 && r.At.Text == "" {
						t.Fatalf("rule at line %d of %d: %q", r.At.Line, lines, r.At.Text)
					}
				}
			}
			agree(t, p)
		}
		if spent := time.Since(began); spent > 10*time.Second {
			t.Fatalf("took %s", spent)
		}
	})
}

func agree(t *testing.T, p *ir.Program) {
	src, dst := netip.MustParseAddr("103.13.69.7"), netip.MustParseAddr("10.0.0.25")
	if p.Family == ir.V6 {
		src, dst = netip.MustParseAddr("2001:db8::7"), netip.MustParseAddr("2001:db8::25")
	}
	e := engine.New(p)
	for _, dir := range []ir.Dir{ir.In, ir.Forward} {
		q := engine.Query{
			Dir: dir, Protos: []uint8{ir.TCP}, SPorts: []ir.PortRange{{Lo: 40000, Hi: 40000}}, DPorts: []ir.PortRange{{Lo: 25, Hi: 25}},
			Src: []netipx.IPRange{netipx.IPRangeFrom(src, src)}, Dst: []netipx.IPRange{netipx.IPRangeFrom(dst, dst)}, InIfs: []string{"wan1"}, OutIfs: []string{"dmz"},
		}
		parts, err := e.Ask(q)
		if err != nil {
			continue
		}
		v := interp.Walk(p, interp.Packet{Dir: dir, In: "wan1", Out: "dmz", Src: src, Dst: dst, Proto: ir.TCP, SPort: 40000, DPort: 25})
		for _, part := range parts {
			if part.Outcome == engine.Permit && v.Deny || part.Outcome == engine.Deny && v.Permit {
				t.Fatalf("%v: %s by sets, %+v packet by packet", dir, part.Outcome, v)
			}
		}
	}
}

// TestBadInput bounds files made to take long or to break the reader.
func TestBadInput(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	deep := strings.Repeat("config firewall policy\nedit 1\n", 200_000)
	for name, text := range map[string]string{
		"nested":         deep,
		"quotes":         strings.Repeat("set a \"b\n", 200_000),
		"quotes in one":  "config firewall policy\nedit 1\nset a " + strings.Repeat(`"x `, 200_000),
		"backslashes":    strings.Repeat("set a \\\"\n", 200_000),
		"moves":          "config firewall policy\n" + strings.Repeat("edit 1\nnext\nedit 2\nnext\nmove 2 before 1\n", 100_000) + "end\n",
		"settings":       "config firewall policy\nedit 1\n" + strings.Repeat("append srcaddr \"a\" \"b\"\n", 2_000) + "next\nend\n",
		"strays":         "config firewall policy\n" + strings.Repeat("x y z\n", 100_000) + "end\n",
		"one long line":  "config firewall address\nedit a\nset subnet " + strings.Repeat("1.1.1.1/32 ", 300_000),
		"many groups":    manyGroups(20_000),
		"prompts":        strings.Repeat("FGT (policy) # ", 200_000),
		"huge ranges":    header("") + "config firewall vip\nedit v\nset extip 1.0.0.0-200.0.0.0\nset mappedip 2.0.0.0-201.0.0.0\nset extintf any\nnext\nend\n" + policies(rule(1, `dstaddr "v"`)),
		"reversed range": header("") + "config firewall vip\nedit v\nset extip 9.0.0.0-1.0.0.0\nset mappedip 1.1.1.1\nset portforward enable\nset extport 9-1\nnext\nend\n" + policies(rule(1, `dstaddr "v"`)),
	} {
		began := time.Now()
		fortios.Read(source.NewDoc("", text, time.Time{}))
		if spent := time.Since(began); spent > 20*time.Second {
			t.Errorf("%s took %s", name, spent)
		} else {
			t.Logf("%s: %s", name, spent)
		}
	}
}

// manyGroups is groups each in the next, with an address of its own in each.
func manyGroups(n int) string {
	var b strings.Builder
	b.WriteString("config firewall address\n")
	for i := range n {
		fmt.Fprintf(&b, "edit a%d\nset subnet 10.%d.%d.%d/32\nnext\n", i, i>>16&255, i>>8&255, i&255)
	}
	b.WriteString("end\nconfig firewall addrgrp\n")
	for i := range n {
		fmt.Fprintf(&b, "edit g%d\nset member a%d g%d\nnext\n", i, i, i+1)
	}
	return b.String() + "end\n" + policies(rule(1, "srcaddr g0"))
}
