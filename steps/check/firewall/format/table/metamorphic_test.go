package table_test

import (
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

const mail = `enabled,action,direction,protocol,source,destination,port
yes,deny,in,any,198.51.100.0/24,any,any
yes,allow,in,tcp,103.13.69.0/24;124.47.150.0/24,10.0.0.25,25
no,allow,in,tcp,any,10.0.0.25,25
yes,allow,in,tcp,any,10.0.0.80,80-443
yes,allow,out,tcp,10.0.0.25,any,25
yes,allow,out,udp,10.0.0.0/24,!10.0.0.0/8,53
yes,deny,both,any,any,any,any
`

// TestMeaning writes a table in other ways that mean the same.
func TestMeaning(t *testing.T) {
	const (
		in  = "yes,allow,in,tcp,103.13.69.0/24;124.47.150.0/24,10.0.0.25,25\n"
		web = "yes,allow,in,tcp,any,10.0.0.80,80-443\n"
		end = "yes,deny,both,any,any,any,any\n"
	)
	ft.Meaning(t, "table",
		ft.Alike("a network in two halves", mail, ft.Replace("103.13.69.0/24;", "103.13.69.0/25;103.13.69.128/25;")),
		ft.Alike("a list as two rows", mail, ft.Replace(in, "yes,allow,in,tcp,103.13.69.0/24,10.0.0.25,25\nyes,allow,in,tcp,124.47.150.0/24,10.0.0.25,25\n")),
		ft.Alike("a network as a range", mail, ft.Replace("103.13.69.0/24", "103.13.69.0-103.13.69.255")),
		ft.Alike("a range of ports in two", mail, ft.Replace("80-443", "80-99;100-443")),
		ft.Alike("comments and blank lines", mail, ft.Lines("yes,allow", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("rows after a final one", mail, ft.After(end, "yes,allow,in,tcp,any,any,25\nyes,allow,both,any,any,any,any\n")),
		ft.Alike("a disabled row", mail, ft.Before(in, "no,deny,in,any,any,any,any\n")),
		ft.Alike("a disabled row taken away", mail, ft.Replace("no,allow,in,tcp,any,10.0.0.25,25\n", "")),
		ft.Alike("neighbours that do not meet exchanged", mail, ft.Swap(in, web)),
		ft.Alike("rows of two directions exchanged", mail, ft.Swap(web, "yes,allow,out,tcp,10.0.0.25,any,25\n")),
		ft.Alike("a negation as what is left", mail, ft.Replace("!10.0.0.0/8", "0.0.0.0-9.255.255.255;11.0.0.0-255.255.255.255")),
		ft.Alike("other words", mail, ft.Both(ft.All(",allow,", ",permit,"), ft.All(",deny,", ",drop,"), ft.All(",in,", ",inbound,"))),
		ft.Alike("another separator", mail, ft.Both(ft.All(";", "|"), ft.All(",", ";"))),
	)
}

// TestEachRule disables, takes out and turns each row that decides.
func TestEachRule(t *testing.T) {
	ft.Blame(t, "table", mail, 5, ft.OnlyIf("yes,", ft.Words("yes,", "no,")))
	ft.Blame(t, "table", mail, 5, ft.OnlyIf("yes,", ft.Blank("")))
	ft.Turned(t, "table", mail, 5, ft.Words(",allow,", ",deny,"))
}
