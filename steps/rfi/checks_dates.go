package rfi

import (
	"fmt"
	"time"

	"mxodus/steps"
)

func moment(v string) time.Time {
	t, _ := time.Parse(time.RFC3339, v)
	return t
}

func checkOutboundDate(f steps.Facts, u *Understood) {
	out := moment(u.Value)
	in, _ := f.ChangeAt(steps.QInboundDate)
	if _, done := f.ChangeAt(steps.QOutboundDate); !done { // what was planned is history then
		if !in.IsZero() && !in.After(out) {
			u.warn("", "outgoing mail goes first, and this is not before the change of incoming mail: %s", change(f, steps.QInboundDate))
		}
		u.freeze(f, out)
		u.asked(f, out)
	}
	if f.Answers.Value(steps.QInboundDate) == "" { // the clock of the later change counts
		u.clock(f, out)
	}
}

// clock notes that all times of the move are shown by another clock from now on:
// that in which this one is given.
func (u *Understood) clock(f steps.Facts, at time.Time) {
	_, given := at.Zone()
	if _, now := at.In(f.Zone()).Zone(); at.IsZero() || given == now {
		return
	}
	u.Notes = append(u.Notes, "all times of this move are shown by this clock from now on, UTC"+at.Format("-07:00"))
}

// freeze warns about a change that comes before the freeze.
func (u *Understood) freeze(f steps.Facts, at time.Time) {
	if stop := moment(f.Answers.Value("dates.freeze")); !stop.IsZero() && stop.After(at) {
		u.warn("", "nothing should be changed in the old account any more by then, but the freeze begins later: %s", other(labelFreeze, stop.Format(momentLayout)))
	}
}

func checkInboundDate(f steps.Facts, u *Understood) {
	in := moment(u.Value)
	u.clock(f, in)
	if _, done := f.ChangeAt(steps.QInboundDate); done { // what was planned is history
		return
	}
	if out, _ := f.ChangeAt(steps.QOutboundDate); !out.IsZero() && !in.After(out) {
		u.warn("", "outgoing mail goes first, and this is not after its change: %s", change(f, steps.QOutboundDate))
	}
	if dual := day(f.Answers.Value("journal.dual_start")); dual.After(in) {
		u.warn("", "journaling to both accounts comes before the MX change, and it begins later: %s", other(labelDual, dual.Format(isoDate)))
	}
	u.freeze(f, in)
	u.asked(f, in)
}

// Labels of questions on dates, which messages at the other dates name.
const (
	labelAuthorized = "On which day did you ask for the migration?"
	labelFreeze     = "From when on is nothing changed in the old account any more?"
	labelOutbound   = "When are the outgoing connectors changed?"
	labelInbound    = "When are the MX records changed?"
	labelDual       = "On which day did journaling to both accounts begin?"
)

const momentLayout = "2006-01-02 15:04 -07:00"

// other names the answer to another question in a message.
func other(label, value string) string { return fmt.Sprintf("%q is answered with %s", label, value) }

// change names an agreed date in a message, or what was done at another time.
func change(f steps.Facts, question string) string {
	at, done := f.ChangeAt(question)
	switch {
	case done && question == steps.QOutboundDate:
		return "the connectors were changed on " + at.Format(momentLayout)
	case done:
		return "the MX records were changed on " + at.Format(momentLayout)
	case question == steps.QOutboundDate:
		return other(labelOutbound, at.Format(momentLayout))
	}
	return other(labelInbound, at.Format(momentLayout))
}

// asked warns about a date before the migration was asked for.
func (u *Understood) asked(f steps.Facts, at time.Time) {
	day, err := time.Parse(isoDate, f.Answers.Value("migrate.authorized_on"))
	if err == nil && !at.IsZero() && at.Before(day) {
		u.warn("", "this is before the migration was asked for: %s", other(labelAuthorized, day.Format(isoDate)))
	}
}

// day reads a date, the zero time when there is none.
func day(v string) time.Time {
	t, _ := time.Parse(isoDate, v)
	return t
}

// past warns about a day on which something is said to have happened, and that
// is still to come.
func (u *Understood) past(f steps.Facts, what string) {
	if at := day(u.Value); !f.Now.IsZero() && at.After(day(f.Now.Format(isoDate))) {
		u.warn("", "this day is still to come, today is %s; %s", f.Now.Format("2 January 2006"), what)
	}
}

func checkAuthorized(f steps.Facts, u *Understood) {
	u.past(f, "answer it once the migration was asked for")
	for _, q := range []string{steps.QOutboundDate, steps.QInboundDate} {
		if at, _ := f.ChangeAt(q); !at.IsZero() && at.Before(day(u.Value)) {
			u.warn("", "this is after a change that follows from it: %s", change(f, q))
			return
		}
	}
}

func checkDualStart(f steps.Facts, u *Understood) {
	start := day(u.Value)
	u.past(f, "answer it once the second journal rule is on")
	u.asked(f, start)
	if in, _ := f.ChangeAt(steps.QInboundDate); !in.IsZero() && start.After(in) {
		u.warn("", "this is after the MX change, and journaling to both accounts comes before it: %s", change(f, steps.QInboundDate))
	}
}

func checkFreeze(f steps.Facts, u *Understood) {
	for _, q := range []string{steps.QOutboundDate, steps.QInboundDate} {
		if cut, _ := f.ChangeAt(q); !cut.IsZero() && moment(u.Value).After(cut) {
			u.warn("", "nothing should be changed in the old account by the time of a change, and this is later: %s", change(f, q))
			return
		}
	}
}
