package plan

import (
	"encoding/json"
	"fmt"
	"strings"

	"mxodus/steps"
)

// Schema names the form of the JSON that JSON writes.
const Schema = "mxodus.plan/1"

type planJSON struct {
	Schema  string          `json:"schema"`
	Journey steps.Journey   `json:"journey"`
	Service steps.Service   `json:"service,omitempty"`
	Track   steps.Track     `json:"track,omitempty"`
	Source  string          `json:"source,omitempty"`
	Target  string          `json:"target,omitempty"`
	Steps   []stepJSON      `json:"steps"`
	LeftOut []steps.LeftOut `json:"left_out"`
}

type stepJSON struct {
	Number    int             `json:"number"`
	ID        string          `json:"id"`
	Title     string          `json:"title"`
	Owner     steps.Owner     `json:"owner"`
	Parts     []string        `json:"parts"`
	PartsLeft []steps.LeftOut `json:"parts_left"`
	Gates     []gateJSON      `json:"gates"`
	Checks    []string        `json:"checks"`
}

type gateJSON struct {
	ID   string         `json:"id"`
	Kind steps.GateKind `json:"kind"`
	Text string         `json:"text"`
	Why  string         `json:"why"`
}

// JSON writes a plan as one indented document of schema mxodus.plan/1, ending
// in a line feed. Lists are empty, never null.
func JSON(p steps.Plan) ([]byte, error) {
	out := planJSON{
		Schema: Schema, Journey: p.Profile.Journey, Service: p.Profile.Service, Track: p.Profile.Track,
		Source: p.Profile.Source, Target: p.Profile.Target,
		Steps: []stepJSON{}, LeftOut: append([]steps.LeftOut{}, p.LeftOut...),
	}
	for _, s := range p.Steps {
		row := stepJSON{
			Number: s.Number, ID: s.ID, Title: s.Title, Owner: s.Owner, Parts: []string{},
			PartsLeft: append([]steps.LeftOut{}, s.PartsLeft...), Gates: []gateJSON{}, Checks: append([]string{}, s.Checks...),
		}
		for _, part := range s.Parts {
			row.Parts = append(row.Parts, part.ID)
		}
		for _, g := range s.Gates {
			row.Gates = append(row.Gates, gateJSON{g.ID, g.Kind, g.Text, g.Why})
		}
		out.Steps = append(out.Steps, row)
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(out); err != nil {
		return nil, fmt.Errorf("write the plan: %w", err)
	}
	return []byte(b.String()), nil
}

// textWidth is the widest line that Text writes.
const textWidth = 80

// Text writes a plan as aligned lines of at most 80 columns: number, title and
// owner of each step, its parts, and what is left out with the reason.
func Text(p steps.Plan) string {
	var b strings.Builder
	width := 0
	for _, s := range p.Steps {
		width = max(width, len([]rune(s.Title)))
	}
	for _, s := range p.Steps {
		fmt.Fprintf(&b, "%2d  %-*s  %s\n", s.Number, width, s.Title, ownerWord(s.Owner))
		for _, part := range s.Parts {
			if len(s.Parts)+len(s.PartsLeft) > 1 {
				fmt.Fprintf(&b, "      %s\n", part.Title)
			}
		}
		for _, l := range s.PartsLeft {
			hang(&b, "      without "+strings.ToLower(l.Title)+": ", l.Why)
		}
	}
	if len(p.LeftOut) > 0 {
		b.WriteString("\nLeft out\n")
	}
	for _, l := range p.LeftOut {
		fmt.Fprintf(&b, "    %s\n", l.Title)
		hang(&b, "      ", l.Why)
	}
	return b.String()
}

func ownerWord(o steps.Owner) string {
	switch o {
	case steps.OwnerMimecast:
		return "Mimecast"
	case steps.OwnerBoth:
		return "you and Mimecast"
	}
	return "you (TPOC)"
}

// hang writes text after a lead, wrapped at textWidth under six blanks.
func hang(b *strings.Builder, lead, text string) {
	line := lead
	for _, word := range strings.Fields(text) {
		if len([]rune(line))+1+len([]rune(word)) > textWidth {
			b.WriteString(strings.TrimRight(line, " ") + "\n")
			line = "      "
		}
		if !strings.HasSuffix(line, " ") {
			line += " "
		}
		line += word
	}
	b.WriteString(strings.TrimRight(line, " ") + "\n")
}
