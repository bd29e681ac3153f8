package export

import (
	"encoding/json"
	"strings"
	"testing"
)

// TestTickIsNoPass: what a person ticked is told apart from what was checked,
// in every form of the summary.
func TestTickIsNoPass(t *testing.T) {
	s := built()
	want := map[string][2]string{ // by ref: word and proof
		"migrate.authorization": {"done (confirmed)", "confirmed"},
		"save_ruleset":          {"done (ticked)", "ticked"},
		"MX-AUTH":               {"pass (checked)", "checked"},
		"MX-LEFT":               {"fail", "checked"},
		"tell_host":             {"not run", ""},
	}
	for _, c := range s.TestPlan.Mandatory {
		if w, ok := want[c.Ref]; ok && (c.Word() != w[0] || string(c.Proof) != w[1]) {
			t.Errorf("%s: %q, proof %q, want %q", c.Ref, c.Word(), c.Proof, w)
		}
	}
	sheet, err := CSV(s)
	if err != nil {
		t.Fatal(err)
	}
	for form, text := range map[string]string{"Markdown": Markdown(s), "HTML": HTML(s), "CSV": sheet} {
		for _, word := range []string{"done (ticked)", "pass (checked)", "done (confirmed)"} {
			if !strings.Contains(text, word) {
				t.Errorf("%s: no %q", form, word)
			}
		}
		if form != "CSV" && !strings.Contains(text, legend) {
			t.Errorf("%s says nowhere what the words mean", form)
		}
	}
	raw, err := JSON(s)
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		TestPlan struct {
			Mandatory []struct{ Ref, Result, Proof string } `json:"mandatory"`
		} `json:"test_plan"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	for _, c := range doc.TestPlan.Mandatory {
		if w, ok := want[c.Ref]; ok && c.Proof != w[1] {
			t.Errorf("JSON: %s has proof %q, want %q", c.Ref, c.Proof, w[1])
		}
	}
}
