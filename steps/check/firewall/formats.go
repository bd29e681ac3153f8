package firewall

import (
	"slices"
	"sync"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/asa"
	"mxodus/steps/check/firewall/format/aws"
	"mxodus/steps/check/firewall/format/azurensg"
	"mxodus/steps/check/firewall/format/checkpoint"
	"mxodus/steps/check/firewall/format/firewalld"
	"mxodus/steps/check/firewall/format/fortios"
	"mxodus/steps/check/firewall/format/gcp"
	"mxodus/steps/check/firewall/format/ios"
	"mxodus/steps/check/firewall/format/iptables"
	"mxodus/steps/check/firewall/format/mikrotik"
	"mxodus/steps/check/firewall/format/nft"
	"mxodus/steps/check/firewall/format/opnsense"
	"mxodus/steps/check/firewall/format/panos"
	"mxodus/steps/check/firewall/format/pf"
	"mxodus/steps/check/firewall/format/pfsense"
	"mxodus/steps/check/firewall/format/sonicwall"
	"mxodus/steps/check/firewall/format/srx"
	"mxodus/steps/check/firewall/format/table"
	"mxodus/steps/check/firewall/format/ufw"
	"mxodus/steps/check/firewall/format/unifi"
	"mxodus/steps/check/firewall/format/vyos"
	"mxodus/steps/check/firewall/format/windows"
	"mxodus/steps/check/firewall/source"
)

// registry lists every format that is read, the ones that stand before mail
// servers most often first, as the documentation and the wizard have them.
// Where two are equally sure of a file, the earlier one reads it.
var registry = []func() format.Format{
	fortios.Format,
	pfsense.Format,
	opnsense.Format,
	sonicwall.Format,
	asa.Format,
	ios.Format,
	panos.Format,
	srx.Format,
	checkpoint.Format,
	mikrotik.Format,
	unifi.Format,
	vyos.Format,
	windows.Format,
	iptables.Format,
	nft.Format,
	ufw.Format,
	firewalld.Format,
	pf.Format,
	azurensg.Format,
	aws.Format,
	gcp.Format,
	table.Format,
}

// all is made at first use and shared: leaks of a long ruleset ask for their
// format by the thousand.
var all = sync.OnceValue(func() []format.Format {
	out := make([]format.Format, len(registry))
	for i, f := range registry {
		out[i] = f()
	}
	return out
})

// AllFormats describes every format that is read. The slice is the caller's.
func AllFormats() []format.Format { return slices.Clone(all()) }

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
	for _, f := range all() {
		if f.ID == id {
			return f, true
		}
	}
	return format.Format{}, false
}

// sure is the score from which the beginning of a file is enough.
const sure = 80

// Detect finds the format of a text, and says why; false when it is of none.
func Detect(doc *source.Doc) (f format.Format, why string, ok bool) {
	first := doc.First()
	f, g := surest(first)
	if head := doc.Head(); g.Score < sure && len(head.Text) > len(first.Text) {
		f, g = surest(head)
	}
	return f, g.Why, g.Score > 0
}

func surest(head *source.Doc) (f format.Format, best format.Guess) {
	for _, x := range all() {
		if g := x.Detect(head); g.Score > best.Score {
			f, best = x, g
		}
	}
	return f, best
}
