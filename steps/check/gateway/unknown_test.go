package gateway_test

import (
	"strings"
	"testing"

	"mxodus/steps/check"
	"mxodus/steps/check/checktest"
	"mxodus/steps/region"
)

// TestHostsForMicrosoftThatAreUnknown: the usual hosts do not take the mail of
// Microsoft 365, so they prove nothing where its own are not in the table.
func TestHostsForMicrosoftThatAreUnknown(t *testing.T) {
	usb, ok := region.Find("usb")
	if !ok || len(usb.OutboundM365) > 0 || len(usb.Outbound) != 2 {
		t.Fatalf("the table no longer has a region without hosts for Microsoft 365: %+v", usb)
	}
	s := open(t, check.During)
	s.in.Target = usb
	s.in.Platform = "m365"
	r := s.run(t, "GW-OUT")
	if r.Outcome != check.Unknown || len(r.Findings) != 1 || r.Findings[0].Code != "GW-OUT.region" || r.Findings[0].Who != check.WhoMimecast {
		t.Errorf("m365: %s %+v", r.Outcome, r.Findings)
	}
	if !strings.Contains(string(r.Summary), "for Microsoft 365") || s.dns.AskedAll() > 0 {
		t.Errorf("summary %q, %d questions", r.Summary, s.dns.AskedAll())
	}
	s.in.Platform = "on_prem"
	if r := s.run(t, "GW-OUT"); strings.Contains(string(r.Summary), "unknown here") {
		t.Errorf("on_prem: %q", r.Summary)
	}
	s.in.Platform = "hybrid_m365"
	r = s.run(t, "GW-OUT")
	var subjects []string
	for _, f := range r.Findings {
		subjects = append(subjects, string(f.Code)+" "+string(f.Subject))
	}
	got := strings.Join(subjects, ", ")
	if r.Outcome == check.Pass || !strings.Contains(got, "usb-smtp-outbound-1") || !strings.Contains(got, "GW-OUT.region") {
		t.Errorf("hybrid: %s %s", r.Outcome, got)
	}
}

// TestNothingCouldBeAsked: without DNS nothing is known about the hosts, and
// no number of them says otherwise.
func TestNothingCouldBeAsked(t *testing.T) {
	s := open(t, check.During)
	s.w = checktest.New(t).World("198.51.100.1")
	r := s.run(t, "GW-SMTP")
	expect(t, r, check.Unknown, "GW-SMTP.unread advice", "GW-SMTP.unread advice")
	if r.Summary != "No inbound host could be looked up, so none was connected to" {
		t.Errorf("%q", r.Summary)
	}
	for _, f := range r.Findings {
		if f.Who != check.WhoTPOC || strings.Contains(string(f.Saw), "silent") {
			t.Errorf("%+v", f)
		}
	}
}
