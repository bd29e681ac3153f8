package nft

import (
	"fmt"
	"strings"
)

// headers are what stands before a field: "tcp dport".
var headers = map[string]bool{
	"ether": true, "vlan": true, "arp": true, "ip": true, "ip6": true, "tcp": true, "udp": true, "udplite": true, "sctp": true, "dccp": true,
	"th": true, "icmp": true, "icmpv6": true, "igmp": true, "esp": true, "ah": true, "comp": true, "gre": true, "geneve": true, "gretap": true,
	"vxlan": true, "auth": true, "rt": true, "hbh": true, "frag": true, "dst": true, "mh": true, "srh": true, "meta": true, "exthdr": true,
	"ct": true, "fib": true, "socket": true, "osf": true, "ipsec": true, "numgen": true, "jhash": true, "symhash": true,
}

// bare are keys of meta that may stand without it.
var bare = map[string]bool{
	"iif": true, "iifname": true, "iiftype": true, "iifgroup": true, "oif": true, "oifname": true, "oiftype": true, "oifgroup": true,
	"mark": true, "priority": true, "skuid": true, "skgid": true, "nftrace": true, "rtclassid": true, "pkttype": true, "cpu": true,
	"cgroup": true, "random": true, "ibrname": true, "obrname": true, "ibriport": true, "obriport": true, "l4proto": true, "nfproto": true,
	"protocol": true, "length": true, "day": true, "hour": true, "time": true, "iifkind": true, "oifkind": true, "secpath": true,
}

func startsSelector(w string) bool {
	return headers[w] || bare[w] || strings.HasPrefix(w, "@ll") || strings.HasPrefix(w, "@nh") || strings.HasPrefix(w, "@th") || strings.HasPrefix(w, "@ih")
}

// match reads a comparison, a map of verdicts, or a change of the packet.
func (p *parser) match() stmt {
	if t := p.peek(); t.kind != tWord || !startsSelector(t.text) {
		return p.unreadStmt()
	}
	lhs, ok := p.selectors()
	if !ok {
		return p.unreadStmt()
	}
	t := p.next()
	switch {
	case t.word("vmap"):
		return stmt{kind: sVmap, lhs: lhs, rhs: p.single(false)}
	case t.word("set"):
		p.rhsOfSet()
		return change(selectors(lhs))
	case t.word("map"):
		p.lex.back(t)
		return p.unreadStmt()
	case t.word("exists"), t.word("missing"):
		return stmt{kind: sMatch, lhs: lhs, op: "==", rhs: word(t.text)}
	}
	op := ""
	switch {
	case t.is("=="), t.word("eq"):
		op = "=="
	case t.is("!="), t.word("ne"):
		op = "!="
	case t.is("!"):
		op = "!"
	case t.is("<"), t.word("lt"):
		op = "<"
	case t.is(">"), t.word("gt"):
		op = ">"
	case t.is("<="), t.word("le"):
		op = "<="
	case t.is(">="), t.word("ge"):
		op = ">="
	default:
		p.lex.back(t)
		if t.end() {
			return stmt{kind: sUnread, text: fmt.Sprintf("the end of the line after %q", clip(selectors(lhs)))}
		}
	}
	s := stmt{kind: sMatch, lhs: lhs, op: op, rhs: p.concat(true)}
	if x := p.peek(); s.rhs.kind == kUnread && (x.is("(") || x.is("{")) {
		return p.unreadStmt()
	}
	return s
}

// change is a statement that sets a part of the packet. Only a new address,
// port or protocol bears on the rules that follow.
func change(key string) stmt {
	for _, end := range []string{" saddr", " daddr", " sport", " dport", " protocol", " nexthdr"} {
		if strings.HasSuffix(key, end) && !strings.HasPrefix(key, "ether ") && !strings.HasPrefix(key, "arp ") {
			return stmt{kind: sMangle, text: key}
		}
	}
	if strings.HasPrefix(key, "@") {
		return stmt{kind: sMangle, text: "bytes of the packet"}
	}
	return stmt{}
}

// selectors reads one selector or several joined by dots.
func (p *parser) selectors() ([]sel, bool) {
	var out []sel
	for {
		s, ok := p.selector()
		if !ok {
			return out, false
		}
		out = append(out, s)
		if !p.peek().word(".") {
			return out, true
		}
		p.next()
	}
}

func (p *parser) selector() (sel, bool) {
	t := p.next()
	if t.kind != tWord || !startsSelector(t.text) {
		p.lex.back(t)
		return sel{}, false
	}
	key := t.text
	more := func() string { x := p.next(); return x.text }
	switch {
	case t.text[0] == '@':
		p.next()
		key += "," + more()
		p.next()
		key += "," + more()
	case bare[t.text] && !headers[t.text]:
		key = "meta " + t.text
	case key == "ct":
		key = p.ctKey()
	case key == "fib":
		key = p.fibKey()
	case key == "numgen", key == "jhash", key == "symhash", key == "osf", key == "ipsec", key == "socket":
		if !p.unmodelled(key) {
			return sel{}, false
		}
	case key == "rt":
		f := more()
		if f == "ip" || f == "ip6" {
			f = more()
		}
		key += " " + f
	default:
		f := more()
		key += " " + f
		if f == "option" {
			key += " " + p.option()
		}
	}
	return p.arithmetic(sel{key: key})
}

// option reads the name of a TCP or IP option and its field.
func (p *parser) option() string {
	name := p.next().text
	switch t := p.peek(); t.text {
	case "kind", "length", "size", "count", "left", "right", "tsval", "tsecr", "type", "ptr", "addr", "value":
		p.next()
		name += " " + t.text
	}
	return name
}

func (p *parser) ctKey() string {
	key := "ct"
	t := p.next()
	if t.word("original") || t.word("reply") {
		key += " " + t.text
		t = p.next()
	}
	if t.word("ip") || t.word("ip6") {
		key += " " + t.text
		t = p.next()
	}
	return key + " " + t.text
}

// fibKey reads saddr . iif oif.
func (p *parser) fibKey() string {
	key := "fib " + p.next().text
	for p.peek().word(".") {
		p.next()
		key += " . " + p.next().text
	}
	return key + " " + p.next().text
}

// unmodelled passes over the words of a selector that the file cannot decide.
func (p *parser) unmodelled(key string) bool {
	switch key {
	case "numgen":
		p.skip(1) // inc, random
	case "jhash":
		if _, ok := p.selectors(); !ok {
			return false
		}
	case "osf":
		p.pairs("ttl")
		p.skip(1) // name, version
		return true
	case "socket":
		if x := p.next(); x.word("cgroupv2") {
			p.pairs("level")
		}
		return true
	case "ipsec":
		p.skip(1) // in, out
		p.pairs("spnum")
		if x := p.next(); x.word("ip") || x.word("ip6") {
			p.skip(1)
		}
		return true
	}
	p.pairs("mod", "seed", "offset")
	return true
}

// arithmetic reads & MASK behind a selector; other operations are noted.
func (p *parser) arithmetic(s sel) (sel, bool) {
	for {
		t := p.next()
		switch {
		case t.is("&"):
			v := p.single(false)
			if s.mask != nil {
				s.odd = true
			}
			s.mask = &v
		case t.is("|"), t.is("^"), t.is("<<"), t.is(">>"):
			p.single(false)
			s.odd = true
		default:
			p.lex.back(t)
			return s, true
		}
	}
}
