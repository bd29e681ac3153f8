package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps/region"
)

// TestFirewallSchedules: rules whose schedule has ended let nobody in any more,
// and one that has not ended is not taken to have; the clock of the run says
// which it is.
func TestFirewallSchedules(t *testing.T) {
	au, err := region.Parse("au")
	if err != nil {
		t.Fatal(err)
	}
	config := func(end string) string {
		var b strings.Builder
		b.WriteString("ASA Version 9.16(4)\nhostname edge\n" +
			"interface GigabitEthernet0/0\n nameif outside\n security-level 0\n ip address 203.0.113.2 255.255.255.0\n" +
			"interface GigabitEthernet0/1\n nameif dmz\n security-level 50\n ip address 203.0.113.17 255.255.255.240\n" +
			"route outside 0.0.0.0 0.0.0.0 203.0.113.1 1\ntime-range old\n absolute end 00:00 " + end + "\n")
		for _, p := range au.Prefixes() {
			fmt.Fprintf(&b, "access-list acl extended permit tcp %s %s host %s eq smtp\n", p.Addr(), mask(p.Bits()), mailServer)
		}
		fmt.Fprintf(&b, "access-list acl extended permit tcp any4 host %s eq smtp time-range old\naccess-group acl in interface outside\n", mailServer)
		return b.String()
	}
	ended, runs := config("1 February 2020"), config("1 February 2027")
	for _, c := range []struct {
		name, rules string
		code        int
	}{{"ended", ended, ExitDone}, {"not ended", runs, ExitNotSafe}} {
		got := call{args: []string{"firewall", "check", "-", "--region", "au", "--server", mailServer, "--lockdown"}, in: c.rules}.run(t)
		if got.code != c.code {
			t.Errorf("%s: %d\n%s%s", c.name, got.code, got.out, got.err)
		}
	}
	dir := t.TempDir()
	without := filepath.Join(dir, "without")
	with := filepath.Join(dir, "with")
	rest := strings.ReplaceAll(ended, "access-list acl extended permit tcp any4 host "+mailServer+" eq smtp time-range old\n", "")
	for name, text := range map[string]string{without: rest, with: ended} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := run1(t, "firewall", "diff", without, with, "--region", "au", "--server", mailServer); got.code != ExitDone || strings.Contains(got.out, "cannot tell") {
		t.Errorf("a rule that has ended changes something: %d\n%s%s", got.code, got.out, got.err)
	}
}

// mask is a network mask in four octets.
func mask(bits int) string {
	m := ^uint32(0) << (32 - bits)
	return fmt.Sprintf("%d.%d.%d.%d", byte(m>>24), byte(m>>16), byte(m>>8), byte(m))
}
