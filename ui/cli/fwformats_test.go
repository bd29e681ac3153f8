package cli

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
)

var update = flag.Bool("update", false, "write the table of formats in README anew")

// formatTable is the table of formats as the documentation has it.
func formatTable() string {
	var b strings.Builder
	b.WriteString("| format | of |")
	for _, f := range format.Features() {
		fmt.Fprintf(&b, " %s |", f)
	}
	b.WriteString("\n|---|---|" + strings.Repeat("---|", len(format.Features())) + "\n")
	for _, f := range firewall.AllFormats() {
		fmt.Fprintf(&b, "| `%s` | %s |", f.ID, f.Label)
		for _, x := range format.Features() {
			fmt.Fprintf(&b, " %s |", f.Supports[x])
		}
		b.WriteByte('\n')
	}
	var limits []string
	for _, f := range firewall.AllFormats() {
		if f.Limits != "" {
			limits = append(limits, fmt.Sprintf("- `%s`: %s", f.ID, f.Limits))
		}
	}
	if len(limits) > 0 {
		b.WriteString("\n" + strings.Join(limits, "\n") + "\n")
	}
	return b.String()
}

// TestTheReadmeHasTheFormats compares the table in README with the code; with
// -update it writes the table.
func TestTheReadmeHasTheFormats(t *testing.T) {
	const file, begin, end = "../../README.md", "<!-- formats -->\n", "<!-- /formats -->"
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok1 := strings.Cut(string(raw), begin)
	now, tail, ok2 := strings.Cut(rest, end)
	if !ok1 || !ok2 {
		t.Fatalf("README has no place for the table of formats, between %q and %q", strings.TrimSpace(begin), end)
	}
	want := formatTable()
	if now == want {
		return
	}
	if !*update {
		t.Fatalf("the table of formats in README is not that of the code; -update writes it. It should be:\n%s", want)
	}
	if err := os.WriteFile(file, []byte(head+begin+want+end+tail), 0o600); err != nil {
		t.Fatal(err)
	}
}
