package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestFirewallEvalExpectations asks the command every row of verdicts that
// others took from real devices and from the tests of another analyser. A row
// is answered right, or said to be undecided with what makes it so.
func TestFirewallEvalExpectations(t *testing.T) {
	const corpus = "../../../shared/corpus/firewall"
	raw, err := os.ReadFile(filepath.Join(corpus, "expect.tsv"))
	if os.IsNotExist(err) {
		t.Skip("no corpus of rulesets beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	rows, right := 0, 0
	for line := range strings.Lines(string(raw)) {
		f := strings.Split(strings.TrimRight(line, "\n"), "\t")
		if len(f) < 8 || strings.HasPrefix(line, "#") {
			continue
		}
		rows++
		probe, acl := probeOf(t, f)
		args := []string{"firewall", "eval", filepath.Join(corpus, f[0])}
		if acl != "" {
			args = append(args, "--acl", acl)
		}
		got := call{args: args, in: probe}.run(t)
		var v struct{ Verdict, Why string }
		if err := json.Unmarshal([]byte(got.out), &v); err != nil {
			t.Errorf("%s %s: %v\n%s%s", f[0], f[1], err, got.out, got.err)
			continue
		}
		switch {
		case v.Verdict == f[7]:
			right++
		case v.Verdict != "unknown" || v.Why == "" || got.code != ExitError:
			t.Errorf("%s %s %s: %s (%s), exit code %d, want %s", f[0], f[1], probe, v.Verdict, v.Why, got.code, f[7])
		}
	}
	if t.Logf("%d of %d right", right, rows); right < rows-1 || rows < 30 {
		t.Errorf("%d of %d rows are answered", right, rows)
	}
}

// probeOf is a row's packet as the command takes it, and the list to ask.
func probeOf(t *testing.T, f []string) (line, acl string) {
	t.Helper()
	hosts := map[string]string{"h1": "10.11.11.2"} // called by name in a lab's row
	p := map[string]any{}
	text := func(key, v string) {
		if a, ok := hosts[v]; ok {
			v = a
		}
		if v != "*" && v != "-" {
			p[key] = v
		}
	}
	text("src", f[2])
	text("dst", f[3])
	text("proto", f[4])
	for key, v := range map[string]string{"sport": f[5], "dport": f[6]} {
		if n, err := strconv.Atoi(v); err == nil && n != 0 {
			p[key] = n
		}
	}
	from, to, between := strings.Cut(f[1], " -> ")
	if between {
		p["dir"] = "fwd"
		if from != "any" && hosts[from] == "" {
			p["in_if"] = from
		}
		if to != "any" && to != f[3] {
			p["out_if"] = to
		}
	} else {
		acl = strings.TrimPrefix(strings.TrimPrefix(f[1], "acl "), "filter ")
	}
	b, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	return string(b) + "\n", acl
}
