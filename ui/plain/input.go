package plain

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/ui/typed"
)

// line prompts and reads one line; b, h, q and ? are acted on. A backslash
// before them makes them text.
func (f *face) line(prompt, help string) (string, error) {
	for {
		f.out.prompt(prompt)
		text, err := f.raw()
		if err != nil {
			return "", err
		}
		switch strings.ToLower(strings.TrimSpace(text)) {
		case "b":
			return "", errBack
		case "h":
			return "", errHub
		case "q":
			return "", errLeave
		case "?":
			if help != "" {
				f.text(help)
			}
			f.say("b goes back, q saves and leaves, h leads to the list of steps. To give one of these letters as an answer, type a backslash before it.")
			continue
		}
		return text, nil
	}
}

// raw reads one line without looking at it. The end of the input means save
// and leave.
func (f *face) raw() (string, error) {
	for {
		text, err := f.in.next(f.ctx)
		switch {
		case errors.Is(err, errTooLong):
			f.say("")
			f.fail(err)
			f.out.prompt("Once more: ")
			continue
		case f.ctx.Err() != nil:
			f.out.newline()
			return "", f.ctx.Err()
		case err != nil:
			f.out.newline()
			return "", errLeave
		}
		if f.out.err != nil {
			return "", f.out.err
		}
		return text, nil
	}
}

// literal takes away the backslash that makes a command letter text.
func literal(s string) string {
	if rest, ok := strings.CutPrefix(s, `\`); ok {
		switch strings.ToLower(strings.TrimSpace(rest)) {
		case "b", "q", "?", ".", "-", "u", "h", "l", "":
			return rest
		}
	}
	return s
}

// words asks for one line of text; "" when none was given.
func (f *face) words(prompt, help string) (string, error) {
	text, err := f.single(prompt, help)
	return typed.Clean(literal(text), false).Text, err
}

// choose asks for one of a menu's keys; Enter takes def.
func (f *face) choose(def, help string, accepted ...string) (string, error) {
	for {
		prompt := "Choose: "
		if def != "" {
			prompt = fmt.Sprintf("Choose [%s]: ", def)
		}
		text, err := f.line(prompt, help)
		if err != nil {
			return "", err
		}
		text = strings.TrimSuffix(strings.TrimSpace(text), ".")
		if text == "" && def != "" {
			return def, nil
		}
		for _, a := range accepted {
			if strings.EqualFold(a, text) {
				return a, nil
			}
		}
		f.say("%q is not a choice here. Choose %s, b, ? or q.", short(text), listed(accepted))
		f.leaveOut("one of the choices", text)
	}
}

// numbers are the menu keys 1 to n.
func numbers(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = strconv.Itoa(i + 1)
	}
	return out
}

// listed says a list of keys shortly: "1 to 5, n".
func listed(accepted []string) string {
	n := 0
	for n < len(accepted) && accepted[n] == strconv.Itoa(n+1) {
		n++
	}
	var out []string
	switch {
	case n > 2:
		out = append(out, fmt.Sprintf("1 to %d", n))
	default:
		out = append(out, accepted[:n]...)
	}
	return strings.Join(append(out, accepted[n:]...), ", ")
}

// yes asks a question whose answer is yes or no.
func (f *face) yes(question string, def bool, help string) (bool, error) {
	word := "n"
	if def {
		word = "y"
	}
	for {
		text, err := f.line(fmt.Sprintf("%s y or n [%s]: ", question, word), help)
		if err != nil {
			return false, err
		}
		switch word := strings.ToLower(strings.TrimSpace(text)); {
		case word == "":
			if f.leaveOut("y or n", text) {
				continue // the empty first line of a paste is no answer
			}
			return def, nil
		case slices.Contains([]string{"y", "yes"}, word):
			return true, nil
		case slices.Contains([]string{"n", "no"}, word):
			return false, nil
		}
		f.say("%q is neither y for yes nor n for no.", short(text))
		f.leaveOut("y or n", text)
	}
}
