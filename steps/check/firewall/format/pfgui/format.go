package pfgui

import (
	"fmt"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Format is a vendor's format without what the vendors differ in: how rules
// are written. download are the steps in the vendor's web interface that lead
// to config.xml; others add rules that are not in it.
func Format(v Vendor, download []string, others string) format.Format {
	return format.Format{
		ID: v.ID, Label: v.Label + " (config.xml)",
		Detect:  func(head *source.Doc) format.Guess { return Detect(head, v) },
		Read:    func(doc *source.Doc) *ir.Ruleset { return Read(doc, v) },
		Confirm: Confirm, Appends: true,
		Export: []format.Way{
			{Where: "In the web interface", Do: download},
			{Where: "On the command line", Do: []string{"cp /conf/config.xml /root/config.xml", "Fetch that file (SCP), and give it."}},
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: fmt.Sprintf("Rules that %s are not in config.xml in the form in which they are loaded, and are not seen; for those give the output of pfctl -sr as pf.", others),
	}
}
