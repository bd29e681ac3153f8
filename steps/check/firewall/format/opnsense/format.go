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
)

// Format describes OPNsense for the table of formats.
func Format() format.Format {
	f := pfgui.Format(pfgui.OPNsense, []string{
		"System > Configuration > Backups.",
		"Do not backup RRD data: ticked; Encrypt this configuration file: not ticked.",
		"Download configuration. The file holds passwords and keys. What you give is kept with the move: take them out of it first.",
	}, "plug-ins add (captive portal, intrusion prevention, CrowdSec)")
	f.Write = pfgui.WriteOPNsense
	return f
}
