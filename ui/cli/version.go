package cli

import (
	"runtime"

	"github.com/spf13/cobra"

	"mxodus/steps/region"
)

func (r *run) versionCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "version", Short: "Print the version and the date of the region table", Args: noArgs,
		RunE: func(*cobra.Command, []string) error {
			if asJSON {
				return r.writeJSON(struct {
					Schema  string `json:"schema"`
					Version string `json:"version"`
					Go      string `json:"go"`
					System  string `json:"system"`
					Regions string `json:"regions_compiled"`
				}{"mxodus.version/1", r.Version, runtime.Version(), runtime.GOOS + "/" + runtime.GOARCH, region.Data().Compiled})
			}
			p := r.page()
			p.line("mxodus %s", r.Version)
			p.line("%s %s/%s, region table of %s", runtime.Version(), runtime.GOOS, runtime.GOARCH, region.Data().Compiled)
			return p.done()
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.version/1)")
	return cmd
}
