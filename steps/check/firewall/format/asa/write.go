package asa

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
)

// errFTD says that rules of an FTD are not written.
var errFTD = errors.New("access lists of an FTD are made by its manager; enter the rules there")

// writer makes the commands of one job.
type writer struct {
	job    format.Job
	groups strings.Builder
	rules  strings.Builder
	tail   strings.Builder
	undo   []string
	drop   []string // groups, taken away after the entries that name them
	lines  map[string]int
	lists  map[string]string // by interface
	fresh  map[string]bool   // interfaces whose list is new, or may be
	named  map[string]string // groups by what they hold
	notes  []string
}

// Write writes access list entries at the head of the lists that packets meet
// as they come in: that of the outside for incoming flows, that of the inside
// for outgoing ones.
func Write(job format.Job) (format.Script, error) {
	if job.Set != nil && strings.HasPrefix(job.Set.Label, "Cisco FTD") {
		return format.Script{}, errFTD
	}
	w := &writer{job: job, lines: map[string]int{}, lists: map[string]string{}, fresh: map[string]bool{}, named: map[string]string{}}
	for _, f := range job.Flows {
		if err := w.flow(f); err != nil {
			return format.Script{}, err
		}
	}
	w.close()
	w.note("Enter the lines in configuration mode (configure terminal) and keep them with write memory.")
	return format.Script{
		Text:  w.groups.String() + w.rules.String() + w.tail.String(),
		Undo:  strings.Join(slices.Concat(w.undo, w.drop), "\n") + "\n",
		Notes: w.notes,
	}, nil
}

func (w *writer) note(s string) {
	if !slices.Contains(w.notes, s) {
		w.notes = append(w.notes, s)
	}
}

// side is the interface by which packets of a flow come in.
func (w *writer) side(in bool) string {
	name, usual := w.job.Outside, "outside"
	if !in {
		name, usual = w.job.Inside, "inside"
	}
	if name != "" && !strings.ContainsAny(name, " \u2026") {
		return name
	}
	w.note(fmt.Sprintf("The interface is taken to be named %s; put its name (show nameif) in place if it is another.", usual))
	return usual
}

// list is the access list of an interface: the one that is applied, or a new
// one.
func (w *writer) list(iface string) string {
	if name, ok := w.lists[iface]; ok {
		return name
	}
	name := applied(w.job.Set, iface)
	if name == "" {
		name = w.free(iface + "_access_in")
		w.fresh[iface] = true
		if w.job.Set == nil {
			w.note(fmt.Sprintf("If a list is applied to %s already (show running-config access-group), use its name in place of %s, in the lines that take these away too, "+
				"and leave out what stands below the comment that names %s: the access-group line would put %s in the place of that list.", iface, name, iface, name))
		}
	}
	w.lists[iface] = name
	return name
}

// free is a name that no list of the file has: entries of one that is not
// applied would come into force with it, and be taken away with it.
func (w *writer) free(name string) string {
	if w.job.Set == nil {
		return name
	}
	next := name
	for n := 2; w.listed(next); n++ {
		next = fmt.Sprintf("%s_%d", name, n)
	}
	if next != name {
		w.note(fmt.Sprintf("List %s is in the file and is not applied there. If it is meant to be, apply it and export again before these lines are entered.", name))
	}
	return next
}

func (w *writer) listed(name string) bool {
	return slices.ContainsFunc(w.job.Set.Programs, func(p *ir.Program) bool {
		return slices.ContainsFunc(p.Chains, func(c ir.Chain) bool { return c.Group == "access-list" && c.Name == name })
	})
}

// applied is the name of the list that is asked first about packets that come
// in by an interface; "" for none.
func applied(set *ir.Ruleset, iface string) string {
	return listAt(set, "access rules", func(b ir.Box) bool {
		return b.In == nil || slices.Contains(b.In.Patterns, iface) != b.In.Not
	})
}

// leaving is the name of the list that is asked about packets of a flow as they
// leave, too; "" for none. Before 8.3 it names addresses as they are translated
// by then, which are not told here.
func (w *writer) leaving(in bool) string {
	iface := w.job.Inside
	if !in {
		iface = w.job.Outside
	}
	if iface == "" || w.job.Set == nil || strings.HasSuffix(w.job.Set.Label, "translated addresses") {
		return ""
	}
	return listAt(w.job.Set, "outbound lists", func(b ir.Box) bool {
		return b.Out != nil && slices.Contains(b.Out.Patterns, iface)
	})
}

// listAt is the first list that a gate asks about packets of some box.
func listAt(set *ir.Ruleset, gate string, fits func(ir.Box) bool) string {
	if set == nil {
		return ""
	}
	for _, p := range set.Programs {
		i, ok := p.Find(gate)
		if !ok {
			continue
		}
		for _, x := range p.Chains[i].Rules {
			if x.Action != ir.Jump {
				continue
			}
			if c := p.Chains[x.Target]; c.Group == "access-list" && slices.ContainsFunc(x.Boxes, fits) {
				return c.Name
			}
		}
	}
	return ""
}

// flow writes one flow.
func (w *writer) flow(f format.Flow) error {
	if f.Proto != "tcp" && f.Proto != "udp" {
		return fmt.Errorf("expected a flow of tcp or udp, came %q", f.Proto)
	}
	dst, port := f.Dst, f.Port
	if f.In && w.job.Set != nil && strings.HasSuffix(w.job.Set.Label, "translated addresses") {
		dst, port = w.public(f)
	}
	iface := w.side(f.In)
	list := w.list(iface)
	action := "permit"
	if f.Deny {
		action = "deny"
	}
	entry := fmt.Sprintf("%s %s %s %s eq %s", action, f.Proto, w.end(f.Src, f), w.end(dst, f), cisco.PortName(port))
	w.entry(list, f.Label, entry)
	if out := w.leaving(f.In); out != "" && out != list && !f.Deny {
		w.entry(out, f.Label, entry)
	}
	return nil
}

// entry writes an entry at the head of a list, below those written there before.
func (w *writer) entry(list, label, entry string) {
	for _, e := range []string{"remark " + label, "extended " + entry} {
		if e == "remark " {
			continue
		}
		w.lines[list]++
		fmt.Fprintf(&w.rules, "access-list %s line %d %s\n", list, w.lines[list], e)
		w.undo = append(w.undo, fmt.Sprintf("no access-list %s %s", list, e))
	}
}

// public are the destinations of a flow as they are before translation.
func (w *writer) public(f format.Flow) ([]netip.Prefix, uint16) {
	var out []netip.Prefix
	port := f.Port
	for _, p := range f.Dst {
		hit := false
		for _, t := range w.job.Translate {
			if p.IsSingleIP() && t.Inside == p.Addr() && t.Port == f.Port {
				out, port, hit = append(out, netip.PrefixFrom(t.Public, t.Public.BitLen())), t.PublicPort, true
			}
		}
		if !hit {
			out = append(out, p)
		}
	}
	return out, port
}

// end is one side of an entry.
func (w *writer) end(list []netip.Prefix, f format.Flow) string {
	switch family := f.Family; {
	case len(list) == 0 && family == ir.V6:
		return "any6"
	case len(list) == 0 && family == ir.V4 && !w.old():
		return "any4"
	case len(list) == 0:
		return "any"
	case len(list) == 1:
		return address(list[0])
	}
	key := fmt.Sprint(list)
	if name, ok := w.named[key]; ok {
		return "object-group " + name
	}
	number := format.ListNumber(f.Label, list)
	name := fmt.Sprintf("mxodus-%d", number)
	for w.taken(name) {
		number++
		name = fmt.Sprintf("mxodus-%d", number)
	}
	w.named[key] = name
	fmt.Fprintf(&w.groups, "object-group network %s\n", name)
	for _, p := range list {
		fmt.Fprintf(&w.groups, " network-object %s\n", address(p))
	}
	w.drop = append(w.drop, "no object-group network "+name)
	return "object-group " + name
}

func (w *writer) taken(name string) bool {
	for _, used := range w.named {
		if used == name {
			return true
		}
	}
	if w.job.Set == nil || w.job.Set.Object == nil {
		return false
	}
	_, _, ok := w.job.Set.Object(name)
	return ok
}

// old reports a release that has no any4.
func (w *writer) old() bool {
	return w.job.Set != nil && (strings.Contains(w.job.Set.Label, "PIX") || strings.Contains(w.job.Set.Label, "ASA 7") || strings.Contains(w.job.Set.Label, "ASA 8"))
}

// address is a network as the commands write it.
func address(p netip.Prefix) string {
	switch {
	case p.IsSingleIP():
		return "host " + p.Addr().String()
	case p.Addr().Is6():
		return p.Masked().String()
	}
	mask := net.IP(net.CIDRMask(p.Bits(), 32)).String()
	return p.Masked().Addr().String() + " " + mask
}

// close applies new lists, and lets pass by that of the inside what passes
// without a list. What is taken away again is entry by entry: a list that loses
// its last one is no longer applied, and one that was there keeps its own.
func (w *writer) close() {
	for _, in := range []bool{true, false} {
		iface := w.side2(in)
		if !w.fresh[iface] || in && iface == w.side2(false) {
			continue
		}
		list := w.lists[iface]
		fmt.Fprintf(&w.tail, "! Only where no list is applied to %s yet:\n", iface)
		if !in {
			entry := "extended permit " + w.everything() + " any any"
			fmt.Fprintf(&w.tail, "access-list %s %s\n", list, entry)
			w.undo = append(w.undo, fmt.Sprintf("no access-list %s %s", list, entry))
		}
		fmt.Fprintf(&w.tail, "access-group %s in interface %s\n", list, iface)
		if w.job.Set != nil {
			w.undo = append([]string{fmt.Sprintf("no access-group %s in interface %s", list, iface)}, w.undo...)
		}
	}
}

// everything is the protocol of the entry that lets all else pass. A list that
// may be there already may have permit ip any any of its own, which is not to
// be taken away with what is written here, so the entry is told apart by a
// group.
func (w *writer) everything() string {
	if w.job.Set != nil {
		return "ip"
	}
	const group = "mxodus-protocols"
	fmt.Fprintf(&w.groups, "object-group protocol %s\n protocol-object ip\n", group)
	w.drop = append(w.drop, "no object-group protocol "+group)
	return "object-group " + group
}

// side2 is side without a note.
func (w *writer) side2(in bool) string {
	n := len(w.notes)
	defer func() { w.notes = w.notes[:n] }()
	return w.side(in)
}
