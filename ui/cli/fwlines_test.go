package cli

import (
	"strings"
	"testing"
)

// TestNoLinesAreNotPromised: where a format has no lines to copy, none are said
// to be below.
func TestNoLinesAreNotPromised(t *testing.T) {
	unifi := `{"data":[{"_id":"1","ruleset":"WAN_IN","rule_index":2000,"action":"accept","name":"other","enabled":true,"protocol":"tcp","src_address":"198.51.100.7","dst_address":"203.0.113.25"}]}
{"data":[{"_id":"2","pfwd_interface":"wan","name":"web","enabled":true,"src":"any","destination_ip":"203.0.113.26","dst_port":"443","fwd":"10.0.0.9","fwd_port":"443","proto":"tcp"}]}
`
	for _, c := range []struct {
		rules string
		lines bool
	}{{unifi, false}, {dump(t, nil, "25", ""), true}} {
		got := call{args: []string{"firewall", "check", "-", "--region", "au", "--server", mailServer}, in: c.rules}.run(t)
		if !strings.Contains(got.out, "Do the same for the other") || strings.Contains(got.out, "the lines are below") != c.lines {
			t.Errorf("lines %v:\n%s%s", c.lines, got.out, got.err)
		}
	}
}
