package resolve

import (
	"fmt"
	"net/netip"
	"strings"

	"github.com/miekg/dns"
	"golang.org/x/net/idna"
)

var lookup = idna.New(idna.MapForLookup(), idna.BidiRule(), idna.StrictDomainName(false))

// Name is a domain name as it is asked for: ASCII (A-labels), lower case, no
// last dot. The error says what is wrong with the name.
func Name(s string) (string, error) {
	n := strings.TrimSuffix(strings.TrimSpace(s), ".")
	if n == "" {
		return "", fmt.Errorf("empty domain name")
	}
	if strings.ContainsAny(n, "/@:\\ \t\r\n") {
		return "", fmt.Errorf("%q is not a domain name: expected something like example.com", s)
	}
	if !ascii(n) {
		a, err := lookup.ToASCII(n)
		if err != nil {
			return "", fmt.Errorf("%q is not a domain name: %w", s, err)
		}
		n = a
	}
	n = lower(n)
	if len(n) > 253 {
		return "", fmt.Errorf("the domain name is %d characters long; 253 is the limit", len(n))
	}
	for _, label := range strings.Split(n, ".") {
		if label == "" {
			return "", fmt.Errorf("%q has two dots in a row or begins with one", s)
		}
		if len(label) > 63 {
			return "", fmt.Errorf("a part of %q is %d characters long; 63 is the limit", s, len(label))
		}
		for _, c := range []byte(label) {
			if !(c >= 'a' && c <= 'z' || digit(c) || c == '-' || c == '_') {
				return "", fmt.Errorf("%q is not a domain name: %q cannot stand in one", s, c)
			}
		}
	}
	return n, nil
}

// fqdn is the absolute form for the wire. Names that came out of an answer may
// hold escapes, so they are not held to the rules of Name.
func fqdn(name string) (string, bool) {
	if name == "" {
		return "", false
	}
	n := dns.Fqdn(name)
	_, ok := dns.IsDomainName(n)
	return n, ok
}

func ascii(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}

var (
	shared100 = netip.MustParsePrefix("100.64.0.0/10") // RFC 6598
	thisNet   = netip.MustParsePrefix("0.0.0.0/8")     // RFC 1122
	reserved  = netip.MustParsePrefix("240.0.0.0/4")   // RFC 1112
	uniqueLoc = netip.MustParsePrefix("fc00::/7")      // RFC 4193
)

// Special says why mail from the internet cannot reach an address, e.g. "a
// private address (RFC 1918)"; empty for an address that can be reached.
func Special(a netip.Addr) string {
	a = a.Unmap()
	switch {
	case !a.IsValid():
		return "not an address"
	case a.IsLoopback():
		return "a loopback address: it means the asking machine itself"
	case a.IsUnspecified() || a.Is4() && thisNet.Contains(a):
		return "an unspecified address"
	case a.Is6() && uniqueLoc.Contains(a):
		return "a private address (RFC 4193)"
	case a.IsPrivate():
		return "a private address (RFC 1918)"
	case a.IsLinkLocalUnicast():
		return "a link-local address"
	case a.IsMulticast():
		return "a multicast address"
	case a.Is4() && shared100.Contains(a):
		return "a carrier's shared address (RFC 6598)"
	case a.Is4() && reserved.Contains(a):
		return "a reserved address"
	}
	return ""
}
