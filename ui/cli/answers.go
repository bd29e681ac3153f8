package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

func (r *run) answersCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "answers", Short: "Write the answers of a move to a file, or read them from one",
		RunE: needsSub,
	}
	cmd.AddCommand(r.answersExport(), r.answersImport())
	return cmd
}

func (r *run) answersExport() *cobra.Command {
	var force bool
	cmd := &cobra.Command{
		Use: "export FILE", Short: "Write every answer to a file (schema mxodus.answers/1)",
		Long: `Writes every answer as JSON, ready for answers import, on this machine or on
another. FILE - writes to standard output.`,
		Args: argCount(1, 1, "one file, or - for standard output"),
		RunE: func(cmd *cobra.Command, args []string) error {
			s, err := r.session(cmd.Context(), toRead)
			if err != nil {
				return err
			}
			doc, err := rfi.MarshalAnswers(s.Snapshot().Answers)
			if err != nil {
				return err
			}
			return r.deliver(args[0], jsonSafe(doc), force)
		},
	}
	cmd.Flags().BoolVar(&force, "force", false, "overwrite FILE when it exists")
	return cmd
}

// maxAnswersFile is the largest file of answers that is read, in bytes.
const maxAnswersFile = 32 << 20

func (r *run) answersImport() *cobra.Command {
	var asJSON, replace bool
	cmd := &cobra.Command{
		Use: "import FILE", Short: "Read answers from a file, over those that stand there now",
		Long: `Reads answers written by answers export. What cannot be used is named with its
line and question, and the exit code is 1; everything else is stored. The
answers that stood there before stay in the history. A file of rules that an
answer names is read and kept with the move. The answers of another
organisation, told by its main domain, are refused without --replace. FILE -
reads standard input.`,
		Args: argCount(1, 1, "one file, or - for standard input"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return r.importAnswers(cmd.Context(), args[0], asJSON, replace)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.import/1)")
	cmd.Flags().BoolVar(&replace, "replace", false, "take over the answers of another organisation too")
	return cmd
}

func (r *run) importAnswers(ctx context.Context, file string, asJSON, replace bool) error {
	raw, err := r.readInput(file, maxAnswersFile)
	if err != nil {
		return err
	}
	s, err := r.session(ctx, toWrite)
	if err != nil {
		return err
	}
	edits, problems, err := rfi.UnmarshalAnswers(raw, s.Snapshot().Answers)
	if err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	before := s.Snapshot().Answers
	if !replace {
		if err := sameOrganisation(file, before, edits); err != nil {
			return err
		}
	}
	stored := 0
	if len(edits) > 0 {
		if stored, err = s.Import(ctx, edits); err != nil {
			return err
		}
	}
	if p, bad := importRuleset(ctx, s, before); bad {
		problems = append(problems, p)
	}
	if err := r.tellImport(s.ID(), stored, problems, asJSON); err != nil {
		return err
	}
	if slices.ContainsFunc(problems, func(p rfi.Problem) bool { return !p.Warning }) {
		return outcome(ExitError) // something of the file could not be used
	}
	return nil
}

// sameOrganisation refuses a file whose main domain is not that of the move: a
// wrong --move would cost the move all of its answers.
func sameOrganisation(file string, now steps.Answers, edits []steps.AnswerEdit) error {
	for _, e := range edits {
		mine := now.Value(steps.QPrimaryDomain)
		if e.Question != steps.QPrimaryDomain || mine == "" || e.Value == "" || e.Value == mine {
			continue
		}
		return withHint(fmt.Errorf("%s holds the answers of %s, and this move is that of %s; nothing was stored", file, e.Value, mine),
			"name the move that is meant with --move, or add --replace to give this one those answers")
	}
	return nil
}

// importRuleset keeps the file of rules that an imported answer names, as the
// screens do, lest the question count as answered while checks have nothing to
// read.
func importRuleset(ctx context.Context, s *wizard.Session, before steps.Answers) (rfi.Problem, bool) {
	path := s.Snapshot().Answers.Value(wizard.QRuleset)
	if path == "" || path == before.Value(wizard.QRuleset) {
		return rfi.Problem{}, false
	}
	if _, err := s.LoadRuleset(ctx, "", path); err != nil {
		return rfi.Problem{Entry: wizard.QRuleset, Message: fmt.Sprintf(
			"the answer is stored, but the rules in %s were not read, so checks have none: %v. Import again where the file lies, or choose it in the wizard", safe(path), err)}, true
	}
	return rfi.Problem{}, false
}

// tellImport names every problem on standard error, and says on standard output
// how many answers were stored.
func (r *run) tellImport(move string, stored int, problems []rfi.Problem, asJSON bool) error {
	for _, p := range problems {
		r.say("%s", p)
	}
	if asJSON {
		return r.writeJSON(struct {
			Schema   string        `json:"schema"`
			Move     string        `json:"move"`
			Stored   int           `json:"stored"`
			Problems []rfi.Problem `json:"problems"`
		}{"mxodus.import/1", move, stored, append([]rfi.Problem{}, problems...)})
	}
	p := page{w: r.Out}
	p.line("%s stored, %s", counted(stored, "answer"), counted(len(problems), "problem"))
	return p.done()
}

// readInput reads a whole file, or standard input for "-", up to a limit.
func (r *run) readInput(file string, limit int64) ([]byte, error) {
	in := r.In
	if file != "-" {
		f, err := os.Open(file)
		if err != nil {
			return nil, fileError("read", file, err)
		}
		defer f.Close()
		in = f
	}
	raw, err := io.ReadAll(io.LimitReader(in, limit+1))
	if err != nil {
		return nil, fileError("read", file, err)
	}
	if int64(len(raw)) > limit {
		return nil, fmt.Errorf("%s has more than %d MB; that is too much for one file", file, limit>>20)
	}
	return raw, nil
}
