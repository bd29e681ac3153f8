package firewall

import (
	"strings"
	"testing"
)

// TestPolicyDropInNat: kernels treat it differently, so nothing that passes the
// chain is proven, in whichever direction, and nothing else is touched.
func TestPolicyDropInNat(t *testing.T) {
	filter := strings.ReplaceAll(filterHead, "DROP", "ACCEPT") + "COMMIT\n"
	for _, c := range []struct {
		chain   string
		in, out Answer
	}{
		{"PREROUTING", CannotTell, Proven},
		{"INPUT", CannotTell, Proven},
		{"OUTPUT", Proven, CannotTell},
		{"POSTROUTING", Proven, CannotTell},
	} {
		opt := options()
		opt.Path = "in"
		r := check1(t, "*nat\n:"+c.chain+" DROP [0:0]\nCOMMIT\n"+filter, opt)
		for _, q := range r.Requirements {
			want := map[string]Answer{"in": c.in, "out": c.out}[q.Direction]
			if q.Verdict != want {
				t.Errorf("nat %s, %s: %s, want %s", c.chain, q.Label, q.Verdict, want)
			}
			if want == CannotTell && q.Gaps[0].By.Line != 2 {
				t.Errorf("nat %s: by %+v", c.chain, q.Gaps[0].By)
			}
		}
		opt.Path = "fwd"
		want := CannotTell
		if c.chain == "INPUT" || c.chain == "OUTPUT" {
			want = Proven
		}
		if r := check1(t, "*nat\n:"+c.chain+" DROP [0:0]\nCOMMIT\n"+filter, opt); r.Verdict != want {
			t.Errorf("nat %s, passing through: %s, want %s", c.chain, r.Verdict, want)
		}
	}
}
