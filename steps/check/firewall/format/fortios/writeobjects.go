package fortios

import (
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// addresses are the names of objects that hold networks; all for any.
func (w *writer) addresses(list []netip.Prefix, six bool) []string {
	if len(list) == 0 {
		return []string{"all"}
	}
	var out []string
	for _, p := range list {
		p = p.Masked()
		name := "mxodus-" + strings.NewReplacer("/", "_", ":", "-").Replace(p.String())
		if six {
			out = append(out, w.object("firewall address6", name, "ip6 "+p.String()))
			continue
		}
		mask := net.IP(net.CIDRMask(p.Bits(), 32)).String()
		out = append(out, w.object("firewall address", name, fmt.Sprintf("subnet %s %s", p.Addr(), mask)))
	}
	return out
}

// usual are services that FortiOS has by name.
var usual = map[uint16]string{25: "SMTP", 110: "POP3", 389: "LDAP", 443: "HTTPS", 465: "SMTPS", 993: "IMAPS", 995: "POP3S"}

// service is the name of a service for one port: one that is there and means
// just that, else one that is made.
func (w *writer) service(proto string, port uint16) string {
	if name, ok := usual[port]; ok && proto == "tcp" {
		is := builtin()[name]
		if w.v != nil {
			is = w.v.services.Get(name)
		}
		if one(is, ir.TCP, port) {
			return name
		}
	}
	return w.object("firewall service custom", fmt.Sprintf("mxodus-%s-%d", proto, port), fmt.Sprintf("%s-portrange %d", proto, port))
}

func one(list objects.Services, proto uint8, port uint16) bool {
	return len(list) == 1 && list[0].Proto != nil && slices.Equal(list[0].Proto.List, []uint8{proto}) && !list[0].Proto.Not &&
		list[0].DPort != nil && !list[0].DPort.Not && slices.Equal(list[0].DPort.Ranges, []ir.PortRange{{Lo: port, Hi: port}}) &&
		list[0].SPort == nil && list[0].ICMP == nil && len(list[0].Maybe) == 0
}

// targets are the destinations of an incoming flow: the virtual IPs that lead
// to the server and, where it is reached by its own address too, that. Vips
// says that there are virtual IPs among them.
func (w *writer) targets(f format.Flow, dst []netip.Prefix, six bool) (names []string, vips bool) {
	fam := ir.V4
	if six {
		fam = ir.V6
	}
	if len(dst) == 0 {
		return []string{"all"}, false
	}
	for _, t := range w.job.Translate {
		if t.Inside.Is6() == six && slices.ContainsFunc(dst, func(p netip.Prefix) bool { return p.Contains(t.Inside) }) && !w.leads(t, f, fam) {
			w.virtual(f, t, six)
		}
	}
	if w.v != nil && w.v.central {
		return w.addresses(dst, six), false // policies name mapped addresses
	}
	if w.v != nil {
		for _, p := range w.v.vips[fam].list {
			if p.name != "" && !p.off && slices.ContainsFunc(dst, func(d netip.Prefix) bool { return p.reaches(d, f) }) && (f.Deny || w.wanted(p)) {
				names = append(names, p.name)
			}
		}
	}
	for _, t := range w.job.Translate {
		if name := virtualName(t, f.Proto); w.made["firewall vip"+name] || w.made["firewall vip6"+name] {
			names = append(names, name)
		}
	}
	vips = len(names) > 0
	if !vips || f.Deny || len(w.job.Translate) == 0 {
		names = append(names, w.addresses(dst, six)...)
	}
	return names, vips
}

// wanted reports a virtual IP of one of the public addresses that the job is
// about; with none of them named, any.
func (w *writer) wanted(p *vip) bool {
	if len(w.job.Translate) == 0 {
		return true
	}
	return slices.ContainsFunc(w.job.Translate, func(t format.Translation) bool { return p.takes(t) })
}

// takes reports a virtual IP that takes in a public address and port.
func (p *vip) takes(t format.Translation) bool {
	ext := p.ext == nil
	for _, r := range p.ext {
		ext = ext || r.Contains(t.Public)
	}
	return ext && (len(p.ports) == 0 || meet(p.ports, []ir.PortRange{{Lo: t.PublicPort, Hi: t.PublicPort}}))
}

// reaches reports a virtual IP that leads to a host on a port, perhaps.
func (p *vip) reaches(host netip.Prefix, f format.Flow) bool {
	if p.broken != "" {
		return false
	}
	if n := map[string]uint8{"tcp": ir.TCP, "udp": ir.UDP}[f.Proto]; p.proto != 0 && p.proto != n {
		return false
	}
	for _, t := range p.to {
		ports := []ir.PortRange{t.ports}
		if t.ports == (ir.PortRange{}) {
			ports = p.ports
		}
		if prefixOverlaps(t, host) && (len(ports) == 0 || meet(ports, []ir.PortRange{{Lo: f.Port, Hi: f.Port}})) {
			return true
		}
	}
	return false
}

func prefixOverlaps(t target, host netip.Prefix) bool {
	return host.Contains(t.addr.From()) || host.Contains(t.addr.To()) || t.addr.Contains(host.Addr())
}

// leads reports that some virtual IP of the file makes a translation already.
func (w *writer) leads(t format.Translation, f format.Flow, fam ir.Family) bool {
	if w.v == nil {
		return false
	}
	host := netip.PrefixFrom(t.Inside, t.Inside.BitLen())
	return slices.ContainsFunc(w.v.vips[fam].list, func(p *vip) bool {
		return !p.off && p.takes(t) && p.reaches(host, f)
	})
}

func virtualName(t format.Translation, proto string) string {
	return fmt.Sprintf("mxodus-vip-%s-%s-%d", strings.ReplaceAll(t.Public.String(), ":", "-"), proto, t.PublicPort)
}

// virtual makes a virtual IP for a translation that the file does not have.
func (w *writer) virtual(f format.Flow, t format.Translation, six bool) {
	table, iface := "firewall vip", w.outside
	settings := []string{"extip " + t.Public.String(), "mappedip " + quote(t.Inside.String())}
	if six {
		table, settings[1] = "firewall vip6", "mappedip "+t.Inside.String()
	} else {
		settings = append(settings, "extintf "+quote(iface))
	}
	settings = append(settings, "portforward enable")
	if f.Proto != "tcp" {
		settings = append(settings, "protocol "+f.Proto)
	}
	settings = append(settings, fmt.Sprintf("extport %d", t.PublicPort), fmt.Sprintf("mappedport %d", t.Port))
	w.object(table, virtualName(t, f.Proto), settings...)
	if w.v == nil {
		w.note("Where a virtual IP for %s port %d is there already, leave %s out and name that one in the policies: FortiOS takes the first of its list, and policies that name another let nothing in and keep nothing out.",
			t.Public, t.PublicPort, virtualName(t, f.Proto))
	}
}
