package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
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
	f.StringVar(&r.flags.db, "db", "", "`FILE` that moves are kept in (default $MXODUS_DB, else the data folder)")
	f.BoolVar(&r.flags.plain, "plain", false, "plain prompts and words, for screen readers and simple terminals")
	f.StringVar(&r.flags.color, "color", "auto", "colour `WHEN`: auto, always or never")
	f.StringVar(&r.flags.who, "who", "", "your `NAME` for the journal (default $MXODUS_WHO, else $USER)")
	f.StringArrayVar(&r.flags.resolvers, "resolver", nil, "DNS resolver to ask, `ADDR` or ADDR:PORT, instead of the usual ones; may be repeated")
	f.StringVar(&r.flags.move, "move", "", "`MOVE` to work on: its id or the start of one, organisation or domain (needed with more than one)")
	cmd.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return r.usageOf(c, flagError(err))
	})
	cmd.SetHelpFunc(printHelp)
	cmd.SetUsageFunc(printUsage)
	cmd.SuggestionsMinimumDistance = 2
	cmd.AddCommand(r.commands()...)
	cmd.InitDefaultHelpCmd()
	cmd.InitDefaultCompletionCmd()
	for _, c := range cmd.Commands() {
		switch c.Name() { // cobra's own accept any word and print their help
		case "completion":
			c.Args, c.RunE = cobra.ArbitraryArgs, needsSub
			c.Short = "Print the completion script of a shell"
		case "help":
			c.Run, c.RunE = nil, helpFor
			c.Short, c.Long = "Show the help of a command", ""
		}
	}
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
	return err
}

// usageOf remembers which command could not be understood, where cobra itself
// does not tell.
func (r *run) usageOf(c *cobra.Command, err error) error {
	r.asked = c.CommandPath()
	return err
}

// flagError says in our words what cobra's flag parser found.
func flagError(err error) error {
	var unknown *pflag.NotExistError
	var missing *pflag.ValueRequiredError
	var invalid *pflag.InvalidValueError
	switch {
	case errors.As(err, &unknown):
		name := unknown.GetSpecifiedName()
		dashes := "--"
		if unknown.GetSpecifiedShortnames() != "" {
			dashes = "-"
		}
		return usage("there is no flag %s%s here", dashes, name)
	case errors.As(err, &missing):
		return usage("--%s needs a value", missing.GetFlag().Name)
	case errors.As(err, &invalid):
		f := invalid.GetFlag()
		return usage("--%s %q cannot be read; expected %s", f.Name, invalid.GetValue(), flagKind(f.Value.Type()))
	}
	return usage("%w", err)
}

// flagKind names what a flag takes.
func flagKind(kind string) string {
	switch kind {
	case "bool":
		return "true or false, or no value at all"
	case "int", "uint", "uint16", "intSlice", "uintSlice":
		return "a whole number"
	case "duration":
		return "a time such as 30s or 5m"
	}
	return "a " + kind
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
		return usage("%s takes no arguments, but got %q", cmd.CommandPath(), args[0])
	}
	return nil
}

func argCount(least, most int, what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if len(args) >= least && (most < 0 || len(args) <= most) {
			return nil
		}
		return usage("%s takes %s, but got %s", cmd.CommandPath(), what, counted(len(args), "argument"))
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
