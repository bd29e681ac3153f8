package formattest

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// AskShort asks the list acl of a text, or with "" all of it, about packets
// written as Short takes them; each is wanted as "permit LINE", "deny LINE" or
// "unknown WORD", with a line of 0 for what stands in no line and WORD in the
// reason.
func AskShort(t testing.TB, id, text, acl string, packets [][2]string) {
	t.Helper()
	if len(packets) == 0 {
		t.Fatal("nothing is asked")
	}
	lines := make([]string, len(packets))
	for i, p := range packets {
		lines[i] = Short(p[0])
	}
	for i, v := range AskList(t, id, text, acl, lines...) {
		got := fmt.Sprintf("%s %d", v.Verdict, v.Line)
		word, reason, _ := strings.Cut(packets[i][1], " ")
		if word == "unknown" && (v.Verdict != word || !strings.Contains(v.Why, reason)) || word != "unknown" && got != packets[i][1] {
			t.Errorf("%s: %+v, want %s", packets[i][0], v, packets[i][1])
		}
	}
}

// Short turns "fwd outside>inside 8.8.8.8 10.0.0.25 tcp 25 40000" (destination
// port, source port) into JSON; - is left out.
func Short(s string) string {
	w := strings.Fields(s)
	m := map[string]any{}
	in, out, _ := strings.Cut(w[1], ">")
	for i, k := range []string{"dir", "in_if", "out_if", "src", "dst", "proto"} {
		v := []string{w[0], in, out, w[2], w[3], w[4]}[i]
		if v != "-" && v != "" {
			m[k] = v
		}
	}
	for i, k := range []string{"dport", "sport"} {
		if len(w) > 5+i {
			var p int
			fmt.Sscan(w[5+i], &p)
			m[k] = p
		}
	}
	b, err := json.Marshal(m)
	if err != nil {
		panic(err)
	}
	return string(b)
}
