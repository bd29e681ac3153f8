package rfi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// Formats that Export writes.
var Formats = []string{"markdown", "json", "text", "csv"}

// Schema names the JSON form of the exported RFI.
const Schema = "mxodus.rfi/1"

// Export writes the Request for Information as it stands: all questions that
// apply, with their answers, and by name the required ones that have none.
// Formats are markdown, json, text (ready to mail) and csv. All but csv say who
// sends it and when: the Technical Point of Contact, on the day of the facts. The
// same answers give the same bytes on one day.
func Export(f steps.Facts, format string) ([]byte, error) {
	s := newSheet(f)
	switch strings.ToLower(format) {
	case "markdown", "md":
		return s.markdown(), nil
	case "json":
		return s.json()
	case "text", "txt":
		return s.text(), nil
	case "csv":
		return s.csv()
	}
	return nil, fmt.Errorf("no format %q; the formats are %s", format, strings.Join(Formats, ", "))
}

// DemoNote heads what is written in the demonstration, lest it be taken for a
// real organisation's.
const DemoNote = "This is a demonstration: made-up organisation, made-up internet."

// sheet is the form as all renderers write it. All strings are safe to show.
type sheet struct {
	Schema       string         `json:"schema"`
	Demo         string         `json:"demonstration,omitempty"`
	Date         string         `json:"date,omitempty"` // RFC 3339: the beginning of the day on which it was written
	SentBy       sender         `json:"sent_by"`
	Organisation string         `json:"organisation"`
	Domain       string         `json:"domain"`
	Profile      steps.Profile  `json:"profile"`
	Move         moveLabels     `json:"move"`
	Complete     bool           `json:"complete"`
	Answered     int            `json:"answered"`
	Applicable   int            `json:"applicable"`
	Missing      []string       `json:"missing"`       // ids of required questions without an answer
	StillMissing []string       `json:"still_missing"` // the same as asked, with their sections
	Sections     []sheetSection `json:"sections"`

	when  string      // the date for people
	lines []sheetLine // of all sections
}

// sender is who sends the form, as far as that is answered.
type sender struct {
	Role  string `json:"role"`
	Name  string `json:"name"`
	Email string `json:"email"`
	Phone string `json:"phone"`
}

// String says the sender in one line.
func (s sender) String() string {
	if s.Name == "" {
		s.Name = "not named yet"
	}
	parts := []string{s.Name + ", " + s.Role}
	for _, p := range []string{s.Email, s.Phone} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, ", ")
}

// moveLabels is the kind of move in words; what does not belong to the journey
// or is not known yet is empty.
type moveLabels struct {
	Journey string `json:"journey"`
	Service string `json:"service,omitempty"`
	Track   string `json:"track,omitempty"`
	Source  string `json:"source_region,omitempty"`
	Target  string `json:"target_region,omitempty"`
}

type sheetSection struct {
	ID    string      `json:"id"`
	Title string      `json:"title"`
	Lines []sheetLine `json:"questions"`
}

type sheetLine struct {
	ID         string           `json:"id"`
	Label      string           `json:"label"`
	Type       Type             `json:"type"`
	Required   bool             `json:"required"`
	Missing    bool             `json:"missing"`
	Value      string           `json:"value"`
	Items      []string         `json:"items,omitempty"`
	Shown      string           `json:"shown"`
	Answer     []string         `json:"answer,omitempty"` // lines for people: choices by label
	Provenance steps.Provenance `json:"provenance,omitempty"`
	Source     string           `json:"source,omitempty"`
	Problems   []Problem        `json:"problems,omitempty"`

	section string
}

func newSheet(f steps.Facts) sheet {
	c := Complete(f)
	s := sheet{
		Schema: Schema, Organisation: line(f.Org), Domain: line(f.Domain), Profile: f.Profile,
		Complete: c.RequiredMissing == 0 && c.Problems == 0, Answered: c.Answered, Applicable: c.Applicable,
		Missing: []string{}, Move: labelsOf(f),
		SentBy: sender{
			Role: "Technical Point of Contact", Name: line(f.Answers.Value("contact.tpoc.name")),
			Email: line(f.Answers.Value("contact.tpoc.email")), Phone: line(f.Answers.Value("contact.tpoc.phone")),
		},
	}
	if f.Demo {
		s.Demo = DemoNote
	}
	if !f.Now.IsZero() {
		// the day alone: the same answers give the same bytes all day long
		y, m, d := f.Now.Date()
		day := time.Date(y, m, d, 0, 0, 0, 0, f.Now.Location())
		s.Date, s.when = day.Format(time.RFC3339), dayShown(day)
	}
	for _, st := range Review(f, nil) {
		l := newLine(st, f)
		if l.Missing {
			s.Missing = append(s.Missing, l.ID)
		}
		s.lines = append(s.lines, l)
		sec, _ := SectionOf(st.Question)
		if n := len(s.Sections); n == 0 || s.Sections[n-1].ID != sec.ID {
			s.Sections = append(s.Sections, sheetSection{ID: sec.ID, Title: sec.Title})
		}
		last := &s.Sections[len(s.Sections)-1]
		last.Lines = append(last.Lines, l)
	}
	s.StillMissing = s.missingLabels()
	return s
}

func newLine(st Status, f steps.Facts) sheetLine {
	q, u := st.Question, st.Understood
	l := sheetLine{
		ID: q.ID, Label: q.Label, Type: q.Type, Required: q.Needed(f), Missing: st.Missing,
		Value: string(clean.Text(u.Value)), Shown: line(u.Shown), Source: line(st.Answer.Source),
		Problems: st.Problems,
	}
	if u.Value != "" {
		l.Provenance = st.Answer.Provenance
	}
	if sec, ok := SectionOf(q); ok {
		l.section = sec.Title
	}
	for _, i := range u.Items {
		l.Items = append(l.Items, line(i))
	}
	switch {
	case u.Value == "":
	case q.Type == LongText:
		l.Answer = strings.Split(l.Value, "\n")
	case len(l.Items) > 0:
		for _, i := range l.Items {
			l.Answer = append(l.Answer, itemShown(q, f, i))
		}
	case q.Type == Text || q.Type == Email || q.Type == Phone || q.Type == Host || q.Type == File:
		l.Answer = []string{line(u.Value)}
	default:
		l.Answer = []string{l.Shown}
	}
	return l
}

// itemShown writes the labels of choices in place of their ids.
func itemShown(q Question, f steps.Facts, item string) string {
	if q.Options == nil {
		return item
	}
	head, id, pair := strings.Cut(item, " ")
	if !pair {
		head, id = "", item
	}
	for _, o := range q.Options(f) {
		if o.Value == id {
			if pair {
				return head + ": " + o.Label
			}
			return o.Label
		}
	}
	return item
}

func line(s string) string { return string(clean.Line(s)) }

// labelsOf says the kind of move in the words of its questions.
func labelsOf(f steps.Facts) moveLabels {
	label := func(id string) string {
		q, _ := Find(id)
		if v := f.Answers.Value(id); v != "" {
			return line(itemShown(q, f, v))
		}
		return ""
	}
	m := moveLabels{Journey: label(steps.QJourney), Target: f.Target.Name}
	if f.Profile.Journey == steps.Migrate {
		m.Track, m.Source = label(steps.QTrack), f.Source.Name
	} else {
		m.Service = label(steps.QService)
	}
	return m
}

// state says in words where a question without an answer stands.
func (l sheetLine) state() string {
	if l.Missing {
		return "MISSING, required"
	}
	return "no answer"
}

// unread lists what could not be read, without mere warnings.
func (l sheetLine) unread() []string {
	var out []string
	for _, p := range l.Problems {
		if !p.Warning {
			out = append(out, p.String())
		}
	}
	return out
}

// origin says where an answer came from that nobody typed.
func (l sheetLine) origin() string {
	switch {
	case l.Source != "":
		return "from " + l.Source
	case l.Provenance == steps.Imported:
		return "imported"
	}
	return ""
}

func (s sheet) json() ([]byte, error) {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetIndent("", " ")
	e.SetEscapeHTML(false)
	if err := e.Encode(s); err != nil {
		return nil, fmt.Errorf("write the RFI as JSON: %w", err)
	}
	return b.Bytes(), nil
}

func (s sheet) counts() string {
	return fmt.Sprintf("%d of %s answered, %s missing", s.Answered,
		counted(s.Applicable, "question", "questions"), counted(len(s.Missing), "required answer", "required answers"))
}

// head is what stands above the answers: pairs of a word and what it says.
func (s sheet) head() [][2]string {
	out := [][2]string{{"Organisation", s.name()}}
	if s.Domain != "" && s.Domain != s.Organisation {
		out[0][1] += " (" + s.Domain + ")"
	}
	for _, p := range [][2]string{
		{"Sent by", s.SentBy.String()},
		{"Date", s.when},
		{"Journey", s.Move.Journey},
		{"Service", s.Move.Service},
		{"Track", s.Move.Track},
		{"From region", s.Move.Source},
		{"Region", s.Move.Target},
		{"State", s.counts()},
	} {
		if p[1] != "" {
			out = append(out, p)
		}
	}
	return out
}

// dayShown is a day for people, with the distance from UTC by which it is counted.
func dayShown(t time.Time) string {
	if _, offset := t.Zone(); offset != 0 {
		return t.Format("2 January 2006 (UTC-07:00)")
	}
	return t.Format("2 January 2006 (UTC)")
}

func (s sheet) name() string {
	if s.Organisation != "" {
		return s.Organisation
	}
	return "no name yet"
}

// missingLabels are the required questions without an answer, as asked.
func (s sheet) missingLabels() []string {
	out := []string{}
	for _, l := range s.lines {
		if l.Missing {
			out = append(out, l.section+": "+l.Label)
		}
	}
	return out
}
