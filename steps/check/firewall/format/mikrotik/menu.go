package mikrotik

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
)

// item is one entry of a menu with its properties.
type item struct {
	line  int
	text  string
	props map[string]string
	keys  []string // of props, in the order of the line
	doubt string   // why it is not known what it is or where it stands
	stray bool     // its place among the others is not known
}

func (it *item) get(key string) string { return it.props[key] }

func (it *item) set(key, value string) {
	if _, has := it.props[key]; !has {
		it.keys = append(it.keys, key)
	}
	it.props[key] = value
}

func (it *item) disabled() bool { return truth(it.props["disabled"]) }

func truth(v string) bool { return v == "yes" || v == "true" }

// menu is a list of items, or one item where a menu has settings alone.
type menu struct {
	items    []*item
	settings *item
	doubts   []*item // commands that may have changed any item
	work     int     // spent on searching and inserting
}

// maxWork bounds what searching and inserting may cost in one menu; scripts
// that need more are not followed.
const maxWork = 50_000_000

func (m *menu) spend(n int) bool {
	m.work += n
	return m.work <= maxWork
}

// commands that can stand after a path.
var verbs = map[string]bool{
	"add": true, "set": true, "remove": true, "move": true, "enable": true, "disable": true, "unset": true, "comment": true,
	"print": true, "export": true, "find": true, "edit": true, "get": true, "reset-counters": true, "reset-counters-all": true,
}

// harmless verbs change nothing.
var harmless = map[string]bool{
	"print": true, "export": true, "find": true, "get": true, "reset-counters": true, "reset-counters-all": true, "comment": true,
}

// reader gathers the menus of a file.
type reader struct {
	set      *ir.Ruleset
	menus    map[string]*menu
	path     string // of the menu at hand
	control  int    // line of the first condition or loop around commands; 0 for none
	inactive string // what a comment right before a command says of it
}

func (r *reader) menu(path string) *menu {
	m := r.menus[path]
	if m == nil {
		m = &menu{}
		r.menus[path] = m
	}
	return m
}

// maxProblems bounds what is said of one file.
const maxProblems = 200

func (r *reader) problem(line int, format string, args ...any) {
	if len(r.set.Problems) < maxProblems {
		r.set.Problems = append(r.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
	}
}

func (r *reader) keep(line int, text string, known bool) {
	r.set.Statements = append(r.set.Statements, ir.Statement{Line: line, Text: text, Known: known})
}

// command reads one command and what follows it after a semicolon.
func (r *reader) command(l logical) {
	text := strings.TrimSpace(l.text)
	if text == "" {
		return
	}
	if text[0] == '#' {
		r.inactive = ""
		if strings.Contains(text, "matcher not possible") || strings.Contains(text, "no interface") {
			r.inactive = strings.TrimSpace(strings.TrimPrefix(text, "#"))
		}
		r.keep(l.line, text, true)
		return
	}
	known := true
	for rest := text; strings.TrimSpace(rest) != ""; {
		list, after, closed := words(rest)
		known = r.one(l.line, text, list, closed) && known
		rest = after
	}
	r.inactive = ""
	r.keep(l.line, text, known)
}

// one carries out one command; false when its meaning is not known.
func (r *reader) one(line int, text string, list []word, closed bool) bool {
	for len(list) > 0 && list[0].key == "" && (list[0].text == "{" || list[0].text == "}") {
		list = list[1:]
	}
	if len(list) == 0 {
		return true
	}
	first := list[0].text
	if list[0].key == "" && strings.HasPrefix(first, ":") || strings.HasPrefix(first, "}") {
		return r.script(line, first)
	}
	path, verb, args := r.split(list)
	if verb == "" {
		if len(args) > 0 || firewallMenu(path) && !knownMenu(path) {
			if !knownMenu(path) {
				path = r.path
			}
			r.unknown(line, text, path)
			return false
		}
		r.path = path
		return true
	}
	if !closed {
		r.unknown(line, text, path)
		return false
	}
	return r.carryOut(line, text, path, verb, args)
}

// script reads a command of the scripting language. Conditions and loops leave
// open which commands were carried out.
func (r *reader) script(line int, first string) bool {
	switch first {
	case ":put", ":log", ":delay", ":local", ":global", ":set", ":beep", ":error", "}":
		return true
	}
	if r.control == 0 {
		r.control = line
		r.problem(line, "line %d is a script with conditions or loops; which of its commands were carried out is not in the file. Give the output of /export instead.", line)
	}
	return false
}

// split takes the path and the verb off a command. The path is that of the
// command, or of the menu at hand.
func (r *reader) split(list []word) (path, verb string, args []word) {
	path = r.path
	for i, w := range list {
		switch {
		case w.key != "" || w.quoted || strings.HasPrefix(w.text, "["):
			return path, "", list[i:]
		case verbs[w.text]:
			return path, w.text, list[i+1:]
		case w.text == "..":
			path = path[:max(0, strings.LastIndex(path, " "))]
		case w.text == "{":
			return path, "", nil
		case strings.HasPrefix(w.text, "/"):
			path = strings.ReplaceAll(strings.Trim(w.text, "/"), "/", " ")
			if at := strings.LastIndex(path, " "); at > 0 && verbs[path[at+1:]] {
				return path[:at], path[at+1:], list[i+1:] // /ip/firewall/filter/add
			}
		default:
			path = strings.TrimSpace(path + " " + strings.ReplaceAll(w.text, "/", " "))
		}
		if len(path) > 200 {
			return "", "", list[i:]
		}
	}
	return path, "", nil
}

// unknown keeps a command that could not be read. In a menu of the firewall it
// may have done anything.
func (r *reader) unknown(line int, text, path string) {
	if !firewallMenu(path) {
		return
	}
	r.problem(line, "line %d could not be read in menu /%s: expected a command such as add chain=forward action=accept. What it was to do is not known; export the rules again.", line, path)
	m := r.menu(path)
	m.doubts = append(m.doubts, &item{line: line, text: text, doubt: fmt.Sprintf("line %d, which could not be read", line)})
}

// knownMenu reports a menu of the firewall that RouterOS has.
func knownMenu(path string) bool {
	_, sub, _ := strings.Cut(path, "firewall")
	switch strings.TrimSpace(sub) {
	case "", "filter", "nat", "raw", "mangle", "address-list", "layer7-protocol", "service-port", "connection", "connection tracking", "calea":
		return true
	}
	return false
}

func firewallMenu(path string) bool {
	return strings.HasPrefix(path, "ip firewall") || strings.HasPrefix(path, "ipv6 firewall")
}

func (r *reader) carryOut(line int, text, path, verb string, args []word) bool {
	m := r.menu(path)
	if harmless[verb] {
		return true
	}
	if verb == "add" {
		r.add(m, line, text, args)
		return true
	}
	targets, all, ok := m.targets(args)
	if !ok {
		if verb == "set" && len(m.items) == 0 || !firewallMenu(path) {
			m.apply(line, text, args)
			return true
		}
		r.problem(line, "line %d changes an entry of /%s that cannot be told from the file; what it changed is not known. Give the output of /export instead.", line, path)
		m.doubts = append(m.doubts, &item{line: line, text: text, doubt: fmt.Sprintf("line %d, which changes an entry that cannot be told from the file", line)})
		return false
	}
	switch verb {
	case "remove":
		if all {
			m.items = nil
		} else {
			gone := make(map[*item]bool, len(targets))
			for _, it := range targets {
				gone[it] = true
			}
			m.items = slices.DeleteFunc(m.items, func(it *item) bool { return gone[it] })
		}
	case "enable", "disable":
		for _, it := range targets {
			it.set("disabled", map[string]string{"enable": "no", "disable": "yes"}[verb])
		}
	case "set", "unset":
		for _, it := range targets {
			it.assign(args)
		}
	default:
		for _, it := range targets {
			it.stray = true
		}
	}
	return true
}

// apply keeps settings, and what is set of an entry that the file does not add,
// such as an interface that was there from the start.
func (m *menu) apply(line int, text string, args []word) {
	it := &item{line: line, text: text, props: map[string]string{}}
	it.assign(args)
	for _, w := range args {
		if w.key == "" && strings.HasPrefix(w.text, "[") {
			for _, c := range conditions(w.text) {
				if c.key == "default-name" && it.get("name") == "" {
					it.set("name", c.text)
				}
			}
			m.items = append(m.items, it)
			return
		}
		if w.key == "" && !strings.HasPrefix(w.text, "!") {
			if it.get("name") == "" {
				it.set("name", w.text)
			}
			m.items = append(m.items, it)
			return
		}
	}
	if m.settings == nil {
		m.settings = it
		return
	}
	m.settings.assign(args)
}

func (it *item) assign(args []word) {
	for _, w := range args {
		switch {
		case w.eq == "=" && w.key != "numbers":
			it.set(w.key, w.text)
		case w.key == "" && strings.HasPrefix(w.text, "!"):
			delete(it.props, w.text[1:])
			it.keys = slices.DeleteFunc(it.keys, func(k string) bool { return k == w.text[1:] })
		}
	}
}

func (r *reader) add(m *menu, line int, text string, args []word) {
	it := &item{line: line, text: text, props: make(map[string]string, len(args))}
	it.assign(args)
	if r.inactive != "" {
		it.doubt = fmt.Sprintf("what the router says of line %d: %s", line, r.inactive)
	}
	if r.control > 0 {
		it.doubt = fmt.Sprintf("the script around it (line %d), which has conditions or loops", r.control)
	}
	for _, w := range args {
		if w.key == "" && !strings.HasPrefix(w.text, "!") && w.text != "{" && w.text != "}" {
			it.doubt = fmt.Sprintf("%q in line %d, which is no property", w.text, line)
		}
	}
	before, placed := it.props["place-before"]
	delete(it.props, "place-before")
	it.keys = slices.DeleteFunc(it.keys, func(k string) bool { return k == "place-before" })
	if !placed {
		m.items = append(m.items, it)
		return
	}
	at, ok := m.index(before)
	if !ok || !m.spend(len(m.items)/16) {
		it.stray = true
		m.items = append(m.items, it)
		return
	}
	m.items = slices.Insert(m.items, at, it)
}

// index finds the place that place-before names.
func (m *menu) index(v string) (int, bool) {
	if n, err := strconv.Atoi(v); err == nil && n >= 0 && (n < len(m.items) || n == 0) {
		return n, true
	}
	if strings.HasPrefix(v, "[") {
		found, ok := m.find(v)
		if ok && len(found) > 0 {
			return slices.Index(m.items, found[0]), true
		}
	}
	return 0, false
}

// targets lists the items that the unnamed part of a command names.
func (m *menu) targets(args []word) (list []*item, all, ok bool) {
	for _, w := range args {
		v := w.text
		switch {
		case w.key == "numbers":
		case w.key != "" || strings.HasPrefix(v, "!"):
			continue
		}
		if strings.HasPrefix(v, "[") {
			found, known := m.find(v)
			return found, len(conditions(v)) == 0, known
		}
		for _, n := range strings.Split(v, ",") {
			it := m.named(n)
			if it == nil {
				return nil, false, false
			}
			list = append(list, it)
		}
		return list, false, true
	}
	return nil, false, false
}

func (m *menu) named(v string) *item {
	if n, err := strconv.Atoi(v); err == nil {
		if n < 0 || n >= len(m.items) {
			return nil
		}
		return m.items[n]
	}
	if !m.spend(len(m.items)) {
		return nil
	}
	for _, it := range m.items {
		if it.get("name") == v && v != "" {
			return it
		}
	}
	return nil
}

// conditions are those of a [find ...] expression.
func conditions(v string) []word {
	inner := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(v, "["), "]"))
	inner = strings.TrimPrefix(strings.TrimSpace(inner), "/")
	list, _, _ := words(inner)
	var out []word
	for i, w := range list {
		if w.key == "" && (w.text == "where" || w.text == "and" || w.text == "&&" || w.text == "find" || i == 0 && strings.HasSuffix(w.text, "find")) {
			continue
		}
		out = append(out, w)
	}
	return out
}

// find evaluates [find ...]; false when a condition is not understood.
func (m *menu) find(v string) ([]*item, bool) {
	conds := conditions(v)
	if !m.spend(len(m.items) * (1 + len(conds))) {
		return nil, false
	}
	for _, c := range conds {
		if c.key == "" && c.text != "!dynamic" || strings.HasPrefix(c.text, "$") || strings.HasPrefix(c.text, "(") || strings.ContainsAny(c.key, "!<>") {
			return nil, false
		}
	}
	var out []*item
	for _, it := range m.items {
		fits := true
		for _, c := range conds {
			switch {
			case c.key == "" || c.key == "dynamic" || c.key == "default":
				fits = fits && c.key != "default"
			case c.key == "disabled":
				fits = fits && it.disabled() == truth(c.text)
			case c.eq == "~":
				part := strings.Trim(c.text, "^$")
				if strings.ContainsAny(part, `.*+?[]()|\`) {
					return nil, false
				}
				has := it.get(c.key)
				fits = fits && strings.Contains(has, part) &&
					(!strings.HasPrefix(c.text, "^") || strings.HasPrefix(has, part)) &&
					(!strings.HasSuffix(c.text, "$") || strings.HasSuffix(has, part))
			default:
				fits = fits && it.get(c.key) == c.text
			}
		}
		if fits {
			out = append(out, it)
		}
	}
	return out, true
}
