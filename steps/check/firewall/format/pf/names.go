package pf

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"go4.org/netipx"

	"mxodus/steps/check/firewall/format/pfrules"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// iface is what ifconfig tells of an interface.
type iface struct {
	name   string
	line   int
	addrs  []netip.Addr
	nets   []netip.Prefix
	groups []string
	outer  int // line that tells so
}

var (
	ifaceWord = pattern.New(`^[a-z][a-z_]{0,14}[0-9]+(\.[0-9]+)?$`)
	groupWord = pattern.New(`^[a-z][a-zA-Z0-9_]{0,14}$`)
	ifconfig  = pattern.New(`^([a-z][a-z_0-9.]*): flags=`)
	inetLine  = pattern.New(`^\s+inet6? ([0-9a-fA-F.:]+)(?:%\S+)?(?: --> \S+)? (?:netmask (0x[0-9a-f]{8}|[0-9.]+)|prefixlen (\d+))`)
	groupLine = pattern.New(`^\s+groups: (.*)$`)
	routeLine = pattern.New(`^(?:default|0\.0\.0\.0/0)\s+\S+\s+U\S*\s.*?\b([a-z]+[0-9]+(?:\.[0-9]+)?)\s*(?:[0-9-]+\s*)?$`)
	// drivers name interfaces and, without a number, the group of all of theirs.
	drivers = strings.Fields("em igb ix ixl ixv igc ice re rl bge bce bnx vio vmx vtnet xn hn fxp dc sk msk nfe axe ure cue run athn iwn iwm iwx iwlwifi " +
		"vlan wg tun tap lo enc gif gre pppoe ppp carp trunk lagg aggr bridge vether veb vport epair ovpns ovpnc tailscale ng mvneta dwge cnmac mcx mlx nvgre vxlan svlan etherip pflog pfsync utun ipsec")
)

// ifaceName is the name of an interface as conditions have it: the loopback is
// "lo" everywhere.
func ifaceName(name string) string {
	if name == "lo0" {
		return "lo"
	}
	return name
}

// ifconfigs reads what ifconfig and netstat -rn print beside the rules; used
// are the lines taken.
func ifconfigs(lines []source.Line) (list []*iface, used map[int]bool) {
	used = map[int]bool{}
	var cur *iface
	byName := map[string]*iface{}
	var outer [][2]string
	for _, l := range lines {
		text := strings.TrimRight(l.Text, " \t\r")
		switch m := ifconfig.FindStringSubmatch(text); {
		case m != nil:
			cur = &iface{name: m[1], line: l.Number}
			byName[m[1]] = cur
			list = append(list, cur)
			used[l.Number] = true
		case cur != nil && len(l.Text) > 0 && (l.Text[0] == '\t' || l.Text[0] == ' '):
			used[l.Number] = true
			cur.read(text)
		default:
			cur = nil
			if m := routeLine.FindStringSubmatch(text); m != nil {
				outer = append(outer, [2]string{m[1], strconv.Itoa(l.Number)})
			}
			if routeLine.MatchString(text) || routes(text) {
				used[l.Number] = true
			}
		}
	}
	for _, o := range outer {
		if f := byName[o[0]]; f != nil {
			f.outer, _ = strconv.Atoi(o[1])
		} else {
			n, _ := strconv.Atoi(o[1])
			f = &iface{name: o[0], line: n, outer: n}
			byName[o[0]] = f
			list = append(list, f)
		}
	}
	return list, used
}

// routes reports other lines of netstat -rn.
var routeHead = pattern.New(`^(Routing tables|Internet6?:|Destination\s+Gateway|[0-9a-fA-F.:/%a-z]+\s+(link#\d+|[0-9a-fA-F.:%]+)\s+U[A-Za-z0-9]*\b)`)

func routes(s string) bool { return routeHead.MatchString(s) }

func (f *iface) read(text string) {
	if m := groupLine.FindStringSubmatch(text); m != nil {
		f.groups = strings.Fields(m[1])
		return
	}
	m := inetLine.FindStringSubmatch(text)
	if m == nil {
		return
	}
	a, err := netip.ParseAddr(m[1])
	if err != nil {
		return
	}
	f.addrs = append(f.addrs, a)
	bits := -1
	switch {
	case m[3] != "":
		bits, _ = strconv.Atoi(m[3])
	case strings.HasPrefix(m[2], "0x"):
		v, err := strconv.ParseUint(m[2][2:], 16, 32)
		if err != nil {
			return
		}
		for bits = 0; v&(1<<31) != 0; v <<= 1 {
			bits++
		}
	default:
		if r, ok := source.Masked(m[1], m[2]); ok {
			if p, ok := r.Prefix(); ok {
				bits = p.Bits()
			}
		}
	}
	if p, err := a.Prefix(bits); err == nil {
		f.nets = append(f.nets, p)
	}
}

// known finds what ifconfig tells of an interface or of the members of a group;
// complete says that all of it is told.
func (r *reader) known(name string) (list []*iface, complete bool) {
	for _, f := range r.ifaces {
		if f.name == name || slices.Contains(f.groups, name) || slices.Contains(drivers, name) && driverOf(f.name) == name {
			list = append(list, f)
		}
	}
	return list, len(list) > 0 && list[0].addrs != nil
}

func driverOf(name string) string { return strings.TrimRight(name, "0123456789.") }

// on makes the condition for an interface or group that a rule names.
func (r *reader) on(name string) []pfrules.On {
	if name == "any" {
		return nil
	}
	if ifaceWord.MatchString(name) || name == "lo" {
		out := []pfrules.On{{Set: &ir.Ifaces{Patterns: []string{ifaceName(name)}}}}
		for _, g := range r.groups { // the rules may name the group alone
			if g == driverOf(name) {
				out[0].Set.Patterns = append(out[0].Set.Patterns, g)
			}
		}
		return out
	}
	members, _ := r.known(name)
	set := &ir.Ifaces{Patterns: []string{name}}
	for _, f := range members {
		set.Patterns = append(set.Patterns, ifaceName(f.name))
	}
	out := []pfrules.On{{Set: set}}
	if slices.Contains(drivers, name) {
		set.Patterns = append(set.Patterns, name+"+")
		return out
	}
	if len(members) == 0 && len(r.named) > 0 {
		out = append(out, pfrules.On{
			Set:   &ir.Ifaces{Patterns: r.named},
			Maybe: fmt.Sprintf("which interfaces are in the group %s; put the output of ifconfig into the file", name),
		})
	}
	return out
}

// notOn is the complement.
func (r *reader) notOn(name string) []pfrules.On {
	var out []pfrules.On
	sure := &ir.Ifaces{Not: true}
	for _, on := range r.on(name) {
		if on.Maybe != "" {
			out = append(out, on)
		}
		sure.Patterns = append(sure.Patterns, on.Set.Patterns...)
	}
	return append(out, pfrules.On{Set: sure})
}

// told is what the file says of interfaces beside the rules.
func (r *reader) told() []ir.Iface {
	var out []ir.Iface
	for _, f := range r.ifaces {
		x := ir.Iface{Name: ifaceName(f.name), Addrs: f.addrs, At: ir.At{Line: f.line, Text: f.name}}
		if x.Name == "lo" {
			continue
		}
		for _, n := range f.nets {
			if !n.Addr().IsLinkLocalUnicast() {
				x.Nets = append(x.Nets, n)
			}
		}
		switch {
		case f.outer > 0:
			x.Outer, x.Why = ir.Yes, fmt.Sprintf("the default route leaves by it (line %d)", f.outer)
		case slices.Contains(f.groups, "egress"):
			x.Outer, x.Why = ir.Yes, "it is in the group egress, to which the default route belongs"
		}
		out = append(out, x)
	}
	return r.tellFacing(out)
}

func ranges(nets []netip.Prefix) []netipx.IPRange {
	var out []netipx.IPRange
	for _, n := range nets {
		out = append(out, netipx.RangeOfPrefix(n.Masked()))
	}
	return out
}
