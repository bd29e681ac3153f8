package sonicwall_test

import (
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes settings in other ways that mean the same.
func TestMeaning(t *testing.T) {
	text := ft.Sample(t, "mailsite.txt")
	const (
		second = "address-object ipv4 \"Mimecast 2\" network 124.47.150.0 255.255.255.0 zone WAN\n"
		member = "    address-object ipv4 \"Mimecast 2\"\n"
		first  = "access-rule ipv4 from WAN to DMZ action deny source address name Scanners\n"
		out    = "access-rule ipv4 from DMZ to WAN action allow\n"
	)
	rule := func(action, more string) string {
		return "access-rule ipv4 from WAN to DMZ action " + action + "\n    name \"x\"\n    from WAN\n    to DMZ\n    action " + action +
			"\n    source address any\n    service any\n    destination address any\n" + more + "    exit\n"
	}
	ft.Meaning(t, "sonicwall",
		ft.Alike("objects renamed", text, ft.Both(ft.All(`"Mimecast 1"`, `"Filter one"`), ft.All("ipv4 Mimecast\n", "ipv4 Filters\n"), ft.All("group Mimecast", "group Filters"), ft.All(`"Mail public"`, `"mx"`))),
		ft.Alike("a service renamed", text, ft.All(`"SMTP (Send E-Mail)"`, `"mail 25"`)),
		ft.Alike("a network in two halves", text, ft.Both(
			ft.Replace(second, "address-object ipv4 \"Mimecast 2\" network 124.47.150.0 255.255.255.128 zone WAN\naddress-object ipv4 \"Mimecast 3\" network 124.47.150.128 255.255.255.128 zone WAN\n"),
			ft.Replace(member, member+"    address-object ipv4 \"Mimecast 3\"\n"))),
		ft.Alike("a network as a range", text, ft.Replace("network 124.47.150.0 255.255.255.0", "range 124.47.150.0 124.47.150.255")),
		ft.Alike("a group in a group", text, ft.Both(
			ft.Before("address-group ipv4 Mimecast\n", "address-group ipv4 More\n    address-object ipv4 \"Mimecast 2\"\n    exit\n"),
			ft.Replace("    address-object ipv4 \"Mimecast 1\"\n"+member, "    address-object ipv4 \"Mimecast 1\"\n    address-group ipv4 More\n"))),
		ft.Alike("blank lines", text, ft.Lines("access-rule", func(l string) string { return "\n\n" + l })),
		ft.Alike("rules after a final one", text, ft.Before(out, rule("allow", "    enable\n    priority manual 9\n"))),
		ft.Alike("a disabled rule", text, ft.Before(first, rule("allow", "    no enable\n    priority manual 1\n"))),
		ft.Alike("a port range of one", text, ft.Replace("    TCP 25 25\n", "    TCP 25 25\n    exit\nservice-object \"never\" TCP 26 26\nservice-object \"SMTP (Send E-Mail)\"\n    TCP 25 25\n")),
	)
}

// TestEachRule disables and turns each rule that decides.
func TestEachRule(t *testing.T) {
	text := ft.Sample(t, "mailsite.txt")
	ft.Blame(t, "sonicwall", text, 4, ft.OnlyIf("access-rule ", ft.Next("\n    enable\n", "\n    no enable\n")))
	ft.Turned(t, "sonicwall", text, 4, ft.OnlyIf("access-rule ", func(text string, line int) string {
		lines := strings.Split(text, "\n")
		was, is := "action allow", "action deny"
		if strings.Contains(lines[line-1], is) {
			was, is = is, was
		}
		for i := line - 1; i == line-1 || strings.HasPrefix(lines[i], "    "); i++ {
			lines[i] = strings.Replace(lines[i], was, is, 1)
		}
		return strings.Join(lines, "\n")
	}))
}
