package ios_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes configurations in other ways that mean the same.
func TestMeaning(t *testing.T) {
	edge, lists := ft.Sample(t, "edge.cfg"), ft.Sample(t, "lists.txt")
	const (
		mail = " permit tcp object-group GATEWAY host 203.0.113.25 eq smtp log\n"
		wild = " permit tcp 198.51.100.0 0.0.2.255 host 203.0.113.26 eq 2525\n"
		end  = " deny   ip any any log\n"
	)
	ft.Meaning(t, "ios",
		ft.Alike("a group renamed", edge, ft.All("GATEWAY", "FILTERS")),
		ft.Alike("a list renamed", edge, ft.All("OUTSIDE-IN", "FROM-INTERNET")),
		ft.Alike("a network in two halves", edge, ft.Replace(" 124.47.150.0 255.255.255.0\n", " 124.47.150.0 255.255.255.128\n 124.47.150.128 255.255.255.128\n")),
		ft.Alike("comments in a group", edge, ft.Lines(" 124.47.150.0 255", func(l string) string { return "! more\n" + l + "\n!" })),
		ft.Alike("without the blanks before lines", edge, func(_ testing.TB, text string) string { return strings.ReplaceAll(text, "\n ", "\n") }),
		ft.Alike("a group written out in rules", edge, ft.Replace(mail, " permit tcp 103.13.69.0 0.0.0.255 host 203.0.113.25 eq 25\n permit tcp 124.47.150.0 0.0.0.255 host 203.0.113.25 eq 25\n")),
		ft.Alike("a wildcard with a gap as two", edge, ft.Replace(wild, " permit tcp 198.51.100.0 0.0.0.255 host 203.0.113.26 eq 2525\n permit tcp 198.51.102.0 0.0.0.255 host 203.0.113.26 eq 2525\n")),
		ft.Alike("two ports as two rules", edge, ft.Replace(" permit tcp any host 203.0.113.80 eq www 443\n", " permit tcp any host 203.0.113.80 eq 80\n permit tcp any host 203.0.113.80 eq 443\n")),
		ft.Alike("sequence numbers", edge, ft.Both(ft.Replace(end, " 900 deny ip any any log\n"), ft.Replace(wild, " 800 permit tcp 198.51.100.0 0.0.2.255 host 203.0.113.26 eq 2525\n"))),
		ft.Alike("remarks and blank lines", edge, ft.Lines(" permit tcp", func(l string) string {
			if l[0] != ' ' {
				return l
			}
			return " remark another\n!\n! a comment\n\n" + l
		})),
		ft.Alike("rules after a final one", edge, ft.After(end, " permit tcp any any eq smtp\n permit ip any any\n")),
		ft.Alike("neighbours that do not meet exchanged", edge, ft.Swap(wild, " permit udp any eq domain any\n")),
		ft.Alike("a list that is not applied", edge, ft.Before("ip access-list extended OUTSIDE-IN\n", "ip access-list extended ELSEWHERE\n deny ip any any\n")),
		ft.Alike("a network in two halves, as shown", lists, ft.Replace(
			"    20 permit tcp 124.47.150.0 0.0.0.255 host 10.0.0.25 eq smtp\n",
			"    20 permit tcp 124.47.150.0 0.0.0.127 host 10.0.0.25 eq smtp\n    21 permit tcp 124.47.150.128 0.0.0.127 host 10.0.0.25 eq smtp\n")),
		ft.Alike("neighbours exchanged, as shown", lists, ft.Both(ft.Replace("    10 permit tcp 103", "    20 permit tcp 103"), ft.Replace("    20 permit tcp 124", "    10 permit tcp 124"))),
	)
}

// TestEachRule takes out and turns each rule that decides.
func TestEachRule(t *testing.T) {
	rule := func(f ft.RuleEdit) ft.RuleEdit {
		return func(text string, line int) string {
			if strings.HasPrefix(strings.Split(text, "\n")[line-1], "access-list 10 ") {
				return "" // says what is translated
			}
			return f(text, line)
		}
	}
	for name, least := range map[string]int{"edge.cfg": 8, "lists.txt": 3} {
		text := ft.Sample(t, name)
		ft.Blame(t, "ios", text, least, rule(ft.Blank("")))
		ft.Turned(t, "ios", text, least, rule(ft.Words("permit ", "deny ")))
	}
}
