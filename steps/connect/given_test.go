package connect

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestTheTaskOfLookingThroughShowsWhatToLookThrough, and no more of a long list
// than can be read.
func TestTheTaskOfLookingThroughShowsWhatToLookThrough(t *testing.T) {
	var many []string
	for i := range givenMost + 5 {
		many = append(many, fmt.Sprintf("domain%02d.com", i))
	}
	detail := func(a steps.Answers) string { return rfiTasks(steps.NewFacts(a, time.Time{}))[0].Detail }
	got := detail(steps.Answers{
		steps.QOutboundIPs: {Value: "8.8.8.8\n8.8.4.4"},
		steps.QDomains:     {Value: strings.Join(many, "\n")},
	})
	for _, want := range []string{"- Sending addresses: 8.8.8.8, 8.8.4.4\n", "- Domains: domain00.com, ", "domain11.com and 5 more"} {
		if !strings.Contains(got+"\n", want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	if strings.Contains(got, "Receiving") || strings.Contains(detail(nil), "As answered") {
		t.Errorf("what is not answered is listed:\n%s", got)
	}
}
