package rfi

import (
	"fmt"
	"strings"
)

// noteKind groups notes of one sort, so that a list of hundreds says "12
// duplicates" once and not a sentence for each.
type noteKind int

const (
	noteHidden noteKind = iota
	noteHeading
	noteComment
	noteColumn
	noteFraming
	noteTaken
	noteDot
	noteCase
	noteIDN
	noteHost32
	noteRange
	noteMask
	notePort
	noteMapped
	noteNamed
	noteOverlap
	noteDuplicate
	noteOther
)

// plural is what a note says when there is more than one of its kind.
var plural = map[noteKind]string{
	noteHidden:    "left out %d invisible or unreadable characters",
	noteHeading:   "left out %d lines that read like headings",
	noteComment:   "left out %d comments after #",
	noteColumn:    "left out %d cells of other columns",
	noteFraming:   "took off brackets, quotes or prefixes around %d entries",
	noteTaken:     "took the part that was asked for out of %d longer entries",
	noteDot:       "dropped %d trailing dots",
	noteCase:      "wrote %d entries in lower case",
	noteIDN:       "wrote %d names in the form that DNS uses (xn--)",
	noteHost32:    "read %d masks for one single address as that address",
	noteRange:     "wrote out %d ranges",
	noteMask:      "read %d network masks",
	notePort:      "left out %d ports",
	noteMapped:    "wrote %d addresses in their plain form",
	noteNamed:     "named %d services after their domain or address",
	noteOverlap:   "%d ranges lie inside others of the list",
	noteDuplicate: "left out %d duplicates",
}

type note struct {
	kind  noteKind
	n     int
	lines []int // of the first few
	one   string
}

// notebook gathers what was changed silently elsewhere.
type notebook struct {
	notes []note
}

// add records one change; one is the sentence when it stays the only one.
func (b *notebook) add(k noteKind, line int, one string) {
	if k != noteOther {
		for i := range b.notes {
			if n := &b.notes[i]; n.kind == k {
				n.n++
				if len(n.lines) < 4 && line > 0 && (len(n.lines) == 0 || n.lines[len(n.lines)-1] != line) {
					n.lines = append(n.lines, line)
				}
				return
			}
		}
	}
	fresh := note{kind: k, n: 1, one: one}
	if line > 0 {
		fresh.lines = []int{line}
	}
	b.notes = append(b.notes, fresh)
}

// lines are the sentences, naming lines when the text has several.
func (b *notebook) lines(many bool) []string {
	var out []string
	for _, n := range b.notes {
		s := n.one
		if n.n > 1 {
			s = fmt.Sprintf(plural[n.kind], n.n)
		}
		if many && len(n.lines) > 0 {
			s = lineNames(n.lines, n.n) + ": " + s
		}
		out = append(out, s)
	}
	return out
}

func lineNames(lines []int, total int) string {
	var words []string
	for _, l := range lines {
		words = append(words, fmt.Sprint(l))
	}
	s := "line " + words[0]
	if len(words) > 1 {
		s = "lines " + strings.Join(words, ", ")
		if total > len(words) {
			s += " and more"
		}
	}
	return s
}
