package cli

import "github.com/spf13/cobra"

// commands lists the commands in the order in which help shows groups of them.
func (r *run) commands() []*cobra.Command {
	return []*cobra.Command{
		r.regionsCommand(),
		r.versionCommand(),
	}
}
