// Package steps is the domain of mxodus: moves, plans, steps, answers, gates
// and statuses. It is pure: it draws nothing, stores nothing and opens no
// socket. Packages below it hold the two journeys, the questions, the checks
// and the summary; store and ui are built around it.
package steps

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/region"
)

// Journey is the kind of move.
type Journey string

// Journeys.
const (
	Connect Journey = "connect"
	Migrate Journey = "migrate"
)

// Service is what was bought, on the Connect journey.
type Service string

// Services.
const (
	Archiving     Service = "archiving"
	EmailSecurity Service = "email_security"
	Both          Service = "both"
)

// Track is the subscription that shapes a Migrate journey.
type Track string

// Tracks.
const (
	Security   Track = "security"
	Express    Track = "express"
	Archive    Track = "archive"
	Enterprise Track = "enterprise"
)

// Platform is the kind of mail system the customer runs.
type Platform string

// Platforms (RFI field infra.type).
const (
	M365         Platform = "m365"
	Google       Platform = "google"
	OnPrem       Platform = "on_prem"
	HybridM365   Platform = "hybrid_m365"
	HybridGoogle Platform = "hybrid_google"
	Other        Platform = "other"
)

// Values of the profile enumerations, in the order they are offered.
var (
	Journeys  = []Journey{Connect, Migrate}
	Services  = []Service{Archiving, EmailSecurity, Both}
	Tracks    = []Track{Security, Express, Archive, Enterprise}
	Platforms = []Platform{M365, Google, OnPrem, HybridM365, HybridGoogle, Other}
)

// Profile is the few answers that shape the plan. Regions are ids of package
// region; Source is empty on a Connect journey.
type Profile struct {
	Journey  Journey  `json:"journey"`
	Service  Service  `json:"service,omitempty"`
	Track    Track    `json:"track,omitempty"`
	Source   string   `json:"source,omitempty"`
	Target   string   `json:"target,omitempty"`
	Platform Platform `json:"platform,omitempty"`
}

// Validate reports the first value that does not fit, saying what is accepted.
// A missing region or platform is allowed: it is asked later.
func (p Profile) Validate() error {
	if !slices.Contains(Journeys, p.Journey) {
		return oneOf("journey", string(p.Journey), Journeys)
	}
	if p.Journey == Connect && !slices.Contains(Services, p.Service) {
		return oneOf("service", string(p.Service), Services)
	}
	if p.Journey == Migrate && !slices.Contains(Tracks, p.Track) {
		return oneOf("track", string(p.Track), Tracks)
	}
	if p.Platform != "" && !slices.Contains(Platforms, p.Platform) {
		return oneOf("platform", string(p.Platform), Platforms)
	}
	for _, id := range []string{p.Source, p.Target} {
		if id != "" {
			if _, err := region.Parse(id); err != nil {
				return err
			}
		}
	}
	if p.Journey == Migrate && p.Source != "" && p.Source == p.Target {
		return fmt.Errorf("source and target are both %q; a migration goes from one region to another", p.Source)
	}
	return nil
}

func oneOf[T ~string](what, got string, accepted []T) error {
	var names []string
	for _, a := range accepted {
		names = append(names, string(a))
	}
	if got == "" {
		return fmt.Errorf("no %s given; it is one of %s", what, strings.Join(names, ", "))
	}
	return fmt.Errorf("no %s %q; it is one of %s", what, got, strings.Join(names, ", "))
}

// Archives reports whether mail is archived, so that journaling is part of the
// move. Of the tracks only Security lacks it (migration article).
func (p Profile) Archives() bool {
	if p.Journey == Connect {
		return p.Service != EmailSecurity
	}
	return p.Track != Security
}

// MovesMail reports whether outbound and inbound mail flow changes: not for
// Archiving (Connect) and Archive (Migrate).
func (p Profile) MovesMail() bool {
	if p.Journey == Connect {
		return p.Service != Archiving
	}
	return p.Track != Archive
}

// Hosted reports whether mail is received by a provider's cloud alone, so that
// there is no ruleset of the customer's own in front of the mail server.
func (p Profile) Hosted() bool { return p.Platform == M365 || p.Platform == Google }

// OwnServers reports whether the customer runs mail servers of their own.
func (p Profile) OwnServers() bool {
	switch p.Platform {
	case OnPrem, HybridM365, HybridGoogle, Other:
		return true
	}
	return false
}
