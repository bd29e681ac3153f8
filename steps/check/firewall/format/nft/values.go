package nft

import (
	"strings"
)

// elements reads { key [: data], ... }; none where no brace follows.
func (p *parser) elements() []elem {
	if t := p.skipLines(); !t.is("{") {
		return nil
	}
	p.next()
	if p.depth++; p.depth > maxDepth {
		p.depth--
		p.closing()
		return []elem{{key: unread("a set nested too deep"), open: true}}
	}
	defer func() { p.depth-- }()
	var out []elem
	for {
		t := p.skipLines()
		switch {
		case t.kind == tEnd:
			p.cut = true
			return out
		case t.is("}"):
			p.next()
			return out
		case t.is(","), t.is(";"):
			p.next()
		case t.is("{"):
			out = append(out, p.elements()...)
		default:
			out = append(out, p.element())
		}
	}
}

// closing passes over what is left to the closing brace.
func (p *parser) closing() {
	for depth := 1; depth > 0; {
		t := p.next()
		switch {
		case t.kind == tEnd:
			return
		case t.is("{"):
			depth++
		case t.is("}"):
			depth--
		}
	}
}

func (p *parser) element() elem {
	e := elem{key: p.concat(false)}
	e.any = e.key.kind == kWord && e.key.text == "*"
	p.attributes(&e)
	if !p.peek().is(":") {
		return e
	}
	p.next()
	if v, ok := p.verdict(); ok {
		e.verdict = &v
	} else {
		d := p.concat(false)
		e.data = &d
	}
	p.attributes(&e)
	return e
}

// attributes passes over what stands behind a key: counters, comments, and
// what makes an element one for a time.
func (p *parser) attributes(e *elem) {
	for {
		t := p.skipLines()
		if t.kind == tEnd || t.is(",") || t.is("}") || t.is(":") || t.is("{") {
			return
		}
		p.next()
		switch t.text {
		case "timeout", "expires", "limit", "quota", "ct":
			e.open = e.open || t.kind == tWord
		}
	}
}

// concat reads a value, or several joined by dots. bits says that commas join
// the bits of a mask.
func (p *parser) concat(bits bool) value {
	v := p.single(bits)
	if !p.peek().word(".") {
		return v
	}
	parts := []value{v}
	for p.peek().word(".") {
		p.next()
		parts = append(parts, p.single(false))
	}
	return of(kConcat, parts...)
}

// single reads one value.
func (p *parser) single(bits bool) value {
	t := p.next()
	switch {
	case t.is("{"):
		p.lex.back(t)
		return setOf(p.elements())
	case t.is("("):
		return p.brackets()
	case t.kind == tQuoted:
		return word(t.text)
	case t.kind != tWord:
		p.lex.back(t)
		return unread("a value that could not be read")
	case t.text[0] == '$':
		return unread("the variable " + t.text + ", which the file does not define")
	case t.text[0] == '@':
		return value{kind: kRef, text: t.text[1:]}
	}
	v := word(t.text)
	x := p.peek()
	switch {
	case x.word("-"):
		p.next()
		return of(kRange, v, p.single(false))
	case x.is("|"), bits && x.is(","):
		return p.list(v, bits)
	case x.word("/") && bits:
		p.next()
		return of(kMasked, v, p.single(true))
	}
	return v
}

// list reads the bits that follow a first one.
func (p *parser) list(v value, commas bool) value {
	parts, or := []value{v}, false
	for {
		t := p.next()
		switch {
		case t.is("|"):
			or = true
		case commas && t.is(","):
		default:
			p.lex.back(t)
			l := of(kList, parts...)
			if l.or = or; t.word("/") && commas {
				p.next()
				return of(kMasked, l, p.single(true))
			}
			return l
		}
		x := p.next()
		if x.kind != tWord && x.kind != tQuoted {
			p.lex.back(x)
			return unread("a list of bits that could not be read")
		}
		parts = append(parts, word(x.text))
	}
}

// brackets reads ( a | b ).
func (p *parser) brackets() value {
	v := p.single(true)
	if t := p.next(); !t.is(")") {
		p.lex.back(t)
		return unread("brackets that could not be read")
	}
	return v
}

// verdict reads accept, drop, jump NAME and the like.
func (p *parser) verdict() (verdict, bool) {
	t := p.next()
	if t.kind == tWord {
		switch t.text {
		case "accept", "drop", "continue", "return":
			return verdict{name: t.text}, true
		case "jump", "goto":
			return verdict{t.text, p.next().text}, true
		case "queue":
			p.attributesOfQueue()
			return verdict{name: "queue"}, true
		}
	}
	p.lex.back(t)
	return verdict{}, false
}

func (p *parser) attributesOfQueue() {
	for {
		t := p.peek()
		if t.end() || t.is(":") || t.word("comment") {
			return
		}
		p.next()
	}
}

// shown is a value as nft writes it.
func shown(v value) string {
	join := func(sep string) string {
		var out []string
		for _, x := range v.parts() {
			out = append(out, shown(x))
		}
		return strings.Join(out, sep)
	}
	switch v.kind {
	case kRange:
		return join("-")
	case kList:
		if v.or {
			return join(" | ")
		}
		return join(",")
	case kMasked:
		return join(" / ")
	case kConcat:
		return join(" . ")
	case kRef:
		return "@" + v.text
	case kSet:
		var out []string
		for i, e := range v.elems() {
			if i == 8 {
				out = append(out, "...")
				break
			}
			s := shown(e.key)
			if e.verdict != nil {
				s += " : " + strings.TrimSpace(e.verdict.name+" "+e.verdict.target)
			} else if e.data != nil {
				s += " : " + shown(*e.data)
			}
			out = append(out, s)
		}
		return "{ " + strings.Join(out, ", ") + " }"
	case kMap:
		return selectors(v.more.on.keys) + " map " + shown(v.more.on.in)
	case kUnread:
		return "?"
	}
	return v.text
}

func selectors(list []sel) string {
	var out []string
	for _, s := range list {
		text := s.key
		if s.mask != nil {
			text += " & " + shown(*s.mask)
		}
		out = append(out, text)
	}
	return strings.Join(out, " . ")
}
