package nft

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/source"
)

// rule reads the statements of one rule, to the end of the line.
func (p *parser) rule(from token) *rule {
	p.set.Rules++
	r := &rule{}
	known := true
	for {
		if p.peek().end() {
			break
		}
		s := p.stmt()
		if s.kind == sUnread {
			p.rest()
			known = false
		}
		r.stmts = append(r.stmts, s)
	}
	r.at = p.at(from)
	line := p.lex.line
	if x := p.peek(); x.kind == tLine {
		line = x.line
	}
	r.handle = p.lex.handle[line]
	if !known {
		last := &r.stmts[len(r.stmts)-1]
		p.problem(r.at.Line, "line %d: %s is not read; what reaches the line cannot be decided.", r.at.Line, source.Redact(last.text))
		last.text = fmt.Sprintf("line %d, of which %s is not read", r.at.Line, source.Redact(last.text))
	}
	p.statement(r.at, known)
	return r
}

// passing are statements that change nothing about whether a packet passes,
// and how many words follow.
func (p *parser) stmt() stmt {
	if v, ok := p.verdict(); ok {
		return stmt{kind: sVerdict, verdict: v}
	}
	t := p.next()
	if t.kind != tWord {
		p.lex.back(t)
		return p.unreadStmt()
	}
	if f, ok := statements[t.text]; ok {
		if s, done := f(p, t); done {
			return s
		}
	}
	p.lex.back(t)
	return p.match()
}

func (p *parser) unreadStmt() stmt {
	t := p.peek()
	return stmt{kind: sUnread, text: fmt.Sprintf("%q", clip(t.text))}
}

// statements are those that begin with a word of their own; a false answer
// says that it is a comparison after all.
var statements map[string]func(*parser, token) (stmt, bool)

func init() {
	pass := func(f func(*parser)) func(*parser, token) (stmt, bool) {
		return func(p *parser, _ token) (stmt, bool) { f(p); return stmt{}, true }
	}
	statements = map[string]func(*parser, token) (stmt, bool){
		"counter": pass(func(p *parser) {
			if p.peek().word("name") {
				p.skip(2)
				return
			}
			p.pairs("packets", "bytes")
		}),
		"comment": pass(func(p *parser) { p.skip(1) }),
		"last": pass(func(p *parser) {
			if p.peek().word("used") {
				p.skip(2)
			}
		}),
		"log":  pass((*parser).logging),
		"flow": pass(func(p *parser) { p.skip(2) }), // later packets take a short way once these rules let them
		"dup":  pass((*parser).rest),
		"reject": func(p *parser, _ token) (stmt, bool) {
			p.rejectWith()
			return stmt{kind: sVerdict, verdict: verdict{name: "drop"}}, true
		},
		"notrack": func(*parser, token) (stmt, bool) { return stmt{kind: sNoTrack}, true },
		"limit": func(p *parser, _ token) (stmt, bool) {
			p.limit()
			return stmt{kind: sMaybe, text: "how many packets come in a time (limit)"}, true
		},
		"quota": func(p *parser, _ token) (stmt, bool) {
			p.quota()
			return stmt{kind: sMaybe, text: "how much has passed already (quota)"}, true
		},
		"meter": func(p *parser, _ token) (stmt, bool) {
			for t := p.peek(); !t.end() && !t.is("{"); t = p.peek() {
				p.next()
			}
			p.elements()
			return stmt{kind: sMaybe, text: "how many packets come in a time (meter)"}, true
		},
		"xt": func(p *parser, _ token) (stmt, bool) {
			kind, name := p.next(), p.next()
			return xt(kind.text, name.text), true
		},
		"add": setStatement, "update": setStatement, "delete": setStatement, "set": setStatement,
		"dnat": natStatement, "snat": natStatement, "masquerade": natStatement, "redirect": natStatement,
		"tproxy": unreadable, "synproxy": unreadable, "fwd": unreadable,
		"ct": ctStatement,
	}
}

func unreadable(_ *parser, t token) (stmt, bool) {
	return stmt{kind: sUnread, text: fmt.Sprintf("%q", t.text)}, true
}

// xt is a match or target of iptables that nft cannot write in its own words.
func xt(kind, name string) stmt {
	if kind == "match" && name == "comment" {
		return stmt{}
	}
	if kind == "target" {
		switch name {
		case "LOG", "NFLOG", "MARK", "CONNMARK", "TCPMSS", "CHECKSUM", "TRACE", "DSCP", "TOS", "SET", "CLASSIFY", "AUDIT", "HL", "TTL":
			return stmt{}
		case "MASQUERADE", "SNAT":
			return stmt{kind: sNAT, text: "snat"}
		}
		return stmt{kind: sUnread, text: fmt.Sprintf("the target %q of iptables", name)}
	}
	return stmt{kind: sMaybe, text: fmt.Sprintf("the match %q of iptables, which nft does not print; give the output of iptables-save for it", name)}
}

func (p *parser) skip(n int) {
	for range n {
		if p.peek().end() {
			return
		}
		p.next()
	}
}

// pairs passes over words with one value each.
func (p *parser) pairs(names ...string) {
	for {
		t := p.peek()
		found := false
		for _, n := range names {
			found = found || t.word(n)
		}
		if !found {
			return
		}
		p.skip(2)
	}
}

func (p *parser) logging() {
	for {
		t := p.peek()
		switch {
		case t.word("flags"):
			p.next()
			p.concat(true) // all, or tcp sequence,options
			for x := p.peek(); x.word("sequence") || x.word("options"); x = p.peek() {
				p.concat(true)
			}
		case t.word("prefix"), t.word("level"), t.word("group"), t.word("snaplen"), t.word("queue-threshold"):
			p.skip(2)
		default:
			return
		}
	}
}

func (p *parser) rejectWith() {
	if !p.peek().word("with") {
		return
	}
	p.next()
	t := p.next()
	if t.word("tcp") {
		p.skip(1) // reset
		return
	}
	if p.peek().word("type") {
		p.next()
	}
	p.skip(1)
}

// limit reads rate [over] N/unit [burst N packets], or name "x".
func (p *parser) limit() {
	if p.peek().word("name") {
		p.skip(2)
		return
	}
	for {
		t := p.peek()
		switch {
		case t.word("rate"), t.word("over"), t.word("until"):
			p.next()
		case t.kind == tWord && t.text[0] >= '0' && t.text[0] <= '9':
			p.next()
			for x := p.peek(); x.kind == tWord && (strings.Contains(x.text, "bytes") || x.text == "packets" || x.text[0] == '/'); x = p.peek() {
				p.next()
				if x.text == "/" {
					p.skip(1)
				}
			}
		case t.word("burst"):
			p.next()
		default:
			return
		}
	}
}

func (p *parser) quota() {
	if p.peek().word("name") {
		p.skip(2)
		return
	}
	for t := p.peek(); t.word("over") || t.word("until") || t.word("used") || t.kind == tWord && (t.text[0] >= '0' && t.text[0] <= '9' || strings.HasSuffix(t.text, "bytes")); t = p.peek() {
		p.next()
	}
}

// setStatement reads add @set { key }, and set add key @set of old versions.
func setStatement(p *parser, t token) (stmt, bool) {
	x := p.peek()
	s := stmt{}
	if t.text == "set" {
		for y := p.next(); !y.end(); y = p.next() {
			if y.kind == tWord && y.text[0] == '@' {
				return s, true
			}
		}
		return stmt{kind: sUnread, text: `"set"`}, true
	}
	if x.kind != tWord || x.text[0] != '@' {
		return stmt{kind: sUnread, text: fmt.Sprintf("%q", t.text)}, true
	}
	p.next()
	p.skipLines()
	for depth := 0; ; {
		y := p.next()
		switch {
		case y.kind == tEnd:
			p.cut = true
			return s, true
		case y.is("{"):
			depth++
		case y.is("}"):
			if depth--; depth <= 0 {
				return s, true
			}
		case y.word("limit"), y.word("quota"), y.word("count"):
			s.kind, s.text = sMaybe, "how many packets come in a time (limit)"
		}
	}
}

// ctStatement reads what begins with ct and is no comparison.
func ctStatement(p *parser, _ token) (stmt, bool) {
	t := p.next()
	switch {
	case t.word("count"):
		if p.peek().word("over") {
			p.next()
		}
		p.skip(1)
		return stmt{kind: sMaybe, text: "how many connections are open (ct count)"}, true
	case t.kind == tWord:
		if p.peek().word("set") {
			p.next()
			p.rhsOfSet()
			return stmt{}, true
		}
	}
	p.lex.back(t)
	return stmt{}, false
}

// rhsOfSet passes over the value behind set.
func (p *parser) rhsOfSet() {
	for {
		t := p.peek()
		if t.end() || t.word("comment") || t.word("counter") || t.word("log") {
			return
		}
		switch t.text {
		case "accept", "drop", "return", "continue", "jump", "goto", "reject", "dnat", "redirect", "queue", "snat", "masquerade":
			if t.kind == tWord {
				return
			}
		}
		if t.is("{") {
			p.elements()
			continue
		}
		p.next()
	}
}

var natFlags = map[string]bool{"random": true, "fully-random": true, "persistent": true}

// natStatement reads dnat [ip] [addr . port | prefix] [to ADDR[:PORT]].
func natStatement(p *parser, t token) (stmt, bool) {
	s := stmt{kind: sNAT, text: t.text}
	together := false
	for {
		x := p.peek()
		switch {
		case x.word("ip"), x.word("ip6"):
			s.family = x.text
		case x.word("addr"):
			together = true
		case x.word("."), x.word("port"), x.word("prefix"), x.word("interval"):
		case x.word("to"), x.is(":"):
			p.next()
			if x.is(":") || p.peek().is(":") {
				if !x.is(":") {
					p.next()
				}
				s.port = p.target()
			} else {
				s.addr = p.target()
				if p.peek().is(":") {
					p.next()
					s.port = p.target()
				}
			}
			p.natEnd(&s, together)
			return s, true
		default:
			p.natEnd(&s, together)
			return s, true
		}
		p.next()
	}
}

func (p *parser) natEnd(s *stmt, _ bool) {
	if s.text == "redirect" && s.addr != nil && s.port == nil {
		s.addr, s.port = nil, s.addr // redirect to 2525, of old versions
	}
	for t := p.peek(); t.kind == tWord && natFlags[t.text] || t.is(","); t = p.peek() {
		p.next()
	}
}

// target is an address or port to translate to, perhaps through a map.
func (p *parser) target() *value {
	t := p.peek()
	if t.kind == tWord && startsSelector(t.text) {
		keys, ok := p.selectors()
		if ok && p.peek().word("map") {
			p.next()
			return &value{kind: kMap, more: &more{on: &lookup{keys: keys, in: p.single(false)}}}
		}
		v := unread("a translation to a part of the packet itself")
		return &v
	}
	v := p.concat(false)
	return &v
}
