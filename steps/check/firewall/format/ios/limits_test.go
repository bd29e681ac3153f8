package ios_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall/format/ios"
	"mxodus/steps/check/firewall/source"
)

// TestLimits reads files that are made to take for ever, or all memory.
func TestLimits(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	var chain, down strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&chain, "object-group network g%d\n group-object g%d\n", i, i+1)
	}
	for i := range 100_000 {
		fmt.Fprintf(&down, " %d permit tcp any any eq 25\n", 200_000-i)
	}
	const head = "ip access-list extended in\n"
	for name, text := range map[string]string{
		"a long chain of groups": chain.String() + head + " permit tcp object-group g0 any\n",
		"numbers that go down":   head + down.String(),
		"in and out":             head + strings.Repeat(" 10 permit tcp any any eq 25\n no 10\n", 60_000),
		"many wildcards":         head + strings.Repeat(" permit ip 1.1.1.1 170.0.170.0 any\n", 20_000),
		"one long line":          head + " permit tcp any any eq " + strings.Repeat("25 ", 1_000_000),
		"many statics":           "interface e0\n ip nat outside\n" + strings.Repeat("ip nat inside source static network 10.0.0.0 203.0.0.0 /16\n", 20_000),
		"garbage":                strings.Repeat("ip access-list extended \x00\n permit permit\n ip nat\nclass-map type inspect x\n match\n", 200_000),
	} {
		began := time.Now()
		set := ios.Read(source.NewDoc("f", text, time.Time{}))
		t.Logf("%s: %v", name, time.Since(began))
		if d := time.Since(began); d > 30*time.Second {
			t.Errorf("%s took %v", name, d)
		}
		if len(set.Problems) > 1_000 {
			t.Errorf("%s: %d problems", name, len(set.Problems))
		}
	}
}
