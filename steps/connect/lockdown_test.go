package connect

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

// TestRulesAreSavedForTheCheckOfTheStep: the task names the check that reads
// the export in its own step.
func TestRulesAreSavedForTheCheckOfTheStep(t *testing.T) {
	a := steps.Answers{}
	for q, v := range map[string]string{
		steps.QJourney: string(steps.Connect), steps.QService: string(steps.Both), steps.QPlatform: string(steps.OnPrem), steps.QTarget: "au",
	} {
		a[q] = steps.Answer{Question: q, Value: v}
	}
	f := steps.NewFacts(a, time.Unix(0, 0))
	for want, tasks := range map[string][]steps.Task{"FW-OPEN": accountTasks(f), "FW-LOCK": lockdownTasks(f)} {
		found := false
		for _, task := range tasks {
			if task.ID == "save_rules" {
				found = strings.Contains(task.Detail, "the check "+want+" reads")
			}
		}
		if !found {
			t.Errorf("no task that saves the rules for %s", want)
		}
	}
	a[steps.QPlatform] = steps.Answer{Question: steps.QPlatform, Value: string(steps.M365)}
	for _, task := range lockdownTasks(steps.NewFacts(a, time.Unix(0, 0))) {
		if strings.Contains(task.Title+task.Detail, "exception") || strings.Contains(task.Title, "your servers") {
			t.Errorf("a hosted platform has no question about exceptions: %q, %q", task.Title, task.Detail)
		}
	}
	back := lockdown(f.Profile).Rollback
	for _, want := range []string{"dropped", "4xx", "5xx"} {
		if !strings.Contains(back, want) {
			t.Errorf("what becomes of refused mail: no %q in %q", want, back)
		}
	}
}
