package recipe

import (
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
)

// PublishSPF is the task of naming Mimecast in the SPF record.
func PublishSPF(f steps.Facts) steps.Task {
	detail := "A domain has one SPF record. Add the term to it; do not publish a second record. " +
		"Keep every other term for as long as that service still sends for you, and keep `~all` or `-all` as the last term: " +
		"what stands after it is ignored."
	if f.Profile.Journey == steps.Migrate {
		detail = "Both regions stand in the record while you move, as mail may leave through either. " +
			"A domain has one SPF record: add the new region's term alone, once, and keep every other, the old region's too, until the move is signed off. A term that is there already is not added again."
	}
	if f.Target.SPFInclude == "" {
		detail += fmt.Sprintf("\n\nThe SPF include of %s is %s.", Name(f.Target), Unknown)
	}
	return steps.Task{
		ID: "publish_spf", Title: "Add Mimecast to the SPF record of every domain", Detail: detail,
		Who: check.WhoDNSHost, Snippets: SPF(f),
	}
}

// CreateConnector is the task of preparing the new way out without using it.
func CreateConnector(f steps.Facts) steps.Task {
	t := steps.Task{
		ID: "create_connector", Title: "Prepare the new " + WayOut(f.Profile) + ", still switched off",
		Who: check.WhoTPOC, Snippets: SendConnector(f),
	}
	var how []string
	if InCloud(f) {
		how = append(how, "Microsoft 365: an outbound connector to a partner, for all recipient domains, with both smart hosts and a check of the certificate. "+
			"Microsoft 365 has host names of its own; the others do not take its mail."+need("outbound hosts for Microsoft 365", f.Target, CloudHosts(f.Target)))
	}
	if OnServers(f) {
		how = append(how, "Exchange: one send connector with **two** smart hosts, so that mail takes turns and fails over. "+
			"Address space `*` with cost 1, and no sign-in, as Mimecast knows you by your address."+need("outbound hosts", f.Target, ServerHosts(f.Target)))
	}
	if InGoogle(f) {
		how = append(how, "Google Workspace: in the Admin console under Apps, Google Workspace, Gmail, open **Hosts** and add a route with multiple hosts: "+
			"both names, port 25, 50 percent each, TLS required. Under **Routing** make a rule for outgoing mail that uses this route, and leave it off for now. "+
			"A change in Gmail may take an hour to work."+need("outbound hosts", f.Target, ServerHosts(f.Target)))
	}
	if f.Profile.Platform == steps.Other || f.Profile.Platform == "" {
		how = append(how, otherSend(f)+need("outbound hosts", f.Target, ServerHosts(f.Target)))
	}
	if f.Answers.Yes("ip.outbound_dynamic") {
		how = append(how, "Your address is dynamic, so Mimecast cannot know you by it: send on port 587 with TLS, and sign in with an internal address and its cloud password. "+
			"Type the password where it is asked for; do not keep it in a file that others can read.")
	}
	t.Detail = strings.Join(how, "\n\n")
	if OtherKind(f) == "hosted_exchange" {
		t.Who = check.WhoProvider
	}
	return t
}

func otherSend(f steps.Facts) string {
	switch OtherKind(f) {
	case "hosted_exchange":
		return "Your provider makes this connector. Its addresses are not on your Mimecast account by themselves; Mimecast's support must enter them."
	case "exchange_2003":
		return "Exchange 2003: make two SMTP connectors, one per host, both for `*` with cost 1."
	case "domino":
		return "Domino: enter the first host as relay host for messages leaving the internet domain in the server's configuration document, " +
			"recalculate the routing table, and note the second host for the day the first does not answer. Mimecast's support does not help with Domino itself."
	case "postfix":
		return "Postfix: the relay host with a second one to fall back on. No vendor guide for Postfix was found; this is standard practice."
	}
	return "Make both hosts the smart hosts of your mail system for all outgoing mail, port 25, with TLS where it is offered."
}

// SwitchConnector is the task that marks the switch of outgoing mail.
func SwitchConnector(f steps.Facts) steps.Task {
	way := WayOut(f.Profile)
	t := steps.Task{
		ID: steps.TaskSwitchConnector, Title: "Switch the new " + way + " on and the old one off",
		Detail: "Tick this when it is done: the time counts. While the old " + way + " is on, mail keeps using it. " +
			"Leave those with another purpose, such as one for an archive, as they are.",
		Who: check.WhoTPOC, Snippets: SwitchOutbound(f),
	}
	switch {
	case InGoogle(f) && f.Profile.Platform == steps.Google:
		t.Detail += "\n\nGoogle: switch the routing rule on. Going back is switching it off."
	case OtherKind(f) == "postfix":
		t.Detail += "\n\nPostfix: note the present `relayhost` line first (`postconf relayhost`). Going back is putting it back and reloading."
	case OtherKind(f) == "hosted_exchange":
		t.Who = check.WhoProvider
	}
	return t
}

// TestOutbound is the task of proving the new way with a message.
func TestOutbound(f steps.Facts) steps.Task {
	proof := "A `Received` line must name a Mimecast host" + hostsOf(f) + "."
	if f.Profile.Journey == steps.Migrate {
		proof = "The `Received` line that the receiving side wrote gives the address the message came from. It must lie in a range of " + Name(f.Target) +
			": " + theRanges(f) + " A Mimecast host alone proves nothing, as mail came from Mimecast before the change, too."
	}
	return steps.Task{
		ID: "test_outbound", Title: "Send a test message outside and keep its headers", Who: check.WhoTPOC,
		Detail: "Send to a mailbox that is not yours, open the message there and save its full headers. " + proof +
			" Also send one from every printer and application that sends by itself.",
	}
}

// theRanges says where the ranges of the new region are to be read.
func theRanges(f steps.Facts) string {
	if len(f.Target.Prefixes()) == 0 {
		return Unknown + "."
	}
	return "the firewall step lists them."
}

// hostsOf names the domain that Received lines show, from the region's hosts.
func hostsOf(f steps.Facts) string {
	if len(f.Target.Outbound) == 0 {
		return ""
	}
	_, base, _ := strings.Cut(f.Target.Outbound[0], ".")
	return " under `" + base + "`"
}
