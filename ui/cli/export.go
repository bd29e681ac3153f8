package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/export"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
)

// exportFormats are the values of --format.
var exportFormats = []string{"md", "html", "json", "csv", "rfi-md", "rfi-json", "rfi-text", "rfi-csv"}

func (r *run) exportCommand() *cobra.Command {
	var format, output string
	var force, complete bool
	cmd := &cobra.Command{
		Use: "export", Short: "Write the completion summary, or the Request for Information",
		SuggestFor: []string{"summary", "report", "rfi", "form"}, // what it writes
		Long: `Writes the completion summary of a move: every step with who, when and result,
checks with their evidence, what was set aside and why, open points, dates, and
the test plan with mandatory and optional cases. Formats:

  md        Markdown                     rfi-md    the RFI alone, as Markdown
  html      one file, prints on A4       rfi-json  as JSON (mxodus.rfi/1)
  json      schema mxodus.summary/1      rfi-text  as text, ready to mail
  csv       the test plan as a sheet     rfi-csv   as a sheet

The same data give the same bytes all day: only the day and the days left
change with the clock, and a wait that ends.
Where the record of the move is broken, the summary says so at its head, and
the exit code is 3. A file is written as a whole or not at all, readable by you alone.`,
		Example: "  mxodus export --format html --output summary.html\n  mxodus export --format rfi-text --complete | mail -s RFI connect@example.com",
		Args:    noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if !slices.Contains(exportFormats, format) {
				return usage("--format %q is not known; the formats are %s", format, strings.Join(exportFormats, ", "))
			}
			s, err := r.session(cmd.Context(), toRead)
			if err != nil {
				return err
			}
			if complete {
				if err := r.wholeRecord(cmd.Context(), s, format); err != nil {
					return err
				}
				if err := r.complete(s, format); err != nil {
					return err
				}
			}
			doc, err := render(cmd.Context(), s, format)
			if err != nil {
				return err
			}
			if strings.HasSuffix(format, "json") {
				doc = jsonSafe(doc)
			}
			if err := r.deliver(output, doc, force); err != nil {
				return err
			}
			return r.wholeRecord(cmd.Context(), s, format)
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "md", "`FORMAT`: "+strings.Join(exportFormats, ", "))
	f.StringVarP(&output, "output", "o", "", "`FILE` to write (default: standard output)")
	f.BoolVar(&force, "force", false, "overwrite the file when it exists")
	f.BoolVar(&complete, "complete", false, "write nothing and exit with 4 when the move, or for the RFI the form, is not complete")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(exportFormats, cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// wholeRecord returns the error that the record a summary rests on is broken;
// the form rests on none.
func (r *run) wholeRecord(ctx context.Context, s *wizard.Session, format string) error {
	if strings.HasPrefix(format, "rfi-") {
		return nil
	}
	seq, why, err := s.VerifyJournal(ctx)
	if err != nil || seq == 0 {
		return err
	}
	return &exitError{code: ExitNotSafe, err: brokenRecord(s.ID(), seq, why), hints: []string{
		"the summary says so at its head and is not to be signed; compare the file with a backup, or ask who changed it",
	}}
}

// brokenRecord says which entry of a move's record does not fit.
func brokenRecord(move string, seq int64, why string) error {
	return fmt.Errorf("the record of move %s is broken at entry %d: %s", move, seq, why)
}

// render writes a move in one of the formats.
func render(ctx context.Context, s *wizard.Session, format string) ([]byte, error) {
	if kind, ok := strings.CutPrefix(format, "rfi-"); ok {
		return rfi.Export(s.Facts(), kind)
	}
	sum, err := export.Of(ctx, s, s.Wizard().Checks...)
	if err != nil {
		return nil, err
	}
	switch format {
	case "html":
		return []byte(export.HTML(sum)), nil
	case "json":
		return export.JSON(sum)
	case "csv":
		sheet, err := export.CSV(sum)
		return []byte(sheet), err
	}
	return []byte(export.Markdown(sum)), nil
}

// complete returns the error that says what is missing, if anything is.
func (r *run) complete(s *wizard.Session, format string) error {
	var missing []string
	if strings.HasPrefix(format, "rfi-") {
		for _, st := range rfi.Review(s.Facts(), nil) {
			if st.Missing || !st.Understood.OK() {
				missing = append(missing, fmt.Sprintf("%s: %s", st.Question.ID, st.Question.Label))
			}
		}
	} else {
		for _, l := range s.Hub().Left {
			if l.Step == 0 {
				missing = append(missing, l.Text+": "+steps.QJourney)
				continue
			}
			missing = append(missing, fmt.Sprintf("step %d, %s", l.Step, safe(l.Text)))
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return &exitError{code: ExitIncomplete, err: fmt.Errorf("nothing was written, as this is still open"), hints: missing}
}
