package aws

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/objects"
)

// file gathers what a file holds.
type file struct {
	*cloud.Book
	groups  []*group
	byID    map[string]*group
	acls    []*acl
	cards   []*card
	lists   map[string]*list
	unnamed []*list // entries of prefix lists that do not say of which
	nets    []netip.Prefix
	hosts   bool                      // some rule names hosts by their group
	having  map[string]*objects.Addrs // of the network interfaces that have a group
	odd     bool                      // networks are numbered from public space
}

// group is one security group.
type group struct {
	line            int
	id, name        string
	in, out         []*entry
	inTold, outTold bool
	commands        bool // known from commands alone
	seen            map[key]*entry
}

// entry is one source or destination that a group allows.
type entry struct {
	line                int
	out                 bool
	proto               string
	from, to            int // -1: not given
	cidr, list, group   string
	description, ruleID string
	doubt               string
}

// acl is one network ACL.
type acl struct {
	line    int
	id      string
	subnets []string
	entries []*aclEntry
}

// card is a network interface.
type card struct {
	line   int
	id     string
	addrs  []netip.Addr // private and public
	local  []netip.Addr // private, and IPv6
	subnet string
	groups []string
}

// list is a prefix list.
type list struct {
	line  int
	cidrs []string
	cut   bool // not all of it is in the file
}

const maxDepth = 30

// known reads an object that is one of those looked for.
func (f *file) known(_ string, n *jsontree.Node) bool {
	switch {
	case n.Kind != jsontree.Object:
		return false
	case n.Get("IpPermissions") != nil || n.Get("IpPermissionsEgress") != nil:
		f.group(n)
	case n.Get("IsEgress") != nil && n.Get("GroupId") != nil:
		f.flatRule(n)
	case n.Get("NetworkAclId") != nil && n.Get("Entries") != nil:
		f.acl(n)
	case n.Get("PrefixListId") != nil && (n.Get("Cidrs") != nil || n.Get("Entries") != nil):
		f.lists[n.Get("PrefixListId").Str()] = listOf(n)
	case n.Get("Entries") != nil && len(n.Get("Entries").Items()) > 0 && n.Get("Entries").Items()[0].Get("Cidr") != nil:
		f.unnamed = append(f.unnamed, listOf(n))
	case n.Get("NetworkInterfaceId") != nil && n.Get("Groups") != nil:
		f.card(n)
	case n.Get("CidrBlock") != nil && (n.Get("SubnetId") != nil || n.Get("VpcId") != nil):
		f.space(n)
	default:
		return false
	}
	return true
}

func listOf(n *jsontree.Node) *list {
	l := &list{line: n.Line, cidrs: n.Get("Cidrs").Strs(), cut: n.Get("NextToken").Str() != ""}
	for _, e := range n.Get("Entries").Items() {
		l.cidrs = append(l.cidrs, e.Get("Cidr").Str())
	}
	return l
}

func (f *file) space(n *jsontree.Node) {
	add := func(s string) {
		if p, err := netip.ParsePrefix(s); err == nil {
			f.nets = append(f.nets, p.Masked())
		}
	}
	add(n.Get("CidrBlock").Str())
	for _, name := range []string{"CidrBlockAssociationSet", "Ipv6CidrBlockAssociationSet"} {
		for _, k := range n.Get(name).Items() {
			add(k.Get("CidrBlock").Str())
			add(k.Get("Ipv6CidrBlock").Str())
		}
	}
}

// named finds a group, or begins one.
func (f *file) named(id string, line int) (*group, bool) {
	if g := f.byID[id]; g != nil {
		return g, true
	}
	g := &group{line: line, id: id}
	f.byID[id] = g
	f.groups = append(f.groups, g)
	return g, false
}

func (f *file) group(n *jsontree.Node) {
	id := n.Get("GroupId").Str()
	if id == "" {
		id = n.Get("GroupName").Str()
	}
	if id == "" {
		id = "security group"
	}
	g, _ := f.named(id, cloud.LineOf(n, "GroupId"))
	g.name = n.Get("GroupName").Str()
	for _, x := range []struct {
		name string
		out  bool
		to   *[]*entry
		told *bool
	}{{"IpPermissions", false, &g.in, &g.inTold}, {"IpPermissionsEgress", true, &g.out, &g.outTold}} {
		v := n.Get(x.name)
		*x.told = *x.told || v != nil
		for _, p := range v.Items() {
			*x.to = append(*x.to, permission(p, x.out)...)
		}
	}
}

// permission takes an IpPermission apart: one entry for each side it names.
func permission(p *jsontree.Node, out bool) []*entry {
	base := entry{line: p.Line, out: out, proto: p.Get("IpProtocol").Str(), from: number(p.Get("FromPort")), to: number(p.Get("ToPort"))}
	var list []*entry
	add := func(k *jsontree.Node, key string, put func(*entry, string)) {
		e := base
		v := k.Get(key)
		if e.line = k.Line; v != nil {
			e.line = v.Line
		}
		e.description = k.Get("Description").Str()
		put(&e, v.Str())
		list = append(list, &e)
	}
	for _, k := range p.Get("IpRanges").Items() {
		add(k, "CidrIp", func(e *entry, v string) { e.cidr = v })
	}
	for _, k := range p.Get("Ipv6Ranges").Items() {
		add(k, "CidrIpv6", func(e *entry, v string) { e.cidr = v })
	}
	for _, k := range p.Get("PrefixListIds").Items() {
		add(k, "PrefixListId", func(e *entry, v string) { e.list = v })
	}
	for _, k := range p.Get("UserIdGroupPairs").Items() {
		add(k, "GroupId", func(e *entry, v string) { e.group = v })
	}
	return list
}

// number reads a port or a type; -1 where there is none.
func number(n *jsontree.Node) int {
	if v, err := strconv.Atoi(n.Str()); err == nil && v >= -1 && v <= 65535 {
		return v
	}
	return -1
}

// flatRule reads one rule of describe-security-group-rules.
func (f *file) flatRule(n *jsontree.Node) {
	g, _ := f.named(n.Get("GroupId").Str(), cloud.LineOf(n, "GroupId"))
	e := &entry{
		line: cloud.LineOf(n, "SecurityGroupRuleId"), out: n.Get("IsEgress").True(), proto: n.Get("IpProtocol").Str(), from: number(n.Get("FromPort")), to: number(n.Get("ToPort")),
		cidr: n.Get("CidrIpv4").Str() + n.Get("CidrIpv6").Str(), list: n.Get("PrefixListId").Str(), group: n.At("ReferencedGroupInfo", "GroupId").Str(),
		description: n.Get("Description").Str(), ruleID: n.Get("SecurityGroupRuleId").Str(),
	}
	g.inTold, g.outTold = true, true
	g.add(e)
}

// add adds an entry that is not there yet.
func (g *group) add(e *entry) {
	to := &g.in
	if e.out {
		to = &g.out
	}
	if g.seen == nil {
		g.seen = map[key]*entry{}
		for _, o := range slices.Concat(g.in, g.out) {
			g.seen[o.key()] = o
		}
	}
	if o := g.seen[e.key()]; o != nil {
		o.ruleID = e.ruleID
		return
	}
	g.seen[e.key()] = e
	*to = append(*to, e)
}

// key is what an entry allows.
type key struct {
	out                      bool
	proto, cidr, list, group string
	from, to                 int
}

func (e *entry) key() key {
	return key{e.out, strings.ToLower(e.proto), e.cidr, e.list, e.group, e.from, e.to}
}

// same reports an entry that allows the same.
func (e *entry) same(o *entry) bool { return e.key() == o.key() && e.cidr+e.list+e.group != "" }

func (f *file) acl(n *jsontree.Node) {
	a := &acl{line: cloud.LineOf(n, "NetworkAclId"), id: n.Get("NetworkAclId").Str()}
	for _, k := range n.Get("Associations").Items() {
		a.subnets = append(a.subnets, k.Get("SubnetId").Str())
	}
	for _, k := range n.Get("Entries").Items() {
		a.entries = append(a.entries, aclEntryOf(k))
	}
	f.acls = append(f.acls, a)
}

func (f *file) card(n *jsontree.Node) {
	c := &card{line: cloud.LineOf(n, "NetworkInterfaceId"), id: n.Get("NetworkInterfaceId").Str(), subnet: n.Get("SubnetId").Str()}
	add := func(to *[]netip.Addr, s string) {
		if a, err := netip.ParseAddr(s); err == nil && !slices.Contains(*to, a.Unmap()) {
			*to = append(*to, a.Unmap())
		}
	}
	add(&c.local, n.Get("PrivateIpAddress").Str())
	for _, k := range n.Get("PrivateIpAddresses").Items() {
		add(&c.local, k.Get("PrivateIpAddress").Str())
		add(&c.addrs, k.At("Association", "PublicIp").Str())
	}
	for _, k := range n.Get("Ipv6Addresses").Items() {
		add(&c.local, k.Get("Ipv6Address").Str())
	}
	add(&c.addrs, n.At("Association", "PublicIp").Str())
	for _, a := range c.local {
		add(&c.addrs, a.String())
	}
	for _, k := range n.Get("Groups").Items() {
		c.groups = append(c.groups, k.Get("GroupId").Str())
	}
	slices.Sort(c.groups)
	f.cards = append(f.cards, c)
}

// unnamedLists gives entries that do not say of which prefix list they are to
// the only one that rules name and the file does not hold.
func (f *file) unnamedLists() {
	missing := map[string]bool{}
	for _, g := range f.groups {
		for _, e := range slices.Concat(g.in, g.out) {
			if e.list != "" && f.lists[e.list] == nil {
				missing[e.list] = true
			}
		}
	}
	if len(f.unnamed) == 1 && len(missing) == 1 {
		for id := range missing {
			f.lists[id] = f.unnamed[0]
			f.Note("The entries in line %d are taken to be those of the prefix list %s, the only one that the file lacks.", f.unnamed[0].line, id)
		}
		return
	}
	for _, l := range f.unnamed {
		f.Problem(l.line, "line %d: entries of a prefix list that do not say of which. Export them with --query \"{PrefixListId:'pl-ID',Entries:Entries}\".", l.line)
	}
}
