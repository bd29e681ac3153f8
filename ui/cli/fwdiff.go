package cli

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall"
)

func (r *run) firewallDiff() *cobra.Command {
	var f fwFlags
	cmd := &cobra.Command{
		Use: "diff BEFORE AFTER", Short: "Say what a change of the firewall opened and shut, for this move",
		Long: `Reads two exports of one firewall and says which addresses can connect on the
ports of the move and could not before, and which could and cannot now; nothing
else that changed matters here.

Exit code 0 means that nothing changed against the move, 3 that a range which must
be open is not any more, or that somebody new reaches the mail server on port 25.`,
		Example: `  mxodus firewall diff before.rules after.rules --region au --server 203.0.113.25`,
		Args:    argCount(2, 2, "two files"),
		RunE: func(_ *cobra.Command, args []string) error {
			opt, err := f.options(r.Now())
			if err != nil {
				return err
			}
			var files [2]check.File
			for i, a := range args {
				name, raw, err := r.readRuleset(a)
				if err != nil {
					return err
				}
				files[i] = check.File{Name: name, Bytes: raw}
			}
			d, err := firewall.Diff(files[0], files[1], opt)
			var strange *firewall.InterfaceError
			switch {
			case errors.As(err, &strange):
				return usage("--interface: %w", err)
			case err != nil:
				return err
			}
			if f.asJSON {
				err = r.writeJSON(d)
			} else {
				err = r.printDiff(d)
			}
			if err != nil {
				return err
			}
			for _, x := range d.Changes {
				if x.Worse {
					return outcome(ExitNotSafe)
				}
			}
			return nil
		},
	}
	f.flags(r, cmd)
	return cmd
}

func (r *run) printDiff(d firewall.Difference) error {
	p := r.page()
	p.line("%s", safe(d.Summary))
	p.line("%s, then %s", safe(d.Before), safe(d.After))
	for _, x := range d.Changes {
		word := r.paint.good("changed")
		if x.Worse {
			word = r.paint.danger("! worse")
		}
		p.line("")
		p.line("  %s  %s", word, safe(x.Words()))
		p.line("    %s  %s", r.paint.muted("who    "), cidrs(x.CIDRs, x.More))
		rule := safe(x.By.Text)
		if x.By.Line > 0 {
			rule = fmt.Sprintf("line %d  %s", x.By.Line, safe(x.By.Text))
		}
		p.line("    %s  %s", r.paint.muted("now by "), rule)
	}
	for _, n := range d.Notes {
		p.line("%s %s", r.paint.muted("Note:"), safe(n))
	}
	return p.done()
}
