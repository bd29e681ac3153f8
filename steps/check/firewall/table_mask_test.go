package firewall

import (
	"strings"
	"testing"
)

// TestMaskAfterAddress holds that a netmask or wildcard after an address is a
// part of it, never a second address.
func TestMaskAfterAddress(t *testing.T) {
	for _, x := range []struct {
		cell string
		want Answer
	}{
		{"103.13.69.0 255.255.255.0", Proven},
		{"103.13.69.0 0.0.0.255", Proven},
		{"103.13.69.0 0.0.0.127 103.13.69.128 0.0.0.127", Proven},
		{"103.13.69.0 0.0.0.127", Disproven},
		{"103.13.69.0 0.0.0.0", CannotTell},
		{"103.13.69.0 0.0.255.0", CannotTell},
		{"103.13.69.0 255.0.255.0", CannotTell},
		{"0.0.0.0 255.255.255.255", CannotTell},
		{"103.13.69.0/25 103.13.69.128/25", Proven},
	} {
		opt := options()
		opt.Needs = NeedsFor([]uint16{25})[:1]
		text := "action,direction,protocol,Source IP,destination,port\n" +
			"allow,in,tcp," + x.cell + ",203.0.113.25,25\n" +
			"allow,in,tcp,124.47.150.0/24,203.0.113.25,25\n" +
			"deny,any,any,any,any,any\n"
		r := check1(t, text, opt)
		if r.Verdict != x.want {
			t.Errorf("%s: %s, want %s\n%s", x.cell, r.Verdict, x.want, r.Text())
		}
		if out := r.Text(); x.want == CannotTell && !strings.Contains(out, "line 2, column Source IP: expected") {
			t.Errorf("%s: the cell is not named\n%s", x.cell, out)
		}
	}
}
