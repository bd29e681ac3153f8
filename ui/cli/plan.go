package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"mxodus/steps"
	"mxodus/steps/plan"
)

func (r *run) planCommand() *cobra.Command {
	var flags profileFlags
	var asJSON bool
	cmd := &cobra.Command{
		Use: "plan", Short: "List the steps of a kind of move",
		Long: `Lists the steps of a kind of move, who acts in each, and what is left out and
why. It needs no store. With --move, or without any flag, it lists the steps
of a move you have.`,
		Example: `  mxodus plan --journey connect --service both
  mxodus plan --journey migrate --track enterprise --source eu --target au --json`,
		Args: noArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			p, err := r.planOf(cmd, flags)
			if err != nil {
				return err
			}
			if asJSON {
				doc, err := plan.JSON(p)
				if err != nil {
					return err
				}
				_, err = r.Out.Write(doc)
				return wrote(err)
			}
			out := r.page()
			out.line("%s", strings.TrimRight(plan.Text(p), "\n"))
			return out.done()
		},
	}
	flags.add(cmd)
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.plan/1)")
	return cmd
}

func (r *run) planOf(cmd *cobra.Command, flags profileFlags) (steps.Plan, error) {
	if flags.given() {
		if r.flags.move != "" {
			return steps.Plan{}, usage("--move names a move you have; the other flags describe a kind of move: use one or the other")
		}
		profile, err := flags.profile()
		if err != nil {
			return steps.Plan{}, err
		}
		return plan.Build(profile)
	}
	if r.flags.move == "" && !r.storeThere(cmd.Context()) {
		return steps.Plan{}, withHint(usage("no journey given; it is one of connect, migrate"),
			"add --journey connect --service both, for example")
	}
	s, err := r.session(cmd.Context(), toRead)
	if err != nil {
		return steps.Plan{}, err
	}
	return s.Plan(), nil
}
