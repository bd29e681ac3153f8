package rfi

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestExportOfTheDemonstrationSaysSo: all forms but the sheet, which is read by
// programs, say at the top that the organisation is made up.
func TestExportOfTheDemonstrationSaysSo(t *testing.T) {
	for _, demo := range []bool{true, false} {
		f := steps.NewFacts(steps.Answers{}, time.Unix(0, 0))
		f.Demo = demo
		for _, format := range []string{"markdown", "text", "json"} {
			raw, err := Export(f, format)
			if err != nil {
				t.Fatal(err)
			}
			if head := string(raw[:min(len(raw), 300)]); strings.Contains(head, DemoNote) != demo {
				t.Errorf("%s, demonstration %t:\n%s", format, demo, head)
			}
		}
	}
}
