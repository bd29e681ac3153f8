package firewall

import (
	"net/netip"
	"testing"

	"mxodus/steps/check"
)

// TestScope: what a check does not read leaves its result fresh, and what it
// reads does not.
func TestScope(t *testing.T) {
	open, lock := OpenCheck(nil), LockCheck()
	for name, c := range map[string]struct {
		change     func(*check.Input)
		open, lock bool // whether the result of the check still counts
	}{
		"nothing":  {func(*check.Input) {}, true, true},
		"a domain": {func(in *check.Input) { in.Domains = append(in.Domains, "more.example") }, true, true},
		"an exception": {func(in *check.Input) {
			in.Exceptions = append(in.Exceptions, netip.MustParsePrefix("198.51.100.7/32"))
		}, true, false},
		"a port": {func(in *check.Input) {
			in.Ports = append(in.Ports, check.PortNeed{ID: "ldaps-in", Label: "directory in", In: true, Proto: "tcp", Port: 636})
		}, false, true},
		"a sender":    {func(in *check.Input) { in.Outbound = append(in.Outbound, netip.MustParseAddr("203.0.113.77")) }, false, true},
		"a server":    {func(in *check.Input) { in.MailServers = append(in.MailServers, "203.0.113.26") }, false, false},
		"a ruleset":   {func(in *check.Input) { in.Rulesets = append(in.Rulesets, check.File{Name: "b", SHA256: "1"}) }, false, false},
		"the outside": {func(in *check.Input) { in.Outside = "eth7" }, false, false},
		"a range":     {func(in *check.Input) { in.ExtraRanges = append(in.ExtraRanges, netip.MustParsePrefix("192.0.2.0/24")) }, false, false},
	} {
		was, is := moveInput(v4Shut), moveInput(v4Shut)
		c.change(&is)
		if got := was.FingerprintFor(open) == is.FingerprintFor(open); got != c.open {
			t.Errorf("FW-OPEN after %s: still counts %v, want %v", name, got, c.open)
		}
		if got := was.FingerprintFor(lock) == is.FingerprintFor(lock); got != c.lock {
			t.Errorf("FW-LOCK after %s: still counts %v, want %v", name, got, c.lock)
		}
	}
}
