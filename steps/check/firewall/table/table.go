package table

import (
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

func Parse(name string, lines []source.Line) *ir.Ruleset { return &ir.Ruleset{} }
