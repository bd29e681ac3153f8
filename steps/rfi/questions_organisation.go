package rfi

import "mxodus/steps"

func moveQuestions() []Question {
	return []Question{
		{
			ID: steps.QJourney, Section: secMove, Type: Choice, Required: always,
			Label: "What kind of move is this?",
			Why:   "A first connection to Mimecast and a move between two Mimecast regions have different steps.",
			Options: these(
				Option{Value: "connect", Label: "Connect", Help: "Your mail is not with Mimecast yet: seven steps, beginning with the Request for Information"},
				Option{Value: "migrate", Label: "Migrate", Help: "You have a Mimecast account and move to another region: nine or eleven steps"},
			),
			Example: "Connect", Help: "It is chosen once: another kind is a new move.", Source: "KBID10577; Simply Migrate",
		},
		{
			ID: steps.QTrack, Section: secMove, Type: Choice, Shown: migrate, Required: migrate,
			Label: "Which Mimecast subscription do you move?",
			Why:   "The subscription decides the steps: Archive has no change of mail flow, Security has no journaling.",
			Options: these(
				Option{Value: "security", Label: "Mimecast Security", Help: "Eleven steps, without journaling"},
				Option{Value: "express", Label: "Mimecast Express", Help: "Eleven steps, with dual journaling"},
				Option{Value: "archive", Label: "Mimecast Archive", Help: "Nine steps: mail flow stays as it is"},
				Option{Value: "enterprise", Label: "Mimecast Enterprise", Help: "Eleven steps, with dual journaling"},
			),
			Example: "Enterprise", Help: "It stands on your contract; your account manager knows it.", Source: "Simply Migrate",
		},
		{
			ID: steps.QSource, Section: secMove, Type: Choice, Shown: migrate, Required: migrate,
			Label:   "Which Mimecast region is your account in now?",
			Why:     "Its hosts and ranges must stay in use until the old account ends.",
			Options: allRegions, Check: checkSourceRegion,
			Example: "Europe (excluding Germany)", Help: "The first letters of your account code tell it, such as CUK or CUSA.", Source: "Simply Migrate",
		},
	}
}

func organisationQuestions() []Question {
	return []Question{
		{
			ID: steps.QOrg, Section: secOrganisation, Type: Text, Required: always, InRFI: true,
			Label:   "What is the name of your organisation?",
			Why:     "The account carries this name, and so do the papers you export.",
			Example: "Acme Pty Ltd", Source: "DOC-1704",
		},
		{
			ID: steps.QPrimaryDomain, Section: secOrganisation, Type: Domain, Required: always, InRFI: true,
			Label: "What is your main e-mail domain?",
			Why:   "Your account is built on it, and the journal address is made from it. A typing error here becomes an error of the account.",
			Check: checkDomains, Example: "acme.com",
			Help: "What stands after the @ in most of your addresses. A web or e-mail address may be pasted: the domain is taken out of it.", Source: "DOC-1704; DOC-2413",
		},
		{
			ID: steps.QService, Section: secOrganisation, Type: Choice, Shown: connect, Required: connect, InRFI: true,
			Label: "Which Mimecast service did you buy?",
			Why:   "It decides the steps: Archiving changes no mail flow, Email Security has no journaling.",
			Options: these(
				Option{Value: "archiving", Label: "Archiving", Help: "Recipient validation and journaling"},
				Option{Value: "email_security", Label: "Email Security", Help: "Mail out and in through Mimecast, and the firewall lock-down"},
				Option{Value: "both", Label: "Archiving and Email Security", Help: "All seven steps"},
			),
			Example: "Both", Help: "It stands on your order.", Source: "34000376433811",
		},
		{
			ID: steps.QTarget, Section: secOrganisation, Type: Choice, Required: always, InRFI: true,
			Label:   "Which Mimecast region is the account in, or will it be in?",
			Why:     "Hosts, address ranges and SPF all follow from it. The region of an account cannot be changed by an administrator afterwards.",
			Options: allRegions, Check: checkTargetRegion, Example: "Australia",
			Help: "The region is where your data lives, not where your people sit.", OnMigrate: "Here it is the region you move to.",
			Source: "DOC-1704",
		},
		{
			ID: steps.QAccountCode, Section: secOrganisation, Type: Text, InRFI: true, Check: checkAccountCode,
			Label:   "What is the code of the Mimecast account?",
			Why:     "Support asks for it first, and its first letters show whether the account is in the right region.",
			Example: "CAU12A34", Exampled: accountCodeOf(func(p steps.Profile) string { return p.Target }),
			Help: "Leave it empty while there is no account; Mimecast sends the code with the account.", OnMigrate: "Here it is the new account.", Source: "region page",
		},
	}
}
