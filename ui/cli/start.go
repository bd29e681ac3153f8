package cli

import "context"

// startWizard is mxodus without a command.
func (r *run) startWizard(context.Context) error {
	return withHint(usage("there is no terminal here to open the wizard on"),
		"name a command; mxodus --help lists them")
}
