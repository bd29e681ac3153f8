package firewall

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/region"
)

// Kind says why a range is looked at.
type Kind string

// Kinds of ranges. Named ones stand in the vendor's migration article,
// published ones in the region's SPF record, extra ones were consented to by
// the user; all three must be open. Other ones belong to the region a move
// leaves: wanted during the move, no leak. Retired ones are gone from newer
// records: harmless until the user is told otherwise.
const (
	Named     Kind = "named"
	Published Kind = "published"
	Extra     Kind = "extra"
	Other     Kind = "other_region"
	Retired   Kind = "retired"
)

// Required reports whether ranges of a kind must be open.
func (k Kind) Required() bool { return k == Named || k == Published || k == Extra }

// Range is one block of addresses of the provider.
type Range struct {
	CIDR   netip.Prefix
	Kind   Kind
	Region string // id
}

// CheckOptions say what is asked of a ruleset.
type CheckOptions struct {
	Format  string    // "" finds it from the content
	Now     time.Time // rules that ended before have expired; zero leaves them undecided
	Region  string    // for texts
	Ranges  []Range
	Servers []netip.Addr // of the mail servers, public or internal; every one must be proven
	// Inside are addresses by which the firewall may know a mail server whose
	// public address another device translates before it: one that the file
	// names stands for public ones that it does not.
	Inside []netip.Addr
	// Senders are further addresses that mail leaves from, beside the servers':
	// what outgoing mail needs is asked for each of them.
	Senders []netip.Addr
	// Directory are the addresses of the directory server, which ports of the
	// directory are asked for. Where there are none, that cannot be told;
	// AskDirectory then says where to give them.
	Directory    []netip.Addr
	AskDirectory string
	Beside       bool // another file answers for the directory
	Needs        []check.PortNeed
	Lockdown     bool           // also ask who else reaches the mail server on 25
	Exceptions   []netip.Prefix // sources that may
	Interface    string         // that faces the internet; "" finds it or covers all
	Whole        bool           // a file of rules to be added is taken for all rules of a firewall; else it proves nothing
	Path         string         // "in": the file is of the mail server itself; "fwd": of a firewall before it; "" finds it
	KeepOther    bool           // the region left must stay open as well
	// Elsewhere lists ids of needs whose local end need not be the mail server:
	// any host that the rules let through will do.
	Elsewhere []string

	trial bool // the fixes of another report are in place

	// stopped is the error of a run that was cancelled; nil asks nobody. step is
	// told what is asked, how many questions are answered and how many there are.
	stopped func() error
	step    func(what string, done, total int)
}

// RegionRanges lists the ranges of the region moved to, and of the one left
// (zero for none).
func RegionRanges(target, source region.Region) []Range {
	var out []Range
	for _, g := range target.Ranges {
		k := Published
		switch g.Status {
		case region.RangeSeed:
			k = Named
		case region.RangeRetired:
			k = Retired
		}
		out = append(out, Range{g.CIDR.Masked(), k, target.ID})
	}
	for _, g := range source.Ranges {
		k := Other
		if g.Status == region.RangeRetired {
			k = Retired
		}
		out = append(out, Range{g.CIDR.Masked(), k, source.ID})
	}
	return out
}

// DefaultNeeds are mail in and mail out.
func DefaultNeeds() []check.PortNeed { return NeedsFor([]uint16{25}) }

// NeedsFor turns ports into needs, each in the direction that the vendor's
// firewall matrix has it: 25 both ways; 443 and 587 out; all others in.
func NeedsFor(ports []uint16) []check.PortNeed {
	var out []check.PortNeed
	for _, p := range ports {
		name := portName(p)
		n := check.PortNeed{ID: "port-" + strconv.Itoa(int(p)), Proto: "tcp", Port: p}
		switch p {
		case 25:
			out = append(out,
				check.PortNeed{ID: "smtp-in", Label: "mail in 25", In: true, Proto: "tcp", Port: 25},
				check.PortNeed{ID: "smtp-out", Label: "mail out 25", Proto: "tcp", Port: 25})
			continue
		case 443, 587:
			n.Label = fmt.Sprintf("%s out %d", name, p)
		default:
			n.In = true
			n.Label = fmt.Sprintf("%s in %d", name, p)
		}
		out = append(out, n)
	}
	return out
}

func portName(p uint16) string {
	if slices.Contains(DirectoryPorts(), p) {
		return "directory"
	}
	switch p {
	case 443:
		return "https"
	case 587:
		return "mail"
	case 110, 995:
		return "journal"
	}
	return "port"
}
