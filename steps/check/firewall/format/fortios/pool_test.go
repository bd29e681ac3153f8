package fortios_test

import (
	"net/netip"
	"strings"
	"testing"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/fortios"
	"mxodus/steps/check/firewall/ir"
)

// TestSenderAddressIsNoted holds that who lets mail out with translation is
// told from which address it will come.
func TestSenderAddressIsNoted(t *testing.T) {
	own, far := []netip.Prefix{netip.MustParsePrefix("10.0.0.25/32")}, []netip.Prefix{netip.MustParsePrefix("103.13.69.0/24")}
	for _, in := range []bool{false, true} {
		f := format.Flow{In: in, Proto: "tcp", Port: 25, Family: ir.V4, Src: own, Dst: far, Label: "mxodus mail"}
		if in {
			f.Src, f.Dst = far, own
		}
		s, err := fortios.Format().Write(format.Job{Flows: []format.Flow{f}, Outside: "wan1", Inside: "dmz"})
		if err != nil {
			t.Fatal(err)
		}
		noted := strings.Contains(strings.Join(s.Notes, "\n"), "comes from the address of wan1")
		if noted == in || noted != strings.Contains(s.Text, "set nat enable") {
			t.Errorf("in %v: noted %v\n%s%s", in, noted, strings.Join(s.Notes, "\n"), s.Text)
		}
	}
}
