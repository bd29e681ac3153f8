package rfi

import (
	"slices"

	"mxodus/steps"
)

func contactQuestions() []Question {
	return slices.Concat(tpocQuestions(), emergencyQuestions(), helperQuestions())
}

func tpocQuestions() []Question {
	return []Question{
		{
			ID: "contact.tpoc.name", Section: secContacts, Type: Text, Required: always, InRFI: true, Check: checkPerson,
			Label:   "Who is the Technical Point of Contact?",
			Why:     "This person gets every message about the steps and makes or orders the changes.",
			Example: "Kim Tran", Help: "It must be technical staff. Where a partner leads the work it is the implementation lead.", Source: "KBID10577; 34000762144403",
		},
		{
			ID: "contact.tpoc.email", Section: secContacts, Type: Email, Required: always, InRFI: true,
			Label:   "At which e-mail address is the Technical Point of Contact reached?",
			Why:     "The link to the form and the documents of each step are sent there.",
			Example: "kim.tran@acme.com", Source: "KBID10577",
		},
		{
			ID: "contact.tpoc.phone", Section: secContacts, Type: Phone, Required: always, InRFI: true,
			Label:   "At which phone number is the Technical Point of Contact reached?",
			Why:     "When mail is late during a change, a call is faster than a message.",
			Example: "+61 2 5550 1234", Help: "With the country code. Blanks, dots and brackets do not matter.", Source: "inferred",
		},
	}
}

func emergencyQuestions() []Question {
	return []Question{
		{
			ID: "contact.emergency.first_name", Section: secContacts, Type: Text, Required: connect, InRFI: true, Check: checkName,
			Label:   "First name of the emergency contact?",
			Why:     "Mimecast calls this person when mail stands still. It should be someone technical.",
			Example: "Robin", Source: "DOC-2178; 34000762144403; 42013686257811",
		},
		{
			ID: "contact.emergency.last_name", Section: secContacts, Type: Text, Required: connect, InRFI: true, Check: checkName,
			Label:   "Last name of the emergency contact?",
			Why:     "The account keeps first and last name apart.",
			Example: "Okafor", Source: "DOC-2178; 34000762144403; 42013686257811",
		},
		{
			ID: "contact.emergency.email", Section: secContacts, Type: Email, Required: connect, InRFI: true, Check: checkEmergencyEmail,
			Label:   "E-mail address of the emergency contact?",
			Why:     "In an outage, mail to your own domains does not arrive, so this address should be somewhere else.",
			Example: "robin.okafor@another-provider.com", Source: "34000762144403; 42013686257811",
		},
		{
			ID: "contact.emergency.mobile", Section: secContacts, Type: Phone, Required: connect, InRFI: true,
			Label:   "Mobile number of the emergency contact?",
			Why:     "It works when neither mail nor the office phone does.",
			Example: "+61 491 570 156", Help: "With the country code.", Source: "34000762144403; 42013686257811",
		},
	}
}

// helperQuestions ask about those who help from outside.
func helperQuestions() []Question {
	return []Question{
		{
			ID: "contact.partner", Section: secContacts, Type: YesNo, Shown: connect, InRFI: true,
			Label:   "Did you buy Mimecast through a partner?",
			Why:     "Partners name an administrator of their own for your account.",
			Example: "no", Help: "A partner is a reseller or a managed service provider.", Source: "34000762144403",
		},
		{
			ID: "contact.partner_admin_email", Section: secContacts, Type: Email, InRFI: true,
			Shown: and(connect, is("contact.partner", "yes"), or(
				platform(steps.M365, steps.OnPrem, steps.Google), is("infra.other_kind", "hosted_exchange"))),
			Label:   "E-mail address of the partner's administrator?",
			Why:     "The partner signs in to your account with it.",
			Example: "admin@partner.com", Help: "One login for each administrator; it cannot be shared.", Source: "DOC-2178; 34000762144403",
		},
		{
			ID: "contact.consultant", Section: secContacts, Type: Text, InRFI: true,
			Label:   "Which consultant can help with your systems, if any?",
			Why:     "Mimecast has no access to your systems and cannot change them for you.",
			Example: "Sam Reyes, Northwind IT, +61 3 5550 0199", Source: "KBID10577",
		},
	}
}
