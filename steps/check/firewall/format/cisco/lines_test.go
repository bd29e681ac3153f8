package cisco

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall/source"
)

func linesOf(text string) []Line { return Lines(source.NewDoc("", text, time.Time{})) }

// TestLines reads what a terminal leaves beside the configuration itself.
func TestLines(t *testing.T) {
	wrapped := "access-list outside_in extended permit tcp host 203.0.113.1 host 10.0.0.25 eq sm"
	full := "access-list outside_in extended permit tcp host 203.0.113.12 host 10.0.0.25 eq"
	for _, c := range []struct {
		name, text string
		want       []string // lines that are not empty, with a blank for each of the indent
	}{
		{"indent", "interface Gi0/1\n ip address 192.0.2.1 255.255.255.0\n", []string{"interface Gi0/1", " ip address 192.0.2.1 255.255.255.0"}},
		{"tabs and ends", "object\tnetwork mail  \n\thost 10.0.0.25\t", []string{"object network mail", " host 10.0.0.25"}},
		{
			"pager of ASA", "<--- More --->\x08\x08\x08   \x08\x08route outside 0 0 192.0.2.1\n<--- More --->              interface Gi0/1\n<--- More --->               nameif outside",
			[]string{"route outside 0 0 192.0.2.1", "interface Gi0/1", " nameif outside"},
		},
		{
			"pager of IOS", " --More-- \x08\x08\x08\x08\x08\x08\x08\x08\x08        \x08\x08\x08\x08\x08\x08\x08\x08\x08interface Gi0/1\n --More-- \x08\x08\x08          \x08\x08\x08 ip address dhcp\n --More-- ",
			[]string{"interface Gi0/1", " ip address dhcp"},
		},
		{
			"pager of IOS without backspaces", " --More--         interface Gi0/1\n --More--          ip address dhcp\n --More--           end\n --More--            exit",
			[]string{"interface Gi0/1", " ip address dhcp", "end", " exit"},
		},
		{"pager, and a hand in it", "end --More--  of it\n--More-- --More-- end", []string{"end of it", "end"}},
		{"a remark on more", "access-list a remark any more -> ask", []string{"access-list a remark any more -> ask"}},
		{"a command that shows", "fw01/pri/act# show running-config\nhostname fw01", []string{"hostname fw01"}},
		{"a command that configures", "fw01(config)# access-list a permit ip any any\nrouter>enable", []string{"access-list a permit ip any any"}},
		{"broken in the 80th column", wrapped + "\ntp log\n", []string{wrapped + "tp log"}},
		{"broken at a blank", full + strings.Repeat(" ", 80-len(full)-1) + "\nsmtp\n", []string{full, "smtp"}},
		{"longer lines were not broken", wrapped + "\n" + strings.Repeat("x", 81), []string{wrapped, strings.Repeat("x", 81)}},
		{"a statement after a full line", wrapped + "\naccess-list b permit ip any any", []string{wrapped, "access-list b permit ip any any"}},
	} {
		var got []string
		for i, l := range linesOf(c.text) {
			if l.Number != i+1 {
				t.Errorf("%s: line %d has the number %d", c.name, i+1, l.Number)
			}
			if strings.Join(l.Words, " ") != strings.Join(strings.Fields(l.Text), " ") {
				t.Errorf("%s: words %q of %q", c.name, l.Words, l.Text)
			}
			if l.Text != "" {
				got = append(got, strings.Repeat(" ", l.Indent)+l.Text)
			}
		}
		if strings.Join(got, "\n") != strings.Join(c.want, "\n") {
			t.Errorf("%s:\n%q\nwant\n%q", c.name, got, c.want)
		}
	}
}

// TestLinesBrokenBeforeABlank: the blank that stood in the 80th column is no
// longer in the file.
func TestLinesBrokenBeforeABlank(t *testing.T) {
	line := "access-list outside_in extended permit tcp host 203.0.113.123 host 10.0.0.251 eq"
	line = strings.Replace(line, "outside_in", "outside_i", 1)
	if len(line) != 79 {
		t.Fatalf("the line has %d columns", len(line))
	}
	got := linesOf(line + "\nsmtp")
	if got[0].Text != line+" smtp" || got[1].Text != "" {
		t.Errorf("%q, then %q", got[0].Text, got[1].Text)
	}
}

func FuzzLines(f *testing.F) {
	f.Add("fw01# show run\naccess-list a permit ip any any\n<--- More --->\x08 end")
	f.Add(strings.Repeat("nat ", 20) + "\nx")
	f.Add("nat " + strings.Repeat("x", 75) + "\n\v")
	f.Add(strings.Repeat("\u2003", 27) + "\nx")
	f.Fuzz(func(t *testing.T, text string) {
		doc := source.NewDoc("", text, time.Time{})
		got := Lines(doc)
		if len(got) != len(doc.Lines()) {
			t.Fatalf("%d lines of %d", len(got), len(doc.Lines()))
		}
		for _, l := range got {
			if (l.Text == "") != (len(l.Words) == 0) || l.Indent < 0 {
				t.Fatalf("%+v", l)
			}
		}
	})
}
