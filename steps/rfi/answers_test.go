package rfi

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"mxodus/steps"
)

func TestAnswersComeBack(t *testing.T) {
	a := filled().Answers
	a["rv.check"] = steps.Answer{Question: "rv.check", Text: "known_recipients", Value: "acme.com known_recipients\nacme.com.au known_recipients"}
	a["dates.outbound"] = steps.Answer{Question: "dates.outbound", Text: "2026-12-01 20:00 Australia/Sydney", Value: "2026-12-01T20:00:00+11:00"}
	raw, err := MarshalAnswers(a)
	if err != nil {
		t.Fatal(err)
	}
	again, err := MarshalAnswers(a)
	if err != nil || !bytes.Equal(raw, again) {
		t.Fatalf("two writings differ (%v)", err)
	}
	edits, problems, err := UnmarshalAnswers(raw)
	if err != nil {
		t.Fatal(err)
	}
	if len(edits) != len(a) {
		t.Errorf("%d answers of %d came back", len(edits), len(a))
	}
	for _, e := range edits {
		if was := a[e.Question]; e.Text != was.Text || e.Value != was.Value || e.Source != was.Source {
			t.Errorf("%s: %q, %q came back as %q, %q", e.Question, was.Text, was.Value, e.Text, e.Value)
		}
		if e.Revision != 0 {
			t.Errorf("%s has revision %d", e.Question, e.Revision)
		}
	}
	// The one entry that could not be read is named again.
	if len(problems) != 1 || problems[0].Entry != "ip.outbound" || !strings.Contains(problems[0].Message, "8.8.8.300") {
		t.Errorf("problems %v", problems)
	}
}

func TestUnmarshalAnswersIsCareful(t *testing.T) {
	doc := func(lines string) string { return `{"schema":"mxodus.answers/1","answers":[` + lines + `]}` }
	cases := []struct {
		name, raw, err string
		edits          int
		problems       []string
	}{
		{name: "empty", raw: "", err: "not JSON"},
		{name: "a PDF", raw: "%PDF-1.7\n%\xe2\xe3", err: "not JSON, line 1"},
		{name: "broken", raw: "{\n\"schema\":\"mxodus.answers/1\",\n\"answers\":[{]}", err: "line 3"},
		{name: "trailing", raw: doc("") + "x", err: "not JSON"},
		{name: "other schema", raw: `{"schema":"mxodus.rfi/1"}`, err: `"mxodus.answers/1" is needed`},
		{name: "no schema", raw: `[]`, err: "must be"},
		{name: "wrong kind", raw: doc(`{"question":"company.name","text":7}`), err: "must be a string"},
		{name: "too many", raw: doc(strings.TrimSuffix(strings.Repeat(`{},`, maxAnswers+1), ",")), err: "at most 10000"},
		{name: "too large", raw: strings.Repeat(" ", maxDocument+1), err: "at most"},
		{name: "byte order mark", raw: "\xef\xbb\xbf" + doc(`{"question":"company.name","text":"Acme"}`), edits: 1},
		{name: "unknown id", raw: doc(`{"question":"company.name","text":"Acme"},{"question":"x.\u001b[31my","text":"z"}`), edits: 1, problems: []string{`x.\x1b[31my`}},
		{name: "no id", raw: doc(`{"text":"z"}`), problems: []string{"without a question"}},
		{name: "twice", raw: doc(`{"question":"company.name","text":"A"},{"question":"company.name","text":"B"}`), edits: 1, problems: []string{"answered twice"}},
		{name: "unreadable", raw: doc(`{"question":"company.region","text":"Atlantis","value":"atlantis"}`), edits: 1, problems: []string{"not one of the choices"}},
		{name: "fields of later releases", raw: doc(`{"question":"company.name","text":"Acme","colour":"red"}`), edits: 1},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			edits, problems, err := UnmarshalAnswers([]byte(c.raw))
			if (err == nil) != (c.err == "") || err != nil && !strings.Contains(err.Error(), c.err) {
				t.Fatalf("error %v, want %q", err, c.err)
			}
			if len(edits) != c.edits || len(problems) != len(c.problems) {
				t.Fatalf("%d edits, problems %v", len(edits), problems)
			}
			for i, want := range c.problems {
				if !strings.Contains(problems[i].String(), want) {
					t.Errorf("problem %q, want %q", problems[i], want)
				}
				shownSafe(t, c.name, problems[i].String())
			}
		})
	}
}

// A value in the document is not believed: it is made anew from the text.
func TestUnmarshalAnswersMakesValuesAnew(t *testing.T) {
	raw := `{"schema":"mxodus.answers/1","answers":[
		{"question":"company.primary_domain","text":"Acme.com.","value":"evil\u001b.com","provenance":"magic"},
		{"question":"ip.outbound","text":"","value":"8.8.8.8"},
		{"question":"rv.check","text":"known_recipients","value":"other.com any"}]}`
	edits, problems, err := UnmarshalAnswers([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]steps.AnswerEdit{}
	for _, e := range edits {
		got[e.Question] = e
	}
	if e := got["company.primary_domain"]; e.Value != "acme.com" || e.Text != "Acme.com." || e.Provenance != steps.Imported {
		t.Errorf("%+v", e)
	}
	if e := got["ip.outbound"]; e.Value != "8.8.8.8" || e.Text != "8.8.8.8" {
		t.Errorf("%+v", e)
	}
	if e := got["rv.check"]; e.Value != "acme.com known_recipients" {
		t.Errorf("%+v, problems %v", e, problems)
	}
}

func FuzzUnmarshalAnswers(f *testing.F) {
	raw, err := MarshalAnswers(filled().Answers)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(raw)
	f.Add([]byte(`{"schema":"mxodus.answers/1","answers":[{"question":"dates.outbound","text":"2026-12-03 20:00 ../../etc"}]}`))
	for _, m := range messy {
		f.Add(fmt.Appendf(nil, `{"schema":"mxodus.answers/1","answers":[{"question":%q,"text":%q}]}`, m.question, m.text))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		edits, problems, err := UnmarshalAnswers(raw)
		if err != nil {
			shownSafe(t, "error", clip(err.Error()))
			return
		}
		for _, e := range edits {
			if _, ok := Find(e.Question); !ok {
				t.Errorf("unknown question %q was let in", e.Question)
			}
			shownSafe(t, "value", e.Value)
			shownSafe(t, "source", e.Source)
		}
		for _, p := range problems {
			shownSafe(t, "problem", p.String())
		}
	})
}
