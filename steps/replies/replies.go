// Package replies holds the SMTP replies that Mimecast gives while mail is
// being moved, what they mean and what to do, from the vendor's table of error
// codes. Texts are matched by their words, as the exact wording varies.
package replies

import (
	"slices"
	"strings"

	"mxodus/steps"
)

// Topic is the part of a move in which a reply turns up.
type Topic string

// Topics.
const (
	Outbound   Topic = "outbound"
	Recipients Topic = "recipients"
	Journal    Topic = "journal"
	Inbound    Topic = "inbound"
	Lockdown   Topic = "lockdown"
)

// Reply is one row of the table.
type Reply struct {
	Codes  []string // SMTP reply codes
	Words  string   // lower case words that the text holds
	Mean   string
	Do     string
	Topics []Topic

	fits func(steps.Profile) bool // nil: whatever the platform
}

// ownFirewall holds where a firewall of the customer's may stand in the way.
func ownFirewall(p steps.Profile) bool { return !p.Hosted() }

// signsIn holds where a server may sign in to send; a hosted platform does not.
func signsIn(p steps.Profile) bool { return !p.Hosted() }

// shared holds where mail leaves with a certificate that many tenants share.
func shared(p steps.Profile) bool {
	switch p.Platform {
	case "", steps.M365, steps.HybridM365:
		return true
	}
	return false
}

// Table lists the replies in order of their codes.
var Table = []Reply{
	{[]string{"421"}, "sender address blocked", "A policy for blocked senders stopped it", "Edit the policy", []Topic{Outbound, Inbound}, nil},
	{[]string{"451"}, "open relay not allowed", "The sending address is not authorized, or the account knows neither domain", "Ask support to enter the address, check the internal domains, wait up to two hours", []Topic{Outbound}, nil},
	{[]string{"451"}, "account outbounds disabled", "Outgoing mail is switched off in the account", "Ask support", []Topic{Outbound}, nil},
	{[]string{"451"}, "account inbounds disabled", "Incoming mail is switched off in the account", "Ask support", []Topic{Inbound}, nil},
	{[]string{"451", "550"}, "incorrect hostname used for inbounds", "An MX names an outbound host", "Correct the MX: it names the inbound hosts", []Topic{Inbound}, nil},
	{[]string{"451"}, "hostname is not authorized", "Omnidirectional host names are on for the account", "Have them switched off", []Topic{Outbound}, nil},
	{[]string{"451"}, "internal resources are temporarily unavailable", "Greylisting of a new sender, or a sender of poor reputation", "Wait: the sender tries again, after a minute up to 12 hours", []Topic{Inbound}, nil},
	{[]string{"451"}, "ip temporarily blacklisted", "Too many bad connections from that address", "Find what sends them, and wait", []Topic{Inbound}, nil},
	{[]string{"451"}, "recipient temporarily unavailable", "The server asked about the recipient did not answer", "Check the call-forward route", []Topic{Inbound}, nil},
	{[]string{"451"}, "account service is temporarily unavailable", "More than 20 connections at once from an unauthorized address", "Send and journal from authorized addresses only; the block lifts after 5 minutes", []Topic{Outbound, Journal}, nil},
	{[]string{"451"}, "message ended early", "A firewall inspects SMTP and cuts it", "Switch the inspection off", []Topic{Outbound, Inbound}, ownFirewall},
	{[]string{"452"}, "too many recipients", "More than 100 recipients in one message", "Nothing, if the sending server honours the reply; else split the message", []Topic{Outbound}, nil},
	{[]string{"501", "503", "550"}, "invalid recipient", "The address is not known, or not valid", "Sync or import it", []Topic{Recipients, Inbound}, nil},
	{[]string{"535"}, "incorrect authentication data", "Wrong sign-in on port 587", "Use an internal address with its cloud password, or port 25 from an authorized address", []Topic{Outbound}, signsIn},
	{[]string{"550"}, "submitter failed to authenticate", "Wrong sign-in on port 587", "Use an internal address with its cloud password, or port 25 from an authorized address", []Topic{Outbound}, signsIn},
	{[]string{"550"}, "anti-spoofing policy", "Your own domain as the sender, from outside", "Make an exception for the service that sends for you", []Topic{Inbound}, nil},
	{[]string{"550"}, "sender invalid", "SPF, DKIM or DMARC of the sender failed", "If it is your own domain, correct its DNS records", []Topic{Outbound, Inbound}, nil},
	{[]string{"550"}, "exceeding outbound thread limit", "Too many connections side by side", "Let fewer be opened at once", []Topic{Outbound}, nil},
	{[]string{"550"}, "journal message past expiration", "Old journal mail, or a wrong clock", "Stop sending old mail, set the clock", []Topic{Journal}, nil},
	{[]string{"553"}, "route requires", "The route wants TLS, TLS 1.2 or strong ciphers", "Put certificate and protocol of the receiving server right", []Topic{Inbound, Lockdown}, nil},
	{[]string{"554"}, "maximum size", "The message is larger than 100 MB (200 MB on the latest systems)", "Send a smaller one", []Topic{Outbound, Inbound}, nil},
	{[]string{"554"}, "mail loop detected", "25 hops: a route or a forward points back", "Correct the delivery route; it must not name your MX", []Topic{Inbound}, nil},
	{[]string{"554"}, "configuration is invalid for this certificate", "The certificate belongs to a provider that many share, and your tenant's domain is missing", "Have the tenant domain added as internal domain", []Topic{Outbound}, shared},
	{[]string{"554"}, "rejected due to security policies", "Virus or spam score", "Permit the sender; what the virus scanner found cannot be let through", []Topic{Inbound}, nil},
}

// About returns the rows of the topics as failure signs of a step, as far as
// the move's platform can give cause to them.
func About(p steps.Profile, topics ...Topic) []steps.Failure {
	var out []steps.Failure
	for _, r := range Table {
		if r.fits != nil && !r.fits(p) {
			continue
		}
		if slices.ContainsFunc(r.Topics, func(t Topic) bool { return slices.Contains(topics, t) }) {
			out = append(out, steps.Failure{Sign: r.Sign(), Mean: r.Mean, Do: r.Do})
		}
	}
	return out
}

// Sign is the reply as it is seen: code and text.
func (r Reply) Sign() string {
	last := len(r.Codes) - 1
	codes := r.Codes[last]
	if last > 0 {
		codes = strings.Join(r.Codes[:last], ", ") + " or " + codes
	}
	return codes + " " + r.Words
}

// Find returns the rows that a line from a log or a bounce matches, by code
// and words.
func Find(line string) []Reply {
	line = strings.ToLower(line)
	var out []Reply
	for _, r := range Table {
		if strings.Contains(line, r.Words) && slices.ContainsFunc(r.Codes, func(c string) bool { return strings.Contains(line, c) }) {
			out = append(out, r)
		}
	}
	return out
}
