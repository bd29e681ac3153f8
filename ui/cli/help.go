package cli

import (
	"fmt"
	"io"
	"strings"
	"unicode"

	"github.com/spf13/cobra"
)

// The help is written here and not by cobra's templates: those call methods by
// name, with which the linker must keep every method of every type.

// helpFor is mxodus help COMMAND.
func helpFor(cmd *cobra.Command, args []string) error {
	of, rest, err := cmd.Root().Find(args)
	if err != nil || len(rest) > 0 {
		return usage("there is no command %q", strings.Join(args, " "))
	}
	of.InitDefaultHelpFlag()
	return of.Help()
}

// printHelp writes what a command is for, then its usage; the program's own
// help ends with the exit codes and the environment.
func printHelp(cmd *cobra.Command, _ []string) {
	about := cmd.Long
	if about == "" {
		about = cmd.Short
	}
	var b strings.Builder
	if about != "" {
		b.WriteString(strings.TrimRightFunc(about, unicode.IsSpace) + "\n\n")
	}
	b.WriteString(usageText(cmd))
	if !cmd.HasParent() {
		b.WriteString("\n" + exitHelp)
	}
	writeHelp(cmd, cmd.OutOrStdout(), b.String())
}

// printUsage writes how a command is called, where cobra asks for that alone.
func printUsage(cmd *cobra.Command) error {
	writeHelp(cmd, cmd.OutOrStderr(), usageText(cmd))
	return nil
}

func writeHelp(cmd *cobra.Command, w io.Writer, text string) {
	if _, err := io.WriteString(w, text); err != nil {
		cmd.PrintErrln(err)
	}
}

// usageText says how a command is called: its line, examples, the commands
// below it and its flags.
func usageText(cmd *cobra.Command) string {
	flags := cmd.LocalFlags() // first: it also tells cobra which flags the line may name
	var b strings.Builder
	b.WriteString("Usage:")
	if cmd.Runnable() {
		b.WriteString("\n  " + cmd.UseLine())
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n  " + cmd.CommandPath() + " [command]")
	}
	if cmd.HasExample() {
		b.WriteString("\n\nExamples:\n" + cmd.Example)
	}
	if cmd.HasAvailableSubCommands() {
		b.WriteString("\n\nCommands:")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				fmt.Fprintf(&b, "\n  %-*s %s", sub.NamePadding(), sub.Name(), sub.Short)
			}
		}
	}
	if cmd.HasAvailableLocalFlags() {
		b.WriteString("\n\nFlags:\n" + strings.TrimRightFunc(flags.FlagUsages(), unicode.IsSpace))
	}
	if cmd.HasAvailableInheritedFlags() {
		b.WriteString(everyCommand)
	}
	b.WriteString("\n")
	return b.String()
}

const everyCommand = `

Flags of every command: --db FILE, --move MOVE, --who NAME, --resolver ADDR,
--color WHEN, --plain. mxodus --help explains them, the exit codes and the
environment.`
