package steps

import (
	"strings"
	"time"
)

// Provenance says where an answer came from.
type Provenance string

// Provenances.
const (
	Typed    Provenance = "typed"
	Detected Provenance = "detected"
	Imported Provenance = "imported"
	Default  Provenance = "default"
)

// Ids of the questions that shape the profile or that the code asks by name.
// All other ids stand in package rfi alone.
const (
	QJourney       = "move.journey"
	QTrack         = "move.track"
	QSource        = "move.source_region"
	QService       = "service.package"
	QTarget        = "company.region"
	QOrg           = "company.name"
	QPrimaryDomain = "company.primary_domain"
	QAccountCode   = "company.account_code"
	QPlatform      = "infra.type"
	QDomains       = "domains"
	QOutboundIPs   = "ip.outbound"
	QInbound       = "ip.inbound"
	QResolvers     = "checks.resolvers" // asked by the checks in the place of the usual ones
	QRuleset       = "firewall.ruleset" // the path of a file, whose content is an attachment
)

// Answer is the present answer to one question. Text is what was typed, kept
// whole even where part of it could not be read; Value is what was understood,
// in canonical form: one line per item for lists, "yes" or "no", an id for a
// choice, 2006-01-02 for a date, RFC 3339 for a time. Value is empty when
// nothing could be read.
type Answer struct {
	Question   string     `json:"question"`
	Text       string     `json:"text"`
	Value      string     `json:"value"`
	Provenance Provenance `json:"provenance"`
	Source     string     `json:"source,omitempty"` // e.g. "SPF record of acme.com, asked at 1.1.1.1"
	Revision   int64      `json:"revision"`         // 1 for the first; 0 means never answered
	By         string     `json:"by,omitempty"`
	At         time.Time  `json:"at,omitzero"`
}

// Answers by question id.
type Answers map[string]Answer

// Value returns the understood value, "" when there is none.
func (a Answers) Value(q string) string { return a[q].Value }

// List returns the items of a list answer.
func (a Answers) List(q string) []string {
	v := a[q].Value
	if v == "" {
		return nil
	}
	return strings.Split(v, "\n")
}

// Yes reports a yes/no question answered yes.
func (a Answers) Yes(q string) bool { return a[q].Value == "yes" }

// Profile reads the profile out of the answers.
func (a Answers) Profile() Profile {
	p := Profile{
		Journey: Journey(a.Value(QJourney)), Target: a.Value(QTarget),
		Platform: Platform(a.Value(QPlatform)),
	}
	switch p.Journey {
	case Connect:
		p.Service = Service(a.Value(QService))
	case Migrate:
		p.Track, p.Source = Track(a.Value(QTrack)), a.Value(QSource)
	}
	return p
}

// AllDomains returns the primary domain and the listed ones, primary first,
// each once.
func (a Answers) AllDomains() []string {
	var out []string
	seen := map[string]bool{}
	for _, d := range append([]string{a.Value(QPrimaryDomain)}, a.List(QDomains)...) {
		if d != "" && !seen[d] {
			seen[d] = true
			out = append(out, d)
		}
	}
	return out
}
