package cisco

import (
	"fmt"

	"mxodus/steps/check/firewall/ir"
)

// Down are the rules of an interface that is shut down, by the names that
// conditions know it by: nothing comes in or leaves by it.
func Down(at ir.At, names ...string) []ir.Rule {
	set := &ir.Ifaces{Patterns: names}
	at.Text = fmt.Sprintf("%s (interface %s is switched off)", at.Text, names[0])
	return []ir.Rule{{Boxes: []ir.Box{{In: set}, {Out: set}}, Action: ir.Deny, At: at}}
}
