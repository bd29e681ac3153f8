package iptables

import (
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	chainLine  = pattern.New(`^:[^\s:]{1,64} (ACCEPT|DROP|REJECT|QUEUE|-)( \[\d+:\d+\])?\s*$`)
	tableLine  = pattern.New(`^\*(raw|mangle|nat|filter|security|broute)\s*$`)
	appendLine = pattern.New(`^(\[\d+:\d+\] )?-[AIPN] \S+`)
	scriptLine = pattern.New(`^\s*(sudo\s+)?(\S*/)?ip6?tables(-legacy|-nft)?\s+.*-[AIPND]\s`)
)

// Detect tells files of iptables-save and of iptables commands.
func Detect(head *source.Doc) format.Guess {
	marks := 0
	for _, l := range head.Lines() {
		t := strings.TrimRight(l.Text, " \t")
		switch {
		case tableLine.MatchString(t):
			return format.Guess{Score: 90, Why: "it has table lines such as " + t}
		case chainLine.MatchString(t), appendLine.MatchString(t), scriptLine.MatchString(t):
			if marks++; marks >= 2 {
				return format.Guess{Score: 80, Why: "it has chain and rule lines of iptables"}
			}
		}
	}
	if marks > 0 {
		return format.Guess{Score: 40, Why: "it has a rule line of iptables"}
	}
	return format.Guess{}
}
