package fortios_test

import (
	"regexp"
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes a configuration in other ways that mean the same.
func TestMeaning(t *testing.T) {
	text := ft.Sample(t, "mailsite.conf")
	const (
		off  = "    edit 14\n"
		in   = "    edit 3\n"
		none = "        set srcintf \"any\"\n        set dstintf \"any\"\n        set srcaddr \"all\"\n        set dstaddr \"all\"\n        set schedule \"always\"\n        set service \"ALL\"\n"
		end  = "    edit 90\n" + none + "        set match-vip enable\n    next\n"
	)
	last := "        set service \"SMTP\" \"HTTPS\"\n    next\n"
	ft.Meaning(t, "fortios",
		ft.Alike("objects renamed", text, ft.Both(ft.All(`"mimecast-1"`, `"filter one"`), ft.All(`"mimecast"`, `"filters"`), ft.All(`"exchange"`, `"mx"`), ft.All(`"mail-in"`, `"vip1"`))),
		ft.Alike("a service renamed", text, ft.All(`"SMTP"`, `"mail-25"`)),
		ft.Alike("policies numbered otherwise", text, ft.Both(ft.Replace(in, "    edit 300\n"), ft.Replace("    edit 7\n", "    edit 1\n"))),
		ft.Alike("a network in two halves", text, ft.Both(
			ft.Replace("        set subnet 124.47.150.0 255.255.255.0\n    next\n", "        set subnet 124.47.150.0 255.255.255.128\n    next\n    edit \"mimecast-3\"\n        set subnet 124.47.150.128 255.255.255.128\n    next\n"),
			ft.Replace(`set member "mimecast-1" "mimecast-2"`, `set member "mimecast-1" "mimecast-2" "mimecast-3"`))),
		ft.Alike("a network as a range", text, ft.Replace("        set subnet 124.47.150.0 255.255.255.0\n", "        set type iprange\n        set start-ip 124.47.150.0\n        set end-ip 124.47.150.255\n")),
		ft.Alike("a group written out in a policy", text, ft.Replace(`set srcaddr "mimecast"`, `set srcaddr "mimecast-1" "mimecast-2"`)),
		ft.Alike("a group in a group", text, ft.Replace("    edit \"mimecast\"\n", "    edit \"more\"\n        set member \"mimecast-2\"\n    next\n    edit \"mimecast\"\n        set member \"mimecast-1\" \"more\"\n    next\n    edit \"mimecast\"\n        unset comment\n")),
		ft.Alike("comments and blank lines", text, ft.Lines("    edit ", func(l string) string { return "\n# a comment\n" + l })),
		ft.Alike("policies after a final one", ft.After(last, end)(t, text), ft.After(end, "    edit 91\n"+none+"        set action accept\n    next\n")),
		ft.Alike("a disabled policy", text, ft.Before("    edit 7\n", "    edit 90\n"+none+"        set action accept\n        set status disable\n    next\n")),
		ft.Alike("a disabled policy taken away", text, func(t testing.TB, text string) string {
			i := strings.Index(text, off)
			j := i + strings.Index(text[i:], "    next\n") + len("    next\n")
			return text[:i] + text[j:]
		}),
		ft.Alike("neighbours that do not meet exchanged", text, func(t testing.TB, text string) string {
			i, j, k := strings.Index(text, "    edit 4\n"), strings.Index(text, "    edit 5\n"), strings.Index(text, "    edit 6\n")
			return text[:i] + text[j:k] + text[i:j] + text[k:]
		}),
		ft.Alike("a setting that repeats the default", text, ft.After(in, "        set match-vip-only disable\n        set status enable\n")),
	)
}

// TestEachRule disables and turns each policy that decides. A policy that
// nothing meets keeps the virtual IPs in use.
func TestEachRule(t *testing.T) {
	text := ft.Before("config router static\n", "config firewall policy\n    edit 99\n        set srcintf \"any\"\n        set dstintf \"any\"\n        set action accept\n        set srcaddr \"none\"\n"+
		"        set dstaddr \"mail-in\" \"webmail\" \"mail-old\"\n        set schedule \"always\"\n        set service \"ALL\"\n    next\nend\n")(t, ft.Sample(t, "mailsite.conf"))
	policy := regexp.MustCompile(`^    edit \d+$`)
	each := func(f ft.RuleEdit) ft.RuleEdit {
		return func(text string, line int) string {
			if !policy.MatchString(strings.Split(text, "\n")[line-1]) {
				return ""
			}
			return f(text, line)
		}
	}
	ft.Blame(t, "fortios", text, 5, each(func(text string, line int) string {
		return ft.OnLine(text, line, func(l string) string { return l + "\n        set status disable" })
	}))
	ft.Turned(t, "fortios", text, 5, each(func(text string, line int) string {
		rule, rest, _ := strings.Cut(strings.Join(strings.Split(text, "\n")[line:], "\n"), "    next\n")
		if strings.Contains(rule, "set action accept") {
			return strings.Replace(text, rule+"    next\n"+rest, strings.Replace(rule, "set action accept", "set action deny", 1)+"    next\n"+rest, 1)
		}
		return ft.OnLine(text, line, func(l string) string { return l + "\n        set action accept" })
	}))
}
