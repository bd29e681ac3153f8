package nft_test

import (
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

const bridgeTable = `table bridge filter {
	chain forward {
		type filter hook forward priority filter; policy drop;
		ether type arp accept
		ct state established,related accept
		iifname "eth0" oifname "eth1" ip daddr 203.0.113.25 tcp dport 25 ip saddr { 103.13.69.0/24, 124.47.150.0/24 } accept
		iifname "eth1" oifname "eth0" accept
	}
}
`

// TestBridge: rules for what passes between the ports of a bridge are not read,
// which is said, and leave open what passes by them.
func TestBridge(t *testing.T) {
	const routed = "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy accept;\n\t}\n\tchain forward {\n\t\ttype filter hook forward priority filter; policy drop;\n\t\tip daddr 203.0.113.25 accept\n\t}\n}\n"
	empty := "table bridge filter {\n\tchain FORWARD {\n\t\ttype filter hook forward priority filter; policy accept;\n\t}\n}\n"
	for _, c := range []struct {
		name, text, dst, dir, want, why string
	}{
		{"alone", bridgeTable, "203.0.113.25", "fwd", "unknown", "bridge filter"},
		{"with rules of the host", bridgeTable + routed, "203.0.113.25", "fwd", "unknown", "bridge filter"},
		{"what those refuse", bridgeTable + routed, "203.0.113.26", "fwd", "deny", ""},
		{"to the host", bridgeTable + routed, "203.0.113.2", "in", "permit", ""},
		{"for what comes in to the host", strings.Replace(bridgeTable, "hook forward", "hook input", 1) + routed, "203.0.113.2", "in", "unknown", "bridge filter"},
		{"empty, as ebtables leaves it", empty + routed, "203.0.113.25", "fwd", "permit", ""},
		{"empty, but drops", strings.Replace(empty, "accept", "drop", 1) + routed, "203.0.113.25", "fwd", "unknown", "bridge filter"},
		{"over IPv6", bridgeTable, "2001:db8::25", "fwd", "unknown", "bridge filter"},
	} {
		t.Run(c.name, func(t *testing.T) {
			src := "103.13.69.7"
			if strings.Contains(c.dst, ":") {
				src = "2001:db8:1::7"
			}
			v := ft.Ask(t, "nft", c.text, firewall.Probe{Dir: c.dir, Src: src, Dst: c.dst, Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(25)})
			if v.Verdict != c.want || !strings.Contains(v.Why, c.why) {
				t.Errorf("got %+v, want %s because %q", v, c.want, c.why)
			}
		})
	}
	r := ft.Check(t, bridgeTable, ft.Options("203.0.113.25"))
	if r.Verdict != firewall.CannotTell || !strings.Contains(r.Text(), "Table bridge filter (line 1) is not read") || strings.Contains(r.Text(), "Proven") {
		t.Errorf("%s\n%s", r.Verdict, r.Text())
	}
	set, err := firewall.Read("", []byte(empty+routed), "nft")
	if err != nil || strings.Contains(strings.Join(set.Notes, " "), "bridge") {
		t.Errorf("%v %q", err, set.Notes)
	}
}
