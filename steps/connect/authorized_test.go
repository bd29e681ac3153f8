package connect

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestAuthorizedNamesFurtherSenders: the account is compared with every
// address that sends, as the SPF record lists them.
func TestAuthorizedNamesFurtherSenders(t *testing.T) {
	for _, c := range []struct {
		platform steps.Platform
		main     string
		more     string
		want     string
		not      string
	}{
		{steps.OnPrem, "203.0.113.25", "203.0.113.40\n203.0.113.25", "must list: 203.0.113.25, 203.0.113.40.", ""},
		{steps.OnPrem, "", "", "", "must list"},
		{steps.M365, "", "203.0.113.40", "must list your further senders: 203.0.113.40.", ""},
		{steps.M365, "", "", "no sending addresses are listed", "must list"},
	} {
		a := steps.Answers{}
		for q, v := range map[string]string{
			steps.QJourney: string(steps.Connect), steps.QService: string(steps.Both), steps.QPlatform: string(c.platform),
			steps.QTarget: "au", steps.QOutboundIPs: c.main, "ip.additional": c.more,
		} {
			a[q] = steps.Answer{Question: q, Value: v}
		}
		detail := ""
		for _, task := range accountTasks(steps.NewFacts(a, time.Unix(0, 0))) {
			if task.ID == "compare_form" {
				detail = task.Detail
			}
		}
		if !strings.Contains(detail, c.want) || (c.not != "" && strings.Contains(detail, c.not)) {
			t.Errorf("%s, %q and %q: %s", c.platform, c.main, c.more, detail)
		}
	}
}
