package source

import "testing"

// TestProtocol reads names of protocols, also of those by which firewalls agree
// on which of them is in charge.
func TestProtocol(t *testing.T) {
	for name, want := range map[string]uint8{"tcp": 6, "TCP": 6, "17": 17, "carp": 112, "vrrp": 112, "pfsync": 240, "ospf": 89, "hip": 139} {
		if got, ok := Protocol(name); !ok || got != want {
			t.Errorf("%s: %d, %t, want %d", name, got, ok, want)
		}
	}
	for _, name := range []string{"", "ip", "any", "256", "tcp_udp"} {
		if got, ok := Protocol(name); ok {
			t.Errorf("%q: %d", name, got)
		}
	}
}
