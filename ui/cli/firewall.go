package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"mxodus/steps/check/firewall"
)

func (r *run) firewallCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "firewall", Short: "Answer questions about an exported ruleset",
		RunE: needsSub,
	}
	cmd.AddCommand(r.firewallCheck(), r.firewallEval(), r.firewallDiff(), r.firewallRules(), r.firewallFormats())
	return cmd
}

// readRuleset reads the file of rules, or standard input for "-". What keeps it
// from being read is said in words, with what to do.
func (r *run) readRuleset(file string) (name string, raw []byte, err error) {
	name, in := file, r.In
	if file == "-" {
		name = "standard input"
	} else {
		f, err := os.Open(file)
		if err != nil {
			return name, nil, rulesetError(name, err)
		}
		defer f.Close()
		in = f
	}
	if raw, err = io.ReadAll(io.LimitReader(in, firewall.MaxBytes+1)); err != nil {
		return name, nil, rulesetError(name, err)
	}
	if len(raw) > firewall.MaxBytes {
		return name, nil, inFile(name, firewall.ErrTooBig)
	}
	return name, raw, nil
}

func rulesetError(name string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, syscall.ENOTDIR):
		return fmt.Errorf("there is no file %s; give the path of the exported rules", name)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by you; copy it to where you may, or ask for the right to read it", name)
	case errors.Is(err, syscall.EISDIR):
		return fmt.Errorf("%s is a folder; name the file of exported rules in it", name)
	case errors.Is(err, syscall.ENAMETOOLONG):
		return fmt.Errorf("the name of the file is longer than this system allows; give the path of the exported rules")
	case errors.Is(err, context.Canceled):
		return err
	}
	return fmt.Errorf("%s could not be read to its end; copy it to a disk of this machine and try again", name)
}

// knownFormat refuses a format that no reader has.
func knownFormat(format string) error {
	if format == "" || slices.Contains(firewall.Formats(), format) {
		return nil
	}
	return usage("--format %q is not known; the formats are %s", format, strings.Join(firewall.Formats(), ", "))
}

func (r *run) firewallEval() *cobra.Command {
	var format, acl string
	var asJSON bool
	cmd := &cobra.Command{
		Use: "eval FILE", Short: "Say of each packet on standard input whether the ruleset lets it through",
		Long: `Reads packets from standard input, one JSON object a line, and prints one
verdict a line in the same order. Fields that are left out are free:

  {"dir":"in|out|fwd","in_if":"","out_if":"","acl":"","src":"","dst":"",
   "proto":"tcp","sport":0,"dport":25}
  {"verdict":"permit|deny|unknown","line":N,"text":"the rule","why":"..."}

A line that is no packet gets the verdict unknown with the reason. The exit code
is 1 if any verdict is unknown, else 0, whether packets are let through or not.`,
		Example: `  echo '{"dir":"in","src":"192.0.2.1","dst":"203.0.113.25","proto":"tcp","dport":25}' | mxodus firewall eval edge.rules`,
		Args:    argCount(1, 1, "one file"),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] == "-" {
				return usage("the packets come on standard input, so the ruleset must be a file")
			}
			if err := knownFormat(format); err != nil {
				return err
			}
			name, raw, err := r.readRuleset(args[0])
			if err != nil {
				return err
			}
			open, err := firewall.Eval(raw, format, acl, r.In, r.Out)
			switch {
			case err != nil:
				return inFile(name, err)
			case open > 0:
				return outcome(ExitError)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "", formatHelp())
	f.StringVar(&acl, "acl", "", "ask one named list or object alone (for iptables: a chain)")
	f.BoolVar(&asJSON, "json", false, "JSON lines, which is what is printed in any case")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(firewall.Formats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func formatHelp() string {
	return "format of the file, by its name in firewall formats (default: found from the content)"
}
