package rfi

import (
	"slices"
	"strings"
	"testing"

	"mxodus/steps"
)

// TestANameIsNoNumberAndNoSetting: what was meant for another field is told,
// and can be kept all the same.
func TestANameIsNoNumberAndNoSetting(t *testing.T) {
	for _, c := range []struct{ id, text, want string }{
		{"contact.emergency.first_name", "+44 (0)20 7946 0000", "digits"},
		{"contact.emergency.last_name", "DC=harbourvine,DC=exmaple", "directory"},
		{"contact.emergency.last_name", "robin@acme.com", "e-mail"},
		{"contact.emergency.first_name", "Mary-Jane", ""},
		{"contact.emergency.last_name", "O'Brien", ""},
		{"contact.emergency.last_name", "山田", ""},
		{"contact.tpoc.name", "+61 2 5550 1234", "no letter"},
		{"contact.tpoc.name", "Kim Tran, +61 2 5550 1234", ""},
		{"contact.tpoc.name", "Kim Tran kim@acme.com", ""},
		{"signoff.executed_by", "12", "no letter"},
	} {
		u := find(t, c.id).Parse(c.text, acme())
		switch {
		case !u.OK() || u.Value == "":
			t.Errorf("%s %q is not kept: %+v", c.id, c.text, u)
		case c.want == "" && len(u.Problems) > 0:
			t.Errorf("%s %q: %v", c.id, c.text, u.Problems)
		case c.want != "" && (len(u.Problems) != 1 || !u.Problems[0].Warning || !strings.Contains(u.Problems[0].Message, c.want)):
			t.Errorf("%s %q: %v, want a warning of %q", c.id, c.text, u.Problems, c.want)
		}
	}
}

// TestAnAccountComesWithoutItsPassword: what can only be a password is not
// kept; what may be a name of several words is held with a warning.
func TestAnAccountComesWithoutItsPassword(t *testing.T) {
	const refused, odd, fine = "refused", "odd", "fine"
	for text, want := range map[string]string{
		"svc-mimecast / Passw0rd!":                       refused,
		"svc-mimecast/Passw0rd!":                         refused,
		"svc-mimecast Passw0rd!":                         refused,
		"svc-mimecast:secret":                            refused,
		"svc-mimecast; secret":                           refused,
		"ACME\\svc-mimecast Summer2026":                  refused,
		"svc mimecast":                                   odd,
		"svc-mimecast, secret":                           odd,
		"Mimecast Reader/Acme":                           odd, // a Domino name
		"svc-mimecast":                                   fine,
		"ACME\\svc-mimecast":                             fine,
		"svc-mimecast@acme.com":                          fine,
		"CN=svc mimecast,OU=Service / IT,DC=acme,DC=com": fine,
		"CN=Mimecast Reader/O=Acme":                      fine,
	} {
		u := find(t, "dir.user").Parse(text, acme())
		got := fine
		switch {
		case !u.OK():
			got = refused
		case len(u.Problems) > 0:
			got = odd
		}
		if got != want || (u.Value == "") != (want == refused) || (SecretProblem("dir.user", text) != "") != (want == refused) {
			t.Errorf("%q is %s, want %s: %+v, %q", text, got, want, u, SecretProblem("dir.user", text))
		}
	}
	if why := SecretProblem(steps.QOrg, "Acme: Mail/Web 2026"); why != "" {
		t.Errorf("an organisation: %s", why)
	}
}

// TestTheExampleOfAnAccountCodeIsOfTheRegion, so that it may be typed as it stands.
func TestTheExampleOfAnAccountCodeIsOfTheRegion(t *testing.T) {
	for _, c := range []struct {
		id, want string
		f        steps.Facts
	}{
		{steps.QAccountCode, "CUK12A34", facts(steps.QJourney, "connect", steps.QTarget, "eu")},
		{steps.QAccountCode, "CAU12A34", globex("express")},
		{"account.code_old", "CUK12A34", globex("express")},
		{steps.QAccountCode, "", facts(steps.QJourney, "connect")},
		{steps.QOrg, find(t, steps.QOrg).Example, facts()},
	} {
		q := find(t, c.id)
		if got := q.ExampleFor(c.f); got != c.want {
			t.Errorf("%s: %q, want %q", c.id, got, c.want)
		} else if u := q.Parse(got, c.f); !u.OK() {
			t.Errorf("%s: its own example %q is refused: %v", c.id, got, u.Problems)
		}
	}
}

// TestAHostWithAnEndingNobodyKnowsIsPointedOut, as an address of it is.
func TestAHostWithAnEndingNobodyKnowsIsPointedOut(t *testing.T) {
	u := find(t, steps.QInbound).Parse("mail.tidewater.exmple\nmail.acme.com", acme())
	if len(u.Items) != 2 || len(u.Problems) != 1 || !u.Problems[0].Warning || !strings.Contains(u.Problems[0].Message, ".exmple") {
		t.Errorf("%q %v", u.Items, u.Problems)
	}
}

// TestAListInOneLineIsAList: items are parted at semicolons as well; commas
// belong to sentences, and one at the end to nothing.
func TestAListInOneLineIsAList(t *testing.T) {
	u := find(t, "migrate.addons").Parse("DMARC Analyzer ; Large File Send,\nBlock senders, with exceptions;", globex("express"))
	if want := []string{"DMARC Analyzer", "Large File Send", "Block senders, with exceptions"}; !slices.Equal(u.Items, want) {
		t.Errorf("%q, want %q", u.Items, want)
	}
}
