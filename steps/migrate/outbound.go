package migrate

import (
	"mxodus/steps"
	"mxodus/steps/recipe"
	"mxodus/steps/require"
)

func outbound(p steps.Profile) steps.Step {
	gates := []steps.Gate{
		after("migrate.outbound.after_dates", "The dates are agreed",
			"The order of the move is: dates first, then outgoing mail, then MX", steps.MigrateDates),
		require.Agreed("migrate.outbound.window", steps.QOutboundDate, "Outgoing mail changes at the agreed time, not earlier"),
	}
	if !p.Hosted() {
		gates = append(gates, require.Firewall("migrate.outbound.firewall", steps.MigrateOutbound, p.Journey))
	}
	s := steps.Step{
		ID:        steps.MigrateOutbound,
		Title:     "Update Outbound Send Connectors",
		Owner:     steps.OwnerTPOC,
		Purpose:   "Send outgoing mail through the new region's gateway.",
		Gates:     gates,
		Questions: []string{"ip.outbound_dynamic", "ip.outbound", "third_party_senders", "dates.outbound"},
		Checks:    []string{"GW-OUT"},
		PhaseTask: steps.TaskSwitchConnector,
		Tasks:     outboundTasks,
		Failures:  outboundFailures(p),
		Evidence: []string{
			"An export or a note of the new " + recipe.WayOut(p) + ", with the new hosts",
			"The full headers of a test message that arrived outside",
		},
		Rollback: "Put the old smart hosts back. Both accounts are live, so mail flows at once.",
		Limitations: []string{
			"Keeping both regions' includes in the SPF record while you move is our advice (inferred)",
		},
	}
	if p.Archives() {
		s.Purpose = "Send outgoing mail and journal copies through the new region's gateway."
	}
	return s
}
