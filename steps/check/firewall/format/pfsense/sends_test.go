package pfsense_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestSends: that mail leaves with a private address is told.
func TestSends(t *testing.T) {
	const auto = "<mode>automatic</mode>"
	office := ft.Sample(t, "office.xml")
	rule := func(src string) string {
		return "<mode>advanced</mode><rule><interface>wan</interface><source><network>" + src + "</network></source><destination><any></any></destination><target></target><targetip></targetip></rule>"
	}
	for _, c := range []struct {
		name, mode string
		want       bool
	}{
		{"automatic", auto, false},
		{"switched off", "<mode>disabled</mode>", true},
		{"by hand, its own network", rule("10.0.0.0/24"), false},
		{"by hand, another network", rule("10.0.9.0/24"), true},
	} {
		set, err := firewall.Read("", []byte(strings.Replace(office, auto, c.mode, 1)), "pfsense")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(set.Notes, " "), "no line translates what 10.0.0.25 sends itself"); got != c.want {
			t.Errorf("%s: %t, want %t: %q", c.name, got, c.want, set.Notes)
		}
	}
}

// TestDisabledForward: a port forward of mail that is switched off is told of.
func TestDisabledForward(t *testing.T) {
	const target = "<local-port>25</local-port>"
	office := ft.Sample(t, "office.xml")
	for _, c := range []struct {
		name, text string
		want       bool
	}{
		{"in force", office, false},
		{"disabled", strings.Replace(office, target, target+"<disabled></disabled>", 1), true},
		{"of another port", strings.Replace(strings.Replace(office, target, target+"<disabled></disabled>", 1), "<port>25</port>", "<port>443</port>", 1), false},
	} {
		set, err := firewall.Read("", []byte(c.text), "pfsense")
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(strings.Join(set.Notes, " "), "Line 90 (") && strings.Contains(strings.Join(set.Notes, " "), "is a port forward of port 25 that is disabled"); got != c.want {
			t.Errorf("%s: %t, want %t: %q", c.name, got, c.want, set.Notes)
		}
	}
}
