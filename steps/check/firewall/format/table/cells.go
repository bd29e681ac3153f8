package table

import "strings"

// cell is one value of a row, with the column of the line it starts in.
type cell struct {
	text string
	col  int // from 1, in characters
}

// split cuts a line into cells as RFC 4180 has it; ok is false when a quote
// stays open at the end of the line.
func split(line string, delim byte) (cells []cell, ok bool) {
	var b strings.Builder
	start, quoted, at := 0, false, 0
	flush := func(next int) {
		cells = append(cells, cell{strings.TrimSpace(b.String()), len([]rune(line[:min(start, len(line))])) + 1})
		b.Reset()
		start = next
	}
	for at < len(line) {
		c := line[at]
		switch {
		case quoted && c == '"' && at+1 < len(line) && line[at+1] == '"':
			b.WriteByte('"')
			at++
		case c == '"' && (quoted || strings.TrimSpace(b.String()) == ""):
			quoted = !quoted
		case c == delim && !quoted:
			flush(at + 1)
		default:
			b.WriteByte(c)
		}
		at++
	}
	flush(at)
	return cells, !quoted
}

// column is what a column of the table holds.
type column int

const (
	unused column = iota // known, and without influence on the verdict
	action
	direction
	protocol
	src
	dst
	port
	sport
	enabled
	disabled
	inIface
	outIface
	condition // limits when a rule applies; any value but "any" cannot be decided
	rank      // the place of a row in the order
	strange   // not known, so perhaps a limit too
)

var columnNames = map[string]column{}

func init() {
	for c, names := range map[column]string{
		action:    "action permission decision policy verdict target ruleaction permit allowdeny permitdeny type",
		direction: "direction dir inout flow traffic",
		protocol:  "protocol proto ipprotocol transport protocols",
		src: "source src from sourceaddress sourceip sourcenetwork srcip srcaddr sourceaddresses sources sourcehost fromip " +
			"remoteaddress sourceaddr srcaddress sourcecidr",
		dst: "destination dest dst to destinationaddress destinationip destip dstip dstaddr destinationnetwork destinations toip " +
			"destinationaddresses localaddress destaddress dstaddress destaddr destinationaddr destinationcidr target_address",
		port: "port ports destinationport destinationports destport dstport dport service services portservice portsservices " +
			"destports dstports localport toport",
		sport:    "sourceport sourceports srcport sport srcports remoteport fromport",
		enabled:  "enabled active enable status state",
		disabled: "disabled inactive",
		inIface:  "interface iface ininterface incominginterface iif srcintf fromzone sourcezone inif sourceinterface",
		outIface: "outinterface outgoinginterface oif dstintf tozone destinationzone outif destinationinterface",
		condition: "schedule time users user group groups application applications app apps url country geo expires validuntil " +
			"until vpn when condition sourceuser",
		rank: "priority prio order seq sequence rank position ruleorder rulepriority",
		unused: "name rule rulename description comment comments remark remarks id no nr number note notes hits hitcount hitcounts log " +
			"logging logged tag tags owner ticket created createdby createdat createdon modified modifiedby modifiedat lastmodified lasthit " +
			"updated updatedby lastupdated line counter counters bytes packets ruleid rulenumber ruleno uuid",
	} {
		for _, n := range strings.Fields(names) {
			columnNames[n] = c
		}
	}
}

// columnOf reads a heading: letters and digits alone count, in any case.
func columnOf(heading string) column {
	plain := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, strings.ToLower(heading))
	if plain == "" {
		return unused // "#", or nothing
	}
	if c, ok := columnNames[plain]; ok {
		return c
	}
	return strange
}
