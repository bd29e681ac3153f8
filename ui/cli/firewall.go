package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"mxodus/steps/check/firewall"
)

func (r *run) firewallCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use: "firewall", Short: "Answer questions about an exported ruleset",
		RunE: needsSub,
	}
	cmd.AddCommand(r.firewallCheck(), r.firewallEval())
	return cmd
}

// maxRuleset is the largest ruleset that is read, in bytes.
const maxRuleset = 128 << 20

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

A line that is no packet gets the verdict unknown with the reason.`,
		Example: `  echo '{"dir":"in","src":"192.0.2.1","dport":25}' | mxodus firewall eval edge.rules`,
		Args:    argCount(1, 1, "one file"),
		RunE: func(_ *cobra.Command, args []string) error {
			if args[0] == "-" {
				return usage("the packets come on standard input, so the ruleset must be a file")
			}
			raw, err := r.readInput(args[0], maxRuleset)
			if err != nil {
				return err
			}
			if err := firewall.Eval(raw, format, acl, r.In, r.Out); err != nil {
				return inFile(args[0], err)
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&format, "format", "", formatHelp())
	f.StringVar(&acl, "acl", "", "ask one named list alone (for iptables: a chain)")
	f.BoolVar(&asJSON, "json", false, "JSON lines, which is what is printed in any case")
	_ = cmd.RegisterFlagCompletionFunc("format", cobra.FixedCompletions(firewall.Formats(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

func formatHelp() string {
	return "format of the file: " + strings.Join(firewall.Formats(), ", ") + " (default: found from the content)"
}
