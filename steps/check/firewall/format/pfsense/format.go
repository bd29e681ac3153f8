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
)

// Format describes pfSense for the table of formats.
func Format() format.Format {
	f := pfgui.Format(pfgui.PfSense, []string{
		"Diagnostics > Backup & Restore.",
		"Backup area: All. Tick Skip packages and Skip RRD data; do not encrypt.",
		"Download configuration as XML. The file holds passwords and keys. What you give is kept with the move: take them out of it first.",
	}, "packages add (Snort, pfBlockerNG, captive portal)")
	f.Write = pfgui.WritePfSense
	return f
}
