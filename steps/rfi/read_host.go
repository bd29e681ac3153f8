package rfi

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"
)

var hostShape = listShape{
	looks:        func(w string) bool { return strings.ContainsAny(w, ".:") },
	prefixes:     []string{"smtp:", "host:", "mx:"},
	keepBrackets: true,
}

func readHost(r *reading, text string) {
	text = strings.TrimSpace(text)
	if len(strings.Fields(text)) > 1 || strings.ContainsAny(strings.Trim(text, ",;"), ",;") {
		r.problem(0, text, "one host is asked for here: a name such as mail.acme.com, or an address")
		return
	}
	e := entry{text: r.unframe(strings.Trim(text, ",;"), 0, hostShape), raw: text}
	if h, ok := r.host(e); ok {
		r.u.Value, r.u.Shown = h, clip(h)
	}
}

func readHostList(r *reading, text string) {
	for _, row := range r.rows(text, hostShape) {
		for _, e := range row.entries {
			if h, ok := r.host(e); ok {
				r.add(e.line, h)
			}
		}
	}
}

// host reads a name or address with an optional port and returns it in the
// form net.JoinHostPort writes, or bare when there is no port.
func (r *reading) host(e entry) (string, bool) {
	s := e.text
	if _, after, cut := strings.Cut(s, "://"); cut {
		s, _, _ = strings.Cut(after, "/")
		r.notes.add(noteTaken, e.line, fmt.Sprintf("took %s out of %s", clip(s), clip(e.text)))
	}
	host, port, why := splitPort(s)
	if why == "" && port != 0 && r.q.rules.noPort {
		if port == 25 {
			r.notes.add(notePort, e.line, "left out port 25 of "+clip(e.raw)+": the port is known")
		} else {
			why = "no port is asked for here; leave it out, and ask Mimecast when it must be another than usual"
		}
		port = 0
	}
	if why == "" && strings.Contains(host, "@") {
		why = "this is an e-mail address; the name of a server is needed, such as mail.acme.com"
	}
	if why != "" {
		r.problem(e.line, e.raw, why)
		return "", false
	}
	canon, ok := r.hostOnly(host, e)
	if ok && port != 0 {
		canon = net.JoinHostPort(canon, strconv.Itoa(port))
	}
	return canon, ok
}

// splitPort cuts "host:port" and "[v6]:port".
func splitPort(s string) (host string, port int, why string) {
	if _, err := netip.ParseAddr(strings.Trim(s, "[]")); err == nil {
		return strings.Trim(s, "[]"), 0, ""
	}
	host, p, cut := s, "", false
	if i := strings.LastIndexByte(s, ':'); i >= 0 && (strings.Count(s, ":") == 1 || strings.HasPrefix(s, "[") && s[i-1] == ']') {
		host, p, cut = s[:i], s[i+1:], true
	}
	if !cut {
		return strings.Trim(host, "[]"), 0, ""
	}
	n, err := strconv.Atoi(p)
	if err != nil || n < 1 || n > 65535 || p[0] == '+' {
		return "", 0, "after the colon stands a port, 1 to 65535"
	}
	return strings.Trim(host, "[]"), n, ""
}

func (r *reading) hostOnly(s string, e entry) (string, bool) {
	if strings.Count(s, ":") > 1 || strings.Trim(s, "0123456789./") == "" {
		a, why := readAddr(strings.TrimRight(s, "."))
		if strings.Contains(s, "/") {
			why = "a network cannot stand here; give single hosts or addresses"
		}
		if why != "" {
			r.problem(e.line, e.raw, why)
			return "", false
		}
		return a.String(), r.usable(netip.PrefixFrom(a, a.BitLen()), e)
	}
	if t := strings.TrimRight(s, "."); t != s {
		r.notes.add(noteDot, e.line, "dropped the trailing dot of "+clip(s))
		s = t
	}
	name, why := readName(s)
	if why == "" && !r.q.rules.private && insideOnly[name[strings.LastIndexByte(name, '.')+1:]] {
		why = "this name works inside a network only; give one that can be looked up from outside"
	}
	if why != "" {
		r.problem(e.line, e.raw, why)
		return "", false
	}
	if !r.q.rules.private {
		if why := r.suffix(name, e); why != "" && strings.Count(name, ".") > 0 {
			r.problem(e.line, e.raw, why)
			return "", false
		}
	}
	r.noteForm(s, name, e)
	return name, true
}
