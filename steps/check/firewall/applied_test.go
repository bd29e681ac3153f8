package firewall

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
)

// applied is a dump after the fixes of a report, put in place in the order in
// which they are printed.
func applied(t *testing.T, text string, r Report) string {
	t.Helper()
	lines := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
	add := map[string][]string{}
	done := map[string]bool{}
	take := func(f Fix) {
		if f.Copy == "" || done[f.Copy] {
			return
		}
		done[f.Copy] = true
		for _, cmd := range strings.Split(f.Copy, "\n") {
			rest, ok := strings.CutPrefix(cmd, "iptables ")
			if !ok {
				t.Fatalf("fix %q", cmd)
			}
			table := "filter"
			if after, ok := strings.CutPrefix(rest, "-t "); ok {
				table, rest, _ = strings.Cut(after, " ")
			}
			add[table] = append(add[table], rest)
		}
	}
	for _, q := range r.Requirements {
		for _, g := range q.Gaps {
			take(g.Fix)
		}
	}
	for _, l := range r.Leaks {
		if l.Category == "internet" {
			take(l.Fix)
		}
	}
	var out []string
	table := ""
	for _, l := range lines {
		if name, ok := strings.CutPrefix(l, "*"); ok {
			table = name
		}
		if l == "COMMIT" {
			out = append(out, add[table]...)
		}
		out = append(out, l)
	}
	return strings.Join(out, "\n") + "\n"
}

// faulty writes rules for the two ranges with mistakes of every kind.
func faulty(r *rand.Rand) (string, CheckOptions) {
	opt := options()
	opt.Lockdown = true
	chain, head, tail := "INPUT", filterHead+established, ""
	opt.Path = "in"
	switch r.IntN(3) {
	case 0:
		head = strings.Replace(filterHead, ":OUTPUT ACCEPT [0:0]\n", ":OUTPUT ACCEPT [0:0]\n:MAIL - [0:0]\n", 1) + established + "-A INPUT -p tcp --dport 25 -j MAIL\n"
		chain = "MAIL"
	case 1:
		head = "*nat\n:PREROUTING ACCEPT [0:0]\n-A PREROUTING -d 203.0.113.25/32 -p tcp -m tcp --dport 25 -j DNAT --to-destination 10.0.5.25\nCOMMIT\n" +
			filterHead + strings.ReplaceAll(established, "INPUT", "FORWARD") + "-A FORWARD -i eth1 -j ACCEPT\n"
		chain, opt.Path, opt.Interface = "FORWARD", "", AnyOther
	}
	if r.IntN(5) == 0 {
		head = strings.Replace(head, ":"+chain+" DROP", ":"+chain+" ACCEPT", 1)
	}
	kinds := []string{
		"-s 103.13.69.0/24", "-s 124.47.150.0/24", "-s 103.13.69.0/25", "-s 124.47.150.0/25", "-s 124.47.105.0/24", "-s 9.0.0.0/8", "-s 11.1.0.0/16",
		"-s 103.13.68.0/23", "-m iprange --src-range 103.13.69.0-103.13.69.254", "! -s 8.0.0.0/8",
	}
	kinds = append(kinds, "-s 9.0.0.0/8", "-s 11.1.0.0/16") // twice, perhaps
	r.Shuffle(len(kinds), func(i, j int) { kinds[i], kinds[j] = kinds[j], kinds[i] })
	for _, kind := range kinds[:1+r.IntN(7)] {
		to := "ACCEPT"
		if r.IntN(4) == 0 {
			to = "DROP"
		}
		tail += fmt.Sprintf("-A %s %s -p tcp -m tcp --dport 25 -j %s\n", chain, kind, to)
	}
	return head + tail + "COMMIT\n", opt
}

// TestFixesInOrder puts all fixes of a report in place as printed: then
// nothing may be left to fix.
func TestFixesInOrder(t *testing.T) {
	fixed := 0
	for seed := range 300 {
		text, opt := faulty(rand.New(rand.NewPCG(uint64(seed), 6)))
		opt.Needs = NeedsFor([]uint16{25})[:1]
		r := check1(t, text, opt)
		if r.Verdict == Proven {
			continue
		}
		fixed++
		after := applied(t, text, r)
		if again := check1(t, after, opt); again.Verdict != Proven {
			t.Fatalf("seed %d: %s\nbefore:\n%s\nafter:\n%s\n%s", seed, again.Summary, text, after, r.Text())
		}
	}
	if fixed < 200 {
		t.Errorf("only %d rulesets needed fixes", fixed)
	}
}

// TestWitnessesReplay gives every counter-example back to firewall eval.
func TestWitnessesReplay(t *testing.T) {
	asked := 0
	for seed := range 300 {
		text, opt := faulty(rand.New(rand.NewPCG(uint64(seed), 7)))
		r := check1(t, text, opt)
		set, err := Read("", []byte(text), "")
		if err != nil {
			t.Fatal(err)
		}
		j := newJudge(set)
		replay := func(w Packet, want string, line int) {
			if w.Step != "opens" {
				return
			}
			asked++
			if got := j.ask(w.Probe()); got.Verdict != want || got.Line != line {
				t.Errorf("seed %d: %+v is %+v, want %s at line %d\n%s", seed, w, got, want, line, text)
			}
			if a := netip.MustParseAddr(w.Src); a.IsLoopback() || a.IsMulticast() || a.As4()[0] == 0 {
				t.Errorf("no packet comes from %s", a)
			}
		}
		verdicts := map[Answer]string{Disproven: "deny", CannotTell: "unknown"}
		for _, q := range r.Requirements {
			for _, g := range q.Gaps {
				replay(g.Witness, verdicts[g.Verdict], g.By.Line)
			}
		}
		verdicts[Disproven] = "permit"
		for _, l := range r.Leaks {
			replay(l.Witness, verdicts[l.Verdict], l.By.Line)
		}
	}
	if asked < 500 {
		t.Errorf("only %d packets asked", asked)
	}
}
