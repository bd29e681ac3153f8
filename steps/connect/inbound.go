package connect

import (
	"mxodus/steps"
	"mxodus/steps/recipe"
	"mxodus/steps/require"
)

func inbound(p steps.Profile) steps.Step {
	gates := []steps.Gate{
		after("connect.inbound.after_outbound", "Outgoing mail runs through Mimecast",
			"Correspondents become known by your outgoing mail; without it their replies are held up", steps.ConnectOutbound),
		require.Learned("connect.inbound.learned", steps.ConnectOutbound),
		require.Part("connect.inbound.recipients", "Mimecast knows your recipients",
			"Mail for an address that Mimecast does not know is refused", steps.ConnectRecipients, steps.PartRecipients),
	}
	if !p.Hosted() {
		gates = append(gates, require.Firewall("connect.inbound.firewall", steps.ConnectInbound, p.Journey))
	}
	return steps.Step{
		ID:        steps.ConnectInbound,
		Title:     "Routing Inbound emails",
		Owner:     steps.OwnerBoth,
		Purpose:   "Have mail from outside arrive at Mimecast, which then hands it to " + recipe.Home(p) + ".",
		Gates:     gates,
		Questions: []string{"ip.inbound", "domains", "domains.direction", steps.QResolvers, steps.QInboundDate},
		Checks:    []string{"MX-PLAN", "MX-FORM", "GW-SMTP", "MX-AUTH", "MX-LEFT", "MX-PROP"},
		PhaseTask: steps.TaskChangeMX,
		Tasks:     inboundTasks,
		Failures:  inboundFailures(p),
		Evidence: []string{
			"The MX records before and after, with time and server, from the checks",
			"The full headers of a test message that came in through Mimecast",
			"The result of the delivery route test in the console",
		},
		Rollback: "Publish the recorded MX records again. Keep " + recipe.Home(p) + " open to everyone until the TTL has run out, as mail comes both ways until then.",
		WaitsFor: "Mimecast sets up the delivery routes to " + recipe.Home(p),
	}
}
