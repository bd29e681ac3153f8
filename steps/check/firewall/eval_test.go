package firewall

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

func evalLines(t *testing.T, rules, acl, probes string) []Verdict {
	t.Helper()
	var out bytes.Buffer
	if _, err := Eval([]byte(rules), "", acl, strings.NewReader(probes), &out); err != nil {
		t.Fatal(err)
	}
	var all []Verdict
	for _, l := range strings.Split(strings.TrimSpace(out.String()), "\n") {
		var v Verdict
		if err := json.Unmarshal([]byte(l), &v); err != nil {
			t.Fatalf("line %q: %v", l, err)
		}
		all = append(all, v)
	}
	return all
}

// TestEvalStream checks one verdict a line, in order, whatever the lines hold.
func TestEvalStream(t *testing.T) {
	rules := filterHead + established + bothRanges + ":spare - [0:0]\n-A spare -p udp -j DROP\nCOMMIT\n"
	probes := strings.Join([]string{
		`{"dir":"in","in_if":"","out_if":"","acl":"","src":"103.13.69.1","dst":"203.0.113.25","proto":"tcp","sport":0,"dport":25}`,
		`{"dir":"in","src":"8.8.8.8","dst":"203.0.113.25","proto":"tcp","dport":25}`,
		``,
		`not json`,
		`{"dir":"in","source":"8.8.8.8"}`,
		`{"dir":"in","src":"8.8.8","proto":"tcp"}`,
		`{"dir":"in","src":"103.13.69.0/23","proto":"tcp","dport":25}`,
		`{"acl":"spare","proto":"udp"}`,
		`{"dir":"in"} {"dir":"out"}`,
		`{"dir":"in","src":"` + "\x1b[31m" + `"}`,
		`{"dir":"out"}`,
		strings.Repeat("x", maxProbe+10),
		`{"dir":"fwd","proto":"gre"}`,
	}, "\n")
	got := evalLines(t, rules, "", probes)
	want := []struct {
		verdict string
		line    int
		why     string
	}{
		{"permit", 6, ""},
		{"deny", 2, ""},
		{"unknown", 0, "empty line"},
		{"unknown", 0, "JSON"},
		{"unknown", 0, "source"},
		{"unknown", 0, "address"},
		{"unknown", 2, "some of these"},
		{"deny", 9, ""},
		{"unknown", 0, "more"},
		{"unknown", 0, ""},
		{"permit", 4, ""},
		{"unknown", 0, "longer"},
		{"deny", 3, ""},
	}
	if len(got) != len(want) {
		t.Fatalf("%d verdicts, want %d: %+v", len(got), len(want), got)
	}
	for i, w := range want {
		if g := got[i]; g.Verdict != w.verdict || g.Line != w.line || !strings.Contains(g.Why, w.why) || strings.Contains(g.Why, "\x1b") {
			t.Errorf("verdict %d: %+v, want %+v", i, g, w)
		}
	}
}

func TestEvalErrors(t *testing.T) {
	for _, c := range []struct{ rules, format, acl, want string }{
		{"hello", "", "", "not a ruleset"},
		{filterHead + "COMMIT\n", "nope", "", "no format"},
		{filterHead + "COMMIT\n", "", "nope", "no list named"},
		{filterHead + "COMMIT\n", "table", "", "no rule was found"},
	} {
		_, err := Eval([]byte(c.rules), c.format, c.acl, strings.NewReader("{}\n"), &bytes.Buffer{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v", c, err)
		}
	}
	got := evalLines(t, filterHead+":a - [0:0]\n-A a -p tcp -j ACCEPT\nCOMMIT\n", "a", `{"proto":"tcp","dport":25}`)
	if got[0].Verdict != "permit" || got[0].Line != 6 {
		t.Errorf("acl of the command: %+v", got)
	}
}

// FuzzParse feeds both parsers and the questions with what people hand over.
func FuzzParse(f *testing.F) {
	f.Add([]byte(filterHead + established + bothRanges + "COMMIT\n"))
	f.Add([]byte("*nat\n:PREROUTING ACCEPT\n-A PREROUTING -p tcp --dport 25 -j DNAT --to-destination [::1]:25\nCOMMIT\n"))
	f.Add([]byte(tableHead + "allow,in,tcp,!1.2.3.4;x,\"any\",20-30\ndefault,deny\n"))
	f.Add([]byte("iptables -I INPUT 9 ! -i + -m multiport ! --ports 1,2:3 -g x\nadd x 1\ncreate x list:set\n-D INPUT 1\n-F\n"))
	f.Add([]byte("*filter\n-A A -j B\n-A B -g A\n-A INPUT -j A\n-A INPUT --a=b ! ! -s\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, format := range Formats() {
			set, err := Read("f", b, format)
			if err != nil {
				continue
			}
			j := newJudge(set)
			v := j.ask(Probe{Dir: "in", Src: "103.13.69.1", Dst: "203.0.113.25", Proto: "tcp", SPort: port(40000), DPort: port(25)})
			if v.Verdict == "" || strings.Contains(v.Why, "internal error") {
				t.Fatalf("%s: %+v", format, v)
			}
			opt := options()
			opt.Format, opt.Lockdown = format, true
			if r, err := CheckFile("f", b, opt); err == nil {
				if len(r.SelfCheck.Disagreements) > 0 {
					t.Fatalf("%v", r.SelfCheck.Disagreements)
				}
				if strings.ContainsAny(r.Text(), "\x1b\x00") {
					t.Fatal("control characters in the text")
				}
			}
		}
	})
}

// FuzzEval feeds probes.
func FuzzEval(f *testing.F) {
	f.Add(`{"dir":"in","src":"1.2.3.4","dport":25}`)
	f.Add(`{"dir":"fwd","proto":"icmp","dport":300,"acl":"INPUT"}`)
	f.Add("{}\n[]\nnull\n")
	rules := []byte(filterHead + established + bothRanges + "COMMIT\n")
	f.Fuzz(func(t *testing.T, probes string) {
		var out bytes.Buffer
		if _, err := Eval(rules, "", "", strings.NewReader(probes), &out); err != nil {
			t.Fatal(err)
		}
		want := strings.Count(probes, "\n")
		if !strings.HasSuffix(probes, "\n") && probes != "" {
			want++ // the last line has no end
		}
		if got := strings.Count(out.String(), "\n"); got != want {
			t.Fatalf("%d verdicts for %d lines", got, want)
		}
	})
}
