package detect

import (
	"strings"

	"golang.org/x/net/publicsuffix"

	"mxodus/steps/region"
)

// provider is a service that mail exchangers belong to.
type provider struct {
	name     string
	gateway  bool   // filters mail for other systems
	platform string // infra.type when mailboxes are there
	region   region.Region
}

// providers by the end of their MX host names. These names are public: they
// stand in the DNS of every customer.
var providers = []struct {
	suffix string
	provider
}{
	{"mail.protection.outlook.com", provider{name: "Microsoft 365", platform: "m365"}},
	{"mx.microsoft", provider{name: "Microsoft 365", platform: "m365"}},
	{"aspmx.l.google.com", provider{name: "Google Workspace", platform: "google"}},
	{"smtp.google.com", provider{name: "Google Workspace", platform: "google"}},
	{"google.com", provider{name: "Google Workspace", platform: "google"}},
	{"googlemail.com", provider{name: "Google Workspace", platform: "google"}},
	{"mimecast.com", provider{name: "Mimecast", gateway: true}},
	{"mimecast.co.za", provider{name: "Mimecast", gateway: true}},
	{"mimecast-offshore.com", provider{name: "Mimecast", gateway: true}},
	{"mimecast-pscom-us.com", provider{name: "Mimecast", gateway: true}},
	{"pphosted.com", provider{name: "Proofpoint", gateway: true}},
	{"ppe-hosted.com", provider{name: "Proofpoint Essentials", gateway: true}},
	{"barracudanetworks.com", provider{name: "Barracuda", gateway: true}},
	{"messagelabs.com", provider{name: "Symantec Email Security (MessageLabs)", gateway: true}},
	{"iphmx.com", provider{name: "Cisco Secure Email", gateway: true}},
	{"mailcontrol.com", provider{name: "Forcepoint", gateway: true}},
	{"trendmicro.com", provider{name: "Trend Micro", gateway: true}},
	{"trendmicro.eu", provider{name: "Trend Micro", gateway: true}},
	{"sophos.com", provider{name: "Sophos", gateway: true}},
	{"hornetsecurity.com", provider{name: "Hornetsecurity", gateway: true}},
	{"antispameurope.com", provider{name: "Hornetsecurity", gateway: true}},
	{"antispamcloud.com", provider{name: "SpamExperts", gateway: true}},
	{"spamtitan.com", provider{name: "SpamTitan", gateway: true}},
	{"fireeyecloud.com", provider{name: "Trellix", gateway: true}},
	{"mxrecord.io", provider{name: "Cloudflare Email Security", gateway: true}},
	{"arsmtp.com", provider{name: "AppRiver", gateway: true}},
	{"mailroute.net", provider{name: "MailRoute", gateway: true}},
	{"fortimailcloud.com", provider{name: "FortiMail Cloud", gateway: true}},
	{"vadesecure.com", provider{name: "Vade", gateway: true}},
	{"zoho.com", provider{name: "Zoho Mail", platform: "other"}},
	{"emailsrvr.com", provider{name: "Rackspace Email", platform: "other"}},
	{"messagingengine.com", provider{name: "Fastmail", platform: "other"}},
}

// providerOf finds whose host a mail exchanger is; for Mimecast also the region.
func providerOf(host string) (provider, bool) {
	for _, k := range providers {
		if !under(host, k.suffix) {
			continue
		}
		p := k.provider
		if p.name == "Mimecast" {
			p.region = regionOf(host)
		}
		return p, true
	}
	return provider{}, false
}

// regionOf finds the region of a Mimecast host by the table, or else by the
// first part of its name, which for most regions is the region's id.
func regionOf(host string) region.Region {
	for _, r := range region.All() {
		for _, list := range [][]string{r.InboundMX, r.Outbound, r.OutboundM365, r.Journal} {
			for _, h := range list {
				if h == host {
					return r
				}
			}
		}
	}
	first, _, _ := strings.Cut(host, "-smtp-")
	for _, r := range region.All() {
		if r.ID == first && strings.Contains(host, "-smtp-") {
			return r
		}
	}
	return region.Region{}
}

// regionOfInclude finds the region whose SPF include this is.
func regionOfInclude(name string) (region.Region, bool) {
	for _, r := range region.All() {
		if r.SPFInclude != "" && r.SPFInclude == name {
			return r, true
		}
	}
	return region.Region{}, false
}

// includes are well-known SPF includes of services that send for others, by
// the end of the name.
var includes = []struct{ suffix, name string }{
	{"sendgrid.net", "SendGrid"},
	{"mailgun.org", "Mailgun"},
	{"mcsv.net", "Mailchimp"},
	{"mandrillapp.com", "Mandrill"},
	{"amazonses.com", "Amazon SES"},
	{"salesforce.com", "Salesforce"},
	{"exacttarget.com", "Salesforce Marketing Cloud"},
	{"zendesk.com", "Zendesk"},
	{"mtasv.net", "Postmark"},
	{"sparkpostmail.com", "SparkPost"},
	{"hubspotemail.net", "HubSpot"},
	{"mktomail.com", "Marketo"},
	{"sendinblue.com", "Brevo"},
	{"brevo.com", "Brevo"},
	{"mailjet.com", "Mailjet"},
	{"freshdesk.com", "Freshdesk"},
	{"freshemail.io", "Freshworks"},
	{"atlassian.net", "Atlassian"},
	{"createsend.com", "Campaign Monitor"},
	{"constantcontact.com", "Constant Contact"},
	{"emsd1.com", "ActiveCampaign"},
	{"shopify.com", "Shopify"},
	{"zoho.com", "Zoho"},
	{"stspg-customer.com", "Statuspage"},
	{"servicenowservices.com", "ServiceNow"},
	{"helpscoutemail.com", "Help Scout"},
	{"intercom.io", "Intercom"},
	{"mailerlite.com", "MailerLite"},
	{"sendcloud.org", "SendCloud"},
	{"smtp2go.com", "SMTP2GO"},
}

// platformIncludes are SPF includes of mailbox providers.
var platformIncludes = []struct{ suffix, platform string }{
	{"spf.protection.outlook.com", "m365"},
	{"_spf.google.com", "google"},
}

// senderName is the plain name of a service, or the domain that was registered
// for it: the included name beside it would read as one service twice.
func senderName(include string) string {
	for _, k := range includes {
		if under(include, k.suffix) {
			return k.name
		}
	}
	if d, err := publicsuffix.EffectiveTLDPlusOne(include); err == nil {
		return d
	}
	return include
}
