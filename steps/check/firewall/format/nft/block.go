package nft

import (
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// broken notes that the text ends inside braces.
func (p *parser) broken(from token, what string) {
	line := p.lex.line + p.offset
	at := ir.At{Line: from.line + p.offset, Text: what}
	p.doubts(at, fmt.Sprintf("the rest of %s, where the file breaks off at line %d", what, line),
		"the file breaks off inside %s, which began at line %d: a closing brace is missing, so rules may be missing too. Export it again and check that the last line is complete.",
		what, at.Line)
}

// tableBlock reads what stands between the braces of a table.
func (p *parser) tableBlock(from token, tab *table) {
	for {
		t := p.next()
		switch {
		case t.kind == tEnd:
			p.broken(from, "table "+tab.label())
			return
		case t.kind == tLine, t.is(";"):
		case t.is("}"):
			return
		case t.kind != tWord:
			p.strange(t)
		default:
			if !p.tableLine(t, tab) {
				p.strange(t)
			}
		}
	}
}

func (p *parser) tableLine(t token, tab *table) bool {
	switch t.text {
	case "chain":
		name := p.next()
		if name.kind != tWord && name.kind != tQuoted {
			p.lex.back(name)
			return false
		}
		p.chainBlock(t, tab, p.file.chain(tab, name.text, ir.At{Line: t.line + p.offset, Text: "chain " + name.text}))
	case "set", "map", "meter":
		p.setBlock(t, tab, p.next().text)
		p.statement(p.at(t), true)
	case "flags":
		for x := p.next(); ; x = p.next() {
			if x.end() {
				p.lex.back(x)
				break
			}
			tab.dormant = tab.dormant || x.text == "dormant"
		}
		p.statement(p.at(t), true)
	case "comment", "flowtable", "counter", "quota", "limit", "secmark", "synproxy", "ct", "handle", "userdata":
		p.rest()
		p.statement(p.at(t), true)
	case "define", "redefine", "undefine", "include":
		p.top(t)
	default:
		return false
	}
	return true
}

// chainBlock reads a chain: what makes it a base chain, and its rules.
func (p *parser) chainBlock(from token, tab *table, c *chain) {
	if !p.peek().is("{") {
		p.rest()
		p.statement(p.at(from), true)
		return
	}
	p.next()
	p.statement(p.at(from), true)
	for {
		t := p.next()
		switch {
		case t.kind == tEnd:
			p.broken(from, fmt.Sprintf("chain %s of table %s", c.name, tab.label()))
			return
		case t.kind == tLine, t.is(";"):
		case t.is("}"):
			return
		case t.word("type"):
			p.hook(t, c)
		case t.word("policy"):
			c.policy = p.next().text
			c.polAt = ir.At{Line: t.line + p.offset, Text: "policy " + c.policy}
			p.rest()
		case t.word("comment"), t.word("flags"):
			p.rest()
		case t.word("define"), t.word("redefine"), t.word("undefine"), t.word("include"):
			p.top(t)
		default:
			p.lex.back(t)
			c.rules = append(c.rules, p.rule(t))
		}
	}
}

// hook reads type T hook H [device D] priority P.
func (p *parser) hook(from token, c *chain) {
	c.base = true
	c.typ = p.next().text
	var prio []string
	now := ""
	for {
		t := p.next()
		if t.end() {
			p.lex.back(t)
			break
		}
		switch {
		case t.word("hook"), t.word("priority"), t.word("device"), t.word("devices"):
			now = t.text
		case now == "hook":
			c.hook = t.text
		case now == "priority":
			prio = append(prio, t.text)
		case (now == "device" || now == "devices") && (t.kind == tWord || t.kind == tQuoted):
			c.devs = append(c.devs, t.text)
		case t.is("{"):
			p.devices(c)
		}
	}
	at := p.at(from)
	c.at = ir.At{Line: at.Line, Text: fmt.Sprintf("chain %s { %s", c.name, at.Text)}
	p.statement(at, true)
	n, ok := priority(strings.Join(prio, ""), c.hook)
	if !ok {
		p.doubts(at, fmt.Sprintf("the priority of the chain in line %d, which could not be read", at.Line),
			"line %d: expected a priority such as filter or -150, came %q; in which order the chains are asked is not known.", at.Line, clip(strings.Join(prio, " ")))
	}
	c.prio = n
}

func (p *parser) devices(c *chain) {
	for {
		t := p.next()
		if t.kind == tEnd || t.is("}") {
			return
		}
		if t.kind == tWord || t.kind == tQuoted {
			c.devs = append(c.devs, t.text)
		}
	}
}

// priorities by name (nft(8), "Standard priority names").
var priorities = map[string]int{"raw": -300, "mangle": -150, "dstnat": -100, "filter": 0, "security": 50, "srcnat": 100, "out": 100}

// priority reads a name, a number, or a name with a number added.
func priority(s, _ string) (int, bool) {
	if n, err := strconv.Atoi(s); err == nil {
		return n, true
	}
	if n, ok := priorities[s]; ok {
		return n, true
	}
	i := strings.IndexAny(s, "+-")
	if i < 0 {
		return 0, false
	}
	base, ok := priorities[s[:i]]
	n, err := strconv.Atoi(s[i:])
	return base + n, ok && err == nil
}

// setBlock reads a named set or map.
func (p *parser) setBlock(from token, tab *table, name string) {
	s := &set{name: name, line: from.line + p.offset}
	if old := tab.sets[name]; old != nil {
		s = old
	}
	tab.sets[name] = s
	if !p.peek().is("{") {
		p.rest()
		return
	}
	p.next()
	for {
		t := p.next()
		switch {
		case t.kind == tEnd:
			p.broken(from, fmt.Sprintf("set %s of table %s", name, tab.label()))
			return
		case t.kind == tLine, t.is(";"):
		case t.is("}"):
			return
		case t.word("elements"):
			p.skipEquals()
			s.elems = append(s.elems, p.elements()...)
		case t.word("timeout"):
			s.dynamic = true
			p.rest()
		case t.word("flags"):
			for x := p.next(); ; x = p.next() {
				if x.end() {
					p.lex.back(x)
					break
				}
				s.dynamic = s.dynamic || x.text == "dynamic"
			}
		default:
			p.rest()
		}
	}
}

func (p *parser) skipEquals() {
	if t := p.next(); !t.is("=") {
		p.lex.back(t)
	}
}
