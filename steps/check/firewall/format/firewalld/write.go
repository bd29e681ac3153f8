package firewalld

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// Priorities: policies of this one come before all that people make, and in
// them what is let in before what is kept out.
const (
	policyPriority = -30000
	richPriority   = -200
)

// where names the policy for a flow, and the sides it is between.
type where struct{ name, from, to string }

var (
	through = where{"mxodus-fwd", "ANY", "ANY"}
	inward  = where{"mxodus-in", "ANY", "HOST"}
	outward = where{"mxodus-out", "HOST", "ANY"}
)

// Write writes commands of firewall-cmd: a policy before all others with rich
// rules in it. What is translated on this firewall is let through by that
// alone, so there the translation is narrowed to those who may.
func Write(job format.Job) (format.Script, error) {
	w := &writer{job: job}
	step, last := 0, false
	for i, f := range job.Flows {
		if i > 0 && f.Deny != last {
			step++
		}
		last = f.Deny
		for _, fam := range []ir.Family{ir.V4, ir.V6} {
			w.flow(f, fam, richPriority+step)
		}
	}
	if len(w.rules) == 0 {
		return format.Script{}, format.ErrNothing
	}
	var text, undo []string
	for _, p := range w.used {
		text = append(text, "firewall-cmd --permanent --new-policy="+p.name,
			fmt.Sprintf("firewall-cmd --permanent --policy=%s --set-priority=%d", p.name, policyPriority),
			fmt.Sprintf("firewall-cmd --permanent --policy=%s --add-ingress-zone=%s", p.name, p.from),
			fmt.Sprintf("firewall-cmd --permanent --policy=%s --add-egress-zone=%s", p.name, p.to))
		undo = append(undo, "firewall-cmd --permanent --delete-policy="+p.name)
	}
	text = append(text, w.rules...)
	undo = append(undo, w.undo...)
	reload := "firewall-cmd --reload"
	return format.Script{
		Text: strings.Join(append(text, reload), "\n") + "\n", Undo: strings.Join(append(undo, reload), "\n") + "\n", Notes: w.notes(), UndoNotes: w.undoNotes(),
	}, nil
}

type writer struct {
	job   format.Job
	used  []where
	rules []string
	undo  []string
	moved bool
}

func (w *writer) notes() []string {
	out := []string{"Carry these lines out as root, in this order. They act with the last line and stay after a restart. " +
		"A policy that is there already is said to be (NAME_CONFLICT, ALREADY_ENABLED); that does no harm. Policies need firewalld 0.9 or later."}
	if w.moved {
		out = append(out, fmt.Sprintf("What zone %s sends on to another address is let through by that alone, so the translation itself is narrowed here.", w.zone()))
	}
	if w.moved && w.job.Set == nil && slices.ContainsFunc(w.job.Flows, func(f format.Flow) bool { return f.Deny }) {
		out = append(out, fmt.Sprintf("A translation for everybody is taken away, be it there or not, so the undo does not put one back: "+
			"see what there is first with firewall-cmd --permanent --zone=%s --list-forward-ports, and keep it.", w.zone()))
	}
	return out
}

// undoNotes say what the way back does not bring back.
func (w *writer) undoNotes() []string {
	if !w.moved || w.job.Set != nil || !slices.ContainsFunc(w.job.Flows, func(f format.Flow) bool { return f.Deny }) {
		return nil
	}
	return []string{fmt.Sprintf("A translation for everybody that the rules took away is not put back: where zone %s had one, enter it again, or no mail arrives.", w.zone())}
}

// place is the policy that a flow's rule goes into.
func (w *writer) place(f format.Flow) where {
	chain := strings.ToUpper(w.job.Chain)
	switch {
	case strings.Contains(chain, "FORWARD"), strings.HasPrefix(chain, "FILTER_FWD"):
		return through
	case strings.Contains(chain, "OUTPUT"), strings.HasPrefix(chain, "FILTER_OUT"):
		return outward
	case strings.Contains(chain, "INPUT"), strings.HasPrefix(chain, "FILTER_IN"):
		return inward
	case !w.job.Host:
		return through
	case f.In:
		return inward
	}
	return outward
}

// zone is that of the internet.
func (w *writer) zone() string {
	if w.job.Set != nil {
		for _, i := range w.job.Set.Ifaces {
			if i.Name == w.job.Outside && i.Zone != "" {
				return i.Zone
			}
		}
	}
	if w.job.Outside != "" {
		return w.job.Outside
	}
	return "external"
}

// flow makes the rules of one flow in one family.
func (w *writer) flow(f format.Flow, fam ir.Family, priority int) {
	src, dst, ok := f.Of(fam)
	if !ok {
		return
	}
	for _, t := range w.job.Translate {
		if f.In && t.Port == f.Port && t.Inside.Is4() == (fam == ir.V4) && slices.ContainsFunc(dst, func(p netip.Prefix) bool { return p.Contains(t.Inside) }) {
			w.translate(f, t, src, priority)
			return
		}
	}
	p := w.place(f)
	if !slices.Contains(w.used, p) {
		w.used = append(w.used, p)
	}
	action := "accept"
	if f.Deny {
		action = "drop"
	}
	for _, x := range format.Pairs(src, dst) {
		w.add(fmt.Sprintf(`firewall-cmd --permanent --policy=%s --add-rich-rule='rule priority="%d" family="%s"%s%s port port="%d" protocol="%s" %s'`,
			p.name, priority, family(fam), side("source", x.Src), side("destination", x.Dst), f.Port, f.Proto, action), "")
	}
}

// translate narrows a translation to the sources that may, or takes away the
// one that is for everybody.
func (w *writer) translate(f format.Flow, t format.Translation, src []netip.Prefix, priority int) {
	w.moved = true
	z := w.zone()
	if f.Deny {
		for _, general := range w.generals(f, t) {
			undo := ""
			if w.job.Set != nil {
				undo = fmt.Sprintf("firewall-cmd --permanent --zone=%s --add-forward-port=%s", z, general)
			}
			w.add(fmt.Sprintf("firewall-cmd --permanent --zone=%s --remove-forward-port=%s", z, general), undo)
		}
		return
	}
	for _, p := range format.Pairs(src, nil) {
		fam := ir.V4
		if t.Inside.Is6() {
			fam = ir.V6
		}
		rule := fmt.Sprintf(`rich-rule='rule priority="%d" family="%s"%s forward-port port="%d" protocol="%s" to-port="%d" to-addr="%s"'`,
			priority, family(fam), side("source", p.Src), t.PublicPort, f.Proto, t.Port, t.Inside)
		w.add(fmt.Sprintf("firewall-cmd --permanent --zone=%s --add-%s", z, rule), fmt.Sprintf("firewall-cmd --permanent --zone=%s --remove-%s", z, rule))
	}
}

// generals are the translations for everybody that a flow is sent on by: those
// that stand in the file, or all that there may be where it is not known. A port
// that stays the same is written or left out.
func (w *writer) generals(f format.Flow, t format.Translation) []string {
	form := fmt.Sprintf("port=%d:proto=%s:toport=%%s:toaddr=%s", t.PublicPort, f.Proto, t.Inside)
	list := []string{fmt.Sprintf(form, strconv.Itoa(int(t.Port)))}
	if t.PublicPort == t.Port {
		list = append(list, fmt.Sprintf(form, ""))
	}
	if w.job.Set == nil {
		return list
	}
	return slices.DeleteFunc(list, func(g string) bool {
		return !slices.ContainsFunc(w.job.Set.Statements, func(s ir.Statement) bool { return strings.Contains(s.Text, g) })
	})
}

func (w *writer) add(cmd, undo string) {
	if slices.Contains(w.rules, cmd) {
		return
	}
	w.rules = append(w.rules, cmd)
	if undo != "" {
		w.undo = append(w.undo, undo)
	}
}

func family(f ir.Family) string {
	if f == ir.V6 {
		return "ipv6"
	}
	return "ipv4"
}

func side(word string, p netip.Prefix) string {
	if !p.IsValid() || p.Bits() == 0 {
		return ""
	}
	return fmt.Sprintf(` %s address="%s"`, word, format.Short(p))
}
