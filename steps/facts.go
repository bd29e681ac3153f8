package steps

import (
	"slices"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/region"
)

// Facts are the TPOC's own values as texts need them: tasks, guidance and
// records are filled from Facts alone. Unknown values are empty; texts then
// say "unknown, ask Mimecast" or name the question to answer.
type Facts struct {
	Org     string
	Domain  string // primary
	Domains []string
	Profile Profile
	Target  region.Region // zero when not chosen
	Source  region.Region // zero on Connect
	Answers Answers
	Now     time.Time
	// MXBefore are the MX records as recorded before the change, by domain;
	// set by Snapshot.Facts only.
	MXBefore map[string][]check.MX
	// OldRegionRules are the commands or lines by which the ruleset that was
	// checked last stops letting in the region that was left; empty when not
	// known. Set by Snapshot.Facts only.
	OldRegionRules string
	Demo           bool // a move of the demonstration; set by Snapshot.Facts
	// OutboundAt and InboundAt are when outgoing mail was switched and the MX
	// records were changed, as ticked; zero before. Set by Snapshot.Facts only.
	OutboundAt, InboundAt time.Time
}

// ChangeAt is when the change of an agreed date (QOutboundDate, QInboundDate)
// comes or came: done says that it is ticked, and then the time of the tick
// counts, whatever was planned. Zero when neither is known.
func (f Facts) ChangeAt(question string) (at time.Time, done bool) {
	switch ticked := map[string]time.Time{QOutboundDate: f.OutboundAt, QInboundDate: f.InboundAt}[question]; {
	case !ticked.IsZero():
		return ticked.In(f.Zone()), true
	default:
		at, _ = f.Answers.Moment(question, f.Zone())
		return at, false
	}
}

// NewFacts gathers the facts of a move at a time.
func NewFacts(a Answers, now time.Time) Facts {
	p := a.Profile()
	f := Facts{
		Org: a.Value(QOrg), Domain: a.Value(QPrimaryDomain), Domains: a.AllDomains(),
		Profile: p, Answers: a, Now: now,
	}
	f.Target, _ = region.Find(p.Target)
	f.Source, _ = region.Find(p.Source)
	if f.Org == "" {
		f.Org = f.Domain
	}
	return f
}

// Receiving are the domains that receive mail: all but those whose direction
// answer says that they only send. What is done and checked about MX records is
// about these.
func (f Facts) Receiving() []string { in, _ := f.directions(); return in }

// SendOnly are the domains whose direction answer says that they only send.
func (f Facts) SendOnly() []string { _, out := f.directions(); return out }

func (f Facts) directions() (receive, sendOnly []string) {
	only := map[string]bool{}
	for _, line := range f.Answers.List("domains.direction") {
		domain, direction, _ := strings.Cut(line, " ")
		if strings.HasPrefix(strings.TrimSpace(direction), "send_only") {
			only[domain] = true
		}
	}
	for _, d := range f.Domains {
		if only[d] {
			sendOnly = append(sendOnly, d)
		} else {
			receive = append(receive, d)
		}
	}
	return receive, sendOnly
}

// ProofDomains are the domains whose ownership is proved: all but those under
// another domain of the move, which its proof covers.
func (f Facts) ProofDomains() []string {
	var out []string
	for _, d := range f.Domains {
		if !slices.ContainsFunc(f.Domains, func(other string) bool { return strings.HasSuffix(d, "."+other) }) {
			out = append(out, d)
		}
	}
	return out
}

// LowTTL is the TTL in seconds of MX records while they change. No vendor page
// seen gives a number; it is common practice.
const LowTTL = 300

// TTLIsLow reports that the MX records of every receiving domain were recorded
// with a TTL that need not be lowered any more.
func (f Facts) TTLIsLow() bool {
	for _, d := range f.Receiving() {
		if set := f.MXBefore[d]; len(set) == 0 || maxTTL(set) > LowTTL {
			return false
		}
	}
	return len(f.Receiving()) > 0
}

// JournalAddress is the answer, or the vendor's default for the primary domain
// (journaling@journal.DOMAIN; accounts provisioned after 26 March 2015), or ""
// when no domain is known.
func (f Facts) JournalAddress() string {
	if v := f.Answers.Value("journal.address"); v != "" {
		return v
	}
	if f.Domain == "" {
		return ""
	}
	return "journaling@journal." + f.Domain
}

// PullsJournal reports that Mimecast fetches journal copies over POP3 from a
// mailbox on a server of the customer. A hosted platform has no such way,
// whatever was answered before it was chosen.
func (f Facts) PullsJournal() bool {
	return f.Answers.Value("journal.method") == "pop3" && !f.Profile.Hosted()
}

// SmartHosts are the hosts mail is sent out through: the target region's own
// pair for Microsoft 365 on that platform, else its outbound pair. Empty means
// unknown.
func (f Facts) SmartHosts() []string {
	if (f.Profile.Platform == M365 || f.Profile.Platform == HybridM365) && len(f.Target.OutboundM365) > 0 {
		return f.Target.OutboundM365
	}
	if f.Profile.Platform == M365 {
		return nil // the M365 pair of this region is not known; do not offer another
	}
	return f.Target.Outbound
}
