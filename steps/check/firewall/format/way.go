package format

import (
	"slices"
	"unicode"
)

// Run is a row of lines of a Way: sentences to read, or commands to be entered
// as they stand, one a line.
type Run struct {
	Commands bool
	Lines    []string
}

// Parts tells the commands of a Way from its sentences, in order. A line that
// begins with a capital letter is a sentence, any other a command.
func (w Way) Parts() []Run {
	var out []Run
	for _, l := range w.Do {
		command := l != "" && !unicode.IsUpper([]rune(l)[0])
		if n := len(out); n == 0 || out[n-1].Commands != command {
			out = append(out, Run{Commands: command})
		}
		last := &out[len(out)-1]
		last.Lines = append(last.Lines, l)
	}
	return out
}

// Commands are the first run of commands of a Way: those that one terminal
// takes in one go; nil where there are none.
func (w Way) Commands() []string {
	parts := w.Parts()
	if i := slices.IndexFunc(parts, func(p Run) bool { return p.Commands }); i >= 0 {
		return parts[i].Lines
	}
	return nil
}
