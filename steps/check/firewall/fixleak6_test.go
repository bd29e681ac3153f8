package firewall

import (
	"net/netip"
	"strings"
	"testing"
)

// TestALeakOfAFamilyWithoutRanges: no range of the region is IPv6, so what
// shuts a leak over IPv6 lets in nobody, and holds once it is in place.
func TestALeakOfAFamilyWithoutRanges(t *testing.T) {
	server := netip.MustParseAddr("2001:db8:5:30::25")
	opt := CheckOptions{
		Region: "au", Ranges: seedRanges(), Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25"), server}, Lockdown: true,
	}
	nft := "table inet filter {\n\tchain input {\n\t\ttype filter hook input priority filter; policy drop;\n\t\tct state established,related accept\n" +
		"\t\tip saddr { 103.13.69.0/24, 124.47.150.0/24 } tcp dport 25 accept\n\t\tip6 daddr 2001:db8:5:30::25 tcp dport 25 accept\n\t}\n}\n"
	rep, err := CheckFile("", []byte(nft), opt)
	if err != nil || len(rep.Leaks) == 0 {
		t.Fatalf("%v\n%s", err, rep.Text())
	}
	fix := rep.Leaks[0].Fix
	if strings.Contains(fix.Copy, "accept") || !strings.Contains(fix.Copy, "drop") || !strings.Contains(fix.Text, "No allowed range") {
		t.Errorf("%s\n%s", fix.Text, fix.Copy)
	}
	after, err := CheckFile("", []byte(nft+fix.Copy+"\n"), opt)
	if err != nil || after.Lockdown == nil || after.Lockdown.Verdict != Proven {
		t.Errorf("%v\n%s\n%s", err, fix.Copy, after.Text())
	}
}
