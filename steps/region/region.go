// Package region holds the table of Mimecast regions: hosts, address ranges,
// SPF includes and addresses of consoles, each with its source and state of
// knowledge. It is the one table from which instructions are generated and
// against which answers are checked. What it does not hold is not known.
package region

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"net/netip"
	"strings"
	"sync"
)

//go:embed regions.json
var raw []byte

// RangeStatus says how an address range is known.
type RangeStatus string

const (
	// RangeSeed is given by the vendor's migration article itself.
	RangeSeed RangeStatus = "seed"
	// RangeCurrent stood in the newest stored copy of the region's SPF record.
	RangeCurrent RangeStatus = "current"
	// RangeRetired stood in an older copy and is gone from a newer one.
	RangeRetired RangeStatus = "retired"
)

// Range is one published address block of a region.
type Range struct {
	CIDR     netip.Prefix `json:"cidr"`
	First    string       `json:"first,omitempty"`   // first usable address, as the article writes it
	Last     string       `json:"last,omitempty"`    // last usable address
	Netmask  string       `json:"netmask,omitempty"` // dotted quad
	Source   string       `json:"source"`
	Status   RangeStatus  `json:"status"`
	LastSeen string       `json:"last_seen,omitempty"`
	Note     string       `json:"note,omitempty"`
}

// URLs are the web addresses of a region; empty where none is known.
type URLs struct {
	Login        string `json:"login,omitempty"`
	LoginAlt     string `json:"login_alt,omitempty"`
	AdminConsole string `json:"admin_console,omitempty"`
	WebmailSSO   string `json:"webmail_sso,omitempty"`
	API          string `json:"api,omitempty"`
}

// Region is one Mimecast grid. Empty lists mean "unknown, ask Mimecast".
type Region struct {
	ID            string   `json:"id"`
	Name          string   `json:"name"`
	AccountPrefix string   `json:"account_code_prefix"`
	Aliases       []string `json:"aliases"`
	InboundMX     []string `json:"inbound_mx"`
	Outbound      []string `json:"outbound_smtp"`
	OutboundM365  []string `json:"outbound_smtp_m365"`
	Journal       []string `json:"journal"`
	POP           []string `json:"pop"`
	SPFInclude    string   `json:"spf_include"`
	Ranges        []Range  `json:"ip_ranges"`
	URLs          URLs     `json:"urls"`
	TimeZone      string   `json:"time_zone"`
	Note          string   `json:"note"`
	Sources       []string `json:"sources"`
}

// Table is the whole file.
type Table struct {
	SchemaVersion int      `json:"schema_version"`
	Compiled      string   `json:"compiled"` // ISO date
	Caveats       []string `json:"caveats"`
	Global        struct {
		SPFInclude             string   `json:"spf_include"`
		Login                  string   `json:"login"`
		DomainValidationTarget string   `json:"domain_validation_cname_target"`
		WebSecurityDNS         []string `json:"web_security_dns"`
	} `json:"global"`
	Regions []Region `json:"regions"`
}

var load = sync.OnceValue(func() Table {
	var t Table
	if err := json.Unmarshal(raw, &t); err != nil {
		panic("region: embedded table: " + err.Error())
	}
	return t
})

// Data returns the embedded table. The caller must not change it.
func Data() *Table {
	t := load()
	return &t
}

// All returns the regions in the table's order.
func All() []Region { return load().Regions }

// Find returns the region with that id, account-code prefix, name or alias, in
// any case.
func Find(s string) (Region, bool) {
	want := strings.ToLower(strings.TrimSpace(s))
	if want == "" {
		return Region{}, false
	}
	for _, r := range All() {
		if strings.ToLower(r.ID) == want {
			return r, true
		}
	}
	for _, r := range All() {
		names := append([]string{r.Name, r.AccountPrefix}, r.Aliases...)
		for _, n := range names {
			if n != "" && strings.ToLower(n) == want {
				return r, true
			}
		}
	}
	return Region{}, false
}

// IDs lists the ids, for messages that say what is accepted.
func IDs() []string {
	var ids []string
	for _, r := range All() {
		ids = append(ids, r.ID)
	}
	return ids
}

// Parse is Find with an error that says what was expected and what came.
func Parse(s string) (Region, error) {
	r, ok := Find(s)
	if !ok {
		return Region{}, fmt.Errorf("no region %q; the regions are %s", s, strings.Join(IDs(), ", "))
	}
	return r, nil
}

// FromAccountCode returns the region whose prefix starts the account code
// (CUSA1A1 -> us). Longer prefixes win, so CUSB is not read as CUS-anything.
func FromAccountCode(code string) (Region, bool) {
	code = strings.ToUpper(strings.TrimSpace(code))
	var best Region
	for _, r := range All() {
		if p := r.AccountPrefix; p != "" && strings.HasPrefix(code, p) && len(p) > len(best.AccountPrefix) {
			best = r
		}
	}
	return best, best.ID != ""
}

// Prefixes returns the blocks that are not retired.
func (r Region) Prefixes() []netip.Prefix {
	var out []netip.Prefix
	for _, g := range r.Ranges {
		if g.Status != RangeRetired {
			out = append(out, g.CIDR)
		}
	}
	return out
}

// SeedRanges returns the blocks the migration article itself gives; empty for
// regions it does not name.
func (r Region) SeedRanges() []Range {
	var out []Range
	for _, g := range r.Ranges {
		if g.Status == RangeSeed {
			out = append(out, g)
		}
	}
	return out
}

// Usable returns first and last usable host address and the dotted netmask of
// an IPv4 block, computed as the migration article prints them: network and
// broadcast address left out for blocks wider than /31.
func (g Range) Usable() (first, last, mask string) {
	p := g.CIDR.Masked()
	if !p.Addr().Is4() {
		return p.Addr().String(), "", ""
	}
	a := p.Addr().As4()
	n := uint32(a[0])<<24 | uint32(a[1])<<16 | uint32(a[2])<<8 | uint32(a[3])
	m := uint32(0)
	if p.Bits() > 0 {
		m = ^uint32(0) << (32 - p.Bits())
	}
	lo, hi := n, n|^m
	if p.Bits() < 31 {
		lo, hi = lo+1, hi-1
	}
	return quad(lo), quad(hi), quad(m)
}

func quad(n uint32) string {
	return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}).String()
}
