package rfi

import "mxodus/steps"

func mailQuestions() []Question {
	hybrid := platform(steps.HybridM365, steps.HybridGoogle)
	return []Question{
		{
			ID: steps.QPlatform, Section: secMail, Type: Choice, Required: always, InRFI: true,
			Label:   "Where are your mailboxes?",
			Why:     "All instructions are written for this system, and the questions that follow depend on it.",
			Options: these(platformOptions...), Example: "Microsoft 365",
			Help: "Choose hybrid when some mailboxes are in the cloud and some on servers of your own.", Source: "42013686257811",
		},
		{
			ID: "infra.other_kind", Section: secMail, Type: Choice, InRFI: true,
			Shown: platform(steps.Other), Required: always,
			Label:   "Which mail system is it?",
			Why:     "Each of them sends, journals and shows its directory in its own way.",
			Options: these(otherKinds...), Example: "Postfix",
			Help: "Take another SMTP server when yours is not in the list.", Source: "42013686257811; inferred",
		},
		{
			ID: "infra.exchange_version", Section: secMail, Type: Choice, InRFI: true,
			Shown: or(platform(steps.OnPrem), hybrid), Required: always,
			Label: "Which version of Exchange do you run?",
			Why:   "The places to click and the commands differ between versions.",
			Options: these(
				Option{Value: "2007", Label: "Exchange 2007"}, Option{Value: "2010", Label: "Exchange 2010"},
				Option{Value: "2013", Label: "Exchange 2013"}, Option{Value: "2016", Label: "Exchange 2016"},
				Option{Value: "2019", Label: "Exchange 2019"},
			),
			Example: "2019", Help: "With several versions, give that of the server that sends mail out. For a newer one choose 2019; whether Mimecast has a guide of its own for it is unknown, ask Mimecast.", Source: "inferred",
		},
		{
			ID: "infra.m365_tenant_domain", Section: secMail, Type: Domain, InRFI: true, Check: checkTenant,
			Shown: platform(steps.M365, steps.HybridM365), Required: always,
			Label:   "What is your Microsoft 365 tenant domain?",
			Why:     "Mimecast recognises your mail by the certificate of this domain. Without it, outgoing mail is refused.",
			Example: "acme.onmicrosoft.com",
			Help:    "It ends in .onmicrosoft.com and stands in the Microsoft 365 admin centre under Settings, Domains. The one with .mail. in it is not needed.", Source: "34000633004563",
		},
	}
}

func addressQuestions() []Question {
	return []Question{
		{
			ID: "ip.outbound_dynamic", Section: secAddresses, Type: YesNo, InRFI: true, Shown: ownServers,
			Label:   "Does the address that your mail leaves from change from time to time?",
			Why:     "Mimecast knows you by a fixed address. Without one, your server signs in on port 587 instead.",
			Example: "no", Help: "Most office lines have a fixed address; some broadband lines do not.", Source: "34000414711443",
		},
		{
			ID: steps.QOutboundIPs, Section: secAddresses, Type: IPList, InRFI: true,
			Shown: ownServers, Required: and(movesMail, not(is("ip.outbound_dynamic", "yes"))), Check: checkOutbound,
			Label:   "Which addresses send your mail to the internet?",
			Why:     "Mimecast takes outgoing mail only from addresses on this list. One that is missing is answered \"451 Open relay not allowed\". Single addresses, no networks.",
			Example: "203.0.113.25, 203.0.113.26",
			Help:    "Public IPv4 addresses as the internet sees them, after NAT. Paste them in any shape: lines, commas, ranges of a few, cells of a sheet.", Source: "DOC-2178; 34000414711443",
		},
		{
			ID: steps.QInbound, Section: secAddresses, Type: HostList, InRFI: true, rules: rules{noPort: true},
			Shown: ownServers, Required: movesMail, Check: checkInbound,
			Label:   "To which of your hosts or addresses is mail delivered?",
			Why:     "Mimecast hands your mail to these, on port 25. A wrong one means mail that waits and comes back.",
			Example: "mail.acme.com, 203.0.113.25",
			Help:    "Public names or addresses of your mail servers, not those of Mimecast or of a filter that you leave.", Source: "DOC-2178; 42013775403155",
		},
		{
			ID: "ip.additional", Section: secAddresses, Type: IPList, InRFI: true,
			Label:   "Which further addresses send mail?",
			Why:     "Applications, scanners and printers that send by themselves are easily forgotten, and stop on the day of the change.",
			Example: "203.0.113.40",
			Help:    "Public addresses other than those of the mail servers. Leave it empty when there are none.", Source: "34000762144403",
		},
		{
			ID: "smart_hosts", Section: secAddresses, Type: HostList, InRFI: true, Shown: ownServers, rules: rules{private: true},
			Label:   "Through which hosts does your mail leave today?",
			Why:     "These smart hosts are replaced by Mimecast's, and put back if you have to go back.",
			Example: "relay.acme.com:587",
			Help:    "Leave it empty if your server delivers to the internet by itself.", Source: "34000762144403",
		},
	}
}

func domainQuestions() []Question {
	return []Question{
		{
			ID: steps.QDomains, Section: secDomains, Type: DomainList, Required: always, InRFI: true, Check: checkDomains,
			Label:   "Which domains have mail?",
			Why:     "Mail for a domain that is missing is refused. Each must be proved in DNS, and be in no other Mimecast account.",
			Example: "acme.com, acme.com.au",
			Default: func(f steps.Facts) string { return f.Domain },
			Help:    "All of them, with those that only send. Paste a list in any shape. The main domain belongs to it and is added if you leave it out.", Source: "DOC-2178; 34000784054291",
		},
		{
			ID: "domains.direction", Section: secDomains, Type: PerDomain, InRFI: true,
			Label: "Do some domains send only?",
			Why:   "For a domain that gets no mail, Mimecast's support sets this; nobody else can.",
			Options: these(
				Option{Value: "send_receive", Label: "Send and receive"},
				Option{Value: "send_only", Label: "Send only"},
			),
			Example: "news.acme.com Send only",
			Help:    "One domain on each line, then Send only or Send and receive. Domains without a line send and receive.", Source: "34000546468371",
		},
		{
			ID: steps.QResolvers, Section: secDomains, Type: HostList, rules: rules{private: true}, Check: checkResolvers,
			Label:   "Which DNS resolvers do the checks ask?",
			Why:     "The checks ask this machine's own resolver and three public ones. Where the network lets none of them through, name those that may be asked; they are asked instead.",
			Example: "192.0.2.53",
			Help:    "Addresses, one per line, with a port where it is not 53. Leave it empty when the checks get their answers.", Source: "inferred",
		},
		{
			ID: "forwarding", Section: secDomains, Type: EmailList, InRFI: true, Check: checkForwarding,
			Label:   "To which outside addresses is mail passed on?",
			Why:     "Mail that is forwarded to the outside needs an exception in the policies, or it is taken for spoofed.",
			Example: "archive@partner.com",
			Help:    "Addresses that are not on your domains. Leave it empty when nothing is forwarded.", Source: "34000376433811; 34000762144403; 42013775403155",
		},
	}
}

func senderQuestions() []Question {
	return []Question{{
		ID: "third_party_senders", Section: secSenders, Type: SenderList, InRFI: true, Check: checkSenders,
		Label:   "Which services send mail with your domains as sender?",
		Why:     "They go into your SPF record, and need an exception from the protection against spoofing. One that is forgotten is refused.",
		Example: "Newsletter, include:news.example.com",
		Help:    "One per line: a name, a comma, then addresses, ranges or the SPF include. Think of newsletters, payroll, ticketing, shop, website.", Source: "42013775403155",
	}}
}
