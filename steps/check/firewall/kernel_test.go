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
	"strings"
	"testing"
)

const oraclePath = "../../../../shared/tools/kernel-oracle"

// TestKernelDifferential compares verdicts on random rulesets with those of
// the running kernel, packet by packet. It needs root, iproute2 and iptables.
func TestKernelDifferential(t *testing.T) {
	oracle, err := filepath.Abs(oraclePath)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(oracle); err != nil || os.Geteuid() != 0 {
		t.Skip("no kernel oracle beside this checkout, or not root")
	}
	rounds, probes := 25, 400
	asked, unknowns, moved := 0, 0, 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 99))
		g := &rulesGen{r: r, loadable: true, dnat: seed%2 == 0, raw: seed%3 == 0}
		text := g.file()
		a, u, m := kernelRound(t, oracle, r, text, probes)
		asked, unknowns, moved = asked+a, unknowns+u, moved+m
		if t.Failed() {
			t.Fatalf("seed %d of\n%s", seed, text)
		}
	}
	t.Logf("%d probes, %d unknown, %d translated", asked, unknowns, moved)
	if asked < rounds*probes*8/10 || moved == 0 {
		t.Errorf("too few probes counted: %d, translated %d", asked, moved)
	}
	if unknowns > 0 {
		t.Errorf("%d probes are unknown although every field is given", unknowns)
	}
}

type kernelProbe struct {
	Probe
	line string
}

func kernelRound(t *testing.T, oracle string, r *rand.Rand, text string, n int) (asked, unknowns, moved int) {
	t.Helper()
	list := kernelProbes(r, n)
	dir := t.TempDir()
	rules := filepath.Join(dir, "rules")
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	var in strings.Builder
	for _, p := range list {
		in.WriteString(p.line + "\n")
	}
	cmd := exec.Command(oracle, rules, "-", "--if", "eth0", "--if", "eth1:10.0.0.0/24")
	cmd.Stdin = strings.NewReader(in.String())
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle: %v: %s\n%s", err, stderr.String(), text)
	}
	set, err := Read("", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	j := newJudge(set)
	for i, row := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.Split(row, "\t")
		want := map[string]string{"ACCEPT": "permit", "DROP": "deny", "REJECT": "deny"}[f[5]]
		p := list[i]
		if want == "" || f[5] == "ACCEPT" && f[8] == "-" && p.Proto != "icmp" {
			continue
		}
		if f[5] == "ACCEPT" && f[7] != p.Dst {
			if !strings.Contains(text, f[7]) {
				continue // an answer of the host's own that was taken for the probe
			}
			moved++
		}
		asked++
		got := j.ask(p.Probe)
		switch got.Verdict {
		case "unknown":
			unknowns++
			t.Logf("%s: unknown: %s", p.line, got.Why)
		case want:
		default:
			t.Errorf("%s: kernel %v, here %+v", p.line, f[5:], got)
		}
	}
	return asked, unknowns, moved
}

// kernelProbes are packets with every field given; local ends lie in
// 198.51.100.0/28, which no probe goes through or comes from.
func kernelProbes(r *rand.Rand, n int) []kernelProbe {
	outside := []string{"103.13.69.0/24", "103.13.69.64/26", "124.47.150.0/24", "8.8.8.0/23"}
	from := func(nets []string) netip.Addr {
		p := netip.MustParsePrefix(pick(r, nets))
		b := p.Addr().As4()
		v := uint32(b[2])<<8 | uint32(b[3])
		v += uint32(r.IntN(1 << (32 - p.Bits())))
		return netip.AddrFrom4([4]byte{b[0], b[1], byte(v >> 8), byte(v)})
	}
	var out []kernelProbe
	for range n {
		var p Probe
		p.Dir = pick(r, []string{"in", "out", "fwd"})
		host := netip.AddrFrom4([4]byte{198, 51, 100, byte(r.IntN(16))})
		src, dst := from(outside), host
		route := func(a netip.Addr) string {
			if netip.MustParsePrefix("10.0.0.0/24").Contains(a) {
				return "eth1"
			}
			return "eth0"
		}
		switch p.Dir {
		case "out":
			src, dst = host, from(outside)
		case "fwd":
			dst = from([]string{"10.0.0.0/24", "124.47.150.0/24"})
			if src == dst {
				src = from([]string{"8.8.8.0/24"})
			}
		}
		p.Src, p.Dst = src.String(), dst.String()
		p.Proto = pick(r, []string{"tcp", "tcp", "udp", "icmp"})
		port := pick(r, genPorts) + pick(r, []int{0, 0, 0, 1, -1, 100})
		if p.Proto == "icmp" {
			port = pick(r, []int{8, 13})
		}
		sport := 1024 + r.IntN(60000)
		p.DPort, p.SPort = &port, &sport
		line := fmt.Sprintf("%s %s %s %s %d sport=%d", p.Dir, p.Src, p.Dst, p.Proto, port, sport)
		if p.Dir != "out" {
			p.InIf = pick(r, []string{"eth0", "eth0", "eth1"})
			line += " iif=" + p.InIf
		}
		if p.Dir != "in" {
			p.OutIf = route(dst)
		} else {
			p.OutIf = "eth1" // where all translated destinations lie
		}
		out = append(out, kernelProbe{p, line})
	}
	return out
}
