package nft

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
)

// jsonReader reads what nft -j prints (libnftables-json(5)) into the same
// tables as the text.
type jsonReader struct {
	p *parser
}

// splitJSON is the JSON at the head of a text, and what stands after it.
func splitJSON(text string) (head, after string) {
	dec := json.NewDecoder(strings.NewReader(text))
	var raw json.RawMessage
	end := 0
	for dec.Decode(&raw) == nil {
		end = int(dec.InputOffset())
	}
	if end == 0 {
		return text, ""
	}
	return text[:end], text[end:]
}

// read takes all objects of all lists.
func (j *jsonReader) read(text string) {
	nodes, err := jsontree.Parse(text)
	for _, n := range nodes {
		list := n.Get("nftables")
		if list == nil {
			j.doubt(n, "the JSON has no member \"nftables\"")
			continue
		}
		for _, o := range list.Items() {
			j.object(o)
		}
	}
	if err != nil {
		at := ir.At{Line: max(1, strings.Count(text, "\n")), Text: "(the JSON breaks off)"}
		j.p.doubts(at, "the rest of the file, which breaks off", "%s. Until then nothing is decided.", err)
	}
}

func (j *jsonReader) doubt(n *jsontree.Node, what string) {
	at := ir.At{Line: n.Line, Text: what}
	j.p.doubts(at, fmt.Sprintf("line %d, which could not be read", n.Line), "line %d: %s; what it was to do is not known, so nothing is decided.", n.Line, what)
}

// object reads one member of the list: {"rule": {...}}, or a command such as
// {"add": {"rule": {...}}}.
func (j *jsonReader) object(o *jsontree.Node) {
	if o.Kind != jsontree.Object || len(o.Keys) != 1 {
		j.doubt(o, "an object that has not one member")
		return
	}
	name, n := o.Keys[0], o.Kids[0]
	at := ir.At{Line: o.Line, Text: name + " " + strings.TrimSpace(n.Get("name").Str()+" "+n.Get("chain").Str())}
	switch name {
	case "metainfo":
	case "add", "create", "insert":
		if n.Kind == jsontree.Object && len(n.Keys) == 1 {
			j.add(n.Keys[0], n.Kids[0], name == "insert")
			return
		}
		j.doubt(o, "a command without an object")
		return
	case "flush":
		if n.Get("ruleset") == nil {
			j.doubt(o, "a command that empties a part of the rules")
			return
		}
		j.p.file.tables = nil
	case "delete", "destroy", "replace", "rename":
		j.doubt(o, fmt.Sprintf("the command %q", name))
		return
	case "reset", "list":
	default:
		j.add(name, n, false)
		return
	}
	j.p.statement(at, true)
}

func (j *jsonReader) add(name string, n *jsontree.Node, insert bool) {
	f := j.p.file
	family, tab := n.Get("family").Str(), n.Get("table").Str()
	at := ir.At{Line: n.Line, Text: strings.TrimSpace(name + " " + family + " " + tab + " " + n.Get("name").Str())}
	known := true
	switch name {
	case "table":
		t := f.table(family, n.Get("name").Str(), at)
		for _, s := range n.Get("flags").Strs() {
			t.dormant = t.dormant || s == "dormant"
		}
	case "chain":
		j.chain(f.chain(f.table(family, tab, at), n.Get("name").Str(), at), n)
	case "rule":
		j.rule(n, family, tab, insert)
		return
	case "set", "map":
		s := &set{name: n.Get("name").Str(), line: n.Line, dynamic: n.Get("timeout") != nil}
		for _, fl := range n.Get("flags").Strs() {
			s.dynamic = s.dynamic || fl == "dynamic"
		}
		for _, e := range n.Get("elem").Items() {
			s.elems = append(s.elems, j.elem(e))
		}
		f.table(family, tab, at).sets[s.name] = s
	case "element":
		s := f.table(family, tab, at).sets[n.Get("name").Str()]
		if s == nil {
			j.doubt(n, fmt.Sprintf("the set %q is not in the file", n.Get("name").Str()))
			return
		}
		for _, e := range n.Get("elem").Items() {
			s.elems = append(s.elems, j.elem(e))
		}
	case "flowtable", "counter", "quota", "limit", "ct helper", "ct timeout", "ct expectation", "secmark", "synproxy":
	default:
		j.doubt(n, fmt.Sprintf("an object %q", name))
		return
	}
	j.p.statement(at, known)
}

func (j *jsonReader) chain(c *chain, n *jsontree.Node) {
	hook := n.Get("hook")
	if hook == nil {
		return
	}
	c.base, c.typ, c.hook, c.policy = true, n.Get("type").Str(), hook.Str(), n.Get("policy").Str()
	prio := n.Get("prio").Str()
	c.devs = n.Get("dev").Strs()
	c.at.Text = fmt.Sprintf("chain %s { type %s hook %s priority %s", c.name, c.typ, c.hook, prio)
	c.polAt = ir.At{Line: n.Line, Text: "policy " + c.policy}
	if line := n.Get("policy"); line != nil {
		c.polAt.Line = line.Line
	}
	ok := true
	if c.prio, ok = priority(prio, c.hook); !ok {
		j.doubt(n, fmt.Sprintf("the priority %q could not be read", clip(prio)))
	}
}

func (j *jsonReader) rule(n *jsontree.Node, family, tab string, insert bool) {
	f := j.p.file
	at := ir.At{Line: n.Line}
	name := n.Get("chain").Str()
	t := f.table(family, tab, at)
	if t.chains[name] == nil {
		j.doubt(n, fmt.Sprintf("the chain %q is not in the file", name))
		return
	}
	r := &rule{}
	r.handle, _ = strconv.Atoi(n.Get("handle").Str())
	known := true
	for _, x := range n.Get("expr").Items() {
		s := j.stmt(x)
		r.stmts = append(r.stmts, s)
		if s.kind == sUnread {
			known = false
			j.p.problem(n.Line, "line %d: %s is not read; what reaches this rule cannot be decided.", n.Line, s.text)
			r.stmts[len(r.stmts)-1].text = fmt.Sprintf("the rule in line %d, of which %s is not read", n.Line, s.text)
			break
		}
	}
	at.Text = gist(t.label()+" "+name, r, n.Get("comment").Str())
	r.at = at
	j.p.set.Rules++
	j.p.statement(at, known)
	c := t.chains[name]
	if insert {
		c.rules = append([]*rule{r}, c.rules...)
		return
	}
	c.rules = append(c.rules, r)
}

// gist is a rule in the words of the text form.
func gist(place string, r *rule, comment string) string {
	var out []string
	for _, s := range r.stmts {
		out = append(out, s.gist())
	}
	text := strings.Join(strings.Fields(strings.Join(out, " ")), " ")
	if comment != "" {
		text += fmt.Sprintf(" comment %q", comment)
	}
	if len(text) > maxShown {
		text = strings.ToValidUTF8(text[:maxShown], "")
	}
	if r.handle > 0 {
		return fmt.Sprintf("%s: %s # handle %d", place, text, r.handle)
	}
	return place + ": " + text
}

func (s stmt) gist() string {
	switch s.kind {
	case sMatch:
		op := s.op
		if op == "==" || op == "in" {
			op = ""
		}
		return selectors(s.lhs) + " " + op + " " + shown(s.rhs)
	case sVmap:
		return selectors(s.lhs) + " vmap " + shown(s.rhs)
	case sVerdict:
		return s.verdict.name + " " + s.verdict.target
	case sNoTrack:
		return "notrack"
	case sNAT:
		out := s.text
		if s.addr != nil || s.port != nil {
			out += " to "
		}
		if s.addr != nil {
			out += shown(*s.addr)
		}
		if s.port != nil {
			out += ":" + shown(*s.port)
		}
		return out
	case sMangle:
		return s.text + " set ..."
	case sMaybe, sUnread:
		return "(" + s.text + ")"
	}
	return ""
}
