package srx

import (
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	sureSet = pattern.New(`^(?:\S+@\S+[>#%]\s*)?(?:set|delete|deactivate|insert) (?:(?:logical-systems|tenants|groups) \S+ )?` +
		`(?:security (?:policies|zones|nat|address-book|screen|ike|ipsec|certificates|flow|forwarding-options|pki|alg|log|utm|idp) |` +
		`applications application(?:-set)? |firewall (?:family \S+ )?filter |firewall policer |policy-options prefix-list |` +
		`interfaces \S+ unit \d+ |system root-authentication |version \d)`)
	braceHead = pattern.New(`^\s*(?:inactive: |replace: )*(?:security|firewall|applications|policy-options|interfaces|system|groups) \{`)
	braceMark = pattern.New(`^\s*(?:inactive: |replace: )*(?:policies|zones|address-book|nat|from-zone \S+ to-zone \S+|security-zone \S+|filter \S+|term \S+|` +
		`family inet6?|application \S+|prefix-list \S+|unit \d+) \{`)
	versionLine = pattern.New(`^version \d+\.\S+;`)
)

// Detect tells set commands of Junos, and its configuration in braces.
func Detect(head *source.Doc) format.Guess {
	sets, tops, marks, line := 0, 0, 0, 0
	note := func(n int) {
		if line == 0 {
			line = n
		}
	}
	for _, l := range head.Lines() {
		t := strings.TrimRight(l.Text, " \t")
		switch {
		case sureSet.MatchString(t):
			sets++
			note(l.Number)
		case braceHead.MatchString(t), versionLine.MatchString(t):
			tops++
			note(l.Number)
		case tops > 0 && braceMark.MatchString(t):
			marks++
		}
		if sets >= 2 || tops > 0 && marks >= 2 {
			break
		}
	}
	switch {
	case sets >= 2:
		return format.Has(95, "set commands of Junos", line)
	case tops > 0 && marks > 0:
		return format.Has(92, "the configuration of Junos in braces", line)
	case sets > 0:
		return format.Has(80, "a set command of Junos", line)
	}
	return format.Guess{}
}
