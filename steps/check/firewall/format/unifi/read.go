package unifi

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// file gathers what the lists hold.
type file struct {
	set      *ir.Ruleset
	groups   map[string]*group
	networks map[string]*network
	rules    map[string][]*rule // by ruleset
	forwards []*jsontree.Node
	zoned    int // line of the first policy of the zone-based firewall; 0 for none
	broken   int // line at which the file breaks off; 0 where it does not
}

type group struct {
	name, kind string
	members    []string
	line       int

	addrs *objects.Addrs // what it holds, once a rule names it
	ports *ir.Ports
	read  bool // its ports are
}

type network struct {
	name    string
	subnet  netip.Prefix
	gateway netip.Addr
	guest   bool
	line    int
}

type rule struct {
	n     *jsontree.Node
	index int
	line  int
}

const maxProblems = 200

func (f *file) problem(line int, format string, args ...any) {
	if len(f.set.Problems) < maxProblems {
		f.set.Problems = append(f.set.Problems, ir.Problem{Line: line, Text: fmt.Sprintf(format, args...)})
	}
}

func (f *file) read(doc *source.Doc) {
	nodes, err := jsontree.Parse(strings.TrimPrefix(doc.Text, "\ufeff"))
	for _, n := range nodes {
		f.node(n, 0)
	}
	lines := doc.Lines()
	for _, l := range lines {
		f.set.Statements = append(f.set.Statements, ir.Statement{Line: l.Number, Text: l.Text, Known: err == nil})
	}
	if err != nil {
		f.broken = max(1, len(lines))
		f.problem(f.broken, "%s. Rules may be missing, so no answer is certain.", err)
	}
	for _, list := range f.rules {
		slices.SortStableFunc(list, func(a, b *rule) int { return cmp.Compare(band(a.index), band(b.index)) })
	}
}

// band is the place of a rule index: those that begin with 2 stand before the
// gateway's own rules, all others after them; within a band by number.
func band(index int) int {
	if before(index) {
		return index
	}
	return index + 1_000_000
}

func before(index int) bool { return strings.HasPrefix(strconv.Itoa(index), "2") }

// node finds what it knows in a value.
func (f *file) node(n *jsontree.Node, depth int) {
	if n == nil || depth > 8 {
		return
	}
	if n.Kind == jsontree.Object {
		switch {
		case n.Get("ruleset") != nil:
			index, _ := strconv.Atoi(n.Get("rule_index").Str())
			set := n.Get("ruleset").Str()
			f.rules[set] = append(f.rules[set], &rule{n, index, n.Line})
			return
		case n.Get("group_type") != nil:
			f.groups[n.Get("_id").Str()] = &group{name: n.Get("name").Str(), kind: n.Get("group_type").Str(), members: n.Get("group_members").Strs(), line: n.Line}
			return
		case n.Get("fwd") != nil && n.Get("dst_port") != nil:
			f.forwards = append(f.forwards, n)
			return
		case n.Get("create_allow_respond") != nil || n.Get("connection_state_type") != nil:
			if f.zoned == 0 {
				f.zoned = n.Line
			}
			return
		case n.Get("purpose") != nil:
			f.network(n)
			return
		}
	}
	for _, k := range n.Kids {
		f.node(k, depth+1)
	}
}

func (f *file) network(n *jsontree.Node) {
	x := &network{name: n.Get("name").Str(), line: n.Line, guest: n.Get("purpose").Str() == "guest"}
	if p, err := netip.ParsePrefix(n.Get("ip_subnet").Str()); err == nil {
		x.subnet, x.gateway = p.Masked(), p.Addr()
	}
	f.networks[n.Get("_id").Str()] = x
}
