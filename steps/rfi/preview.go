package rfi

import (
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// previewRunes is the length at which an entry is cut where several stand on
// one line.
const previewRunes = 60

// counted says a number of things: "1 address", "3 addresses".
func counted(n int, one, some string) string {
	if n == 1 {
		return "1 " + one
	}
	return fmt.Sprintf("%d %s", n, some)
}

// naming names the entries of a list on one line: all of a short one, of a
// longer one the first two and how many more there are.
func naming(items []string) string {
	shown := items
	if len(items) > 3 {
		shown = items[:2]
	}
	var out []string
	for _, i := range shown {
		out = append(out, cut(string(clean.Line(i)), previewRunes))
	}
	line := strings.Join(out, ", ")
	if more := len(items) - len(shown); more > 0 {
		line += fmt.Sprintf(", and %d more", more)
	}
	return line
}

// shown is what was understood in one line for people: lists with how many
// entries they have and which, "4 domains: a.com, b.com, and 2 more".
func (r *reading) shown() string {
	if one, some := nouns(r.q.Type); one != "" {
		var names []string
		for _, i := range r.u.Items[:min(len(r.u.Items), 3)] {
			names = append(names, itemName(r.q, r.f, i))
		}
		names = append(names, r.u.Items[len(names):]...)
		return counted(len(r.u.Items), one, some) + ": " + naming(names)
	}
	first, _, more := strings.Cut(r.u.Value, "\n")
	if more {
		first += " ..."
	}
	return string(clean.Line(first))
}

// itemName is an entry of a list as people call it: a service by its name, a
// domain with the label of its choice.
func itemName(q Question, f steps.Facts, item string) string {
	if q.Type == SenderList {
		name, _, _ := strings.Cut(item, ",")
		return name
	}
	return itemShown(q, f, item)
}

func nouns(t Type) (one, some string) {
	switch t {
	case EmailList, IPList:
		return "address", "addresses"
	case CIDRList:
		return "range", "ranges"
	case DomainList, PerDomain:
		return "domain", "domains"
	case HostList:
		return "host", "hosts"
	case SenderList:
		return "service", "services"
	case Checklist:
		return "item", "items"
	}
	return "", ""
}

// ItemLabel is one canonical item of an answer as people call it: the label of
// a choice, "domain: label" for a choice of a domain, all else as it is.
func (q Question) ItemLabel(f steps.Facts, item string) string { return itemShown(q, f, item) }
