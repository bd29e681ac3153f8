package srx_test

import (
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// TestWithExceptAndWithout: which of the two holds for one network is not
// documented, so the term is met perhaps; a narrower network still decides.
func TestWithExceptAndWithout(t *testing.T) {
	text := `set policy-options prefix-list one 192.0.2.0/24
set policy-options prefix-list two 192.0.2.0/24
set firewall family inet filter f term t from source-prefix-list one
set firewall family inet filter f term t from source-prefix-list two except
set firewall family inet filter f term t then accept
set firewall family inet filter g term t from source-address 192.0.2.0/24
set firewall family inet filter g term t from source-address 192.0.2.0/25 except
set firewall family inet filter g term t then accept
`
	ask := func(list, src string) firewall.Probe {
		return firewall.Probe{ACL: "filter " + list, Src: src, Dst: "203.0.113.9", Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(25)}
	}
	run(t, text, []asked{
		{"one network both ways", ask("f", "192.0.2.9"), "unknown", 3, "with except and without"},
		{"the narrower one", ask("g", "192.0.2.9"), "deny", 0, ""},
		{"the wider one", ask("g", "192.0.2.200"), "permit", 6, ""},
	})
}
