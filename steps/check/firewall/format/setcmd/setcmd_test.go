package setcmd

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

func TestWords(t *testing.T) {
	for in, want := range map[string]string{
		"trust": "trust", "ge-0/0/0.0": "ge-0/0/0.0", "": `""`, "mail zone": `"mail zone"`, `a"b\c`: `"abc"`, "a;b": `"a;b"`, "a#b": `"a#b"`,
	} {
		if got := Quote(in); got != want {
			t.Errorf("Quote(%q): %s", in, got)
		}
	}
	for in, want := range map[string]string{"mail in 25": `"mail in 25"`, "": `""`, "a\"; b\\\n\x07c": `"a; bc"`} {
		if got := Text(in); got != want {
			t.Errorf("Text(%q): %s", in, got)
		}
	}
	for want, words := range map[string][]string{"a": {"a"}, "[ a b ]": {"a", "b"}} {
		if got := List(words); got != want {
			t.Errorf("List(%q): %s", words, got)
		}
	}
	for in, want := range map[string]string{"mxodus Mail in, 25": "mail-in-25", "--": "rule", "mxodus": "rule"} {
		if got := Slug(format.Flow{Label: in}, "rule"); got != want {
			t.Errorf("Slug(%q): %s", in, got)
		}
	}
}

func TestZones(t *testing.T) {
	set := &ir.Ruleset{Ifaces: []ir.Iface{
		{Name: "ge-0/0/0.0", Zone: "internet", At: ir.At{Text: "interface ge-0/0/0.0"}},
		{Name: "dmz zone", Zone: "dmz zone", At: ir.At{Text: "zone dmz zone: ethernet1/2, ethernet1/3"}},
		{Name: "ethernet1/4"},
	}}
	for _, c := range []struct {
		name                    string
		job                     format.Job
		outside, inside, remark string
	}{
		{"nothing is known", format.Job{}, "untrust", "trust", "Replace the zones untrust and trust by those of your firewall."},
		{"one is known", format.Job{Outside: "wan"}, "wan", "trust", "Replace the zones wan and trust by those of your firewall."},
		{"both are", format.Job{Outside: "wan", Inside: "the lan"}, "wan", `"the lan"`, ""},
		{"none in the file", format.Job{Set: set}, "untrust", "trust", "Replace the zone untrust by that of the internet. Replace the zone trust by that of the mail server."},
		{"some other interface", format.Job{Set: set, Outside: "other", Inside: "dmz zone"}, "untrust", `"dmz zone"`, "Replace the zone untrust by that of the internet."},
		{"interfaces", format.Job{Set: set, Outside: "ge-0/0/0.0", Inside: "ethernet1/3"}, "internet", `"dmz zone"`, ""},
		{"an interface in no zone", format.Job{Set: set, Outside: "internet", Inside: "ethernet1/4"}, "internet", "ethernet1/4", ""},
	} {
		out, in, notes := Zones(c.job)
		if out != c.outside || in != c.inside || strings.Join(notes, " ") != c.remark {
			t.Errorf("%s: %s, %s, %q", c.name, out, in, notes)
		}
	}
}
