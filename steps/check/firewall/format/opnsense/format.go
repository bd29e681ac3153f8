// Package opnsense reads config.xml of OPNsense: rules and port forwards of the
// old model, of the new one (Firewall > Rules [new], before that Firewall >
// Automation), or of both in one file. What the rules mean, and where that is
// documented, is told in package pfgui, which pfSense shares.
//
// Rules are written as calls of the documented programming interface
// (Development Manual > API > Firewall: filter/addRule, filter/apply), which
// add rules and replace none. Such a script is read, too.
package opnsense

import (
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/pfgui"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// Format describes OPNsense for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "opnsense", Label: "OPNsense (config.xml)",
		Detect:  func(head *source.Doc) format.Guess { return pfgui.Detect(head, pfgui.OPNsense) },
		Read:    func(doc *source.Doc) *ir.Ruleset { return pfgui.Read(doc, pfgui.OPNsense) },
		Confirm: pfgui.Confirm, Write: pfgui.WriteOPNsense,
		Export: []format.Way{
			{Where: "In the web interface", Do: []string{
				"System > Configuration > Backups.",
				"Do not backup RRD data: ticked; Encrypt this configuration file: not ticked.",
				"Download configuration. The file holds passwords and keys: keep it to yourself.",
			}},
			{Where: "On the command line", Do: []string{"cp /conf/config.xml /root/config.xml, and fetch that file."}},
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.Exact,
		},
		Limits: "Rules that plug-ins add (captive portal, intrusion prevention, CrowdSec) are not in config.xml in the form in which they are loaded, and are not seen; for those give the output of pfctl -sr as pf.",
	}
}
