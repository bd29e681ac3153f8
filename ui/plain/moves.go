package plain

import (
	"errors"
	"fmt"
	"strings"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

// moves lists the moves and opens one or makes a new one.
func (f *face) moves() error {
	for {
		all, err := f.w.Moves(f.ctx)
		if err != nil {
			return err
		}
		def := "1"
		if len(all) == 0 {
			f.say("There is no move yet.")
			def = "n"
		} else {
			f.say("%s:", capital(count(len(all), "move")))
		}
		for i, m := range all {
			f.sayMove(i+1, m)
		}
		f.say("n New move")
		choice, err := f.choose(def, "Type the number of a move to open it, or n to begin a new one.", append(numbers(len(all)), "n")...)
		if errors.Is(err, errHub) {
			continue // there is no list of steps before a move is open
		}
		if err != nil {
			return err
		}
		if choice == "n" {
			err = f.newMove()
		} else {
			err = f.open(all[number(choice)-1].Move.ID, true)
		}
		if err != nil && !returned(err) {
			if errors.Is(err, errLeave) || f.ctx.Err() != nil || f.out.err != nil {
				return err
			}
			f.fail(err)
		}
	}
}

func number(s string) int {
	n := 0
	for _, r := range s {
		n = n*10 + int(r-'0')
	}
	return n
}

func (f *face) sayMove(n int, m wizard.MoveLine) {
	if m.Err != nil {
		f.say("%d %s: cannot be read: %s", n, m.Move.Org, m.Err)
		return
	}
	name := m.Move.Org
	if name == "" {
		name = m.Move.Domain
	}
	line := fmt.Sprintf("%s, %s. %d of %s done. %s", name, m.Move.Domain, m.Done, count(m.Total, "step"), capital(m.Turn))
	if m.Next != "" {
		line += ": " + m.Next
	}
	f.say("%d %s.", n, trimStop(line))
}

// order of the questions that a move begins with.
var order = []string{
	steps.QJourney, steps.QService, steps.QTrack, steps.QSource, steps.QTarget, steps.QPlatform, steps.QOrg, steps.QPrimaryDomain,
}

// newMove asks what a move begins with. Nothing is stored before the last
// answer; b goes back one question.
func (f *face) newMove() error {
	text := map[string]string{}
	facts := func() steps.Facts {
		a := steps.Answers{}
		for id, v := range text {
			if v != "" {
				a[id] = steps.Answer{Question: id, Text: v, Value: v}
			}
		}
		known := steps.NewFacts(a, f.o.Now())
		known.Demo = f.w.Demo
		return known
	}
	var asked []int
	for i := 0; i < len(order); {
		q, ok := rfi.Find(order[i])
		if !ok || !q.Applies(facts()) {
			i++
			continue
		}
		answer, err := f.opening(q, facts(), text[q.ID])
		if errors.Is(err, errBack) && len(asked) > 0 {
			i = asked[len(asked)-1]
			asked = asked[:len(asked)-1]
			continue
		}
		if returned(err) {
			f.say("The new move was not begun.")
		}
		if err != nil {
			return err
		}
		if q.ID == steps.QTarget && answer != "" && answer == text[steps.QSource] {
			f.say("The move would end in the region where it begins. Choose another region, or b to go back.")
			continue
		}
		text[q.ID] = answer
		asked = append(asked, i)
		i++
	}
	id, err := f.w.New(f.ctx, wizard.NewMove{
		Profile: facts().Profile, Org: text[steps.QOrg], Domain: text[steps.QPrimaryDomain],
	})
	if err != nil {
		return err
	}
	f.saved()
	return f.open(id, false)
}

// opening asks one question of a new move and returns its text.
func (f *face) opening(q rfi.Question, facts steps.Facts, had string) (string, error) {
	f.say("")
	f.say("%s", q.Label)
	if q.Options != nil {
		return f.openingChoice(q, facts, had)
	}
	f.say("Example: %s", q.Example)
	for {
		prompt := "Answer: "
		if had != "" {
			prompt = "Answer [" + had + "]: "
		}
		text, err := f.words(prompt, strings.TrimSpace(q.Why+"\n"+q.HelpFor(facts)))
		if err != nil {
			return "", err
		}
		if text == "" {
			text = had
		}
		u := q.Parse(text, facts)
		switch {
		case text == "":
			f.say("This is needed from the start.")
		case u.Value == "" || !u.OK():
			f.say("This cannot be used yet.")
			f.problems(u.Problems)
		case len(u.Problems) > 0 && text != had:
			f.problems(u.Problems)
			f.say("Press Enter to go on with this answer, or give it once more.")
			had = text
		default:
			return text, nil
		}
	}
}

func (f *face) openingChoice(q rfi.Question, facts steps.Facts, had string) (string, error) {
	options := q.Options(facts)
	if q.ID == steps.QSource || q.ID == steps.QTarget {
		options = append(options[:len(options):len(options)], rfi.Option{Label: "Not known yet", Help: "asked again in the first step"})
	}
	def, prompt := "", "Choose: "
	for i, o := range options {
		f.sayOption(i+1, o, o.Value != "" && o.Value == had)
		if o.Value == had && had != "" {
			def = fmt.Sprint(i + 1)
			prompt = "Choose [" + def + "]: "
		}
	}
	for {
		text, err := f.line(prompt, strings.TrimSpace(q.Why+"\n"+q.HelpFor(facts)))
		if err != nil {
			return "", err
		}
		if strings.TrimSpace(text) == "" {
			text = def
		}
		if text == "" {
			f.say("Choose one of them: nothing is taken by itself here.")
			continue
		}
		o, why := rfi.Pick(options, text)
		if why == "" {
			return o.Value, nil
		}
		f.say("%q: %s.", short(text), trimStop(why))
		f.leaveOut("one of the choices", text)
	}
}

func (f *face) sayOption(n int, o rfi.Option, present bool) {
	line := o.Label
	if o.Help != "" {
		line += ". " + capital(o.Help)
	}
	if present {
		line += ". This is the present answer"
	}
	f.say("%d %s.", n, trimStop(line))
}
