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
// Options are listed unless the question is asked again.
func (f *face) read(q rfi.Question, o wizard.Offer, offered, again bool) (given, error) {
	a := f.s.Snapshot().Answers[q.ID]
	answered := a.Text != "" || a.Value != ""
	switch {
	case q.Type == rfi.YesNo, q.Type == rfi.Choice:
		return f.readChoice(q, a, o, offered, again)
	case q.Type == rfi.MultiChoice:
		return f.readChoices(q, a, o, offered, again)
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
	}
	return given{}, false, nil
}

func helpOf(q rfi.Question, facts steps.Facts) string {
	return strings.TrimSpace(q.HelpFor(facts) + "\nA single full stop passes the question, - empties the answer, u brings the answer before it back, l lists the present answer in full.")
}

// prompted reads one line of an answer; l lists the present answer.
func (f *face) prompted(q rfi.Question, prompt string, read func(prompt, help string) (string, error)) (string, error) {
	for {
		text, err := read(prompt, helpOf(q, f.s.Facts()))
		if err != nil || !strings.EqualFold(strings.TrimSpace(text), "l") {
			return text, err
		}
		f.list(q)
	}
}

func (f *face) readLine(q rfi.Question, answered bool, o wizard.Offer, offered bool) (given, error) {
	text, err := f.prompted(q, "Answer ["+enter(answered, offered)+"]: ", f.single)
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
		text, err := f.line(prompt, helpOf(q, f.s.Facts()))
		if err != nil {
			if len(all) > 0 { // whatever ends the list, the lines given so far are an answer
				f.keepLines(q, typedOr(strings.Join(all, "\n"), o, offered))
			}
			return given{}, err
		}
		if len(all) == 0 {
			if g, is, err := command(text); is {
				return g, err
			}
			switch {
			case strings.EqualFold(strings.TrimSpace(text), "l"):
				f.list(q)
				continue
			case strings.TrimSpace(text) == "" && !f.in.script && len(f.in.together()) > 0:
				continue // the empty first line of a paste
			case strings.TrimSpace(text) == "":
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

// keepLines stores the lines of a list that was left in the middle. Lines that
// cannot be used are kept as a draft and shown again next time.
func (f *face) keepLines(q rfi.Question, g given) {
	last := *f
	last.ctx = context.WithoutCancel(f.ctx)
	if become, err := last.store(q, "", g); err == nil && become == refused {
		last.at(steps.Position{Screen: "rfi", Field: q.ID, Draft: g.text})
		last.say("These lines are not an answer yet; they are shown again next time.")
	}
}

func (f *face) readChoice(q rfi.Question, a steps.Answer, o wizard.Offer, offered, again bool) (given, error) {
	options := q.ChoicesFor(f.s.Facts())
	def := "."
	for i, op := range options {
		if !again {
			f.sayOption(i+1, op, op.Value == a.Value && a.Value != "")
		}
		if op.Value == a.Value && a.Value != "" || def == "." && offered && a.Value == "" && op.Value == o.Text {
			def = strconv.Itoa(i + 1)
		}
	}
	for {
		word := def
		if def == "." {
			word = "leave open"
		}
		text, err := f.prompted(q, "Choose ["+word+"]: ", f.line)
		if err != nil {
			return given{}, err
		}
		if strings.TrimSpace(text) == "" {
			text = def
		}
		if g, is, err := command(text); is {
			return g, err
		}
		op, why := rfi.Pick(options, text)
		if why != "" {
			f.say("%q: %s.", short(text), trimStop(why))
			f.leaveOut("one of the choices", text)
			if a.Value == "" {
				def = "." // after a refusal Enter alone takes nothing
			}
			continue
		}
		if op.Value == a.Value {
			return given{keep: true}, nil
		}
		return typedOr(op.Value, o, offered), nil
	}
}

func (f *face) readChoices(q rfi.Question, a steps.Answer, o wizard.Offer, offered, again bool) (given, error) {
	facts := f.s.Facts()
	present := strings.Split(a.Value, "\n")
	for i, op := range q.Options(facts) {
		if !again {
			f.sayOption(i+1, op, a.Value != "" && slices.Contains(present, op.Value))
		}
	}
	answered := a.Text != "" || a.Value != ""
	for {
		text, err := f.prompted(q, "Numbers or names with commas between, - for none ["+enter(answered, offered)+"]: ", f.line)
		if err != nil {
			return given{}, err
		}
		if g, is, err := command(text); is {
			return g, err
		}
		if strings.TrimSpace(text) == "" {
			return empty(answered, o, offered), nil
		}
		u := q.Parse(text, facts)
		if !u.OK() || u.Value == "" {
			f.problems(u.Problems)
			f.leaveOut("one or more of the choices", text)
			continue
		}
		return typedOr(u.Value, o, offered), nil // in the order of the list, as on the screen
	}
}
