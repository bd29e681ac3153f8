package gcp

import (
	"fmt"
	"net/netip"
	"path"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// maxHosts bounds the kinds of instances for which rules are worked out apart.
const maxHosts = 200

// lower makes the program.
func (f *file) lower() {
	sites := f.sites()
	if len(sites) == 0 {
		return
	}
	in, out := f.gate(sites, false), f.gate(sites, true)
	f.Decide("firewall", in, out, "the firewall of the network: the rules are asked about packets to and from the mail server alone", f)
	for _, s := range sites {
		f.Set.Rules += len(s.rules)
		for _, p := range s.policies {
			f.Set.Rules += len(p.rules)
		}
	}
	f.Note("Google Cloud blocks connections out to port 25 of external addresses for most projects, whatever the rules say. Try it from the mail server.")
	if len(f.pairs()) == 0 {
		f.Note("Rules that name destinations see the internal address of the mail server: give that one.")
	}
	if len(f.effective) == 0 && len(f.policies) == 0 {
		f.Note("Firewall policies of the organization or the network are not in the file, and there are taken to be none. gcloud compute networks get-effective-firewalls shows them.")
	}
	if f.inner {
		f.Note("Hosts that rules name by tag or service account are taken to have private addresses: no sender on the internet is one of them.")
	}
}

// sites are the networks of the file.
func (f *file) sites() []*site {
	if len(f.effective) > 0 {
		f.effective[0].rules = append(f.effective[0].rules, f.rulesBeside()...)
		return f.effective
	}
	var list []*site
	for _, r := range f.rules {
		i := slices.IndexFunc(list, func(s *site) bool { return sameNetwork(s.network, r.network) })
		if i < 0 {
			i = len(list)
			list = append(list, &site{line: r.line, network: r.network})
		}
		list[i].rules = append(list[i].rules, r)
	}
	switch {
	case len(list) == 0 && f.made != "": // all were deleted again
		list = append(list, &site{network: f.made})
	case len(list) == 0 && len(f.policies) > 0:
		list = append(list, &site{line: f.policies[0].line})
	}
	for _, s := range list {
		for _, p := range f.policies {
			if p.kind == "hierarchy" || s.network == "" || len(p.networks) == 0 || slices.ContainsFunc(p.networks, func(n string) bool { return sameNetwork(n, s.network) }) {
				s.policies = append(s.policies, p)
			}
		}
	}
	return list
}

// rulesBeside are rules that commands made for the network of effective rules.
func (f *file) rulesBeside() []*rule {
	var out []*rule
	for _, r := range f.rules {
		if s := f.effective[0]; !slices.ContainsFunc(s.rules, func(o *rule) bool { return o.name == r.name }) && (s.network == "" || sameNetwork(s.network, r.network)) {
			out = append(out, r)
		}
	}
	return out
}

func wayOf(out bool) string {
	if out {
		return "egress"
	}
	return "ingress"
}

// gate makes the chains of one direction and returns the one to start at.
func (f *file) gate(sites []*site, out bool) int {
	way := wayOf(out)
	var known, rest []cloud.Part
	made := map[string]int{}
	for _, h := range f.hosts {
		i := slices.IndexFunc(sites, func(s *site) bool { return s.network == "" || sameNetwork(s.network, h.network) })
		key := h.network + "|" + strings.Join(h.tags, ",") + "|" + strings.Join(h.accounts, ",")
		chain, ok := made[key]
		if !ok && len(made) >= maxHosts {
			continue
		}
		if !ok && i >= 0 {
			chain = f.chain(sites[i], h, out)
		} else if !ok {
			chain = f.Add(ir.Chain{Name: path.Base(h.network) + " " + way + " of " + h.name, Policy: ir.Rule{
				Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("the rules of the network %s of %s, which are not in the file", source.Redact(path.Base(h.network)), source.Redact(h.name)),
				At: ir.At{Line: h.line, Text: "instance " + h.name},
			}})
		}
		made[key] = chain
		known = append(known, cloud.Part{Chain: chain, Local: cloud.Hosts(h.addrs), At: ir.At{Line: h.line, Text: "instance " + h.name}})
	}
	for _, s := range sites {
		rest = append(rest, cloud.Part{Chain: f.chain(s, nil, out), At: ir.At{Line: s.line, Text: "network " + path.Base(s.network)}})
	}
	ask := fmt.Sprintf("in which network the mail server is, and with which tags; add the output of gcloud compute instances describe for it, or ask with --acl %q", f.name(sites[0], out))
	return f.Choose("firewall "+way, out, known, rest, ask)
}

func (f *file) name(s *site, out bool) string {
	if s.network == "" {
		return wayOf(out)
	}
	return path.Base(s.network) + " " + wayOf(out)
}

// chain is what a network does to packets of an instance; of one that is not
// known where h is nil.
func (f *file) chain(s *site, h *host, out bool) int {
	c := ir.Chain{Name: f.name(s, out), Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: "(implied rule: priority 65535, deny ingress)"}}}
	if h != nil {
		c.Name += " of " + h.name
	}
	if out {
		c.Policy.Action, c.Policy.At.Text = ir.Accept, "(implied rule: priority 65535, allow egress)"
		c.Rules = append(c.Rules, ir.Rule{
			Boxes: objects.Destination(ir.Always(), objects.OfPrefixes(netip.MustParsePrefix("169.254.169.254/32"))), Action: ir.Accept,
			At: ir.At{Text: "(always allowed: the metadata server)"},
		})
	}
	vpc := f.ordered(s.rules, s, h, out)
	policies := func(kinds ...string) {
		for _, k := range kinds {
			for _, p := range s.policies {
				if p.kind == k {
					c.Rules = append(c.Rules, f.enter(p, s, h, out))
				}
			}
		}
	}
	policies("hierarchy", "system_global", "system_regional", "system", "other")
	if !f.first(s) {
		c.Rules = append(c.Rules, vpc...)
	}
	policies("network", "network_regional")
	if f.first(s) {
		c.Rules = append(c.Rules, vpc...)
	}
	return f.Add(c)
}

// first reports a network whose policies come before VPC rules.
func (f *file) first(s *site) bool {
	for n, before := range f.before {
		if before && sameNetwork(n, s.network) {
			return true
		}
	}
	return false
}

// enter goes into a policy, which comes back where it leaves the decision.
func (f *file) enter(p *policy, s *site, h *host, out bool) ir.Rule {
	c := ir.Chain{Name: "policy " + p.name + " " + wayOf(out), Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Return, At: ir.At{Text: "(end of policy " + p.name + ")"}}}
	c.Rules = f.ordered(p.rules, s, h, out)
	if p.kind == "other" {
		c.Rules = slices.Insert(c.Rules, 0, ir.Rule{
			Boxes: ir.Always(), Action: ir.Undecided, Why: fmt.Sprintf("when the policy %s (line %d) is asked: its type is not known", p.name, p.line), At: ir.At{Line: p.line, Text: "policy " + p.name},
		})
	}
	r := ir.Rule{Boxes: ir.Always(), Action: ir.Jump, Target: f.Add(c), At: ir.At{Line: p.line, Text: "firewall policy " + p.name}}
	if !s.sure && (p.kind != "network" || len(p.networks) == 0) {
		r.Boxes = cloud.Perhaps(r.Boxes, fmt.Sprintf("whether the firewall policy %s (line %d) holds for the mail server; give the output of gcloud compute networks get-effective-firewalls", source.Redact(p.name), p.line))
	}
	return r
}

// ordered are rules of a direction as they are looked at.
func (f *file) ordered(list []*rule, s *site, h *host, out bool) []ir.Rule {
	var mine []*rule
	for _, r := range list {
		if r.out == out && !r.disabled && r.holds(s, h) {
			mine = append(mine, r)
		}
	}
	slices.SortStableFunc(mine, func(a, b *rule) int {
		if a.priority != b.priority {
			return a.priority - b.priority
		}
		return rank(a) - rank(b)
	})
	rules := make([]ir.Rule, 0, len(mine))
	for _, r := range mine {
		if x := f.lowerRule(r, s, h); len(x.Boxes) > 0 {
			rules = append(rules, x)
		}
	}
	return rules
}

func rank(r *rule) int {
	if r.action == "deny" {
		return 0
	}
	return 1
}

// holds reports whether a rule may hold for an instance.
func (r *rule) holds(s *site, h *host) bool {
	if len(r.networks) > 0 && s.network != "" && !slices.ContainsFunc(r.networks, func(n string) bool { return sameNetwork(n, s.network) }) {
		return false
	}
	if h == nil || len(r.tags)+len(r.accounts) == 0 {
		return true
	}
	return common(r.tags, h.tags) || common(r.accounts, h.accounts)
}

func common(a, b []string) bool {
	return slices.ContainsFunc(a, func(x string) bool { return slices.Contains(b, x) })
}

func (f *file) lowerRule(r *rule, s *site, h *host) ir.Rule {
	x := ir.Rule{At: ir.At{Line: r.line, Text: r.shown()}}
	switch r.action {
	case "allow":
		x.Action = ir.Accept
	case "deny":
		x.Action = ir.Deny
	case "goto_next":
		x.Action = ir.Return
	default:
		x.Action, x.Why = ir.Undecided, fmt.Sprintf("the action %s of the rule in line %d, of which a file does not tell what becomes of packets", source.Redact(r.action), r.line)
	}
	boxes := ir.Always()
	if r.doubt != "" {
		boxes = cloud.Perhaps(boxes, r.doubt)
	}
	if h == nil && len(r.tags)+len(r.accounts) > 0 {
		boxes = cloud.Perhaps(boxes, fmt.Sprintf("whether the mail server has %s, which line %d asks for; add the output of gcloud compute instances describe for it", source.Redact(cloud.List(append(slices.Clone(r.tags), r.accounts...))), r.line))
	}
	if len(r.networks) > 0 && s.network == "" {
		boxes = cloud.Perhaps(boxes, fmt.Sprintf("whether the mail server is in a network that line %d names", r.line))
	}
	for _, why := range r.also {
		boxes = cloud.Perhaps(boxes, why)
	}
	boxes = f.transport(r, boxes)
	boxes = f.side(r, boxes, r.src, "src", r.srcTags, r.srcSA, objects.Source)
	x.Boxes = f.side(r, boxes, r.dst, "dest", nil, nil, objects.Destination)
	return x
}

// shown is one line that tells the rule.
func (r *rule) shown() string {
	var what []string
	for _, l := range r.layer4 {
		w := l.proto
		if len(l.ports) > 0 {
			w += ":" + cloud.List(l.ports)
		}
		what = append(what, w)
	}
	if len(what) == 0 {
		what = []string{"all"}
	}
	from := slices.Concat(r.src, r.srcTags, r.srcSA)
	text := fmt.Sprintf("%s (priority %d, %s, %s %s", r.name, r.priority, wayOf(r.out), r.action, cloud.List(what))
	if len(from) > 0 {
		text += ", from " + cloud.List(from)
	}
	if len(r.dst) > 0 {
		text += ", to " + cloud.List(r.dst)
	}
	if len(r.tags)+len(r.accounts) > 0 {
		text += ", for " + cloud.List(slices.Concat(r.tags, r.accounts))
	}
	return source.Redact(text + ")")
}

// side narrows boxes to one side of a rule.
func (f *file) side(r *rule, boxes []ir.Box, ranges []string, prefix string, tags, accounts []string, put cloud.Narrow) []ir.Box {
	var open []string
	for _, o := range r.open {
		if key, why, _ := strings.Cut(o, "\x00"); strings.HasPrefix(strings.ToLower(key), prefix) {
			open = append(open, why)
		}
	}
	if len(ranges)+len(tags)+len(accounts)+len(open) == 0 {
		return boxes
	}
	var out []ir.Box
	if len(ranges) > 0 {
		nets := f.Nets(ranges, r.line, nil)
		if (prefix == "src") == r.out {
			nets = f.near(nets)
		}
		out = append(out, put(boxes, nets)...)
	}
	for _, why := range open {
		out = append(out, cloud.Perhaps(boxes, why)...)
	}
	if len(tags)+len(accounts) == 0 {
		return out
	}
	f.inner = true
	why := fmt.Sprintf("which hosts have %s (line %d)", source.Redact(cloud.List(slices.Concat(tags, accounts))), r.line)
	return append(out, cloud.Having(boxes, put, f.holders(tags, accounts), f.Near(), why)...)
}

// holders are the hosts of the file that have a tag or an account.
func (f *file) holders(tags, accounts []string) *objects.Addrs {
	key := strings.Join(tags, ",") + "|" + strings.Join(accounts, ",")
	if a := f.having[key]; a != nil {
		return a
	}
	a := objects.Of()
	for _, h := range f.hosts {
		if common(tags, h.tags) || common(accounts, h.accounts) {
			a.Ranges = append(a.Ranges, cloud.Hosts(h.local).Ranges...)
		}
	}
	f.having[key] = a
	return a
}

// transport narrows to the protocols and ports of a rule.
func (f *file) transport(r *rule, boxes []ir.Box) []ir.Box {
	if len(r.layer4) == 0 {
		return boxes
	}
	var out []ir.Box
	for _, l := range r.layer4 {
		if strings.EqualFold(l.proto, "all") {
			out = append(out, boxes...)
			continue
		}
		n, ok := source.Protocol(l.proto)
		if !ok {
			f.Problem(r.line, "line %d: expected a protocol such as tcp, udp, icmp or all, came %q; whether the rule is met cannot be decided.", r.line, l.proto)
			out = append(out, cloud.Perhaps(boxes, fmt.Sprintf("the protocol of the rule in line %d, which could not be read", r.line))...)
			continue
		}
		part := slices.Clone(boxes)
		for i := range part {
			part[i].Proto = &ir.Protos{List: []uint8{n}}
		}
		if len(l.ports) == 0 || !ir.HasPorts(n) {
			out = append(out, part...)
			continue
		}
		set := &ir.Ports{}
		for _, v := range l.ports {
			p, ok := objects.PortNumbers(v)
			if !ok {
				f.Problem(r.line, "line %d: expected a port or a range such as 20-25, came %q; whether the rule is met cannot be decided.", r.line, v)
				out = append(out, cloud.Perhaps(part, fmt.Sprintf("the ports of the rule in line %d, which could not be read", r.line))...)
				continue
			}
			set.Ranges = append(set.Ranges, p)
		}
		if len(set.Ranges) > 0 {
			for _, b := range part {
				b.DPort = set
				out = append(out, b)
			}
		}
	}
	return out
}
