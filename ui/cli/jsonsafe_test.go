package cli

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestJSONSafe(t *testing.T) {
	text := "plain ü 日本 \u009b31m \u202eabc \u2028 \U000e0001 \x7f end"
	doc, err := json.Marshal(map[string]string{"k": text})
	if err != nil {
		t.Fatal(err)
	}
	safe := jsonSafe(doc)
	if r, bad := controls(string(safe)); bad || strings.ContainsRune(string(safe), '\u202e') || strings.ContainsRune(string(safe), '\U000e0001') {
		t.Errorf("%U is left in %q", r, safe)
	}
	if !strings.Contains(string(safe), "plain ü 日本 ") {
		t.Errorf("letters were changed: %s", safe)
	}
	var back map[string]string
	if err := json.Unmarshal(safe, &back); err != nil || back["k"] != text {
		t.Errorf("%q, %v", back["k"], err)
	}
	if got := jsonSafe([]byte("\"a\xffb\"")); string(got) != `"a\ufffdb"` {
		t.Errorf("%q", got)
	}
}
