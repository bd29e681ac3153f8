package plain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/typed"
)

// read takes an answer in the way that fits the question's type.
func (f *face) read(q rfi.Question, o wizard.Offer, offered bool) (given, error) {
	a := f.s.Snapshot().Answers[q.ID]
	answered := a.Text != "" || a.Value != ""
	switch {
	case q.Type == rfi.YesNo:
		return f.readChoice(q, []rfi.Option{{Value: "yes", Label: "Yes"}, {Value: "no", Label: "No"}}, a, o, offered)
	case q.Type == rfi.Choice:
		return f.readChoice(q, q.Options(f.s.Facts()), a, o, offered)
	case q.Type == rfi.MultiChoice:
		return f.readChoices(q, a, o, offered)
	case q.Type.Multiline():
		return f.readList(q, answered, o, offered)
	}
	return f.readLine(q, answered, o, offered)
}

// enter says what an empty answer does.
func enter(answered, offered bool) string {
	switch {
	case answered:
		return "keep"
	case offered:
		return "take it"
	}
	return "leave open"
}

// empty is what Enter alone means: the present answer stays; without one what
// is offered is taken, and else the question stays open.
func empty(answered bool, o wizard.Offer, offered bool) given {
	if answered || !offered {
		return given{keep: true}
	}
	return given{text: o.Text, prov: o.Provenance, source: o.Source()}
}

// typedOr marks text that equals the offer as coming from there.
func typedOr(text string, o wizard.Offer, offered bool) given {
	if offered && strings.TrimSpace(text) == strings.TrimSpace(o.Text) {
		return given{text: text, prov: o.Provenance, source: o.Source()}
	}
	return given{text: text, prov: steps.Typed}
}

// command reads the one-letter answers that every question takes.
func command(text string) (g given, is bool, err error) {
	switch strings.TrimSpace(text) {
	case ".":
		return given{keep: true}, true, nil
	case "-":
		return given{prov: steps.Typed}, true, nil
	case "u":
		return given{undo: true}, true, nil
	case "h":
		return given{}, true, errHub
	}
	return given{}, false, nil
}

func helpOf(q rfi.Question) string {
	return strings.TrimSpace(q.Help + "\nA single full stop passes the question, - empties the answer, u brings the answer before it back, h leads to the list of steps.")
}

func (f *face) readLine(q rfi.Question, answered bool, o wizard.Offer, offered bool) (given, error) {
	text, err := f.line("Answer ["+enter(answered, offered)+"]: ", helpOf(q))
	if err != nil {
		return given{}, err
	}
	if g, is, err := command(text); is {
		return g, err
	}
	if text = typed.Clean(literal(text), false).Text; text == "" {
		return empty(answered, o, offered), nil
	}
	return typedOr(text, o, offered), nil
}

// readList reads lines up to one that holds a single full stop.
func (f *face) readList(q rfi.Question, answered bool, o wizard.Offer, offered bool) (given, error) {
	f.say("Give one or more lines. A line with a single full stop ends them.")
	var all []string
	for {
		prompt := fmt.Sprintf("Line %d: ", len(all)+1)
		if len(all) == 0 {
			prompt = "Line 1 [" + enter(answered, offered) + "]: "
		}
		text, err := f.line(prompt, helpOf(q))
		if err != nil {
			if len(all) > 0 { // whatever ends the list, the lines given so far are an answer
				last := *f
				last.ctx = context.WithoutCancel(f.ctx)
				_, _ = last.store(q, "", typedOr(strings.Join(all, "\n"), o, offered))
			}
			return given{}, err
		}
		if len(all) == 0 {
			if g, is, err := command(text); is {
				return g, err
			}
			if strings.TrimSpace(text) == "" {
				return empty(answered, o, offered), nil
			}
		}
		if strings.TrimSpace(text) == "." {
			return typedOr(strings.Join(all, "\n"), o, offered), nil
		}
		clean := typed.Clean(literal(text), true).Text
		all = append(all, strings.Split(strings.TrimRight(clean, "\n"), "\n")...)
	}
}

func (f *face) readChoice(q rfi.Question, options []rfi.Option, a steps.Answer, o wizard.Offer, offered bool) (given, error) {
	def := ""
	for i, op := range options {
		f.sayOption(i+1, op, op.Value == a.Value && a.Value != "")
		if op.Value == a.Value && a.Value != "" || def == "" && offered && a.Value == "" && op.Value == o.Text {
			def = strconv.Itoa(i + 1)
		}
	}
	accepted := append(numbers(len(options)), ".", "-", "u", "h")
	if def == "" {
		def = "."
	}
	if q.Type == rfi.YesNo {
		accepted = append(accepted, "y", "n", "yes", "no")
	}
	choice, err := f.choose(def, helpOf(q), accepted...)
	if err != nil {
		return given{}, err
	}
	if g, is, err := command(choice); is {
		return g, err
	}
	value := ""
	switch choice[:1] {
	case "y":
		value = "yes"
	case "n":
		value = "no"
	default:
		value = options[number(choice)-1].Value
	}
	if value == a.Value {
		return given{keep: true}, nil
	}
	return typedOr(value, o, offered), nil
}

func (f *face) readChoices(q rfi.Question, a steps.Answer, o wizard.Offer, offered bool) (given, error) {
	options := q.Options(f.s.Facts())
	present := strings.Split(a.Value, "\n")
	for i, op := range options {
		f.sayOption(i+1, op, a.Value != "" && slices.Contains(present, op.Value))
	}
	answered := a.Text != "" || a.Value != ""
	for {
		text, err := f.line("Numbers with commas between, - for none ["+enter(answered, offered)+"]: ", helpOf(q))
		if err != nil {
			return given{}, err
		}
		if g, is, err := command(text); is {
			return g, err
		}
		if strings.TrimSpace(text) == "" {
			return empty(answered, o, offered), nil
		}
		chosen, wrong := pickNumbers(text, len(options))
		if wrong != "" {
			f.say("%q is not a number from 1 to %d.", wrong, len(options))
			continue
		}
		var values []string
		for i, op := range options { // in their own order, as on the screen
			if chosen[i+1] {
				values = append(values, op.Value)
			}
		}
		return typedOr(strings.Join(values, "\n"), o, offered), nil
	}
}

// pickNumbers reads "1, 3 4"; wrong is the first word that is not a number in
// range.
func pickNumbers(text string, n int) (chosen map[int]bool, wrong string) {
	chosen = map[int]bool{}
	for _, w := range strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == ';' || r == '\t' }) {
		i, err := strconv.Atoi(w)
		if err != nil || i < 1 || i > n {
			return nil, w
		}
		chosen[i] = true
	}
	return chosen, ""
}
