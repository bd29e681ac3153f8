package fortios

import (
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	headerMark = pattern.New(`^#config-version=F`)
	configMark = pattern.New(`^config (firewall (policy6?|consolidated policy|security-policy|address6?|addrgrp6?|vip6?|vipgrp6?|service (custom|group)|local-in-policy6?|schedule \w+)|system (global|interface|zone|settings|sdwan)|router static6?|vdom|global)\b`)
	ruleMark   = pattern.New(`^(set (srcintf|dstintf|srcaddr6?|dstaddr6?|extintf|tcp-portrange) |edit (\d+|"))`)
)

// Detect tells configurations of FortiOS.
func Detect(head *source.Doc) format.Guess {
	var best format.Guess
	rules := false
	for _, l := range head.Lines() {
		t := strings.TrimSpace(l.Text)
		if t == "" {
			continue
		}
		switch t[0] {
		case '#':
			if headerMark.MatchString(t) {
				return format.Guess{Score: 100, Why: fmt.Sprintf("line %d is the header of a FortiGate backup", l.Number)}
			}
			continue
		case 'e', 's':
			rules = rules || ruleMark.MatchString(t)
			continue
		}
		if t[0] != 'c' {
			t = bare(t)
		}
		if best.Score == 0 && configMark.MatchString(t) {
			best = format.Has(70, strconv.Quote(configMark.FindString(t)), l.Number)
		}
		if best.Score > 0 && rules {
			break
		}
	}
	if best.Score > 0 && rules {
		best.Score = 95
	}
	return best
}
