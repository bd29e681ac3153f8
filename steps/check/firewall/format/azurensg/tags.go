package azurensg

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// sides is what a list of addresses stands for: for certain, and perhaps.
type sides struct {
	any     bool
	sure    *objects.Addrs
	perhaps []perhaps
}

type perhaps struct {
	set *objects.Addrs
	why string
}

// side narrows boxes to one side of a rule. local says that the side is the
// mail server's own.
func (f *file) side(r *rule, boxes []ir.Box, list, exact, asgs []string, put cloud.Narrow, local bool) []ir.Box {
	if len(asgs) == 0 && anyValue(list) {
		return boxes
	}
	if len(exact) > 0 && slices.ContainsFunc(list, isTag) {
		list = exact
	}
	s := f.resolve(r, list, local)
	for _, g := range asgs {
		f.asg(r, g, local, &s)
	}
	if s.any {
		return boxes
	}
	var out []ir.Box
	if s.sure != nil {
		out = append(out, put(boxes, s.sure)...)
	}
	for _, p := range s.perhaps {
		out = append(out, cloud.Perhaps(put(boxes, p.set), p.why)...)
	}
	return out
}

func isTag(s string) bool {
	_, ok := source.Net(s)
	return !ok
}

var tagName = pattern.New(`^[A-Za-z][A-Za-z0-9]*(\.[A-Za-z0-9]+)*$`)

// resolve tells what a list of addresses and tags stands for.
func (f *file) resolve(r *rule, list []string, local bool) sides {
	var s sides
	var nets []string
	for _, v := range list {
		switch tag := strings.ToLower(v); {
		case !isTag(v):
			nets = append(nets, v)
		case tag == "virtualnetwork":
			f.virtualNetwork(r, local, &s)
		case tag == "internet":
			f.internet(r, local, &s)
		case tag == "azureloadbalancer":
			if !local {
				s.add(probes())
			}
		case tagName.MatchString(v):
			s.maybe(objects.Anywhere(), fmt.Sprintf("which addresses the service tag %s in line %d stands for; give the effective rules (az network nic list-effective-nsg), which list them", v, r.line))
		case expression(v):
			f.Problem(r.line, "line %d: %s is worked out when the template is used; whether the rule is met cannot be decided.", r.line, v)
			s.maybe(objects.Anywhere(), fmt.Sprintf("the expression %s in line %d; give the output of az network nsg show instead of the template", source.Redact(v), r.line))
		default:
			s.maybe(objects.Anywhere(), f.doubtful(r, "address", "a network such as 192.0.2.0/24, a service tag or *", v))
		}
	}
	if len(nets) > 0 {
		s.add(f.Nets(nets, r.line, nil))
	}
	return s
}

func (s *sides) add(a *objects.Addrs) {
	if s.sure != nil {
		a = objects.Union(s.sure, a)
	}
	s.sure = a
}

func (s *sides) maybe(a *objects.Addrs, why string) {
	s.perhaps = append(s.perhaps, perhaps{a, why})
}

// probes is where health probes come from.
func probes() *objects.Addrs {
	return objects.OfPrefixes(netip.MustParsePrefix("168.63.129.16/32"), netip.MustParsePrefix("fe80::1234:5678:9abc/128"))
}

// virtualNetwork: the mail server is in it, so its own side always is.
func (f *file) virtualNetwork(r *rule, local bool, s *sides) {
	if local {
		s.any = true
		return
	}
	f.spaces = true
	if len(f.vnets) > 0 {
		s.add(f.network())
	}
	s.maybe(f.Private, whichNetwork(r))
}

func whichNetwork(r *rule) string {
	where := "the default rules"
	if r.line > 0 {
		where = fmt.Sprintf("line %d", r.line)
	}
	return fmt.Sprintf("which private addresses are of the virtual network or of those connected to it (%s); give the effective rules (az network nic list-effective-nsg)", where)
}

// internet: the mail server's own address is never of it.
func (f *file) internet(r *rule, local bool, s *sides) {
	if local {
		return
	}
	f.spaces = true
	public := f.Public
	if len(f.vnets) > 0 {
		public = objects.Minus(public, f.network())
	}
	s.add(public)
	s.maybe(f.Private, whichNetwork(r))
}

// network is the address space that the file shows.
func (f *file) network() *objects.Addrs { return objects.OfPrefixes(f.vnets...) }

// asg is an application security group: network interfaces of the virtual
// network that are put into it.
func (f *file) asg(r *rule, name string, local bool, s *sides) {
	var members, others []netip.Addr
	for _, n := range f.nics {
		if slices.Contains(n.asgs, strings.ToLower(name)) {
			members = append(members, n.addrs...)
		} else {
			others = append(others, n.addrs...)
		}
	}
	if len(members) > 0 {
		s.add(&objects.Addrs{Ranges: cloud.Hosts(members).Ranges})
	}
	why := fmt.Sprintf("which hosts are in the application security group %s (line %d); add the output of az network nic show for the mail server", source.Redact(name), r.line)
	if local {
		s.maybe(objects.Minus(objects.Anywhere(), &objects.Addrs{Ranges: cloud.Hosts(others).Ranges}), why)
		return
	}
	f.spaces = true
	s.maybe(f.Private, why)
	if len(f.vnets) > 0 {
		s.maybe(f.network(), why)
	}
}
