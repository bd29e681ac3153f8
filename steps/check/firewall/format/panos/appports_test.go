package panos_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestUsualPorts holds that a rule about applications at their usual ports says
// nothing of mail where none of these can be its port, whatever App-ID finds.
func TestUsualPorts(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	with := func(apps, more string) string {
		s := strings.Replace(text, "gateway-in application any", "gateway-in application "+apps, 1)
		return s + "delete rulebase security rules gateway-in service\nset rulebase security rules gateway-in service application-default\n" + more
	}
	mail, web := in("103.13.69.9", 25), in("103.13.69.9", 443)
	run(t, with("[ ssl web-browsing ]", ""), []asked{
		{"mail", mail, "deny", 0, ""},
		{"web", web, "unknown", 0, "App-ID"},
	})
	run(t, with("[ ssl smtp ]", ""), []asked{{"an application of mail", mail, "unknown", 0, "App-ID"}})
	run(t, with("[ ssl unheard-of ]", ""), []asked{{"an application not known here", mail, "unknown", 0, "App-ID"}})
	run(t, with("ssl", "set application-group ssl members smtp\n"), []asked{{"a group of that name", mail, "unknown", 0, "App-ID"}})
	named := strings.Replace(text, "gateway-in application any", "gateway-in application ssl", 1)
	run(t, named, []asked{{"a service that is named", mail, "unknown", 0, "App-ID"}})
}
