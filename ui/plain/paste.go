package plain

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Lines that come at once where one was asked for are a paste at the wrong
// prompt. They are never taken for answers to the prompts that follow: they
// are shown, and the person says what they were meant for.

// single prompts for one line of text. When several come at once it asks what
// to make of them.
func (f *face) single(prompt, help string) (string, error) {
	for {
		text, err := f.line(prompt, help)
		if err != nil {
			return "", err
		}
		rest := f.paste()
		if len(rest) == 0 {
			return text, nil
		}
		all := append([]string{text}, rest...)
		f.say("%s came at once, and one was asked for:", counted(len(all), "line", "lines"))
		f.some(all)
		f.say("1 Use none of them")
		f.say("2 Use the first alone")
		f.say("3 Use all of them, as one line")
		choice, err := f.choose("1", "Nothing of it is used before you say so.", "1", "2", "3")
		switch {
		case err != nil:
			return "", err
		case choice == "2":
			return text, nil
		case choice == "3":
			return strings.Join(all, " "), nil
		}
		f.say("None of them was used.")
	}
}

// paste takes the lines that came at once with the one read last, without
// empty ones at the end; none in a script.
func (f *face) paste() []string {
	if f.in.script {
		return nil
	}
	rest := f.in.together()
	f.in.drop()
	for len(rest) > 0 && strings.TrimSpace(rest[len(rest)-1]) == "" {
		rest = rest[:len(rest)-1]
	}
	return rest
}

// leaveOut takes away what came at once with a line that was refused, says
// what it was, and reports whether there was anything.
func (f *face) leaveOut(wanted, first string) bool {
	rest := f.paste()
	if len(rest) == 0 {
		return false
	}
	all := append([]string{first}, rest...)
	all = slices.DeleteFunc(all, func(s string) bool { return strings.TrimSpace(s) == "" })
	f.say("%s came at once where %s was asked for. None of them was used:", counted(len(all), "line", "lines"), wanted)
	f.some(all)
	return true
}

// someLines is how many lines of a paste are said before the last one.
const someLines = 3

// some says the first lines of a paste and the last one.
func (f *face) some(all []string) {
	if len(all) <= someLines+1 {
		for _, l := range all {
			f.say("  %s", short(l))
		}
		return
	}
	for _, l := range all[:someLines] {
		f.say("  %s", short(l))
	}
	f.say("  and %d more, the last one: %s", len(all)-someLines, short(all[len(all)-1]))
}

// shortRunes is the length at which a line is cut where it is only named.
const shortRunes = 100

func short(s string) string {
	s = strings.TrimSpace(s)
	if utf8.RuneCountInString(s) <= shortRunes {
		return s
	}
	return string([]rune(s)[:shortRunes-3]) + "..."
}
