package nft

import (
	"fmt"
	"strings"

	"mxodus/steps/check/firewall/jsontree"
)

// stmt reads one statement of a rule.
func (j *jsonReader) stmt(o *jsontree.Node) stmt {
	if o.Kind != jsontree.Object || len(o.Keys) != 1 {
		return stmt{kind: sUnread, text: "a statement without one name"}
	}
	name, n := o.Keys[0], o.Kids[0]
	switch name {
	case "accept", "drop", "continue", "return":
		return stmt{kind: sVerdict, verdict: verdict{name: name}}
	case "reject":
		return stmt{kind: sVerdict, verdict: verdict{name: "drop"}}
	case "jump", "goto":
		return stmt{kind: sVerdict, verdict: verdict{name, n.Get("target").Str()}}
	case "queue":
		return stmt{kind: sVerdict, verdict: verdict{name: "queue"}}
	case "match":
		lhs, ok := j.selectors(n.Get("left"))
		if !ok {
			return stmt{kind: sUnread, text: "the left side of a comparison"}
		}
		return stmt{kind: sMatch, lhs: lhs, op: n.Get("op").Str(), rhs: j.value(n.Get("right"))}
	case "vmap":
		lhs, ok := j.selectors(n.Get("key"))
		if !ok {
			return stmt{kind: sUnread, text: "the key of a map"}
		}
		return stmt{kind: sVmap, lhs: lhs, rhs: j.value(n.Get("data"))}
	case "dnat", "snat", "masquerade", "redirect":
		return j.nat(name, n)
	case "notrack":
		return stmt{kind: sNoTrack}
	case "counter", "log", "flow", "dup", "last", "ct helper", "ct timeout", "ct expectation", "secmark", "comment":
		return stmt{}
	case "limit":
		return stmt{kind: sMaybe, text: "how many packets come in a time (limit)"}
	case "quota":
		return stmt{kind: sMaybe, text: "how much has passed already (quota)"}
	case "meter":
		return stmt{kind: sMaybe, text: "how many packets come in a time (meter)"}
	case "ct count":
		return stmt{kind: sMaybe, text: "how many connections are open (ct count)"}
	case "set":
		return j.setUpdate(n)
	case "mangle":
		lhs, _ := j.selectors(n.Get("key"))
		return change(selectors(lhs))
	case "xt":
		return xt(n.Get("type").Str(), n.Get("name").Str())
	}
	return stmt{kind: sUnread, text: fmt.Sprintf("%q", clip(name))}
}

func (j *jsonReader) setUpdate(n *jsontree.Node) stmt {
	for _, s := range n.Get("stmt").Items() {
		for _, k := range s.Keys {
			if k == "limit" || k == "quota" || k == "ct count" {
				return stmt{kind: sMaybe, text: "how many packets come in a time (limit)"}
			}
		}
	}
	return stmt{}
}

func (j *jsonReader) nat(name string, n *jsontree.Node) stmt {
	s := stmt{kind: sNAT, text: name, family: n.Get("family").Str()}
	if s.family == "inet" {
		s.family = ""
	}
	for _, part := range []struct {
		name string
		to   **value
	}{{"addr", &s.addr}, {"port", &s.port}} {
		if x := n.Get(part.name); x != nil {
			v := j.value(x)
			*part.to = &v
		}
	}
	return s
}

// selectors reads an expression on the left, a concatenation of them too.
func (j *jsonReader) selectors(n *jsontree.Node) ([]sel, bool) {
	if n == nil {
		return nil, false
	}
	if c := n.Get("concat"); c != nil {
		var out []sel
		for _, x := range c.Items() {
			s, ok := j.selector(x)
			if !ok {
				return nil, false
			}
			out = append(out, s)
		}
		return out, len(out) > 0
	}
	s, ok := j.selector(n)
	return []sel{s}, ok
}

func (j *jsonReader) selector(n *jsontree.Node) (sel, bool) {
	if n == nil || n.Kind != jsontree.Object || len(n.Keys) != 1 {
		return sel{}, false
	}
	name, x := n.Keys[0], n.Kids[0]
	switch name {
	case "&":
		parts := x.Items()
		if len(parts) != 2 {
			return sel{}, false
		}
		s, ok := j.selector(parts[0])
		v := j.value(parts[1])
		s.odd = s.odd || s.mask != nil
		s.mask = &v
		return s, ok
	case "|", "^", "<<", ">>":
		if parts := x.Items(); len(parts) > 0 {
			s, ok := j.selector(parts[0])
			s.odd = true
			return s, ok
		}
		return sel{}, false
	case "payload":
		if x.Get("protocol") == nil {
			return sel{key: "@" + x.Get("base").Str() + "," + x.Get("offset").Str() + "," + x.Get("len").Str()}, true
		}
		return sel{key: x.Get("protocol").Str() + " " + x.Get("field").Str()}, true
	case "meta", "rt", "socket", "osf", "ipsec":
		return sel{key: name + " " + x.Get("key").Str()}, true
	case "ct":
		return sel{key: strings.Join(strings.Fields("ct "+x.Get("dir").Str()+" "+x.Get("family").Str()+" "+x.Get("key").Str()), " ")}, true
	case "fib":
		return sel{key: "fib " + strings.Join(x.Get("flags").Strs(), " . ") + " " + x.Get("result").Str()}, true
	case "exthdr":
		key := x.Get("name").Str()
		if f := x.Get("field"); f != nil {
			return sel{key: key + " " + f.Str()}, true
		}
		return sel{key: "exthdr " + key}, true
	case "tcp option", "ip option", "sctp chunk", "dccp option":
		return sel{key: strings.TrimSpace(name + " " + x.Get("name").Str() + " " + x.Get("field").Str())}, true
	case "numgen", "jhash", "symhash":
		return sel{key: name}, true
	}
	return sel{}, false
}

// value reads an expression on the right.
func (j *jsonReader) value(n *jsontree.Node) value {
	switch {
	case n == nil || n.Kind == jsontree.Null:
		return unread("a value that is missing")
	case n.Kind == jsontree.List:
		var parts []value
		for _, x := range n.Kids {
			parts = append(parts, j.value(x))
		}
		return of(kList, parts...)
	case n.Kind == jsontree.Bool:
		if n.Text == "true" {
			return word("exists")
		}
		return word("missing")
	case n.Kind != jsontree.Object:
		if n.Kind == jsontree.String && strings.HasPrefix(n.Text, "@") {
			return value{kind: kRef, text: n.Text[1:]}
		}
		return word(n.Text)
	case len(n.Keys) != 1:
		return unread("a value without one name")
	}
	return j.named(n.Keys[0], n.Kids[0])
}

func (j *jsonReader) named(name string, x *jsontree.Node) value {
	parts := func() (out []value) {
		for _, k := range x.Items() {
			out = append(out, j.value(k))
		}
		return out
	}
	switch name {
	case "prefix":
		return word(x.Get("addr").Str() + "/" + x.Get("len").Str())
	case "range":
		if p := parts(); len(p) == 2 {
			return of(kRange, p...)
		}
	case "concat":
		return of(kConcat, parts()...)
	case "|":
		v := of(kList, flatBits(parts())...)
		v.or = true
		return v
	case "set":
		var list []elem
		for _, k := range x.Items() {
			list = append(list, j.elem(k))
		}
		return setOf(list)
	case "elem":
		return j.elem(&jsontree.Node{Kind: jsontree.Object, Keys: []string{name}, Kids: []*jsontree.Node{x}}).key
	case "map":
		keys, ok := j.selectors(x.Get("key"))
		if ok {
			return value{kind: kMap, more: &more{on: &lookup{keys: keys, in: j.value(x.Get("data"))}}}
		}
	}
	return unread(fmt.Sprintf("the expression %q, which is not read", clip(name)))
}

// flatBits joins a | (b | c).
func flatBits(list []value) []value {
	var out []value
	for _, v := range list {
		if v.kind == kList {
			out = append(out, flatBits(v.parts())...)
		} else {
			out = append(out, v)
		}
	}
	return out
}

// elem reads an element: a key, [key, data], or {"elem": {"val": key, ...}}.
func (j *jsonReader) elem(n *jsontree.Node) elem {
	if n == nil {
		return elem{key: unread("an element without a key")}
	}
	if n.Kind == jsontree.List && len(n.Kids) == 2 {
		e := j.elem(n.Kids[0])
		s := j.stmt(n.Kids[1])
		if n.Kids[1].Kind == jsontree.Object && s.kind == sVerdict {
			e.verdict = &s.verdict
			return e
		}
		v := j.value(n.Kids[1])
		e.data = &v
		return e
	}
	if x := n.Get("elem"); x != nil && len(n.Keys) == 1 {
		e := j.elem(x.Get("val"))
		for _, k := range x.Keys {
			switch k {
			case "timeout", "expires", "limit", "quota", "ct count":
				e.open = true
			}
		}
		return e
	}
	e := elem{key: j.value(n)}
	e.any = e.key.kind == kWord && e.key.text == "*"
	return e
}
