package ufw_test

import (
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes rules in other ways that mean the same.
func TestMeaning(t *testing.T) {
	rules, numbered, verbose, added, dump := ft.Sample(t, "user.rules"), ft.Sample(t, "numbered.txt"), ft.Sample(t, "verbose.txt"), ft.Sample(t, "added.txt"), ft.Sample(t, "dump.v4")
	ft.Meaning(t, "ufw",
		ft.Alike("a network in two halves", rules, ft.Replace(
			"### tuple ### allow tcp 25 0.0.0.0/0 any 103.13.69.0/24 in\n-A ufw-user-input -p tcp --dport 25 -s 103.13.69.0/24 -j ACCEPT\n", ""+
				"### tuple ### allow tcp 25 0.0.0.0/0 any 103.13.69.0/25 in\n-A ufw-user-input -p tcp --dport 25 -s 103.13.69.0/25 -j ACCEPT\n\n"+
				"### tuple ### allow tcp 25 0.0.0.0/0 any 103.13.69.128/25 in\n-A ufw-user-input -p tcp --dport 25 -s 103.13.69.128/25 -j ACCEPT\n")),
		ft.Alike("blank lines", rules, ft.Lines("### tuple", func(l string) string { return "\n\n" + l })),
		ft.Alike("neighbours that do not meet exchanged", rules, ft.Swap(
			"### tuple ### allow tcp 22 0.0.0.0/0 any 192.0.2.0/24 in comment=6f6666696365\n-A ufw-user-input -p tcp --dport 22 -s 192.0.2.0/24 -j ACCEPT\n",
			"### tuple ### allow tcp 25 0.0.0.0/0 any 103.13.69.0/24 in\n-A ufw-user-input -p tcp --dport 25 -s 103.13.69.0/24 -j ACCEPT\n")),
		ft.Alike("a network in two halves, numbered", numbered, ft.Replace(
			"[ 3] 25/tcp                     ALLOW IN    103.13.69.0/24            \n", ""+
				"[ 3] 25/tcp                     ALLOW IN    103.13.69.0/25            \n[ 3] 25/tcp                     ALLOW IN    103.13.69.128/25          \n")),
		ft.Alike("a rule after one that takes all of it, numbered", numbered, ft.After("DENY IN     Anywhere                  \n", "[ 6] 25/tcp                     ALLOW IN    198.51.100.0/24           \n")),
		ft.Alike("comments, numbered", numbered, ft.Replace("103.13.69.0/24            \n", "103.13.69.0/24             # mail filter\n")),
		ft.Alike("blank lines, verbose", verbose, ft.Before("22/tcp                     ALLOW IN    192.0.2.0/24", "\n")),
		ft.Alike("a network in two halves, verbose", verbose, ft.Replace(
			"25/tcp                     ALLOW IN    103.13.69.0/24            \n", ""+
				"25/tcp                     ALLOW IN    103.13.69.0/25            \n25/tcp                     ALLOW IN    103.13.69.128/25          \n")),
		ft.Alike("neighbours exchanged, verbose", verbose, ft.Swap("22/tcp                     ALLOW IN    192.0.2.0/24               # office\n", "25/tcp                     ALLOW IN    103.13.69.0/24            \n")),
		ft.Alike("a network in two halves, as entered", added, ft.Replace(
			"ufw allow from 103.13.69.0/24 to any port 25 proto tcp\n", "ufw allow from 103.13.69.0/25 to any port 25 proto tcp\nufw allow from 103.13.69.128/25 to any port 25 proto tcp\n")),
		ft.Alike("a rule after one that takes all of it, as entered", added, ft.After("ufw deny 25/tcp\n", "ufw allow from 198.51.100.0/24 to any port 25 proto tcp\n")),
		ft.Alike("a rule deleted again, as entered", added, ft.Append("ufw allow 26/tcp\nufw delete allow 26/tcp\n")),
		ft.Alike("in other words, as entered", added, ft.Replace("ufw deny 25/tcp\n", "ufw deny to any port 25 proto tcp\n")),
		ft.Alike("comments, as entered", added, ft.Lines("ufw allow from", func(l string) string { return "# a comment\n\n" + l })),
		ft.Alike("a network in two halves, dump", dump, ft.Lines("-s 103.13.69.0/24 -p tcp", func(l string) string {
			return ft.Replace("103.13.69.0/24", "103.13.69.0/25")(t, l) + "\n" + ft.Replace("103.13.69.0/24", "103.13.69.128/25")(t, l)
		})),
	)
}

// TestEachRule takes out and turns each rule that decides.
func TestEachRule(t *testing.T) {
	rules, numbered, verbose, added, dump := ft.Sample(t, "user.rules"), ft.Sample(t, "numbered.txt"), ft.Sample(t, "verbose.txt"), ft.Sample(t, "added.txt"), ft.Sample(t, "dump.v4")
	ft.Blame(t, "ufw", rules, 8, ft.OnlyIf("-A ", ft.Blank("")))
	ft.Turned(t, "ufw", rules, 8, ft.Words("-j ACCEPT", "-j DROP"))
	ft.Blame(t, "ufw", numbered, 8, ft.Blank(""))
	ft.Turned(t, "ufw", numbered, 8, ft.Words("ALLOW IN", "DENY IN"))
	ft.Blame(t, "ufw", verbose, 8, ft.Blank(""))
	ft.Turned(t, "ufw", verbose, 8, ft.Words("ALLOW IN", "DENY IN"))
	ft.Blame(t, "ufw", added, 8, ft.Blank(""))
	ft.Turned(t, "ufw", added, 8, ft.Words("allow", "deny"))
	ft.Blame(t, "ufw", dump, 8, ft.OnlyIf("-A ", ft.Blank("")))
	ft.Blame(t, "ufw", ft.Sample(t, "dump.v6"), 8, ft.OnlyIf("-A ", ft.Blank("")))
	ft.Turned(t, "ufw", dump, 8, ft.Words("-j ACCEPT", "-j DROP"))
}
