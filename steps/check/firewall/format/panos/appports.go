package panos

import (
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// usual are the ports that application-default may stand for in rules about
// applications that publish no mail: those that Applipedia lists as standard,
// with the ones for decrypted connections (PAN-OS 9.0, "Secure ports") and the
// usual alternatives, so that a port beside them is surely none of the
// application's. Applications of other kinds are left out: content updates
// change what they are.
var usual = map[string]struct{ tcp, udp []uint16 }{
	"web-browsing": {tcp: []uint16{80, 443, 8080}},
	"ssl":          {tcp: []uint16{443}},
	"outlook-web":  {tcp: []uint16{80, 443}},
	"activesync":   {tcp: []uint16{80, 443}},
	"rpc-over-http": {
		tcp: []uint16{80, 443, 593},
	},
	"soap":   {tcp: []uint16{80, 443, 8080}},
	"webdav": {tcp: []uint16{80, 443}},
	"dns":    {tcp: []uint16{53, 853}, udp: []uint16{53, 853, 5353}},
	"ntp":    {tcp: []uint16{123}, udp: []uint16{123}},
	"ssh":    {tcp: []uint16{22}},
	"ms-rdp": {tcp: []uint16{3389}, udp: []uint16{3389}},
	"ike":    {udp: []uint16{500, 4500}},
	"ipsec-esp-udp": {
		udp: []uint16{4500},
	},
	"imap": {tcp: []uint16{143, 993}},
	"pop3": {tcp: []uint16{110, 995}},
	"ping": {},
	"icmp": {},
}

// maxApplications bounds the applications whose ports a rule is looked up for.
const maxApplications = 200

// usualServices are what the usual ports of a rule's applications may be; false
// where the rule has other services, or an application whose ports are not
// known here.
func (c *config) usualServices(r *ruleRef) (objects.Services, bool) {
	names := r.Kid("service").Names()
	if len(names) != 1 || names[0] != "application-default" {
		return nil, false
	}
	apps := r.Kid("application").Names()
	if len(apps) == 0 || len(apps) > maxApplications {
		return nil, false
	}
	out := objects.Services{objects.Proto(ir.ICMP), objects.Proto(ir.ICMPv6)}
	for _, a := range apps {
		u, ok := usual[a]
		if _, own := r.scope.find(a, "application", "application-group", "application-filter"); !ok || own {
			return nil, false
		}
		for _, p := range u.tcp {
			out = append(out, objects.Port(ir.TCP, ir.PortRange{Lo: p, Hi: p}))
		}
		for _, p := range u.udp {
			out = append(out, objects.Port(ir.UDP, ir.PortRange{Lo: p, Hi: p}))
		}
	}
	for i := range out {
		out[i].Maybe = []string{appDefault}
	}
	return out, true
}
