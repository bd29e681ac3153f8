package steps

import (
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check"
)

// portRow is one row of the firewall matrix with the condition it hangs on and
// the steps that need it beside the firewall step and the last ones.
type portRow struct {
	need  check.PortNeed
	when  func(Facts) bool
	steps []string
}

// portRows is the vendor's firewall matrix as far as a ruleset of the
// customer's own decides about it. Mail ports are named by the vendor's
// lock-down and FAQ pages; 995 for POP journaling is the protocol's default.
func portRows(f Facts) []portRow {
	mail := []string{ConnectInbound, MigrateMX, ConnectLockdown}
	out := []string{ConnectOutbound, MigrateOutbound}
	users := []string{ConnectRecipients, MigrateRecipients}
	dir := directoryNeed(f)
	return []portRow{
		{tcp("smtp-in", "mail in", true, 25), func(f Facts) bool { return f.Profile.MovesMail() }, mail},
		{tcp("smtp-out", "mail out", false, 25), func(f Facts) bool {
			return f.Profile.MovesMail() && !f.Answers.Yes("ip.outbound_dynamic")
		}, out},
		{tcp("smtp-auth-out", "mail out", false, 587), func(f Facts) bool {
			return f.Profile.MovesMail() && f.Answers.Yes("ip.outbound_dynamic")
		}, out},
		{tcp("journal-out", "journal out", false, 25), func(f Facts) bool {
			return f.Profile.Archives() && f.Answers.Value("journal.method") != "pop3"
		}, users},
		{tcp("journal-pop-in", "journal in", true, 995), func(f Facts) bool {
			return f.Profile.Archives() && f.Answers.Value("journal.method") == "pop3"
		}, users},
		{dir, func(f Facts) bool { return pullsDirectory(f) }, users},
		{tcp("mse-out", "sync out", false, 443), func(f Facts) bool {
			return f.Answers.Value("rv.method") == "sync_engine"
		}, users},
		{tcp("smtp-cf-in", "callback in", true, 25), func(f Facts) bool {
			return !f.Profile.MovesMail() && strings.Contains(f.Answers.Value("rv.check"), "smtp_call_forward")
		}, users},
		{tcp("https-out", "https out", false, 443), func(Facts) bool { return true }, nil},
	}
}

func tcp(id, label string, in bool, port uint16) check.PortNeed {
	return check.PortNeed{ID: id, Label: label + " " + strconv.Itoa(int(port)), In: in, Proto: "tcp", Port: port}
}

// pullsDirectory reports that Mimecast connects to a directory of the customer.
func pullsDirectory(f Facts) bool {
	m := f.Answers.Value("rv.method")
	return m == "directory_ldap" || m == "domino_ldap"
}

// PullsDirectory reports that Mimecast connects to a directory of the customer,
// or may do so as long as it is not answered how recipients become known; a
// hosted platform then has none of its own.
func (f Facts) PullsDirectory() bool {
	return pullsDirectory(f) || f.Answers.Value("rv.method") == "" && !f.Profile.Hosted()
}

// directoryNeed is the port of the directory: as answered, else 636 with TLS
// (which is advised) and 389 without.
func directoryNeed(f Facts) check.PortNeed {
	port, err := strconv.ParseUint(f.Answers.Value("dir.port"), 10, 16)
	if err != nil || port == 0 {
		port = 636
		if f.Answers.Value("dir.tls") == "no" {
			port = 389
		}
	}
	id := "ldaps-in"
	switch {
	case port == 3268 || port == 3269:
		id = "gc-in"
	case port == 389 || f.Answers.Value("dir.tls") == "no":
		id = "ldap-in"
	}
	return tcp(id, "directory in", true, uint16(port))
}

// PortNeeds lists what the customer's firewall must allow for a step: all of
// the move's ports at the firewall step, the last steps and for step "", else
// those of the step itself. Nothing for hosted platforms, which have no
// ruleset of the customer's own.
func (f Facts) PortNeeds(step string) []check.PortNeed {
	if f.Profile.Hosted() {
		return nil
	}
	all := slices.Contains([]string{
		"", ConnectAccount, ConnectCompletion, MigrateFirewall, MigrateReview, MigrateSignOff, MigratePost,
	}, step)
	var needs []check.PortNeed
	for _, row := range portRows(f) {
		if row.when(f) && (all || slices.Contains(row.steps, step)) {
			needs = append(needs, row.need)
		}
	}
	return needs
}
