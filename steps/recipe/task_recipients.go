package recipe

import (
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/rfi"
)

// method describes one way to make users known.
var method = map[string]string{
	"directory_ldap": "Add a directory connection for LDAP in the console: host, port, root DN and a read-only account whose password does not expire. " +
		"Take LDAPS (636) rather than plain LDAP. Type the password into the console only. Test the connection, then wait for the first sync.",
	"azure_ad": "Connect the directory by an app registration with the rights to read users and directory data, and consent to it as an administrator. " +
		"Members of dynamic distribution groups and mail-enabled public folders do not come along: import those addresses by hand.",
	"google_directory": "Sign in as super admin, switch the Admin SDK on, make a service account and authorize its client ID. " +
		"Addresses and full names come by default, attributes with several values and passwords do not.",
	"domino_ldap": "Run the LDAP task on a Domino server that can be reached from Mimecast's ranges, and add a directory connection to it. " +
		"The flag for foreign directory sync decides who is included.",
	"sync_engine": "Install the Synchronization Engine on a server of yours; it connects out on port 443. Users then cannot sign in with their domain password.",
	"spreadsheet": "Import a sheet in the console. It must be `.xls`, not `.xlsx`. The cell `email`, in lower case and inside A1 to M99, marks the start; " +
		"`name` stands directly right of it, and `password`, if any, right of that. No spaces or quotes round addresses. " +
		"One password that breaks the rules fails the whole file. A failed import is told to you by mail.",
	"outbound_learning": "A user becomes known with the first message they send. Mailboxes that only receive stay unknown: list those and add them by hand or by a sheet.",
	"manual":            "Add each address in the console, one at a time.",
}

// MakeKnown is the task of making the users known.
func MakeKnown(f steps.Facts) steps.Task {
	m := f.Answers.Value("rv.method")
	how, ok := method[m]
	if !ok {
		how = "Answer how recipients become known first; this task then says how."
	}
	if f.Profile.Journey == steps.Migrate {
		how += "\n\nDo this in the **new** account; leave the old account's sync on."
		if m == "directory_ldap" || m == "domino_ldap" {
			how += " The new region's ranges must reach your directory."
		}
		if m == "azure_ad" || m == "google_directory" {
			how += " The consent given to the old account's app does not count for the new one: give it again."
		}
		if m == "sync_engine" {
			how += " A Synchronization Engine site belongs to one account, so bind it to the new one (inferred)."
		}
	}
	t := steps.Task{
		ID: "make_known", Part: steps.PartRecipients, Title: "Make your recipients known to Mimecast",
		Detail: how, Who: check.WhoTPOC,
	}
	if m == "directory_ldap" || m == "domino_ldap" {
		t.Snippets = []steps.Snippet{snippet("What to enter in the console", "directory.txt", langText,
			"Host:      "+or(f.Answers.Value("dir.host"), "not answered yet"),
			"Port:      "+or(f.Answers.Value("dir.port"), directoryPort(f)),
			"TLS:       "+or(f.Answers.Value("dir.tls"), "yes (advised)"),
			"Root DN:   "+or(f.Answers.Value("dir.base_dn"), "not answered yet"),
			"User:      "+or(f.Answers.Value("dir.user"), "not answered yet"),
			"Password:  type it into the console; it is kept nowhere here",
		)}
	}
	return t
}

func directoryPort(f steps.Facts) string {
	if f.Answers.Value("dir.tls") == "no" {
		return "389"
	}
	return "636 (advised)"
}

func or(v, otherwise string) string {
	if v == "" {
		return otherwise
	}
	return v
}

// CompareCounts is the task of finding addresses that are missing.
func CompareCounts(f steps.Facts) steps.Task {
	with, missing := "the number of your mailboxes and groups", "Groups, shared mailboxes and aliases"
	if PublicFolders(f) {
		with, missing = "the number of your mailboxes, groups and public folders", "Groups, shared mailboxes, public folders and aliases"
	}
	if f.Profile.Journey == steps.Migrate {
		with = "the number in the old account"
	}
	return steps.Task{
		ID: "compare_counts", Part: steps.PartRecipients, Title: "Compare the number of known addresses", Who: check.WhoTPOC,
		Detail: "Set the number of addresses that Mimecast knows beside " + with + ". " +
			missing + " are what is usually missing; mail to them would be refused with `550 Invalid Recipient`.",
	}
}

// SetInboundCheck is the task of choosing what each domain accepts.
func SetInboundCheck(f steps.Facts) steps.Task {
	lines := f.Answers.List("rv.check")
	detail := "Choose for each domain what Mimecast accepts. Begin loose and tighten once the counts agree: it works as soon as it is saved."
	if strings.Contains(strings.Join(lines, " "), "smtp_call_forward") {
		detail += " With call forward Mimecast asks " + Home(f.Profile) + " about each address: " + refusing(f)
	}
	if strings.Contains(strings.Join(lines, " "), "directory_only") {
		detail += " Directory users only accepts synced addresses alone, so it needs a sync that works."
	}
	t := steps.Task{
		ID: "set_check", Part: steps.PartRecipients, Title: "Set the inbound check of every domain", Detail: detail, Who: check.WhoTPOC,
	}
	if len(lines) > 0 {
		t.Snippets = []steps.Snippet{snippet("Inbound check by domain", "inbound-checks.txt", langText, InboundChecks(f)...)}
	}
	return t
}

// refusing is what call forward needs of the other side.
func refusing(f steps.Facts) string {
	if Exchange(f) {
		return "recipient filtering must be on there, so that unknown ones get a 550."
	}
	return "unknown ones must get a 550 there."
}

// InboundChecks is what each domain accepts, a line each, as it was chosen.
func InboundChecks(f steps.Facts) []string {
	lines := slices.Clone(f.Answers.List("rv.check"))
	if q, ok := rfi.Find("rv.check"); ok {
		for i := range lines {
			lines[i] = q.ItemLabel(f, lines[i])
		}
	}
	return lines
}

const googleJournal = "\n\nGoogle Workspace: under Apps, Google Workspace, Gmail, **Hosts**, add a route with multiple hosts (both journal hosts, port 25). " +
	"Under **Routing** add a rule for all messages that also delivers to the journal address by this route. Google's ranges must be authorized outbounds of your account. (The rule itself is inferred.)"

// JournalTasks are the tasks of sending journal copies; part is the part of
// the step they belong to.
func JournalTasks(f steps.Facts, part string) []steps.Task {
	if f.PullsJournal() {
		return popTasks(f, part)
	}
	title := "Prepare journal contact, connector and rule"
	detail := "A contact for the journal address, a connector for its domain to the two journal hosts, and a rule, still off."
	if !Exchange(f) && !InCloud(f) && f.Profile.Platform != "" { // a contact and a connector are things of Exchange
		title = "Prepare the copies to the journal address"
		detail = "Copies go to the journal address by way of the two journal hosts; prepare that, still off."
	}
	detail += need("journal hosts", f.Target, f.Target.Journal)
	switch {
	case InGoogle(f):
		detail += googleJournal
	case OtherKind(f) == "domino":
		detail += "\n\nDomino: a rule in the configuration document, a mail-in database, and a forwarding address. One vendor page names `journal@` and others `journaling@` before the journal domain: use the address your account shows."
	case OtherKind(f) == "postfix", OtherKind(f) == "other_smtp":
		detail += "\n\nCopies made by `always_bcc` or the like lack the envelope, so ask Mimecast first whether they are of use."
	}
	if OnServers(f) {
		detail += "\n\nBy mailbox database there is room for one journal recipient: setting it replaces the one that is there, and its copies end. " +
			"Read the present value first and keep it. The script does both, and stops when another recipient is set."
	}
	create := steps.Task{
		ID: "journal_create", Part: part, Title: title,
		Detail: detail, Who: check.WhoTPOC, Snippets: Journal(f),
	}
	if OtherKind(f) == "hosted_exchange" {
		create.Who = check.WhoProvider
	}
	tasks := []steps.Task{create}
	if ips := f.Answers.List("journal.extra_source_ips"); len(ips) > 0 {
		tasks = append(tasks, steps.Task{
			ID: "journal_sources", Part: part, Title: "Have the extra journal sources entered", Who: check.WhoMimecast,
			Detail:   "Journal mail from an address that the account does not know is refused. Ask support to enter these, which takes up to two hours to work.",
			Snippets: []steps.Snippet{snippet("Addresses that send journal mail", "journal-sources.txt", langText, ips...)},
		})
	}
	return append(tasks, steps.Task{
		ID: "journal_on", Part: part, Title: "Switch journaling on", Who: check.WhoTPOC, Snippets: JournalSwitch(f),
		Detail: "Check the clocks first: a wrong clock makes a journal message look older than 30 days, and it is then not archived.",
	}, journalTest(f, part))
}

// popTasks have the copies fetched from a mailbox on a server. Databases and
// mixed mode are things of Exchange; the cloud half of a hybrid sends its copies.
func popTasks(f steps.Facts, part string) []steps.Task {
	create := steps.Task{
		ID: "journal_create", Part: part, Title: "Make the journal mailbox and its POP3 definition", Who: check.WhoTPOC,
		Detail: "Mimecast fetches the copies from one mailbox of yours, over port 995 from the region's ranges. " +
			"This is a fall-back for systems that cannot send journal mail.",
	}
	on := steps.Task{
		ID: "journal_on", Part: part, Title: "Switch the copies on, a few mailboxes after others", Who: check.WhoTPOC,
		Detail: "Not for the whole organisation at once: the mailbox must be emptied faster than it fills.",
	}
	if Exchange(f) {
		create.Detail += " It is not for Exchange in mixed mode."
		on.Title = "Switch journaling on, one database after another"
	} else {
		create.Detail += " No vendor page on this way was found for your mail system: ask Mimecast first."
	}
	if OtherKind(f) == "hosted_exchange" {
		create.Who, on.Who = check.WhoProvider, check.WhoProvider
	}
	tasks := []steps.Task{create}
	if OnServers(f) && (InCloud(f) || InGoogle(f)) {
		cloud := steps.Task{
			ID: "journal_cloud", Part: part, Title: "Prepare the journal of your mailboxes in the cloud", Who: check.WhoTPOC,
			Detail: "POP3 is for your own servers. The mailboxes in the cloud send their copies to the journal hosts." +
				need("journal hosts", f.Target, f.Target.Journal),
		}
		if InCloud(f) {
			cloud.Detail += "\n\nMicrosoft 365: a contact for the journal address, a connector for its domain, and a rule, still off."
			cloud.Snippets = []steps.Snippet{exchangeJournal(f, true)}
			on.Snippets = JournalSwitch(f)
		} else {
			cloud.Detail += googleJournal
			cloud.Snippets = []steps.Snippet{journalText(f)}
		}
		tasks = append(tasks, cloud)
	}
	return append(tasks, steps.Task{
		ID: "journal_prove", Part: part, Title: "Prove that messages are fetched, before journaling is on", Who: check.WhoTPOC,
		Detail: "Put one message into the mailbox and see it leave. If journaling is switched on before this works, the mailbox fills up.",
	}, on, journalTest(f, part))
}

func journalTest(f steps.Facts, part string) steps.Task {
	t := steps.Task{
		ID: "journal_test", Part: part, Title: "Find one internal message in the archive", Who: check.WhoTPOC,
		Detail: "Send a message from one colleague to another and look for it in the archive; keep a note of when you found it.",
	}
	if InCloud(f) {
		t.Detail += " Not one to yourself: Microsoft 365 does not journal that."
	}
	if part == steps.PartDualJournaling {
		t.Title = "Find one internal message in both archives"
		t.Detail = strings.Replace(t.Detail, "in the archive;", "in the old and in the new archive;", 1)
	}
	return t
}
