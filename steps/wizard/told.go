package wizard

import (
	"errors"
	"slices"
	"strings"
	"unicode"

	"mxodus/steps"
	"mxodus/steps/plan"
)

// Asks is what confirming a step asks for beyond a yes.
type Asks struct {
	Told     bool // Confirmation.Told is needed
	Overseen bool // a test plan is signed, and no second person is named yet
}

// ToldWord is the question to which Confirmation.Told is the answer, and why it
// is asked.
const (
	ToldWord = "Who at Mimecast confirmed this, and when?"
	ToldWhy  = "A name, then a day or the case number: Kim Tran, 3 December. It stands in the record and in the summary."
)

// toldNote begins the note in which Confirmation.Told is kept.
const toldNote = "Confirmed by Mimecast: "

// ErrTold says that a step of Mimecast's was to be confirmed without saying who
// there confirmed it.
var ErrTold = errors.New("say who at Mimecast confirmed this, and when: a name, then a day or the case number, such as Kim Tran, 3 December")

const qOverseen = "signoff.overseen_by"

// Told joins the two parts of Confirmation.Told.
func Told(who, when string) string {
	return strings.TrimSpace(who) + ", " + strings.TrimSpace(when)
}

// ToldBoth reports that a text says both who confirmed a step and when, or
// under which case number: two parts with a comma between, or several words
// with a number among them.
func ToldBoth(text string) bool {
	if who, when, comma := strings.Cut(text, ","); comma {
		return len([]rune(strings.TrimSpace(who))) > 1 && strings.TrimSpace(when) != ""
	}
	words := strings.Fields(text)
	return len(words) > 1 && strings.ContainsFunc(strings.Join(words[1:], " "), unicode.IsDigit) &&
		strings.ContainsFunc(words[0], unicode.IsLetter)
}

// asks says what confirming a step asks for. Mimecast's word is needed for what
// is Mimecast's: a whole step, or the part of a shared one that it waits for.
func asks(v steps.View, st steps.Step) Asks {
	state := v.Snap.Steps[st.ID]
	shared := st.Owner == steps.OwnerBoth && state.Status == steps.Waiting && state.WaitingOn == plan.WaitMimecast
	return Asks{
		Told:     !state.Status.Closed() && (st.Owner == steps.OwnerMimecast || shared),
		Overseen: slices.Contains(st.Questions, qOverseen) && v.Facts.Answers.Value(qOverseen) == "",
	}
}
