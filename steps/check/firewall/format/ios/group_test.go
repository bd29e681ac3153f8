package ios_test

import "testing"

// TestGroupAsEntered holds that a network with its length behind it, as it may
// be typed into an object group, is read as the one with a mask.
func TestGroupAsEntered(t *testing.T) {
	rules := "hostname r\nobject-group network MC\n 103.13.69.0 /24\n 124.47.150.0 255.255.255.0\n!\n" +
		"interface Gi0\n ip access-group IN in\nip access-list extended IN\n 10 permit tcp object-group MC any eq smtp\n"
	ask(t, rules, [][2]string{
		{"fwd Gi0>Gi1 103.13.69.255 10.0.0.25 tcp 25 40000", "permit 9"},
		{"fwd Gi0>Gi1 103.13.70.0 10.0.0.25 tcp 25 40000", "deny 0"},
		{"fwd Gi0>Gi1 124.47.150.1 10.0.0.25 tcp 25 40000", "permit 9"},
	})
}
