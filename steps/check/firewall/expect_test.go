package firewall

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// expectation is one row of the verdicts that others took from real devices
// and from the tests of another analyser.
type expectation struct {
	file, scope, src, dst, proto, sport, dport, verdict string
}

func expectations(t *testing.T) []expectation {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(corpusDir, "expect.tsv"))
	if os.IsNotExist(err) {
		t.Skip("no corpus of rulesets beside the checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	var out []expectation
	for _, l := range strings.Split(string(raw), "\n") {
		f := strings.Split(l, "\t")
		if len(f) < 8 || strings.HasPrefix(l, "#") {
			continue
		}
		out = append(out, expectation{f[0], f[1], f[2], f[3], f[4], f[5], f[6], f[7]})
	}
	return out
}

// labHosts are the addresses of hosts that a row names instead.
var labHosts = map[string]string{"h1": "10.11.11.2"}

// probe is the row as firewall eval takes it, with the list to ask.
func (x expectation) probe() (p Probe, acl string) {
	text := func(s string) string {
		if s == "*" || s == "-" {
			return ""
		}
		if a, ok := labHosts[s]; ok {
			return a
		}
		return s
	}
	number := func(s string) *int {
		n, err := strconv.Atoi(s)
		if err != nil || n == 0 {
			return nil
		}
		return &n
	}
	p = Probe{Src: text(x.src), Dst: text(x.dst), Proto: text(x.proto), SPort: number(x.sport), DPort: number(x.dport)}
	from, to, ok := strings.Cut(x.scope, " -> ")
	if !ok {
		return p, strings.TrimPrefix(strings.TrimPrefix(x.scope, "acl "), "filter ")
	}
	p.Dir = "fwd"
	if from != "any" && labHosts[from] == "" {
		p.InIf = from
	}
	if to != "any" && to != x.dst {
		p.OutIf = to
	}
	return p, ""
}

// TestExpectations answers every row as it should be, or says that it cannot
// and names what makes it so.
func TestExpectations(t *testing.T) {
	right := 0
	rows := expectations(t)
	for _, x := range rows {
		raw, err := os.ReadFile(filepath.Join(corpusDir, x.file))
		if err != nil {
			t.Fatal(err)
		}
		p, acl := x.probe()
		line, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		var out bytes.Buffer
		if _, err := Eval(raw, "", acl, bytes.NewReader(line), &out); err != nil {
			t.Errorf("%s %s: %v", x.file, x.scope, err)
			continue
		}
		var v Verdict
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		switch {
		case v.Verdict == x.verdict:
			right++
		case v.Verdict == "unknown" && v.Why != "":
			t.Logf("%s %s %s: cannot tell: %s", x.file, x.scope, line, v.Why)
		default:
			t.Errorf("%s %s %s: %s (line %d %s, %s), want %s", x.file, x.scope, line, v.Verdict, v.Line, v.Text, v.Why, x.verdict)
		}
	}
	t.Logf("%d of %d right", right, len(rows))
	if right < len(rows)-1 {
		t.Errorf("%d of %d rows are answered", right, len(rows))
	}
}
