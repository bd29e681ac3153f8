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

// TestSendsItself notes a host that mail is sent on to and that is known by its
// private address when it sends.
func TestSendsItself(t *testing.T) {
	const forward = "object network mail\n host 10.0.0.25\n nat (inside,outside) static 203.0.113.25 service tcp smtp smtp\n"
	const subnet = "object network lan\n subnet 10.0.0.0 255.255.255.0\n"
	const twice = "object network real\n host 10.0.0.25\nobject network public\n host 203.0.113.25\nobject service smtp\n service tcp source eq smtp\n" +
		"nat (inside,outside) source static real public service smtp smtp\n"
	for name, c := range map[string]struct {
		nat  string
		want bool
	}{
		"one to one":        {"object network mail\n host 10.0.0.25\n nat (inside,outside) static 203.0.113.25\n", false},
		"forward alone":     {forward, true},
		"twice":             {twice, true},
		"by the interface":  {strings.Replace(forward, "static 203.0.113.25", "static interface", 1), true},
		"hidden too":        {forward + subnet + " nat (inside,outside) dynamic interface\n", false},
		"hidden after":      {forward + "nat (inside,outside) after-auto source dynamic any interface\n", false},
		"hidden to another": {forward + subnet + " nat (inside,dmz) dynamic interface\n", true},
		"others hidden":     {forward + "object network lan\n subnet 10.0.1.0 255.255.255.0\n nat (inside,outside) dynamic interface\n", true},
		"not known":         {forward + "nat (inside,outside) source dynamic nowhere interface\n", false},
		"kept for a tunnel": {forward + subnet + "nat (inside,outside) source static lan lan destination static lan lan\n", true},
		"another port":      {strings.ReplaceAll(forward, "smtp", "https"), false},
		"private outside":   {strings.Replace(forward, "203.0.113.25", "192.168.1.25", 1), false},
	} {
		set, err := firewall.Read("", []byte(twoSides+c.nat+"access-list in extended permit ip any any\n"), "asa")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(set.Notes, " "), " sends port 25 of 203.0.113."); got != c.want {
			t.Errorf("%s: %q", name, set.Notes)
		}
	}
}
