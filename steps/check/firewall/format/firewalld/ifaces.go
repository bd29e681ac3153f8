package firewalld

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// inside are the zones that firewalld ships for networks of one's own.
var inside = []string{"home", "internal", "trusted", "work", "libvirt", "docker"}

// ifaces tells of the interfaces which zones they are in, and which of them
// face the internet as far as zones show it.
func (r *reader) ifaces() {
	with := 0
	for _, z := range r.conf.zones {
		if len(z.interfaces) > 0 {
			with++
		}
	}
	for _, z := range sorted(r.conf.zones) {
		for _, e := range z.interfaces {
			f := ir.Iface{Name: e.text, Zone: z.name, At: ir.At{Line: e.line, Text: e.raw}}
			switch {
			case with == 1:
				f.Outer, f.Why = ir.Yes, fmt.Sprintf("it is in zone %s, the only one that has interfaces", z.name)
			case z.masq.line > 0:
				f.Outer, f.Why = ir.Yes, fmt.Sprintf("zone %s hides the addresses of what leaves by it (masquerade)", z.name)
			case slices.Contains(inside, z.name):
				f.Outer = ir.No
			case z.name == "external" || z.name == "public" || z.name == "drop" || z.name == "block":
				f.Outer, f.Why = ir.Yes, fmt.Sprintf("it is in zone %s", z.name)
			}
			r.set.Ifaces = append(r.set.Ifaces, f)
		}
	}
	if r.conf.byDefault == "" && len(r.conf.zones) > 0 {
		r.set.Notes = append(r.set.Notes, "The file does not tell the default zone, which is for interfaces that no zone names. Put the output of firewall-cmd --get-default-zone on a line at its head where that matters.")
	}
	r.set.Notes = append(r.set.Notes, "Services are taken to be as firewalld ships them. Rules put in place beside firewalld (direct rules, tables of nft or iptables of others) are not in the file; the output of nft list ruleset shows everything.")
}
