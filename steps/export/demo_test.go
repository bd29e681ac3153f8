package export

import (
	"strings"
	"testing"

	"mxodus/steps/rfi"
)

// TestDemonstrationSaysSo: nobody takes the record of made-up work for a real
// one; and a real one never says such a thing.
func TestDemonstrationSaysSo(t *testing.T) {
	snap, p, hist := fixture()
	for _, demo := range []bool{true, false} {
		snap.Demo = demo
		s := Build(snap, p, hist, fixtureNow)
		raw, err := JSON(s)
		if err != nil {
			t.Fatal(err)
		}
		for form, text := range map[string]string{"Markdown": Markdown(s), "HTML": HTML(s), "JSON": string(raw)} {
			at := strings.Index(text, rfi.DemoNote)
			if (at >= 0) != demo {
				t.Errorf("%s, demonstration %t: the note stands at %d", form, demo, at)
			}
			if demo && at > strings.Index(text, string(s.Verdict[:12])) && form != "JSON" {
				t.Errorf("%s: the verdict comes before the note", form)
			}
		}
	}
}
