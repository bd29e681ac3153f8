package firewall

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"testing"

	"pgregory.net/rapid"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

var policyServer = netip.MustParseAddr("10.0.0.25")

// randomPolicy draws flows to one server on port 25 that overlap, and that the
// last of them ends for everybody.
func randomPolicy(t *rapid.T) []format.Flow {
	net := rapid.Custom(func(t *rapid.T) netip.Prefix {
		a := netip.AddrFrom4([4]byte{198, 51, byte(rapid.IntRange(96, 103).Draw(t, "third")), byte(rapid.IntRange(0, 255).Draw(t, "fourth"))})
		return netip.PrefixFrom(a, rapid.IntRange(21, 32).Draw(t, "bits")).Masked()
	})
	base := format.Flow{In: true, Proto: "tcp", Port: 25, Family: ir.V4, Dst: []netip.Prefix{netip.PrefixFrom(policyServer, 32)}}
	var out []format.Flow
	for range rapid.IntRange(1, 6).Draw(t, "flows") {
		f := base
		f.Deny, f.Label = rapid.Bool().Draw(t, "deny"), "mxodus allowed"
		f.Src = rapid.SliceOfNDistinct(net, 1, 3, func(p netip.Prefix) netip.Prefix { return p }).Draw(t, "src")
		if f.Deny {
			f.Label = "mxodus refused"
		}
		out = append(out, f)
	}
	base.Deny, base.Label = true, "mxodus lock-down"
	return append(out, base)
}

// allowed says what a policy does with a source: the first flow that fits.
func allowed(policy []format.Flow, src netip.Addr) bool {
	for _, f := range policy {
		for _, p := range f.Src {
			if p.Contains(src) {
				return !f.Deny
			}
		}
		if len(f.Src) == 0 {
			return !f.Deny
		}
	}
	return false
}

// TestOnePolicyOneVerdict writes one policy in every format, reads it back and
// asks the same packets: every format must say what the policy says.
func TestOnePolicyOneVerdict(t *testing.T) {
	asked := map[string]int{}
	fewer(t, 30)
	rapid.Check(t, func(t *rapid.T) {
		policy := randomPolicy(t)
		var probes bytes.Buffer
		var want []bool
		for range 12 {
			src := netip.AddrFrom4([4]byte{198, 51, byte(rapid.IntRange(95, 104).Draw(t, "probe third")), byte(rapid.IntRange(0, 255).Draw(t, "probe fourth"))})
			want = append(want, allowed(policy, src))
			sport, dport := 40000, 25
			line, err := json.Marshal(Probe{Src: src.String(), Dst: policyServer.String(), Proto: "tcp", SPort: &sport, DPort: &dport, InIf: "wan", OutIf: "lan"})
			if err != nil {
				t.Fatal(err)
			}
			probes.Write(append(line, '\n'))
		}
		for _, id := range WrittenFormats() {
			f, _ := FormatByID(id)
			s, err := f.Write(format.Job{Flows: policy, Host: f.Host, Outside: "wan", Inside: "lan"})
			if err != nil {
				continue // what this firewall has no words for, such as a refusal
			}
			var out bytes.Buffer
			toHost := f.Host || id == source.Table // whose directions are those of the server
			in := bytes.ReplaceAll(probes.Bytes(), []byte(`"dir":""`), []byte(`"dir":"`+map[bool]string{true: "in", false: "fwd"}[toHost]+`"`))
			if toHost {
				in = bytes.ReplaceAll(in, []byte(`"in_if":"wan","out_if":"lan"`), []byte(`"in_if":"","out_if":""`))
			}
			if _, err := Eval([]byte(s.Text), id, "", bytes.NewReader(in), &out); err != nil {
				t.Fatalf("%s: %v\n%s", id, err, s.Text)
			}
			dec := json.NewDecoder(&out)
			for i := range want {
				var v Verdict
				if err := dec.Decode(&v); err != nil {
					t.Fatal(err)
				}
				if v.Verdict != map[bool]string{true: "permit", false: "deny"}[want[i]] {
					t.Fatalf("%s, packet %d: %+v, want let through %v\n%s\n%s", id, i, v, want[i], in, s.Text)
				}
				asked[id]++
			}
		}
	})
	t.Logf("packets asked: %v", asked)
}
