//go:build realserver

package firewall

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// kernelRounds is how many random rulesets a test asks the kernel about;
// KERNEL_ROUNDS sets another number.
func kernelRounds(n int) int {
	if v, err := strconv.Atoi(os.Getenv("KERNEL_ROUNDS")); err == nil {
		return v
	}
	return n
}

// kernelAsk gives rules and probes to the running kernel: one row of the
// oracle's table for each probe.
func kernelAsk(t *testing.T, oracle, form, text string, list []kernelProbe, more ...string) [][]string {
	t.Helper()
	rules := filepath.Join(t.TempDir(), "rules")
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var in strings.Builder
	for _, p := range list {
		in.WriteString(p.line + "\n")
	}
	args := append([]string{rules, "-", "--format", form, "--if", "eth0", "--if", "eth1:10.0.0.0/24,fd00:10::/64"}, more...)
	cmd := exec.Command(oracle, args...)
	cmd.Stdin = strings.NewReader(in.String())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle: %v: %s\n%s", err, stderr.String(), text)
	}
	var rows [][]string
	for _, row := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		rows = append(rows, strings.Split(row, "\t"))
	}
	return rows
}

// kernelJudge compares what is said of probes with what the kernel did.
func kernelJudge(t *testing.T, text string, rows [][]string, list []kernelProbe, count map[string]int) {
	t.Helper()
	set, err := Read("", []byte(text), "")
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for _, p := range set.Problems {
		t.Errorf("problem: %s", p.Text)
	}
	j := newJudge(set)
	for i, f := range rows {
		want := map[string]string{"ACCEPT": "permit", "DROP": "deny", "REJECT": "deny"}[f[5]]
		p := list[i]
		if want == "" || f[5] == "ACCEPT" && f[8] == "-" && p.Proto != "icmp" {
			continue
		}
		if f[5] == "ACCEPT" && f[7] != p.Dst {
			if !strings.Contains(text, f[7]) {
				continue // an answer of the host's own that was taken for the probe
			}
			count["moved"]++
		}
		count["asked"]++
		got := j.ask(p.Probe)
		switch got.Verdict {
		case "unknown":
			count["unknown"]++
			if !strings.HasPrefix(got.Why, "this file holds IPv") {
				count["why"]++
				t.Logf("%s: unknown: %s", p.line, got.Why)
			}
		case want:
			count[want]++
		default:
			t.Errorf("%s: kernel %v, here %+v", p.line, f[5:], got)
		}
	}
}

// kernelProbes6 are like kernelProbes, of IPv6.
func kernelProbes6(r *rand.Rand, n int) []kernelProbe {
	outside := []string{"2001:db8:13::/48", "2001:db8:13:40::/58", "2001:db8:124::/48", "2001:db8:8::/47"}
	from := func(nets []string) netip.Addr {
		p := netip.MustParsePrefix(pick(r, nets))
		b := p.Addr().As16()
		for i := p.Bits(); i < 128; i++ {
			if r.IntN(4) == 0 {
				b[i/8] |= 0x80 >> (i % 8)
			}
		}
		return netip.AddrFrom16(b)
	}
	var out []kernelProbe
	for range n {
		var p Probe
		p.Dir = pick(r, []string{"in", "out", "fwd"})
		host := netip.MustParseAddr(fmt.Sprintf("2001:db8:198::%x", r.IntN(16)))
		src, dst := from(outside), host
		switch p.Dir {
		case "out":
			src, dst = host, from(outside)
		case "fwd":
			if dst = from([]string{"fd00:10::/64", "2001:db8:124::/48"}); src == dst {
				continue
			}
		}
		p.Src, p.Dst = src.String(), dst.String()
		p.Proto = pick(r, []string{"tcp", "tcp", "udp", "icmp"})
		port := pick(r, genPorts) + pick(r, []int{0, 0, 0, 1, -1, 100})
		if p.Proto == "icmp" {
			port = 128
		}
		sport := 1024 + r.IntN(60000)
		p.DPort, p.SPort = &port, &sport
		line := fmt.Sprintf("%s %s %s %s %d sport=%d", p.Dir, p.Src, p.Dst, p.Proto, port, sport)
		if p.Dir != "out" {
			p.InIf = pick(r, []string{"eth0", "eth0", "eth1"})
			line += " iif=" + p.InIf
		}
		p.OutIf = "eth1"
		if p.Dir != "in" && !netip.MustParsePrefix("fd00:10::/64").Contains(dst) {
			p.OutIf = "eth0"
		}
		out = append(out, kernelProbe{p, line})
	}
	return out
}

// TestKernelNftDifferential compares verdicts on random nft rulesets with those
// of the running kernel, packet by packet. Every fourth ruleset is also read
// from what nft prints of it as JSON and as text.
func TestKernelNftDifferential(t *testing.T) {
	oracle := kernelOracle(t)
	rounds, probes := kernelRounds(25), 400
	count := map[string]int{}
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 2025))
		g := &nftGen{r: r, v6: seed%4 == 3, dnat: seed%2 == 0}
		text := g.file()
		list := kernelProbes(r, probes)
		if g.v6 {
			list = kernelProbes6(r, probes)
		}
		rows := kernelAsk(t, oracle, "nft", text, list)
		kernelJudge(t, text, rows, list, count)
		if seed%4 == 0 {
			for _, as := range nftPrints(t, text) {
				kernelJudge(t, as, rows, list, map[string]int{})
			}
		}
		if t.Failed() {
			t.Fatalf("seed %d of\n%s", seed, text)
		}
	}
	t.Logf("%v", count)
	if rounds >= 25 && (count["asked"] < rounds*probes*6/10 || count["moved"] == 0) {
		t.Errorf("too few probes counted: %v", count)
	}
	if count["why"] > 0 {
		t.Errorf("%d probes are unknown although every field is given", count["why"])
	}
}

// nftPrints loads rules in a network namespace of their own and returns what
// nft prints of them.
func nftPrints(t *testing.T, text string) []string {
	t.Helper()
	rules := filepath.Join(t.TempDir(), "rules.nft")
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	load := `ip link add eth0 type veth peer name p0 && ip link add eth1 type veth peer name p1 && nft -f "$0" && `
	var out []string
	for _, how := range []string{"nft -a list ruleset", "nft -j list ruleset", "nft -a -j list ruleset"} {
		b, err := exec.Command("unshare", "-n", "sh", "-c", load+how, rules).Output()
		if err != nil {
			t.Fatalf("nft: %v\n%s", err, text)
		}
		out = append(out, string(b))
	}
	return out
}
