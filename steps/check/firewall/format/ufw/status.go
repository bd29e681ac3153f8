package ufw

import (
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

var (
	statusLine  = pattern.New(`^Status: (active|inactive)\s*$`)
	columnLine  = pattern.New(`^\s*To\s+Action\s+From\s*$`)
	defaultLine = pattern.New(`^Default: `)
	oneDefault  = pattern.New(`(allow|deny|reject|disabled) \((incoming|outgoing|routed)\)`)
	ruleLine    = pattern.New(`^(?:\[\s*\d+\]\s+)?(\S.*?)\s+(ALLOW|DENY|REJECT|LIMIT)(?: (IN|OUT|FWD))?\s{2,}(\S.*?)\s*$`)
	suffix      = pattern.New(`^(.*?)\s{2,}\(([a-z, -]+)\)$`)
	comment     = pattern.New(`^(.*?)\s{2,}# (.*)$`)
	onIface     = pattern.New(`^(.*?)\s+on (\S+)$`)
	profile     = pattern.New(`^(.*?)\s+\(([^()]+?)(?: \(v6\))?\)$`)
	portSpec    = pattern.New(`^[0-9][0-9,:]*(?:/(tcp|udp))?$`)
)

// status reads one line of ufw status. False where it is none.
func (r *reader) status(line int, text string) bool {
	if m := statusLine.FindStringSubmatch(text); m != nil {
		if m[1] == "inactive" {
			r.inactive, r.inactiveAt = true, line
		}
		return true
	}
	switch {
	case columnLine.MatchString(text), strings.HasPrefix(text, "Logging:"), strings.HasPrefix(text, "New profiles:"),
		strings.Trim(text, "- ") == "", strings.HasPrefix(text, "Firewall not loaded"), strings.HasPrefix(text, "WARN:"):
		return true
	case defaultLine.MatchString(text):
		for _, m := range oneDefault.FindAllStringSubmatch(text, -1) {
			r.defaults[m[2]] = policy{m[1], line, text}
		}
		return true
	}
	m := ruleLine.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return false
	}
	x := &rule{line: line, text: strings.Join(strings.Fields(text), " "), action: strings.ToLower(m[2]), route: m[3] == "FWD", out: m[3] == "OUT"}
	from := m[4]
	if c := comment.FindStringSubmatch(from); c != nil {
		from, x.comment = c[1], c[2]
	}
	if s := suffix.FindStringSubmatch(from); s != nil {
		from = strings.TrimSpace(s[1])
		if strings.Contains(s[2], "log") {
			x.log = "log"
		}
	}
	if !x.end(&x.dst, m[1], true) || !x.end(&x.src, from, false) {
		r.problem(line, "line %d: a rule of ufw that could not be read.", line)
		x.maybe = "a rule that could not be read"
	}
	l := r.v4
	if x.v6 {
		l = r.v6
	}
	l.rules = append(l.rules, x)
	return true
}

// end reads a column: ADDRESS [PORTS[/PROTO]] [(v6)] [on INTERFACE].
func (r *rule) end(to *side, s string, dst bool) bool {
	if m := onIface.FindStringSubmatch(s); m != nil {
		s = m[1]
		if r.out || r.route && dst {
			r.via = m[2]
		} else {
			r.in = m[2]
		}
	}
	if rest, ok := strings.CutSuffix(s, " (v6)"); ok {
		s, r.v6 = rest, true
	}
	if m := profile.FindStringSubmatch(s); m != nil { // 25/tcp (Postfix)
		if strings.HasSuffix(s, "(v6))") {
			r.v6 = true
		}
		s = m[1]
	}
	s = strings.TrimSpace(s)
	first, rest, _ := strings.Cut(s, " ")
	norm, v6, ok := address(first)
	if !ok {
		if addr, proto, cut := cutLast(first); cut {
			if norm, v6, ok = address(addr); ok {
				r.proto = strings.ToLower(proto)
				if _, known := source.Protocol(proto); !known {
					return false
				}
			}
		}
	}
	if ok && !portSpec.MatchString(first) {
		to.addr = norm
		r.v6 = r.v6 || norm != "" && v6
		s = strings.TrimSpace(rest)
	}
	if s == "" {
		return true
	}
	if !portSpec.MatchString(s) {
		r.setApp(to, s)
		return true
	}
	port, proto, _ := strings.Cut(s, "/")
	if proto != "" {
		r.proto = proto
	}
	return r.setPorts(to, port)
}

func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexByte(s, '/')
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+1:], true
}
