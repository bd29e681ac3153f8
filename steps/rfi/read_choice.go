package rfi

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps"
)

func readChoice(r *reading, text string) {
	opts := r.options()
	o, why := choose(opts, text)
	if why != "" {
		r.problem(0, text, why)
		return
	}
	r.u.Value, r.u.Shown = o.Value, o.Label
}

func (r *reading) options() []Option {
	if r.q.Options == nil {
		return nil
	}
	return r.q.Options(r.f)
}

// choose finds the option meant by a text: its id, label or other name, its
// number in the list, or a beginning that fits one alone.
func choose(opts []Option, text string) (Option, string) {
	want := fold(strings.TrimRight(strings.TrimSpace(text), ".,;"))
	if want == "" {
		return Option{}, "this is not one of the choices: " + optionNames(opts)
	}
	for _, same := range []func(Option) bool{
		func(o Option) bool { return fold(o.Value) == want },
		func(o Option) bool { return fold(o.Label) == want },
		func(o Option) bool {
			return slices.ContainsFunc(o.aliases, func(a string) bool { return fold(a) == want })
		},
	} {
		if i := slices.IndexFunc(opts, same); i >= 0 {
			return opts[i], ""
		}
	}
	if n, err := strconv.Atoi(strings.Trim(want, ". )")); err == nil && n >= 1 && n <= len(opts) {
		return opts[n-1], ""
	}
	var fit []Option
	for _, o := range opts {
		if strings.HasPrefix(fold(o.Value), want) || strings.HasPrefix(fold(o.Label), want) {
			fit = append(fit, o)
		}
	}
	switch len(fit) {
	case 1:
		return fit[0], ""
	case 0:
		return Option{}, "this is not one of the choices: " + optionNames(opts)
	}
	return Option{}, "this fits more than one choice: " + optionNames(fit) + "; type more of it, or its number in the list"
}

// fold makes two spellings of a choice equal: case, blanks, hyphens and
// underscores do not count.
func fold(s string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(s), func(c rune) bool {
		return c == ' ' || c == '_' || c == '-' || c == '\t' || c == '\n' || c == '"'
	}), " ")
}

func optionNames(opts []Option) string {
	var names []string
	for _, o := range opts {
		names = append(names, o.Label)
	}
	return strings.Join(names, ", ")
}

// Pick finds the option that a text means, as the readers of choices do: by
// its label, its id, its number in the list from 1, or a beginning that fits
// one alone, in any case. The reason says why none was found.
func Pick(opts []Option, text string) (o Option, why string) { return choose(opts, text) }

// yesNo are the choices of a question that takes yes or no.
var yesNo = []Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}

// ChoicesFor lists what may be chosen now: the options of a choice and of a
// choice for each domain, yes and no; nothing for all other questions.
func (q Question) ChoicesFor(f steps.Facts) []Option {
	switch {
	case q.Type == YesNo:
		return slices.Clone(yesNo)
	case q.Options != nil:
		return q.Options(f)
	}
	return nil
}

// Choices says in one line what may be chosen, by label, with how to write it
// where that is not plain: for hints beside the field. Empty when the question
// has no fixed choices.
func (q Question) Choices(f steps.Facts) string {
	opts := q.ChoicesFor(f)
	switch {
	case len(opts) == 0 || q.Type == YesNo:
		return ""
	case q.Type == PerDomain:
		return "One of " + optionNames(opts) + ". Write a domain and its choice, or a choice alone for all other domains"
	case q.Type == MultiChoice:
		return "Any of " + optionNames(opts)
	}
	return "One of " + optionNames(opts)
}

func readMultiChoice(r *reading, text string) {
	opts := r.options()
	chosen := map[string]bool{}
	count := 0
	for i, line := range strings.Split(text, "\n") {
		line = strings.TrimSpace(ticked.ReplaceAllString(stripDashes(line), ""))
		if line == "" {
			continue
		}
		parts := []string{line}
		if _, why := choose(opts, line); why != "" { // a label may hold a comma
			parts = strings.FieldsFunc(line, func(c rune) bool { return strings.ContainsRune(",;|\t", c) })
		}
		var each []string
		for _, p := range parts {
			if allNumbers(p) { // "1 3 4"
				each = append(each, strings.Fields(p)...)
			} else {
				each = append(each, p)
			}
		}
		for _, p := range each {
			if p = strings.TrimSpace(p); p == "" {
				continue
			}
			o, why := choose(opts, p)
			if why != "" {
				r.problem(i+1, p, why)
				continue
			}
			if chosen[o.Value] {
				r.notes.add(noteDuplicate, i+1, "left out a duplicate of "+clip(o.Label))
				continue
			}
			chosen[o.Value] = true
			count++
		}
	}
	var labels []string
	for _, o := range opts { // in the order of the list, whatever was typed
		if chosen[o.Value] {
			r.u.Items = append(r.u.Items, o.Value)
			labels = append(labels, o.Label)
		}
	}
	if count > 0 {
		r.u.Shown = strings.Join(labels, ", ")
	}
}

// stripDashes takes bullets off but leaves "1." alone: it may be a choice.
func stripDashes(line string) string {
	return strings.TrimLeft(strings.TrimSpace(line), "-*•– ")
}

func allNumbers(s string) bool { return strings.Trim(s, "0123456789 ") == "" }

// readPerDomain reads "domain choice" lines. A line with a choice alone, or
// with "all" before it, is for every domain that has no line of its own.
func readPerDomain(r *reading, text string) {
	opts := r.options()
	own, order := map[string]string{}, []string{}
	all := ""
	for i, line := range strings.Split(text, "\n") {
		n := i + 1
		line = stripBullets(r.uncomment(line, n))
		if strings.TrimSpace(line) == "" {
			continue
		}
		name, choice := splitPair(line)
		if o, why := choose(opts, line); why == "" {
			name, choice = "all", o.Value
		}
		o, why := choose(opts, choice)
		switch {
		case choice == "":
			r.problem(n, line, "after the domain stands a choice: "+optionNames(opts))
			continue
		case why != "":
			r.problem(n, line, why)
			continue
		case strings.EqualFold(name, "all") || name == "*":
			all = o.Value
			continue
		}
		d, ok := r.domain(entry{text: name, raw: name, line: n})
		if !ok {
			continue
		}
		if was, twice := own[d]; twice {
			if was != o.Value {
				r.problem(n, line, fmt.Sprintf("%s has %s on an earlier line; keep one of the two", d, labelOf(opts, was)))
			} else {
				r.notes.add(noteDuplicate, n, "left out a duplicate of "+clip(d))
			}
			continue
		}
		own[d] = o.Value
		order = append(order, d)
	}
	r.fillDomains(own, order, all)
}

func labelOf(opts []Option, value string) string {
	for _, o := range opts {
		if o.Value == value {
			return o.Label
		}
	}
	return value
}

func splitPair(line string) (name, choice string) {
	line = strings.TrimSpace(line)
	i := strings.IndexAny(line, " \t,;=:|")
	if i < 0 {
		return line, ""
	}
	return line[:i], strings.Trim(line[i:], " \t,;=:|>-")
}

// fillDomains puts the lines in the order of the domains of the move, then
// those of domains that are not part of it.
func (r *reading) fillDomains(own map[string]string, order []string, all string) {
	ours := map[string]bool{}
	for _, d := range r.f.Domains {
		ours[d] = true
		v := own[d]
		if v == "" {
			v = all
		}
		if v != "" {
			r.add(0, d+" "+v)
		}
	}
	for _, d := range order {
		if !ours[d] {
			r.warn(0, d, "this is not among the domains of the move; add it there, or take it out here")
			r.add(0, d+" "+own[d])
		}
	}
	if all != "" && len(r.f.Domains) == 0 {
		r.problem(0, "", "no domains are known yet, so a choice for all of them cannot be kept; answer the question on domains first")
	}
}
