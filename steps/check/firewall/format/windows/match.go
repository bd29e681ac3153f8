package windows

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// match turns the conditions of a rule into boxes.
func (f *file) match(r *rule) []ir.Box {
	boxes := ir.Always()
	if r.doubt != "" {
		boxes = maybe(boxes, r.doubt)
	}
	boxes = f.transport(r, boxes)
	local, remote := f.addresses(r, r.local), f.addresses(r, r.remote)
	if r.out {
		boxes = objects.Destination(objects.Source(boxes, local), remote)
	} else {
		boxes = objects.Destination(objects.Source(boxes, remote), local)
	}
	if !isAny(r.interfaces) {
		set := &ir.Ifaces{Patterns: r.interfaces}
		for i := range boxes {
			if r.out {
				boxes[i].Out = set
			} else {
				boxes[i].In = set
			}
		}
	}
	if !isAny(r.interfaceTypes) {
		boxes = maybe(boxes, fmt.Sprintf("the kind of network (%s) in line %d", short(r.interfaceTypes), r.line))
	}
	for _, s := range r.secure {
		boxes = maybe(boxes, fmt.Sprintf("%s, which line %d asks for", s, r.line))
	}
	return f.program(r, boxes)
}

// maybe adds a reason to every box.
func maybe(boxes []ir.Box, reason string) []ir.Box {
	out := slices.Clone(boxes)
	ir.Boxes(out).Perhaps(reason)
	return out
}

var protocolNumbers = map[string]uint8{"icmpv4": ir.ICMP, "icmpv6": ir.ICMPv6}

// transport narrows to the protocol and ports of a rule.
func (f *file) transport(r *rule, boxes []ir.Box) []ir.Box {
	if anyText(r.protocol) || r.protocol == "256" {
		return boxes
	}
	n, ok := protocolNumbers[strings.ToLower(r.protocol)]
	if !ok {
		if n, ok = source.Protocol(r.protocol); !ok {
			f.problem(r.line, "line %d: expected a protocol such as TCP, came %q; whether the rule is met cannot be decided.", r.line, r.protocol)
			return maybe(boxes, fmt.Sprintf("the protocol in line %d, which could not be read", r.line))
		}
	}
	for i := range boxes {
		boxes[i].Proto = &ir.Protos{List: []uint8{n}}
	}
	if n == ir.ICMP || n == ir.ICMPv6 {
		return f.icmpTypes(r, boxes)
	}
	if !ir.HasPorts(n) {
		return boxes
	}
	sport, dport := r.remotePort, r.localPort
	if r.out {
		sport, dport = dport, sport
	}
	boxes = f.ports(r, boxes, sport, func(b *ir.Box, p *ir.Ports) { b.SPort = p })
	return f.ports(r, boxes, dport, func(b *ir.Box, p *ir.Ports) { b.DPort = p })
}

// portWords are keywords that stand for ports (New-NetFirewallRule,
// -LocalPort). RPC is whatever port the service was given at the time: Windows
// gives it none below 1024.
var portWords = map[string]struct {
	ports ir.PortRange
	why   string
}{
	"rpcepmap": {ir.PortRange{Lo: 135, Hi: 135}, ""}, "rpc-epmap": {ir.PortRange{Lo: 135, Hi: 135}, ""},
	"rpc":       {ir.PortRange{Lo: 1024, Hi: 65535}, "which ports RPC services have been given"},
	"iphttps":   {ir.PortRange{Lo: 443, Hi: 443}, ""},
	"iphttpsin": {ir.PortRange{Lo: 443, Hi: 443}, ""}, "iphttpsout": {ir.PortRange{Lo: 443, Hi: 443}, ""},
	"iptlsin": {ir.PortRange{Lo: 443, Hi: 443}, ""}, "iptlsout": {ir.PortRange{Lo: 443, Hi: 443}, ""},
	"teredo": {ir.PortRange{Lo: 1024, Hi: 65535}, "which port Teredo has been given"},
	"mdns":   {ir.PortRange{Lo: 5353, Hi: 5353}, ""}, "ply2disc": {ir.PortRange{Lo: 1024, Hi: 65535}, "which port PlayTo discovery has been given"},
	"playtodiscovery": {ir.PortRange{Lo: 1024, Hi: 65535}, "which port PlayTo discovery has been given"},
	"wsman":           {ir.PortRange{Lo: 5985, Hi: 5986}, ""},
}

func (f *file) ports(r *rule, boxes []ir.Box, list []string, put func(*ir.Box, *ir.Ports)) []ir.Box {
	if isAny(list) {
		return boxes
	}
	sure := &ir.Ports{}
	var out []ir.Box
	add := func(p *ir.Ports, why string) {
		for _, b := range boxes {
			if p != nil {
				put(&b, p)
			}
			if why != "" {
				b.Perhaps(why)
			}
			out = append(out, b)
		}
	}
	for _, v := range list {
		if w, ok := portWords[strings.ToLower(v)]; ok {
			if w.why == "" {
				sure.Ranges = append(sure.Ranges, w.ports)
			} else {
				add(&ir.Ports{Ranges: []ir.PortRange{w.ports}}, w.why)
			}
			continue
		}
		lo, hi, span := strings.Cut(v, "-")
		if !span {
			hi = lo
		}
		a, err1 := strconv.ParseUint(strings.TrimSpace(lo), 10, 16)
		b, err2 := strconv.ParseUint(strings.TrimSpace(hi), 10, 16)
		if err1 != nil || err2 != nil || a > b {
			f.problem(r.line, "line %d: expected a port, a range or a keyword such as RPC, came %q; whether the rule is met cannot be decided.", r.line, source.Redact(v))
			add(nil, fmt.Sprintf("the port %q in line %d, which is not known here", source.Redact(v), r.line))
			continue
		}
		sure.Ranges = append(sure.Ranges, ir.PortRange{Lo: uint16(a), Hi: uint16(b)})
	}
	if len(sure.Ranges) > 0 {
		add(sure, "")
	}
	return out
}

func (f *file) icmpTypes(r *rule, boxes []ir.Box) []ir.Box {
	if isAny(r.icmp) {
		return boxes
	}
	c := &ir.ICMPTypes{}
	for _, v := range r.icmp {
		t, code, _ := strings.Cut(v, ":")
		n, err := strconv.ParseUint(t, 10, 8)
		if err != nil {
			return maybe(boxes, fmt.Sprintf("the ICMP type %q in line %d", source.Redact(v), r.line))
		}
		x := ir.ICMPType{Type: uint8(n), CodeHi: 255}
		if k, err := strconv.ParseUint(code, 10, 8); err == nil {
			x.CodeLo, x.CodeHi = uint8(k), uint8(k)
		}
		c.List = append(c.List, x)
	}
	for i := range boxes {
		boxes[i].ICMP = c
	}
	return boxes
}

// keywords stand for addresses that depend on where the computer is.
var keywords = map[string]string{
	"dns": "which DNS servers the computer uses", "dhcp": "which DHCP servers the computer uses", "wins": "which WINS servers the computer uses",
	"defaultgateway": "which default gateway the computer uses", "internet": "which addresses Windows takes for the internet",
	"intranet": "which addresses Windows takes for the intranet", "intranetremoteaccess": "which addresses Windows takes for the intranet",
	"rmtintranet": "which addresses Windows takes for the intranet", "playtodevice": "which PlayTo devices are near",
	"ply2renders": "which PlayTo devices are near", "captiveportal": "which captive portal is there",
}

// addresses resolves a list of addresses. Lists that are the same share one
// set.
func (f *file) addresses(r *rule, list []string) *objects.Addrs {
	if isAny(list) {
		return objects.Anywhere()
	}
	key := strings.Join(list, ",")
	if a := f.sets[key]; a != nil {
		return a
	}
	var parts []*objects.Addrs
	known := objects.Of()
	for _, v := range list {
		if reason := keywords[strings.ToLower(v)]; reason != "" {
			parts = append(parts, objects.UnknownAddrs(fmt.Sprintf("%s (%s in line %d)", reason, v, r.line)))
			continue
		}
		if lower := strings.ToLower(v); lower == "localsubnet" || lower == "localsubnet4" || lower == "localsubnet6" {
			parts = append(parts, f.localSubnet(lower, r.line))
			continue
		}
		x, ok := source.Net(v)
		if !ok {
			f.problem(r.line, "line %d: expected an address, a network, a range or a keyword such as LocalSubnet, came %q; whether the rule is met cannot be decided.", r.line, source.Redact(v))
			parts = append(parts, objects.UnknownAddrs(fmt.Sprintf("the address %q in line %d, which could not be read", source.Redact(v), r.line)))
			continue
		}
		known.Ranges = append(known.Ranges, x)
	}
	a := objects.Union(append(parts, known)...)
	f.sets[key] = a
	return a
}

// localSubnet is the networks that the computer has an address in.
func (f *file) localSubnet(word string, line int) *objects.Addrs {
	if len(f.nets) == 0 {
		return objects.UnknownAddrs(fmt.Sprintf("which networks the computer is in (LocalSubnet in line %d)", line))
	}
	a := objects.Of()
	for _, n := range f.nets {
		if word == "localsubnet" || n.Addr().Is4() == (word == "localsubnet4") {
			a = objects.Union(a, objects.OfPrefixes(n))
		}
	}
	return a
}

// mailPorts are ports that mail servers listen on.
var mailPorts = []uint16{25, 465, 587}

// transports are programs and services of Exchange and of IIS that receive
// and send mail.
var transports = []string{
	"msexchangefrontendtransport.exe", "msexchangefrontendtransport", "msexchangetransport.exe", "msexchangetransport", "edgetransport.exe",
	"msexchangeedgetransport", "msexchangedelivery.exe", "msexchangesubmission.exe", "inetinfo.exe", "smtpsvc",
}

// program narrows a rule to the program or service it is for. Which program
// listens on a port is not in the file.
func (f *file) program(r *rule, boxes []ir.Box) []ir.Box {
	var whose []string
	app := path.Base(strings.ToLower(strings.ReplaceAll(r.program, `\`, "/")))
	service := strings.ToLower(r.service)
	system := true // is it of Windows itself, or a packaged app
	if !anyText(r.pkg) && r.pkg != "*" {
		whose = append(whose, "the packaged app "+source.Redact(r.pkg))
	}
	if !anyText(r.program) && r.program != "*" {
		whose = append(whose, "the program "+r.program)
		system = ofWindows(r.program)
	}
	if !anyText(r.service) && r.service != "*" {
		whose = append(whose, "the service "+r.service)
		if !anyText(r.program) {
			system = system && ofWindows(r.program)
		} else {
			system = false
		}
	}
	if len(whose) == 0 {
		return boxes
	}
	who := strings.Join(whose, " and ")
	mail := slices.Contains(transports, app) || slices.Contains(transports, service)
	reason := fmt.Sprintf("whether it is %s that has the port: line %d holds for it alone", who, r.line)
	var out []ir.Box
	for _, b := range boxes {
		m := b.DPort
		switch {
		case mail && m != nil && namesMail(m):
			f.note(fmt.Sprintf("Line %d (%s) holds for %s alone, which is taken to be the mail server.", r.line, r.title(), who))
			out = append(out, b)
		case system && !mail:
			f.note("Rules for packaged apps and for programs of Windows itself are taken not to hold for the mail server.")
			if b.DPort == nil {
				rest := b // of protocols that have no ports
				rest.Perhaps(reason)
				if rest.Proto == nil {
					rest.Proto = &ir.Protos{List: []uint8{ir.TCP, ir.UDP, ir.DCCP, ir.SCTP, ir.UDPLite}, Not: true}
				}
				if rest.Proto.Not || !ir.HasPorts(rest.Proto.List[0]) {
					out = append(out, rest)
				}
			}
			b.DPort = without(b.DPort, mailPorts)
			if ports := b.DPort; ports == nil || len(ports.Ranges) > 0 || ports.Not {
				b.Perhaps(reason)
				out = append(out, b)
			}
		default:
			b.Perhaps(reason)
			out = append(out, b)
		}
	}
	return out
}

func namesMail(p *ir.Ports) bool {
	return !p.Not && len(p.Ranges) > 0 && !slices.ContainsFunc(p.Ranges, func(r ir.PortRange) bool {
		return r.Lo != r.Hi || !slices.Contains(mailPorts, r.Lo) && r.Lo != 2525
	})
}

// ofWindows reports a program that is part of Windows, by where it is.
func ofWindows(program string) bool {
	p := strings.ToLower(strings.ReplaceAll(program, "/", `\`))
	if strings.HasSuffix(p, `\inetinfo.exe`) {
		return false
	}
	for _, dir := range []string{`%systemroot%\`, `%windir%\`, `c:\windows\`} {
		if strings.HasPrefix(p, dir) {
			return true
		}
	}
	return p == "system"
}

// without takes single ports out of a condition.
func without(p *ir.Ports, list []uint16) *ir.Ports {
	ranges := []ir.PortRange{{Lo: 0, Hi: 65535}}
	if p != nil {
		ranges = p.Ranges
	}
	for _, x := range list {
		var next []ir.PortRange
		for _, r := range ranges {
			if x < r.Lo || r.Hi < x {
				next = append(next, r)
				continue
			}
			if r.Lo < x {
				next = append(next, ir.PortRange{Lo: r.Lo, Hi: x - 1})
			}
			if x < r.Hi {
				next = append(next, ir.PortRange{Lo: x + 1, Hi: r.Hi})
			}
		}
		ranges = next
	}
	return &ir.Ports{Ranges: ranges}
}
