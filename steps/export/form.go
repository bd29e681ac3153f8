package export

import (
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/rfi"
)

// form appends the answers: the Request for Information by section, then every
// other answer that was given.
func (b *builder) form() []Section {
	out := []Section{}
	seen := map[string]bool{}
	bySection := map[string][]Field{}
	for _, st := range rfi.Review(b.v.Facts, nil) {
		seen[st.Question.ID] = true
		f := b.field(st)
		f.AfterSent = b.afterSent(f)
		bySection[st.Question.Section] = append(bySection[st.Question.Section], f)
	}
	for _, sec := range rfi.Sections() {
		if lines := bySection[sec.ID]; len(lines) > 0 {
			out = append(out, Section{ID: sec.ID, Title: sec.Title, Lines: lines})
		}
	}
	if lines := b.otherAnswers(seen); len(lines) > 0 {
		out = append(out, Section{ID: "other", Title: "Other answers", Lines: lines})
	}
	return out
}

// otherAnswers lists what was answered outside the form, questions in their
// order first, then ids that this release does not know.
func (b *builder) otherAnswers(seen map[string]bool) []Field {
	var out []Field
	var ids []string
	for _, q := range rfi.All() {
		if _, answered := b.v.Snap.Answers[q.ID]; answered && !seen[q.ID] && q.Applies(b.v.Facts) {
			ids = append(ids, q.ID)
		}
	}
	for _, st := range rfi.Review(b.v.Facts, ids) {
		seen[st.Question.ID] = true
		out = append(out, b.field(st))
	}
	var unknown []string
	for id := range b.v.Snap.Answers {
		if _, ok := rfi.Find(id); !ok {
			unknown = append(unknown, id)
		}
	}
	slices.Sort(unknown)
	for _, id := range unknown {
		a := b.v.Snap.Answers[id]
		f := Field{ID: id, Label: string(clean.Line(id)), Value: clean.Text(a.Text)}
		origin(&f, a)
		out = append(out, f)
	}
	return slices.DeleteFunc(out, func(f Field) bool { return f.Value == "" && f.NotRead == "" })
}

// field is a question and its answer; of a planned change also when it was made.
func (b *builder) field(st rfi.Status) Field {
	f, j := field(st, b.v.Facts), b.v.Plan.Profile.Journey
	switch {
	case f.Value == "":
	case f.ID == steps.QInboundDate:
		f.Done, _ = b.v.TaskDone(steps.MXStep(j), steps.TaskChangeMX)
	case f.ID == steps.QOutboundDate:
		f.Done, _ = b.v.TaskDone(steps.OutboundStep(j), steps.TaskSwitchConnector)
	}
	f.Done = utc(f.Done)
	return f
}

func field(st rfi.Status, facts steps.Facts) Field {
	f := Field{ID: st.Question.ID, Label: st.Question.Label, Missing: st.Missing}
	u := st.Understood
	switch {
	case len(u.Items) > 0:
		var items []string
		for _, i := range u.Items {
			items = append(items, st.Question.ItemLabel(facts, i))
		}
		f.Value = clean.Text(strings.Join(items, "\n"))
	case u.Shown != "":
		f.Value = clean.Text(u.Shown)
	default:
		f.Value = clean.Text(u.Value)
	}
	var bad []string
	for _, p := range st.Problems {
		if p.Warning {
			continue
		}
		line := p.Message
		if p.Entry != "" {
			line = p.Entry + ": " + p.Message
		}
		bad = append(bad, line)
	}
	f.NotRead = clean.Text(strings.Join(bad, "\n"))
	origin(&f, st.Answer)
	return f
}

func origin(f *Field, a steps.Answer) {
	if a.Revision == 0 {
		return
	}
	f.Provenance, f.Source = a.Provenance, clean.Line(a.Source)
	f.By, f.At = clean.Line(a.By), utc(a.At)
}

// afterSent reports an answer that the form as it was sent to Mimecast did not
// hold: it was given, or changed, after the task of sending it was ticked.
// The code of the account is Mimecast's own to give, after the form.
func (b *builder) afterSent(f Field) bool {
	if f.ID == steps.QAccountCode {
		return false
	}
	sent := b.v.Snap.Tasks[steps.TaskKey(steps.ConnectRFI, steps.TaskSendForm)]
	return sent.Done && f.At.After(sent.At)
}

// sentOtherwise is an open point of the answers that Mimecast may have otherwise,
// as long as the move is under way.
func (b *builder) sentOtherwise(s Summary) []OpenPoint {
	var names []string
	for _, sec := range s.Form {
		for _, f := range sec.Lines {
			if f.AfterSent {
				names = append(names, strings.TrimSuffix(f.Label, "?"))
			}
		}
	}
	if len(names) == 0 || s.Done == s.Total {
		return nil
	}
	shown := strings.Join(names[:min(3, len(names))], "; ")
	if more := len(names) - 3; more > 0 {
		shown += "; and " + counted(more, "other", "others")
	}
	return []OpenPoint{{
		Step: 1, Kind: "sent", Who: string(check.WhoTPOC),
		Text: clean.Sprintf("changed since the form was sent, so tell Mimecast what differs: %s", shown),
	}}
}

// questionLabel is what a question asks, or its id when it is not known.
func questionLabel(id string) string {
	if q, ok := rfi.Find(id); ok {
		return q.Label
	}
	return id
}
