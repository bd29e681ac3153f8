package cli

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestEveryFlagIsTested looks for a line of the tests that runs the command
// with the flag, so that a new flag comes with a test of its own.
func TestEveryFlagIsTested(t *testing.T) {
	var text strings.Builder
	for _, pattern := range []string{"*_test.go", "../../testdata/cli/*.txtar"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			raw, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			text.Write(raw)
		}
	}
	// "a", "b" of a list of arguments reads like a b of a script
	lines := strings.Split(strings.NewReplacer(`", "`, " ", `"`, " ").Replace(text.String()), "\n")
	tested := func(path, flag string) bool {
		re := regexp.MustCompile(`(^|\W)` + strings.ReplaceAll(path, " ", ` `) + `\b.*--` + flag + `\b`)
		for _, l := range lines {
			if re.MatchString(l) {
				return true
			}
		}
		return false
	}
	seen := 0
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		path := strings.TrimPrefix(c.CommandPath(), "mxodus ")
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) {
			if f.Name == "help" || strings.HasPrefix(path, "completion") || c.Name() == "help" {
				return
			}
			seen++
			if !tested(path, f.Name) {
				t.Errorf("no test runs %s --%s", path, f.Name)
			}
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	root := (&run{}).root()
	walk(root)
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) {
		if !tested("", f.Name) {
			t.Errorf("no test uses --%s", f.Name)
		}
	})
	if seen < 30 {
		t.Errorf("only %d flags were looked at", seen)
	}
}
