package ios

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// reader gathers what a file says; lower turns it into programs.
type reader struct {
	*cisco.Config
	whole bool // a running configuration: what is not in it does not exist

	lists     map[string]*list
	listNames []string
	services  map[string]*cisco.Service
	ifaces    []*iface
	byName    map[string]*iface
	nats      []*nat
	dynamic   []*dynamic
	pools     map[string]*pool
	homes     map[netip.Prefix]*iface   // that networks lie behind
	inspects  map[string]map[string]int // ip inspect name: protocols and their lines
	zones     zones
	book      *books
	natSets   *natSets
}

// iface is an interface with what is applied to it.
type iface struct {
	name     string
	line     int
	addrs    []netip.Addr
	nets     []netip.Prefix
	leased   int
	in, out  applied // IPv4
	in6      applied
	out6     applied
	nat      string // inside, outside, enable
	zone     string
	insIn    string // ip inspect NAME in
	insOut   string
	vrf      string
	down     ir.At  // shutdown
	default1 string // why it has the default route; "" when it has not
}

type applied struct {
	list string
	at   ir.At
}

// Read reads a configuration or listing.
func Read(doc *source.Doc) *ir.Ruleset {
	r := &reader{
		Config: cisco.NewConfig(doc), lists: map[string]*list{}, services: map[string]*cisco.Service{},
		byName: map[string]*iface{}, pools: map[string]*pool{}, inspects: map[string]map[string]int{},
		zones: zones{classes: map[string]*class{}, policies: map[string]*policy{}},
	}
	r.Config.Read(r.take)
	r.finish()
	return r.Set
}

// take reads one line and reports whether its meaning is known.
func (r *reader) take(l *cisco.Line) bool {
	if l.Text[0] == '!' {
		return true // a comment: what is below goes on in the block that it is in
	}
	if r.Block != nil && (l.Indent > 0 || blockWord(l.Words)) {
		return r.Block(l)
	}
	r.Block = nil
	if f := statements[l.Words[0]]; f != nil {
		return f(r, l)
	}
	return l.Indent > 0 || quiet[l.Words[0]]
}

// blockWord reports a line that belongs to a block even where blanks before it
// were lost.
func blockWord(w []string) bool {
	switch w[0] {
	case "permit", "deny", "remark", "evaluate", "host", "group-object", "range", "absolute", "periodic", "sequence", "match", "description":
		return true
	case "ip":
		return len(w) > 1 && (w[1] == "address" || w[1] == "access-group") || len(w) == 3 && w[1] == "nat"
	case "ipv6":
		return len(w) > 1 && (w[1] == "address" || w[1] == "traffic-filter")
	case "class":
		return len(w) > 2 && w[1] == "type"
	case "zone-member", "inspect", "pass", "drop":
		return true
	}
	if _, err := netip.ParseAddr(w[0]); err == nil {
		return true // a member of a group
	}
	_, err := strconv.Atoi(w[0])
	return err == nil && len(w) > 1
}

var statements map[string]func(*reader, *cisco.Line) bool

func init() {
	statements = map[string]func(*reader, *cisco.Line) bool{
		"version": version, "hostname": hostname, "Building": whole, "end": whole,
		"interface": interfaceBlock, "ip": ipLine, "ipv6": ipv6Line, "access-list": (*reader).numbered,
		"Extended": listing, "Standard": listing, "IPv6": listing, "Reflexive": listing, "IP": listing,
		"object-group": groupBlock, "time-range": rangeBlock, "zone-pair": (*reader).zonePair,
		"class-map": (*reader).classMap, "policy-map": (*reader).policyMap, "mac": foreignList, "no": (*reader).negated,
	}
}

func whole(r *reader, l *cisco.Line) bool {
	r.whole = true
	return true
}

func version(r *reader, l *cisco.Line) bool {
	if l.Indent == 0 {
		r.Of(l, "version", strconv.Itoa(l.Number)) // each configuration has one
	}
	return whole(r, l)
}

func hostname(r *reader, l *cisco.Line) bool {
	if l.Indent == 0 && len(l.Words) > 1 {
		r.Of(l, "hostname", l.Words[1])
	}
	return whole(r, l)
}

func foreignList(r *reader, _ *cisco.Line) bool {
	r.Skip()
	return true
}

// listing reads "Extended IP access list NAME" of show access-lists.
func listing(r *reader, l *cisco.Line) bool {
	i := slices.Index(l.Words, "list")
	if i < 1 || i+1 >= len(l.Words) || l.Words[i-1] != "access" {
		return false
	}
	a := r.list(l.Words[i+1], l.Number, l.Words[0] == "IPv6")
	a.standard = l.Words[0] == "Standard"
	if l.Words[0] == "Reflexive" {
		r.Skip() // entries of the moment
		return true
	}
	r.Block = func(l *cisco.Line) bool { return r.entry(a, l, l.Words) }
	return true
}

func ipLine(r *reader, l *cisco.Line) bool {
	w := l.Words
	if len(w) < 3 {
		return true
	}
	switch w[1] {
	case "access-list":
		return r.named(l)
	case "nat":
		return r.natLine(l)
	case "route":
		return r.route(l)
	case "inspect":
		if len(w) >= 5 && w[2] == "name" {
			if r.inspects[w[3]] == nil {
				r.inspects[w[3]] = map[string]int{}
			}
			r.inspects[w[3]][w[4]] = l.Number
		}
		return true
	}
	return true
}

func ipv6Line(r *reader, l *cisco.Line) bool {
	w := l.Words
	if len(w) >= 3 && w[1] == "access-list" {
		a := r.list(w[2], l.Number, true)
		if len(w) > 3 {
			return r.entry(a, l, w[3:])
		}
		r.Block = func(l *cisco.Line) bool { return r.entry(a, l, l.Words) }
	}
	return true
}

// interfaceBlock reads interface GigabitEthernet0/0 and what is below it.
func interfaceBlock(r *reader, l *cisco.Line) bool {
	name := strings.Join(slices.DeleteFunc(slices.Clone(l.Words[1:]), func(s string) bool { return s == "point-to-point" || s == "multipoint" }), "")
	f := r.byName[name]
	if f == nil {
		f = &iface{name: name, line: l.Number}
		r.byName[name] = f
		r.ifaces = append(r.ifaces, f)
	}
	r.Block = func(l *cisco.Line) bool { return r.ifaceLine(f, l) }
	return true
}

func (r *reader) ifaceLine(f *iface, l *cisco.Line) bool {
	w := l.Words
	at := l.At()
	key := w[0]
	if len(w) > 1 {
		key += " " + w[1]
	}
	switch key {
	case "ip address":
		r.address(f, l)
	case "ipv6 address":
		if p, err := netip.ParsePrefix(w[2%len(w)]); err == nil {
			f.addrs, f.nets = append(f.addrs, p.Addr()), append(f.nets, p.Masked())
		}
	case "ip access-group", "ipv6 traffic-filter":
		if len(w) < 4 || w[3] != "in" && w[3] != "out" {
			r.Problem(l.Number, "expected a list and in or out, came %q; which packets the list is asked about is not known.", l.Text)
			r.Doubt(at, fmt.Sprintf("line %d, which could not be read", l.Number))
			return false
		}
		to := map[string]*applied{"ip in": &f.in, "ip out": &f.out, "ipv6 in": &f.in6, "ipv6 out": &f.out6}[w[0]+" "+w[3]]
		*to = applied{w[2], at}
	case "ip nat":
		if len(w) > 2 && (w[2] == "inside" || w[2] == "outside" || w[2] == "enable") {
			f.nat = w[2]
		}
	case "ip inspect":
		if len(w) > 3 && w[3] == "in" {
			f.insIn = w[2]
		} else if len(w) > 3 {
			f.insOut = w[2]
		}
	case "shutdown":
		f.down = at
	case "no shutdown":
		f.down = ir.At{}
	case "zone-member security":
		f.zone = w[len(w)-1]
	case "vrf forwarding", "ip vrf":
		f.vrf = w[len(w)-1]
	case "no ip", "no ipv6":
		if len(w) > 4 && (w[2] == "access-group" || w[2] == "traffic-filter") {
			for _, b := range []*applied{&f.in, &f.out, &f.in6, &f.out6} {
				if b.list == w[3] {
					*b = applied{}
				}
			}
		}
	}
	return true
}

func (r *reader) address(f *iface, l *cisco.Line) {
	w := l.Words
	if len(w) < 3 {
		return
	}
	if w[2] == "dhcp" || w[2] == "negotiated" {
		f.leased = l.Number
		return
	}
	if len(w) < 4 {
		if p, err := netip.ParsePrefix(w[2]); err == nil { // as NX-OS writes it
			f.addrs, f.nets = append(f.addrs, p.Addr()), append(f.nets, p.Masked())
		}
		return
	}
	a, err := netip.ParseAddr(w[2])
	n, ok := source.Masked(w[2], w[3])
	if err != nil || !ok {
		r.Problem(l.Number, "expected an address and a mask, came %s %s; the network behind the interface is not known.", w[2], w[3])
		return
	}
	f.addrs = append(f.addrs, a)
	if p, ok := n.Prefix(); ok {
		f.nets = append(f.nets, p)
	}
}

// route reads ip route [vrf V] NETWORK MASK {INTERFACE | NEXT-HOP}.
func (r *reader) route(l *cisco.Line) bool {
	w := l.Words[2:]
	if len(w) > 2 && w[0] == "vrf" {
		w = w[2:]
	}
	if len(w) < 3 {
		return true
	}
	n, ok := source.Masked(w[0], w[1])
	if !ok {
		return false
	}
	p, ok := n.Prefix()
	if !ok {
		return false
	}
	f := r.byName[w[2]]
	if f == nil {
		if hop, err := netip.ParseAddr(w[2]); err == nil {
			for _, x := range r.ifaces {
				if slices.ContainsFunc(x.nets, func(n netip.Prefix) bool { return n.Contains(hop) }) {
					f = x
				}
			}
		}
	}
	switch {
	case f == nil:
	case p.Bits() == 0:
		f.default1 = fmt.Sprintf("the default route leaves by it (line %d)", l.Number)
	default:
		f.nets = append(f.nets, p)
	}
	return true
}

// negated takes back what no takes back.
func (r *reader) negated(l *cisco.Line) bool {
	w := l.Words[1:]
	switch {
	case len(w) >= 4 && w[0] == "ip" && w[1] == "access-list":
		r.forget(w[3])
	case len(w) >= 3 && w[0] == "ipv6" && w[1] == "access-list":
		r.forget(w[2])
	case len(w) == 2 && w[0] == "access-list":
		r.forget(w[1])
	case len(w) == 5 && w[0] == "ip" && w[1] == "inspect" && w[2] == "name":
		delete(r.inspects[w[3]], w[4])
	}
	return true
}

func (r *reader) forget(name string) {
	delete(r.lists, name)
	r.listNames = slices.DeleteFunc(r.listNames, func(n string) bool { return n == name })
}

var quiet = source.WordSet(`service enable aaa boot clock logging line router route-map ntp snmp-server username crypto banner
	spanning-tree vlan vtp class class-map policy-map control-plane no exit end Current Last archive license redundancy
	multilink track event privilege alias tacacs radius key memory platform subscriber vrf address-family exit-address-family
	call-home transceiver login security password-encryption errdisable lldp cdp udld network-clock card diagnostic mpls
	bridge parser scheduler default-information fhrp voice dial-peer sip-ua gateway telephony-service ephone tftp-server
	standby glbp vrrp flow monitor netconf-yang restconf xml username device-sensor dot1x authentication mac zone parameter-map
	Using NVRAM hw-module process cpu buffers exception stackwise switch system nsf`)
