package ios

import (
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var marks = []cisco.Mark{
	{Line: pattern.New(`^ip access-list (standard|extended|resequence|role-based) \S`), Score: 95, What: "ip access-list"},
	{Line: pattern.New(`^(Standard|Extended|Reflexive) IP access list \S`), Score: 95, What: "a listing of access lists"},
	{Line: pattern.New(`^IPv6 access list \S`), Score: 95, What: "a listing of access lists"},
	{Line: pattern.New(`^access-list (\d+|\S+ extended) (permit|deny) .*\b0\.\d+\.\d+\.\d+( |$)`), Score: 93, What: "an access list with wildcard masks"},
	{Line: pattern.New(`^access-list \d+ (permit|deny|remark) `), Score: 90, What: "a numbered access list"},
	{Line: pattern.New(`^\s+ip access-group \S+ (in|out)\s*$`), Score: 95, What: "ip access-group"},
	{Line: pattern.New(`^\s+ipv6 traffic-filter \S+ (in|out)`), Score: 95, What: "ipv6 traffic-filter"},
	{Line: pattern.New(`^ipv6 access-list \S+\s*$`), Score: 90, What: "ipv6 access-list"},
	{Line: pattern.New(`^ip nat (inside|outside|source|pool) `), Score: 92, What: "ip nat"},
	{Line: pattern.New(`^mac access-list extended \S+`), Score: 80, What: "mac access-list"},
	{Line: pattern.New(`^object-group (ip (port|address)|v6-network|v6-service) \S+`), Score: 80, What: "an object group of IOS"},
	{Line: pattern.New(`^(zone-pair security|class-map type inspect|policy-map type inspect) `), Score: 80, What: "a zone-based firewall"},
}

// asaOnly are lines that no router has.
var asaOnly = pattern.New(`(?m)^(ASA|PIX|NGFW|FWSM) Version |^access-group \S+ (in|out) interface |^\s+security-level \d`)

// Detect tells configurations and access lists of IOS.
func Detect(head *source.Doc) format.Guess {
	best := cisco.Surest(head, marks)
	if best.Score > 0 && asaOnly.MatchString(head.Text) {
		return format.Guess{Score: 20, Why: best.Why}
	}
	return best
}
