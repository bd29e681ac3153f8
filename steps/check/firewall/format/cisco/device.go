package cisco

import (
	"fmt"

	"mxodus/steps/check/firewall/ir"
)

// Of keeps what a line says of the device that the file is of, such as its host
// name. Another value than before begins the configuration of another device,
// or of another context of it: both have lists of the same names, and read
// together they would be one that nobody has.
func (c *Config) Of(l *Line, what, value string) {
	was, told := c.device[what]
	if c.device[what] = value; !told || was == value || c.other.Line > 0 {
		return
	}
	c.other = l.At()
	c.Problem(l.Number, "the configuration of another device or context begins here, after that of the first. "+
		"Together they are not the rules of either, so nothing of this file is told for certain: save each as a file of its own and give one at a time.")
}

// Apart is the gate that leaves open what becomes of any packet where a file
// has the configurations of several devices; none where it has that of one.
func (c *Config) Apart(add func(ir.Chain) int) []ir.Gate {
	if c.other.Line == 0 {
		return nil
	}
	const name = "devices in this file"
	i := add(ir.Chain{Name: name, Rules: []ir.Rule{{
		Boxes: ir.Always(), Action: ir.Undecided, At: c.other,
		Why: fmt.Sprintf("which device the packet passes: the configuration of another one begins in line %d; give each as a file of its own", c.other.Line),
	}}, Policy: ir.Rule{Action: ir.Accept, At: ir.At{Text: "(" + name + ")"}}})
	return []ir.Gate{{Stage: name, Chain: i, Diverts: true}}
}
