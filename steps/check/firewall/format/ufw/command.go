package ufw

import (
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var commandLine = pattern.New(`^\s*(?:\S*[#$]\s+)?(?:sudo\s+)?(?:\S*/)?ufw\s+(.+?)\s*$`)

var actions = map[string]bool{"allow": true, "deny": true, "reject": true, "limit": true}

// command carries out one command line. False where it could not be read.
func (r *reader) command(line int, text string) bool {
	m := commandLine.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	words, err := source.Words(m[1])
	if err != nil {
		return false
	}
	for len(words) > 0 && strings.HasPrefix(words[0], "--") {
		words = words[1:]
	}
	if len(words) == 0 {
		return false
	}
	switch words[0] {
	case "enable", "reload", "logging", "status", "show", "version", "app":
		return true
	case "disable":
		r.inactive, r.inactiveAt = true, line
		return true
	case "reset":
		r.v4, r.v6, r.defaults = &list{}, &list{}, map[string]policy{}
		return true
	case "default":
		return r.setDefault(line, text, words[1:])
	}
	return r.ruleCommand(line, text, words)
}

// setDefault reads default allow|deny|reject [incoming|outgoing|routed].
func (r *reader) setDefault(line int, text string, words []string) bool {
	if len(words) == 0 {
		return false
	}
	dir := "incoming"
	if len(words) > 1 {
		dir = words[1]
	}
	if !actions[words[0]] {
		return false
	}
	r.defaults[dir] = policy{words[0], line, text}
	return true
}

// ruleCommand reads [route] [delete] [insert N | prepend] ACTION ...
func (r *reader) ruleCommand(line int, text string, words []string) bool {
	base := &rule{line: line, text: strings.TrimSpace(text)}
	remove, place := false, 0
	for len(words) > 0 && !actions[words[0]] {
		switch words[0] {
		case "route":
			base.route = true
		case "rule":
		case "delete":
			remove = true
		case "prepend":
			place = -1
		case "insert":
			n := 0
			if len(words) > 1 {
				n, _ = strconv.Atoi(words[1])
			}
			if n <= 0 {
				return false
			}
			place, words = n, words[1:]
		default:
			return false // delete by number too: the numbers are not here
		}
		words = words[1:]
	}
	if len(words) < 2 {
		return false
	}
	base.action = words[0]
	if !base.clauses(words[1:]) {
		return false
	}
	base.named()
	r.carryOut(base, remove, place)
	return true
}

// clauses reads what follows the action.
func (r *rule) clauses(words []string) bool {
	if i := indexOf(words, "comment"); i >= 0 {
		if i+1 >= len(words) {
			return false
		}
		r.comment = words[i+1]
		words = append(words[:i:i], words[i+2:]...)
	}
	if len(words) > 0 && (words[0] == "in" || words[0] == "out") && (len(words) < 2 || words[1] != "on") {
		r.out = words[0] == "out"
		words = words[1:]
	}
	end := &r.dst
	for len(words) > 0 {
		w := words[0]
		value := ""
		if len(words) > 1 {
			value = words[1]
		}
		switch w {
		case "log", "log-all":
			r.log, words = w, words[1:]
			continue
		case "in", "out":
			if value != "on" || len(words) < 3 {
				return false
			}
			r.iface(w, words[2])
			words = words[3:]
			continue
		case "proto":
			if r.proto = strings.ToLower(value); r.proto == "any" {
				r.proto = ""
			}
		case "from", "to":
			end = &r.dst
			if w == "from" {
				end = &r.src
			}
			if !r.setAddr(end, value) {
				return false
			}
		case "port":
			if !r.setPorts(end, value) {
				return false
			}
		case "app":
			r.setApp(end, value)
		default:
			if len(words) != 1 {
				return false
			}
			return r.short(w)
		}
		if value == "" {
			return false
		}
		words = words[2:]
	}
	return true
}

// iface reads in on NAME and out on NAME.
func (r *rule) iface(dir, name string) {
	if dir == "in" {
		r.in = name
		return
	}
	r.via = name
	r.out = r.out || !r.route
}

func (r *rule) setAddr(end *side, s string) bool {
	norm, v6, ok := address(s)
	if !ok {
		return false
	}
	end.addr = norm
	// parser.py takes 0.0.0.0/0 and ::/0 for one family, any for both.
	every := norm == "" && strings.HasSuffix(s, "/0")
	r.every = r.every || every
	r.v6 = r.v6 || (norm != "" || every) && v6
	return true
}

func (r *rule) setPorts(end *side, s string) bool {
	if s != "" && strings.Trim(s, "0123456789,:") != "" && s != "any" {
		r.service = strings.ToLower(s)
	}
	list, ok := ports(s)
	end.ports = list
	return ok
}

// tcpAlone are services that /etc/services knows for TCP and not for UDP; a
// rule that names one without a protocol is for TCP.
var tcpAlone = map[string]bool{"smtp": true, "mail": true, "ssh": true, "telnet": true, "ftp": true, "submission": true, "submissions": true, "imap2": true, "imaps": true, "pop3": true, "pop3s": true, "ldaps": true}

// named settles the protocol of a rule that gives ports by name.
func (r *rule) named() {
	if r.service == "" || r.proto != "" {
		return
	}
	if tcpAlone[r.service] {
		r.proto = "tcp"
	} else if r.maybe == "" {
		r.maybe = fmt.Sprintf("whether the service %s is of TCP, UDP or both; the output of ufw status shows it", r.service)
	}
}

func (r *rule) setApp(end *side, name string) {
	end.app = name
	r.maybe = fmt.Sprintf("what the application profile %s opens; the output of ufw status verbose shows its ports", name)
}

// short reads 25, 25/tcp, smtp, 80,443/tcp or the name of a profile.
func (r *rule) short(w string) bool {
	port, proto, _ := strings.Cut(w, "/")
	list, ok := ports(port)
	if !ok {
		r.setApp(&r.dst, w)
		return true
	}
	if strings.Trim(port, "0123456789,:") != "" {
		r.service = strings.ToLower(port)
	}
	r.dst.ports, r.proto = list, strings.ToLower(proto)
	return proto == "" || proto == "tcp" || proto == "udp"
}

func indexOf(words []string, w string) int {
	for i, x := range words {
		if x == w {
			return i
		}
	}
	return -1
}

// carryOut adds or removes a rule in the families that it is of.
func (r *reader) carryOut(base *rule, remove bool, place int) {
	named := base.src.addr != "" || base.dst.addr != "" || base.every
	for _, v6 := range []bool{false, true} {
		if named && base.v6 != v6 {
			continue
		}
		one := *base
		one.v6, one.both = v6, !named
		if r.dumped {
			r.changes = append(r.changes, change{&one, remove, place})
			continue
		}
		l := r.v4
		if v6 {
			l = r.v6
		}
		r.change(l, &one, remove, place)
	}
}

// change carries out one change on a list.
func (r *reader) change(l *list, one *rule, remove bool, place int) {
	switch {
	case remove:
		l.remove(one)
		return
	case place < 0:
		place = min(1, len(l.rules))
	case place > 0 && one.v6 && one.both && place > 1:
		// ufw looks for the place that fits the other family's; that is not followed
		l.unclear, l.at = fmt.Sprintf("the place of the IPv6 rule of line %d", one.line), one.line
		place = 0
	case place > 0 && one.v6 && !one.both:
		place -= len(r.v4.rules) // numbers count the IPv4 rules first
	}
	if place < 0 || !l.put(one, place) {
		r.problem(one.line, "line %d inserts a rule at a place that is not there; ufw refuses that, so it was left out.", one.line)
	}
}
