// Package appliance holds what firewalls that are devices of their own have in
// common.
package appliance

import "mxodus/steps/check/firewall/ir"

// mailPorts are those of mail and of directories: SMTP, POP3, IMAP, LDAP and
// the global catalogue.
var mailPorts = []uint16{25, 110, 143, 389, 465, 587, 636, 993, 995, 3268, 3269}

// Offers is the rule for packets to the device itself, whose name stands in
// reasons: it may take them for services of its own, such as administration,
// VPN and routing, of which none is on the ports of mail and of directories.
// Which it offers, a file does not tell.
func Offers(name string) ir.Rule {
	mail := &ir.Ports{Not: true}
	for _, p := range mailPorts {
		mail.Ranges = append(mail.Ranges, ir.PortRange{Lo: p, Hi: p})
	}
	tcp := []uint8{ir.TCP}
	return ir.Rule{
		Boxes:  []ir.Box{{Proto: &ir.Protos{List: tcp, Not: true}}, {Proto: &ir.Protos{List: tcp}, DPort: mail}},
		Action: ir.Undecided, Why: "which services the " + name + " itself offers on this interface", At: ir.At{Text: "(services of the " + name + " itself)"},
	}
}
