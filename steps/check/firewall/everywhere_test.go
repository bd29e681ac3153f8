package firewall

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check"
)

// TestOutsideIsNamedOrTold: rules that refuse name the interface that was
// given, or it is told that they hold for all.
func TestOutsideIsNamedOrTold(t *testing.T) {
	told := 0
	for _, id := range WrittenFormats() {
		opt := RulesOptions{
			Format: id, Ranges: []Range{{CIDR: netip.MustParsePrefix("103.13.69.0/24"), Kind: Named, Region: "au"}},
			Servers: []netip.Addr{netip.MustParseAddr("10.0.0.25")}, Needs: []check.PortNeed{DefaultNeeds()[0]}, Lockdown: true, Outside: "eth7",
		}
		notes := func(opt RulesOptions) (text string, n int) {
			s, err := Rules(opt)
			if err != nil {
				t.Fatal(err)
			}
			return s.Text, strings.Count(strings.Join(s.Notes, " "), "every interface")
		}
		text, n := notes(opt)
		if named := strings.Contains(text, "eth7"); n > 1 || named == (n == 1) {
			t.Errorf("%s: the interface is named %v, told %d times:\n%s", id, named, n, text)
		}
		told += n
		opt.Lockdown = false
		if _, n := notes(opt); n > 0 {
			t.Errorf("%s: nothing is refused", id)
		}
	}
	if told == 0 {
		t.Error("no format was told")
	}
}
