package rfi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// Formats that Export writes.
var Formats = []string{"markdown", "json", "text", "csv"}

// Schema names the JSON form of the exported RFI.
const Schema = "mxodus.rfi/1"

// Export writes the Request for Information as it stands: all questions that
// apply, with their answers, and by name the required ones that have none.
// Formats are markdown, json, text (ready to mail) and csv. The bytes depend
// on the answers alone, not on the time.
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

// sheet is the form as all renderers write it. All strings are safe to show.
type sheet struct {
	Schema       string         `json:"schema"`
	Organisation string         `json:"organisation"`
	Domain       string         `json:"domain"`
	Profile      steps.Profile  `json:"profile"`
	Complete     bool           `json:"complete"`
	Answered     int            `json:"answered"`
	Applicable   int            `json:"applicable"`
	Missing      []string       `json:"missing"` // ids of required questions without an answer
	Sections     []sheetSection `json:"sections"`

	about string
	lines []sheetLine // of all sections
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
	Provenance steps.Provenance `json:"provenance,omitempty"`
	Source     string           `json:"source,omitempty"`
	Problems   []Problem        `json:"problems,omitempty"`

	section string
	answer  []string // lines for people
}

func newSheet(f steps.Facts) sheet {
	c := Complete(f)
	s := sheet{
		Schema: Schema, Organisation: line(f.Org), Domain: line(f.Domain), Profile: f.Profile,
		Complete: c.RequiredMissing == 0 && c.Problems == 0, Answered: c.Answered, Applicable: c.Applicable,
		Missing: []string{}, about: about(f),
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
		l.answer = strings.Split(l.Value, "\n")
	case len(l.Items) > 0:
		for _, i := range l.Items {
			l.answer = append(l.answer, itemShown(q, f, i))
		}
	case q.Type == Text || q.Type == Email || q.Type == Phone || q.Type == Host || q.Type == File:
		l.answer = []string{line(u.Value)}
	default:
		l.answer = []string{l.Shown}
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

// about says in one line what kind of move it is.
func about(f steps.Facts) string {
	label := func(id string) string {
		q, _ := Find(id)
		v := f.Answers.Value(id)
		if q.Options == nil || v == "" {
			return ""
		}
		for _, o := range q.Options(f) {
			if o.Value == v {
				return o.Label
			}
		}
		return ""
	}
	parts := []string{label(steps.QJourney)}
	if f.Profile.Journey == steps.Migrate {
		parts = append(parts, label(steps.QTrack))
		if f.Source.ID != "" && f.Target.ID != "" {
			parts = append(parts, f.Source.Name+" to "+f.Target.Name)
		}
	} else {
		parts = append(parts, label(steps.QService), f.Target.Name)
	}
	parts = slices.DeleteFunc(parts, func(p string) bool { return p == "" })
	return strings.Join(parts, ", ")
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
	return fmt.Sprintf("%d of %d questions answered, %d required answers missing", s.Answered, s.Applicable, len(s.Missing))
}

func (s sheet) name() string {
	if s.Organisation != "" {
		return s.Organisation
	}
	return "no name yet"
}

// missingLabels are the required questions without an answer, as asked.
func (s sheet) missingLabels() []string {
	var out []string
	for _, l := range s.lines {
		if l.Missing {
			out = append(out, l.section+": "+l.Label)
		}
	}
	return out
}
