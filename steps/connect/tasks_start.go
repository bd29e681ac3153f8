package connect

import (
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/recipe"
	"mxodus/steps/region"
)

func rfiTasks(f steps.Facts) []steps.Task {
	tasks := []steps.Task{
		{
			ID: "check_lists", Title: "Look through addresses and domains once more", Who: check.WhoTPOC,
			Detail: "A sending address that is missing shows later as `451 Open relay not allowed`, a missing domain as mail that is refused. " +
				"Ask who runs newsletters, scanners, monitoring and the shop: they send as you, too." + given(f),
		},
		{
			ID: "record_policies", Title: "Write down the policies of your present service", Optional: true, Who: check.WhoTPOC,
			Detail: "They can usually not be exported. What is not written down is not there afterwards.",
		},
		{
			ID: steps.TaskSendForm, Title: "Send the form to Mimecast", Who: check.WhoTPOC,
			Detail: "The form reaches you by mail with a link of its own. Nothing begins before it is sent. Export your answers here and fill it from them, or attach them.",
		},
	}
	tasks[2].Snippets = []steps.Snippet{recipe.FormSent(f)}
	return tasks
}

// givenMost is how many entries of one answer are repeated in a task.
const givenMost = 12

// given repeats the answers that a task asks to look through, as a list; they
// are changed under Answer.
func given(f steps.Facts) string {
	var b strings.Builder
	for _, one := range []struct{ what, question string }{
		{"Sending addresses", steps.QOutboundIPs},
		{"Further addresses", "ip.additional"},
		{"Receiving hosts", steps.QInbound},
		{"Domains", steps.QDomains},
		{"Services that send", "third_party_senders"},
	} {
		list := f.Answers.List(one.question)
		if len(list) == 0 {
			continue
		}
		more := ""
		if n := len(list) - givenMost; n > 0 {
			list, more = list[:givenMost], fmt.Sprintf(" and %d more", n)
		}
		fmt.Fprintf(&b, "\n- %s: %s%s", one.what, strings.Join(list, ", "), more)
	}
	if b.Len() == 0 {
		return ""
	}
	return "\n\nAs answered now; Answer changes it:\n" + string(clean.Text(b.String()))
}

func accountTasks(f steps.Facts) []steps.Task {
	tasks := []steps.Task{
		{
			ID: "sign_in", Title: "Sign in and note the account code", Who: check.WhoTPOC,
			Detail: signIn(f), Records: []string{steps.QAccountCode},
		},
		{
			ID: "compare_form", Title: "Compare the account with what you sent", Who: check.WhoTPOC,
			Detail: "Item by item: contacts, authorized outbounds, internal domains, delivery routes, default policies, the policies you asked for, digest. " +
				"Tell the Connect team what differs." + authorized(f),
		},
		proveDomains(f),
	}
	if recipe.InCloud(f) {
		tasks = append(tasks, tenantDomain(f))
	}
	if !f.Profile.Hosted() {
		tasks = append(tasks, recipe.SaveRules(f), recipe.OpenRanges(f))
	}
	return tasks
}

func signIn(f steps.Facts) string {
	text := "The invitation comes by mail."
	if at := f.Target.URLs.AdminConsole; at != "" {
		text += " The console of your region: " + at + "."
	}
	if p := f.Target.AccountPrefix; p != "" {
		text += fmt.Sprintf(" The code must begin with %s; another beginning means another region, and a region cannot be changed later.", p)
	}
	return text
}

func authorized(f steps.Facts) string {
	ips := strings.Join(recipe.Senders(f), ", ")
	switch {
	case f.Profile.Hosted() && ips != "":
		return " Of your platform no sending addresses are listed; the console shows that the account handles its traffic. " +
			"Authorized outbounds must list your further senders: " + ips + "."
	case f.Profile.Hosted():
		return " For your platform no sending addresses are listed; the console shows that the account handles its traffic."
	case ips == "":
		return ""
	}
	return " Authorized outbounds must list: " + ips + "."
}

// proveDomains is the proof of ownership: a TXT record at the domain, or a
// CNAME named by the code. The proof of a domain covers those under it.
func proveDomains(f steps.Facts) steps.Task {
	target := region.Data().Global.DomainValidationTarget
	lines := []string{"; CODE stands for the code that the console shows for the domain; one of the two records is enough"}
	for _, d := range f.ProofDomains() {
		lines = append(lines,
			fmt.Sprintf("%s. 3600 IN TXT \"CODE\"", d),
			fmt.Sprintf("CODE.%s. 3600 IN CNAME %s.", d, target))
	}
	if len(f.Domains) == 0 {
		lines = append(lines, "; no domain is given yet: answer the question for your domains first")
	}
	sub := "A sub-domain of one of them needs no proof of its own"
	if n := len(f.Domains) - len(f.ProofDomains()); n > 0 {
		sub += fmt.Sprintf(", so %d of your %d domains are not in the list", n, len(f.Domains))
		if n == 1 {
			sub = strings.Replace(sub, "domains are", "domains is", 1)
		}
	}
	return steps.Task{
		ID: "prove_domains", Title: "Prove that each domain is yours", Who: check.WhoDNSHost,
		Detail: "The console gives a code for each domain; publish it at the domain itself, or as the name of a CNAME. " +
			sub + ". A domain that another Mimecast account holds is refused: tell the Connect team.",
		Snippets: []steps.Snippet{{
			Label: "Records for the proof", File: "domain-proof.zone", Language: "dns",
			Text: clean.Text(strings.Join(lines, "\n") + "\n"),
		}},
	}
}

func tenantDomain(f steps.Facts) steps.Task {
	name := f.Answers.Value("infra.m365_tenant_domain")
	what := "Your tenant's `onmicrosoft.com` domain"
	if name != "" {
		what = "`" + string(clean.Line(name)) + "`"
	}
	return steps.Task{
		ID: "tenant_domain", Title: "Have the tenant domain added and proved", Who: check.WhoTPOC,
		Detail: what + " must be an internal domain of the account, as Mimecast checks it with Microsoft's certificate. " +
			"Add the TXT record it asks for in Microsoft's admin portal. The `mail.onmicrosoft.com` domain is not needed.",
	}
}
