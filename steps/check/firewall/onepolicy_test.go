package firewall

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"slices"
	"testing"

	"go4.org/netipx"
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

// letIn lists the sources that a policy lets in, whatever it refuses.
func letIn(t *rapid.T, policy []format.Flow) []netip.Prefix {
	var in, decided netipx.IPSetBuilder
	for _, f := range policy {
		var of netipx.IPSetBuilder
		for _, p := range f.Src {
			of.AddPrefix(p)
		}
		if len(f.Src) == 0 {
			of.AddPrefix(netip.MustParsePrefix("0.0.0.0/0"))
		}
		before, err := decided.IPSet()
		if err != nil {
			t.Fatal(err)
		}
		of.RemoveSet(before)
		rest, err := of.IPSet()
		if err != nil {
			t.Fatal(err)
		}
		if decided.AddSet(rest); !f.Deny {
			in.AddSet(rest)
		}
	}
	set, err := in.IPSet()
	if err != nil {
		t.Fatal(err)
	}
	return set.Prefixes()
}

// refuseUnasked are the formats of firewalls that have no refusals, or none
// that leaves room for those let in, and refuse by themselves what no rule
// lets in.
var refuseUnasked = []string{"aws", "windows"}

// written writes a policy. A firewall that has no words for its refusals gets
// those to write that are let in; false where nobody is.
func writtenPolicy(t *rapid.T, f format.Format, policy []format.Flow) (format.Script, bool) {
	job := format.Job{Flows: policy, Host: f.Host, Outside: "wan", Inside: "lan"}
	s, err := f.Write(job)
	if err == nil {
		return s, true
	}
	if !slices.Contains(refuseUnasked, f.ID) {
		t.Fatalf("%s: %v", f.ID, err)
	}
	flow := policy[0]
	flow.Deny, flow.Label, flow.Src = false, "mxodus allowed", letIn(t, policy)
	if job.Flows = []format.Flow{flow}; len(flow.Src) == 0 {
		return s, false
	}
	if s, err = f.Write(job); err != nil {
		t.Fatalf("%s: %v, for those let in: %v", f.ID, err, flow.Src)
	}
	return s, true
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
			s, ok := writtenPolicy(t, f, policy)
			if !ok {
				continue
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
	for _, id := range WrittenFormats() {
		if asked[id]*4 < asked[source.Table] || asked[id] == 0 {
			t.Errorf("%s was asked about %d packets, the table about %d", id, asked[id], asked[source.Table])
		}
	}
}
