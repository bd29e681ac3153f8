package asa_test

import (
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes configurations in other ways that mean the same.
func TestMeaning(t *testing.T) {
	office, old := ft.Sample(t, "office.cfg"), ft.Sample(t, "old.cfg")
	const (
		mail = "access-list outside_in extended permit tcp object-group mimecast host mail object-group mail-ports log\n"
		end  = "access-list outside_in extended deny ip any any log\n"
	)
	ft.Meaning(t, "asa",
		ft.Alike("objects renamed", office, ft.Both(ft.All("mimecast", "gateway"), ft.All("mail-server", "exchange"), ft.All("mail-ports", "ports"))),
		ft.Alike("an access list renamed", office, ft.All("outside_in", "from_internet")),
		ft.Alike("comments in groups and objects", office, ft.Lines("-object ", func(l string) string { return "! a comment\n" + l + "\n!" })),
		ft.Alike("comments in interfaces", office, ft.Lines(" nameif ", func(l string) string { return "!\n" + l + "\n!" })),
		ft.Alike("a network in two halves", office, ft.Replace(" network-object 124.47.150.0 255.255.255.0\n", " network-object 124.47.150.0 255.255.255.128\n network-object 124.47.150.128 255.255.255.128\n")),
		ft.Alike("a rule in two halves", old, ft.Replace(
			"access-list outside_access_in extended permit tcp any host 203.0.113.2 eq 2525\n",
			"access-list outside_access_in extended permit tcp 0.0.0.0 128.0.0.0 host 203.0.113.2 eq 2525\naccess-list outside_access_in extended permit tcp 128.0.0.0 128.0.0.0 host 203.0.113.2 eq 2525\n")),
		ft.Alike("a group in a group written out", office, ft.Replace(" group-object mimecast-a\n", " network-object 103.13.69.0 255.255.255.0\n")),
		ft.Alike("groups written out in rules", office, ft.Replace(mail, ""+
			"access-list outside_in extended permit tcp 103.13.69.0 255.255.255.0 host 10.0.0.25 eq 25\n"+
			"access-list outside_in extended permit tcp 103.13.69.0 255.255.255.0 host 10.0.0.25 range 587 588\n"+
			"access-list outside_in extended permit tcp 124.47.150.0 255.255.255.0 host 10.0.0.25 eq 25\n"+
			"access-list outside_in extended permit tcp 124.47.150.0 255.255.255.0 host 10.0.0.25 range 587 588\n")),
		ft.Alike("a name as its address", office, ft.Replace("host mail object-group", "host 10.0.0.25 object-group")),
		ft.Alike("remarks and blank lines", office, ft.Lines("access-list outside_in extended", func(l string) string { return "access-list outside_in remark another\n!\n\n" + l })),
		ft.Alike("rules after a final one", office, ft.After(end, "access-list outside_in extended permit tcp any any eq smtp\naccess-list outside_in extended permit ip any any\n")),
		ft.Alike("an inactive rule", office, ft.Before(mail, "access-list outside_in extended deny ip any any inactive\n")),
		ft.Alike("an expired rule stands as it stood", office, ft.Before(end, "access-list outside_in extended permit tcp host 198.51.100.9 host 10.0.0.25 eq smtp inactive\n")),
		ft.Alike("neighbours that do not meet exchanged", office, ft.Swap(mail, "access-list outside_in extended permit tcp any4 object web eq https\n")),
		ft.Alike("a list that is not applied", office, ft.Before(mail, "access-list elsewhere extended deny ip any any\n")),
	)
}

// TestEachRule takes out and turns each rule that decides.
func TestEachRule(t *testing.T) {
	for name, least := range map[string]int{"office.cfg": 5, "old.cfg": 4, "ftd.txt": 1} {
		text := ft.Sample(t, name)
		ft.Blame(t, "asa", text, least, ft.OnlyIf("access-list ", ft.Blank("")))
		ft.Turned(t, "asa", text, least, ft.Words(" permit ", " deny "))
	}
}
