package ios

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cisco"
	"mxodus/steps/check/firewall/ir"
)

// freshList is the name of a list that is made where none is applied; "6" at
// its end is that of one for IPv6.
const freshList = "mxodus-in"

// target is a list that entries are written into.
type target struct {
	name  string
	six   bool
	fresh bool
	num   int
	lines []string
}

// writer makes the commands of one job.
type writer struct {
	job     format.Job
	order   []*target
	notes   []string
	outside string
	inside  string
}

// Write writes entries at the head of the lists that packets of the flows, and
// their answers, come to: those applied in the file, else a new one inbound on
// the outside interface that lets all the rest pass as before.
func Write(job format.Job) (format.Script, error) {
	w := &writer{job: job, outside: job.Outside, inside: job.Inside}
	if w.outside == "" || strings.ContainsAny(w.outside, " \u2026") {
		w.outside = "GigabitEthernet0/0"
		w.note("The interface of the internet is taken to be GigabitEthernet0/0; put its name (show ip interface brief) in place if it is another.")
	}
	for _, f := range job.Flows {
		if f.Proto != "tcp" && f.Proto != "udp" {
			return format.Script{}, fmt.Errorf("expected a flow of tcp or udp, came %q", f.Proto)
		}
		w.flow(f)
	}
	for _, t := range w.order {
		if t.six && !t.fresh && t.num > 9 {
			w.note(fmt.Sprintf("IPv6 list %s needs %d free numbers before its first entry; give its entries higher numbers first.", t.name, t.num))
		}
	}
	w.note("Enter the lines in configuration mode (configure terminal) and keep them with copy running-config startup-config.")
	text, undo := w.text(), w.undo()
	return format.Script{Text: text, Undo: undo, Notes: w.notes}, nil
}

func (w *writer) note(s string) {
	if !slices.Contains(w.notes, s) {
		w.notes = append(w.notes, s)
	}
}

// place is where packets meet a list: in or out by an interface.
type place struct {
	outer, in bool
}

// flow writes a flow and the answers to it wherever a list is asked about them.
func (w *writer) flow(f format.Flow) {
	src, dst := w.ends(f)
	for _, at := range []place{{true, true}, {true, false}, {false, true}, {false, false}} {
		t := w.target(at, f.Family == ir.V6)
		if t == nil {
			continue
		}
		forth := f.In == (at.outer == at.in) // the way that the first packet takes past this list
		switch {
		case forth:
			s, d, port := src, dst, f.Port
			if f.In && at.outer {
				d, port = w.public(f)
			} else if !f.In && at.outer {
				s = w.outsideOf(f.Src, f.Family)
			}
			w.entries(t, f, s, d, "", port)
		case !f.Deny:
			s, d, port := dst, src, f.Port
			if f.In && at.outer {
				s, port = w.public(f)
			} else if !f.In && at.outer {
				d = w.outsideOf(f.Src, f.Family)
			}
			w.entries(t, f, s, d, "answer", port)
		}
	}
}

// ends are the sides of a flow; an empty one is any address.
func (w *writer) ends(f format.Flow) (src, dst []string) {
	return words(f.Src, f.Family), words(f.Dst, f.Family)
}

func words(list []netip.Prefix, family ir.Family) []string {
	if len(list) == 0 {
		return []string{"any"}
	}
	var out []string
	for _, p := range list {
		out = append(out, address(p))
	}
	return out
}

// address is a network as entries write it.
func address(p netip.Prefix) string {
	switch {
	case p.Bits() == 0:
		return "any"
	case p.IsSingleIP():
		return "host " + p.Addr().String()
	case p.Addr().Is6():
		return p.Masked().String()
	}
	wild := ^uint32(0) >> p.Bits()
	return fmt.Sprintf("%s %d.%d.%d.%d", p.Masked().Addr(), wild>>24, wild>>16&255, wild>>8&255, wild&255)
}

// public are the destinations of a flow as they are before translation.
func (w *writer) public(f format.Flow) ([]string, uint16) {
	var out []string
	port := f.Port
	for _, p := range f.Dst {
		word := address(p)
		for _, t := range w.job.Translate {
			if p.IsSingleIP() && t.Inside == p.Addr() && t.Port == f.Port {
				word, port = "host "+t.Public.String(), t.PublicPort
			}
		}
		out = append(out, word)
	}
	if out == nil {
		out = []string{"any"}
	}
	return out, port
}

// target is the list at a place; nil where none is asked, and everything
// passes.
func (w *writer) target(at place, six bool) *target {
	iface := w.outside
	if !at.outer {
		iface = w.inside
	}
	name := w.applied(iface, at.in, six)
	fresh := name == "" && at.outer && at.in
	if fresh {
		name = w.free(six)
	}
	if name == "" {
		return nil
	}
	for _, t := range w.order {
		if t.name == name {
			return t
		}
	}
	t := &target{name: name, six: six, fresh: fresh}
	w.order = append(w.order, t)
	return t
}

// free is the name of a new list, which no list of the file has.
func (w *writer) free(six bool) string {
	name := freshList
	if six {
		name += "6"
	}
	if w.job.Set == nil {
		more := "enter ip access-list resequence NAME 100000 10 first, use its name"
		if six {
			more = "use its name"
		}
		w.note(fmt.Sprintf("If a list is applied inbound to %s already (show ip interface), %s in place of %s, in the lines that take these away too, "+
			"and leave out what stands below the comment that names %s: the interface lines would put %s in the place of that list.", w.outside, more, name, w.outside, name))
		return name
	}
	r := w.source()
	for n := 2; r != nil && r.lists[name] != nil; n++ {
		name = fmt.Sprintf("%s-%d", freshList, n)
	}
	return name
}

// applied is the list that is asked about packets in or out by an interface.
func (w *writer) applied(iface string, in, six bool) string {
	if w.job.Set == nil || iface == "" {
		return ""
	}
	gate, family := "outbound lists", ir.V4
	if in {
		gate = "inbound lists"
	}
	if six {
		family = ir.V6
	}
	p := w.job.Set.For(family)
	if p == nil {
		return ""
	}
	i, ok := p.Find(gate)
	if !ok {
		return ""
	}
	for _, x := range p.Chains[i].Rules {
		if x.Action != ir.Jump {
			continue
		}
		for _, b := range x.Boxes {
			set := b.Out
			if in {
				set = b.In
			}
			if set != nil && slices.Contains(set.Patterns, iface) {
				return p.Chains[x.Target].Name
			}
		}
	}
	return ""
}

// entries writes one entry for each pair of networks.
func (w *writer) entries(t *target, f format.Flow, src, dst []string, kind string, port uint16) {
	action := "permit"
	if f.Deny {
		action = "deny"
	}
	eq := " eq " + cisco.PortName(port)
	add := func(s string) {
		if !slices.ContainsFunc(t.lines, func(l string) bool { return strings.HasSuffix(l, " "+s) }) {
			t.num++
			t.lines = append(t.lines, fmt.Sprintf("%d %s", t.num, s))
		}
	}
	if f.Label != "" {
		t.lines = append(t.lines, strings.TrimSpace("! "+f.Label+" "+kind))
	}
	for _, s := range src {
		for _, d := range dst {
			switch {
			case kind == "":
				add(fmt.Sprintf("%s %s %s %s%s", action, f.Proto, s, d, eq))
			case f.Proto == "tcp":
				add(fmt.Sprintf("permit tcp %s%s %s established", s, eq, d))
			default:
				add(fmt.Sprintf("permit udp %s%s %s", s, eq, d))
			}
		}
	}
}

// head begins the lines of a list.
func (t *target) head() string {
	if t.six {
		return "ipv6 access-list " + t.name + "\n"
	}
	return "ip access-list extended " + t.name + "\n"
}

// room is the number from which the entries of a list stand after they were
// moved to make room; few numbers are free before the first.
const room = 100_000

func (w *writer) text() string {
	var b strings.Builder
	for _, t := range w.order {
		if !t.fresh && !t.six {
			fmt.Fprintf(&b, "ip access-list resequence %s %d 10\n", t.name, room)
		}
		b.WriteString(t.head())
		for _, l := range t.lines {
			if t.six && l[0] != '!' {
				l = "sequence " + l
			}
			b.WriteString(" " + l + "\n")
		}
		b.WriteString("!\n")
		if !t.fresh {
			continue
		}
		kind, apply := t.words()
		last := fmt.Sprintf("%d permit %s any any", room, kind)
		if t.six {
			last = "sequence " + last
		}
		fmt.Fprintf(&b, "! Only where no list is applied inbound to %s yet:\n%s %s\ninterface %s\n %s %s in\n!\n", w.outside, t.head(), last, w.outside, apply, t.name)
	}
	return b.String()
}

// words are the protocol of all packets, and the command that applies a list.
func (t *target) words() (kind, apply string) {
	if t.six {
		return "ipv6", "ipv6 traffic-filter"
	}
	return "ip", "ip access-group"
}

// undo takes away entry by entry what was put into lists: one that was there
// keeps its own. A list that was made here goes as a whole.
func (w *writer) undo() string {
	var b strings.Builder
	for _, t := range w.order {
		if !t.fresh || w.job.Set == nil {
			w.without(&b, t)
		}
		if !t.fresh {
			if !t.six {
				start, step := w.numbers(t.name)
				fmt.Fprintf(&b, "ip access-list resequence %s %d %d\n", t.name, start, step)
			}
			continue
		}
		if w.job.Set == nil {
			fmt.Fprintf(&b, "! Only where %s was made for this and applied to %s:\n", t.name, w.outside)
		}
		_, apply := t.words()
		fmt.Fprintf(&b, "interface %s\n no %s %s in\n!\nno %s", w.outside, apply, t.name, t.head())
	}
	return b.String()
}

// numbers are the first number of a list of the file and the step to the next;
// 10 and 10, as the router gives them, where they do not go in even steps.
func (w *writer) numbers(list string) (start, step int) {
	start, step = 10, 10
	r := w.source()
	if r == nil || r.lists[list] == nil || len(r.lists[list].entries) == 0 {
		return start, step
	}
	all := r.lists[list].entries
	if len(all) > 1 {
		step = all[1].seq - all[0].seq
	}
	for i, e := range all {
		if e.seq != all[0].seq+i*step {
			w.note(fmt.Sprintf("The entries of list %s get new numbers by this, and keep their order.", list))
			return 10, 10
		}
	}
	return all[0].seq, step
}

// without takes the entries of a list away by their numbers.
func (w *writer) without(b *strings.Builder, t *target) {
	b.WriteString(t.head())
	for _, l := range t.lines {
		num, _, _ := strings.Cut(l, " ")
		if num == "!" {
			continue
		}
		if t.six {
			num = "sequence " + num
		}
		fmt.Fprintf(b, " no %s\n", num)
	}
	b.WriteString("!\n")
}
