package export

import (
	"slices"
	"strings"

	"mxodus/steps"
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
		f.AfterSent = b.v.SentOtherwise(f.ID)
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

// questionLabel is what a question asks, or its id when it is not known.
func questionLabel(id string) string {
	if q, ok := rfi.Find(id); ok {
		return q.Label
	}
	return id
}
