package firewall

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/engine"
	"mxodus/steps/check/firewall/ir"
)

// object is a list made of a named object, to be asked in the place of a list
// of the file: a packet is let through when its source is in it. The name may
// begin with the word object. False when the file has no such object.
func (j *judge) object(name string) (*engine.Engine, bool) {
	if j.set.Object == nil {
		return nil, false
	}
	for _, n := range []string{name, strings.TrimPrefix(name, "object ")} {
		boxes, at, ok := j.set.Object(n)
		if !ok {
			continue
		}
		return engine.New(&ir.Program{Stateful: true, Chains: []ir.Chain{{
			Name:   name,
			Rules:  []ir.Rule{{Boxes: boxes, Action: ir.Accept, At: at}},
			Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(not in %s)", n)}},
		}}}), true
	}
	return nil, false
}
