package asa

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
	{pattern.New(`^(ASA|PIX|NGFW|FWSM) Version \d`), 100, "the version line"},
	{pattern.New(`^access-group \S+ (((in|out) interface \S+)|global)`), 95, "access-group"},
	{pattern.New(`^\s*access-list \S+ (line \d+ )?(extended|advanced) (permit|deny|trust) `), 92, "an extended access list"},
	{pattern.New(`^access-list \S+; \d+ elements`), 95, "a listing of access lists"},
	{pattern.New(`^\s*security-level \d+`), 90, "security-level"},
	{pattern.New(`^(nat|static) \([\w\-.]+,[\w\-.]+\) `), 90, "a translation between two interfaces"},
	{pattern.New(`^same-security-traffic permit`), 90, "same-security-traffic"},
	{pattern.New(`^\s*network-object (host|object|\d|[0-9a-fA-F]*:)`), 75, "network-object"},
}

// wildcard is an inverse mask: it makes an access list one of IOS.
var wildcard = pattern.New(` 0\.\d+\.\d+\.(255|127|63|31|15|7|3|1)( |$)`)

// Detect tells configurations and access lists of an ASA or FTD.
func Detect(head *source.Doc) format.Guess {
	var best format.Guess
	for _, l := range head.Lines() {
		text := strings.TrimRight(l.Text, " \t")
		if i := strings.IndexAny(text, "#>"); i > 0 && i < 64 && !strings.Contains(text[:i], " ") {
			text = strings.TrimSpace(text[i+1:])
		}
		for i := range marks {
			m := &marks[i]
			if m.score <= best.Score || !m.re.MatchString(text) || m.score == 92 && wildcard.MatchString(text) {
				continue
			}
			best = format.Guess{Score: m.score, Why: fmt.Sprintf("it has %s (line %d)", m.what, l.Number)}
			if m.score == 100 {
				return best
			}
		}
	}
	return best
}
