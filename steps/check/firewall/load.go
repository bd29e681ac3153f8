// Package firewall answers one question from the ruleset that someone
// exported: is every provider range allowed on every port in full, both ways,
// and after lock-down, who else reaches the mail server? Each answer is a
// proof, a counter-example with the line that decides it, or "cannot tell"
// with the line that makes it so.
//
// A format is read into package ir by a package of its own (iptables, table);
// package engine answers questions with exact sets, and package interp checks
// its answers packet by packet.
package firewall

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// MaxBytes is the size of the largest file that is read.
const MaxBytes = source.MaxBytes

// ErrTooBig says that a file is larger than that, and what to do.
var ErrTooBig = source.ErrTooBig

// ErrNoRules says that a file was read but holds no rules.
var ErrNoRules = errors.New("the file holds no rules")

// Read decodes and parses a file. An empty id is found from the content. An
// error is a sentence for the user; what is merely unreadable inside a file is
// in Ruleset.Problems. Whether a rule has expired is left undecided.
func Read(name string, content []byte, id string) (*ir.Ruleset, error) {
	return readAt(name, content, id, time.Time{})
}

// readAt is Read at a time: rules that ended before it have expired.
func readAt(name string, content []byte, id string, now time.Time) (*ir.Ruleset, error) {
	text, note, err := textOf(content)
	if err != nil {
		return nil, err
	}
	doc := source.NewDoc(name, text, now)
	why := ""
	var f format.Format
	if id == "" {
		var ok bool
		if f, why, ok = Detect(doc); !ok {
			return nil, unknownFormat(doc.Head().Text)
		}
	} else {
		var ok bool
		if f, ok = FormatByID(id); !ok {
			return nil, fmt.Errorf("no format %q; the formats are %s", id, strings.Join(Formats(), ", "))
		}
	}
	set, err := readBy(f, doc)
	if err != nil {
		return nil, err
	}
	set.Format, set.Added = f.ID, addedBy(f.ID, doc)
	if set.Label == "" {
		set.Label = f.Label
	}
	if len(set.Programs) == 0 {
		if id == "" && foreignForm(doc.Head().Text) != nil {
			return nil, unknownFormat(doc.Head().Text)
		}
		return nil, fmt.Errorf("%w: read as %s, but no rule was found; export the rules again", ErrNoRules, f.Label)
	}
	if note != "" {
		set.Notes = append(set.Notes, note)
	}
	if why != "" {
		set.Notes = append(set.Notes, fmt.Sprintf("Read as %s: %s.", f.Label, why))
	}
	return set, nil
}

// readBy reads a file by its format. A reader that gives up in the middle must
// not take the program with it.
func readBy(f format.Format, doc *source.Doc) (set *ir.Ruleset, err error) {
	defer func() {
		if p := recover(); p != nil {
			set, err = nil, fmt.Errorf("internal error: reading the file as %s went wrong (%v). Save the rules as a table and give that, and report this", f.Label, p)
		}
	}()
	return f.Read(doc), nil
}
