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

	"mxodus/steps/check/firewall/iptables"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/table"
)

// formats are the readers, by name. Another vendor's format is one more line
// here, a package beside the others and its mark in source.Detect.
var formats = []struct {
	name, label string
	parse       func(name string, lines []source.Line) *ir.Ruleset
}{
	{source.IPTables, "iptables-save or ip6tables-save", iptables.Parse},
	{source.Table, "a table of rules as CSV", table.Parse},
}

// Formats lists the names that CheckOptions.Format and Eval take.
func Formats() []string {
	var names []string
	for _, f := range formats {
		names = append(names, f.name)
	}
	return names
}

// MaxBytes is the size of the largest file that is read.
const MaxBytes = source.MaxBytes

// ErrTooBig says that a file is larger than that, and what to do.
var ErrTooBig = source.ErrTooBig

// ErrNoRules says that a file was read but holds no rules.
var ErrNoRules = errors.New("the file holds no rules")

// Read decodes and parses a file. An empty format is found from the content.
// An error is a sentence for the user; what is merely unreadable inside a file
// is in Ruleset.Problems.
func Read(name string, content []byte, format string) (*ir.Ruleset, error) {
	text, note, err := source.Text(content)
	if err != nil {
		return nil, err
	}
	why := ""
	if format == "" {
		g := source.Detect(text)
		if g.Format == "" {
			return nil, unknownFormat(g.Vendor)
		}
		format, why = g.Format, g.Why
	}
	for _, f := range formats {
		if f.name != format {
			continue
		}
		set := f.parse(name, source.Lines(text))
		if len(set.Programs) == 0 {
			return nil, fmt.Errorf("%w: read as %s, but no rule was found; export the rules again", ErrNoRules, f.label)
		}
		if note != "" {
			set.Notes = append(set.Notes, note)
		}
		if why != "" {
			set.Notes = append(set.Notes, fmt.Sprintf("Read as %s: %s.", f.label, why))
		}
		return set, nil
	}
	return nil, fmt.Errorf("no format %q; the formats are %s", format, strings.Join(Formats(), ", "))
}

func unknownFormat(vendor string) error {
	way := "Save your rules as a table (CSV) with the columns action, direction, protocol, source, destination and port, " +
		"in the order in which the firewall looks at them"
	if vendor != "" {
		return fmt.Errorf("this looks like %s, which is not read yet. %s", vendor, way)
	}
	return fmt.Errorf("this is not a ruleset in a known form: expected the output of iptables-save or ip6tables-save, "+
		"or a CSV table whose first line names its columns. %s", way)
}
