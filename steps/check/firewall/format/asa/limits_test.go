package asa_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall/format/asa"
	"mxodus/steps/check/firewall/source"
)

// TestLimits reads files that are made to take for ever, or all memory.
func TestLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var chain, twice strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&chain, "object-group network g%d\n group-object g%d\n", i, i+1)
	}
	for i := range 60 {
		fmt.Fprintf(&twice, "object-group network g%d\n group-object g%d\n group-object g%d\n network-object host 10.0.0.%d\n", i, i+1, i+1, i)
		fmt.Fprintf(&twice, "object-group service s%d\n group-object s%d\n group-object s%d\n service-object tcp destination eq %d\n", i, i+1, i+1, i+1)
	}
	for name, text := range map[string]string{
		"a long chain of groups": twoSides + chain.String() + "access-list in permit tcp object-group g0 any\n",
		"groups twice in groups": twoSides + twice.String() + "access-list in permit object-group s0 object-group g0 any\n",
		"all at the head":        twoSides + strings.Repeat("access-list in line 1 permit tcp any any eq 25\n", 200_000),
		"in and out":             twoSides + strings.Repeat("access-list in permit tcp any any eq 25\nno access-list in permit tcp any any eq 26\n", 60_000),
		"one long line":          twoSides + "access-list in permit tcp " + strings.Repeat("any eq 25 ", 1_000_000),
		"many statics":           twoSides + strings.Repeat("static (inside,outside) 203.0.0.0 10.0.0.0 netmask 255.255.0.0\n", 20_000),
		"garbage":                strings.Repeat("object-group network \x00 ( <--- More ---> ) nat (a,b\n access-list\n", 200_000),
	} {
		began := time.Now()
		set := asa.Read(source.NewDoc("f", text, time.Time{}))
		t.Logf("%s: %v", name, time.Since(began))
		if d := time.Since(began); d > 30*time.Second {
			t.Errorf("%s took %v", name, d)
		}
		if len(set.Problems) > 1_000 {
			t.Errorf("%s: %d problems", name, len(set.Problems))
		}
	}
}
