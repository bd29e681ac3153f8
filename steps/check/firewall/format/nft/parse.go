package nft

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// parser reads the text form: tables in braces, and commands.
type parser struct {
	lex     *lexer
	file    *file
	set     *ir.Ruleset
	defines map[string][]token
	grown   int // tokens that variables stood for
	depth   int
	offset  int  // lines before the text
	cut     bool // the text ends inside the braces of a set
}

// maxGrown bounds what variables of variables stand for.
const maxGrown = 2_000_000

// maxDepth bounds sets in sets.
const maxDepth = 40

func newParser(set *ir.Ruleset, f *file, text string, offset int) *parser {
	return &parser{lex: newLexer(text), file: f, set: set, defines: map[string][]token{}, offset: offset}
}

func (p *parser) problem(line int, format string, args ...any) {
	p.set.Problems = append(p.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
}

// next is the next token, with variables replaced by what they stand for.
func (p *parser) next() token {
	for {
		t := p.lex.next()
		if t.kind != tWord || t.text[0] != '$' || len(t.text) < 2 {
			return t
		}
		list, ok := p.defines[t.text[1:]]
		if !ok || p.grown > maxGrown {
			return t
		}
		p.grown += len(list) + 1
		out := make([]token, len(list))
		for i, x := range list {
			x.line, x.from, x.to = t.line, t.from, t.to
			out[i] = x
		}
		p.lex.back(out...)
	}
}

func (p *parser) peek() token {
	t := p.next()
	p.lex.back(t)
	return t
}

// skipLines passes over line ends and gives the token that follows.
func (p *parser) skipLines() token {
	for {
		t := p.next()
		if t.kind != tLine {
			p.lex.back(t)
			return t
		}
	}
}

// rest passes over what is left of a statement, with the braces in it.
func (p *parser) rest() {
	for depth := 0; ; {
		t := p.next()
		switch {
		case t.kind == tEnd, depth == 0 && t.end():
			p.lex.back(t)
			return
		case t.is("{"):
			depth++
		case t.is("}"):
			depth--
		}
	}
}

// at is the place of a statement that began with a token and ends here.
func (p *parser) at(from token) ir.At {
	end := p.lex.pos
	if n := len(p.lex.ahead); n > 0 {
		end = p.lex.ahead[n-1].from
	}
	text := ""
	if from.from < end {
		text = p.lex.text[from.from:min(end, from.from+maxShown)]
	}
	return ir.At{Line: from.line + p.offset, Text: strings.Join(strings.Fields(text), " ")}
}

// maxShown is how much of a statement is kept as its text.
const maxShown = 600

func (p *parser) statement(at ir.At, known bool) {
	p.set.Statements = append(p.set.Statements, ir.Statement{Line: at.Line, Text: at.Text, Known: known})
}

// doubts notes something after which no answer stands.
func (p *parser) doubts(at ir.At, why, problem string, args ...any) {
	p.file.doubts = append(p.file.doubts, doubt{at, why})
	p.problem(at.Line, problem, args...)
	p.statement(at, false)
}

// read takes the whole text.
func (p *parser) read() {
	for {
		t := p.next()
		switch {
		case t.kind == tEnd:
			if p.cut && len(p.file.doubts) == 0 {
				p.broken(t, "a set")
			}
			return
		case t.kind == tLine, t.is(";"):
		case t.kind == tWord:
			p.top(t)
		default:
			p.strange(t)
		}
	}
}

func (p *parser) strange(t token) {
	p.rest()
	if x := p.peek(); x.is("}") {
		p.next()
	}
	at := p.at(t)
	p.doubts(at, fmt.Sprintf("line %d, which could not be read", at.Line),
		"line %d could not be read: expected a table such as table inet filter { ... }, or a command such as add rule, came %q. What it was to do is not known, so nothing is decided until it is put right or taken out.",
		at.Line, clip(source.Redact(at.Text)))
}

// clip is a text as it is quoted.
func clip(s string) string { return source.Clip(s, 80) }

// top reads what stands outside all braces.
func (p *parser) top(t token) {
	switch t.text {
	case "table", "chain", "rule", "set", "map", "element", "flowtable", "counter", "quota", "limit", "secmark", "synproxy":
		p.lex.back(t)
		p.command(t, "add")
	case "ct":
		p.rest()
		p.statement(p.at(t), true)
	case "add", "create", "insert", "replace", "delete", "destroy", "flush", "rename":
		p.command(t, t.text)
	case "reset", "list", "monitor", "describe", "export":
		p.rest()
		p.statement(p.at(t), true)
	case "define", "redefine", "undefine":
		p.define(t)
	case "include":
		name := p.next()
		p.rest()
		p.doubts(p.at(t), fmt.Sprintf("the file %q, which line %d includes", name.text, t.line+p.offset),
			"line %d includes the file %q, which is not here. Give what the firewall has loaded instead: the output of nft list ruleset.", t.line+p.offset, name.text)
	default:
		p.strange(t)
	}
}

// define reads a variable. Its value is kept as it stands.
func (p *parser) define(t token) {
	name := p.lex.next()
	if t.text == "undefine" {
		delete(p.defines, name.text)
		p.rest()
		p.statement(p.at(t), true)
		return
	}
	if x := p.lex.next(); !x.is("=") {
		p.lex.back(x)
		p.strange(t)
		return
	}
	var list []token
	for depth := 0; ; {
		x := p.lex.next()
		if x.kind == tEnd || depth <= 0 && x.end() {
			p.lex.back(x)
			break
		}
		switch {
		case x.is("{"):
			depth++
		case x.is("}"):
			depth--
		case x.kind == tLine:
			continue
		case x.kind == tWord && x.text == "$"+name.text:
			list = append(list, p.defines[name.text]...) // redefine a = { $a, b }
			continue
		}
		list = append(list, x)
	}
	p.defines[name.text] = list
	p.statement(p.at(t), true)
}

// names reads [family] table [name ...], n names in all.
func (p *parser) names(n int) (family string, names []string) {
	family = "ip"
	t := p.next()
	if t.kind == tWord && families[t.text] {
		if x := p.peek(); !x.end() && !x.is("{") {
			family, t = t.text, p.next()
		}
	}
	for {
		if t.kind != tWord && t.kind != tQuoted {
			p.lex.back(t)
			return family, names
		}
		if names = append(names, t.text); len(names) == n {
			return family, names
		}
		t = p.next()
	}
}
