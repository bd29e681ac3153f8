package firewall

import (
	"strings"
	"testing"

	"mxodus/steps/check"
)

func TestInPart(t *testing.T) {
	for _, c := range []struct{ open, all, want string }{
		{"255", "256", "in part, 255 of 256"},
		{"1", "65536", "in part, 1 of 65536"},
		{"1", "1048576", "in part, less than 1 %"},
		{"1048575", "1048576", "in part, all but less than 1 %"},
		{"786432", "1048576", "in part, about 75 %"},
		{"1", "79228162514264337593543950336", "in part, less than 1 %"},
		{"", "", "in part"},
	} {
		if got := (Requirement{Open: c.open, Addresses: c.all}).InPart(); got != c.want {
			t.Errorf("%s of %s: %q, want %q", c.open, c.all, got, c.want)
		}
	}
	text := filterHead + established + "-A INPUT -s 103.13.69.0/24 -p tcp --dport 25 -j ACCEPT\n-A INPUT -m iprange --src-range 124.47.150.0-124.47.150.254 -p tcp --dport 25 -j ACCEPT\nCOMMIT\n"
	if r := check1(t, text, options()); r.Requirements[1].InPart() != "in part, 255 of 256" {
		t.Errorf("%+v", r.Requirements[1])
	}
	in := moveInput(text)
	if r := run(t, OpenCheck(nil), in); r.Tables[0].Rows[1][1].Text != "in part, 255 of 256" || r.Tables[0].Rows[1][1].Mark != check.MarkPart {
		t.Errorf("table %+v", r.Tables[0].Rows[1])
	}
}

// TestTableWithoutLastRow: that the rest is denied is an assumption, and said.
func TestTableWithoutLastRow(t *testing.T) {
	head := "action,direction,protocol,source,destination,port\n"
	rows := "allow,in,tcp,103.13.69.0/24,203.0.113.25,25\nallow,in,tcp,124.47.150.0/24,203.0.113.25,25\n"
	for _, c := range []struct{ text, want string }{
		{head + rows + "allow,out,any,any,any,any\n", "(in)"},
		{head + rows, "(in and out)"},
		{head + rows + "deny,any,any,any,any,any\n", ""},
		{head + rows + "deny,any,any,any,any,25\n", "(in and out)"},
		{head + rows + "default,any,deny,,,\n", ""},
		{head + rows + "deny,in,any,any,any,any\nallow,out,any,any,any,any\n", ""},
	} {
		opt := options()
		opt.Lockdown = true
		said := strings.Join(check1(t, c.text, opt).Assumptions, "\n")
		if (c.want != "") != strings.Contains(said, "no last row") || !strings.Contains(said, c.want) {
			t.Errorf("%q: %q, want %q", c.text, said, c.want)
		}
	}
}
