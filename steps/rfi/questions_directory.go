package rfi

import "mxodus/steps"

// ldap holds when Mimecast connects to a directory of the customer.
var ldap = is("rv.method", "directory_ldap", "domino_ldap")

func directoryQuestions() []Question {
	return []Question{
		{
			ID: "rv.method", Section: secDirectory, Type: Choice, Required: always, InRFI: true,
			Label:   "How will Mimecast learn which addresses exist?",
			Why:     "Mail for addresses it does not know is refused once mail comes in through Mimecast.",
			Options: recipientMethods, Example: "Import of a spreadsheet",
			Help: "A directory sync keeps itself up to date; the others are kept up by hand.", Source: "34000791294355",
		},
		{
			ID: "rv.check", Section: secDirectory, Type: PerDomain, Required: always, InRFI: true, Check: checkInboundCheck,
			Label:   "Which addresses are accepted for each domain?",
			Why:     "Too strict, and mail for real people is refused; too loose, and mail for nobody is taken in.",
			Options: checkOptions, Example: "acme.com Known recipients",
			Help: "One domain on each line, then its choice. A line with a choice alone is for all other domains.", Source: "34000546468371",
		},
		{
			ID: "dir.host", Section: secDirectory, Type: Host, InRFI: true, Shown: ldap, Required: always,
			rules: rules{private: true, noPort: true}, Check: checkDirectoryHost,
			Label:   "At which host or address is the directory reached from outside?",
			Why:     "Mimecast connects to it from the ranges of your region, three times a day.",
			Example: "ldap.acme.com",
			Help:    "The public name or address that your firewall passes on to the directory server.", Source: "34000375721107",
		},
		{
			ID: "dir.tls", Section: secDirectory, Type: YesNo, InRFI: true, Shown: ldap, Required: always,
			Default: fixed("yes"), Check: checkDirectoryTLS,
			Label:   "Is the connection to the directory encrypted?",
			Why:     "Without TLS, names and the service password cross the internet readable.",
			Example: "yes", Help: "TLS is recommended: LDAPS on port 636.", Source: "34000375721107",
		},
		{
			ID: "dir.port", Section: secDirectory, Type: Number, InRFI: true, Shown: ldap, Required: always,
			rules: rules{min: 1, max: 65535}, Default: defaultDirectoryPort, Check: checkDirectoryPort,
			Label:   "On which port?",
			Why:     "The firewall must let Mimecast in on it.",
			Example: "636", Help: "636 with TLS and 389 without, unless your directory uses another.", Source: "34000375721107",
		},
		{
			ID: "dir.base_dn", Section: secDirectory, Type: Text, InRFI: true, Shown: ldap, Required: always, Check: checkBaseDN,
			Label:   "What is the root DN of the directory?",
			Why:     "Mimecast looks for users below it; too deep, and some are not found.",
			Example: "DC=acme,DC=com", Source: "34000375721107",
		},
		{
			ID: "dir.user", Section: secDirectory, Type: Text, InRFI: true, Shown: ldap, Required: always, Check: checkDirectoryUser,
			Label:   "With which account does Mimecast read the directory?",
			Why:     "An account that can read only, with a password that does not expire: when it expires, the list of users grows old.",
			Example: "svc-mimecast@acme.com",
			Help:    "The name alone. The password belongs in Mimecast's console and nowhere else; mxodus never keeps it.", Source: "34000375721107",
		},
	}
}

func defaultDirectoryPort(f steps.Facts) string {
	if f.Answers.Value("dir.tls") == "no" {
		return "389"
	}
	return "636"
}

func journalQuestions() []Question {
	return []Question{
		{
			ID: "journal.method", Section: secJournal, Type: Choice, InRFI: true, Shown: archives, Required: always,
			Default: fixed("smtp"),
			Label:   "How does internal mail reach the archive?",
			Why:     "Journaling copies each message to Mimecast; ports and settings follow from how they travel.",
			Options: journalMethods, Example: "SMTP", Source: "DOC-2413; DOC-1475",
		},
		{
			ID: "journal.address", Section: secJournal, Type: Email, InRFI: true, Shown: archives, Required: always,
			Default: defaultJournalAddress, Check: checkJournalAddress,
			Label:   "Which journal address does the account have?",
			Why:     "Journal copies are sent to it. A wrong one means a gap in the archive.",
			Example: "journaling@journal.acme.com",
			Help:    "Accounts made after 26 March 2015 have journaling@journal. and your main domain.", OnMigrate: "Here it is the address of the new account.", Source: "DOC-2413; 34000388820627",
		},
		{
			ID: "journal.extra_source_ips", Section: secJournal, Type: IPList, InRFI: true,
			Shown: and(archives, is("journal.method", "smtp")), Check: checkJournalSources,
			Label:   "Which further addresses send journal mail?",
			Why:     "Addresses that send your mail are accepted already; others must be named.",
			Example: "203.0.113.41", Help: "Leave it empty when journal mail leaves from the same addresses as other mail.", Source: "34000388820627; 34000699147795",
		},
		{
			ID: "archive.retention", Section: secJournal, Type: Text, InRFI: true, Shown: archives,
			Label:   "How long is mail kept in the archive?",
			Why:     "Mail that is older than this cannot be seen, also after an import.",
			Example: "7 years", Help: "As bought; it stands on your contract.", Source: "34000631481363",
		},
		{
			ID: "journal.old_address", Section: secJournal, Type: Email, Shown: and(migrate, archives), Check: checkOldJournalAddress,
			Label:   "Which journal address does the old account have?",
			Why:     "During the move copies go to both accounts, so that both archives stay complete.",
			Example: "journaling@journal.acme.com",
			Help:    "It stands in your present journal rule. If it is the same as that of the new account, ask the engineer: one address leads to one account only.", Source: "Simply Migrate; inferred",
		},
		{
			ID: "journal.dual_start", Section: secJournal, Type: Date, Shown: and(migrate, archives),
			Label: labelDual, Check: checkDualStart,
			Why:     "Mail up to that day is exported from the old account; from it on, both have everything.",
			Example: "2026-12-03", Help: "Answer it when the second journal rule is on.", Source: "Simply Migrate; inferred",
		},
	}
}

func defaultJournalAddress(f steps.Facts) string {
	if f.Domain == "" {
		return ""
	}
	return "journaling@journal." + f.Domain
}

func serviceQuestions() []Question {
	return []Question{
		{
			ID: "policies.inventory", Section: secServices, Type: Checklist, InRFI: true,
			Label:   "Which policies of your present service must be made again?",
			Why:     "Policies usually cannot be exported, so that what is not written down is lost.",
			Example: "Block executables in attachments",
			Help:    "One per line: permitted and blocked senders, attachment rules, disclaimers, greylisting exceptions, size limits.", Source: "KBID10577",
		},
		{
			ID: "digest.wanted", Section: secServices, Type: YesNo, InRFI: true, Shown: movesMail,
			Label:   "Shall users get a digest of held mail?",
			Why:     "It is one of the settings that Mimecast makes from this form.",
			Example: "yes", Help: "The digest is a mail that lists what was held as spam.", Source: "DOC-1624",
		},
		{
			ID: "services.extra", Section: secServices, Type: MultiChoice, InRFI: true, Shown: connect,
			Label:   "Which services shall follow after the Connect process?",
			Why:     "They are set up after the last step, and some need time to prepare.",
			Options: these(extraServices...), Default: wantedServices, Check: checkServices, Example: "Apps for end users",
			Help: "Several can be chosen.", Source: "KBID10577",
		},
	}
}
