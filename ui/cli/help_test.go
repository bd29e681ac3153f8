package cli

import (
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// toolCommands are commands of every form: with and without commands below,
// words of their own, examples and flags.
func toolCommands() *cobra.Command {
	does := func(*cobra.Command, []string) {}
	root := &cobra.Command{Use: "tool", Short: "A tool", Long: "A tool for this\nand that.\n\n", Run: does}
	root.PersistentFlags().String("db", "", "`FILE` to keep things in")
	root.SetHelpFunc(printHelp)
	root.SetUsageFunc(printUsage)
	show := &cobra.Command{Use: "show NAME", Short: "Show one", Example: "  tool show this", Run: does}
	show.Flags().Bool("json", false, "print JSON")
	several := &cobra.Command{Use: "several", Long: "Several at once."}
	several.AddCommand(
		&cobra.Command{Use: "a-long-name", Short: "The first", Run: does},
		&cobra.Command{Use: "hidden", Short: "Not shown", Hidden: true, Run: does},
		&cobra.Command{Use: "old", Short: "Not shown", Deprecated: "use show", Run: does},
		&cobra.Command{Use: "z", Short: "The last", Run: does},
	)
	root.AddCommand(show, several, &cobra.Command{Use: "mute", Run: does})
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetHelpCommand(&cobra.Command{Use: "none", Hidden: true})
	return root
}

func TestHelpIsWritten(t *testing.T) {
	all := everyCommand + "\n"
	for _, c := range []struct{ args, want string }{
		{"--help", `A tool for this
and that.

Usage:
  tool [flags]
  tool [command]

Commands:
  mute        
  several     
  show        Show one

Flags:
      --db FILE   FILE to keep things in
  -h, --help      help for tool

` + exitHelp},
		{"show --help", `Show one

Usage:
  tool show NAME [flags]

Examples:
  tool show this

Flags:
  -h, --help   help for show
      --json   print JSON` + all},
		{"several --help", `Several at once.

Usage:
  tool several [command]

Commands:
  a-long-name The first
  z           The last

Flags:
  -h, --help   help for several` + all},
		{"mute --help", `Usage:
  tool mute [flags]

Flags:
  -h, --help   help for mute` + all},
		{"help several z", `The last

Usage:
  tool several z [flags]

Flags:
  -h, --help   help for z` + all},
	} {
		root := toolCommands()
		var out, errs strings.Builder
		root.SetOut(&out)
		root.SetErr(&errs)
		if words := strings.Fields(c.args); words[0] == "help" { // as the command help does it, which reads no flags
			if err := helpFor(root, words[1:]); err != nil {
				t.Fatal(err)
			}
		} else {
			root.SetArgs(words)
			if err := root.Execute(); err != nil {
				t.Fatal(err)
			}
		}
		if out.String() != c.want || errs.String() != "" {
			t.Errorf("%s wrote\n%s\nwant\n%s\nto the errors: %q", c.args, out.String(), c.want, errs.String())
		}
	}
}

// TestUsageAlone: what cobra asks for after a command line that it cannot read
// is the usage without the words about the command.
func TestUsageAlone(t *testing.T) {
	root := toolCommands()
	var out, errs strings.Builder
	root.SetOut(&out)
	root.SetErr(&errs)
	mute, _, err := root.Find([]string{"mute"})
	if err != nil {
		t.Fatal(err)
	}
	if err := mute.Usage(); err != nil {
		t.Fatal(err)
	}
	if want := "Usage:\n  tool mute [flags]" + everyCommand + "\n"; out.String() != want || errs.String() != "" {
		t.Errorf("wrote %q, want %q; to the errors: %q", out.String(), want, errs.String())
	}
	if got := mute.UsageString(); got != out.String() {
		t.Errorf("as a string the usage is %q", got)
	}
	root.SetOut(failing{})
	if err := mute.Usage(); err != nil || errs.String() != "the pipe is gone\n" {
		t.Errorf("usage that cannot be written: %v, %q", err, errs.String())
	}
}
