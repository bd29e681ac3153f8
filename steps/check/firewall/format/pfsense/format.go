// Package pfsense reads config.xml of pfSense, whole or the part "Firewall
// Rules" of it. What the rules mean, and where that is documented, is told in
// package pfgui, which OPNsense shares.
//
// Rules are written as config.xml has them, to be put into a backup of the area
// Firewall Rules and restored from it: the way that Netgate's documentation
// gives for changes by hand ("Backup and Recovery > Restoring from Backups",
// "Manually Editing the Configuration").
package pfsense

import (
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/pfgui"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Format describes pfSense for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "pfsense", Label: "pfSense (config.xml)",
		Detect:  func(head *source.Doc) format.Guess { return pfgui.Detect(head, pfgui.PfSense) },
		Read:    func(doc *source.Doc) *ir.Ruleset { return pfgui.Read(doc, pfgui.PfSense) },
		Confirm: pfgui.Confirm, Write: pfgui.WritePfSense,
		Export: []format.Way{
			{Where: "In the web interface", Do: []string{
				"Diagnostics > Backup & Restore.",
				"Backup area: All. Tick Skip packages and Skip RRD data; do not encrypt.",
				"Download configuration as XML. The file holds passwords and keys: keep it to yourself.",
			}},
			{Where: "On the command line", Do: []string{"cp /conf/config.xml /root/config.xml, and fetch that file."}},
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Rules that packages add (Snort, pfBlockerNG, captive portal) are not in config.xml in the form in which they are loaded, and are not seen; for those give the output of pfctl -sr as pf.",
	}
}
