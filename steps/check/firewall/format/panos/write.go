package panos

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/setcmd"
	"mxodus/steps/check/firewall/ir"
)

// errPushed says why rules cannot be put before one.
var errPushed = errors.New("the rule that decides comes from Panorama; rules before it have to be entered there")

// writer makes the set commands for a job.
type writer struct {
	job      format.Job
	base     string // what paths begin with: "vsys vsys2 rulebase"
	scope    string // "vsys vsys2 "
	names    []string
	services map[string]bool
	text     []string
	undo     []string
}

// write writes set commands for configuration mode.
func write(job format.Job) (format.Script, error) {
	w := &writer{job: job, base: "rulebase", services: map[string]bool{}}
	if err := w.place(); err != nil {
		return format.Script{}, err
	}
	out, in, zones := setcmd.Zones(job)
	for i, f := range job.Flows {
		w.flow(i, f, out, in)
	}
	w.order()
	var undo []string
	for _, n := range w.names {
		undo = append(undo, fmt.Sprintf("delete %s security rules %s", w.base, n))
	}
	w.undo = append(undo, w.undo...)
	notes := append([]string{"Enter these in configuration mode (configure), look at them with: show " + w.base + " security, then: commit."}, zones...)
	return format.Script{Text: strings.Join(w.text, "\n") + "\n", Undo: strings.Join(w.undo, "\n") + "\n", Notes: notes}, nil
}

// place finds the rulebase that the rule which decides is in.
func (w *writer) place() error {
	if strings.Contains(w.job.Above.Text, "(pre-rules of Panorama)") {
		return errPushed
	}
	name, ok := strings.CutSuffix(w.job.Chain, " security")
	if !ok || w.job.Set == nil {
		return nil
	}
	for _, n := range w.job.Set.Notes {
		if strings.HasPrefix(n, "The file holds several device groups") {
			w.scope, w.base = "device-group "+setcmd.Quote(name)+" ", "device-group "+setcmd.Quote(name)+" pre-rulebase"
			return nil
		}
	}
	w.scope, w.base = "vsys "+setcmd.Quote(name)+" ", "vsys "+setcmd.Quote(name)+" rulebase"
	return nil
}

// flow writes a rule for every port by which a flow arrives, and the service
// that it needs.
func (w *writer) flow(i int, f format.Flow, out, in string) {
	doors := []door{{f.Dst, f.Port}}
	from, to := in, out
	if f.In {
		doors = w.doors(f)
		from, to = out, in
	}
	for _, d := range doors {
		w.rule(i, f, d, from, to)
	}
}

func (w *writer) rule(i int, f format.Flow, d door, from, to string) {
	name := w.name(i, f)
	w.names = append(w.names, name)
	service := w.service(f.Proto, d.port)
	action := "allow"
	if f.Deny {
		action = "deny"
	}
	rule := "set " + w.base + " security rules " + name + " "
	w.text = append(w.text,
		rule+"description "+setcmd.Text(f.Label),
		rule+"from "+from, rule+"to "+to,
		rule+"source "+list(f.Src, f.Family), rule+"destination "+list(d.dst, f.Family),
		rule+"source-user any", rule+"category any", rule+"application any", rule+"service "+service,
		rule+"action "+action,
	)
}

// door is where packets are sent to before translation, which rules name.
type door struct {
	dst  []netip.Prefix
	port uint16
}

// doors are the ways by which a flow arrives: the translations of the job, and
// where everybody else is kept out, all those of the file.
func (w *writer) doors(f format.Flow) []door {
	out := []door{{port: f.Port}}
	add := func(p netip.Prefix, port uint16) {
		for i := range out {
			if out[i].port == port {
				if !slices.Contains(out[i].dst, p) {
					out[i].dst = append(out[i].dst, p)
				}
				return
			}
		}
		out = append(out, door{[]netip.Prefix{p}, port})
	}
	list := w.job.Translate
	if slices.ContainsFunc(w.job.Flows, func(f format.Flow) bool { return f.Deny }) {
		list = slices.Concat(list, w.inPlace(f))
	}
	for _, p := range f.Dst {
		moved := false
		for _, t := range list {
			if !p.IsSingleIP() || p.Addr() != t.Inside || t.Port != 0 && t.Port != f.Port {
				continue
			}
			moved = true
			port := f.Port
			if t.PublicPort != 0 {
				port = t.PublicPort
			}
			add(netip.PrefixFrom(t.Public, t.Public.BitLen()), port)
		}
		if !moved {
			add(p, f.Port)
		}
	}
	return slices.DeleteFunc(out, func(d door) bool { return len(d.dst) == 0 && len(f.Dst) > 0 })
}

// inPlace lists the translations of the file that lead to where a flow goes.
func (w *writer) inPlace(f format.Flow) []format.Translation {
	var out []format.Translation
	if w.job.Set == nil {
		return nil
	}
	for _, p := range w.job.Set.Programs {
		for _, c := range p.Chains {
			for i := range c.Rules {
				r := &c.Rules[i]
				if r.Action != ir.Translate || !r.To.HasAddr() {
					continue
				}
				for _, b := range r.Boxes {
					out = append(out, entries(r.To, b, f.Port)...)
				}
			}
		}
	}
	return out
}

// entries are the single addresses and ports that a box of a translating rule
// takes to a port.
func entries(to ir.Translation, b ir.Box, port uint16) []format.Translation {
	var out []format.Translation
	if b.Dst == nil || b.Dst.Not {
		return nil
	}
	ports := []uint16{port}
	if to.HasPort() {
		ports = nil
		if b.DPort == nil || to.Port.Lo != port {
			return nil
		}
		for _, r := range b.DPort.Ranges {
			if r.Lo == r.Hi {
				ports = append(ports, r.Lo)
			}
		}
	}
	for _, r := range b.Dst.Ranges {
		for _, p := range ports {
			if r.From() == r.To() {
				out = append(out, format.Translation{Public: r.From(), Inside: to.Addr.From(), PublicPort: p, Port: port})
			}
		}
	}
	return out
}

// service is the object for a port, made the first time.
func (w *writer) service(proto string, port uint16) string {
	name := fmt.Sprintf("mxodus-%s-%d", proto, port)
	if !w.services[name] {
		w.services[name] = true
		w.text = append(w.text, fmt.Sprintf("set %sservice %s protocol %s port %d", w.scope, name, proto, port))
		w.undo = append(w.undo, fmt.Sprintf("delete %sservice %s", w.scope, name))
	}
	return name
}

// list writes addresses as one word or a list; none is any of the family.
func list(p []netip.Prefix, family ir.Family) string {
	if len(p) == 0 {
		switch family {
		case ir.V4:
			return "0.0.0.0/0"
		case ir.V6:
			return "::/0"
		}
		return "any"
	}
	var words []string
	for _, x := range p {
		words = append(words, x.String())
	}
	return setcmd.List(words)
}

// name makes a rule's name of its flow's label: letters, digits and hyphens,
// at most 31 characters, as older versions take no more.
func (w *writer) name(i int, f format.Flow) string {
	slug, end := setcmd.Slug(f, "rule"), ""
	for n := 0; ; n++ {
		if n > 0 {
			end = fmt.Sprintf("-%d", i+n)
		}
		name := "mxodus-" + slug
		if len(name)+len(end) > 31 {
			name = strings.TrimRight(name[:31-len(end)], "-")
		}
		if name += end; !slices.Contains(w.names, name) && !w.taken(name) {
			return name
		}
	}
}

// taken reports that a rule of the file has that name, to which commands would
// add.
func (w *writer) taken(name string) bool {
	if w.job.Set == nil {
		return false
	}
	for _, p := range w.job.Set.Programs {
		for _, c := range p.Chains {
			for i := range c.Rules {
				if n, ok := nameIn(c.Rules[i].At); ok && n == name {
					return true
				}
			}
		}
	}
	return false
}

// order moves the rules before all others, so that those of several changes
// may be entered in any order.
func (w *writer) order() {
	for i, n := range w.names {
		if i == 0 {
			w.text = append(w.text, fmt.Sprintf("move %s security rules %s top", w.base, n))
			continue
		}
		w.text = append(w.text, fmt.Sprintf("move %s security rules %s after %s", w.base, n, w.names[i-1]))
	}
}
