package cli

import "github.com/spf13/cobra"

// commands lists the commands.
func (r *run) commands() []*cobra.Command {
	return []*cobra.Command{
		r.newCommand(),
		r.listCommand(),
		r.statusCommand(),
		r.checkCommand(),
		r.answersCommand(),
		r.exportCommand(),
		r.journalCommand(),
		r.backupCommand(),
		r.restoreCommand(),
		r.demoCommand(),
		r.planCommand(),
		r.mxCommand(),
		r.firewallCommand(),
		r.regionsCommand(),
		r.versionCommand(),
	}
}
