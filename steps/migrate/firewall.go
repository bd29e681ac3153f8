package migrate

import "mxodus/steps"

func firewall(p steps.Profile) steps.Step {
	title := "Review and Amend Firewall Rules"
	if p.Track == steps.Archive {
		title = "Review and amend Firewall Rules" // as the article spells it for this track
	}
	s := steps.Step{
		ID:      steps.MigrateFirewall,
		Title:   title,
		Owner:   steps.OwnerTPOC,
		Purpose: "Let the new region through in both directions, and keep the old one as it is.",
		Gates: []steps.Gate{
			after("migrate.firewall.after_authorization", "The move is authorized",
				"Until then the target region may still change", steps.MigrateAuthorization),
		},
		Questions: firewallQuestions(p),
		Checks:    append(own(p, []string{"RANGES"}, "FW-OPEN"), firewallHosts(p)...),
		PhaseTask: steps.TaskOpenRanges,
		Tasks:     firewallTasks,
		Failures:  firewallFailures(p),
		Evidence: []string{
			before(p),
			"A connection to the new region's hosts, from the checks",
		},
		Rollback: back(p) + " The old region was never closed, so mail runs on.",
		Limitations: []string{
			"Mimecast's article on migrations lists Australia's two ranges only; a region's published SPF record may hold more, and those of some regions are not known",
			"Keeping both regions open until the old account is switched off follows from dual journaling and the 90 days (inferred)",
		},
	}
	if p.Hosted() {
		s.Purpose = "Let the new region into your mail platform, and keep the old one as it is."
	}
	return s
}

func firewallQuestions(p steps.Profile) []string {
	if p.Hosted() {
		return []string{"ranges.consented_add", "ranges.consented_drop"}
	}
	return []string{
		"ip.inbound", "ip.outbound", "ip.additional", "firewall.mail_server_internal", steps.QFirewall, "firewall.ruleset", "firewall.outside_interface",
		"ranges.consented_add", "ranges.consented_drop",
	}
}

// before is what is kept of what was let in.
func before(p steps.Profile) string {
	if p.Hosted() {
		return "What your mail platform lets in before and after, exported or noted"
	}
	return "The rules before and after, exported"
}

// back undoes what was let in.
func back(p steps.Profile) string {
	if p.Hosted() {
		return "Put the list of what your mail platform lets in back as it was."
	}
	return "Put the saved rules back."
}

// firewallHosts are the new region's hosts that must be reachable from here.
func firewallHosts(p steps.Profile) []string {
	if p.MovesMail() {
		return []string{"GW-OUT"}
	}
	return []string{"GW-JRN"}
}
