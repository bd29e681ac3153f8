package cli

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/wizard"
)

type checkDocument struct {
	Schema string        `json:"schema"`
	Move   string        `json:"move"`
	Steps  []checkedStep `json:"steps"`
}

type checkedStep struct {
	Number  int            `json:"number"`
	ID      string         `json:"id"`
	Title   string         `json:"title"`
	Results []check.Result `json:"results"`
}

func (r *run) checkCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "check [STEP]", Short: "Run the checks of a step, or of every step begun, and keep the results",
		Long: `Runs the checks of one step, or of every step that was begun, done ones among
them, as r on the list of steps does; shows the results and keeps them with the
move. It begins no step. STEP is a number, an id such as connect.inbound, or the
part of an id after the dot.

Exit code 3 means that a check failed; 1 that none failed but at least one
could not be made or is still waiting for time to pass.`,
		Example: "  mxodus check\n  mxodus check 5\n  mxodus check inbound --move acme.example --json",
		Args:    argCount(0, 1, "at most one step"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := r.session(cmd.Context(), toWrite)
			if err != nil {
				return err
			}
			asked, err := stepsToCheck(s, args)
			if err != nil {
				return err
			}
			return r.runChecks(cmd.Context(), s, asked, asJSON)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.check/1)")
	return cmd
}

// stepsToCheck finds the step that is meant, or all steps begun that have checks.
func stepsToCheck(s *wizard.Session, args []string) ([]steps.Step, error) {
	p := s.Plan()
	if len(args) == 0 {
		begun := s.ToCheck()
		if len(begun) == 0 {
			return nil, noneBegun(p)
		}
		return begun, nil
	}
	st, err := findStep(p, args[0])
	if err != nil {
		return nil, err
	}
	if len(st.Checks) == 0 {
		return nil, fmt.Errorf("step %d, %s, has no checks", st.Number, st.Title)
	}
	return []steps.Step{st}, nil
}

func noneBegun(p steps.Plan) error {
	for _, st := range p.Steps {
		if len(st.Checks) > 0 {
			return fmt.Errorf("no step with checks was begun yet; name one, as in mxodus check %d", st.Number)
		}
	}
	return errors.New("this move has no step with checks")
}

func findStep(p steps.Plan, name string) (steps.Step, error) {
	if n, err := strconv.Atoi(name); err == nil {
		if st, ok := p.ByNumber(n); ok {
			return st, nil
		}
		return steps.Step{}, usage("there is no step %d; this move has steps 1 to %d", n, len(p.Steps))
	}
	var ids []string
	for _, st := range p.Steps {
		_, short, _ := strings.Cut(st.ID, ".")
		if st.ID == name || short == name {
			return st, nil
		}
		ids = append(ids, st.ID)
	}
	for _, l := range p.LeftOut {
		if _, short, _ := strings.Cut(l.ID, "."); l.ID == name || short == name {
			return steps.Step{}, usage("this move has no step %q: %s", name, l.Why)
		}
	}
	return steps.Step{}, usage("there is no step %q; the steps are %s", name, strings.Join(ids, ", "))
}

func (r *run) runChecks(ctx context.Context, s *wizard.Session, asked []steps.Step, asJSON bool) error {
	doc := checkDocument{Schema: "mxodus.check/1", Move: s.ID(), Steps: []checkedStep{}}
	var all []check.Result
	for _, st := range asked {
		r.say("step %d, %s: %s", st.Number, st.Title, counted(len(st.Checks), "check"))
		results, err := s.Check(ctx, st.ID, nil, r.reporter())
		if err != nil && len(results) == 0 {
			return err
		}
		doc.Steps = append(doc.Steps, checkedStep{st.Number, st.ID, st.Title, results})
		all = append(all, results...)
		if err == nil {
			err = ctx.Err()
		}
		if err != nil { // show what was found before it ended
			_ = r.printChecks(doc, asJSON)
			return err
		}
	}
	if err := r.printChecks(doc, asJSON); err != nil {
		return err
	}
	return outcome(exitOf(all))
}

// exitOf turns results into an exit code: a failure outweighs what could not
// be proven.
func exitOf(results []check.Result) int {
	code := ExitDone
	for _, res := range results {
		switch res.Outcome {
		case check.Fail:
			return ExitNotSafe
		case check.Unknown, check.Waiting:
			code = ExitError
		}
	}
	return code
}

// stillEvery is how often a check that takes long says so.
const stillEvery = 5 * time.Second

// reporter tells on standard error what becomes of checks as they run.
func (r *run) reporter() func(check.Event) {
	var mu sync.Mutex
	said := time.Now()
	return func(e check.Event) {
		mu.Lock()
		defer mu.Unlock()
		switch {
		case e.Result != nil:
			r.say("  %s %s, %s", e.Result.Check, resultWord(*e.Result), e.Result.Took.Round(time.Millisecond).String())
		case e.Progress != nil && time.Since(said) >= stillEvery:
			line := fmt.Sprintf("  still checking: %s", e.Progress.Check)
			if e.Progress.Total > 0 {
				line += fmt.Sprintf(", %d of %d", e.Progress.Done, e.Progress.Total)
			}
			if e.Progress.Waiting != "" {
				line += ", waiting for " + string(e.Progress.Waiting)
			}
			r.say("%s", line)
			said = time.Now()
		}
	}
}

func (r *run) printChecks(doc checkDocument, asJSON bool) error {
	if asJSON {
		return r.writeJSON(doc)
	}
	p := r.page()
	for i, st := range doc.Steps {
		if i > 0 {
			p.line("")
		}
		p.line("%s", r.paint.strong(fmt.Sprintf("Step %d  %s", st.Number, st.Title)))
		for _, res := range st.Results {
			r.printResult(&p, res)
		}
	}
	return p.done()
}
