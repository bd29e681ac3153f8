package firewall

import (
	"bufio"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// corpusDir is where rulesets and what a kernel did with them lie beside a
// checkout; without it these tests are skipped.
const corpusDir = "../../../../shared/corpus/firewall"

// kernelHead is the head of a file of kernel verdicts.
type kernelHead struct {
	rules string
	// ifaces of the firewall with the networks routed out of each; the first
	// has the default route.
	ifaces []kernelIface
	format string
}

type kernelIface struct {
	name string
	nets []netip.Prefix
}

func (h kernelHead) route(a netip.Addr) string {
	best, bits := h.ifaces[0].name, -1
	for _, i := range h.ifaces {
		for _, n := range i.nets {
			if n.Contains(a) && n.Bits() > bits {
				best, bits = i.name, n.Bits()
			}
		}
	}
	return best
}

func parseIface(spec string) kernelIface {
	name, nets, _ := strings.Cut(spec, ":")
	i := kernelIface{name: name}
	for _, n := range strings.Split(nets, ",") {
		if p, err := netip.ParsePrefix(n); err == nil {
			i.nets = append(i.nets, p)
		}
	}
	return i
}

func readHead(line string, h *kernelHead) {
	if v, ok := strings.CutPrefix(line, "# rules: "); ok {
		h.rules = v
	}
	if v, ok := strings.CutPrefix(line, "# oracle: "); ok {
		w := strings.Fields(v)
		for i := range w {
			switch w[i] {
			case "--if":
				h.ifaces = append(h.ifaces, parseIface(w[i+1]))
			case "--format":
				h.format = w[i+1]
			}
		}
	}
}

// TestKernelVerdicts asks every probe of the corpus and compares with what a
// real kernel did. A verdict may be unknown, with a reason, but never wrong.
func TestKernelVerdicts(t *testing.T) {
	files, _ := filepath.Glob(filepath.Join(corpusDir, "kernel-verdicts", "*.tsv"))
	if len(files) == 0 {
		t.Skip("no corpus of kernel verdicts beside this checkout")
	}
	asked := 0
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			raw, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			var h kernelHead
			var j *judge
			open, total := map[string]int{}, 0
			sc := bufio.NewScanner(strings.NewReader(string(raw)))
			for sc.Scan() {
				if strings.HasPrefix(sc.Text(), "#") {
					readHead(sc.Text(), &h)
					continue
				}
				if h.format != "iptables" && h.format != "ip6tables" && h.format != "nft" {
					t.Skipf("format %s is not read", h.format)
				}
				if j == nil {
					rules, err := os.ReadFile(filepath.Join(corpusDir, h.rules))
					if err != nil {
						t.Fatal(err)
					}
					set, err := Read(h.rules, rules, "")
					if err != nil {
						t.Fatal(err)
					}
					j = newJudge(set)
				}
				total++
				judgeKernel(t, j, h, strings.Split(sc.Text(), "\t"), open)
			}
			asked += total
			unknowns := 0
			for _, n := range open {
				unknowns += n
			}
			t.Logf("%d probes, %d unknown: %v", total, unknowns, open)
			if unknowns*20 > total {
				t.Errorf("%d of %d probes are unknown; at most one in twenty may be", unknowns, total)
			}
		})
	}
	if asked == 0 {
		t.Error("no probe was asked")
	}
}

func judgeKernel(t *testing.T, j *judge, h kernelHead, f []string, open map[string]int) {
	t.Helper()
	if len(f) < 10 || f[6] == "UNSEEN" {
		return
	}
	if f[6] == "ACCEPT" && f[3] != "icmp" && f[9] == "-" {
		return // what was seen at the end was an ICMP error of the host's own, not the probe
	}
	port, err := strconv.Atoi(f[4])
	if err != nil {
		t.Fatalf("row %q: %v", f, err)
	}
	p := Probe{Dir: f[0], Src: f[1], Dst: f[2], Proto: f[3], DPort: &port}
	if v, ok := strings.CutPrefix(f[5], "iif="); ok {
		p.InIf = v
	}
	if f[0] != "in" {
		p.OutIf = h.route(netip.MustParseAddr(f[2]))
	}
	got := j.ask(p)
	want := "deny"
	if f[6] == "ACCEPT" {
		want = "permit"
	}
	switch {
	case got.Verdict == "unknown":
		open[got.Why]++
		if got.Why == "" || strings.Contains(got.Why, "internal error") {
			t.Errorf("%v: unknown because %q", f, got.Why)
		}
	case got.Verdict != want:
		t.Errorf("%v: verdict %+v, the kernel's is %s", f, got, want)
	}
}
