package firewall

import (
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/asa"
	"mxodus/steps/check/firewall/format/checkpoint"
	"mxodus/steps/check/firewall/format/fortios"
	"mxodus/steps/check/firewall/format/ios"
	"mxodus/steps/check/firewall/format/iptables"
	"mxodus/steps/check/firewall/format/mikrotik"
	"mxodus/steps/check/firewall/format/nft"
	"mxodus/steps/check/firewall/format/opnsense"
	"mxodus/steps/check/firewall/format/panos"
	"mxodus/steps/check/firewall/format/pf"
	"mxodus/steps/check/firewall/format/pfsense"
	"mxodus/steps/check/firewall/format/srx"
	"mxodus/steps/check/firewall/format/table"
	"mxodus/steps/check/firewall/format/unifi"
	"mxodus/steps/check/firewall/format/vyos"
	"mxodus/steps/check/firewall/format/windows"
	"mxodus/steps/check/firewall/source"
)

// registry lists every format that is read, in the order of the documentation.
// Where two are equally sure of a file, the earlier one reads it.
var registry = []func() format.Format{
	iptables.Format,
	nft.Format,
	panos.Format,
	srx.Format,
	checkpoint.Format,
	mikrotik.Format,
	asa.Format,
	fortios.Format,
	pf.Format,
	pfsense.Format,
	opnsense.Format,
	vyos.Format,
	windows.Format,
	unifi.Format,
	ios.Format,
	table.Format,
}

// AllFormats describes every format that is read.
func AllFormats() []format.Format {
	out := make([]format.Format, len(registry))
	for i, f := range registry {
		out[i] = f()
	}
	return out
}

// Formats lists the names that CheckOptions.Format and Eval take.
func Formats() []string {
	var names []string
	for _, f := range AllFormats() {
		names = append(names, f.ID)
	}
	return names
}

// FormatByID finds a format by its name.
func FormatByID(id string) (format.Format, bool) {
	for _, f := range AllFormats() {
		if f.ID == id {
			return f, true
		}
	}
	return format.Format{}, false
}

// Detect finds the format of a text, and says why; false when it is of none.
func Detect(doc *source.Doc) (f format.Format, why string, ok bool) {
	head, best := doc.Head(), 0
	for _, x := range AllFormats() {
		if g := x.Detect(head); g.Score > best {
			f, why, best, ok = x, g.Why, g.Score, true
		}
	}
	return f, why, ok
}
