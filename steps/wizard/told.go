package wizard

import (
	"errors"
	"slices"
	"strings"
	"time"
	"unicode"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/rfi"
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
		_, ok := ReadWhen(when, time.Time{})
		return len([]rune(strings.TrimSpace(who))) > 1 && ok
	}
	words := strings.Fields(text)
	return len(words) > 1 && strings.ContainsFunc(strings.Join(words[1:], " "), unicode.IsDigit) &&
		strings.ContainsFunc(words[0], unicode.IsLetter)
}

// ReadWhen reads when somebody said so: a day, a case number, or a word for a
// day as people say it, which is written out as the day that it is now. False
// where neither a number nor such a word is in it.
func ReadWhen(text string, now time.Time) (string, bool) {
	words := strings.Fields(text)
	for len(words) > 1 && slices.Contains([]string{"on", "last", "this", "just", "late", "early"}, strings.ToLower(words[0])) {
		words = words[1:]
	}
	if len(words) == 0 {
		return "", false
	}
	if back, ok := daysBack(strings.ToLower(strings.TrimRight(words[0], ".,")), now.Weekday()); ok {
		words[0] = now.AddDate(0, 0, -back).Format("2 Jan 2006")
		return strings.Join(words, " "), true
	}
	return strings.TrimSpace(text), strings.ContainsFunc(text, unicode.IsDigit)
}

// ErrAhead says that Mimecast's word was given a day that is still to come.
var ErrAhead = errors.New("this day is still to come; confirm the step once Mimecast has told you that it is done")

// StillToCome reports that when Mimecast said so, as ReadWhen reads it, is a day
// after today. A case number is as good as a day.
func StillToCome(when string, f steps.Facts) bool {
	text, _ := ReadWhen(when, f.Now)
	return rfi.Question{Type: rfi.Date}.Parse(text, f).Value > f.Now.Format(time.DateOnly)
}

// CheckTold says why a text cannot be Mimecast's word on a step: who said so or
// when is missing, or the day is still to come.
func CheckTold(told string, f steps.Facts) error {
	if !ToldBoth(told) {
		return ErrTold
	}
	if _, when, comma := strings.Cut(told, ","); comma && StillToCome(when, f) {
		return ErrAhead
	}
	return nil
}

// daysBack is how many days before today a word names a day.
func daysBack(word string, today time.Weekday) (int, bool) {
	switch word {
	case "today", "now", "morning", "afternoon", "evening":
		return 0, true
	case "yesterday", "night":
		return 1, true
	case "tomorrow":
		return -1, true
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := strings.ToLower(d.String()); len(word) >= 3 && strings.HasPrefix(name, word) {
			return (int(today) - int(d) + 7) % 7, true
		}
	}
	return 0, false
}

// writtenOut is Confirmation.Told with the day written out.
func writtenOut(told string, now time.Time) string {
	if who, when, comma := strings.Cut(told, ","); comma {
		when, _ = ReadWhen(when, now)
		return Told(who, when)
	}
	return told
}

// asks says what confirming a step asks for. Mimecast's word is needed for what is
// Mimecast's: a whole step, the part of a shared one that it waits for, or the
// end of one that only Mimecast can close.
func asks(v steps.View, st steps.Step) Asks {
	state := v.Snap.Steps[st.ID]
	shared := st.Owner == steps.OwnerBoth && state.Status == steps.Waiting && state.WaitingOn == plan.WaitMimecast
	return Asks{
		Told:     !state.Status.Closed() && (st.Owner == steps.OwnerMimecast || shared || st.Word),
		Overseen: slices.Contains(st.Questions, qOverseen) && v.Facts.Answers.Value(qOverseen) == "",
	}
}
