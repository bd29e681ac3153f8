package pf

import (
	"fmt"
	"slices"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
)

// tableDef is a table as the file defines it.
type tableDef struct {
	name   string
	line   int
	lists  [][]token
	unsure string // why its content is not all in the file
	seen   bool   // being read
	value  []host
}

// define reads a table statement.
func (r *reader) define(s statement) bool {
	t := r.expand(s.tokens)
	if len(t) < 2 || t[1].kind != table {
		return false
	}
	def := &tableDef{name: t[1].text, line: s.line}
	filled, file := false, ""
	for i := 2; i < len(t); i++ {
		switch {
		case t[i].is("{"):
			end := i + 1
			for end < len(t) && !t[end].is("}") {
				end++
			}
			def.lists, filled, i = append(def.lists, t[i+1:end]), true, end
		case t[i].is("file") && i+1 < len(t):
			i++
			file = t[i].text
		}
	}
	switch old := r.tables[def.name]; {
	case file != "":
		def.unsure = fmt.Sprintf("the table <%s>, whose content is in the file %s; put it in as: table <%s> { ... }", def.name, file, def.name)
	case filled || old != nil && old.unsure == "":
	default:
		def.unsure = fmt.Sprintf("the table <%s> (line %d), which is filled while the firewall runs; put its content in as: table <%s> { ... }", def.name, s.line, def.name)
	}
	if old := r.tables[def.name]; old != nil {
		def.lists = slices.Concat(old.lists, def.lists)
		if old.unsure == "" || def.unsure == "" {
			def.unsure = "" // the content was given beside
		}
		def.line = old.line
	}
	r.tables[def.name] = def
	return true
}

// read makes the set of a table: of several networks that hold an address the
// longest decides, and one with an exclamation mark says no.
func (t *tableDef) read(r *reader) []host {
	var list []objects.Entry
	var out []host
	why := t.unsure
	for _, tokens := range t.lists {
		p := &parser{r: r, t: tokens}
		for !p.done() {
			if p.take(",") {
				continue
			}
			not := p.take("!")
			for _, h := range p.host("") {
				switch {
				case h.set == nil && h.local == ir.Either && len(h.maybe) > 0:
					why = h.maybe[0]
				case h.set == nil:
					out = append(out, h)
				case h.set.Not:
					why = fmt.Sprintf("the table <%s>, which excludes something in a way that is not read", t.name)
				default:
					for _, x := range h.set.Ranges {
						list = append(list, objects.Entry{Range: x, Not: not})
					}
				}
			}
		}
	}
	if ranges := objects.Longest(list); len(ranges) > 0 {
		out = append(out, host{set: &ir.Addrs{Ranges: ranges}})
	}
	if why != "" {
		out = append(out, host{maybe: []string{why}})
	}
	if out == nil {
		return []host{}
	}
	return out
}
