package rfi

import "mxodus/steps"

// Ids of the sections.
const (
	secMove         = "move"
	secOrganisation = "organisation"
	secContacts     = "contacts"
	secMail         = "mail"
	secAddresses    = "addresses"
	secDomains      = "domains"
	secSenders      = "senders"
	secDirectory    = "directory"
	secJournal      = "journal"
	secServices     = "services"
	secAccount      = "account"
	secDates        = "dates"
	secFirewall     = "firewall"
	secSignoff      = "signoff"
)

var sections = []Section{
	{secMove, "The move", "These answers decide which steps there are."},
	{secOrganisation, "Organisation", "Who you are and where the account lives. Mimecast builds the account from this."},
	{secContacts, "Contacts", "Whom Mimecast reaches for the work, and whom when mail stands still."},
	{secMail, "Mail system", "What runs your mailboxes today. It decides which of the other questions are asked."},
	{secAddresses, "Addresses", "Where your mail leaves your network and where it comes in."},
	{secDomains, "Domains", "Every domain that has mail, and where mail is passed on to."},
	{secSenders, "Sending services", "Others that send mail in your name."},
	{secDirectory, "Recipients and directory", "How Mimecast learns which addresses exist."},
	{secJournal, "Journaling and archive", "How internal mail reaches the archive, and what to do with old mail."},
	{secServices, "Services and policies", "What to set up beside mail flow."},
	{secAccount, "Account and people", "Codes, case and the people at Mimecast."},
	{secDates, "Dates", "What was agreed, with the time zone."},
	{secFirewall, "Firewall", "What stands between the internet and your mail server."},
	{secSignoff, "Sign-off and clean-up", "Who did it, who looked over it, and what is left to change."},
}

// SectionOf returns the section of a question.
func SectionOf(q Question) (Section, bool) {
	for _, s := range sections {
		if s.ID == q.Section {
			return s, true
		}
	}
	return Section{}, false
}

// InSection lists the questions of a section that apply now, in order.
func InSection(f steps.Facts, id string) []Question {
	var out []Question
	for _, q := range load().all {
		if q.Section == id && q.Applies(f) {
			out = append(out, q)
		}
	}
	return out
}
