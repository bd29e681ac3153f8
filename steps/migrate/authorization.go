package migrate

import "mxodus/steps"

func authorization(p steps.Profile) steps.Step {
	return steps.Step{
		ID:      steps.MigrateAuthorization,
		Title:   "Authorization to Migrate",
		Owner:   steps.OwnerMimecast,
		Purpose: "You ask for the move; your account manager agrees options and time with you and names an engineer.",
		Questions: []string{
			"move.source_region", "company.region", "move.track", "account.code_old", "migrate.addons",
			"company.name", "company.primary_domain", "domains", "infra.type", "infra.other_kind", "infra.exchange_version",
			"contact.tpoc.name", "contact.tpoc.email", "contact.tpoc.phone",
			"people.account_manager.name", "people.account_manager.email",
			"people.engineer.name", "people.engineer.email",
			"case.number", "migrate.authorized_on", "dates.wanted",
		},
		Tasks:    authorizationTasks,
		Failures: authorizationFailures(p),
		Evidence: []string{
			"The day of your request, the names of account manager and engineer, the case number",
			"The list of add-ons you told them about",
		},
		Rollback: "Withdraw the request; nothing has changed.",
		WaitsFor: "Your account manager calls about options and time, and assigns an engineer",
		Limitations: []string{
			"Add-ons and variations are planned with support first; name them before anything else",
			"Whether the old and the new account may hold the same domain at once is not known: a domain may be in one customer's account only, so ask the engineer",
		},
	}
}
