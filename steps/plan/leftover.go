package plan

import (
	"fmt"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/rfi"
)

// Untold names, by what they ask, the questions of a step's form whose answers
// Mimecast has otherwise, as steps.View.SentOtherwise decides. A reason with
// which it was set aside settles what was answered until then.
func Untold(v steps.View, step string) []string {
	st, ok := v.Plan.Step(step)
	if !ok || step != steps.ConnectRFI {
		return nil
	}
	var aside time.Time
	for _, o := range v.Snap.Overrides {
		if o.Step == step && o.Gate == UntoldID {
			aside = o.At
		}
	}
	var out []string
	for _, q := range rfi.Review(v.Facts, st.Questions) {
		if v.SentOtherwise(q.Question.ID) && q.Answer.At.After(aside) {
			out = append(out, strings.TrimSuffix(q.Question.Label, "?"))
		}
	}
	return out
}

// UntoldID is what an Override names that sets aside that Mimecast has some
// answers otherwise, and UntoldAside says so in words.
const (
	UntoldID    = "sent " + steps.TaskSendForm
	UntoldAside = "Mimecast was not told what differs from the form sent"
)

// untoldShown is how many questions are named in one line.
const untoldShown = 3

// TellText says in one line what to do about answers that Mimecast has
// otherwise.
func TellText(names []string) string {
	return "Tell Mimecast what differs from the form you sent, then tick the sending anew: " + Several(names)
}

// Several names a few of a list and counts the rest.
func Several(names []string) string {
	shown := strings.Join(names[:min(untoldShown, len(names))], "; ")
	if more := len(names) - untoldShown; more > 0 {
		shown += "; and " + count(more, "other")
	}
	return shown
}

// tellObstacle is in the way of a step whose form was sent with other answers.
func tellObstacle(names []string) Obstacle {
	return Obstacle{
		ID: UntoldID, Kind: ObstacleUntold, Text: TellText(names), Stage: steps.StageDo,
		Why: "The account is built from the form as it was sent",
	}
}

// Leftovers lists what is left to do in a closed step that stands as it was
// confirmed: telling Mimecast what differs from the form it has, and checks to
// be run again. None of it can be set aside there.
func Leftovers(v steps.View, step string) []Obstacle {
	st, ok := v.Plan.Step(step)
	if !ok || !v.Closed(step) || len(v.ChangedSince(step)) > 0 {
		return nil
	}
	var out []Obstacle
	if names := Untold(v, step); len(names) > 0 {
		out = append(out, tellObstacle(names))
	}
	for _, id := range OutOfDate(v, step) {
		_, standing := v.Result(st.ID, id)
		out = append(out, Obstacle{
			ID: "check " + id, Kind: ObstacleNotRun, Stage: steps.StageCheck,
			Text: fmt.Sprintf("Run %s again: it %s", id, outOfDate(v, step, id, standing)),
			Why:  "Until then nothing proves that what it found still holds",
		})
	}
	return out
}
