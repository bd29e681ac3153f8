package migrate

import "mxodus/steps"

func account(p steps.Profile) steps.Step {
	return steps.Step{
		ID:      steps.MigrateAccount,
		Title:   "Account Creation",
		Owner:   steps.OwnerMimecast,
		Purpose: "Mimecast makes your account in the new region, with the old one as its template, and gives you a login.",
		Gates: []steps.Gate{
			after("migrate.account.after_authorization", "The move is authorized",
				"Without it nobody at Mimecast works on the new account", steps.MigrateAuthorization),
		},
		Questions: []string{"company.account_code"},
		Tasks:     accountTasks,
		Failures:  accountFailures(p),
		Evidence:  []string{"The new account code, and the day of your first sign-in"},
		Rollback:  "None is needed: the old account runs on unchanged.",
		WaitsFor:  "Mimecast creates your account in the new region and sends the login",
		Limitations: []string{
			"The console's time zone follows the region and cannot be changed",
		},
	}
}
