package srx_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestOpenTranslation: where a translation leads is not told, so that what the
// rules say of the address before it decides nothing.
func TestOpenTranslation(t *testing.T) {
	text := strings.Replace(ft.Sample(t, "mail.set"), "pool exchange address 10.0.0.25/32", "pool exchange description gone", 1)
	for _, dst := range []string{"203.0.113.5"} {
		if v := ft.Ask(t, "srx", text, ft.Mail(ft.To(dst), ft.Via("untrust", ""))); v.Verdict != "unknown" {
			t.Errorf("%s: %+v", dst, v)
		}
	}
}
