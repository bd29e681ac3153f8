package pf_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
)

// This file walks rules as pf.conf(5) tells it, one after the other, and
// compares with what the rules are lowered to.

// drawn is one random rule.
type drawn struct {
	action, dir, on, src, dst string
	quick                     bool
	port                      int
	tag, tagged               string
	notTagged                 bool
	rdr                       string
	rdrPort                   int
	nat                       string
	kids                      []drawn // of an anchor
}

// walked is a packet on its way.
type walked struct {
	src, dst string
	port     int
	tag      string
}

func pick(r *rand.Rand, list ...string) string { return list[r.IntN(len(list))] }

func draw(r *rand.Rand, depth int, modern, tags bool) drawn {
	d := drawn{
		action: pick(r, "pass", "block", "pass", "block", "match"), dir: pick(r, "in", "out", "", "in"), on: pick(r, "", "em0", "em1"),
		src: pick(r, "any", "192.0.2.1", "192.0.2.2", "203.0.113.1"), dst: pick(r, "any", "203.0.113.25", "10.0.0.25", "10.0.0.26"), quick: r.IntN(4) == 0,
	}
	if r.IntN(2) == 0 {
		d.port = 25 + r.IntN(2)
	}
	if depth == 0 && r.IntN(8) == 0 {
		d.action = "anchor"
		for range 1 + r.IntN(3) {
			d.kids = append(d.kids, draw(r, 1, false, false))
		}
		return d
	}
	if tags && r.IntN(4) == 0 {
		d.tag = pick(r, "A", "B")
	} else if tags && r.IntN(3) == 0 && d.action != "match" {
		d.tagged, d.notTagged = pick(r, "A", "B"), r.IntN(3) == 0
	}
	if modern && d.dir == "in" && d.action != "block" && d.tagged == "" && r.IntN(4) == 0 {
		d.rdr = pick(r, "10.0.0.25", "10.0.0.26")
		if r.IntN(3) > 0 {
			d.rdrPort = 25 + r.IntN(2)
		}
	}
	if modern && d.dir == "out" && d.action != "block" && d.tagged == "" && r.IntN(4) == 0 {
		d.nat = pick(r, "203.0.113.1", "203.0.113.2")
	}
	if d.action == "match" {
		d.quick = false
	}
	return d
}

func (d drawn) String() string {
	var b strings.Builder
	b.WriteString(d.action)
	if d.dir != "" {
		b.WriteString(" " + d.dir)
	}
	if d.quick {
		b.WriteString(" quick")
	}
	if d.on != "" {
		b.WriteString(" on " + d.on)
	}
	fmt.Fprintf(&b, " inet proto tcp from %s to %s", d.src, d.dst)
	if d.port != 0 {
		fmt.Fprintf(&b, " port %d", d.port)
	}
	if d.tag != "" {
		b.WriteString(" tag " + d.tag)
	}
	if d.tagged != "" {
		if d.notTagged {
			b.WriteString(" !")
		}
		b.WriteString(" tagged " + d.tagged)
	}
	if d.rdr != "" {
		b.WriteString(" rdr-to " + d.rdr)
		if d.rdrPort != 0 {
			fmt.Fprintf(&b, " port %d", d.rdrPort)
		}
	}
	if d.nat != "" {
		b.WriteString(" nat-to " + d.nat)
	}
	if d.action == "anchor" {
		b.WriteString(" {\n")
		for _, k := range d.kids {
			b.WriteString("  " + k.String() + "\n")
		}
		b.WriteString("}")
	}
	return b.String()
}

func (d drawn) meets(w *walked, dir, on string) bool {
	return (d.dir == "" || d.dir == dir) && (d.on == "" || d.on == on) && (d.src == "any" || d.src == w.src) &&
		(d.dst == "any" || d.dst == w.dst) && (d.port == 0 || d.port == w.port) && (d.tagged == "" || (w.tag == d.tagged) != d.notTagged)
}

func (w *walked) redirect(d *drawn) {
	w.dst = d.rdr
	if d.rdrPort != 0 {
		w.port = d.rdrPort
	}
}

// list walks a list; found is the last rule that decides, stop ends the walk.
func list(rules []drawn, w *walked, dir, on string) (found *drawn, stop bool) {
	for i := range rules {
		d := &rules[i]
		if !d.meets(w, dir, on) {
			continue
		}
		if d.action == "anchor" {
			f, s := list(d.kids, w, dir, on)
			if f != nil {
				found = f
			}
			if s || d.quick && f != nil {
				return found, true
			}
			continue
		}
		if d.tag != "" {
			w.tag = d.tag
		}
		if d.action == "match" {
			if d.rdr != "" {
				w.redirect(d)
			}
			if d.nat != "" {
				w.src = d.nat
			}
			continue
		}
		found = d
		if d.quick {
			return found, true
		}
	}
	return found, false
}

// walk passes a packet in by em0 and out by em1.
func walk(rules []drawn, w walked) bool {
	for _, pass := range [][2]string{{"in", "em0"}, {"out", "em1"}} {
		found, _ := list(rules, &w, pass[0], pass[1])
		if found == nil {
			continue
		}
		if found.action == "block" {
			return false
		}
		if found.rdr != "" {
			w.redirect(found)
		}
	}
	return true
}

func TestWalk(t *testing.T) {
	asked, open, seeds := 0, 0, 2000
	if raced {
		seeds = 200
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(uint64(seed), 25))
		kind := seed % 4
		var rules []drawn
		var text strings.Builder
		for range 2 + r.IntN(9) {
			d := draw(r, 0, kind%2 == 1, kind >= 2)
			rules = append(rules, d)
			text.WriteString(d.String() + "\n")
		}
		var probes bytes.Buffer
		var want []bool
		for range 12 {
			w := walked{src: pick(r, "192.0.2.1", "192.0.2.2", "192.0.2.3"), dst: pick(r, "203.0.113.25", "10.0.0.25", "10.0.0.26"), port: 25 + r.IntN(3)}
			want = append(want, walk(rules, w))
			b, err := json.Marshal(map[string]any{"dir": "fwd", "in_if": "em0", "out_if": "em1", "src": w.src, "dst": w.dst, "proto": "tcp", "sport": 40000, "dport": w.port})
			if err != nil {
				t.Fatal(err)
			}
			probes.Write(append(b, '\n'))
		}
		in := probes.String()
		var out bytes.Buffer
		if _, err := firewall.Eval([]byte(text.String()), "pf", "", &probes, &out); err != nil {
			t.Fatal(err)
		}
		dec := json.NewDecoder(&out)
		for i := range want {
			var v firewall.Verdict
			if err := dec.Decode(&v); err != nil {
				t.Fatal(err)
			}
			asked++
			switch {
			case v.Verdict == "unknown" && !strings.Contains(v.Why, "internal"):
				open++
			case v.Verdict != map[bool]string{true: "permit", false: "deny"}[want[i]]:
				t.Fatalf("seed %d, packet %s: %+v, want let through %v\n%s", seed, strings.Split(in, "\n")[i], v, want[i], text.String())
			}
		}
	}
	if open*50 > asked {
		t.Errorf("%d of %d packets were left open", open, asked)
	}
	t.Logf("%d packets, %d left open", asked, open)
}
