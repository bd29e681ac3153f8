package wizard_test

import (
	"slices"
	"testing"
	"time"

	"mxodus/steps"
)

// TestDirectoryIsHandedToTheChecks: the firewall check asks ports of the
// directory of the host that was answered for it.
func TestDirectoryIsHandedToTheChecks(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	set(t, s, "rv.method", "directory_ldap")
	set(t, s, "dir.host", "203.0.113.30")
	in, err := s.Input(steps.ConnectAccount)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(in.Directory, []string{"203.0.113.30"}) {
		t.Errorf("directory %v", in.Directory)
	}
}
