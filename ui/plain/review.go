package plain

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"mxodus/steps"
	"mxodus/steps/rfi"
)

// problemLines is how many answers that need attention are said at once.
const problemLines = 10

const reviewHelp = `Enter goes to the first answer that needs you. The number of an answer opens it. l lists every answer, s those of one section.`

// review says how far the form is and which answers need the person; all
// others are listed when asked for.
func (f *face) review() error {
	for listed := false; ; {
		f.at(steps.Position{Screen: "review"})
		all := rfi.Review(f.s.Facts(), nil)
		c := rfi.Complete(f.s.Facts())
		f.say("")
		f.say("%d of %s answered, %d required missing.", c.Answered, count(c.Applicable, "question"), c.RequiredMissing)
		def, most := "c", problemLines
		if listed { // they were said a moment ago
			most = 0
		}
		if first := f.sayProblems(all, most); first > 0 {
			def = fmt.Sprint(first)
		}
		listed = false
		f.say("Type the number of an answer to open it. l List all answers, s One section, c Back to the list of steps")
		choice, err := f.choose(def, reviewHelp, append(numbers(len(all)), "l", "s", "c")...)
		if err != nil || choice == "c" {
			return err
		}
		switch choice {
		case "l":
			f.sayProblems(all, len(all))
			f.sayAnswers(all, "")
			listed = true
		case "s":
			err = f.oneSection(all)
		default:
			err = f.ask(all[number(choice)-1].Question, "", "", "")
		}
		if err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
}

// sayProblems says which answers need the person, at most so many, those that
// cannot be used before those that are missing. It returns the number of the
// first, 0 when there is none.
func (f *face) sayProblems(all []rfi.Status, most int) (first int) {
	var wrong, open []string
	at := map[bool]int{} // number of the first wrong and the first missing one
	for i, st := range all {
		problem := problemOf(st)
		if problem == "" {
			continue
		}
		line := fmt.Sprintf("%d %s %s.", i+1, st.Question.Label, capital(trimStop(problem)))
		isOpen := st.Missing && st.Answer.Text == ""
		if isOpen {
			open = append(open, line)
		} else {
			wrong = append(wrong, line)
		}
		if at[isOpen] == 0 {
			at[isOpen] = i + 1
		}
	}
	if lines := append(wrong, open...); most > 0 && len(lines) > 0 {
		f.say("%s:", needs(len(lines)))
		for i, line := range lines {
			if i == most && len(lines) > most+1 {
				f.say("And %d more (type l to list).", len(lines)-i)
				break
			}
			f.say("%s", line)
		}
	}
	if at[false] > 0 {
		return at[false]
	}
	return at[true]
}

func needs(n int) string {
	if n == 1 {
		return "There is a problem with 1 answer"
	}
	return fmt.Sprintf("There is a problem with %d answers", n)
}

// sayAnswers lists answers under their sections; only those of one section
// when its title is given.
func (f *face) sayAnswers(all []rfi.Status, only string) {
	section := ""
	for i, st := range all {
		sec, _ := rfi.SectionOf(st.Question)
		if only != "" && sec.Title != only {
			continue
		}
		if sec.Title != section {
			section = sec.Title
			f.say("%s:", section)
		}
		f.say("%d %s %s.%s", i+1, st.Question.Label, trimStop(shown(st)), doubtful(st))
	}
}

// doubtful is a sentence on the first thing to look at in an answer.
func doubtful(st rfi.Status) string {
	for _, p := range st.Problems {
		if p.Warning {
			return " Look at this: " + trimStop(p.Message) + "."
		}
	}
	return ""
}

// oneSection asks for a section and lists its answers.
func (f *face) oneSection(all []rfi.Status) error {
	var titles []string
	for _, st := range all {
		if sec, ok := rfi.SectionOf(st.Question); ok && !slices.Contains(titles, sec.Title) {
			titles = append(titles, sec.Title)
		}
	}
	for i, t := range titles {
		f.say("%d %s", i+1, t)
	}
	choice, err := f.choose("1", "Type the number of a section.", numbers(len(titles))...)
	if err != nil {
		return err
	}
	f.sayAnswers(all, titles[number(choice)-1])
	return nil
}

func problemOf(st rfi.Status) string {
	if st.Missing && st.Answer.Text == "" {
		return "required, not answered yet"
	}
	for _, p := range st.Problems {
		if !p.Warning {
			return p.String()
		}
	}
	if st.Missing {
		return "needs an answer that can be used"
	}
	return ""
}

// shown is an answer in one line; long lists are cut, and opening the answer
// tells the rest.
func shown(st rfi.Status) string {
	switch {
	case st.Answer.Text == "" && st.Understood.Value == "" && st.Missing:
		return "Required, not answered yet"
	case st.Answer.Text == "" && st.Understood.Value == "":
		return "Not answered, optional"
	case st.Understood.Value == "":
		return "Not understood: " + short(strings.ReplaceAll(st.Answer.Text, "\n", ", "))
	case st.Understood.Shown != "":
		return short(st.Understood.Shown)
	}
	return short(strings.ReplaceAll(st.Answer.Text, "\n", ", "))
}
