package recipe

import (
	"strings"
	"testing"
)

// TestInboundChecksByLabel: what is copied into the console is called as the
// console calls it, not by the id that answers are kept under.
func TestInboundChecksByLabel(t *testing.T) {
	f := factsOf(onPrem, map[string]string{"rv.check": "acme.test known_recipients\nshop.test directory_only"})
	text := string(SetInboundCheck(f).Snippets[0].Text)
	if !strings.Contains(text, "acme.test: Known recipients\n") || strings.Contains(text, "_") {
		t.Errorf("got\n%s", text)
	}
	if got := f.Answers.List("rv.check")[0]; got != "acme.test known_recipients" {
		t.Errorf("the answer was changed to %q", got)
	}
}
