package panos

import (
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	sureSet = pattern.New(`^(?:\S+@\S+[>#]\s*)?(?:set|move|delete) (?:vsys \S+ |device-group \S+ |shared |template \S+ )?` +
		`(?:(?:pre-|post-)?rulebase |deviceconfig system |network (?:interface (?:ethernet|aggregate-ethernet|tunnel|loopback|vlan) |virtual-router |shared-gateway )|` +
		`import network |zone \S+ network (?:layer3|layer2|virtual-wire|tap|external)|config devices localhost)`)
	likelySet = pattern.New(`^(?:\S+@\S+[>#]\s*)?set (?:shared |device-group \S+ |vsys \S+ )?(?:address \S+ (?:ip-netmask|ip-range|fqdn|ip-wildcard) |` +
		`address "[^"]+" (?:ip-netmask|ip-range|fqdn) |address-group .+ (?:static|dynamic) |service \S+ protocol (?:tcp|udp) port |` +
		`address-group \S+$|address \S+$)`)
	braceHead = pattern.New(`^(?:config|policy) \{`)
	braceMark = pattern.New(`^\s*(?:localhost\.localdomain|(?:pre-|post-)?rulebase|vsys1|virtual-router|panorama|device-group) (?:\{|;)|^\s*ip-netmask \S+;`)
	xmlMark   = pattern.New(`<(?:entry name="localhost\.localdomain"|(?:pre-|post-)?rulebase>|device-group>|virtual-router>|config [^>]*urldb="|ip-netmask>)`)
)

// Detect tells the three ways in which PAN-OS writes its configuration.
func Detect(head *source.Doc) format.Guess {
	sure, likely, brace, top := 0, 0, 0, 0
	line := 0
	for _, l := range head.Lines() {
		t := strings.TrimSpace(l.Text)
		switch {
		case strings.HasPrefix(t, "<") && xmlMark.MatchString(t):
			return format.Has(95, "XML elements of PAN-OS", l.Number)
		case sureSet.MatchString(t):
			if sure++; line == 0 {
				line = l.Number
			}
		case likelySet.MatchString(t):
			if likely++; line == 0 {
				line = l.Number
			}
		case braceHead.MatchString(t):
			if top++; line == 0 {
				line = l.Number
			}
		case top > 0 && braceMark.MatchString(t):
			brace++
		}
		if sure >= 2 || brace >= 2 {
			break
		}
	}
	switch {
	case sure >= 2:
		return format.Has(95, "set commands of PAN-OS", line)
	case brace > 0:
		return format.Has(95, "the configuration of PAN-OS in braces", line)
	case sure+likely > 0:
		return format.Has(70+10*min(2, sure+likely), "set commands of PAN-OS", line)
	}
	return format.Guess{}
}
