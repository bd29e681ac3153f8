package gcp

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/jsontree"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// file gathers what a file holds.
type file struct {
	*cloud.Book
	rules     []*rule
	policies  []*policy
	effective []*site
	hosts     []*host
	before    map[string]bool // networks whose policies come before VPC rules
	made      string          // network of a rule that a command made
	having    map[string]*objects.Addrs
	inner     bool // some rule names hosts by tag or account
}

// rule is one rule, of a network or of a policy.
type rule struct {
	line           int
	name, network  string
	out            bool
	action         string // allow, deny, goto_next
	priority       int
	layer4         []layer4
	src, dst       []string
	srcTags, srcSA []string
	tags, accounts []string // of the instances it holds for
	networks       []string // of a policy: that it holds for
	open           []string // sources or destinations that are not in the file
	also           []string // further conditions that are not in the file
	disabled       bool
	policy         bool
	doubt          string
}

type layer4 struct {
	proto string
	ports []string
}

// policy is a firewall policy.
type policy struct {
	line     int
	name     string
	kind     string // hierarchy, network, regional
	rules    []*rule
	networks []string // that it is of
	attached bool
}

// host is an interface of an instance.
type host struct {
	line           int
	name, network  string
	addrs, local   []netip.Addr
	external       []pair
	tags, accounts []string
}

// site is a network, with the policies that hold in it.
type site struct {
	line     int
	network  string
	rules    []*rule
	policies []*policy
	sure     bool // the policies are those that hold
}

const maxDepth = 30

// netName is the part of a network's address that tells it.
func netName(s string) string {
	if i := strings.Index(s, "projects/"); i >= 0 {
		return s[i:]
	}
	return s
}

// sameNetwork compares networks, of which one may be given by its name alone.
func sameNetwork(a, b string) bool {
	return a == b || (!strings.Contains(a, "/") || !strings.Contains(b, "/")) && path.Base(a) == path.Base(b)
}

// known reads an object that is one of those looked for.
func (f *file) known(_ string, n *jsontree.Node) bool {
	switch {
	case n.Kind != jsontree.Object:
		return false
	case n.Get("firewallPolicys") != nil || n.Get("firewalls") != nil:
		f.effectively(n)
	case n.Get("kind").Str() == "compute#firewall" || n.Get("direction") != nil && (n.Get("allowed") != nil || n.Get("denied") != nil || n.Get("sourceRanges") != nil):
		f.rules = append(f.rules, f.vpcRule(n))
	case n.Get("kind").Str() == "compute#firewallPolicy" || n.Get("rules") != nil && n.Get("associations") != nil:
		f.policies = append(f.policies, f.policyOf(n))
	case n.Get("match") != nil && n.Get("action") != nil:
		f.Problem(n.Line, "line %d: a rule of a firewall policy, without the policy. Give the output of gcloud compute networks get-effective-firewalls.", n.Line)
		f.Doubt(n.Line, "a rule of a firewall policy that is not told")
	case n.Get("networkInterfaces") != nil:
		f.instance(n)
	case n.Get("networkFirewallPolicyEnforcementOrder") != nil:
		name := n.Get("selfLink").Str()
		if name == "" {
			name = n.Get("name").Str()
		}
		f.before[netName(name)] = n.Get("networkFirewallPolicyEnforcementOrder").Str() == "BEFORE_CLASSIC_FIREWALL"
	default:
		return false
	}
	return true
}

// effectively reads what get-effective-firewalls prints.
func (f *file) effectively(n *jsontree.Node) {
	s := &site{line: n.Line, sure: true}
	for _, k := range n.Get("firewalls").Items() {
		r := f.vpcRule(k)
		s.network = r.network
		s.rules = append(s.rules, r)
	}
	for _, k := range n.Get("firewallPolicys").Items() {
		s.policies = append(s.policies, f.policyOf(k))
	}
	f.effective = append(f.effective, s)
}

func (f *file) priority(n *jsontree.Node, r *rule) {
	v, err := strconv.Atoi(n.Str())
	switch {
	case n == nil && !r.policy:
		r.priority = 1000
	case err != nil || v < 0:
		f.Problem(r.line, "line %d: expected the priority to be a number, came %q; whether the rule is met cannot be decided.", r.line, n.Str())
		r.doubt, r.priority = fmt.Sprintf("the priority of the rule %s in line %d, which could not be read", source.Redact(r.name), r.line), -1
	default:
		r.priority = v
	}
}

func (f *file) direction(n *jsontree.Node, r *rule) {
	switch v := strings.ToUpper(n.Str()); v {
	case "EGRESS":
		r.out = true
	case "INGRESS", "":
	default:
		f.Problem(r.line, "line %d: expected the direction to be INGRESS or EGRESS, came %q; what the rule does is not known.", r.line, v)
		f.Doubt(r.line, "the direction of the rule "+source.Redact(r.name))
	}
}

func (f *file) vpcRule(n *jsontree.Node) *rule {
	r := &rule{
		line: cloud.LineOf(n, "name"), name: n.Get("name").Str(), network: netName(n.Get("network").Str()), action: "allow", disabled: n.Get("disabled").True(),
		src: n.Get("sourceRanges").Strs(), dst: n.Get("destinationRanges").Strs(), srcTags: n.Get("sourceTags").Strs(), srcSA: n.Get("sourceServiceAccounts").Strs(),
		tags: n.Get("targetTags").Strs(), accounts: n.Get("targetServiceAccounts").Strs(),
	}
	f.direction(n.Get("direction"), r)
	f.priority(n.Get("priority"), r)
	list := n.Get("allowed")
	if d := n.Get("denied"); len(d.Items()) > 0 {
		r.action, list = "deny", d
	}
	for _, k := range list.Items() {
		r.layer4 = append(r.layer4, layer4{k.Get("IPProtocol").Str(), k.Get("ports").Strs()})
	}
	r.whole()
	return r
}

// whole puts in what a VPC rule means where it names neither source nor
// destination.
func (r *rule) whole() {
	switch {
	case r.out && len(r.dst) == 0:
		r.dst = []string{"0.0.0.0/0"}
	case !r.out && len(r.src)+len(r.srcTags)+len(r.srcSA) == 0:
		r.src = []string{"0.0.0.0/0"}
	}
}

func (f *file) policyOf(n *jsontree.Node) *policy {
	p := &policy{line: cloud.LineOf(n, "name"), name: n.Get("shortName").Str()}
	for _, key := range []string{"displayName", "name"} {
		if p.name == "" {
			p.name = n.Get(key).Str()
		}
	}
	for _, a := range n.Get("associations").Items() {
		p.attached = true
		if t := a.Get("attachmentTarget").Str(); strings.Contains(t, "/networks/") {
			p.networks = append(p.networks, netName(t))
		}
	}
	switch kind := strings.ToUpper(n.Get("type").Str()); {
	case strings.HasPrefix(kind, "SYSTEM"), kind == "NETWORK", kind == "HIERARCHY", kind == "NETWORK_REGIONAL":
		p.kind = strings.ToLower(kind)
	case n.Get("region") != nil:
		p.kind = "network_regional"
	case len(p.networks) > 0:
		p.kind = "network"
	case n.Get("parent") != nil || kind == "":
		p.kind = "hierarchy"
	default:
		p.kind = "other"
	}
	for _, k := range n.Get("rules").Items() {
		p.rules = append(p.rules, f.policyRule(k, p))
	}
	return p
}

// readMatch are members of a match that are read; others are left open.
var readMatch = []string{"layer4Configs", "srcIpRanges", "destIpRanges"}

func (f *file) policyRule(n *jsontree.Node, p *policy) *rule {
	m := n.Get("match")
	r := &rule{
		line: n.Line, policy: true, action: strings.ToLower(n.Get("action").Str()), disabled: n.Get("disabled").True(),
		src: m.Get("srcIpRanges").Strs(), dst: m.Get("destIpRanges").Strs(), accounts: n.Get("targetServiceAccounts").Strs(), name: n.Get("ruleName").Str(),
	}
	if v := n.Get("priority"); v != nil {
		r.line = v.Line
	}
	if r.name == "" {
		r.name = p.name
	}
	f.direction(n.Get("direction"), r)
	f.priority(n.Get("priority"), r)
	for _, k := range m.Get("layer4Configs").Items() {
		r.layer4 = append(r.layer4, layer4{k.Get("ipProtocol").Str(), k.Get("ports").Strs()})
	}
	for _, t := range n.Get("targetResources").Strs() {
		r.networks = append(r.networks, netName(t))
	}
	if len(n.Get("targetSecureTags").Items()) > 0 {
		r.also = append(r.also, fmt.Sprintf("whether the mail server has a secure tag that line %d asks for", r.line))
	}
	if m == nil || m.Kind != jsontree.Object {
		return r
	}
	for i, key := range m.Keys {
		if slices.Contains(readMatch, key) || len(m.Kids[i].Items()) == 0 {
			continue
		}
		why := fmt.Sprintf("%s in line %d, which stands for addresses that are not in the file", source.Redact(key), m.Kids[i].Line)
		if lower := strings.ToLower(key); strings.Contains(lower, "scope") || strings.Contains(lower, "networktype") || strings.Contains(lower, "networks") || !strings.HasPrefix(lower, "src") && !strings.HasPrefix(lower, "dest") {
			r.also = append(r.also, why)
		} else {
			r.open = append(r.open, key+"\x00"+why)
		}
	}
	return r
}

func (f *file) instance(n *jsontree.Node) {
	var accounts []string
	for _, a := range n.Get("serviceAccounts").Items() {
		accounts = append(accounts, a.Get("email").Str())
	}
	for _, k := range n.Get("networkInterfaces").Items() {
		h := &host{line: cloud.LineOf(n, "name"), name: n.Get("name").Str(), network: netName(k.Get("network").Str()), tags: n.At("tags", "items").Strs(), accounts: accounts}
		add := func(to *[]netip.Addr, s string) {
			if a, err := netip.ParseAddr(s); err == nil {
				*to = append(*to, a.Unmap())
			}
		}
		add(&h.local, k.Get("networkIP").Str())
		add(&h.local, k.Get("ipv6Address").Str())
		for _, c := range append(slices.Clone(k.Get("accessConfigs").Items()), k.Get("ipv6AccessConfigs").Items()...) {
			add(&h.addrs, c.Get("natIP").Str())
			add(&h.addrs, c.Get("externalIpv6").Str())
		}
		for _, a := range h.addrs {
			if len(h.local) > 0 && a.Is4() && h.local[0].Is4() && a != h.local[0] {
				h.external = append(h.external, pair{public: a, inside: h.local[0]})
			}
		}
		h.addrs = append(h.addrs, h.local...)
		if len(h.addrs) > 0 {
			f.hosts = append(f.hosts, h)
		}
	}
}
