package ios

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var marks = []struct {
	re    *pattern.Pattern
	score int
	what  string
}{
	{pattern.New(`^ip access-list (standard|extended|resequence|role-based) \S`), 95, "ip access-list"},
	{pattern.New(`^(Standard|Extended|Reflexive) IP access list \S`), 95, "a listing of access lists"},
	{pattern.New(`^IPv6 access list \S`), 95, "a listing of access lists"},
	{pattern.New(`^access-list (\d+|\S+ extended) (permit|deny) .*\b0\.\d+\.\d+\.\d+( |$)`), 93, "an access list with wildcard masks"},
	{pattern.New(`^access-list \d+ (permit|deny|remark) `), 90, "a numbered access list"},
	{pattern.New(`^\s+ip access-group \S+ (in|out)\s*$`), 95, "ip access-group"},
	{pattern.New(`^\s+ipv6 traffic-filter \S+ (in|out)`), 95, "ipv6 traffic-filter"},
	{pattern.New(`^ipv6 access-list \S+\s*$`), 90, "ipv6 access-list"},
	{pattern.New(`^ip nat (inside|outside|source|pool) `), 92, "ip nat"},
	{pattern.New(`^mac access-list extended \S+`), 80, "mac access-list"},
	{pattern.New(`^object-group (ip (port|address)|v6-network|v6-service) \S+`), 80, "an object group of IOS"},
	{pattern.New(`^(zone-pair security|class-map type inspect|policy-map type inspect) `), 80, "a zone-based firewall"},
}

// asaOnly are lines that no router has.
var asaOnly = pattern.New(`(?m)^(ASA|PIX|NGFW|FWSM) Version |^access-group \S+ (in|out) interface |^\s+security-level \d`)

// Detect tells configurations and access lists of IOS.
func Detect(head *source.Doc) format.Guess {
	var best format.Guess
	for _, l := range head.Lines() {
		text := strings.TrimRight(l.Text, " \t")
		if i := strings.IndexAny(text, "#>"); i > 0 && i < 64 && !strings.Contains(text[:i], " ") {
			text = strings.TrimSpace(text[i+1:])
		}
		if len(text) < 8 || len(text) > 400 {
			continue
		}
		for i := range marks {
			if m := &marks[i]; m.score > best.Score && m.re.MatchString(text) {
				best = format.Guess{Score: m.score, Why: fmt.Sprintf("it has %s (line %d)", m.what, l.Number)}
			}
		}
		if best.Score >= 95 {
			break
		}
	}
	if best.Score > 0 && asaOnly.MatchString(head.Text) {
		return format.Guess{Score: 20, Why: best.Why}
	}
	return best
}
