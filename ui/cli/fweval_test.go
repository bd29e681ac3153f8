package cli

import (
	"os"
	"path/filepath"
	"testing"
)

// TestFirewallEvalExit holds that a packet that cannot be decided, or a line
// that is none, is told by the exit code too.
func TestFirewallEvalExit(t *testing.T) {
	rules := filepath.Join(t.TempDir(), "edge.rules")
	text := "*filter\n:INPUT DROP [0:0]\n-A INPUT -s 192.0.2.0/24 -j ACCEPT\n-A INPUT -s 198.51.100.0/24 -m string --string x --algo bm -j ACCEPT\nCOMMIT\n"
	if err := os.WriteFile(rules, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	yes := `{"dir":"in","src":"192.0.2.1","dst":"203.0.113.25","proto":"tcp","sport":2000,"dport":25}` + "\n"
	no := `{"dir":"in","src":"9.0.0.1","dst":"203.0.113.25","proto":"tcp","sport":2000,"dport":25}` + "\n"
	open := `{"dir":"in","src":"198.51.100.1","dst":"203.0.113.25","proto":"tcp","sport":2000,"dport":25}` + "\n"
	for _, c := range []struct {
		probes string
		code   int
	}{{yes + no, ExitDone}, {"", ExitDone}, {yes + open, ExitError}, {yes + "not JSON\n" + no, ExitError}} {
		if got := (call{args: []string{"firewall", "eval", rules}, in: c.probes}).run(t); got.code != c.code {
			t.Errorf("%q: code %d, want %d\n%s%s", c.probes, got.code, c.code, got.out, got.err)
		}
	}
}
