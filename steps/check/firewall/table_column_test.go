package firewall

import (
	"strings"
	"testing"
)

// columnTable is a table that proves all, with one more column.
func columnTable(heading, value string) string {
	return "action,direction,protocol,source,destination,port," + heading + "\n" +
		"allow,in,tcp,103.13.69.0/24,203.0.113.25,25," + value + "\n" +
		"allow,in,tcp,124.47.150.0/24,203.0.113.25,25," + value + "\n" +
		"deny,any,any,any,any,any,\n"
}

// TestUnknownColumns holds that a column that nobody understands decides
// nothing: a row with a value in it cannot be told, by column and line.
func TestUnknownColumns(t *testing.T) {
	for _, x := range []struct {
		heading, value string
		want           Answer
	}{
		{"negate source", "yes", CannotTell},
		{"source negate", "true", CannotTell},
		{"except", "103.13.69.7", CannotTell},
		{"exclude source", "103.13.69.0/25", CannotTell},
		{"tcp flags", "SYN+ACK", CannotTell},
		{"source mac", "00:11:22:33:44:55", CannotTell},
		{"vlan", "12", CannotTell},
		{"destination nat", "10.0.0.5", CannotTell},
		{"source address", "10.0.0.1", CannotTell}, // a second source
		{"in use", "no", CannotTell},
		{"negate source", "no", Proven},
		{"exclude source", "none", Proven},
		{"vlan", "any", Proven},
		{"vlan", "", Proven},
		{"hit count", "12", Proven},
		{"Rule ID", "R-7", Proven},
		{"last modified", "2024-01-02", Proven},
		{"remark", "agreed with Anna", Proven},
	} {
		opt := options()
		opt.Needs = NeedsFor([]uint16{25})[:1]
		r := check1(t, columnTable(x.heading, x.value), opt)
		if r.Verdict != x.want {
			t.Errorf("%s=%q: %s, want %s\n%s", x.heading, x.value, r.Verdict, x.want, r.Text())
			continue
		}
		if text := r.Text(); x.want == CannotTell && (!strings.Contains(text, "column "+x.heading) || !strings.Contains(text, "line 2")) {
			t.Errorf("%s=%q is not named by column and line:\n%s", x.heading, x.value, text)
		}
	}
}

// TestUnknownColumnOfTheDefaultRow holds the same of the row for all the rest.
func TestUnknownColumnOfTheDefaultRow(t *testing.T) {
	opt := options()
	opt.Needs, opt.Lockdown = NeedsFor([]uint16{25})[:1], true
	text := strings.Replace(columnTable("vlan", ""), "deny,any,any,any,any,any,", "allow,any,any,default,any,any,7", 1)
	if r := check1(t, text, opt); r.Verdict != CannotTell {
		t.Errorf("%s\n%s", r.Verdict, r.Text())
	}
}
