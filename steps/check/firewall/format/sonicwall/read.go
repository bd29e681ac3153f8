package sonicwall

import (
	"cmp"
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps/check/firewall/format/appliance"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// Read reads a whole file.
func Read(doc *source.Doc) *ir.Ruleset {
	set := &ir.Ruleset{Stands: ir.Forward}
	if settings(doc.Text) {
		return packedSet(set)
	}
	d := &device{set: set, zones: typed(), addrs: objects.NewAddrs("address object"), services: objects.NewServices("service")}
	for name, v := range factory {
		p := uint16(v[1])
		d.services.Add(name, 0, objects.Services{objects.Port(uint8(v[0]), ir.PortRange{Lo: p, Hi: p})})
	}
	d.gather(blocks(doc, set))
	d.builtin()
	set.Rules = len(d.rules)
	set.Object = d.object
	if len(d.rules) == 0 {
		return set
	}
	set.Programs = []*ir.Program{d.program(ir.V4), d.program(ir.V6)}
	d.tell()
	return set
}

// packedSet leaves everything open, with the way to text that is read.
func packedSet(set *ir.Ruleset) *ir.Ruleset {
	why := "the rules, which a settings file (.exp) holds in a form that SonicWall does not publish: give what \"show current-config\" prints on the command line, or write the rules as a table"
	set.Label = "SonicWall settings file (.exp)"
	set.Notes = append(set.Notes, "A settings file (.exp) is not read. Log in to the SonicWall by SSH, enter \"no cli pager session\" and \"show current-config\", and give what is printed; or write the rules as a table.")
	open := ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: why, At: ir.At{Line: 1, Text: "(settings file)"}}
	set.Statements = []ir.Statement{{Line: 1, Text: "(settings file)"}}
	set.Programs = []*ir.Program{{
		Stateful: true,
		Chains:   []ir.Chain{{Name: "rules", Rules: []ir.Rule{open}, Policy: ir.Rule{Boxes: ir.Always(), Action: ir.Undecided, Why: why, At: open.At}}},
		Through:  []ir.Gate{{Stage: "access rules", Primary: true}}, Local: []ir.Gate{{Stage: "access rules", Primary: true}},
	}}
	return set
}

// pair is a pair of zones; "" for any.
type pair struct{ from, to string }

func (p pair) String() string {
	name := func(s string) string {
		if s == "" {
			return "any"
		}
		return s
	}
	return name(p.from) + " to " + name(p.to)
}

// program lowers rules of a family: NAT policies, then a chain for each pair of
// zones.
func (d *device) program(f ir.Family) *ir.Program {
	p := &ir.Program{Family: f, Stateful: true}
	by := map[pair][]*rule{}
	var order []pair
	for _, r := range d.rules {
		if r.off || f == ir.V4 && !r.four || f == ir.V6 && !r.six {
			continue
		}
		k := pair{r.from, r.to}
		if by[k] == nil {
			order = append(order, k)
		}
		by[k] = append(by[k], r)
	}
	var dispatch []ir.Rule
	slices.SortStableFunc(order, func(a, b pair) int { return cmp.Compare(anys(a), anys(b)) })
	for _, k := range order {
		c := ir.Chain{Name: k.String(), Group: "access rules", Policy: ir.Rule{Action: ir.Return, Boxes: ir.Always(), Why: "the pair of zones", At: ir.At{Text: "(end of the access rules from " + k.String() + ")"}}}
		for _, r := range d.ordered(by[k]) {
			c.Rules = append(c.Rules, d.rule(r))
		}
		dispatch = append(dispatch, ir.Rule{
			Boxes: []ir.Box{{In: d.side(k.from), Out: d.side(k.to)}}, Action: ir.Jump, Target: len(p.Chains), At: ir.At{Line: by[k][0].line, Text: "access rules from " + k.String()},
		})
		p.Chains = append(p.Chains, c)
	}
	dispatch = append(dispatch, d.ends()...)
	add := func(name string, rules []ir.Rule, end ir.Rule) int {
		p.Chains = append(p.Chains, ir.Chain{Name: name, Group: "access rules", Rules: rules, Policy: end})
		return len(p.Chains) - 1
	}
	if nats := d.translations(f == ir.V6); len(nats) > 0 {
		p.Arrive = []ir.Gate{{Stage: "NAT policies", NAT: true, NoOut: true, Diverts: true, Chain: add("nat-policies", nats, ir.Rule{
			Boxes: ir.Always(), Action: ir.Accept, At: ir.At{Text: "(no NAT policy changes the destination)"},
		})}}
	}
	p.Through = []ir.Gate{{Stage: "access rules", Primary: true, Chain: add("access-rules", dispatch, ir.Rule{
		Boxes: ir.Always(), Action: ir.Undecided, Why: "the rules that the device has of itself between these zones, which are not in this text; print them with show access-rules",
		At: ir.At{Text: "(no access rule for these zones)"},
	})}}
	p.Local = []ir.Gate{{Stage: "the device itself", Primary: true, NoOut: true, Chain: add("device", []ir.Rule{appliance.Offers("SonicWall")}, ir.Rule{
		Boxes: ir.Always(), Action: ir.Deny, At: ir.At{Text: "(the SonicWall itself takes no such connections)"},
	})}}
	return p
}

func anys(p pair) int {
	n := 0
	if p.from == "" {
		n++
	}
	if p.to == "" {
		n++
	}
	return n
}

// ordered puts the rules of a pair in the order of their priorities. Where
// some have none and actions differ, which comes first is not told.
func (d *device) ordered(list []*rule) []*rule {
	told, same := true, true
	for _, r := range list {
		told = told && r.priority > 0
		same = same && (r.action == "allow") == (list[0].action == "allow")
	}
	out := slices.Clone(list)
	if told {
		slices.SortStableFunc(out, func(a, b *rule) int { return a.priority - b.priority })
		return out
	}
	if same {
		return out
	}
	for i, r := range out {
		c := *r
		c.maybe = append(slices.Clone(r.maybe), fmt.Sprintf("the order of the access rules from %s, whose priorities are not all numbers", pair{r.from, r.to}))
		out[i] = &c
	}
	return out
}

func (d *device) rule(r *rule) ir.Rule {
	out := ir.Rule{Boxes: d.boxes(r), At: ir.At{Line: r.line, Text: r.text}}
	switch r.action {
	case "allow":
		out.Action = ir.Accept
	case "deny", "discard":
		out.Action = ir.Deny
	default:
		out.Action, out.Why = ir.Undecided, fmt.Sprintf("the action of the access rule in line %d", r.line)
	}
	return out
}

// ends drops what comes from zones of the internet and no rule takes.
func (d *device) ends() []ir.Rule {
	var out []ir.Rule
	for _, z := range d.untrusted() {
		out = append(out, ir.Rule{
			Boxes: []ir.Box{{In: d.side(z)}}, Action: ir.Deny, At: ir.At{Text: fmt.Sprintf("(implicit deny: zone %s is untrusted, and no access rule from it takes the packet)", z)},
		})
	}
	return out
}

func (d *device) untrusted() []string {
	var out []string
	for z, t := range d.zones {
		if t == "untrusted" && z != "MULTICAST" {
			out = append(out, z)
		}
	}
	slices.Sort(out)
	return out
}

// tell says what the text tells of interfaces and zones.
func (d *device) tell() {
	outer := d.untrusted()
	of := func(zone string) (ir.Is, string) {
		switch {
		case slices.Contains(outer, zone):
			return ir.Yes, fmt.Sprintf("zone %s is untrusted", zone)
		case zone != "" && d.zones[zone] != "":
			return ir.No, ""
		}
		return ir.Either, ""
	}
	seen := map[string]bool{}
	for _, i := range d.ifaces {
		out := ir.Iface{Name: i.name, Zone: i.zone, At: ir.At{Line: i.line, Text: "interface " + i.name}}
		if i.addr.IsValid() {
			out.Addrs = []netip.Addr{i.addr}
		}
		if i.net.IsValid() {
			out.Nets = []netip.Prefix{i.net}
		}
		out.Outer, out.Why = of(i.zone)
		seen[i.zone] = true
		d.set.Ifaces = append(d.set.Ifaces, out)
	}
	for _, r := range d.rules {
		for _, z := range []string{r.from, r.to} {
			if z != "" && !seen[z] {
				seen[z] = true
				o, why := of(z)
				d.set.Ifaces = append(d.set.Ifaces, ir.Iface{Name: z, Zone: z, Outer: o, Why: why, At: ir.At{Line: r.line, Text: "zone " + z}})
			}
		}
	}
	d.set.Notes = append(d.set.Notes, "SonicWall publishes no specification of this text. What security services (gateway anti-virus, intrusion prevention, application control) do to connections that a rule lets through is not looked at.")
}

// object finds an address object or group by its name.
func (d *device) object(name string) ([]ir.Box, ir.At, bool) {
	for _, kind := range []string{"address-object ", "address-group ", "object "} {
		if len(name) > len(kind) && name[:len(kind)] == kind {
			name = name[len(kind):]
			break
		}
	}
	if line := d.addrs.Line(name); line > 0 {
		return objects.Source(ir.Always(), d.addrs.Get(name)), ir.At{Line: line, Text: fmt.Sprintf("address object %q", name)}, true
	}
	return nil, ir.At{}, false
}
