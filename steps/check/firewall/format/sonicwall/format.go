package sonicwall

import (
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// ID is the name of the format.
const ID = "sonicwall"

// Format describes SonicWall for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: ID, Label: "SonicWall (SonicOS command line)",
		Detect: Detect,
		Read:   Read,
		Export: []format.Way{
			{Where: "On the command line (SSH to the management address)", Do: []string{
				"no cli pager session",
				"show current-config",
				"Save all that is printed into one text file.",
			}},
			{Where: "Where the command line cannot be used", Do: []string{
				"Open Policy (before SonicOS 7: Firewall or Manage), Access Rules, and show the rules from WAN to the zone of the mail server and back.",
				"Write them into a table: action, direction, protocol, source, destination, port, one rule a row, in order of priority.",
				"Write names of objects out as addresses, and the public address of the server as its own, as NAT policies translate it.",
				"End with a row that denies the rest, and save as CSV.",
			}},
		},
		Confirm: confirm,
		Supports: format.Supports{
			format.Order: format.Part, format.Default: format.Part, format.Groups: format.Exact, format.Negation: format.None,
			format.Disabled: format.Exact, format.Schedules: format.Open, format.Interfaces: format.Exact, format.DNAT: format.Part,
			format.OneToOne: format.Part, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.None,
		},
		Limits: "SonicWall publishes no specification of this text: settings that are not known leave open what they touch. A settings file (.exp) is recognised, not read.",
	}
}

// confirm leads to the packet monitor, which shows what the device does with a
// packet and by which rule.
func confirm(p format.Packet) string {
	if !p.Src.IsValid() || !p.Dst.IsValid() {
		return ""
	}
	return fmt.Sprintf("On the SonicWall: Monitor, Tools & Monitors, Packet Monitor; set Monitor Filter to IP type %s, source IP %s, destination IP %s, destination port %d, start it, then have the connection tried; a dropped packet names its rule",
		strings.ToUpper(p.Proto), p.Src, p.Dst, p.DPort)
}

var (
	ruleMark   = pattern.New(`^access-rule (ipv[46] )?from \S+`)
	objectMark = pattern.New(`^(address-object (ipv[46]|fqdn|mac) |address-group ipv[46] |nat-policy (ipv[46] )?inbound |service-object \S+ (TCP|UDP)\b|firmware-version "?SonicOS)`)
)

// Detect tells the text of the command line, and settings files.
func Detect(head *source.Doc) format.Guess {
	marks, best := 0, format.Guess{}
	for _, l := range head.Lines() {
		t := bare(l.Text)
		switch {
		case ruleMark.MatchString(t):
			return format.Has(95, strconv.Quote(ruleMark.FindString(t)), l.Number)
		case objectMark.MatchString(t):
			if marks++; marks == 1 {
				best = format.Has(0, strconv.Quote(strings.TrimSpace(objectMark.FindString(t))), l.Number)
			}
			best.Score = min(90, 60+10*marks)
		}
	}
	if settings(head.Text) {
		return format.Guess{Score: 95, Why: "it is a packed settings file (.exp)"}
	}
	return best
}

var packed = pattern.New(`(^|&)(serialNumber|checksumVersion|checksum|buildNum|firmwareVersion|shortProdName|addrObjId_\d+|policyAction_\d+|zoneObjId_\d+|iface_name_\d+)=`)

// settings reports a settings file: one long word in base64, of fields with &
// between them.
func settings(text string) bool {
	text = strings.TrimSpace(text)
	if len(text) < 200 || strings.ContainsAny(text[:200], " \t{}<>\"") {
		return false
	}
	text = strings.NewReplacer("\r", "", "\n", "").Replace(text[:min(len(text), 64<<10)])
	text = strings.TrimRight(text, "&=")
	raw, err := base64.RawStdEncoding.DecodeString(text[:len(text)&^3])
	return err == nil && packed.MatchString(string(raw))
}
