package rfi

import (
	"slices"

	"mxodus/steps"
	"mxodus/steps/region"
)

// these offers the same options whatever the facts are.
func these(opts ...Option) func(steps.Facts) []Option {
	return func(steps.Facts) []Option { return opts }
}

// regionOptions offers the regions of the table, without those of the ids.
func regionOptions(without ...string) []Option {
	var out []Option
	for _, r := range region.All() {
		o := Option{Value: r.ID, Label: r.Name, aliases: append([]string{}, r.Aliases...)}
		if r.AccountPrefix != "" {
			o.aliases = append(o.aliases, r.AccountPrefix)
			o.Help = "Account codes begin with " + r.AccountPrefix
		}
		skip := false
		for _, id := range without {
			skip = skip || id == r.ID
		}
		if !skip {
			out = append(out, o)
		}
	}
	return out
}

func allRegions(steps.Facts) []Option { return regionOptions() }

var platformOptions = []Option{
	{Value: "m365", Label: "Microsoft 365", Help: "All mailboxes in Exchange Online", aliases: []string{"o365", "office 365", "exchange online"}},
	{Value: "google", Label: "Google Workspace", Help: "All mailboxes at Google", aliases: []string{"g suite", "gmail", "google apps"}},
	{Value: "on_prem", Label: "Exchange on your own servers", Help: "All mailboxes on Exchange 2007 to 2019 that you run", aliases: []string{"on-premises", "onprem", "on-prem", "exchange"}},
	{Value: "hybrid_m365", Label: "Hybrid with Microsoft 365", Help: "Some mailboxes in Microsoft 365, some on your servers"},
	{Value: "hybrid_google", Label: "Hybrid with Google", Help: "Some mailboxes at Google, some on your servers"},
	{Value: "other", Label: "Something else", Help: "Hosted Exchange, Exchange 2003, Domino, Postfix and the like"},
}

var otherKinds = []Option{
	{Value: "hosted_exchange", Label: "Hosted Exchange", Help: "A provider runs Exchange for you"},
	{Value: "exchange_2003", Label: "Exchange 2003"},
	{Value: "domino", Label: "HCL Domino", aliases: []string{"lotus domino", "ibm domino", "notes"}},
	{Value: "postfix", Label: "Postfix"},
	{Value: "other_smtp", Label: "Another SMTP server"},
}

// recipientMethods are the ways to make users known, each with the platforms
// it exists for (recipient-validation pages; domain table of step 4a).
func recipientMethods(f steps.Facts) []Option {
	p, kind := f.Profile.Platform, f.Answers.Value("infra.other_kind")
	var out []Option
	add := func(fits bool, o Option) {
		if fits || p == "" {
			out = append(out, o)
		}
	}
	add(p == steps.OnPrem || p == steps.HybridM365 || p == steps.HybridGoogle || p == steps.Other && kind != "domino",
		Option{Value: "directory_ldap", Label: "Active Directory over LDAP", Help: "Recommended where a directory of your own can be reached; needs port 636 or 389 in from Mimecast"})
	add(p == steps.M365 || p == steps.HybridM365,
		Option{Value: "azure_ad", Label: "Microsoft Entra ID (Azure AD)", Help: "No dynamic groups, no mail-enabled public folders; import those by hand", aliases: []string{"entra", "entra id", "azure"}})
	add(p == steps.Google || p == steps.HybridGoogle,
		Option{Value: "google_directory", Label: "Google Directory", Help: "Address and full name by default"})
	add(p == steps.Other && kind == "domino",
		Option{Value: "domino_ldap", Label: "Domino over LDAP", Help: "The LDAP task runs on a Domino server that Mimecast can reach"})
	add(p == steps.OnPrem || p == steps.HybridM365 || p == steps.HybridGoogle,
		Option{Value: "sync_engine", Label: "Mimecast Synchronization Engine", Help: "Outgoing port 443 alone; no sign-in with domain passwords"})
	add(true, Option{Value: "spreadsheet", Label: "Import of a spreadsheet", Help: "An .xls file, kept up by hand"})
	add(true, Option{Value: "outbound_learning", Label: "Learned from outgoing mail", Help: "A mailbox is known once it has sent mail; silent mailboxes stay unknown"})
	add(true, Option{Value: "manual", Label: "Entered by hand", Help: "One at a time; for a few mailboxes"})
	return out
}

// journalMethods are the ways of journal copies. Fetching them over POP3 is a
// fall-back of Exchange servers (DOC-1475); of a hosted platform no such way is
// known.
func journalMethods(f steps.Facts) []Option {
	if f.Profile.Hosted() {
		return []Option{{Value: "smtp", Label: "SMTP", Help: "Your mail platform sends the copies"}}
	}
	fetched := "Mimecast fetches the copies from a mailbox; a fall-back for systems that cannot send them"
	switch f.Profile.Platform {
	case steps.OnPrem, steps.HybridM365, steps.HybridGoogle:
		fetched += ", and not for Exchange in mixed mode"
	}
	return []Option{
		{Value: "smtp", Label: "SMTP", Help: "Your server sends the copies; preferred"},
		{Value: "pop3", Label: "POP3", Help: fetched},
	}
}

// checkOptions are the ways to judge an address. A hosted platform is no server
// of the customer's, and recipient filtering is a setting of Exchange.
func checkOptions(f steps.Facts) []Option {
	out := slices.Clone(inboundChecks)
	asked := ""
	switch f.Profile.Platform {
	case steps.M365, steps.Google:
		asked = "Mimecast asks your mail platform about each address"
	case steps.Other:
		asked = "Mimecast asks your mail server, which must refuse unknown addresses"
	default:
		return out
	}
	for i := range out {
		if out[i].Value == "smtp_call_forward" {
			out[i].Help = asked
		}
	}
	return out
}

var inboundChecks = []Option{
	{Value: "any", Label: "Accept any", Help: "Everything for the domain is accepted"},
	{Value: "known_recipients", Label: "Known recipients", Help: "Any address that is listed for the domain"},
	{Value: "directory_only", Label: "Directory users only", Help: "Synchronized addresses only; needs a directory sync that works"},
	{Value: "smtp_call_forward", Label: "SMTP call forward", Help: "Mimecast asks your mail server; Exchange needs recipient filtering for it"},
	{Value: "smtp_call_forward_null", Label: "SMTP call forward with empty sender", Help: "The same, asked with <> as the sender"},
	{Value: "backup_mx", Label: "Backup MX", Help: "Uses a delivery route"},
}

var extraServices = []Option{
	{Value: "legacy_ingestion", Label: "Import of historic mail"},
	{Value: "best_practice_policies", Label: "Best-practice policies"},
	{Value: "sync_engine", Label: "Synchronization Engine"},
	{Value: "end_user_apps", Label: "Apps for end users"},
	{Value: "other", Label: "Something else", Help: "Say what in the notes of the step"},
}
