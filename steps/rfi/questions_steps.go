package rfi

import "mxodus/steps"

// The questions here are not part of the Request for Information; later steps
// need them.

func accountQuestions() []Question {
	return []Question{
		{
			ID: "account.code_old", Section: secAccount, Type: Text, Shown: migrate, Required: always, Check: checkOldAccountCode,
			Label:   "What is the code of your present Mimecast account?",
			Why:     "It names the account that is moved, and its first letters show the region it is in.",
			Example: "CUK12A34", Exampled: accountCodeOf(func(p steps.Profile) string { return p.Source }), Help: "Your account manager can tell it.", Source: "Simply Migrate; region page",
		},
		{
			ID: "migrate.addons", Section: secAccount, Type: Checklist, Shown: migrate,
			Label:   "Which add-ons and special settings does your account have?",
			Why:     "Variations and add-ons are planned with support before anything else; one that is named late moves the dates.",
			Example: "Sync & Recover", Help: "One per line.", Source: "Simply Migrate",
		},
		{
			ID: "migrate.authorized_on", Section: secAccount, Type: Date, Shown: migrate,
			Label: labelAuthorized, Check: checkAuthorized,
			Why:     "The formal request starts the planning, and the summary names its day.",
			Example: "2026-11-12", Source: "Simply Migrate",
		},
		{
			ID: "case.number", Section: secAccount, Type: Text,
			Label:   "Under which number does Mimecast run your case?",
			Why:     "Every call and message is found by it; at the end the engineer closes it.",
			Example: "01234567", Help: "Your account manager or engineer can tell it.", Source: "inferred",
		},
		{
			ID: "people.account_manager.name", Section: secAccount, Type: Text,
			Label:   "Who is your account manager at Mimecast?",
			Why:     "Contract, dates and add-ons are agreed with this person.",
			Example: "Alex Morgan", Source: "Simply Migrate",
		},
		{
			ID: "people.account_manager.email", Section: secAccount, Type: Email,
			Label:   "E-mail address of the account manager?",
			Why:     "Messages that mxodus prepares for you are addressed to it.",
			Example: "alex.morgan@vendor.com", Source: "Simply Migrate",
		},
		{
			ID: "people.engineer.name", Section: secAccount, Type: Text,
			Label:   "Who is your engineer at Mimecast?",
			Why:     "On a migration this is the implementation engineer, on the Connect process your contact in the Connect team.",
			Example: "Jordan Ellis", Source: "Simply Migrate; KBID10577",
		},
		{
			ID: "people.engineer.email", Section: secAccount, Type: Email,
			Label:   "E-mail address of the engineer?",
			Why:     "Tests, dates and the sign-off are confirmed to it.",
			Example: "jordan.ellis@vendor.com", Source: "Simply Migrate; KBID10577",
		},
	}
}

func dateQuestions() []Question {
	planned := and(migrate, movesMail)
	return []Question{
		{
			ID: "dates.wanted", Section: secDates, Type: Text,
			Label:   "When would you like the change to be?",
			Why:     "Your account manager plans around it.",
			Example: "First two weeks of December, evenings", Help: "In your own words; name days on which nothing may change.", Source: "inferred",
		},
		{
			ID: "dates.freeze", Section: secDates, Type: DateTime, Check: checkFreeze, Shown: migrate,
			Label:   labelFreeze,
			Why:     "What is changed in the old account after its settings were copied is missing in the new one.",
			Example: "2026-11-30 09:00 Australia/Sydney", Help: "With the zone: its name, or its distance from UTC.", Source: "inferred",
		},
		{
			ID: steps.QOutboundDate, Section: secDates, Type: DateTime, Shown: movesMail, Required: planned, Check: checkOutboundDate,
			Label:   labelOutbound,
			Why:     "Outgoing mail goes first, so that the people you write to become known before their answers come in through Mimecast.",
			Example: "2026-12-01 20:00 Australia/Sydney", Help: "With the zone: its name, or its distance from UTC. All times of the move are then shown by that clock; that of incoming mail comes first.", Source: "Simply Migrate; KBID10577",
		},
		{
			ID: steps.QInboundDate, Section: secDates, Type: DateTime, Shown: movesMail, Required: planned, Check: checkInboundDate,
			Label:   labelInbound,
			Why:     "The lowering of the TTL and the lock-down are counted from it.",
			Example: "2026-12-03 20:00 Australia/Sydney", Help: "With the zone: its name, or its distance from UTC. All times of the move are then shown by that clock; that of incoming mail comes first.", Source: "Simply Migrate; KBID10577",
		},
	}
}

func firewallQuestions() []Question {
	ours := not(func(f steps.Facts) bool { return f.Profile.Hosted() })
	return []Question{
		{
			ID: steps.QFirewall, Section: secFirewall, Type: Choice, Shown: ours, Options: firewallKinds,
			Label:   "Which firewall stands before your mail server?",
			Why:     "So that you are told how to export its rules, and given the new ones in its own syntax.",
			Example: "fortios",
			Help:    "If the mail server filters by itself, choose what filters on it. The check tells the format from the file, whatever is answered here.", Source: "inferred",
		},
		{
			ID: "firewall.ruleset", Section: secFirewall, Type: File, Shown: ours,
			Label:   "Which file holds the rules of your firewall?",
			Why:     "mxodus reads it and proves, range by range and port by port, whether Mimecast gets through in full.",
			Example: "/home/kim/edge-rules.txt",
			Help:    "An export of the firewall in front of the mail server. It is kept with the move; take passwords and keys out of it first.", Source: "inferred",
		},
		{
			ID: "firewall.outside_interface", Section: secFirewall, Type: Text, Shown: ours,
			Label:   "Which interface of the firewall faces the internet?",
			Why:     "Rules often hold for one interface alone. Where the file does not show which one leads outside, the answer stays open.",
			Example: "eth0",
			Help:    "The name as the rules have it, such as eth0, ppp0 or wan. Leave it empty when the check does not ask for it.", Source: "inferred",
		},
		{
			ID: "firewall.mail_server_internal", Section: secFirewall, Type: Host, Shown: ours, rules: rules{private: true, noPort: true},
			Check:   checkInternal,
			Label:   "Which address does the mail server have behind the firewall, if it is another?",
			Why:     "With address translation the rules may name the inner address and not the public one.",
			Example: "10.1.2.25", Help: "A server that has its public address itself: give that address once more, and rules in the firewall's own syntax are written for it.", Source: "inferred",
		},
		{
			ID: "ranges.consented_add", Section: secFirewall, Type: CIDRList, Check: checkAddedRanges,
			Label:   "Which ranges do you allow beyond those in mxodus's table?",
			Why:     "Ranges change. When the region's SPF record names one that the table lacks, it counts once you agree to it here.",
			Example: "192.0.2.0/24", Help: "Only ranges that Mimecast itself publishes or told you. The check of the ranges offers what it found.", Source: "34000659090707",
		},
		{
			ID: "ranges.consented_drop", Section: secFirewall, Type: CIDRList, Check: checkDroppedRanges,
			Label:   "Which ranges of the table do you leave out?",
			Why:     "A range that is dropped too early stops mail, so it is dropped only when you say so.",
			Example: "198.51.100.0/24", Help: "Wait until Mimecast says that the old range may go.", Source: "34000659090707",
		},
		{
			ID: "lockdown.contract_ended", Section: secFirewall, Type: YesNo, Shown: and(connect, movesMail), Required: always,
			Label:   "Has the contract with your previous provider ended, with no mail coming through it any more?",
			Why:     "After the lock-down, mail that still comes that way is lost.",
			Example: "yes", Help: "Yes as well when there was no previous provider.", Source: "DOC-1607",
		},
		{
			ID: "lockdown.exceptions", Section: secFirewall, Type: CIDRList, Shown: and(movesMail, ours), rules: rules{private: true}, Check: checkExceptions,
			Label:   "Who else may reach port 25 after the lock-down?",
			Why:     "Anyone else who can reach it gets round the filter. Those named here are not counted as leaks.",
			Example: "198.51.100.7", Help: "Scanners, relays, monitoring: addresses or ranges, as few as possible.", Source: "DOC-1607",
		},
	}
}

func signoffQuestions() []Question {
	return []Question{
		{
			ID: "signoff.executed_by", Section: secSignoff, Type: Text, Check: checkPerson,
			Default: func(f steps.Facts) string { return f.Answers.Value("contact.tpoc.name") },
			Label:   "Who carried out the tests?",
			Why:     "The summary names who did them.",
			Example: "Kim Tran", Source: "inferred",
		},
		{
			ID: "signoff.overseen_by", Section: secSignoff, Type: Text, Check: checkPerson,
			Label:   "Who looked over them?",
			Why:     "A second pair of eyes; the summary has a place for the name.",
			Example: "Robin Okafor", Source: "inferred",
		},
		{
			ID: "cleanup.inventory", Section: secSignoff, Type: Checklist, Shown: migrate,
			Label:   "Which apps and settings still point to the old region?",
			Why:     "The old account ends 90 days after the sign-off; what was forgotten breaks on that day.",
			Example: "Outlook add-in on all laptops",
			Help:    "One per line: end-user apps, journal rules, SPF, rules and lists with its address ranges, single sign-on, scripts with the API, SIEM.", Source: "Simply Migrate; inferred",
		},
	}
}
