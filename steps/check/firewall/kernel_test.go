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

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

const oraclePath = "../../../../shared/tools/kernel-oracle"

// kernelOracle is the path of the tool that asks the running kernel. Without
// it, or where it may not make network namespaces, the test is skipped.
func kernelOracle(t *testing.T) string {
	t.Helper()
	oracle, err := filepath.Abs(oraclePath)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(oracle); err != nil {
		t.Skip("no kernel oracle beside this checkout")
	}
	if os.Geteuid() != 0 {
		t.Skip("the kernel oracle needs root")
	}
	rules := filepath.Join(t.TempDir(), "rules")
	accept := "*filter\n:INPUT ACCEPT [0:0]\n:FORWARD ACCEPT [0:0]\n:OUTPUT ACCEPT [0:0]\nCOMMIT\n"
	if err := os.WriteFile(rules, []byte(accept), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(oracle, rules, "-")
	cmd.Stdin = strings.NewReader("in 8.8.8.8 198.51.100.1 tcp 25\n")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Skipf("the kernel oracle does not work here: %v: %s", err, bytes.TrimSpace(out))
	}
	return oracle
}

// TestKernelDifferential compares verdicts on random rulesets with those of
// the running kernel, packet by packet. It needs root, iproute2 and iptables.
func TestKernelDifferential(t *testing.T) {
	oracle := kernelOracle(t)
	rounds, probes := kernelRounds(25), 400
	asked, unknowns, moved := 0, 0, 0
	for seed := range rounds {
		r := rand.New(rand.NewPCG(uint64(seed), 99))
		g := &rulesGen{r: r, loadable: true, dnat: seed%2 == 0, raw: seed%3 == 0}
		text := g.file()
		a, u, m := kernelRun{oracle: oracle, rules: text}.round(t, r, probes)
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

// kernelRun is what one start of the oracle is asked about.
type kernelRun struct {
	oracle, rules string
	sets          string // what ipset save prints
	six           bool   // IPv6: addresses as six writes them
}

func (k kernelRun) ask(t *testing.T, list []kernelProbe) [][]string {
	t.Helper()
	form, more := "iptables", []string(nil)
	if k.six {
		form = "ip6tables"
	}
	if k.sets != "" {
		path := filepath.Join(t.TempDir(), "sets")
		if err := os.WriteFile(path, []byte(k.sets), 0o600); err != nil {
			t.Fatal(err)
		}
		more = []string{"--ipset", path}
	}
	return kernelAsk(t, k.oracle, form, k.rules, list, more...)
}

// round compares n random packets.
func (k kernelRun) round(t *testing.T, r *rand.Rand, n int) (asked, unknowns, moved int) {
	t.Helper()
	text := k.sets + k.rules
	list := kernelProbes(r, n)
	for i := range list {
		list[i].behindTranslation(text)
		if k.six {
			list[i].toSix()
		}
	}
	set, err := Read("", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	j := newJudge(set)
	for i, f := range k.ask(t, list) {
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

// behindTranslation sends a packet that passes through, where the rules may
// translate it, to the network that all translated destinations lie in: else the
// interface that it leaves by would depend on what is to be found out.
func (p *kernelProbe) behindTranslation(rules string) {
	if p.Dir != "fwd" || p.OutIf == "eth1" || !strings.Contains(rules, "-j DNAT") {
		return
	}
	was := p.Dst
	a := netip.MustParseAddr(was).As4()
	p.Dst, p.OutIf = netip.AddrFrom4([4]byte{10, 0, 0, a[3]}).String(), "eth1"
	p.line = strings.Replace(p.line, " "+was+" ", " "+p.Dst+" ", 1)
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

// TestKernelHandshake opens real connections through random rulesets and
// compares with what is said of first packet, answer and what follows.
func TestKernelHandshake(t *testing.T) {
	oracle := kernelOracle(t)
	count := map[string]int{}
	for seed := range 12 {
		r := rand.New(rand.NewPCG(uint64(seed), 123))
		g := &rulesGen{r: r, loadable: true, raw: seed%2 == 0, dnat: seed%3 == 0}
		text := g.file()
		if seed%4 == 1 {
			text = strings.Replace(text, "*filter\n", "*filter\n:early - [0:0]\n-A INPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A FORWARD -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n-A OUTPUT -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT\n", 1)
		}
		handshakeRound(t, oracle, r, text, count)
		if t.Failed() {
			t.Fatalf("seed %d of\n%s", seed, text)
		}
	}
	t.Logf("%v", count)
	if count["open"] < 50 || count["half"] < 20 {
		t.Errorf("too few connections of a kind: %v", count)
	}
}

func handshakeRound(t *testing.T, oracle string, r *rand.Rand, text string, count map[string]int) {
	t.Helper()
	var list []kernelProbe
	var in strings.Builder
	seen := map[string]bool{}
	for _, p := range kernelProbes(r, 400) {
		// every connection of its own: the kernel knows them by address and port
		if p.Proto != "tcp" || seen[p.Src+p.Dst] || p.InIf != "eth0" && p.Dir != "out" {
			continue
		}
		seen[p.Src+p.Dst] = true
		*p.SPort = 40000 + len(list)%20000
		list = append(list, p)
		in.WriteString(strings.Split(p.line, " sport=")[0] + fmt.Sprintf(" sport=%d", *p.SPort))
		if p.Dir != "out" {
			in.WriteString(" iif=eth0")
		}
		in.WriteByte('\n')
	}
	rules := filepath.Join(t.TempDir(), "rules")
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(oracle, rules, "-", "--handshake", "--if", "eth0", "--if", "eth1:10.0.0.0/24")
	cmd.Stdin = strings.NewReader(in.String())
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("oracle: %v\n%s", err, text)
	}
	set, err := Read("", []byte(text), "")
	if err != nil {
		t.Fatal(err)
	}
	for i, row := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		f := strings.Split(row, "\t")
		said, where := connects(t, set, list[i].Probe)
		real := f[9] == "open"
		if f[5] == "UNSEEN" || strings.HasPrefix(f[9], "error") {
			continue
		}
		if real {
			count["open"]++
		} else if f[5] == "ACCEPT" {
			count["half"]++
		} else {
			count["shut"]++
		}
		if said != real {
			t.Errorf("%s: the kernel's connection is %s (first packet %s), said to work: %v, %s", list[i].line, f[9], f[5], said, where)
		}
	}
}

// connects asks whether first packet and answer get through.
func connects(t *testing.T, set *ir.Ruleset, p Probe) (bool, string) {
	t.Helper()
	c := newChecker(set, options())
	src, dst := netip.MustParseAddr(p.Src), netip.MustParseAddr(p.Dst)
	c.use(dst)
	l := leg{in: true, local: dst, remote: single1(src), proto: ir.TCP, port: uint16(*p.DPort)}
	switch p.Dir {
	case "in":
		l.dir, l.own = ir.In, []netip.Addr{dst}
	case "out":
		l.dir, l.in, l.local, l.remote = ir.Out, false, src, single1(dst)
	default:
		l.dir = ir.Forward
	}
	l.sports = []ir.PortRange{{Lo: uint16(*p.SPort), Hi: uint16(*p.SPort)}}
	l.combos = func(k combo) bool {
		in, out := p.InIf, p.OutIf
		okIn := in == "" || k.in == in || k.in == engine.OtherIface || k.in == "eth"+engine.OtherIface
		okOut := out == "" || k.out == out || k.out == engine.OtherIface || k.out == "eth"+engine.OtherIface
		return okIn && okOut
	}
	covs, err := c.cover(l)
	if err != nil {
		t.Fatal(err)
	}
	pairs := make([]combo, len(covs))
	for i := range covs {
		pairs[i] = covs[i].combo
	}
	keep := ifaceFilter(pairs, nonEmpty(p.InIf), nonEmpty(p.OutIf))
	for _, cov := range covs {
		if !keep(cov.combo) {
			continue
		}
		for _, h := range cov.holes {
			if h.step == "continues" {
				continue // the client's connect succeeds before that packet
			}
			return false, fmt.Sprintf("%s fails at line %d (%s)", h.step, decision(h.hit).Line, h.outcome)
		}
	}
	return true, ""
}

func nonEmpty(s string) []string {
	if s == "" {
		return nil
	}
	return []string{s}
}
