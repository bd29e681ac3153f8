package ios_test

import (
	"fmt"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestNetworkMask has network masks where wildcard masks belong: the range that
// was meant is shut but for one address, and the line is told.
func TestNetworkMask(t *testing.T) {
	wrong := strings.Replace(bordered+listIn+listOut, "103.13.69.0 0.0.0.255 host", "103.13.69.0 255.255.255.0 host", 1)
	line := ft.LineOf(t, wrong, "255.255.255.0 host", 1)
	r := ft.Check(t, wrong, options("203.0.113.25"))
	if r.Verdict != firewall.Disproven || !strings.Contains(r.Text(), fmt.Sprintf("Line %d has a network mask, 255.255.255.0,", line)) || !strings.Contains(r.Text(), "write 103.13.69.0 0.0.0.255.") {
		t.Errorf("%s\n%s", r.Summary, r.Text())
	}
	if r.Lockdown.Verdict != firewall.Disproven || len(r.Leaks) == 0 || r.Leaks[0].By.Line != line || !strings.HasSuffix(r.Leaks[0].Witness.Src, ".13.69.0") {
		t.Errorf("addresses that end so get in from everywhere: %s\n%s", r.Lockdown.Summary, r.Text())
	}
	ft.Mended(t, wrong, r, options("203.0.113.25"))
	const probe = "fwd e0>e1 %s %s tcp 25"
	for _, c := range []struct{ entry, src, dst, want string }{
		{"permit tcp 103.13.69.0 255.255.255.0 any", "103.13.69.0", "10.0.0.25", "permit 9"},
		{"permit tcp 103.13.69.0 255.255.255.0 any", "103.13.69.1", "10.0.0.25", "deny 0"},
		{"permit tcp 103.13.69.0 255.255.255.0 any", "8.8.8.0", "10.0.0.25", "unknown wildcard"},
		{"permit tcp 103.13.69.0 255.255.255.0 any", "8.13.69.0", "10.0.0.25", "permit 9"},
		{"permit tcp 103.13.69.7 255.255.255.0 any", "103.13.69.7", "10.0.0.25", "permit 9"},
		{"permit tcp any 10.0.0.0 255.255.255.0", "8.8.8.8", "10.0.0.0", "permit 9"},
		{"permit tcp any 10.0.0.0 255.255.255.0", "8.8.8.8", "10.0.0.25", "deny 0"},
		{"permit tcp 8.8.8.0 255.255.255.0 10.0.0.0 255.255.255.0", "8.8.8.0", "10.0.0.25", "deny 0"},
		{"permit tcp 8.8.8.0 255.255.255.0 10.0.0.0 255.255.255.0", "8.8.8.0", "10.0.0.0", "permit 9"},
		{"permit tcp 8.0.0.0 255.0.0.0 any", "9.0.0.0", "10.0.0.25", "permit 9"},
		{"permit tcp 8.0.0.0 255.0.0.0 any", "8.8.8.8", "10.0.0.25", "deny 0"},
		{"permit tcp 8.8.8.8 0.0.0.0 any", "8.8.8.8", "10.0.0.25", "permit 9"},
	} {
		ask(t, twoSides+"ip access-list extended in\n "+c.entry+"\n", [][2]string{{fmt.Sprintf(probe, c.src, c.dst), c.want}})
	}
	for entry, want := range map[string]int{"permit tcp 8.8.8.0 0.0.0.255 any": 0, "permit tcp any any": 0, "permit tcp 1.1.1.1 170.170.170.170 any": 0, "permit tcp 8.0.0.0 255.0.0.0 any": 1} {
		set, err := firewall.Read("", []byte(twoSides+"ip access-list extended in\n "+entry+"\n"), "ios")
		if err != nil || strings.Count(strings.Join(set.Notes, " "), "has a network mask") != want {
			t.Errorf("%s: %v %q", entry, err, set.Notes)
		}
	}
}
