package connect

import (
	"mxodus/steps"
	"mxodus/steps/recipe"
	"mxodus/steps/require"
)

func outbound(p steps.Profile) steps.Step {
	gates := []steps.Gate{
		after("connect.outbound.after_account", "Your account is built and checked",
			"Mail from an account that does not know your domains and addresses is refused as open relay", steps.ConnectAccount),
	}
	if !p.Hosted() {
		gates = append(gates, require.Firewall("connect.outbound.firewall", steps.ConnectOutbound, p.Journey))
	}
	return steps.Step{
		ID:        steps.ConnectOutbound,
		Title:     "Routing Outbound emails",
		Owner:     steps.OwnerTPOC,
		Purpose:   "Send your outgoing mail through Mimecast first, so that it knows whom you write to before it judges their replies.",
		Gates:     gates,
		Questions: []string{"ip.outbound_dynamic", "ip.outbound", "third_party_senders", "smart_hosts", steps.QOutboundDate},
		Checks:    []string{"GW-OUT"},
		PhaseTask: steps.TaskSwitchConnector,
		Tasks:     outboundTasks,
		Failures:  outboundFailures(p),
		Evidence: []string{
			"The SPF record as published, and when",
			"An export or a note of the new " + recipe.WayOut(p),
			"The full headers of a test message that arrived outside",
		},
		Rollback: "Switch the former " + recipe.WayOut(p) + " on again and the new one off. Leave the Mimecast include in your SPF record; it does no harm.",
		Limitations: []string{
			"How long to wait before incoming mail follows: the vendor says several days; three is our reading",
		},
	}
}
