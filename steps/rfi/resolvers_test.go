package rfi_test

import (
	"testing"

	"mxodus/steps"
	"mxodus/steps/rfi"
)

// TestResolversAreAddresses: a resolver is asked by its address, inner ones and
// odd ports included; a name cannot be looked up before there is a resolver.
func TestResolversAreAddresses(t *testing.T) {
	q, ok := rfi.Find(steps.QResolvers)
	if !ok {
		t.Fatal("no such question")
	}
	for text, good := range map[string]bool{
		"10.1.2.53": true, "10.1.2.53:5353": true, "127.0.0.53": true, "[fd00::53]:53": true, "fd00::53": true,
		"10.1.2.53\n1.1.1.1": true, "": true, "dns.corp.example.com": false, "10.1.2.53 dns.corp.example.com": false,
	} {
		if u := q.Parse(text, steps.Facts{}); u.OK() != good {
			t.Errorf("%q: %v, %v", text, u.OK(), u.Problems)
		}
	}
}
