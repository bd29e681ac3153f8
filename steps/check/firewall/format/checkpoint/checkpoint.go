// Package checkpoint reads the JSON that Check Point's management prints of
// access rules, NAT rules and objects: the answers of mgmt_cli, or the files
// of its show_package tool, one or several in one file.
//
// What it goes by:
//
//   - Rules of a layer in order, first match; then its implicit cleanup action.
//     Ordered layers must all accept. An inline layer decides about all that its
//     rule sends into it (R81 Security Management Administration Guide, "The
//     Columns of the Access Control Rule Base", "Ordered Layers and Inline
//     Layers").
//   - Access rules see the destination as it was before translation. An object
//     whose own settings translate it stands for both of its addresses (same
//     guide, "Configuring the NAT Policy", "Working with Automatic NAT Rules").
//   - NAT rules in order, first match; an automatic rule for the source lets
//     another one translate the destination.
//   - Implied rules are not in the export. They concern packets to and from the
//     gateway itself, which stay open.
//   - VPN communities, content, times, users, domains, applications and updatable
//     objects are known only as connections come: met perhaps.
package checkpoint

import (
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/objects"
	"mxodus/steps/check/firewall/source"
)

// Format describes Check Point for the table of formats.
func Format() format.Format {
	return format.Format{
		ID: "checkpoint", Label: "Check Point (management JSON)",
		Detect: Detect, Read: Read, Confirm: confirm,
		Export: []format.Way{
			{Where: "On the management server, in expert mode", Do: []string{
				"mgmt_cli -r true show access-rulebase name \"Network\" limit 500 details-level full dereference-group-members true --format json > rules.json",
				"mgmt_cli -r true show access-layer name \"Network\" --format json >> rules.json",
				"mgmt_cli -r true show nat-rulebase package \"Standard\" limit 500 details-level full --format json >> rules.json",
				"mgmt_cli -r true show gateways-and-servers details-level full --format json >> rules.json",
				"Name your own layer and package. For more than 500 rules repeat the first line with offset 500, 1000 and so on, each with >>.",
				"For more than one ordered layer, and for inline layers, add each layer the same way, in order.",
			}},
			{Where: "With the show_package tool", Do: []string{
				"Run $MDS_FWDIR/scripts/web_api_show_package.sh, and unpack the archive that it makes.",
				"Put the JSON files of the access layers, of NAT and of objects into one file, one after the other.",
			}},
		},
		Supports: format.Supports{
			format.Order: format.Exact, format.Default: format.Exact, format.Groups: format.Exact, format.Negation: format.Exact,
			format.Disabled: format.Exact, format.Schedules: format.Part, format.Interfaces: format.Part, format.DNAT: format.Exact,
			format.OneToOne: format.Exact, format.Replies: format.Exact, format.IPv6: format.Exact, format.Names: format.Open,
			format.Apps: format.Open, format.Writes: format.None,
		},
		Limits: "The export holds no implied rules, interfaces or routes: packets to the gateway itself stay open. Rules are read, not written.",
	}
}

// Read reads an export.
func Read(doc *source.Doc) *ir.Ruleset {
	x := load(doc)
	b := &builder{
		x: x, s: newStore(x), now: doc.Now, chains: map[*layer]int{}, odd: map[int]bool{},
		p: &ir.Program{Family: ir.Any, Stateful: true},
	}
	b.translates()
	set := &ir.Ruleset{Problems: x.problems, Stands: ir.Forward}
	list := b.ordered()
	if len(list) == 0 {
		set.Problems = append(set.Problems, ir.Problem{Line: 1, Text: "the file holds no access rules; add the output of: mgmt_cli show access-rulebase --format json"})
		return set
	}
	if nat := b.nat(); nat >= 0 {
		b.p.Arrive = []ir.Gate{{Stage: "NAT", Chain: nat, NAT: true, NoOut: true, Diverts: true}}
	}
	for _, l := range list {
		b.p.Through = append(b.p.Through, ir.Gate{Stage: "layer " + l.name, Chain: b.layerChain(l), Primary: len(b.p.Through) == 0})
	}
	own := b.add(ir.Chain{Name: "implied rules", Policy: ir.Rule{
		Boxes: ir.Always(), Action: ir.Undecided, Why: "the implied rules for the gateway itself, which the export does not hold", At: ir.At{Text: "(implied rules)"},
	}})
	b.p.Local = []ir.Gate{{Stage: "implied rules", Chain: own, Primary: true}}
	b.p.Leave = b.p.Local
	set.Public = b.sends()
	set.Programs, set.Rules, set.Statements, set.Object = []*ir.Program{b.p}, b.count, b.states, b.object
	for i := range set.Statements {
		if b.odd[set.Statements[i].Line] {
			set.Statements[i].Known = false
		}
	}
	b.notes(set, list)
	return set
}

// ordered lists the layers that every packet passes: those of the package
// where the file holds it, else all that no rule goes to.
func (b *builder) ordered() []*layer {
	for _, l := range b.x.layers {
		for _, n := range l.rules {
			in := n.Get("inline-layer")
			if t := b.x.byUID[in.Str()+in.Get("uid").Str()]; t != nil {
				t.inline = true
			}
		}
	}
	var out []*layer
	for _, n := range b.x.order {
		if l := b.x.byUID[n.Get("uid").Str()]; l != nil && !slices.Contains(out, l) {
			out = append(out, l)
		}
	}
	if !slices.ContainsFunc(out, func(l *layer) bool { return len(l.rules) > 0 }) {
		out = nil
		for _, l := range b.x.layers {
			if !l.inline && len(l.rules) > 0 {
				out = append(out, l)
			}
		}
	}
	return out
}

// layerChain lowers an ordered layer, with what of the file could not be read.
func (b *builder) layerChain(l *layer) int {
	if len(l.rules) == 0 {
		why := "layer " + l.name + ", whose rules are not in the file"
		return b.add(ir.Chain{Name: l.name, Rules: []ir.Rule{undecided(l.line, why, "layer "+l.name)}, Policy: b.cleanup(l)})
	}
	i := b.chain(l, 0)
	var front []ir.Rule
	for _, why := range b.x.lacks {
		front = append(front, undecided(0, why, "(the file is not complete)"))
	}
	b.p.Chains[i].Rules = append(front, b.p.Chains[i].Rules...)
	return i
}

func (b *builder) notes(set *ir.Ruleset, list []*layer) {
	if !b.x.hasNAT {
		set.Notes = append(set.Notes, "The NAT rules are not in the file; add them if the mail server is reached at another address: mgmt_cli show nat-rulebase --format json.")
	}
	if len(b.x.order) == 0 && len(list) > 1 {
		var names []string
		for _, l := range list {
			names = append(names, l.name)
		}
		set.Notes = append(set.Notes, "The layers "+strings.Join(names, ", ")+" are taken as ordered layers of one policy, in this order. Check layers of other policies apart.")
	}
	if b.x.packages > 1 {
		set.Notes = append(set.Notes, "The file holds several policy packages; the layers of the first are read.")
	}
}

// uids lists the objects in the order of the file.
func (b *builder) uids() []string {
	out := make([]string, 0, len(b.x.objects))
	for uid := range b.x.objects {
		out = append(out, uid)
	}
	slices.SortFunc(out, func(a, c string) int {
		if d := b.x.objects[a].Line - b.x.objects[c].Line; d != 0 {
			return d
		}
		return strings.Compare(a, c)
	})
	return out
}

// object finds a network object by name or uid.
func (b *builder) object(name string) (boxes []ir.Box, at ir.At, ok bool) {
	for _, kind := range []string{"group ", "host ", "network ", "object "} {
		name = strings.TrimPrefix(name, kind)
	}
	o := b.x.names[name]
	if o == nil {
		o = b.x.objects[name]
	}
	if o == nil || !b.s.addrs.Has(b.s.keys[o.Get("uid").Str()]) {
		return nil, ir.At{}, false
	}
	return objects.Source(ir.Always(), b.s.addrs.Get(b.s.keys[o.Get("uid").Str()])), ir.At{Line: o.Line, Text: "object " + o.Get("name").Str()}, true
}

// confirm is the gateway's own test of a packet against the installed policy.
func confirm(p format.Packet) string {
	proto := 6
	if p.Proto == "udp" {
		proto = 17
	}
	sport := p.SPort
	if sport == 0 {
		sport = 40000
	}
	return fmt.Sprintf("fw up_execute src=%s dst=%s ipp=%d sport=%d dport=%d", p.Src, p.Dst, proto, sport, p.DPort)
}
