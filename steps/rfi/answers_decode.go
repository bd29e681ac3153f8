package rfi

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// decodeAnswers reads the entries of a document with the lines they stand on.
// An entry that is built wrongly is a problem of its own; the others count.
func decodeAnswers(raw []byte) ([]answerLine, []Problem, error) {
	if len(raw) > maxDocument {
		return nil, nil, fmt.Errorf("the file has %d bytes; a file of answers has at most %d", len(raw), maxDocument)
	}
	raw = bytes.TrimPrefix(raw, []byte("\xef\xbb\xbf"))
	var doc struct {
		Schema  string          `json:"schema"`
		Answers json.RawMessage `json:"answers"`
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		return nil, nil, notADocument(raw, err)
	}
	if doc.Schema != AnswersSchema {
		return nil, nil, fmt.Errorf("the file says schema %q, and %q is needed; a file written by `mxodus answers export` has it", clip(doc.Schema), AnswersSchema)
	}
	return eachEntry(raw)
}

func notADocument(raw []byte, err error) error {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("this is not JSON, line %d: %w; a file written by `mxodus answers export` is needed", lineAt(raw, syntax.Offset), err)
	case errors.As(err, &kind):
		if kind.Field == "" {
			return fmt.Errorf("line %d: the file must be one JSON object, { ... }, and a JSON %s stands there; a file written by `mxodus answers export` is needed", lineAt(raw, kind.Offset), kind.Value)
		}
		return fmt.Errorf("line %d: the field %q holds a JSON %s, and text is needed there", lineAt(raw, kind.Offset), kind.Field, kind.Value)
	}
	return fmt.Errorf("read the answers: %w", err)
}

// eachEntry walks through a document that is known to be JSON.
func eachEntry(raw []byte) (lines []answerLine, problems []Problem, err error) {
	d := json.NewDecoder(bytes.NewReader(raw))
	_, err = d.Token() // the opening brace
	for err == nil && d.More() {
		at := nextLine(raw, d.InputOffset())
		var key json.Token
		if key, err = d.Token(); err != nil {
			break
		}
		switch name, _ := key.(string); {
		case strings.EqualFold(name, "answers"):
			var more []Problem
			if lines, more, err = entries(raw, d); err == nil {
				problems = append(problems, more...)
			}
		default:
			var skip json.RawMessage
			if err = d.Decode(&skip); err == nil && !strings.EqualFold(name, "schema") {
				problems = append(problems, Problem{Line: at, Entry: clip(name), Message: "this release of mxodus knows no such part of the file; it was left out", Warning: true})
			}
		}
	}
	if err != nil {
		return nil, nil, fmt.Errorf("read the answers: %w", err)
	}
	return lines, problems, nil
}

// entries reads the list of answers.
func entries(raw []byte, d *json.Decoder) (lines []answerLine, problems []Problem, err error) {
	at := nextLine(raw, d.InputOffset())
	open, err := d.Token()
	if err != nil || open == nil { // null: no answers
		return nil, nil, err
	}
	if open != json.Delim('[') {
		return nil, nil, fmt.Errorf("line %d: \"answers\" must be a list", at)
	}
	for d.More() {
		at := nextLine(raw, d.InputOffset())
		var one json.RawMessage
		if err := d.Decode(&one); err != nil {
			return nil, nil, err
		}
		l, wrong := readEntry(one, at)
		problems = append(problems, wrong...)
		if l.line > 0 {
			lines = append(lines, l)
		}
		if len(lines)+len(problems) > maxAnswers {
			return nil, nil, fmt.Errorf("the file holds more than %d answers; at most %d are read", maxAnswers, maxAnswers)
		}
	}
	_, err = d.Token()
	return lines, problems, err
}

// readEntry reads one entry that begins on a line. The entry has no line when
// it cannot be used.
func readEntry(raw json.RawMessage, at int) (l answerLine, problems []Problem) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(raw, &fields); err != nil || fields == nil {
		return l, []Problem{{Line: at, Entry: clip(string(raw)), Message: "an entry is an object with question and text; it was left out"}}
	}
	known := map[string]*string{"question": &l.Question, "text": &l.Text, "value": &l.Value, "provenance": (*string)(&l.Provenance), "source": &l.Source}
	var odd []string
	for name, value := range fields {
		into, ok := known[strings.ToLower(name)]
		if !ok {
			odd = append(odd, clip(name))
			continue
		}
		text, ok := plainText(value)
		if !ok {
			return answerLine{}, []Problem{{Line: at, Entry: clip(entryName(fields)), Message: fmt.Sprintf("%s must be text in quotes; the entry was left out", clip(name))}}
		}
		*into = text
	}
	l.line = at
	for _, name := range slices.Sorted(slices.Values(odd)) {
		problems = append(problems, Problem{Line: at, Entry: clip(l.Question), Message: "this release of mxodus knows no field " + name + " of an answer; it was left out", Warning: true})
	}
	return l, problems
}

func entryName(fields map[string]json.RawMessage) string {
	name, _ := plainText(fields["question"])
	return name
}

// plainText reads a value that stands for text: text itself, a number, true
// and false, or a list of texts, one a line.
func plainText(raw json.RawMessage) (string, bool) {
	var v any
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if d.Decode(&v) != nil {
		return "", false
	}
	switch v := v.(type) {
	case nil:
		return "", true
	case string:
		return v, true
	case json.Number:
		return v.String(), true
	case bool:
		return map[bool]string{true: "yes", false: "no"}[v], true
	case []any:
		var out []string
		for _, one := range v {
			s, ok := one.(string)
			if !ok {
				return "", false
			}
			out = append(out, s)
		}
		return strings.Join(out, "\n"), true
	}
	return "", false
}

// nextLine is the line on which the next token after an offset begins.
func nextLine(raw []byte, offset int64) int {
	for offset < int64(len(raw)) && strings.ContainsRune(" \t\r\n,:", rune(raw[offset])) {
		offset++
	}
	return lineAt(raw, offset)
}

// lineAt returns the line that a byte offset lies on, from 1.
func lineAt(raw []byte, offset int64) int {
	return 1 + bytes.Count(raw[:min(max(offset, 0), int64(len(raw)))], []byte("\n"))
}
