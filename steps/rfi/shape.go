package rfi

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"mxodus/steps"
)

// shape are the questions whose answers the plan is built from.
var shape = []string{steps.QJourney, steps.QService, steps.QTrack, steps.QSource, steps.QTarget}

// ShapeProblem says why what was understood may not become the answer to a question that
// the plan of a move is built from: a plan that stands must not be lost, lose
// one of its regions or become another journey's. It is "" for every other
// question, and for a move that has no plan yet: there any answer helps.
func ShapeProblem(now steps.Answers, question string, u Understood) string {
	value := u.Value
	before := now.Profile()
	if !slices.Contains(shape, question) || before.Validate() != nil {
		return ""
	}
	next := steps.Answers{}
	maps.Copy(next, now)
	next[question] = steps.Answer{Question: question, Text: value, Value: value}
	after := next.Profile()
	switch {
	case after == before:
		return ""
	case after.Journey != before.Journey:
		return fmt.Sprintf("the kind of a move cannot be changed, so this one stays %s; make a new move for the other kind", chosen(now, question))
	case value == "" && len(u.Problems) > 0:
		return fmt.Sprintf("%s; it stays %s", u.Problems[0].Message, chosen(now, question))
	case value == "":
		return fmt.Sprintf("the plan needs this answer, and nothing usable was given, so it stays %s", chosen(now, question))
	case after.Journey == steps.Migrate && after.Source != "" && after.Source == after.Target:
		return fmt.Sprintf("the source and the target would both be %s, and a migration goes from one region to another, so it stays %s", chosen(next, question), chosen(now, question))
	}
	if err := after.Validate(); err != nil {
		return fmt.Sprintf("there would be no plan: %v; it stays %s", err, chosen(now, question))
	}
	return ""
}

// chosen says the present answer to a choice as people call it.
func chosen(a steps.Answers, question string) string {
	q, _ := Find(question)
	return q.ItemLabel(steps.NewFacts(a, time.Time{}), a.Value(question))
}
