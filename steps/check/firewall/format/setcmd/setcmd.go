// Package setcmd holds what rules from zone to zone have in common where they
// are written as set commands: in PAN-OS and in Junos.
package setcmd

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
)

// Usual names of the zones, where the file does not tell them.
const (
	usualOutside = "untrust"
	usualInside  = "trust"
)

// Quote writes a name as one word: in quotation marks where it needs them.
func Quote(name string) string {
	if name != "" && !strings.ContainsAny(name, " \t\"'[];{}#") {
		return name
	}
	return `"` + strings.NewReplacer(`\`, "", `"`, "").Replace(name) + `"`
}

// Text writes a text, such as a description, in quotation marks: without what
// would end it, and without control characters.
func Text(s string) string {
	return fmt.Sprintf("%q", strings.Map(func(r rune) rune {
		if r == '"' || r == '\\' || r < ' ' {
			return -1
		}
		return r
	}, s))
}

// List writes words as one, or as a list.
func List(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return "[ " + strings.Join(words, " ") + " ]"
}

// Slug is what a rule for a flow is named by its label: lower case letters,
// digits and hyphens. otherwise is the name where the label has none of them.
func Slug(f format.Flow, otherwise string) string {
	words := f.Words()
	if len(words) == 0 {
		return otherwise
	}
	return strings.ToLower(strings.Join(words, "-"))
}

// Zones are the zones of the internet and of the mail server as rules name
// them, with notes on those that are to be replaced.
func Zones(job format.Job) (outside, inside string, notes []string) {
	for _, x := range []struct {
		to, name  *string
		usual, of string
	}{
		{&outside, &job.Outside, usualOutside, "internet"}, {&inside, &job.Inside, usualInside, "mail server"},
	} {
		*x.to = zone(job, *x.name)
		if *x.to != "" {
			continue
		}
		if *x.to = x.usual; job.Set != nil {
			notes = append(notes, fmt.Sprintf("Replace the zone %s by that of the %s.", x.usual, x.of))
		}
	}
	if job.Set == nil && (job.Outside == "" || job.Inside == "") {
		notes = append(notes, fmt.Sprintf("Replace the zones %s and %s by those of your firewall.", outside, inside))
	}
	return outside, inside, notes
}

// zone is the zone that a name stands for: that of an interface, where it is
// one's (a zone that is told as one lists its interfaces, "zone trust: a, b"),
// else the zone of that name; "" where none is known.
func zone(job format.Job, name string) string {
	if name == "" || name == "other" {
		return ""
	}
	if job.Set != nil {
		for _, i := range job.Set.Ifaces {
			_, members, _ := strings.Cut(i.At.Text, ": ")
			if i.Zone != "" && (i.Name == name || slices.Contains(strings.Split(members, ", "), name)) {
				return Quote(i.Zone)
			}
		}
	}
	return Quote(name)
}
