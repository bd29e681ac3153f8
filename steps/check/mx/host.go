package mx

import (
	"net/netip"
	"strings"

	"mxodus/steps/region"
)

// kind says whose host an MX record names.
type kind int

const (
	foreign     kind = iota // not in the table
	planned                 // inbound host of the target region
	maybe                   // under the target's mail domain, but not in the table
	source                  // inbound host of the region the move leaves
	otherRegion             // inbound host of a third region
	outbound                // a host for sending, journaling or POP: never an MX
	microsoft               // tenant host of Microsoft 365
	google                  // Google Workspace
)

// host is what the table and the plan say about a name.
type host struct {
	kind   kind
	region region.Region // of the hosts that are in the table
	use    string        // of outbound hosts: "sending", "journaling", "collecting"
}

// classifyHost looks a host up. Only regions whose inbound hosts are not all
// known make room for maybe; elsewhere the table is the truth.
func classifyHost(name string, target, from region.Region) host {
	if has(target.InboundMX, name) {
		return host{kind: planned, region: target}
	}
	for _, r := range region.All() {
		for use, list := range map[string][]string{
			"sending": r.Outbound, "sending from Microsoft 365": r.OutboundM365, "journaling": r.Journal, "collecting mail": r.POP,
		} {
			if has(list, name) {
				return host{kind: outbound, region: r, use: use}
			}
		}
		if has(r.InboundMX, name) {
			if r.ID == from.ID {
				return host{kind: source, region: r}
			}
			return host{kind: otherRegion, region: r}
		}
	}
	switch {
	case len(target.InboundMX) < 2 && under(name, mailDomain(target)):
		return host{kind: maybe, region: target}
	case under(name, "mail.protection.outlook.com") || under(name, "mx.microsoft"):
		return host{kind: microsoft}
	case under(name, "google.com") || under(name, "googlemail.com"):
		return host{kind: google}
	}
	return host{kind: foreign}
}

// mailDomain is the domain all mail hosts of a region lie under, taken from the
// hosts that are known; empty when none is.
func mailDomain(r region.Region) string {
	for _, list := range [][]string{r.InboundMX, r.Outbound} {
		if len(list) > 0 {
			_, parent, _ := strings.Cut(list[0], ".")
			return strings.ToLower(parent)
		}
	}
	return ""
}

func has(list []string, name string) bool {
	for _, s := range list {
		if strings.EqualFold(s, name) {
			return true
		}
	}
	return false
}

func under(name, parent string) bool {
	return parent != "" && strings.HasSuffix(name, "."+parent)
}

// literal returns the IP address an MX host was meant to be, also when the
// zone's own name was put behind it for want of a last dot.
func literal(name, domain string) (netip.Addr, bool) {
	for _, s := range []string{name, strings.TrimSuffix(name, "."+domain)} {
		if a, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
			return a, true
		}
	}
	return netip.Addr{}, false
}

// dotless returns the host that was meant when a zone file lacked the last
// dot, so that the zone's name was put behind a whole name.
func dotless(name, domain string) (string, bool) {
	meant, ok := strings.CutSuffix(name, "."+domain)
	if !ok {
		return "", false
	}
	for _, r := range region.All() {
		if has(r.InboundMX, meant) || under(meant, mailDomain(r)) {
			return meant, true
		}
	}
	if under(meant, "mail.protection.outlook.com") {
		return meant, true
	}
	return "", false
}

// who describes a host for a reader, e.g. "an inbound host of Australia".
func (h host) who() string {
	switch h.kind {
	case planned:
		return "an inbound host of " + h.region.Name
	case maybe:
		return "under the mail domain of " + h.region.Name + ", but not in the table"
	case source:
		return "an inbound host of " + h.region.Name + ", the region you leave"
	case otherRegion:
		return "an inbound host of " + h.region.Name + ", another region"
	case outbound:
		return "a Mimecast host for " + h.use + " (" + h.region.Name + ")"
	case microsoft:
		return "Microsoft 365 itself"
	case google:
		return "Google itself"
	}
	return "not a host of the region"
}
