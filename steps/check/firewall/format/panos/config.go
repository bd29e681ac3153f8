package panos

import (
	"fmt"

	"mxodus/steps/check/firewall/format/setcmd"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/wordtree"
)

// system is one virtual system, device group or shared gateway: a list of
// rules over zones.
type system struct {
	name     string
	prefix   string // what commands that change it begin with, such as "vsys vsys1 "
	scope    *scope
	zones    []*zone
	security []*ruleRef
	nat      []*ruleRef
	pbf      []*ruleRef
	defaults []*wordtree.Node // lists of default-security-rules, the nearest first
	gateway  bool             // a shared gateway: no security rules, all passes
	group    bool             // a device group
}

// ruleRef is one rule and where it stands.
type ruleRef struct {
	*wordtree.Node
	scope *scope
	from  string // "" for a rule of the firewall itself, else "pre-rulebase of device group X"
}

// config is a whole configuration.
type config struct {
	systems  []*system
	net      network
	store    *store
	unread   []wordtree.Stray
	managed  bool // by Panorama: parts may stand elsewhere
	notes    []string
	problems []ir.Problem
	dnat     bool // some destination is translated
	ports    bool // some destination port is
	unknown  map[int]bool
	netNode  *wordtree.Node
}

// newConfig finds the virtual systems or device groups of a tree.
func newConfig(l *loaded) *config {
	c := &config{store: newStore(), unread: l.unread, notes: l.notes, problems: l.problems, unknown: map[int]bool{}}
	root := l.root
	shared := &scope{name: "shared", node: root.Kid("shared")}
	pushed := root.At("policy", "panorama")
	outer := shared
	if pushed != nil {
		c.managed = len(pushed.Kids) > 0
		outer = &scope{name: "panorama", node: pushed, around: shared}
	}
	for _, v := range root.Kid("vsys").Live() {
		c.addSystem(root, v, outer, pushed)
	}
	c.netNode = root.Kid("network")
	for _, g := range c.netNode.Kid("shared-gateway").Live() {
		s := &system{name: g.Name, gateway: true, scope: &scope{name: g.Name, node: g, around: outer}}
		readZones(s, g)
		s.zones = append(s.zones, &zone{name: g.Name, system: s, line: g.Line, members: g.At("import", "network", "interface").Names()})
		if len(s.zones[len(s.zones)-1].members) > 0 {
			c.systems = append(c.systems, s)
		}
	}
	if root.Has("device-group") || root.Has("template") {
		c.panorama(root, shared)
	}
	for _, s := range c.systems {
		c.store.fill(s.scope)
		c.translates(s)
	}
	c.readNetwork(c.netNode)
	return c
}

func (c *config) addSystem(root, v *wordtree.Node, outer *scope, pushed *wordtree.Node) {
	s := &system{name: v.Name, scope: &scope{name: v.Name, node: v, around: outer}}
	if len(root.Kid("vsys").Live()) > 1 {
		s.prefix = "vsys " + setcmd.Quote(v.Name) + " "
	}
	readZones(s, v)
	s.collect(pushed.Kid("pre-rulebase"), outer, "pre-rules of Panorama")
	s.collect(v.Kid("rulebase"), s.scope, "")
	s.collect(pushed.Kid("post-rulebase"), outer, "post-rules of Panorama")
	s.defaultsOf(v.Kid("rulebase"), pushed.Kid("post-rulebase"), outer.node.Kid("post-rulebase"))
	c.systems = append(c.systems, s)
}

func (s *system) collect(base *wordtree.Node, at *scope, from string) {
	add := func(kind string, to *[]*ruleRef) {
		for _, r := range base.At(kind, "rules").Live() {
			*to = append(*to, &ruleRef{r, at, from})
		}
	}
	add("security", &s.security)
	add("nat", &s.nat)
	add("pbf", &s.pbf)
}

func (s *system) defaultsOf(bases ...*wordtree.Node) {
	for _, b := range bases {
		if n := b.At("default-security-rules", "rules"); n != nil {
			s.defaults = append(s.defaults, n)
		}
	}
}

// panorama reads the device groups and templates of a Panorama.
func (c *config) panorama(root *wordtree.Node, shared *scope) {
	c.managed = true
	parents := root.At("readonly", "devices", "localhost.localdomain", "device-group")
	groups := root.Kid("device-group")
	isParent := map[string]bool{}
	for _, g := range parents.Live() {
		isParent[g.Text("parent-dg")] = true
	}
	var zones wordtree.Node
	c.netNode = c.templates(root, &zones)
	for _, g := range groups.Live() {
		if isParent[g.Name] {
			continue
		}
		chain := []*scope{shared}
		for _, name := range lineage(parents, g.Name) {
			if n := groups.Kid(name); n != nil {
				chain = append(chain, &scope{name: name, node: n, around: chain[len(chain)-1]})
			}
		}
		s := &system{name: g.Name, prefix: "device-group " + setcmd.Quote(g.Name) + " ", scope: chain[len(chain)-1], group: true}
		for _, sc := range chain {
			s.collect(sc.node.Kid("pre-rulebase"), sc, "pre-rules of "+sc.name)
		}
		for i := len(chain) - 1; i >= 0; i-- {
			s.collect(chain[i].node.Kid("post-rulebase"), chain[i], "post-rules of "+chain[i].name)
			s.defaultsOf(chain[i].node.Kid("post-rulebase"))
		}
		readZones(s, &zones)
		if len(s.security)+len(s.nat) > 0 || len(groups.Live()) == 1 {
			c.systems = append(c.systems, s)
		}
	}
}

// lineage is the way from the outermost group down to a name.
func lineage(parents *wordtree.Node, name string) []string {
	list := []string{name}
	for range 8 {
		if name = parents.Kid(name).Text("parent-dg"); name == "" || name == "shared" {
			break
		}
		list = append([]string{name}, list...)
	}
	return list
}

// templates joins the network parts of all templates, and their zones.
func (c *config) templates(root *wordtree.Node, zones *wordtree.Node) *wordtree.Node {
	net := &wordtree.Node{}
	if n := root.Kid("network"); n != nil {
		net.Merge(n)
	}
	list := root.Kid("template").Live()
	for _, t := range list {
		x := &wordtree.Node{}
		x.Merge(t)
		unwrap(x)
		for _, v := range x.Kid("vsys").Live() {
			if z := v.Kid("zone"); z != nil {
				zones.Child("zone", z.Line).Merge(z)
			}
		}
		if n := x.Kid("network"); n != nil && len(list) == 1 {
			net.Merge(n)
		}
	}
	if len(list) > 1 {
		c.notes = append(c.notes, fmt.Sprintf("The file holds %d templates; their zones are taken together, and addresses and routes are left out.", len(list)))
	}
	return net
}

// several reports more than one device group, of which the file does not tell
// which one the firewall belongs to.
func (c *config) several() bool {
	n := 0
	for _, s := range c.systems {
		if s.group {
			n++
		}
	}
	return n > 1
}
