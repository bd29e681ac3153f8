package srx_test

import (
	"regexp"
	"strings"
	"testing"

	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestMeaning writes a configuration in other ways that mean the same.
func TestMeaning(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	const (
		policy = "set security policies from-zone untrust to-zone dmz policy "
		out    = "set security policies from-zone dmz to-zone untrust policy mail-out match source-address exchange\n"
		second = "set security address-book global address gateway-2 range-address 124.47.150.0 to 124.47.150.255\n"
	)
	all := func(name, action string) string {
		return policy + name + " match source-address any\n" + policy + name + " match destination-address any\n" + policy + name + " match application any\n" + policy + name + " then " + action + "\n"
	}
	ft.Meaning(t, "srx",
		ft.Alike("objects renamed", text, ft.Both(ft.All("gateway-1", "filter-1"), ft.All(" gateways", " filters"), ft.All("more", "others"), ft.All("exchange-25", "pool-b"))),
		ft.Alike("policies renamed", text, ft.All("gateway-in", "mail-in")),
		ft.Alike("a network in two halves", text, ft.Replace("address gateway-1 103.13.69.0/24\n", "address gateway-1 103.13.69.0/25\nset security address-book global address gateway-3 103.13.69.128/25\nset security address-book global address-set gateways address gateway-3\n")),
		ft.Alike("a range as a network", text, ft.Replace(second, "set security address-book global address gateway-2 124.47.150.0/24\n")),
		ft.Alike("a set in a set written out", text, ft.Replace("address-set gateways address-set more\n", "address-set gateways address gateway-2\n")),
		ft.Alike("a set written out in a policy", text, ft.Replace("match source-address gateways\n", "match source-address [ gateway-1 gateway-2 ]\n")),
		ft.Alike("two policies for one", text, ft.Replace(policy+"gateway-in match source-address gateways\n", ""+
			policy+"gateway-0 match source-address gateway-2\n"+policy+"gateway-0 match destination-address exchange\n"+policy+"gateway-0 match application junos-smtp\n"+policy+"gateway-0 then permit\n"+
			policy+"gateway-in match source-address gateway-1\n")),
		ft.Alike("comments and blank lines", text, ft.Lines("set security policies", func(l string) string { return "\n# a comment\n" + l })),
		ft.Alike("policies after a final one", ft.Before(out, all("last", "deny"))(t, text), ft.Before(out, all("late", "permit"))),
		ft.Alike("a policy that is not active", text, ft.Both(ft.Before(policy+"gateway-in match source-address", all("off", "permit")), ft.Append("deactivate "+policy[4:]+"off\n"))),
		ft.Alike("a policy that is deleted", text, ft.Both(ft.Before(policy+"gateway-in match source-address", all("off", "permit")), ft.Append("delete "+policy[4:]+"off\n"))),
		ft.Alike("pairs of zones exchanged", text, func(t testing.TB, text string) string {
			i, j, k := strings.Index(text, policy), strings.Index(text, out), strings.Index(text, "set security policies global")
			return text[:i] + text[j:k] + text[i:j] + text[k:]
		}),
		ft.Alike("an application written out", text, ft.Both(ft.Replace("match application junos-smtp", "match application smtp-25"), ft.Append("set applications application smtp-25 protocol tcp\nset applications application smtp-25 destination-port 25\n"))),
	)
}

// TestEachRule takes out of use and turns each policy that decides.
func TestEachRule(t *testing.T) {
	text := ft.Sample(t, "mail.set")
	path := regexp.MustCompile(`^set (security policies (?:from-zone \S+ to-zone \S+|global) policy \S+) `)
	name := func(text string, line int) string {
		m := path.FindStringSubmatch(strings.Split(text, "\n")[line-1])
		if m == nil {
			return ""
		}
		return m[1]
	}
	ft.Blame(t, "srx", text, 3, func(text string, line int) string {
		if name(text, line) == "" {
			return ""
		}
		return text + "deactivate " + name(text, line) + "\n"
	})
	ft.Turned(t, "srx", text, 3, func(text string, line int) string {
		at := "set " + name(text, line) + " then "
		if strings.Contains(text, at+"permit") {
			return strings.Replace(text, at+"permit", at+"deny", 1)
		}
		if strings.Contains(text, at+"reject") {
			return strings.Replace(text, at+"reject", at+"permit", 1)
		}
		return ""
	})
}
