package uitest

import (
	"mxodus/steps"
	"mxodus/ui/app"
	"mxodus/ui/screen"
)

// at opens the only move at a stage of a step.
func at(step string, stage steps.Stage) func(*app.Options) {
	return func(o *app.Options) {
		o.Position = &steps.Position{Screen: screen.Step, Step: step, Stage: stage}
	}
}
