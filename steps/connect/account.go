package connect

import "mxodus/steps"

func account(p steps.Profile) steps.Step {
	s := steps.Step{
		ID:      steps.ConnectAccount,
		Title:   "Mimecast Account configuration",
		Owner:   steps.OwnerMimecast,
		Purpose: "Mimecast builds your account from the form; you check it, prove your domains and open your firewall meanwhile.",
		Gates: []steps.Gate{
			after("connect.account.after_rfi", "The form is sent",
				"The account is built from the form; what is missing there is missing in the account", steps.ConnectRFI),
		},
		Questions: append([]string{
			"company.account_code", "case.number", "people.account_manager.name", "people.account_manager.email",
			"people.engineer.name", "people.engineer.email",
		}, firewallQuestions(p)...),
		PhaseTask: accountPhase(p),
		Checks:    own(p, []string{"RANGES"}, "FW-OPEN"),
		Tasks:     accountTasks,
		Failures:  accountFailures(p),
		Evidence: []string{
			"The account code, and the day of your first sign-in",
			"A note or screenshot of authorized outbounds and internal domains in the console",
		},
		Rollback: "Wrong settings are corrected through the Connect team. The ranges you opened can be closed again: put the saved rules back.",
		WaitsFor: "Mimecast builds your account",
		Limitations: []string{
			"The region of an account and the time zone of its console cannot be changed by administrators",
			"A new authorized outbound takes up to two hours to work",
			"A domain can be registered in one Mimecast account only",
		},
	}
	if p.Hosted() { // there is no firewall of the customer's own to open
		s.Purpose = "Mimecast builds your account from the form; you check it, and prove your domains meanwhile."
		s.Rollback = "Wrong settings are corrected through the Connect team."
	}
	return s
}

func firewallQuestions(p steps.Profile) []string {
	if p.Hosted() {
		return nil
	}
	return []string{"ip.inbound", "firewall.mail_server_internal", steps.QFirewall, "firewall.ruleset", "firewall.outside_interface", "ranges.consented_add", "ranges.consented_drop"}
}

// accountPhase is the opening of the ranges where the customer has a firewall.
func accountPhase(p steps.Profile) string {
	if p.Hosted() {
		return ""
	}
	return steps.TaskOpenRanges
}
