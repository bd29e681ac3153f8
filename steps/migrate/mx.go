package migrate

import (
	"mxodus/steps"
	"mxodus/steps/require"
)

func mx(p steps.Profile) steps.Step {
	gates := []steps.Gate{
		after("migrate.mx.after_dates", "The dates are agreed",
			"The order of the move is: dates first, then outgoing mail, then MX", steps.MigrateDates),
		after("migrate.mx.after_outbound", "Outgoing mail runs through the new region",
			"Outgoing before incoming is the order of Mimecast's article on migrations", steps.MigrateOutbound),
		require.Part("migrate.mx.recipients", "The new account knows your recipients",
			"Mail for an address that the new account does not know is refused", steps.MigrateRecipients, steps.PartRecipients),
		require.Agreed("migrate.mx.window", steps.QInboundDate, "The MX records change at the agreed time, not earlier"),
	}
	if !p.Hosted() {
		gates = append(gates, require.Firewall("migrate.mx.firewall", steps.MigrateMX, p.Journey))
	}
	return steps.Step{
		ID:        steps.MigrateMX,
		Title:     "Update Inbound MX Records",
		Owner:     steps.OwnerTPOC,
		Purpose:   "Replace the old region's MX records by the new region's pair, for every domain.",
		Gates:     gates,
		Questions: []string{"domains", "domains.direction", steps.QResolvers, "dates.inbound"},
		Checks:    []string{"MX-PLAN", "MX-FORM", "GW-SMTP", "MX-AUTH", "MX-LEFT", "MX-PROP"},
		PhaseTask: steps.TaskChangeMX,
		Tasks:     mxTasks,
		Failures:  mxFailures(p),
		Evidence: []string{
			"The MX records before and after, with time and server, from the checks",
			"The full headers of a test message that came in through the new region",
		},
		Rollback: "Publish the old MX records again; both accounts are live. It takes one TTL to reach everyone.",
		Limitations: []string{
			"Mimecast's article on migrations sends you to the outbound set-up page for the host names; an MX must name the inbound hosts instead",
		},
	}
}
