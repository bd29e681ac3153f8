package format

import (
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/ir"
)

// NotOwn is a sentence for rules of the mail server itself that name a public
// address of it: behind a router that translates, packets reach the host by its
// private address, and the rules are never met. Empty where the file lists the
// address as the host's own, where no public one is named, and where there is
// no file: then whoever asks for the rules says so.
func (j Job) NotOwn() string {
	if j.Set == nil || j.Set.Stands != ir.In {
		return ""
	}
	for _, f := range j.Flows {
		local := f.Dst
		if !f.In {
			local = f.Src
		}
		for _, p := range local {
			if a := p.Addr(); p.IsSingleIP() && !a.IsPrivate() && !a.IsLoopback() && !a.IsLinkLocalUnicast() && !j.own(a) {
				return fmt.Sprintf("The rules name %s as the address of the host itself. Where a router or firewall before it translates that to a private address, packets reach the host by the private one, and these rules are never met: "+
					"give the private address as that of the mail server, and write the rules again.", a)
			}
		}
	}
	return ""
}

// own reports an address that the file lists for an interface.
func (j Job) own(a netip.Addr) bool {
	return slices.ContainsFunc(j.Set.Ifaces, func(i ir.Iface) bool { return slices.Contains(i.Addrs, a) })
}
