package wizard

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/rfi"
)

// Hit is one place that a search finds.
type Hit struct {
	Step     string // "" for a question outside the steps' own
	Question string // "" for a step
	Title    string
	Where    string // "step 3", "RFI, Addresses"

	rank int // how well it fits, the best first
}

// Find searches steps and applicable questions by words of their titles, ids
// and help. Best are titles with the very words one after another, then titles
// with all of them, then what is merely about them; steps come before
// questions that fit as well.
func (s *Session) Find(query string) []Hit {
	words := strings.Fields(strings.ToLower(query))
	v := s.View()
	var hits []Hit
	add := func(h Hit, also ...string) {
		title := strings.ToLower(h.Title)
		switch {
		case strings.Contains(title, strings.Join(words, " ")):
			h.rank = 0
		case holds(title, words):
			h.rank = 1
		case holds(title+" "+strings.ToLower(strings.Join(also, " ")), words):
			h.rank = 2
		default:
			return
		}
		hits = append(hits, h)
	}
	for _, st := range v.Plan.Steps {
		add(Hit{Step: st.ID, Title: st.Title, Where: fmt.Sprintf("step %d", st.Number)}, fmt.Sprint(st.Number), st.ID, st.Purpose)
	}
	sections := map[string]string{}
	for _, sec := range rfi.Sections() {
		sections[sec.ID] = sec.Title
	}
	for _, q := range rfi.All() {
		if q.Applies(v.Facts) {
			add(Hit{Question: q.ID, Title: q.Label, Where: sections[q.Section]}, q.ID, q.Why)
		}
	}
	slices.SortStableFunc(hits, func(a, b Hit) int { return cmp.Compare(a.rank, b.rank) })
	return hits
}

func holds(text string, words []string) bool {
	return !slices.ContainsFunc(words, func(w string) bool { return !strings.Contains(text, w) })
}
