package srx

import (
	"encoding/binary"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/wordtree"
)

// store resolves addresses and applications by name.
type store struct {
	addrs *objects.Book[*objects.Addrs]
	apps  *objects.Book[objects.Services]
	books map[string][]string // by zone: the address books that policies of it look in, before the global one
	nodes map[string]*wordtree.Node
	cache objects.Unions
}

const globalBook = "global"

func newStore(root *wordtree.Node) *store {
	s := &store{
		addrs: objects.NewAddrs("address"), apps: objects.NewServices("application"),
		books: map[string][]string{}, nodes: map[string]*wordtree.Node{}, cache: objects.Unions{},
	}
	for _, b := range root.At("security", "address-book").Live() {
		s.nodes[b.Name] = b
		for _, z := range b.At("attach", "zone").Names() {
			s.books[z] = append(s.books[z], b.Name)
		}
	}
	for _, z := range root.At("security", "zones", "security-zone").Live() {
		if b := z.Kid("address-book"); b != nil {
			name := "zone " + z.Name
			s.nodes[name] = b
			s.books[z.Name] = append([]string{name}, s.books[z.Name]...)
		}
	}
	for name, b := range s.nodes {
		s.fillBook(name, b)
	}
	s.fillApps(root.Kid("applications"))
	return s
}

func key(book, name string) string { return book + "/" + name }

// fillBook enters one address book.
func (s *store) fillBook(book string, b *wordtree.Node) {
	for _, a := range b.Kid("address").Live() {
		s.addrs.Add(key(book, a.Name), a.Line, address(a))
	}
	for _, set := range b.Kid("address-set").Live() {
		if b.Kid("address").Has(set.Name) {
			continue
		}
		k := key(book, set.Name)
		s.addrs.Join(k, set.Line)
		for _, kind := range []string{"address", "address-set"} {
			for _, m := range set.Kid(kind).Names() {
				if inner, ok := s.inBook(book, m); ok {
					s.addrs.Join(k, set.Line, inner)
				} else {
					s.addrs.Add(k, set.Line, s.noName(m))
				}
			}
		}
	}
}

// inBook is the key of a name in a book, or in the global one.
func (s *store) inBook(book, name string) (string, bool) {
	for _, b := range []string{book, globalBook} {
		n := s.nodes[b]
		if n.Kid("address").Has(name) || n.Kid("address-set").Has(name) {
			return key(b, name), true
		}
	}
	return "", false
}

func (s *store) noName(name string) *objects.Addrs {
	switch name {
	case "any":
		return objects.Anywhere()
	case "any-ipv4":
		return objects.OfPrefixes(netip.MustParsePrefix("0.0.0.0/0"))
	case "any-ipv6":
		return objects.OfPrefixes(netip.MustParsePrefix("::/0"))
	}
	return objects.UnknownAddrs(fmt.Sprintf("address %s, which is not in the file", name))
}

// address is what one entry of an address book stands for.
func address(a *wordtree.Node) *objects.Addrs {
	var parts []*objects.Addrs
	for _, k := range a.Live() {
		switch k.Name {
		case "description":
		case "dns-name":
			parts = append(parts, objects.UnknownAddrs(fmt.Sprintf("the host name %s (address %s, line %d)", k.Value(), a.Name, a.Line)))
		case "range-address":
			for _, from := range k.Live() {
				if r, ok := source.Span(from.Name, from.Text("to")); ok {
					parts = append(parts, objects.Of(r))
					continue
				}
				parts = append(parts, objects.UnknownAddrs(fmt.Sprintf("the range of address %s (line %d), which could not be read", a.Name, a.Line)))
			}
		case "wildcard-address":
			parts = append(parts, wildcard(k.Value(), a))
		default:
			if r, ok := source.Net(k.Name); ok {
				parts = append(parts, objects.Of(r))
				continue
			}
			parts = append(parts, objects.UnknownAddrs(fmt.Sprintf("address %s (line %d), which could not be read", a.Name, a.Line)))
		}
	}
	if len(parts) == 0 {
		return objects.UnknownAddrs(fmt.Sprintf("address %s (line %d), which holds no address", a.Name, a.Line))
	}
	return objects.Union(parts...)
}

// wildcard reads an address with a mask whose ones say which bits count.
func wildcard(v string, a *wordtree.Node) *objects.Addrs {
	addr, mask, _ := strings.Cut(v, "/")
	m, err := netip.ParseAddr(mask)
	if err == nil && m.Is4() {
		b := m.As4()
		var w [4]byte
		binary.BigEndian.PutUint32(w[:], ^binary.BigEndian.Uint32(b[:]))
		if list, ok := source.Wildcard(addr, netip.AddrFrom4(w).String()); ok {
			return objects.Of(list...)
		}
	}
	return objects.UnknownAddrs(fmt.Sprintf("the wildcard address %s (line %d)", a.Name, a.Line))
}

// members is what a list of names stands for in policies from or to zones.
func (s *store) members(zones, names []string, not bool) *objects.Addrs {
	return s.cache.Get(fmt.Sprint(zones, "\x00")+strings.Join(names, "\x00"), not, func() []*objects.Addrs {
		var all []*objects.Addrs
		for _, n := range names {
			all = append(all, s.find(zones, n))
		}
		return all
	})
}

// find resolves one name: the books of the zone, then the global one.
func (s *store) find(zones []string, name string) *objects.Addrs {
	if len(zones) == 1 {
		for _, b := range s.books[zones[0]] {
			if n := s.nodes[b]; n.Kid("address").Has(name) || n.Kid("address-set").Has(name) {
				return s.addrs.Get(key(b, name))
			}
		}
	}
	if k, ok := s.inBook(globalBook, name); ok {
		return s.addrs.Get(k)
	}
	return s.noName(name)
}

// fillApps enters applications and sets of them, and those that are built in.
func (s *store) fillApps(n *wordtree.Node) {
	for name, v := range builtin() {
		s.apps.Add(name, 0, v)
	}
	for _, a := range n.Kid("application").Live() {
		s.apps.Define(a.Name, a.Line)
		s.apps.Add(a.Name, a.Line, application(a))
	}
	for _, set := range n.Kid("application-set").Live() {
		s.apps.Define(set.Name, set.Line)
		s.apps.Join(set.Name, set.Line, set.Kid("application").Names()...)
		s.apps.Join(set.Name, set.Line, set.Kid("application-set").Names()...)
	}
}

// application is what an application stands for: its own settings, or those
// of each of its terms.
func application(a *wordtree.Node) objects.Services {
	var out objects.Services
	if terms := a.Kid("term").Live(); len(terms) > 0 {
		for _, t := range terms {
			out = append(out, term(t))
		}
		return out.Merged()
	}
	return append(out, term(a))
}

// appWords are the settings of applications that take a value.
var appWords = map[string]bool{
	"protocol": true, "destination-port": true, "source-port": true, "icmp-type": true, "icmp-code": true, "icmp6-type": true, "icmp6-code": true,
	"alg": true, "application-protocol": true, "inactivity-timeout": true, "ether-type": true, "rpc-program-number": true, "uuid": true, "description": true,
	"do-not-translate-A-query-to-AAAA-query": true, "do-not-translate-AAAA-query-to-A-query": true,
}

// term reads the settings of one term. Several may stand on one line, and then
// stand below each other in the tree.
func term(n *wordtree.Node) objects.Service {
	set := map[string]string{}
	n.Walk(func(path []string, _ int) {
		for i := 0; i+1 < len(path); i++ {
			if appWords[path[i]] {
				set[path[i]] = path[i+1]
				i++
			}
		}
	})
	bad := func(what string) objects.Service {
		return objects.Service{Maybe: []string{fmt.Sprintf("the application %s (line %d), whose %s could not be read", n.Name, n.Line, what)}}
	}
	var s objects.Service
	proto, ok := source.Protocol(set["protocol"])
	if !ok {
		return bad("protocol")
	}
	s.Proto = &ir.Protos{List: []uint8{proto}}
	for _, p := range []struct {
		word string
		to   **ir.Ports
	}{{"destination-port", &s.DPort}, {"source-port", &s.SPort}} {
		if set[p.word] == "" {
			continue
		}
		r, ok := objects.PortRange(set[p.word])
		if !ok {
			return bad(p.word)
		}
		*p.to = &ir.Ports{Ranges: []ir.PortRange{r}}
	}
	if t := set["icmp-type"] + set["icmp6-type"]; t != "" {
		types, ok := icmpTypes([]string{t}, proto)
		if !ok {
			return bad("ICMP type")
		}
		s.ICMP = types
	}
	for _, w := range []string{"ether-type", "rpc-program-number", "uuid"} {
		if set[w] != "" {
			s.Maybe = append(s.Maybe, fmt.Sprintf("%s of application %s", w, n.Name))
		}
	}
	return s
}

// portRange reads 25, smtp, 1024-65535.
// names of ICMP types in Junos.
var icmpNames = map[string]uint8{
	"echo-reply": 0, "unreachable": 3, "source-quench": 4, "redirect": 5, "echo-request": 8, "router-advertisement": 9, "router-solicit": 10,
	"time-exceeded": 11, "parameter-problem": 12, "timestamp": 13, "timestamp-reply": 14, "info-request": 15, "info-reply": 16,
	"mask-request": 17, "mask-reply": 18,
}

var icmp6Names = map[string]uint8{
	"destination-unreachable": 1, "packet-too-big": 2, "time-exceeded": 3, "parameter-problem": 4, "echo-request": 128, "echo-reply": 129,
	"router-solicit": 133, "router-advertisement": 134, "neighbor-solicit": 135, "neighbor-advertisement": 136, "redirect": 137,
}

// icmpTypes reads types by number, name or range.
func icmpTypes(words []string, proto uint8) (*ir.ICMPTypes, bool) {
	out := &ir.ICMPTypes{}
	for _, w := range words {
		lo, hi, isRange := strings.Cut(w, "-")
		names := icmpNames
		if proto == ir.ICMPv6 {
			names = icmp6Names
		}
		if t, ok := names[w]; ok {
			out.List = append(out.List, ir.ICMPType{Type: t, CodeHi: 255})
			continue
		}
		if !isRange {
			hi = lo
		}
		a, ok1 := source.Protocol(lo)
		b, ok2 := source.Protocol(hi)
		if !ok1 || !ok2 || a > b || strings.Trim(lo+hi, "0123456789") != "" {
			return nil, false
		}
		for t := int(a); t <= int(b); t++ {
			out.List = append(out.List, ir.ICMPType{Type: uint8(t), CodeHi: 255})
		}
	}
	return out, true
}

// services is what the applications of a policy stand for.
func (s *store) services(names []string) objects.Services {
	if slices.Contains(names, "any") {
		return objects.AnyService()
	}
	var out objects.Services
	for _, n := range names {
		if out = append(out, s.apps.Get(n)...); len(out) > 2000 {
			return objects.UnknownService("a policy of more applications than are read")
		}
	}
	return out
}
