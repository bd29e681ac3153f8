package nft

import "mxodus/steps/check/firewall/ir"

// What is read from text and from JSON alike: tables of chains of rules, each
// rule a list of statements that are carried out from the left.

type kind uint8

// Kinds of values.
const (
	kWord   kind = iota // a word as it stands: address, port, name, lo-hi
	kRange              // parts: both ends
	kList               // parts: bits of a mask, joined by commas or |
	kMasked             // parts: value, mask
	kConcat             // parts joined by a dot
	kSet                // elems
	kRef                // text: the name of a set or map
	kMap                // on: what a map gives for the packet
	kUnread             // text: why
)

// value is what stands on the right of a comparison, in a set, or behind "to".
type value struct {
	kind kind
	or   bool // of kList: joined by |, so that the whole is one number
	text string
	more *more
}

type more struct {
	parts []value
	elems []elem
	on    *lookup
}

func (v value) parts() []value {
	if v.more == nil {
		return nil
	}
	return v.more.parts
}

func (v value) elems() []elem {
	if v.more == nil {
		return nil
	}
	return v.more.elems
}

func word(s string) value   { return value{text: s} }
func unread(s string) value { return value{kind: kUnread, text: s} }
func setOf(e []elem) value  { return value{kind: kSet, more: &more{elems: e}} }
func of(k kind, parts ...value) value {
	return value{kind: k, more: &more{parts: parts}}
}

// elem is an element of a set or a map. One that runs out, or that counts, is
// met perhaps.
type elem struct {
	key     value
	data    *value
	verdict *verdict
	any     bool // *
	open    bool
}

// lookup is a map asked for the packet at hand.
type lookup struct {
	keys []sel
	in   value
}

// sel names a part of the packet, its connection or its way: "ip saddr".
type sel struct {
	key  string
	mask *value // & value
	odd  bool   // put through arithmetic that is not read
}

type verdict struct{ name, target string }

type stmtKind uint8

// Kinds of statements.
const (
	sPass    stmtKind = iota // does nothing to whether the packet passes
	sMatch                   // lhs op rhs
	sVmap                    // lhs, rhs: a map of verdicts
	sVerdict                 // verdict
	sMaybe                   // text: on what it depends whether the rule goes on
	sNAT                     // text: dnat, redirect, snat, masquerade; addr, port
	sNoTrack                 //
	sMangle                  // text: what is changed
	sUnread                  // text: why it cannot be followed
)

type stmt struct {
	kind       stmtKind
	op         string // "", "in", "==", "!=", "!", "<", "<=", ">", ">="
	text       string
	lhs        []sel
	rhs        value
	verdict    verdict
	addr, port *value
	family     string // of sNAT: "ip", "ip6" or ""
}

// rule is one rule as written. One in doubt is not known at all.
type rule struct {
	at     ir.At
	stmts  []stmt
	handle int
	doubt  string
}

type chain struct {
	name   string
	at     ir.At
	base   bool
	typ    string // filter, nat, route
	hook   string
	prio   int
	devs   []string
	policy string // accept, drop
	polAt  ir.At
	order  int // of creation
	rules  []*rule
}

// set is a named set or map.
type set struct {
	name    string
	line    int
	dynamic bool // rules or time change it
	elems   []elem
}

type table struct {
	family  string
	name    string
	at      ir.At
	dormant bool
	chains  map[string]*chain
	order   []string
	sets    map[string]*set
}

func (t *table) label() string { return t.family + " " + t.name }

// file is all that was read.
type file struct {
	tables  []*table
	created int
	doubts  []doubt
}

// doubt is something that may change whatever the rules say.
type doubt struct {
	at  ir.At
	why string
}

var families = map[string]bool{"ip": true, "ip6": true, "inet": true, "arp": true, "bridge": true, "netdev": true}

func (f *file) find(family, name string) *table {
	for _, t := range f.tables {
		if t.family == family && t.name == name {
			return t
		}
	}
	return nil
}

func (f *file) table(family, name string, at ir.At) *table {
	if t := f.find(family, name); t != nil {
		return t
	}
	t := &table{family: family, name: name, at: at, chains: map[string]*chain{}, sets: map[string]*set{}}
	f.tables = append(f.tables, t)
	return t
}

func (f *file) chain(t *table, name string, at ir.At) *chain {
	if c := t.chains[name]; c != nil {
		return c
	}
	f.created++
	c := &chain{name: name, at: at, order: f.created}
	t.chains[name] = c
	t.order = append(t.order, name)
	return c
}
