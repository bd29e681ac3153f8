package mikrotik

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// place says of a job where its rules are to stand.
type place struct{ table, in, out string }

func placeOf(job format.Job) place {
	switch {
	case job.Chain == "prerouting":
		return place{"raw", "prerouting", "prerouting"}
	case job.Host || job.Chain == "input" || job.Chain == "output":
		return place{"filter", "input", "output"}
	}
	return place{"filter", "forward", "forward"}
}

// write writes commands for the terminal. Each rule is put before all others,
// so they are written last first.
func write(job format.Job) (format.Script, error) {
	if len(job.Flows) == 0 {
		return format.Script{}, format.ErrNothing
	}
	if job.Set != nil && job.Chain == ownChain {
		return format.Script{}, errors.New("the packets end at the router's own address: a dst-nat rule has to send them on first")
	}
	w := &writer{job: job, place: placeOf(job), empty: map[string]bool{}, lists: map[string]bool{}}
	w.look()
	var blocks, undo []string
	for _, f := range slices.Backward(job.Flows) {
		for _, menu := range []string{menu4, menu6} {
			text, gone := w.flow(f, menu)
			blocks, undo = append(blocks, text), append(undo, gone...)
		}
	}
	blocks = append(blocks, w.replies()...)
	for _, menu := range w.used {
		undo = append(undo, fmt.Sprintf("/%s firewall %s remove [find comment=%q]", menu, w.place.table, repliesComment))
	}
	slices.Sort(undo)
	undo = slices.Compact(undo)
	s := format.Script{Text: strings.Join(blocks, ""), Undo: strings.Join(undo, "\n") + "\n"}
	s.Notes = append(s.Notes,
		"Paste the commands into a terminal of the router. The rule that is to stand first is written last.",
		"If the router refuses place-before=0 because its first entry is a dummy rule (marked D), put the number of the first rule that is your own.")
	told := job.Set == nil && job.Outside != "" // Rules says so
	if !told && slices.ContainsFunc(job.Flows, func(f format.Flow) bool { return f.Deny && f.In && len(f.Src) == 0 }) {
		s.Notes = append(s.Notes, "The drop rule holds for every interface: hosts of your own that send through this router need a rule before it.")
	}
	if w.unplaced {
		s.Notes = append(s.Notes, "On a router whose list of rules is empty, leave place-before=0 out and enter the commands from the last to the first.")
	}
	return s, nil
}

type writer struct {
	job      format.Job
	place    place
	empty    map[string]bool // menus in which the file has no rule of the table
	answered map[string]bool // menus that let replies pass
	used     []string        // menus for which replies are let pass
	unplaced bool            // it is not known whether there are rules
	lists    map[string]bool // names of address lists that are written
}

const repliesComment = "mxodus replies"

// look finds what the file has already.
func (w *writer) look() {
	w.answered = map[string]bool{}
	if w.job.Set == nil {
		w.unplaced = true
		return
	}
	for _, menu := range []string{menu4, menu6} {
		w.empty[menu] = true
	}
	for _, p := range w.job.Set.Programs {
		menu := menu4
		if p.Family == ir.V6 {
			menu = menu6
		}
		for _, c := range p.Chains {
			if c.Group != w.place.table || len(c.Rules) == 0 {
				continue
			}
			w.empty[menu] = false
			for _, r := range c.Rules {
				if r.Action == ir.Accept && (c.Name == w.place.in || c.Name == w.place.out) && slices.ContainsFunc(r.Boxes, lets) {
					w.answered[menu] = true
				}
			}
		}
	}
}

// lets reports a condition that all later packets of connections meet.
func lets(b ir.Box) bool {
	rest := b
	rest.State = nil
	plain := rest.Src == nil && rest.Dst == nil && rest.Proto == nil && rest.SPort == nil && rest.DPort == nil && rest.In == nil && rest.Out == nil
	return plain && len(b.Maybe) == 0 && len(b.State) == 1 && !b.State[0].Not && b.State[0].Any&ir.Established != 0
}

// flow writes a rule of a flow, or one for each port that its packets have
// before they are translated, where the rule comes before that.
func (w *writer) flow(f format.Flow, menu string) (text string, undo []string) {
	family := ir.V4
	if menu == menu6 {
		family = ir.V6
	}
	src, dst, ok := f.Of(family)
	if !ok {
		return "", nil
	}
	if !f.Deny && !slices.Contains(w.used, menu) {
		w.used = append(w.used, menu)
	}
	to := []format.Target{{Dst: dst, Port: f.Port}}
	if w.place.table == "raw" && f.In {
		to = w.job.Public(dst, f.Port)
	}
	for _, t := range to {
		rule, gone := w.rule(f, menu, src, t)
		text, undo = text+rule, append(undo, gone...)
	}
	return text, undo
}

// rule writes one rule, with lists of addresses before it.
func (w *writer) rule(f format.Flow, menu string, src []netip.Prefix, to format.Target) (text string, undo []string) {
	var b strings.Builder
	props := []string{"action=accept", "chain=" + w.place.in}
	if !f.In {
		props[1] = "chain=" + w.place.out
	}
	if f.Deny {
		props[0] = "action=drop"
	}
	props = append(props, "protocol="+f.Proto)
	for _, side := range []struct {
		key  string
		list []netip.Prefix
	}{{"src-address", src}, {"dst-address", to.Dst}} {
		switch len(side.list) {
		case 0:
		case 1:
			props = append(props, side.key+"="+shownPrefix(side.list[0]))
		default:
			name := w.listName(f.Label, side.list)
			for _, p := range side.list {
				fmt.Fprintf(&b, "/%s firewall address-list add list=%s address=%s comment=%q\n", menu, name, shownPrefix(p), f.Label)
			}
			undo = append(undo, fmt.Sprintf("/%s firewall address-list remove [find list=%s]", menu, name))
			props = append(props, side.key+"-list="+name)
		}
	}
	props = append(props, fmt.Sprintf("dst-port=%d", to.Port))
	props = append(props, fmt.Sprintf("comment=%q", f.Label))
	w.put(&b, menu, props)
	undo = append(undo, fmt.Sprintf("/%s firewall %s remove [find comment=%q]", menu, w.place.table, f.Label))
	return b.String(), undo
}

// listName is the name of an address list that neither the file nor what is
// written has yet.
func (w *writer) listName(label string, list []netip.Prefix) string {
	for number := format.ListNumber(label, list); ; number++ {
		name := fmt.Sprintf("mxodus-%d", number)
		taken := w.lists[name]
		if !taken && w.job.Set != nil && w.job.Set.Object != nil {
			_, _, taken = w.job.Set.Object("address-list " + name)
		}
		if !taken {
			w.lists[name] = true
			return name
		}
	}
}

// put writes a command that places a rule first.
func (w *writer) put(b *strings.Builder, menu string, props []string) {
	fmt.Fprintf(b, "/%s firewall %s add %s", menu, w.place.table, strings.Join(props, " "))
	if !w.empty[menu] {
		b.WriteString(" place-before=0")
	}
	w.empty[menu] = false
	b.WriteString("\n")
}

func shownPrefix(p netip.Prefix) string {
	if p.IsSingleIP() && p.Addr().Is4() {
		return p.Addr().String()
	}
	return p.String()
}

// replies lets later packets of connections pass where the file does not.
func (w *writer) replies() []string {
	var out []string
	var used []string
	for _, menu := range w.used {
		if w.answered[menu] || w.place.table == "raw" {
			continue
		}
		used = append(used, menu)
		var b strings.Builder
		chains := []string{w.place.in}
		if w.place.out != w.place.in {
			chains = append(chains, w.place.out)
		}
		for _, c := range chains {
			w.put(&b, menu, []string{"action=accept", "chain=" + c, "connection-state=established,related", fmt.Sprintf("comment=%q", repliesComment)})
		}
		out = append(out, b.String())
	}
	w.used = used
	return out
}
