package sonicwall

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// iface is an interface with its zone and address.
type iface struct {
	name, zone string
	line       int
	addr       netip.Addr
	net        netip.Prefix
	gateway    netip.Addr
}

// device is what the text tells.
type device struct {
	set      *ir.Ruleset
	zones    map[string]string // security type
	ifaces   []*iface
	addrs    *objects.Book[*objects.Addrs]
	services *objects.Book[objects.Services]
	rules    []*rule
	nats     []*nat
}

// typed are the security types of the zones that every device has.
func typed() map[string]string {
	return map[string]string{
		"LAN": "trusted", "WAN": "untrusted", "DMZ": "public", "VPN": "encrypted", "SSLVPN": "sslvpn", "WLAN": "wireless", "MULTICAST": "untrusted",
	}
}

func (d *device) gather(list []*node) {
	for _, n := range list {
		switch {
		case begins(n.words, "zone") && len(n.words) == 2:
			if _, ok := d.zones[n.words[1]]; !ok {
				d.zones[n.words[1]] = ""
			}
			if t := n.find("security-type"); t != nil && len(t.words) > 1 {
				d.zones[n.words[1]] = t.words[1]
			}
		case begins(n.words, "interface"):
			d.iface(n)
		case begins(n.words, "address-object") && len(n.words) > 2:
			d.address(n)
		case begins(n.words, "address-group") && len(n.words) > 2:
			d.group(n)
		case begins(n.words, "service-object") && len(n.words) > 1:
			d.service(n)
		case begins(n.words, "service-group") && len(n.words) > 1:
			d.services.Define(n.words[1], n.line)
			for _, k := range n.kids {
				if (k.words[0] == "service-object" || k.words[0] == "service-group") && len(k.words) > 1 {
					d.services.Join(n.words[1], n.line, k.words[1])
				}
			}
		case begins(n.words, "access-rule"):
			d.readRule(n)
		case begins(n.words, "nat-policy"):
			d.readNAT(n)
		}
	}
}

func (d *device) iface(n *node) {
	if len(n.words) < 2 || n.words[1] == "ipv6" {
		return
	}
	i := &iface{name: n.words[1], line: n.line}
	if len(n.words) > 3 && n.words[2] == "vlan" {
		i.name += ":V" + n.words[3]
	}
	ip, mask := "", ""
	var visit func(list []*node)
	visit = func(list []*node) {
		for _, k := range list {
			switch {
			case k.words[0] == "ip-assignment" && len(k.words) > 1:
				i.zone = k.words[1]
			case k.words[0] == "zone" && len(k.words) > 1:
				i.zone = k.words[1]
			case k.words[0] == "ip" && len(k.words) > 1:
				if ip = k.words[1]; len(k.words) > 3 && k.words[2] == "netmask" {
					mask = k.words[3]
				}
			case k.words[0] == "netmask" && len(k.words) > 1:
				mask = k.words[1]
			case k.words[0] == "gateway" && len(k.words) > 1:
				i.gateway, _ = netip.ParseAddr(k.words[1])
			}
			visit(k.kids)
		}
	}
	visit(n.kids)
	if a, err := netip.ParseAddr(ip); err == nil && !a.IsUnspecified() {
		i.addr = a
		if r, ok := source.Masked(ip, mask); ok {
			i.net, _ = r.Prefix()
		}
	}
	d.ifaces = append(d.ifaces, i)
}

// value reads what an object is: in its own line or in lines below it.
func value(n *node, from int) []string {
	kinds := map[string]bool{"host": true, "network": true, "range": true, "domain": true, "address": true}
	for i := from; i < len(n.words); i++ {
		if kinds[n.words[i]] {
			return n.words[i:]
		}
	}
	for _, k := range n.kids {
		if kinds[k.words[0]] {
			return k.words
		}
	}
	return nil
}

func (d *device) address(n *node) {
	name := n.words[2]
	d.addrs.Define(name, n.line)
	d.addrs.Add(name, n.line, ranged(value(n, 3), fmt.Sprintf("address object %q (line %d)", name, n.line)))
}

// ranged reads host A, network A MASK or range A B.
func ranged(w []string, what string) *objects.Addrs {
	unknown := objects.UnknownAddrs(what + ", whose addresses are not known here")
	if len(w) < 2 {
		return unknown
	}
	var r netipx.IPRange
	ok := false
	switch w[0] {
	case "host":
		r, ok = source.Net(w[1])
	case "network":
		if r, ok = source.Net(w[1]); !strings.Contains(w[1], "/") && len(w) > 2 {
			r, ok = source.Masked(w[1], strings.TrimPrefix(w[2], "/"))
			if bits, err := strconv.Atoi(strings.TrimPrefix(w[2], "/")); err == nil {
				r, ok = source.Net(fmt.Sprintf("%s/%d", w[1], bits))
			}
		}
	case "range":
		if len(w) > 2 {
			r, ok = source.Span(w[1], w[2])
		}
	case "domain":
		return objects.UnknownAddrs(fmt.Sprintf("%s, a host name (%s); give its addresses", what, shorten(w[1])))
	case "address":
		return objects.UnknownAddrs(what + ", the address of a network card")
	}
	if !ok {
		return unknown
	}
	return objects.Of(r)
}

func (d *device) group(n *node) {
	name := n.words[2]
	d.addrs.Define(name, n.line)
	for _, k := range n.kids {
		if (k.words[0] == "address-object" || k.words[0] == "address-group") && len(k.words) > 2 {
			d.addrs.Join(name, n.line, k.words[2])
		}
	}
}

var (
	ofIface = pattern.New(`^(\S+) (IP|Subnet|Default Gateway)$`)
	ofZone  = pattern.New(`^(\S+) (Subnets|Interface IP)$`)
)

// builtin adds the objects that a device has for its interfaces and zones,
// where the text does not give them.
func (d *device) builtin() {
	give := func(name string, line int, r netip.Prefix) {
		if r.IsValid() {
			d.addrs.Add(name, line, objects.OfPrefixes(r))
		}
	}
	own := map[string]bool{}
	for _, n := range d.addrs.Names() {
		own[n] = true
	}
	one := func(a netip.Addr) netip.Prefix {
		if !a.IsValid() {
			return netip.Prefix{}
		}
		return netip.PrefixFrom(a, a.BitLen())
	}
	for _, i := range d.ifaces {
		for name, r := range map[string]netip.Prefix{
			i.name + " IP": one(i.addr), i.name + " Subnet": i.net, i.name + " Default Gateway": one(i.gateway),
			i.zone + " Interface IP": one(i.addr), i.zone + " Subnets": i.net,
		} {
			if !own[name] {
				give(name, i.line, r)
			}
		}
	}
}

// dynamic says of a name that is not in the text whether the device makes it
// of its interfaces.
func dynamic(name string) bool {
	return ofIface.MatchString(name) || ofZone.MatchString(name) || strings.HasPrefix(name, "All ") || strings.HasPrefix(name, "Firewalled ")
}

func (d *device) service(n *node) {
	name := n.words[1]
	w := n.words[2:]
	if len(w) == 0 {
		for _, k := range n.kids {
			if protocolWord[strings.ToUpper(k.words[0])] != 0 || strings.EqualFold(k.words[0], "custom") {
				w = k.words
				break
			}
		}
	}
	d.services.Define(name, n.line)
	d.services.Add(name, n.line, served(w, fmt.Sprintf("service %q (line %d), whose protocol is not known here", name, n.line)))
}

var protocolWord = map[string]int{"TCP": ir.TCP, "UDP": ir.UDP, "ICMP": ir.ICMP, "ICMPV6": ir.ICMPv6, "GRE": 47, "ESP": 50, "AH": 51, "IGMP": 2, "EIGRP": 88, "OSPF": 89, "PIM": 103, "L2TP": 115}

// served reads a protocol with ports: TCP 25 25.
func served(w []string, unknown string) objects.Services {
	if len(w) == 0 {
		return objects.UnknownService(unknown)
	}
	n := protocolWord[strings.ToUpper(w[0])]
	if strings.EqualFold(w[0], "custom") && len(w) > 1 {
		n, _ = strconv.Atoi(w[1])
		w = w[1:]
	}
	if n <= 0 || n > 255 {
		return objects.UnknownService(unknown)
	}
	p := uint8(n)
	if !ir.HasPorts(p) {
		if len(w) > 1 && w[1] != "none" {
			s := objects.Proto(p)
			s.Maybe = []string{unknown}
			return objects.Services{s}
		}
		return objects.Services{objects.Proto(p)}
	}
	if len(w) < 2 {
		return objects.UnknownService(unknown)
	}
	lo, hi, both := strings.Cut(w[1], "-")
	if !both {
		if hi = lo; len(w) > 2 {
			hi = w[2]
		}
	}
	a, err1 := strconv.ParseUint(lo, 10, 16)
	z, err2 := strconv.ParseUint(hi, 10, 16)
	if err1 != nil || err2 != nil || a > z {
		return objects.UnknownService(unknown)
	}
	return objects.Services{objects.Port(p, ir.PortRange{Lo: uint16(a), Hi: uint16(z)})}
}

// factory are services that a device has from the start, of those that mail
// and directories use.
var factory = map[string][2]int{
	"HTTP": {ir.TCP, 80}, "HTTPS": {ir.TCP, 443}, "SMTP (Send E-Mail)": {ir.TCP, 25}, "SMTP": {ir.TCP, 25}, "LDAP": {ir.TCP, 389},
	"POP3 (Retrieve E-Mail)": {ir.TCP, 110}, "IMAP4": {ir.TCP, 143}, "SSH": {ir.TCP, 22},
}
