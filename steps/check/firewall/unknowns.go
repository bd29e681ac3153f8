package firewall

import "slices"

// Unknown is a place of the file that leaves part of the answer open.
type Unknown struct {
	Line  int      `json:"line"` // 0 where no line does
	Text  string   `json:"text,omitempty"`
	Why   string   `json:"why"`
	About []string `json:"about"` // labels of requirements, or "lock-down"
}

// unknowns gathers what leaves answers open, each place once.
func (r *Report) unknowns() {
	add := func(d Decision, about string) {
		i := slices.IndexFunc(r.Unknowns, func(u Unknown) bool { return u.Line == d.Line && u.Text == d.Text && u.Why == d.Why })
		if i < 0 {
			i = len(r.Unknowns)
			r.Unknowns = append(r.Unknowns, Unknown{Line: d.Line, Text: d.Text, Why: d.Why})
		}
		if u := &r.Unknowns[i]; !slices.Contains(u.About, about) {
			u.About = append(u.About, about)
		}
	}
	for _, q := range r.Requirements {
		if q.Verdict == CannotTell && len(q.Gaps) == 0 {
			add(Decision{Why: q.Why}, q.Label)
		}
		for _, g := range q.Gaps {
			if g.Verdict == CannotTell {
				d := g.By
				if q.Verdict == CannotTell && q.Why != "" {
					d.Why = q.Why
				}
				add(d, q.Label)
			}
		}
	}
	for _, l := range r.Leaks {
		if l.Verdict == CannotTell {
			add(l.By, "lock-down")
		}
	}
}
