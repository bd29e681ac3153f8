package rfi

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
)

// readSenderList reads one service a line: a name, then the addresses, ranges
// or SPF includes it sends with, with commas, semicolons or tabs between.
func readSenderList(r *reading, text string) {
	named := map[string]int{}
	for i, line := range strings.Split(text, "\n") {
		n := i + 1
		line = strings.TrimSpace(stripBullets(r.uncomment(line, n)))
		if line == "" {
			continue
		}
		if n == 1 && strings.ContainsAny(line, ",;\t|") && heading(line) {
			r.notes.add(noteHeading, n, "left out a heading: "+clip(line))
			continue
		}
		item, ok := r.sender(line, n)
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(item, ",")
		if before := named[strings.ToLower(name)]; before > 0 && !r.seen[item] {
			r.notes.add(noteOther, n, fmt.Sprintf("%s stands on line %d as well; both are kept", clip(name), before))
		}
		named[strings.ToLower(name)] = n
		r.add(n, item)
	}
}

func (r *reading) sender(line string, n int) (string, bool) {
	var name string
	var sources, fields []string
	for _, p := range strings.FieldsFunc(line, func(c rune) bool { return c == ',' || c == ';' || c == '\t' || c == '|' }) {
		if p = strings.TrimSpace(strings.Trim(strings.TrimSpace(p), `"'`)); p != "" {
			fields = append(fields, p)
		}
	}
	if len(fields) > 0 && (!sourceLike(fields[0]) || len(fields) > 1 && bareDomain(fields[0])) {
		name, fields = plainName(fields[0]), fields[1:]
	}
	bad := false
	for _, p := range fields {
		for _, w := range strings.Fields(p) {
			s, ok := r.source(w, n)
			bad = bad || !ok
			if ok && !slices.Contains(sources, s) {
				sources = append(sources, s)
			}
		}
	}
	switch {
	case len(sources) == 0 && bad:
		return "", false
	case len(sources) == 0 && name == "":
		r.problem(n, line, "a line holds the name of a service, a comma, and what it sends from, such as Newsletter, include:news.acme.com")
		return "", false
	case len(sources) == 0:
		r.warn(n, line, "no address or SPF include is given, so SPF and the spoofing exceptions cannot be prepared for it; the service's own help names them")
		return settle(name), true
	case name == "":
		name = strings.TrimPrefix(sources[0], "include:")
		r.notes.add(noteNamed, n, fmt.Sprintf("named a service after %s", clip(name)))
	}
	return settle(name) + ", " + strings.Join(sources, ", "), true
}

// plainName takes off what would be read as a bullet, a comment or a frame.
func plainName(s string) string {
	for was := ""; was != s; {
		was = s
		s = strings.Trim(stripBullets(strings.Join(strings.Fields(s), " ")), "#\"'` ")
	}
	return s
}

// sourceLike reports a field that is an address or a name in DNS.
func sourceLike(p string) bool {
	if strings.ContainsAny(p, " ") {
		return false
	}
	l := strings.ToLower(p)
	if strings.HasPrefix(l, "include:") || strings.HasPrefix(l, "ip4:") || strings.HasPrefix(l, "ip6:") {
		return true
	}
	return strings.Contains(strings.Trim(p, "."), ".") || strings.Count(p, ":") > 1
}

// bareDomain reports a name without "include:", which before other fields is
// the name of a service: "mailshop.com, 198.51.100.7".
func bareDomain(p string) bool {
	_, why := readName(p)
	return why == ""
}

// source reads one address, range or include.
func (r *reading) source(w string, n int) (string, bool) {
	s := strings.TrimLeft(w, "+")
	lower := strings.ToLower(s)
	for _, p := range []string{"ip4:", "ip6:", "smtp:", "include:", "redirect="} {
		if strings.HasPrefix(lower, p) {
			s = s[len(p):]
		}
	}
	e := entry{text: s, raw: w, line: n}
	if addr, mask, cut := strings.Cut(s, "/"); strings.Count(s, ":") > 1 || strings.Trim(s, "0123456789./") == "" {
		a, why := readAddr(addr)
		p := netip.PrefixFrom(a, a.BitLen())
		if why == "" && cut {
			p, why = readMask(a, mask)
		}
		if why != "" {
			r.problem(n, w, why)
			return "", false
		}
		if !r.usable(p, e) {
			return "", false
		}
		if p.IsSingleIP() {
			return a.String(), true
		}
		return p.Masked().String(), true
	}
	// Names in includes may start labels with an underscore (_spf.example.com).
	_, why := readName(strings.ReplaceAll(strings.TrimRight(s, "."), "_", "u"))
	if why != "" {
		r.problem(n, w, "this is not an address or a name that an SPF record could include: "+why)
		return "", false
	}
	name := strings.ToLower(strings.TrimRight(s, "."))
	if !isASCII(name) {
		r.problem(n, w, "give the include as the service writes it, in plain letters")
		return "", false
	}
	return "include:" + name, true
}

func isASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] >= 0x80 {
			return false
		}
	}
	return true
}
