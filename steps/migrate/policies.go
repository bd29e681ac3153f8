package migrate

import "mxodus/steps"

func policies(p steps.Profile) steps.Step {
	title := "Migration of Customer’s Configuration and Policies"
	if p.Track == steps.Archive || p.Track == steps.Enterprise {
		title = "Migration of Customer’s Account Configuration and Policies"
	}
	oauth := "OAuth connectors are created again, one per product (inferred)"
	if p.Platform == steps.M365 || p.Platform == steps.HybridM365 {
		oauth = "OAuth connectors, such as those for Teams or Azure AD, are created again, one per product (inferred)"
	}
	rules := "firewall rules"
	if p.Hosted() {
		rules = "what your mail platform lets in"
	}
	return steps.Step{
		ID:      steps.MigratePolicies,
		Title:   title,
		Owner:   steps.OwnerMimecast,
		Purpose: "Mimecast's engineer copies policies and settings into the new account; some things cannot be copied.",
		Gates: []steps.Gate{
			after("migrate.policies.after_account", "The new account exists",
				"There is nothing to copy into before", steps.MigrateAccount),
		},
		Questions: []string{"policies.inventory", "migrate.addons"},
		Tasks:     policiesTasks,
		Failures:  policiesFailures(p),
		Evidence:  []string{"A sheet that compares policies of the old and the new account, by name and number"},
		Rollback:  "The engineer repeats the copy; the old account still works with its own.",
		WaitsFor:  "Mimecast's engineer moves your policies and configuration",
		Limitations: []string{
			"Directory connectors, journal connectors and " + rules + " are set up again, by you (stated)",
			"Archived mail is exported from the old account and imported into the new one; it is not moved live (stated)",
			"End-user apps must be pointed to the new region (stated)",
			"Synchronization Engine sites belong to one account and are bound again (inferred)",
			oauth,
			"Single sign-on: login addresses carry the region, so identifier and reply address change at your identity provider (inferred)",
			"API programs need the new region's address and new keys (inferred)",
			"Rewritten links in old mail carry the old region's name; the vendor warns about links across regions (stated warning, consequence inferred)",
			"The DKIM signing key lives in the account; expect a new one (inferred)",
			"Cloud passwords, held mail, queues and personal block lists: unknown, ask Mimecast",
			"The vendor's own list of limitations could not be read: ask the engineer for it",
		},
	}
}
