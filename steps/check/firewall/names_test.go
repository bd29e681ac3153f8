package firewall

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check"
)

// TestInterfaceThatNoRuleNames: a name mistyped must not prove anything.
func TestInterfaceThatNoRuleNames(t *testing.T) {
	text := filterHead + established + "-A INPUT -i eth1 -j ACCEPT\n-A INPUT ! -i eth0 -p tcp --dport 25 -j ACCEPT\n-A INPUT -i ppp+ -j DROP\n-A INPUT -i lo -j ACCEPT\nCOMMIT\n"
	for name, want := range map[string]bool{"eht0": false, "eth": false, "lo": false, "eth00": false, "eth0": true, "ppp3": true, "ppp+": true, AnyOther: true, "": true} {
		opt := options()
		opt.Interface = name
		_, err := CheckFile("rules.v4", []byte(text), opt)
		var wrong *InterfaceError
		switch {
		case want && err != nil:
			t.Errorf("%q: %v", name, err)
		case !want && !errors.As(err, &wrong):
			t.Errorf("%q is taken: %v", name, err)
		case !want && !slices.Equal(wrong.Names, []string{"eth0", "eth1", "ppp+"}):
			t.Errorf("%q: names %v", name, wrong.Names)
		}
	}
	opt := options()
	opt.Interface = "eth0"
	if _, err := CheckFile("rules.v4", []byte(filterHead+established+bothRanges+"COMMIT\n"), opt); err == nil || !strings.Contains(err.Error(), "names no interface") {
		t.Errorf("a file without interfaces: %v", err)
	}
}

func TestOutsideInterfaceOfChecks(t *testing.T) {
	eth0 := strings.ReplaceAll(allowAll("au"), "-A INPUT -s", "-A INPUT -i eth0 -s")
	wan := strings.ReplaceAll(allowAll("au"), "-A INPUT -s", "-A INPUT -i wan -s")
	for _, c := range []struct {
		outside string
		files   []string
		want    check.Outcome
		code    string
	}{
		{"eth0", []string{eth0}, check.Pass, "proven"},
		{" eth0 ", []string{eth0}, check.Pass, "proven"},
		{"eht0", []string{eth0}, check.Unknown, "no_interface"},
		{"eht0", []string{eth0, wan}, check.Unknown, "no_interface"},
		{"eth0", []string{allowAll("au")}, check.Pass, "proven"},
		{"wan", []string{wan, allowAll("au")}, check.Pass, "proven"},
	} {
		in := moveInput(c.files...)
		in.Outside, in.Phase = c.outside, check.After
		for _, k := range []check.Check{OpenCheck(nil), LockCheck()} {
			r := run(t, k, in)
			if r.Outcome != c.want || !strings.Contains(codes(r), k.ID()+"."+c.code) {
				t.Errorf("%s, %q of %d files: %s, %s", k.ID(), c.outside, len(c.files), r.Outcome, codes(r))
			}
			if c.code == "no_interface" && !strings.Contains(string(r.Findings[0].Saw), "eth0") {
				t.Errorf("the names are not said: %+v", r.Findings[0])
			}
		}
	}
}
