package asa

import (
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
)

// acl is an access list as written.
type acl struct {
	name    string
	line    int
	six     bool // ipv6 access-list, before 9.0
	entries []*entry
	l7      map[string]string // rule-id to the name of an application rule (FTD)
	first   int               // the number of the first entry of a listing
	indent  int               // of the entry before
	num     int               // its number in a listing
	work    cisco.Work
}

// entry is one line of an access list, in its place.
type entry struct {
	line     int
	text     string
	words    []string // from the action on
	remark   bool
	parts    []*entry // what a listing shows its groups to hold
	advanced bool
}

func (r *reader) list(name string, line int) *acl {
	a := r.acls[name]
	if a == nil {
		a = &acl{name: name, line: line, l7: map[string]string{}}
		r.acls[name] = a
		r.aclNames = append(r.aclNames, name)
	}
	return a
}

// accessList reads access-list NAME [line N] [extended] permit ...
func (r *reader) accessList(l *cisco.Line) bool {
	w := l.Words
	if len(w) < 3 {
		return false
	}
	switch name := w[1]; {
	case name == "cached" || name == "mode" || name == "alert-interval" || name == "deny-flow-max":
		return true
	case strings.HasSuffix(name, ";"):
		r.list(strings.TrimSuffix(name, ";"), l.Number)
		return true
	default:
		return r.entry(name, w[2:], l, false)
	}
}

// entry reads what stands behind the name of a list.
func (r *reader) entry(name string, w []string, l *cisco.Line, six bool) bool {
	num := 0
	if w[0] == "line" && len(w) > 2 {
		n, err := strconv.Atoi(w[1])
		if err != nil || n < 1 {
			r.Problem(l.Number, "expected a number of a line, came %q; the entry is taken to stand at the end.", w[1])
			n = 0
		}
		num, w = n, w[2:]
	}
	if len(w) == 0 {
		return false
	}
	e := &entry{line: l.Number, text: l.Text}
	switch w[0] {
	case "standard", "ethertype", "webtype":
		return true // not asked about packets that pass from interface to interface
	case "remark":
		e.remark = true
	case "extended":
		w = w[1:]
	case "advanced":
		e.advanced, w = true, w[1:]
	}
	a := r.list(name, l.Number)
	a.six = a.six || six
	e.words = w
	if e.remark {
		a.application(w)
	} else if len(w) < 2 || w[0] != "permit" && w[0] != "deny" && w[0] != "trust" {
		return false
	}
	a.place(e, num, l)
	return true
}

// application notes remarks such as "rule-id 268434433: L7 RULE: Rule1".
func (a *acl) application(w []string) {
	if len(w) >= 5 && w[1] == "rule-id" && w[3] == "L7" && w[4] == "RULE:" {
		a.l7[strings.TrimSuffix(w[2], ":")] = strings.Join(w[5:], " ")
	}
}

// place puts an entry at its number. In a listing, one with the number of the
// entry before is a part of that.
func (a *acl) place(e *entry, num int, l *cisco.Line) {
	listed := num > 0 && (l.Indent > 0 || strings.Contains(l.Text, "(hitcnt=") || strings.Contains(l.Text, " 0x"))
	defer func() { a.num, a.indent = num, l.Indent }()
	n := len(a.entries)
	if listed && num == a.num && n > 0 && (l.Indent > a.indent || l.Indent == a.indent && l.Indent > 0 || strings.Contains(l.Text, "(hitcnt=")) {
		top := a.entries[n-1]
		top.parts = append(top.parts, e)
		return
	}
	if listed && n == 0 {
		a.first = num
	}
	if at := num - 1; num > 0 && !listed && at < n {
		if a.work.May(len(a.entries), e.line) {
			a.entries = slices.Insert(a.entries, at, e)
		}
		return
	}
	a.entries = append(a.entries, e)
}

// accessGroup reads access-group LIST in interface outside, or global.
func (r *reader) accessGroup(l *cisco.Line) bool {
	w := l.Words
	b := binding{line: l.Number, text: l.Text}
	switch {
	case len(w) >= 3 && w[2] == "global":
		b.acl, b.dir = w[1], "global"
	case len(w) >= 5 && w[3] == "interface" && (w[2] == "in" || w[2] == "out"):
		b.acl, b.dir, b.iface = w[1], w[2], w[4]
		r.iface(w[4], l.Number)
	default:
		r.Problem(l.Number, "expected access-group LIST in interface NAME, out, or global, came %q; which packets the list is asked about is not known.", l.Text)
		r.Doubt(l.At(), "line "+strconv.Itoa(l.Number)+" (access-group), which could not be read")
		return false
	}
	if slices.Contains(w, "control-plane") {
		b.dir = "control"
	}
	r.bound = slices.DeleteFunc(r.bound, func(x binding) bool { // the later one takes the place of the earlier
		return x.dir == b.dir && x.iface == b.iface && r.sixOf(x.acl) == r.sixOf(b.acl)
	})
	r.bound = append(r.bound, b)
	return true
}

func (r *reader) sixOf(name string) bool { return r.acls[name] != nil && r.acls[name].six }

// negated carries out no access-list, no access-group and no object-group.
func (r *reader) negated(l *cisco.Line) bool {
	w := l.Words[1:]
	if len(w) < 2 {
		return true
	}
	switch w[0] {
	case "access-list":
		r.remove(w[1], w[2:], l.Number)
	case "access-group":
		dir, name := "", ""
		if len(w) >= 5 {
			dir, name = w[2], w[4]
		} else if len(w) >= 3 {
			dir = w[2]
		}
		r.bound = slices.DeleteFunc(r.bound, func(b binding) bool { return b.acl == w[1] && b.dir == dir && b.iface == name })
	case "object-group", "object":
		if len(w) >= 3 && w[1] == "network" {
			r.Nets.Delete(w[2])
		} else if len(w) >= 3 {
			delete(r.services, w[2])
		}
	case "same-security-traffic":
		r.inter = r.inter && w[len(w)-1] != "inter-interface"
		r.intra = r.intra && w[len(w)-1] != "intra-interface"
	case "nat-control":
		r.natctl = ir.At{}
	case "inspect", "fixup", "service-policy":
		r.uninspect(w)
	}
	return true
}

// remove takes an entry out of a list, or the whole list.
func (r *reader) remove(name string, w []string, line int) {
	a := r.acls[name]
	if a == nil {
		return
	}
	if len(w) >= 2 && w[0] == "line" {
		w = w[2:]
	}
	if len(w) == 0 {
		r.forget(name)
		return
	}
	if w[0] == "extended" {
		w = w[1:]
	}
	if !a.work.May(len(a.entries), line) {
		return
	}
	for i, e := range a.entries {
		if slices.Equal(e.words, w) {
			a.entries = slices.Delete(a.entries, i, i+1)
			break
		}
	}
	if !slices.ContainsFunc(a.entries, func(e *entry) bool { return !e.remark }) {
		r.forget(name)
	}
}

// forget takes a list away, and with it what applies it: the device applies no
// list that has no entry left (command reference, access-group).
func (r *reader) forget(name string) {
	delete(r.acls, name)
	r.aclNames = slices.DeleteFunc(r.aclNames, func(n string) bool { return n == name })
	r.bound = slices.DeleteFunc(r.bound, func(b binding) bool { return b.acl == name })
}

// clear carries out clear configure access-list NAME.
func (r *reader) clear(l *cisco.Line) bool {
	if w := l.Words; len(w) == 4 && w[1] == "configure" && w[2] == "access-list" {
		r.remove(w[3], nil, l.Number)
	}
	return true
}

// rules counts the entries that decide, as the device does.
func (r *reader) rules() int {
	n := 0
	for _, name := range r.aclNames {
		for _, e := range r.acls[name].entries {
			if !e.remark {
				n++
			}
		}
	}
	return n
}
