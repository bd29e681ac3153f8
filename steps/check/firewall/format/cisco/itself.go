package cisco

import (
	"fmt"

	"mxodus/steps/check/firewall/ir"
)

// mailPorts are ports of servers that neither an ASA nor a router is.
var mailPorts = func() []ir.PortRange {
	var out []ir.PortRange
	for _, p := range []uint16{25, 110, 143, 389, 465, 587, 636, 993, 995} {
		out = append(out, ir.PortRange{Lo: p, Hi: p})
	}
	return out
}()

// Itself are the rules for packets to the device's own addresses, which the
// box is narrowed to and no translation sends on: mail is not taken there, and
// of the rest a file does not tell. The device is named as in "the router's
// own address"; services in the end of its words, such as " (ssh)".
func Itself(to ir.Box, device, services string) []ir.Rule {
	mail := to
	mail.Proto, mail.DPort = &ir.Protos{List: []uint8{ir.TCP}}, &ir.Ports{Ranges: mailPorts}
	own := fmt.Sprintf("the %s's own address", device)
	return []ir.Rule{
		{Boxes: []ir.Box{mail}, Action: ir.Deny, At: ir.At{Text: "(" + own + ": no translation sends these packets on, and it has no such server)"}},
		{Boxes: []ir.Box{to}, Action: ir.Undecided, At: ir.At{Text: "(" + own + ")"}, Why: fmt.Sprintf("what the %s itself answers on its own address%s", device, services)},
	}
}
