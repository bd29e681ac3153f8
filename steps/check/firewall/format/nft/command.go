package nft

import (
	"fmt"
	"slices"
	"strconv"

	"mxodus/steps/check/firewall/ir"
)

// command carries out one command on what was read so far, as nft -f would.
func (p *parser) command(t token, verb string) {
	obj := p.next()
	switch obj.text {
	case "ruleset":
		p.rest()
		if verb == "flush" {
			p.file.tables = nil
		}
		p.statement(p.at(t), true)
	case "table":
		p.tableCommand(t, verb)
	case "chain":
		p.chainCommand(t, verb)
	case "rule":
		p.ruleCommand(t, verb)
	case "set", "map", "meter":
		p.setCommand(t, verb)
	case "element":
		p.elementCommand(t, verb)
	case "flowtable", "counter", "quota", "limit", "secmark", "synproxy", "ct", "counters", "quotas":
		p.rest()
		p.statement(p.at(t), true)
	default:
		if families[obj.text] && (verb == "add" || verb == "insert") { // "add" alone is for a rule in old versions
			p.lex.back(obj)
			p.ruleCommand(t, verb)
			return
		}
		p.lex.back(obj)
		p.strange(t)
	}
}

func (p *parser) tableCommand(t token, verb string) {
	family, names := p.names(1)
	if len(names) == 0 {
		p.rest()
		if verb == "flush" || verb == "delete" || verb == "destroy" {
			p.doubts(p.at(t), fmt.Sprintf("line %d, which names no table that is followed", t.line+p.offset),
				"line %d changes a table that it does not name; give the output of nft list ruleset instead.", t.line+p.offset)
			return
		}
		p.strange(t)
		return
	}
	switch verb {
	case "delete", "destroy":
		p.rest()
		p.file.tables = slices.DeleteFunc(p.file.tables, func(x *table) bool { return x.family == family && x.name == names[0] })
	case "flush":
		p.rest()
		if x := p.file.find(family, names[0]); x != nil {
			for _, c := range x.chains {
				c.rules = nil
			}
		}
	default:
		tab := p.file.table(family, names[0], p.at(t))
		if p.peek().is("{") {
			p.next()
			p.statement(p.at(t), true)
			p.tableBlock(t, tab)
			return
		}
		p.rest()
	}
	p.statement(p.at(t), true)
}

// place finds the table and chain that a command names. One that no line
// before it makes leaves everything open: it has rules that are not here.
func (p *parser) place(t token, family string, names []string) (*table, *chain) {
	if len(names) == 2 {
		if tab := p.file.find(family, names[0]); tab != nil {
			if c := tab.chains[names[1]]; c != nil {
				return tab, c
			}
		}
	}
	p.rest()
	at := p.at(t)
	p.doubts(at, fmt.Sprintf("the chain that line %d changes, which is not in the file", at.Line),
		"line %d changes a chain that no line before it makes. Put the output of nft list ruleset before it.", at.Line)
	return nil, nil
}

func (p *parser) chainCommand(t token, verb string) {
	family, names := p.names(2)
	switch verb {
	case "flush", "delete", "destroy", "rename":
		if len(names) == 2 && (verb == "destroy" || verb == "delete") && p.file.find(family, names[0]) == nil {
			p.rest()
			p.statement(p.at(t), true)
			return
		}
		tab, c := p.place(t, family, names)
		if c == nil {
			return
		}
		switch verb {
		case "flush":
			c.rules = nil
		case "rename":
			p.rename(tab, c, p.next().text)
		default:
			delete(tab.chains, c.name)
			tab.order = slices.DeleteFunc(tab.order, func(n string) bool { return n == c.name })
		}
		p.rest()
		p.statement(p.at(t), true)
	default:
		if len(names) != 2 {
			p.strange(t)
			return
		}
		tab := p.file.table(family, names[0], p.at(t))
		p.chainBlock(t, tab, p.file.chain(tab, names[1], ir.At{Line: t.line + p.offset, Text: "chain " + names[1]}))
	}
}

func (p *parser) rename(t *table, c *chain, to string) {
	delete(t.chains, c.name)
	if i := slices.Index(t.order, c.name); i >= 0 {
		t.order[i] = to
	}
	c.name = to
	t.chains[to] = c
}

// where is where a rule goes: after the rule of a handle (position, handle),
// or at an index.
type where struct {
	given         bool
	handle, index int
}

func (p *parser) where() (w where) {
	for {
		t := p.peek()
		if t.kind != tWord || t.text != "position" && t.text != "handle" && t.text != "index" {
			return w
		}
		p.next()
		n, err := strconv.Atoi(p.next().text)
		if err != nil {
			n = -1
		}
		w = where{given: true, handle: -1, index: -1}
		if t.text == "index" {
			w.index = n
		} else {
			w.handle = n
		}
	}
}

// find is the index of the rule that is meant; -1 where it is not known.
func (w where) find(c *chain) int {
	if w.index >= 0 {
		if w.index < len(c.rules) {
			return w.index
		}
		return -1
	}
	return slices.IndexFunc(c.rules, func(r *rule) bool { return w.handle > 0 && r.handle == w.handle })
}

func (p *parser) ruleCommand(t token, verb string) {
	family, names := p.names(2)
	_, c := p.place(t, family, names)
	if c == nil {
		return
	}
	w := p.where()
	at := 0
	if w.given {
		if at = w.find(c); at < 0 {
			p.rest()
			p.doubts(p.at(t), fmt.Sprintf("the rule that line %d means, which is not known by its number here", t.line+p.offset),
				"line %d means a rule by a number that the file does not show. Export with nft -a list ruleset, which prints the numbers (handles).", t.line+p.offset)
			return
		}
	}
	switch verb {
	case "delete", "destroy":
		p.rest()
		if w.given {
			c.rules = slices.Delete(c.rules, at, at+1)
		}
		p.statement(p.at(t), true)
		return
	}
	r := p.rule(t)
	switch {
	case verb == "replace" && w.given:
		c.rules[at] = r
	case verb == "insert" && !w.given:
		c.rules = slices.Insert(c.rules, 0, r)
	case verb == "insert":
		c.rules = slices.Insert(c.rules, at, r)
	case w.given:
		c.rules = slices.Insert(c.rules, at+1, r)
	default:
		c.rules = append(c.rules, r)
	}
}

func (p *parser) setCommand(t token, verb string) {
	family, names := p.names(2)
	if len(names) != 2 {
		p.strange(t)
		return
	}
	tab := p.file.table(family, names[0], p.at(t))
	switch verb {
	case "delete", "destroy":
		delete(tab.sets, names[1])
	case "flush":
		if s := tab.sets[names[1]]; s != nil {
			s.elems = nil
		}
	default:
		if p.peek().is("{") {
			p.setBlock(t, tab, names[1])
			p.statement(p.at(t), true)
			return
		}
	}
	p.rest()
	p.statement(p.at(t), true)
}

func (p *parser) elementCommand(t token, verb string) {
	family, names := p.names(2)
	tab := p.file.find(family, first(names))
	if len(names) != 2 || tab == nil || tab.sets[names[1]] == nil {
		p.rest()
		p.doubts(p.at(t), fmt.Sprintf("the set that line %d changes, which is not in the file", t.line+p.offset),
			"line %d changes a set that no line before it makes. Put the output of nft list ruleset before it.", t.line+p.offset)
		return
	}
	s := tab.sets[names[1]]
	list := p.elements()
	switch verb {
	case "add", "create":
		s.elems = append(s.elems, list...)
	default:
		s.take(list)
	}
	p.rest()
	p.statement(p.at(t), true)
}

// take removes elements that are written as those given.
func (s *set) take(list []elem) {
	gone := map[string]bool{}
	for _, e := range list {
		gone[shown(e.key)] = true
	}
	was := len(s.elems)
	s.elems = slices.DeleteFunc(s.elems, func(e elem) bool { return gone[shown(e.key)] })
	if was-len(s.elems) != len(gone) {
		s.dynamic = true // not found as written: what is left is not known
	}
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}
