package rfi

import (
	"slices"
	"sync"

	"mxodus/steps"
)

// This file is the surface other packages use.

// catalogue is every question in order, and where each stands.
type catalogue struct {
	all  []Question
	byID map[string]int
}

var load = sync.OnceValue(func() catalogue {
	c := catalogue{byID: map[string]int{}}
	for _, group := range [][]Question{
		moveQuestions(), organisationQuestions(), contactQuestions(), mailQuestions(), addressQuestions(),
		domainQuestions(), senderQuestions(), directoryQuestions(), journalQuestions(), legacyQuestions(),
		serviceQuestions(), accountQuestions(), dateQuestions(), firewallQuestions(), signoffQuestions(),
	} {
		for _, q := range group {
			c.byID[q.ID] = len(c.all)
			c.all = append(c.all, q)
		}
	}
	return c
})

// Sections in the order they are asked.
func Sections() []Section { return slices.Clone(sections) }

// All lists every question, in order of sections.
func All() []Question { return slices.Clone(load().all) }

// Find returns the question with that id.
func Find(id string) (Question, bool) {
	c := load()
	i, ok := c.byID[id]
	if !ok {
		return Question{}, false
	}
	return c.all[i], true
}

// Applicable lists the questions of the RFI that apply now, in order.
func Applicable(f steps.Facts) []Question {
	var out []Question
	for _, q := range load().all {
		if q.InRFI && q.Applies(f) {
			out = append(out, q)
		}
	}
	return out
}

// Status of one question, for review pages.
type Status struct {
	Question   Question
	Answer     steps.Answer
	Understood Understood
	Missing    bool // required and without a usable value
	Problems   []Problem
}

// Review lists the applicable questions among ids (all of the RFI when ids is
// nil) with what stands in each. Texts are read again with the present facts,
// so a choice that no longer fits shows up.
func Review(f steps.Facts, ids []string) []Status {
	var qs []Question
	if ids == nil {
		qs = Applicable(f)
	}
	for _, id := range ids {
		if q, ok := Find(id); ok && q.Applies(f) {
			qs = append(qs, q)
		}
	}
	out := make([]Status, 0, len(qs))
	for _, q := range qs {
		out = append(out, review(q, f))
	}
	return out
}

func review(q Question, f steps.Facts) Status {
	a := f.Answers[q.ID]
	text := a.Text
	if text == "" {
		text = a.Value
	}
	s := Status{Question: q, Answer: a}
	if text != "" {
		s.Understood = q.Parse(text, f)
		s.Problems = s.Understood.Problems
	}
	s.Missing = q.Needed(f) && (a.Value == "" || s.Understood.Value == "")
	return s
}

// Completeness counts the required questions of the RFI that apply, and those
// of all kinds that are answered and free of problems. Problems counts what
// could not be read; warnings are not among them.
type Completeness struct {
	Applicable, Answered      int
	Required, RequiredMissing int
	Problems                  int
}

// Complete counts over the RFI.
func Complete(f steps.Facts) Completeness {
	var c Completeness
	for _, s := range Review(f, nil) {
		c.Applicable++
		if s.Understood.Value != "" && s.Understood.OK() {
			c.Answered++
		}
		if s.Question.Needed(f) {
			c.Required++
		}
		if s.Missing {
			c.RequiredMissing++
		}
		for _, p := range s.Problems {
			if !p.Warning {
				c.Problems++
			}
		}
	}
	return c
}
