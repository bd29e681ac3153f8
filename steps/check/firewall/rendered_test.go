package firewall

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// TestRenderedAlike compares one policy that another tool wrote for two vendors,
// packet by packet, between the zones that both have. It is of IPv4: of IPv6 the
// tool writes one of the two differently.
func TestRenderedAlike(t *testing.T) {
	var judges []*judge
	for _, name := range []string{"sample_stateful_multitarget_simple.srx", "sample_stateful_multitarget_simple.xml"} {
		raw, err := os.ReadFile(filepath.Join(corpusDir, "capirca-aerleon", "aerleon", "rendered", name))
		if os.IsNotExist(err) {
			t.Skip("no corpus of rulesets beside the checkout")
		}
		if err != nil {
			t.Fatal(err)
		}
		set, err := Read(name, raw, "")
		if err != nil {
			t.Fatal(err)
		}
		judges = append(judges, newJudge(set))
	}
	r := rand.New(rand.NewPCG(4, 2))
	hosts := []string{
		"8.8.8.8", "8.8.4.4", "8.8.8.9", "10.0.0.1", "172.16.5.5", "192.168.1.1", "192.0.2.1", "198.51.100.7", "200.1.1.1", "200.1.1.2",
		"200.1.1.3", "203.0.113.25", "224.0.0.5", "100.64.0.1", "93.184.216.34", "0.1.2.3", "11.0.0.1",
	}
	zones := []string{"internal", "external"}
	count := map[string]int{}
	for range 4000 {
		from := r.IntN(2)
		p := Probe{
			Dir: "fwd", Src: pick(r, hosts), Dst: pick(r, hosts), Proto: pick(r, []string{"tcp", "tcp", "udp"}),
			InIf: zones[from], OutIf: zones[1-from], DPort: port(pick(r, []int{25, 53, 80, 81, 443, 587})),
			SPort: port(pick(r, []int{53, 1024, 33433, 33434, 33534, 33535})),
		}
		a, b := judges[0].ask(p), judges[1].ask(p)
		if a.Verdict != b.Verdict {
			t.Fatalf("%+v: %s (line %d, %s) and %s (line %d, %s)", p, a.Verdict, a.Line, a.Why, b.Verdict, b.Line, b.Why)
		}
		count[fmt.Sprint(p.InIf, " ", a.Verdict)]++
	}
	if t.Log(count); count["internal permit"] == 0 || count["external permit"] == 0 || count["external deny"] == 0 || count["internal unknown"]+count["external unknown"] > 0 {
		t.Errorf("%v", count)
	}
}
