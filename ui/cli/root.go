package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

const rootLong = `mxodus takes the mail of an organisation onto Mimecast (Connect), or from one
Mimecast region to another (Migrate), step by step: it says what to change,
checks that the change is right, and keeps the record.

Without a command it opens the wizard where you left it. The commands below
are for scripts and colleagues; plan, mx, firewall, regions and version work
without a move.`

// root builds the command tree.
func (r *run) root() *cobra.Command {
	cmd := &cobra.Command{
		Use:           "mxodus",
		Short:         "A wizard for moving mail onto Mimecast, or between its regions",
		Long:          rootLong,
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          r.knownCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return r.startWizard(cmd.Context()) },
		PersistentPreRunE: func(*cobra.Command, []string) error {
			return r.readGlobals()
		},
	}
	cmd.SetIn(r.In) // before the completion command, which keeps what it finds
	cmd.SetOut(r.Out)
	cmd.SetErr(r.Err)
	f := cmd.PersistentFlags()
	f.StringVar(&r.flags.db, "db", "", "file that moves are kept in (default $MXODUS_DB, else the data folder)")
	f.BoolVar(&r.flags.plain, "plain", false, "plain prompts and words, for screen readers and simple terminals")
	f.StringVar(&r.flags.color, "color", "auto", "colour: auto, always or never")
	f.StringVar(&r.flags.who, "who", "", "your name for the journal (default $MXODUS_WHO, else $USER)")
	f.StringArrayVar(&r.flags.resolvers, "resolver", nil, "DNS resolver to ask, address or address:port, instead of the usual ones; may be repeated")
	f.StringVar(&r.flags.move, "move", "", "move: its id or the start of one, organisation or domain (needed with more than one)")
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return withHint(usage("%w", err), "see: "+c.CommandPath()+" --help")
	})
	cmd.SetHelpTemplate(helpTemplate)
	cmd.SetUsageTemplate(usageTemplate)
	cmd.SuggestionsMinimumDistance = 2
	cmd.AddCommand(r.commands()...)
	cmd.InitDefaultHelpCmd()
	cmd.InitDefaultCompletionCmd()
	return cmd
}

// knownCommand refuses words that are no command, with the nearest ones.
func (r *run) knownCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	err := usage("there is no command %q", args[0])
	if near := cmd.SuggestionsFor(args[0]); len(near) > 0 {
		return withHint(err, "did you mean: "+strings.Join(near, ", "))
	}
	return withHint(err, "see: mxodus --help")
}

func (r *run) readGlobals() error {
	switch r.flags.color {
	case "auto", "always", "never":
	default:
		return usage("--color %q is not known; it is auto, always or never", r.flags.color)
	}
	if err := r.checkResolvers(); err != nil {
		return err
	}
	r.paint = painter{on: r.colour()}
	return nil
}

// colour decides whether to colour the output: the flag, else NO_COLOR, else
// CLICOLOR_FORCE, else whether a person looks at a capable terminal.
func (r *run) colour() bool {
	switch {
	case r.flags.color == "always":
		return true
	case r.flags.color == "never", r.Getenv("NO_COLOR") != "":
		return false
	case r.Getenv("CLICOLOR_FORCE") != "" && r.Getenv("CLICOLOR_FORCE") != "0":
		return true
	}
	return r.OutTerminal() && r.Getenv("TERM") != "dumb" && r.Getenv("CLICOLOR") != "0"
}

// noArgs and its kin are cobra's, as usage errors in our words.
func noArgs(cmd *cobra.Command, args []string) error {
	if len(args) > 0 {
		return withHint(usage("%s takes no arguments, but got %q", cmd.CommandPath(), args[0]), "see: "+cmd.CommandPath()+" --help")
	}
	return nil
}

func argCount(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		return withHint(usage("%s takes %s, but got %s", cmd.CommandPath(), what, counted(len(args), "argument")),
			"see: "+cmd.CommandPath()+" --help")
	}
}

// needsSub is for commands that only hold others.
func needsSub(cmd *cobra.Command, args []string) error {
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	if len(args) > 0 {
		return usage("there is no command %q under %s; there are: %s", args[0], cmd.CommandPath(), strings.Join(names, ", "))
	}
	return usage("%s needs one of: %s", cmd.CommandPath(), strings.Join(names, ", "))
}

func counted(n int, noun string) string {
	switch n {
	case 0:
		return "no " + noun + "s"
	case 1:
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

const usageTemplate = `Usage:
  {{if .Runnable}}{{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}

Commands:{{range .Commands}}{{if .IsAvailableCommand}}
  {{rpad .Name .NamePadding}} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

Flags:
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

Global flags:
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}
`

const helpTemplate = `{{with (or .Long .Short)}}{{. | trimTrailingWhitespaces}}

{{end}}{{.UsageString}}
` + exitHelp
