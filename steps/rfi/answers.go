package rfi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
)

// AnswersSchema names the document of exported answers.
const AnswersSchema = "mxodus.answers/1"

const (
	maxDocument = 32 << 20 // bytes
	maxAnswers  = 10_000
)

type answersDocument struct {
	Schema  string       `json:"schema"`
	Answers []answerLine `json:"answers"`
}

type answerLine struct {
	Question   string           `json:"question"`
	Text       string           `json:"text"`
	Value      string           `json:"value"`
	Provenance steps.Provenance `json:"provenance,omitempty"`
	Source     string           `json:"source,omitempty"`

	line int // of the file, on which the entry begins
}

// MarshalAnswers writes all answers as a document that UnmarshalAnswers reads,
// sorted by question. Answers to questions of another release are kept.
func MarshalAnswers(a steps.Answers) ([]byte, error) {
	doc := answersDocument{Schema: AnswersSchema, Answers: []answerLine{}}
	for _, id := range slices.Sorted(maps.Keys(a)) {
		if v := a[id]; v.Text != "" || v.Value != "" {
			doc.Answers = append(doc.Answers, answerLine{Question: id, Text: v.Text, Value: v.Value, Provenance: v.Provenance, Source: v.Source})
		}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	if err := e.Encode(doc); err != nil {
		return nil, fmt.Errorf("write the answers: %w", err)
	}
	return b.Bytes(), nil
}

// UnmarshalAnswers reads a document of answers for a move that has the answers
// of now; nil for an empty one. Whatever of the file is not used is named among
// the problems, with its line: questions that are not known, entries without an
// answer, texts that could not be read in full. Values are made anew from the
// texts: those in the document are not trusted. A text of which nothing could
// be read does not take the place of an answer that stands there, and neither does
// one that would take the move's plan away: see ShapeProblem. The error
// says why nothing at all could be read.
func UnmarshalAnswers(raw []byte, now steps.Answers) ([]steps.AnswerEdit, []Problem, error) {
	lines, problems, err := decodeAnswers(raw)
	if err != nil {
		return nil, nil, err
	}
	var known []answerLine
	seen := map[string]bool{}
	for _, l := range lines {
		p := Problem{Line: l.line, Entry: clip(l.Question)}
		switch _, ok := Find(l.Question); {
		case l.Question == "":
			p.Message = "an answer without a question was left out"
		case !ok:
			p.Message = "this release of mxodus has no such question; the answer was left out"
		case seen[l.Question]:
			p.Message = "this question is answered twice in the file; the first answer is used"
		case strings.TrimSpace(l.words()) == "":
			p.Message = "neither text nor value holds an answer; the entry was left out"
		case l.Question == steps.QJourney && l.otherJourney(now) != "":
			seen[l.Question] = true
			p.Message = l.otherJourney(now)
		default:
			seen[l.Question] = true
			known = append(known, l)
			continue
		}
		problems = append(problems, p)
	}
	f := factsOf(known, now)
	var edits []steps.AnswerEdit
	shaped := maps.Clone(now) // what the plan would be built from
	for _, l := range known {
		q, _ := Find(l.Question)
		u := l.read(q, f)
		if bad := ShapeProblem(shaped, l.Question, u); bad != "" {
			problems = append(problems, Problem{Line: l.line, Entry: l.Question, Message: bad})
			continue
		}
		if shaped != nil {
			shaped[l.Question] = steps.Answer{Question: l.Question, Text: l.words(), Value: u.Value}
		}
		for _, p := range u.Problems {
			if !p.Warning {
				problems = append(problems, Problem{Line: l.line, Entry: l.Question, Message: p.String()})
			}
		}
		if had := now[l.Question]; u.Value == "" && (had.Text != "" || had.Value != "") {
			problems = append(problems, Problem{Line: l.line, Entry: l.Question, Message: "nothing of it could be used, so the answer that stands there now stays"})
			continue
		}
		edits = append(edits, steps.AnswerEdit{
			Question: l.Question, Text: l.words(), Value: u.Value,
			Provenance: provenance(l.Provenance), Source: clip(l.Source),
		})
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return edits, problems, nil
}

// otherJourney says that the entry would make another journey of the move.
func (l answerLine) otherJourney(now steps.Answers) string {
	q, _ := Find(l.Question)
	return ShapeProblem(now, l.Question, l.read(q, steps.NewFacts(now, time.Time{})))
}

// factsOf makes the facts that the texts are read with, on top of the answers
// that are there: first what can be read without any, then again with those.
func factsOf(lines []answerLine, now steps.Answers) steps.Facts {
	f := steps.NewFacts(now, time.Time{})
	for range 2 {
		a := steps.Answers{}
		maps.Copy(a, now)
		for _, l := range lines {
			q, _ := Find(l.Question)
			if v := l.read(q, f).Value; v != "" || a[l.Question].Value == "" {
				a[l.Question] = steps.Answer{Question: l.Question, Text: l.words(), Value: v}
			}
		}
		f = steps.NewFacts(a, time.Time{})
	}
	return f
}

func (l answerLine) words() string {
	if strings.TrimSpace(l.Text) == "" {
		return l.Value
	}
	return l.Text
}

// read reads the text, or the value where the text alone gives nothing: a
// choice for all domains needs the domains, which may not be known here.
func (l answerLine) read(q Question, f steps.Facts) Understood {
	u := q.Parse(l.words(), f)
	if u.Value == "" && l.Value != "" {
		if v := q.Parse(l.Value, f); v.Value != "" {
			return v
		}
	}
	return u
}

func provenance(p steps.Provenance) steps.Provenance {
	switch p {
	case steps.Typed, steps.Detected, steps.Imported, steps.Default:
		return p
	}
	return steps.Imported
}
