package fortios

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// tables are where addresses of a family stand.
type tables struct {
	family          ir.Family
	address, groups string
}

var (
	v4Tables = tables{ir.V4, "firewall address", "firewall addrgrp"}
	v6Tables = tables{ir.V6, "firewall address6", "firewall addrgrp6"}
)

// addressBook holds the addresses and groups of a family.
func (v *vdom) addressBook(t tables) *objects.Book[*objects.Addrs] {
	b := objects.NewAddrs("address")
	b.Add("all", 0, objects.Anywhere())
	b.Add("none", 0, objects.Of())
	for _, e := range v.at.kid(t.address).entries() {
		if e.stray {
			continue // a line between objects: the one that it may have been is not in the book
		}
		b.Define(e.name, e.line)
		b.Add(e.name, e.line, v.address(e, t.family))
	}
	for _, e := range v.at.kid(t.groups).entries() {
		if e.stray {
			continue
		}
		b.Define(e.name, e.line)
		if members, _, _ := e.get("member"); len(members) > 0 {
			b.Join(e.name, e.line, members...)
		}
		if out, _, _ := e.get("exclude-member"); e.is("exclude", "enable") {
			b.Leave(e.name, e.line, out...)
		}
		if len(e.unread) > 0 {
			b.Add(e.name, e.line, objects.UnknownAddrs(unreadIn("group", e)))
		}
	}
	return b
}

func unreadIn(kind string, e *entry) string {
	return fmt.Sprintf("line %d in %s %q, which could not be read", e.unread[0], kind, e.name)
}

// special are addresses that FortiOS makes itself and fills as it runs.
var special = map[string]string{
	"FABRIC_DEVICE":                "the devices of the security fabric",
	"FIREWALL_AUTH_PORTAL_ADDRESS": "the portal of the firewall",
}

// address is what one address object stands for.
func (v *vdom) address(e *entry, f ir.Family) *objects.Addrs {
	unknown := func(format string, args ...any) *objects.Addrs {
		return objects.UnknownAddrs(fmt.Sprintf("address %q (line %d), ", e.name, e.line) + fmt.Sprintf(format, args...))
	}
	if what, ok := special[e.name]; ok {
		return unknown("%s, which the FortiGate finds as it runs", what)
	}
	if len(e.unread) > 0 {
		return objects.UnknownAddrs(unreadIn("address", e))
	}
	switch kind := e.value("type"); kind {
	case "", "ipmask", "ipprefix":
		return v.subnet(e, f, unknown)
	case "iprange":
		from, to := e.value("start-ip"), e.value("end-ip")
		if from == "" {
			from = map[ir.Family]string{ir.V4: "0.0.0.0", ir.V6: "::"}[f]
		}
		if to == "" {
			to = from
		}
		a, err1 := netip.ParseAddr(from)
		z, err2 := netip.ParseAddr(to)
		if err1 != nil || err2 != nil || a.Is4() != z.Is4() {
			return unknown("whose range %s to %s could not be read", shorten(from), shorten(to))
		}
		if z.Less(a) {
			return objects.Of()
		}
		return objects.Of(netipx.IPRangeFrom(a, z))
	case "wildcard":
		w, _, _ := e.get("wildcard")
		if len(w) == 0 {
			return objects.Anywhere()
		}
		if ranges, ok := wildcard(w); ok {
			return objects.Of(ranges...)
		}
		return unknown("whose wildcard %s could not be read or stands for too many ranges", shorten(strings.Join(w, " ")))
	case "fqdn", "wildcard-fqdn":
		return unknown("a host name (%s); give its addresses", shorten(e.value(kind)))
	case "geography":
		return unknown("the country %s, whose addresses the FortiGate looks up", shorten(e.value("country")))
	case "interface-subnet":
		return v.interfaceSubnet(e, unknown)
	default:
		return unknown("of type %s, which the FortiGate fills as it runs", shorten(kind))
	}
}

func (v *vdom) subnet(e *entry, f ir.Family, unknown func(string, ...any) *objects.Addrs) *objects.Addrs {
	name := "subnet"
	if f == ir.V6 {
		name = "ip6"
	}
	w, _, ok := e.get(name)
	if !ok || len(w) == 0 {
		return objects.Anywhere() // 0.0.0.0 0.0.0.0 and ::/0 are the defaults
	}
	r, ok := network(w)
	if !ok {
		return unknown("whose network %s could not be read", shorten(strings.Join(w, " ")))
	}
	if p, one := r.Prefix(); one && p.Bits() == 0 {
		return objects.Anywhere()
	}
	return objects.Of(r)
}

// interfaceSubnet is the network of an interface, as far as it is set by hand.
func (v *vdom) interfaceSubnet(e *entry, unknown func(string, ...any) *objects.Addrs) *objects.Addrs {
	name := e.value("interface")
	if i := v.byName[name]; i != nil && len(i.nets) > 0 && !i.dynamic {
		return objects.OfPrefixes(i.nets[0])
	}
	return unknown("the network of interface %s, whose address is not in the file", shorten(name))
}

// network reads an address and a mask, a prefix, or an address alone.
func network(w []string) (netipx.IPRange, bool) {
	if len(w) == 2 {
		return source.Masked(w[0], w[1])
	}
	if len(w) != 1 || strings.Contains(w[0], "-") {
		return netipx.IPRange{}, false
	}
	return source.Net(w[0])
}

// wildcard reads an address and a mask whose ones must be equal, the other way
// round than in wildcards of routers.
func wildcard(w []string) ([]netipx.IPRange, bool) {
	if len(w) != 2 {
		return nil, false
	}
	m, err := netip.ParseAddr(w[1])
	if err != nil || !m.Is4() {
		return nil, false
	}
	bits := m.As4()
	var free [4]byte
	binary.BigEndian.PutUint32(free[:], ^binary.BigEndian.Uint32(bits[:]))
	return source.Wildcard(w[0], netip.AddrFrom4(free).String())
}

// addresses is the union of named addresses; equal lists share one set.
func (v *vdom) addresses(names []string, f ir.Family) *objects.Addrs {
	if len(names) == 1 {
		return v.addrs[f].Get(names[0])
	}
	k := key(names)
	if a := v.sets[f][k]; a != nil {
		return a
	}
	list := make([]*objects.Addrs, len(names))
	for i, n := range names {
		list[i] = v.addrs[f].Get(n)
	}
	a := objects.Union(list...)
	v.sets[f][k] = a
	return a
}

// object finds an address object by its name, with or without its kind before
// it, for probes of membership.
func (d *device) object(name string) ([]ir.Box, ir.At, bool) {
	for _, kind := range []string{"object ", "address ", "addrgrp ", "firewall address ", "firewall addrgrp "} {
		if rest, ok := strings.CutPrefix(name, kind); ok {
			name = rest
			break
		}
	}
	name = strings.Trim(name, `"`)
	for _, v := range d.vdoms {
		for _, f := range []ir.Family{ir.V4, ir.V6} {
			if line := v.addrs[f].Line(name); line > 0 {
				return objects.Source(ir.Always(), v.addrs[f].Get(name)), ir.At{Line: line, Text: fmt.Sprintf("edit %q", name)}, true
			}
		}
	}
	return nil, ir.At{}, false
}
