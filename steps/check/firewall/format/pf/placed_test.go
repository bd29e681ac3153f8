package pf_test

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/pf"
)

// TestPlaced puts lines that were written without the file where their notes
// say: sources that the file may hide on any interface do not keep them from
// being met.
func TestPlaced(t *testing.T) {
	egress := strings.NewReplacer("ext_if = \"em0\"\n", "", "$ext_if:0", "egress", "$ext_if", "egress", "from <mimecast> to $mail_pub port smtp", "from any to $mail_pub port smtp").Replace(threeLegged)
	if r := report(t, egress, options(true)); r.Lockdown.Verdict != firewall.Disproven {
		t.Fatalf("before: %s\n%s", r.Lockdown.Verdict, r.Text())
	}
	job := jobs()[0]
	job.Translate = []format.Translation{{Public: netip.MustParseAddr("203.0.113.25"), Inside: netip.MustParseAddr("10.0.0.25"), PublicPort: 25, Port: 25}}
	s, err := pf.Format().Write(job)
	if err != nil {
		t.Fatal(err)
	}
	after := strings.Replace(egress, "antispoof", s.Text+"antispoof", 1)
	opt := options(true)
	opt.Needs = firewall.NeedsFor([]uint16{25})
	if r := report(t, after, opt); r.Verdict != firewall.Proven || r.Lockdown.Verdict != firewall.Proven {
		t.Errorf("after: %s and %s\n%s", r.Verdict, r.Lockdown.Verdict, r.Text())
	}
}
