package rfi

import (
	"strings"
	"testing"

	"mxodus/steps"
)

// A file cannot take a move's plan away: what would is named by its line, and
// the rest is stored.
func TestAFileDoesNotTakeThePlanAway(t *testing.T) {
	now := globex("enterprise").Answers
	doc := `{"schema":"mxodus.answers/1","answers":[
		{"question":"company.region","text":"eu"},
		{"question":"move.journey","text":"connect"},
		{"question":"move.track","text":"platinum"},
		{"question":"service.package","text":"both"},
		{"question":"company.name","text":"Globex"}]}`
	edits, problems, err := UnmarshalAnswers([]byte(doc), now)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, e := range edits {
		got = append(got, e.Question)
	}
	if strings.Join(got, " ") != steps.QService+" "+steps.QOrg {
		t.Errorf("stored are %v", got)
	}
	want := map[int]string{2: "it stays Australia", 3: "stays Migrate", 4: "stays Mimecast Enterprise"}
	for _, p := range problems {
		if w, ok := want[p.Line]; !ok || !strings.Contains(p.Message, w) {
			t.Errorf("line %d: %s", p.Line, p.Message)
		}
		delete(want, p.Line)
	}
	if len(want) > 0 {
		t.Errorf("nothing said on %v", want)
	}
}

func TestShapeProblem(t *testing.T) {
	full := globex("enterprise").Answers
	for _, c := range []struct {
		now             steps.Answers
		question, value string
		refused         string
	}{
		{full, steps.QTarget, "us", ""},
		{full, steps.QTarget, "au", ""},
		{full, steps.QTarget, "eu", "from one region to another"},
		{full, steps.QTarget, "", "needs this answer"},
		{full, steps.QTrack, "", "needs this answer"},
		{full, steps.QSource, "au", "from one region to another"},
		{full, steps.QJourney, "connect", "make a new move"},
		{full, steps.QService, "both", ""},
		{full, steps.QOrg, "", ""},
		{steps.Answers{}, steps.QJourney, "connect", ""},
		{facts(steps.QJourney, "migrate").Answers, steps.QJourney, "connect", ""},
	} {
		if got := ShapeProblem(c.now, c.question, Understood{Value: c.value}); (got == "") != (c.refused == "") || !strings.Contains(got, c.refused) {
			t.Errorf("%s = %q: %q", c.question, c.value, got)
		}
	}
}
