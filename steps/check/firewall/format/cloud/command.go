package cloud

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/source"
)

// Options are the options of a command by name, each with the words after it.
type Options map[string][]string

// Options takes the words of a command apart: the words after each name that
// begins with "--" or is one dash and a letter, up to the next, with
// --name=value taken apart. Rest are the words before the first.
func (c Command) Options() (rest []string, options Options) {
	options = Options{}
	name := ""
	for _, w := range c.Words {
		if n, ok := optionName(w); ok {
			key, value, has := strings.Cut(n, "=")
			name = key
			if options[name] == nil {
				options[name] = []string{}
			}
			if has {
				options[name] = append(options[name], value)
			}
			continue
		}
		if name == "" {
			rest = append(rest, w)
			continue
		}
		options[name] = append(options[name], w)
	}
	return rest, options
}

func optionName(w string) (string, bool) {
	if n, ok := strings.CutPrefix(w, "--"); ok && n != "" {
		return n, true
	}
	if len(w) == 2 && w[0] == '-' && (w[1] >= 'a' && w[1] <= 'z') {
		return w[1:], true
	}
	return "", false
}

// First is the first word of the option that is given by one of its names; ""
// where none is.
func (o Options) First(names ...string) string {
	for _, n := range names {
		if v := o[n]; len(v) > 0 {
			return v[0]
		}
	}
	return ""
}

// Items are the values of lists that may be parted by commas as well as blanks.
func Items(words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, strings.FieldsFunc(w, func(r rune) bool { return r == ',' || r == ' ' })...)
	}
	return out
}

// Faulty reports a command whose words are not certain, and notes it.
func (b *Book) Faulty(c Command) bool {
	if c.Fault == "" {
		return false
	}
	b.Problem(c.Line, "line %d: %s; the command is not known.", c.Line, c.Fault)
	b.Doubt(c.Line, "a command")
	return true
}

// Strange notes a command that may change rules in a way that is not known.
// what is the command in few words.
func (b *Book) Strange(c Command, expected, came, what string) {
	b.Problem(c.Line, "line %d: expected %s, came %s; what it changes is not known.", c.Line, expected, came)
	b.Doubt(c.Line, source.Redact(what))
}

// Unknown notes an option of a rule that decides something, unless it is one
// of harmless. The reason makes the rule one that is met perhaps; "" for none.
func (b *Book) Unknown(line int, option string, harmless []string) (reason string) {
	if slices.Contains(harmless, option) {
		return ""
	}
	b.Problem(line, "line %d: the option --%s is not known; whether the rule is met cannot be decided.", line, option)
	return fmt.Sprintf("the option --%s in line %d, which is not known here", source.Redact(option), line)
}
