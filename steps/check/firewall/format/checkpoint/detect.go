package checkpoint

import (
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	marks = pattern.New(`"(?:access-rule|access-section|nat-rule|nat-section|objects-dictionary|access-layer|implicit-cleanup-action|source-negate|original-destination)"`)
	weak  = pattern.New(`"(?:domain-type|validation-state|meta-info)"`)
)

// Detect tells JSON of Check Point's management.
func Detect(head *source.Doc) format.Guess {
	t := strings.TrimLeft(head.Text, "\ufeff \t\r\n")
	if t == "" || t[0] != '{' && t[0] != '[' && !strings.Contains(head.Text, "mgmt_cli") {
		return format.Guess{}
	}
	seen := map[string]bool{}
	line, faint := 0, 0
	for _, l := range head.Lines() {
		for _, m := range marks.FindAllString(l.Text, -1) {
			if seen[m] = true; line == 0 {
				line = l.Number
			}
		}
		if weak.MatchString(l.Text) {
			faint++
		}
		if len(seen) >= 2 {
			return format.Has(95, "rules or objects of Check Point's management", line)
		}
	}
	if len(seen) == 1 || faint >= 2 {
		return format.Guess{Score: 75, Why: "it has objects of Check Point's management"}
	}
	return format.Guess{}
}
