package plain

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

// TestLinesEndBetweenWords at the width of the terminal; what is to be copied
// stays whole.
func TestLinesEndBetweenWords(t *testing.T) {
	const text = "  Step 3 of 11: Review and amend the firewall rules. Your turn. In progress, 2 of 4 tasks done."
	var b strings.Builder
	p := &printer{w: &b, width: func() int { return 40 }}
	p.print(text)
	lines := strings.Split(strings.TrimRight(b.String(), "\n"), "\n")
	for _, l := range lines {
		if ansi.StringWidth(l) > 40 || !strings.HasPrefix(l, "  ") {
			t.Errorf("%q", l)
		}
	}
	if got := strings.Join(strings.Fields(b.String()), " "); len(lines) < 2 || got != strings.TrimSpace(text) {
		t.Errorf("%d lines: %q", len(lines), got)
	}
	b.Reset()
	p.whole(text)
	if b.String() != text+"\n" {
		t.Errorf("to be copied: %q", b.String())
	}
	b.Reset()
	(&printer{w: &b}).print(text)
	if b.String() != text+"\n" {
		t.Errorf("no terminal: %q", b.String())
	}
}
