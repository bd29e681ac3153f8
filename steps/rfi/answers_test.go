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
	edits, problems, err := UnmarshalAnswers(raw, nil)
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
		{name: "wrong kind", raw: doc(`{"question":"company.name","text":{}},{"question":"dir.port","value":636}`), edits: 1, problems: []string{"line 1, \"company.name\": text must be text in quotes"}},
		{name: "no object", raw: doc("7,\n[]"), problems: []string{"line 1", "line 2"}},
		{name: "no list", raw: `{"schema":"mxodus.answers/1","answers":7}`, err: "must be a list"},
		{name: "nothing in it", raw: doc("\n" + `{"question":"company.name"},` + "\n" + `{"question":"company.region","text":" "}`), problems: []string{`line 2, "company.name": neither text nor value`, `line 3, "company.region"`}},
		{name: "a list", raw: doc(`{"question":"domains","value":["acme.com","acme.org"]},{"question":"dir.tls","value":true}`), edits: 2},
		{name: "too many", raw: doc(strings.TrimSuffix(strings.Repeat(`{},`, maxAnswers+1), ",")), err: "at most 10000"},
		{name: "too large", raw: strings.Repeat(" ", maxDocument+1), err: "at most"},
		{name: "byte order mark", raw: "\xef\xbb\xbf" + doc(`{"question":"company.name","text":"Acme"}`), edits: 1},
		{name: "unknown id", raw: doc(`{"question":"company.name","text":"Acme"},{"question":"x.\u001b[31my","text":"z"}`), edits: 1, problems: []string{`x.\x1b[31my`}},
		{name: "no id", raw: doc(`{"text":"z"}`), problems: []string{"without a question"}},
		{name: "twice", raw: doc(`{"question":"company.name","text":"A"},{"question":"company.name","text":"B"}`), edits: 1, problems: []string{"answered twice"}},
		{name: "unreadable", raw: doc(`{"question":"company.region","text":"Atlantis","value":"atlantis"}`), edits: 1, problems: []string{"not one of the choices"}},
		{name: "fields of later releases", raw: doc(`{"question":"company.name","text":"Acme","colour":"red"}`), edits: 1, problems: []string{"no field colour"}},
		{name: "parts of later releases", raw: `{"schema":"mxodus.answers/1","moods":[1,{"answers":[]}],"answers":[{"question":"company.name","text":"Acme"}]}`, edits: 1, problems: []string{"moods"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			edits, problems, err := UnmarshalAnswers([]byte(c.raw), nil)
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
	edits, problems, err := UnmarshalAnswers([]byte(raw), nil)
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

// Answers that stand in the move already help to read the file, and are not
// replaced by what cannot be read.
func TestAnswersOnTopOfOthers(t *testing.T) {
	now := acme("contact.tpoc.email", "kim@acme.com").Answers
	doc := `{"schema":"mxodus.answers/1","answers":[
		{"question":"rv.check","value":"known_recipients"},
		{"question":"contact.tpoc.email","text":"kim.acme.com"},
		{"question":"contact.tpoc.phone","text":"soon"}]}`
	edits, problems, err := UnmarshalAnswers([]byte(doc), now)
	if err != nil || len(edits) != 2 {
		t.Fatalf("%v, %v", edits, err)
	}
	if e := edits[0]; e.Question != "rv.check" || e.Value != "acme.com known_recipients\nacme.com.au known_recipients" {
		t.Errorf("%+v", e)
	}
	if e := edits[1]; e.Question != "contact.tpoc.phone" || e.Text != "soon" || e.Value != "" {
		t.Errorf("%+v", e)
	}
	var said []string
	for _, p := range problems {
		said = append(said, p.String())
	}
	for _, want := range []string{`line 3, "contact.tpoc.email": `, "stands there now stays", `line 4, "contact.tpoc.phone": `} {
		if !strings.Contains(strings.Join(said, "\n"), want) {
			t.Errorf("%q is not among %q", want, said)
		}
	}
	// The value alone is enough, even where no domain is known.
	edits, problems, err = UnmarshalAnswers([]byte(`{"schema":"mxodus.answers/1","answers":[{"question":"rv.check","value":"acme.com known_recipients"}]}`), nil)
	if err != nil || len(problems) != 0 || len(edits) != 1 || edits[0].Value != "acme.com known_recipients" {
		t.Errorf("%+v, %v, %v", edits, problems, err)
	}
}

// Every question's answer, of every type, comes back as it was into a move that
// holds nothing yet.
func TestEveryQuestionComesBack(t *testing.T) {
	for _, f := range []steps.Facts{acme(), globex("enterprise", steps.QDomains, "globex.com\nglobex.org")} {
		a := steps.Answers{}
		types := map[Type]bool{}
		for _, q := range All() {
			texts := []string{q.Example}
			for _, o := range q.ChoicesFor(f) {
				texts = append(texts, o.Label)
			}
			text := texts[len(q.ID)%len(texts)]
			if had := f.Answers[q.ID]; had.Text != "" {
				text = had.Text
			}
			if u := q.Parse(text, f); u.Value != "" {
				a[q.ID] = steps.Answer{Question: q.ID, Text: text, Value: u.Value, Provenance: steps.Typed}
				types[q.Type] = true
			}
		}
		f = steps.NewFacts(a, f.Now)
		for id := range a { // read with all the others, as they would be stored
			q, _ := Find(id)
			one := a[id]
			one.Value = q.Parse(one.Text, f).Value
			a[id] = one
		}
		for typ := range readers {
			if !types[typ] && typ != LongText { // no question takes one at present
				t.Errorf("no answer of type %s", typ)
			}
		}
		raw, err := MarshalAnswers(a)
		if err != nil {
			t.Fatal(err)
		}
		edits, _, err := UnmarshalAnswers(raw, nil)
		if err != nil || len(edits) != len(a) {
			t.Fatalf("%d of %d came back, %v", len(edits), len(a), err)
		}
		for _, e := range edits {
			if was := a[e.Question]; e.Text != was.Text || e.Value != was.Value {
				t.Errorf("%s: %q, %q came back as %q, %q", e.Question, was.Text, was.Value, e.Text, e.Value)
			}
		}
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
		edits, problems, err := UnmarshalAnswers(raw, nil)
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
