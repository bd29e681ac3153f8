package azurensg

import (
	"net/netip"
	"path"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/source"
)

// file gathers what a file holds.
type file struct {
	*cloud.Book
	groups  []*group
	loose   []*rule    // rules that stand apart from their group
	nics    []*nic     // network interfaces
	sets    [][]*group // effective: the groups of one network interface each
	vnets   []netip.Prefix
	subnets map[string]string // id of a subnet: id of its group, "" for none
	params  map[string]string // of a template: what they are by default
	spaces  bool              // the note on address spaces was needed
}

// group is one network security group.
type group struct {
	line       int
	name, id   string
	rules      []*rule
	defaultIn  bool // default rules are in the file
	defaultOut bool
	told       bool // the file says where the group is attached
	subnets    []string
	nics       []string
	onSubnet   bool // of effective rules
	manager    bool // of Azure Virtual Network Manager
}

// nic is a network interface.
type nic struct {
	line      int
	name      string
	addrs     []netip.Addr
	group     string // id; "" for none
	groupTold bool
	subnet    string
	asgs      []string
}

// member finds a property directly in an object or in its "properties".
func member(n *jsontree.Node, name string) *jsontree.Node {
	if v := n.Get(name); v != nil {
		return v
	}
	return n.At("properties", name)
}

const maxDepth = 40

// visit reads what it knows of a value; the parameters and the metadata of a
// template are passed over.
func (f *file) visit(name string, n *jsontree.Node) bool {
	switch {
	case strings.EqualFold(name, "parameters"), strings.EqualFold(name, "metadata"):
		return true
	case n.Kind == jsontree.List:
		f.effectiveList(n)
	case n.Kind == jsontree.Object:
		return f.known(n)
	}
	return false
}

// known reads an object that is one of those looked for.
func (f *file) known(n *jsontree.Node) bool {
	kind := strings.ToLower(n.Get("type").Str())
	switch {
	case n.Get("effectiveSecurityRules") != nil:
		f.sets = append(f.sets, []*group{f.effective(n)})
	case member(n, "access") != nil && member(n, "direction") != nil && member(n, "priority") != nil:
		f.loose = append(f.loose, f.rule(n))
	case member(n, "securityRules") != nil || member(n, "defaultSecurityRules") != nil || kind == "microsoft.network/networksecuritygroups":
		f.group(n)
		cloud.Walk(n.Get("resources"), 4, f.visit) // rules as resources within
	case member(n, "ipConfigurations") != nil && (member(n, "networkSecurityGroup") != nil || kind == "microsoft.network/networkinterfaces"):
		f.nic(n)
	case member(n, "addressSpace") != nil:
		f.vnet(n)
	default:
		return false
	}
	return true
}

// effectiveList takes the groups of one network interface together: effective
// rules come as a list of them.
func (f *file) effectiveList(n *jsontree.Node) {
	var set []*group
	for _, k := range n.Kids {
		if k.Get("effectiveSecurityRules") != nil {
			set = append(set, f.effective(k))
		}
	}
	if len(set) > 0 {
		f.sets = append(f.sets, set)
		n.Kids = slices.DeleteFunc(slices.Clone(n.Kids), func(k *jsontree.Node) bool { return k.Get("effectiveSecurityRules") != nil })
	}
}

func (f *file) effective(n *jsontree.Node) *group {
	g := &group{line: n.Line, id: n.At("networkSecurityGroup", "id").Str()}
	g.name = path.Base(g.id)
	if g.id == "" {
		g.name = "effective rules"
	}
	g.onSubnet = n.At("association", "subnet", "id") != nil
	g.manager = n.At("association", "networkManager", "id") != nil
	for _, k := range n.Get("effectiveSecurityRules").Items() {
		r := f.rule(k)
		r.name = strings.TrimPrefix(r.name, "securityRules/")
		g.rules = append(g.rules, r)
	}
	g.defaultIn, g.defaultOut = f.hasDefaults(g.rules)
	return g
}

// hasDefaults reports that the last rule of a direction is among rules.
func (f *file) hasDefaults(rules []*rule) (in, out bool) {
	for _, r := range rules {
		if r.priority >= 65500 {
			in, out = in || !r.out, out || r.out
		}
	}
	return in, out
}

func (f *file) group(n *jsontree.Node) {
	g := &group{line: cloud.LineOf(n, "name"), name: f.text(n.Get("name")), id: n.Get("id").Str()}
	if g.name == "" {
		g.name = "network security group"
	}
	for _, k := range member(n, "securityRules").Items() {
		g.rules = append(g.rules, f.rule(k))
	}
	for _, k := range member(n, "defaultSecurityRules").Items() {
		g.rules = append(g.rules, f.rule(k))
	}
	if c := n.Get("condition"); c != nil && !c.True() || member(n, "copy") != nil {
		f.Problem(g.line, "line %d: whether and how often this is made is worked out when the template is used. Give the output of az network nsg show instead.", g.line)
		f.Doubt(g.line, "a template with a condition or a loop")
	}
	g.defaultIn, g.defaultOut = f.hasDefaults(g.rules)
	for _, x := range []struct {
		name string
		to   *[]string
	}{{"subnets", &g.subnets}, {"networkInterfaces", &g.nics}} {
		v := member(n, x.name)
		g.told = g.told || v != nil
		for _, k := range v.Items() {
			*x.to = append(*x.to, strings.ToLower(k.Get("id").Str()))
		}
	}
	f.groups = append(f.groups, g)
}

func (f *file) nic(n *jsontree.Node) {
	x := &nic{line: cloud.LineOf(n, "name"), name: f.text(n.Get("name"))}
	if g := member(n, "networkSecurityGroup"); g != nil {
		x.groupTold, x.group = true, strings.ToLower(f.text(g.Get("id")))
	}
	for _, c := range member(n, "ipConfigurations").Items() {
		if a, err := netip.ParseAddr(f.text(member(c, "privateIPAddress"))); err == nil {
			x.addrs = append(x.addrs, a.Unmap())
		}
		if a, err := netip.ParseAddr(f.text(member(member(c, "publicIPAddress"), "ipAddress"))); err == nil {
			x.addrs = append(x.addrs, a.Unmap())
		}
		if s := member(c, "subnet").Get("id"); s != nil {
			x.subnet = strings.ToLower(f.text(s))
		}
		for _, a := range member(c, "applicationSecurityGroups").Items() {
			x.asgs = append(x.asgs, strings.ToLower(path.Base(a.Get("id").Str())))
		}
	}
	f.nics = append(f.nics, x)
}

func (f *file) vnet(n *jsontree.Node) {
	for _, v := range member(n, "addressSpace").Get("addressPrefixes").Strs() {
		if p, err := netip.ParsePrefix(v); err == nil {
			f.vnets = append(f.vnets, p.Masked())
		}
	}
	for _, s := range member(n, "subnets").Items() {
		id := strings.ToLower(s.Get("id").Str())
		if id == "" {
			continue
		}
		if f.subnets == nil {
			f.subnets = map[string]string{}
		}
		f.subnets[id] = strings.ToLower(member(s, "networkSecurityGroup").Get("id").Str())
	}
}

// parameters reads what the parameters and variables of a template are.
func (f *file) parameters(n *jsontree.Node) {
	if n.Get("$schema") == nil && n.Get("resources") == nil {
		return
	}
	for _, group := range []string{"parameters", "variables"} {
		p := n.Get(group)
		if p == nil || p.Kind != jsontree.Object {
			continue
		}
		for i, k := range p.Keys {
			v := p.Kids[i]
			if v.Kind == jsontree.Object {
				v = v.Get("defaultValue")
			}
			if v != nil && (v.Kind == jsontree.String || v.Kind == jsontree.Number) {
				f.params["["+group+"('"+strings.ToLower(k)+"')]"] = v.Text
			}
		}
	}
}

// text is a text of a template with its parameter put in.
func (f *file) text(n *jsontree.Node) string {
	s := n.Str()
	if strings.HasPrefix(s, "[") {
		if v, ok := f.params[strings.ToLower(s)]; ok {
			return v
		}
	}
	return s
}

// expression reports a value that a template works out when it is used.
func expression(s string) bool {
	return strings.HasPrefix(s, "[") && !strings.HasPrefix(s, "[[") && strings.HasSuffix(s, "]")
}

// place puts rules that stand apart into their groups.
func (f *file) place() {
	for _, r := range f.loose {
		f.groupOf(r).add(r)
	}
}

// add adds a rule that is not there yet: templates list rules within their
// group and as resources of their own.
func (g *group) add(r *rule) {
	for _, o := range g.rules {
		if o.out == r.out && o.priority == r.priority && o.priority != 0 && o.gist() == r.gist() {
			return
		}
	}
	g.rules = append(g.rules, r)
}

// groupOf finds the group of a rule by the path in its id or name.
func (f *file) groupOf(r *rule) *group {
	if len(f.groups) == 1 && !strings.Contains(strings.ToLower(r.id), "/networksecuritygroups/") {
		return f.groups[0]
	}
	name := ""
	parts := strings.Split(r.id, "/")
	for i := 0; i+1 < len(parts); i++ {
		if strings.EqualFold(parts[i], "networkSecurityGroups") {
			name = parts[i+1]
		}
	}
	if name == "" {
		for _, g := range f.groups { // "[concat(parameters('nsg_name'), '/rule')]"
			inner := strings.Trim(g.name, "[]")
			if inner != "" && strings.Contains(r.full, inner) || f.paramOf(g.name, r.full) {
				return g
			}
		}
	}
	for _, g := range f.groups {
		if strings.EqualFold(g.name, name) {
			return g
		}
	}
	if name == "" && len(f.groups) > 1 {
		f.Doubt(r.line, "the rule "+source.Redact(r.name)+", whose group is not told")
	}
	if name == "" {
		name = "network security group"
	}
	g := &group{line: r.line, name: name}
	f.groups = append(f.groups, g)
	return g
}

// paramOf reports an expression that uses the parameter a group is named by.
func (f *file) paramOf(name, expr string) bool {
	for k, v := range f.params {
		if v == name && strings.Contains(strings.ToLower(expr), strings.Trim(k, "[]")) {
			return true
		}
	}
	return false
}
