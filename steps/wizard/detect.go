package wizard

import (
	"context"
	"slices"
	"strings"
	"sync"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/detect"
	"mxodus/steps/rfi"
)

// Suggestion is an answer that public records of the organisation's domain
// make likely, or with an empty Question something worth knowing. Nothing of
// it is stored before the TPOC takes it.
type Suggestion = detect.Suggestion

// findings are the suggestions of one domain.
type findings struct {
	mu     sync.Mutex
	domain string
	all    []Suggestion
}

// Detect looks once for suggestions, for the primary domain as it is now. It
// asks the network for up to detect.Limit, so it belongs in the background.
// Without a network only that is found, and before the domain is known nothing;
// the next call looks again, as it does when the domain has changed.
func (s *Session) Detect(ctx context.Context) {
	f := s.Facts()
	domain := f.Domain
	s.found.mu.Lock()
	known := s.found.domain == domain && len(s.found.all) > 0 && !slices.ContainsFunc(s.found.all, blind)
	s.found.mu.Unlock()
	if known || domain == "" || s.w.World == nil {
		return
	}
	world := s.w.World.For(ctx, check.Input{Resolvers: resolversOf(f.Answers)})
	all := detect.Detect(ctx, world, domain)
	s.found.mu.Lock()
	defer s.found.mu.Unlock()
	s.found.domain, s.found.all = domain, all
}

// Seen lists what public records say that answers no question.
func (s *Session) Seen() []Suggestion {
	domain := s.Facts().Domain
	s.found.mu.Lock()
	defer s.found.mu.Unlock()
	var out []Suggestion
	for _, one := range s.found.all {
		if s.found.domain == domain && one.Question == "" {
			out = append(out, one)
		}
	}
	return out
}

func blind(one Suggestion) bool { return one.Blind }

// Unseen says that DNS could not be asked for what it might say to a question;
// "" where it was asked, or has nothing to say to that.
func (s *Session) Unseen(question string) string {
	domain := s.Facts().Domain
	s.found.mu.Lock()
	defer s.found.mu.Unlock()
	i := slices.IndexFunc(s.found.all, blind)
	if i < 0 || s.found.domain != domain || !slices.Contains(detect.Questions, question) {
		return ""
	}
	return s.found.all[i].Text + ", so nothing is offered here"
}

// Suggestions lists what was found for a question. Only what its own reader
// understands is offered.
func (s *Session) Suggestions(question string) []Suggestion {
	f := s.Facts()
	s.found.mu.Lock()
	if s.found.domain != f.Domain {
		s.found.mu.Unlock()
		return nil
	}
	all := slices.Clone(s.found.all)
	s.found.mu.Unlock()
	q, ok := rfi.Find(question)
	if !ok {
		return nil
	}
	var out []Suggestion
	for _, one := range all {
		if one.Question != question || strings.TrimSpace(one.Text) == "" {
			continue
		}
		if u := q.Parse(one.Text, f); u.OK() && u.Value != "" {
			out = append(out, one)
		}
	}
	return out
}

// Offer is what a question's empty field stands ready to take: what was found,
// else the usual value.
type Offer struct {
	Text       string
	Items      []string // for lists, each with the source at the same index
	Sources    []string
	Note       string // how sure it is, and what to look at
	Provenance steps.Provenance
}

// Source says in one line where the offer comes from.
func (o Offer) Source() string {
	var out []string
	for _, s := range o.Sources {
		if s != "" && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return strings.Join(out, "; ")
}

// Offer returns what may be taken for a question; false when there is nothing.
// Of several finds for a question of one value the first counts; finds for a
// list are joined.
func (s *Session) Offer(q rfi.Question) (Offer, bool) {
	found := s.Suggestions(q.ID)
	if len(found) == 0 {
		if q.Default == nil {
			return Offer{}, false
		}
		text := q.Default(s.Facts())
		o := Offer{Text: text, Items: []string{text}, Sources: []string{""}, Provenance: steps.Default}
		if q.ID == steps.QDomains {
			o.Note = "Your main domain alone; add every other one that has mail"
		}
		return o, text != ""
	}
	o := Offer{Note: found[0].Note, Provenance: steps.Detected}
	for _, one := range found {
		if !q.Type.Multiline() && q.Type != rfi.MultiChoice {
			return Offer{Text: one.Text, Items: []string{one.Text}, Sources: []string{one.Source}, Note: one.Note, Provenance: steps.Detected}, true
		}
		for _, item := range strings.Split(one.Text, "\n") {
			if item = strings.TrimSpace(item); item != "" && !slices.Contains(o.Items, item) {
				o.Items, o.Sources = append(o.Items, item), append(o.Sources, one.Source)
			}
		}
	}
	o.Text = strings.Join(o.Items, "\n")
	return o, true
}
