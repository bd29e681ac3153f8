package detect_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/checktest"
	"mxodus/steps/detect"
)

// Where nothing is found because nothing exists there is one hint, not a list
// of everything that is missing.
func TestDomainsThatDoNotExist(t *testing.T) {
	for _, c := range []struct {
		name, zone, domain, says, note string
		blind                          bool
	}{
		{"the resolver denies everything", "$ORIGIN .\n" + soa, "acme.com", "not even .com", "resolver", true},
		{"an ending that is none", "$ORIGIN .\n" + soa, "acme.con", "no ending .con", "spelling", false},
		{"a name under a real ending", "$ORIGIN com.\n" + soa + "@ 60 IN NS ns1.host.net.\n", "acme.com", "There is no domain acme.com", "spelling", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := detect.Detect(t.Context(), world(t, checktest.Behaviour{}, c.zone), c.domain)
			if len(s) != 1 || s[0].Question != "" || !strings.Contains(s[0].Text, c.says) || !strings.Contains(s[0].Note, c.note) || s[0].Source == "" || s[0].Blind != c.blind {
				t.Errorf("%+v", s)
			}
		})
	}
}
