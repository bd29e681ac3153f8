// Package plan turns a profile into its plan and reads a move's state against
// it: statuses, transitions, what stands in the way, what comes next, dates.
// Everything here is pure.
package plan

import (
	"mxodus/steps"
	"mxodus/steps/connect"
	"mxodus/steps/migrate"
)

// Build returns the ordered steps of a profile, numbered from 1 without gaps,
// and what it leaves out. The error says which value of the profile does not
// fit and what is accepted.
func Build(p steps.Profile) (steps.Plan, error) {
	if err := p.Validate(); err != nil {
		return steps.Plan{}, err
	}
	of := connect.Steps
	if p.Journey == steps.Migrate {
		of = migrate.Steps
	}
	plan := steps.Plan{Profile: p}
	plan.Steps, plan.LeftOut = of(p)
	for i := range plan.Steps {
		plan.Steps[i].Number = i + 1
	}
	return plan, nil
}
