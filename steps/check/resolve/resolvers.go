package resolve

import (
	"fmt"
	"net"
	"net/netip"
	"strings"

	"github.com/miekg/dns"

	"mxodus/steps/check"
)

// System is the name of the resolver the machine itself is set to use.
const System = "system"

var publicResolvers = []string{"1.1.1.1", "8.8.8.8", "9.9.9.9"}

// DefaultResolvers are the machine's own resolver, three public ones and the
// extra ones (host, host:port or [v6]:port), without duplicates. Extra ones
// that cannot be read are left out; use ParseResolver to tell the user.
func DefaultResolvers(extra []string) []check.Resolver {
	var out []check.Resolver
	if r, ok := systemResolver("/etc/resolv.conf"); ok {
		out = append(out, r)
	}
	for _, s := range append(append([]string{}, publicResolvers...), extra...) {
		if r, err := ParseResolver(s); err == nil {
			out = append(out, r)
		}
	}
	return unique(out)
}

// ParseResolver reads "192.0.2.1", "192.0.2.1:5353", "[2001:db8::1]:53" or
// "2001:db8::1".
func ParseResolver(s string) (check.Resolver, error) {
	s = strings.TrimSpace(s)
	if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return check.Resolver{Name: a.String(), Addr: netip.AddrPortFrom(a, 53).String()}, nil
	}
	if ap, err := netip.ParseAddrPort(s); err == nil && ap.Port() != 0 {
		name := ap.String()
		if ap.Port() == 53 {
			name = ap.Addr().String()
		}
		return check.Resolver{Name: name, Addr: ap.String()}, nil
	}
	return check.Resolver{}, fmt.Errorf("resolver %q: expected an IP address, or address:port, e.g. 192.0.2.53 or 192.0.2.53:5353", s)
}

// systemResolver is the first server the file names. On systems without the
// file there is none, and the public ones are asked alone.
func systemResolver(path string) (check.Resolver, bool) {
	conf, err := dns.ClientConfigFromFile(path)
	if err != nil {
		return check.Resolver{}, false
	}
	for _, s := range conf.Servers {
		if a, err := netip.ParseAddr(s); err == nil {
			return check.Resolver{Name: System, Addr: net.JoinHostPort(a.Unmap().String(), conf.Port)}, true
		}
	}
	return check.Resolver{}, false
}

func unique(in []check.Resolver) []check.Resolver {
	var out []check.Resolver
	seen := map[string]bool{}
	for _, r := range in {
		if !seen[r.Addr] {
			seen[r.Addr] = true
			out = append(out, r)
		}
	}
	return out
}
