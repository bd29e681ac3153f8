package steps

import (
	"slices"
	"time"
)

// builtOn names, for each step, the answers asked for elsewhere that its work
// is made of: a domain that is added must be proven, get its SPF record and be
// known to the recipient check, and the account must list every address that
// sends or receives.
var builtOn = map[string][]string{
	ConnectAccount:    {QDomains, QInbound, QOutboundIPs, "ip.additional"},
	ConnectOutbound:   {QDomains, "ip.additional"},
	ConnectRecipients: {QDomains},
	MigrateFirewall:   {QOutboundIPs, QInbound, "ip.additional"},
	MigrateRecipients: {QDomains},
	MigrateOutbound:   {QDomains},
}

// Change is an answer or a task that was changed after its step was confirmed.
// One of Question and Task is set.
type Change struct {
	Question string
	Task     string
	By       string
	At       time.Time
}

// ChangedSince lists what was changed in a closed step since it was confirmed,
// in the order of its questions and tasks. An answer that a later step asks for
// as well is that step's concern while it is open, and when it was confirmed
// after the change, unless this step's work is made of it. What is answered or
// ticked for the first time was not part of what was confirmed. An answer that
// was put back stands as it was confirmed; a task whose tick was taken off and
// set again does not: something was done once more. The form may be ticked anew,
// once Mimecast was told what differs (see SentOtherwise).
func (v View) ChangedSince(step string) []Change {
	st, ok := v.Plan.Step(step)
	closed := v.ClosedAt(step)
	if !ok || closed.IsZero() {
		return nil
	}
	var out []Change
	for _, q := range st.Questions {
		a := v.Snap.Answers[q]
		if v.changed(q, closed) && !v.confirmedLater(st, q, a.At) {
			out = append(out, Change{Question: q, By: a.By, At: a.At})
		}
	}
	for _, q := range builtOn[step] {
		a := v.Snap.Answers[q]
		known := slices.ContainsFunc(out, func(c Change) bool { return c.Question == q })
		if v.changed(q, closed) && !known {
			out = append(out, Change{Question: q, By: a.By, At: a.At})
		}
	}
	if st.Tasks == nil {
		return out
	}
	for _, t := range st.Tasks(v.Facts) {
		k := v.Snap.Tasks[TaskKey(step, t.ID)]
		told := k.Done && t.ID == TaskSendForm
		if k.At.After(closed) && (!k.Done || k.Revision > 1) && !told {
			out = append(out, Change{Task: t.ID, By: k.By, At: k.At})
		}
	}
	return out
}

// changed reports that an answer is another one than it was at a time. One that
// was changed and put back is what it was: what was done with it stands. A path
// says nothing of the file, so one that was put back counts as changed, and so
// does an answer whose value at that time is not known.
func (v View) changed(question string, since time.Time) bool {
	now := v.Snap.Answers[question]
	if now.Revision < 2 || !now.At.After(since) {
		return false
	}
	if question == QRuleset {
		return true
	}
	for _, then := range slices.Backward(v.Snap.Earlier[question]) {
		if !then.At.After(since) {
			return then.Value != now.Value || now.Value == "" && then.Text != now.Text
		}
	}
	return true
}

// confirmedLater reports that a later step asks the question, too, and confirms
// the present answer, or has confirmed it. Rules go on changing from step to
// step: which file holds them is always the concern of the last that asks.
func (v View) confirmedLater(st Step, question string, changed time.Time) bool {
	for _, later := range v.Plan.Steps {
		if later.Number <= st.Number {
			continue
		}
		for _, q := range later.Questions {
			closed := v.ClosedAt(later.ID)
			if q == question && (q == QRuleset || closed.IsZero() || !closed.Before(changed)) {
				return true
			}
		}
	}
	return false
}

// Settled reports that a step is closed and stands as it was confirmed, or is
// not in this plan: gates build on it.
func (v View) Settled(step string) bool {
	return v.Closed(step) && len(v.ChangedSince(step)) == 0
}
