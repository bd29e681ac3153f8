package cli

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestTheReadmeNamesEveryCommandAndFlag, and none that is not there.
func TestTheReadmeNamesEveryCommandAndFlag(t *testing.T) {
	raw, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	text := string(raw)
	root := (&run{}).root()
	flags := map[string]bool{"help": true}
	var walk func(c *cobra.Command)
	walk = func(c *cobra.Command) {
		holds := c.HasAvailableSubCommands() && c.Name() != "journal"
		builtIn := c.HasParent() && c.Parent().Name() == "completion" || c.Name() == "help" || c.Name() == "__complete"
		if !holds && !builtIn && !strings.Contains(text, "`"+c.CommandPath()) {
			t.Errorf("README does not name %s", c.CommandPath())
		}
		c.LocalFlags().VisitAll(func(f *pflag.Flag) {
			flags[f.Name] = true
			if !builtIn && f.Name != "help" && f.Name != "interface" && f.Name != "path" && !strings.Contains(text, "--"+f.Name) {
				t.Errorf("README does not name --%s of %s", f.Name, c.CommandPath())
			}
		})
		for _, sub := range c.Commands() {
			walk(sub)
		}
	}
	walk(root)
	for _, m := range regexp.MustCompile(`--([a-z]+)`).FindAllStringSubmatch(text, -1) {
		if !flags[m[1]] {
			t.Errorf("README names --%s, which no command has", m[1])
		}
	}
	for _, m := range regexp.MustCompile("`mxodus ([a-z]+)").FindAllStringSubmatch(text, -1) {
		if !slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == m[1] }) {
			t.Errorf("README names mxodus %s, which is no command", m[1])
		}
	}
}
