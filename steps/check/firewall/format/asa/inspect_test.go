package asa_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

const inspecting = `class-map inspection_default
 match default-inspection-traffic
policy-map type inspect dns preset_dns_map
 parameters
  message-length maximum client auto
policy-map global_policy
 class inspection_default
  inspect dns preset_dns_map
  inspect esmtp
  inspect sip
`

const (
	inForce = "service-policy global_policy global\n"
	takeOff = "policy-map global_policy\n class inspection_default\n  no inspect esmtp\n"
)

// TestMailInspection notes inspection of mail that is in force, with its line.
func TestMailInspection(t *testing.T) {
	base := twoSides + "access-list in extended permit ip any any\n"
	ftd := strings.Replace(base, "ASA Version 9.8", "NGFW Version 6.6.1", 1)
	at := func(text string) string { return fmt.Sprintf("Line %d (", ft.LineOf(t, text, "inspect esmtp", 1)) }
	for name, c := range map[string]struct{ text, want, also string }{
		"in force":              {base + inspecting + inForce, at(base + inspecting), "policy-map global_policy, class inspection_default, no inspect esmtp"},
		"on one interface":      {base + inspecting + "service-policy global_policy interface outside\n", at(base + inspecting), "no inspect esmtp"},
		"with a map":            {base + strings.Replace(inspecting, "inspect esmtp", "inspect esmtp strict", 1) + inForce, at(base + inspecting), "no inspect esmtp"},
		"blanks lost":           {base + strings.ReplaceAll(strings.ReplaceAll(inspecting, "\n ", "\n"), "\n ", "\n") + inForce, at(base + inspecting), "class inspection_default"},
		"policy not in force":   {base + inspecting, "", ""},
		"another in force":      {base + inspecting + "service-policy other global\n", "", ""},
		"taken off below":       {base + inspecting + inForce + takeOff, "", ""},
		"policy taken off":      {base + inspecting + inForce + "no service-policy global_policy global\n", "", ""},
		"no mail inspected":     {base + strings.Replace(inspecting, "  inspect esmtp\n", "", 1) + inForce, "", ""},
		"FTD":                   {ftd + inspecting + inForce, at(ftd + inspecting), "configure inspection esmtp disable"},
		"before 7.0":            {base + "fixup protocol smtp 25\n", "fixup protocol smtp", "no fixup protocol smtp"},
		"before 7.0, taken off": {base + "fixup protocol smtp 25\nno fixup protocol smtp 25\n", "", ""},
	} {
		set, err := firewall.Read("", []byte(c.text), "asa")
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, n := range set.Notes {
			if strings.Contains(n, "looks into mail") {
				got = append(got, n)
			}
		}
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.Contains(got[0], c.want) || !strings.Contains(got[0], c.also)) {
			t.Errorf("%s: %q, want %q and %q", name, got, c.want, c.also)
		}
	}
}
