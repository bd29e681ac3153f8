package firewall

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
)

// goWords are parts of messages that are written for programmers.
var goWords = []string{"json:", "strconv", "Go struct", "Go value", "unmarshal", "EOF", "invalid character", "unexpected", "literal"}

// TestProbeFaults: a line that is no probe is answered with what was expected
// and what came.
func TestProbeFaults(t *testing.T) {
	for line, want := range map[string]string{
		`{"dir":"in","dport":"25"}`:         "expected dport to be a whole number from 1 to 65535, came a string",
		`{"dir":"in","dport":2.5}`:          "expected dport to be a whole number from 1 to 65535, came 2.5",
		`{"dir":"in","dport":1e99}`:         "came 1e99",
		`{"dir":1}`:                         "expected dir to be text in quotes, came a number",
		`{"dir":"in","foo":1}`:              `there is no field "foo"; the fields are dir`,
		`{"dir":"in"`:                       "not complete or not well written",
		`{dir:in}`:                          "not complete or not well written",
		`nonsense`:                          `came "nonsense"`,
		`[1]`:                               "expected one JSON object",
		`null x`:                            "came more after it",
		`{"dir":"in"} {"dir":"in"}`:         "came more after it",
		`{"dir":"in"}}`:                     "came more after it",
		`"` + strings.Repeat("x", 200):      "...",
		"{\"dir\":\"in\",\"src\":\"\x1b\"}": "not complete or not well written",
	} {
		var out bytes.Buffer
		if _, err := Eval([]byte(filterHead+"COMMIT\n"), "", "", strings.NewReader(line+"\n"), &out); err != nil {
			t.Fatal(err)
		}
		var v Verdict
		if err := json.Unmarshal(out.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.Verdict != "unknown" || !strings.Contains(v.Why, want) {
			t.Errorf("%s: %+v, want %q", line, v, want)
		}
		for _, w := range goWords {
			if strings.Contains(v.Why, w) {
				t.Errorf("%s: %q in %q", line, w, v.Why)
			}
		}
	}
}

// TestCutFiles: of a table that breaks off, chains that did not come prove
// nothing either.
func TestCutFiles(t *testing.T) {
	whole := "*nat\n:PREROUTING ACCEPT [0:0]\nCOMMIT\n" + filterHead + established + bothRanges + "COMMIT\n"
	lines := strings.SplitAfter(whole, "\n")
	for n := 1; n < len(lines)-1; n++ {
		if n == 3 {
			continue // the end of a table is no place to see a cut
		}
		if r := check1(t, strings.Join(lines[:n], ""), options()); r.Verdict == Proven || len(r.Problems) == 0 {
			t.Errorf("cut after line %d: %s, %+v", n, r.Verdict, r.Problems)
		}
	}
	if r := check1(t, strings.Replace(whole, "COMMIT\n", "", 1), options()); r.Verdict == Proven {
		t.Errorf("a table without COMMIT in the middle: %s", r.Text())
	}
}

// TestTableWithoutColumn: what no column says is open.
func TestTableWithoutColumn(t *testing.T) {
	for _, text := range []string{"action,source\nallow,any\n", "action,destination\nallow,any\n"} {
		r := check1(t, text, options())
		if r.Verdict != CannotTell || len(r.Problems) == 0 || !strings.Contains(r.Text(), "which the table has no column for") {
			t.Errorf("%q: %s", text, r.Text())
		}
	}
}
