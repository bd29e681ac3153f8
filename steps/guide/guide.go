// Package guide writes the Read stage: why a step exists, who does what, what
// can go wrong and how to go back, for the TPOC's own platform and with the
// TPOC's own values, from embedded Markdown templates.
package guide

import (
	"embed"
	"fmt"
	"slices"
	"strings"
	"sync"

	"mxodus/steps"
)

//go:embed text/*.md
var texts embed.FS

// blocks holds, for every step id, the blocks ID.why, ID.who, ID.time and
// ID.how, and those they share.
var blocks = sync.OnceValue(func() book {
	all := book{}
	files, err := texts.ReadDir("text")
	if err != nil {
		panic("guide: embedded texts: " + err.Error())
	}
	for _, f := range files {
		raw, err := texts.ReadFile("text/" + f.Name())
		if err == nil {
			err = all.add(f.Name(), string(raw))
		}
		if err != nil {
			panic("guide: embedded texts: " + err.Error())
		}
	}
	return all
})

// Width is the widest line of the text, in columns; tables and code may be
// wider.
const Width = 76

// Read returns the guidance of a step as Markdown: headings, paragraphs,
// lists, tables and fenced code only. What everyone needs before beginning
// comes first and fits a screen or so: what and why, who, how long, the risk,
// the way through. Below the heading Look up stand details, tables and signs
// of trouble. What is not known is written as "unknown, ask Mimecast".
func Read(s steps.Step, f steps.Facts) (string, error) {
	d := data{F: f}
	var b strings.Builder
	block := func(name string) error {
		if err := blocks().write(&b, s.ID+"."+name, d); err != nil {
			return fmt.Errorf("guidance of %s: %w", s.ID, err)
		}
		b.WriteString("\n")
		return nil
	}
	fmt.Fprintf(&b, "# %s\n\n%s\n", md(s.Title), s.Purpose)
	for _, part := range []struct{ heading, name string }{
		{"Why", "why"},
		{"Who does what", "who"},
		{"How long, and the risk", "time"},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n", part.heading)
		if err := block(part.name); err != nil {
			return "", err
		}
	}
	s.Failures = slices.DeleteFunc(slices.Clone(s.Failures), func(x steps.Failure) bool { return x.When != nil && !x.When(f) })
	b.WriteString(risk(s))
	way(&b, s, f)
	fmt.Fprintf(&b, "\n## %s\n\n", LookUp)
	if err := block("how"); err != nil {
		return "", err
	}
	if len(s.Failures) > 1 {
		list(&b, "Other signs of trouble", failures(s.Failures[1:]))
	}
	list(&b, "What to keep", s.Evidence)
	list(&b, "Limits, and what is not known", sentences(s.Limitations))
	return wrap(b.String(), Width), nil
}

// LookUp is the heading below which details stand.
const LookUp = "Look up"

// risk says what is most likely to go wrong, and the way back.
func risk(s steps.Step) string {
	var b strings.Builder
	if len(s.Failures) > 0 {
		fmt.Fprintf(&b, "\nWatch for this sign: %s.\n", strings.TrimRight(failures(s.Failures[:1])[0], "."))
	}
	if s.Rollback != "" {
		fmt.Fprintf(&b, "\nWay back: %s\n", s.Rollback)
	}
	return b.String()
}

// way names what is to be done, in order; the stage Do has each in full.
func way(b *strings.Builder, s steps.Step, f steps.Facts) {
	b.WriteString("\n## Your way through\n\n")
	var tasks []steps.Task
	if s.Tasks != nil {
		tasks = s.Tasks(f)
	}
	for i, t := range tasks {
		title := md(strings.TrimRight(t.Title, "."))
		if t.Optional {
			title += " (optional)"
		}
		fmt.Fprintf(b, "%d. %s\n", i+1, title)
	}
	if len(tasks) == 0 {
		b.WriteString("There is nothing to do by hand in this step.\n")
	}
}

func list(b *strings.Builder, heading string, items []string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintf(b, "\n## %s\n\n", heading)
	for _, i := range items {
		fmt.Fprintf(b, "- %s\n", i)
	}
}

// sentences ends each item with a full stop.
func sentences(items []string) []string {
	var out []string
	for _, i := range items {
		out = append(out, strings.TrimRight(i, ".")+".")
	}
	return out
}

// failures writes one item for each; signs that mean the same share one.
func failures(fs []steps.Failure) []string {
	var out []string
	at := map[string]int{}
	for _, f := range fs {
		sign, rest := "**"+md(f.Sign)+"**", fmt.Sprintf(": %s. %s.", lowerFirst(f.Mean), f.Do)
		if i, same := at[rest]; same {
			out[i] = strings.TrimSuffix(out[i], rest) + ", " + sign + rest
			continue
		}
		at[rest] = len(out)
		out = append(out, sign+rest)
	}
	return out
}

// lowerFirst begins a sentence in the middle of a line. Names and
// abbreviations keep their capitals.
func lowerFirst(s string) string {
	word, _, _ := strings.Cut(s, " ")
	if word == "" || word == "Mimecast" || word == "Microsoft" || strings.ToUpper(word) == word && len(word) > 1 {
		return s
	}
	return strings.ToLower(s[:1]) + s[1:]
}
