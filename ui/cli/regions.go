package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"mxodus/steps/region"
)

const unknownValue = "unknown, ask Mimecast"

func (r *run) regionsCommand() *cobra.Command {
	var asJSON bool
	cmd := &cobra.Command{
		Use: "regions [REGION]", Short: "Show the regions: hosts, address ranges, SPF includes",
		Long: `Shows the table of Mimecast regions that instructions are written from and
checks are made against. REGION is an id, an account-code prefix or a name.
Retired ranges are listed as such. What the table does not hold is not known.`,
		Example: "  mxodus regions\n  mxodus regions au\n  mxodus regions CAU --json",
		Args:    argCount(0, 1, "at most one region"),
		RunE: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return r.listRegions(asJSON)
			}
			one, err := region.Parse(args[0])
			if err != nil {
				return usage("%w", err)
			}
			return r.showRegion(one, asJSON)
		},
		ValidArgsFunction: completeRegions,
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON (schema mxodus.regions/1)")
	return cmd
}

// regionsDocument is mxodus.regions/1.
type regionsDocument struct {
	Schema   string          `json:"schema"`
	Compiled string          `json:"compiled"`
	Caveats  []string        `json:"caveats"`
	Regions  []region.Region `json:"regions"`
}

func (r *run) listRegions(asJSON bool) error {
	t := region.Data()
	if asJSON {
		return r.writeJSON(regionsDocument{"mxodus.regions/1", t.Compiled, t.Caveats, t.Regions})
	}
	rows := [][]string{{"id", "region", "account code", "MX hosts", "ranges"}}
	for i, head := range rows[0] {
		rows[0][i] = r.paint.muted(head)
	}
	for _, g := range t.Regions {
		ranges := counted(len(g.Prefixes()), "range")
		if len(g.Prefixes()) == 0 {
			ranges = "unknown"
		}
		rows = append(rows, []string{
			r.paint.strong(g.ID), g.Name, orUnknown(g.AccountPrefix, "unknown"),
			orUnknown(strings.TrimPrefix(counted(len(g.InboundMX), "host"), "no hosts"), "unknown"), ranges,
		})
	}
	p := r.page()
	for _, l := range columns(rows) {
		p.line("%s", l)
	}
	p.line("")
	p.line("Compiled %s. mxodus regions ID shows all of one region.", t.Compiled)
	return p.done()
}

func (r *run) showRegion(g region.Region, asJSON bool) error {
	t := region.Data()
	if asJSON {
		return r.writeJSON(regionsDocument{"mxodus.regions/1", t.Compiled, t.Caveats, []region.Region{g}})
	}
	p := r.page()
	p.line("%s", r.paint.strong(g.Name+" ("+g.ID+")"))
	list := func(hosts []string) string { return orUnknown(strings.Join(hosts, ", "), unknownValue) }
	for _, l := range columns([][]string{
		{"  account code starts", orUnknown(g.AccountPrefix, unknownValue)},
		{"  mail in (MX)", list(g.InboundMX)},
		{"  mail out", list(g.Outbound)},
		{"  mail out, Microsoft 365", list(g.OutboundM365)},
		{"  journal", list(g.Journal)},
		{"  SPF include", orUnknown(g.SPFInclude, unknownValue)},
		{"  sign-in", orUnknown(g.URLs.Login, unknownValue)},
		{"  console", orUnknown(g.URLs.AdminConsole, unknownValue)},
		{"  API", orUnknown(g.URLs.API, unknownValue)},
	}) {
		p.line("%s", l)
	}
	p.line("")
	if len(g.Ranges) == 0 {
		p.line("  address ranges: %s", unknownValue)
	} else {
		rows := [][]string{{"  network", "addresses", "netmask", "state"}}
		for _, e := range g.Ranges {
			first, last, mask := e.Usable()
			span := first
			if last != "" && last != first {
				span += " to " + last
			}
			rows = append(rows, []string{"  " + e.CIDR.String(), span, mask, rangeState(e.Status)})
		}
		for _, l := range columns(rows) {
			p.line("%s", l)
		}
	}
	if g.Note != "" {
		p.line("")
		p.line("  Note: %s", g.Note)
	}
	return p.done()
}

// rangeState says how a range is known.
func rangeState(s region.RangeStatus) string {
	switch s {
	case region.RangeSeed:
		return "named in the migration article"
	case region.RangeCurrent:
		return "in the region's SPF record"
	case region.RangeRetired:
		return "retired, do not allow"
	}
	return string(s)
}

func orUnknown(s, unknown string) string {
	if s == "" {
		return unknown
	}
	return s
}

func completeRegions(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
	return region.IDs(), cobra.ShellCompDirectiveNoFileComp
}
