package steps

// Ids of the steps. They are stable across services, tracks and releases;
// stored states, tasks and runs are kept under them.
const (
	ConnectRFI        = "connect.rfi"
	ConnectAccount    = "connect.account"
	ConnectOutbound   = "connect.outbound"
	ConnectRecipients = "connect.recipients"
	ConnectInbound    = "connect.inbound"
	ConnectLockdown   = "connect.lockdown"
	ConnectCompletion = "connect.completion"

	MigrateAuthorization = "migrate.authorization"
	MigrateAccount       = "migrate.account"
	MigrateFirewall      = "migrate.firewall"
	MigrateRecipients    = "migrate.recipients"
	MigratePolicies      = "migrate.policies"
	MigrateReview        = "migrate.review"
	MigrateDates         = "migrate.dates"
	MigrateOutbound      = "migrate.outbound"
	MigrateMX            = "migrate.mx"
	MigrateSignOff       = "migrate.signoff"
	MigratePost          = "migrate.post"
)

// QFirewall is the question for the firewall before the mail server: the id of
// the format of its rules.
const QFirewall = "firewall.kind"

// Ids of the parts of step 4.
const (
	PartRecipients     = "recipient_validation"
	PartJournaling     = "journaling"
	PartDualJournaling = "dual_journaling"
)

// Ids of tasks that other code asks about by name: the ticks that mark a
// change, and what has to come before it.
const (
	TaskSendForm        = "send_form" // the Request for Information is sent
	TaskOpenRanges      = "open_ranges"
	TaskSwitchConnector = "switch_connector"
	TaskLowerTTL        = "lower_ttl"
	TaskChangeMX        = "change_mx"
	TaskClosePort       = "close_port"
	TaskOldRanges       = "old_ranges" // the old region's taken out of the rules
)

// FirewallStep is the step in which the ranges are let through the firewall,
// for a journey: the Connect process has no step of its own for it.
func FirewallStep(j Journey) string {
	if j == Migrate {
		return MigrateFirewall
	}
	return ConnectAccount
}

// MXStep is the step in which the MX records change, for a journey.
func MXStep(j Journey) string {
	if j == Migrate {
		return MigrateMX
	}
	return ConnectInbound
}

// OutboundStep is the step in which outgoing mail is switched, for a journey.
func OutboundStep(j Journey) string {
	if j == Migrate {
		return MigrateOutbound
	}
	return ConnectOutbound
}
