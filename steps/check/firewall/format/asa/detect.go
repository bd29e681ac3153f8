package asa

import (
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var marks = []cisco.Mark{
	{Line: pattern.New(`^(ASA|PIX|NGFW|FWSM) Version \d`), Score: 100, What: "the version line"},
	{Line: pattern.New(`^access-group \S+ (((in|out) interface \S+)|global)`), Score: 95, What: "access-group"},
	{Line: pattern.New(`^\s*access-list \S+ (line \d+ )?(extended|advanced) (permit|deny|trust) `), Score: 92, What: "an extended access list", But: wildcard},
	{Line: pattern.New(`^access-list \S+; \d+ elements`), Score: 95, What: "a listing of access lists"},
	{Line: pattern.New(`^\s*security-level \d+`), Score: 90, What: "security-level"},
	{Line: pattern.New(`^(nat|static) \([\w\-.]+,[\w\-.]+\) `), Score: 90, What: "a translation between two interfaces"},
	{Line: pattern.New(`^same-security-traffic permit`), Score: 90, What: "same-security-traffic"},
	{Line: pattern.New(`^\s*network-object (host|object|\d|[0-9a-fA-F]*:)`), Score: 75, What: "network-object"},
}

// wildcard is an inverse mask: it makes an access list one of IOS.
var wildcard = pattern.New(` 0\.\d+\.\d+\.(255|127|63|31|15|7|3|1)( |$)`)

// Detect tells configurations and access lists of an ASA or FTD.
func Detect(head *source.Doc) format.Guess {
	return cisco.Surest(head, marks)
}
