// Package guide writes the Read stage: why a step exists, who does what, what
// can go wrong and how to go back, for the TPOC's own platform and with the
// TPOC's own values, from embedded Markdown templates.
package guide

import (
	"embed"
	"fmt"
	"strings"
	"sync"
	"text/template"

	"mxodus/steps"
)

//go:embed text/*.md
var texts embed.FS

// templates holds, for every step id, the blocks ID.why, ID.who and ID.how,
// and the partials they share.
var templates = sync.OnceValue(func() *template.Template {
	t := template.New("guide").Option("missingkey=error").Funcs(template.FuncMap{
		"code": code, "md": md, "bullets": bullets, "hosts": hosts, "nested": nested, "join": joined,
	})
	return template.Must(t.ParseFS(texts, "text/*.md"))
})

// Width is the widest line of the text, in columns; tables and code may be
// wider.
const Width = 76

// Read returns the guidance of a step as Markdown: headings, paragraphs,
// lists, tables and fenced code only. What is not known is written as
// "unknown, ask Mimecast".
func Read(s steps.Step, f steps.Facts) (string, error) {
	d := data{Step: s, F: f}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s\n", md(s.Title), s.Purpose)
	for _, block := range []struct{ heading, name string }{
		{"Why", "why"},
		{"Who does what", "who"},
		{"How it goes for you", "how"},
	} {
		fmt.Fprintf(&b, "\n## %s\n\n", block.heading)
		if err := templates().ExecuteTemplate(&b, s.ID+"."+block.name, d); err != nil {
			return "", fmt.Errorf("guidance of %s: %w", s.ID, err)
		}
		b.WriteString("\n")
	}
	list(&b, "What can go wrong", failures(s.Failures))
	if s.Rollback != "" {
		fmt.Fprintf(&b, "\n## How to go back\n\n%s\n", s.Rollback)
	}
	list(&b, "What to keep", s.Evidence)
	list(&b, "Limits, and what is not known", sentences(s.Limitations))
	return wrap(b.String(), Width), nil
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

func failures(fs []steps.Failure) []string {
	var out []string
	for _, f := range fs {
		out = append(out, fmt.Sprintf("**%s**: %s. %s.", md(f.Sign), lowerFirst(f.Mean), f.Do))
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
