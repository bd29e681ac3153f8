package rfi

import (
	"strings"
	"testing"

	"mxodus/steps"
)

// TestServicesAndHistoricMail: an import that was asked for is offered among the
// services, told where it is left out, and named with them in any case.
func TestServicesAndHistoricMail(t *testing.T) {
	for _, c := range []struct {
		imported, chosen, offered, warning, services string
	}{
		{"yes", "", "legacy_ingestion", "", "Import of historic mail"},
		{"yes", "end_user_apps", "legacy_ingestion", "shall be imported", "Import of historic mail, Apps for end users"},
		{"yes", "legacy_ingestion", "legacy_ingestion", "", "Import of historic mail"},
		{"no", "legacy_ingestion", "", "no historic mail", "Import of historic mail"},
		{"no", "", "", "", ""},
		{"", "best_practice_policies", "", "", "Best-practice policies"},
	} {
		f := acme("legacy.want_import", c.imported, "services.extra", c.chosen)
		q := find(t, "services.extra")
		if got := q.Default(f); got != c.offered {
			t.Errorf("%+v: %q offered", c, got)
		}
		if got := strings.Join(Services(f), ", "); got != c.services {
			t.Errorf("%+v: services %q", c, got)
		}
		if c.chosen == "" {
			continue
		}
		u, said := q.Parse(c.chosen, f), ""
		for _, p := range u.Problems {
			said += p.Message
		}
		if !u.OK() || (said == "") != (c.warning == "") || !strings.Contains(said, c.warning) {
			t.Errorf("%+v: said %q", c, said)
		}
	}
	f := acme("legacy.want_import", "yes", steps.QService, "email_security")
	if got := Services(f); got != nil {
		t.Errorf("nothing is archived, and yet %v", got)
	}
}
