package rfi

import (
	"bytes"
	"encoding/json"
	"errors"
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
}

// MarshalAnswers writes all answers as a document that UnmarshalAnswers reads,
// sorted by question. Answers to questions of another release are kept.
func MarshalAnswers(a steps.Answers) ([]byte, error) {
	doc := answersDocument{Schema: AnswersSchema, Answers: []answerLine{}}
	for _, id := range slices.Sorted(maps.Keys(a)) {
		if v := a[id]; v.Text != "" || v.Value != "" {
			doc.Answers = append(doc.Answers, answerLine{id, v.Text, v.Value, v.Provenance, v.Source})
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

// UnmarshalAnswers reads a document of answers. Questions that are not known
// are left out and named among the problems, and so is every text that could
// not be read in full. Values are made anew from the texts: those in the
// document are not trusted. The error says why nothing at all could be read.
func UnmarshalAnswers(raw []byte) ([]steps.AnswerEdit, []Problem, error) {
	doc, err := decodeAnswers(raw)
	if err != nil {
		return nil, nil, err
	}
	var problems []Problem
	var known []answerLine
	seen := map[string]bool{}
	for _, l := range doc.Answers {
		switch _, ok := Find(l.Question); {
		case l.Question == "":
			problems = append(problems, Problem{Message: "an answer without a question was left out"})
		case !ok:
			problems = append(problems, Problem{Entry: clip(l.Question), Message: "this release of mxodus has no such question; the answer was left out"})
		case seen[l.Question]:
			problems = append(problems, Problem{Entry: l.Question, Message: "this question is answered twice in the file; the first answer is used"})
		default:
			seen[l.Question] = true
			known = append(known, l)
		}
	}
	f := factsOf(known)
	var edits []steps.AnswerEdit
	for _, l := range known {
		q, _ := Find(l.Question)
		u := l.read(q, f)
		for _, p := range u.Problems {
			if !p.Warning {
				problems = append(problems, Problem{Line: p.Line, Entry: l.Question, Message: p.String()})
			}
		}
		edits = append(edits, steps.AnswerEdit{
			Question: l.Question, Text: l.words(), Value: u.Value,
			Provenance: provenance(l.Provenance), Source: clip(l.Source),
		})
	}
	return edits, problems, nil
}

// factsOf makes the facts that the texts are read with: first what can be read
// without any, then again with those.
func factsOf(lines []answerLine) steps.Facts {
	f := steps.NewFacts(nil, time.Time{})
	for range 2 {
		a := steps.Answers{}
		for _, l := range lines {
			q, _ := Find(l.Question)
			a[l.Question] = steps.Answer{Question: l.Question, Text: l.words(), Value: l.read(q, f).Value}
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
// choice for all domains needs the domains, which the file may lack.
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

func decodeAnswers(raw []byte) (answersDocument, error) {
	var doc answersDocument
	if len(raw) > maxDocument {
		return doc, fmt.Errorf("the file has %d bytes; a file of answers has at most %d", len(raw), maxDocument)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	if err := json.Unmarshal(raw, &doc); err != nil {
		var syntax *json.SyntaxError
		var kind *json.UnmarshalTypeError
		switch {
		case errors.As(err, &syntax):
			return doc, fmt.Errorf("this is not JSON, line %d: %w; a file written by `mxodus answers export` is needed", lineAt(raw, syntax.Offset), err)
		case errors.As(err, &kind):
			return doc, fmt.Errorf("line %d: %q must be a %s, and a %s stands there", lineAt(raw, kind.Offset), kind.Field, kind.Type, kind.Value)
		}
		return doc, fmt.Errorf("read the answers: %w", err)
	}
	if doc.Schema != AnswersSchema {
		return doc, fmt.Errorf("the file says schema %q, and %q is needed; a file written by `mxodus answers export` has it", clip(doc.Schema), AnswersSchema)
	}
	if len(doc.Answers) > maxAnswers {
		return doc, fmt.Errorf("the file holds %d answers; at most %d are read", len(doc.Answers), maxAnswers)
	}
	return doc, nil
}

// lineAt returns the line that a byte offset lies on, from 1.
func lineAt(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(max(offset, 0), int64(len(raw)))], []byte("\n"))
}
