package srx

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/setcmd"
	"mxodus/steps/check/firewall/ir"
)

// ownBooks is the note of files whose addresses stand in the zones themselves,
// beside which the global book cannot be used.
const ownBooks = "Addresses stand in the address books of the zones themselves."

// writer makes the set commands for a job.
type writer struct {
	job   format.Job
	books bool // addresses stand in the zones
	made  map[string]bool
	names []string
	pairs []string // of names: "from-zone a to-zone b"
	text  []string
	undo  []string
}

// write writes set commands for configuration mode.
func write(job format.Job) (format.Script, error) {
	w := &writer{job: job, made: map[string]bool{}}
	if job.Set != nil {
		w.books = slices.Contains(job.Set.Notes, ownBooks)
		if !w.policies() {
			return format.Script{}, fmt.Errorf("what decides stands in %s, not in the policies: change it there", job.Chain)
		}
	}
	out, in, zones := setcmd.Zones(job)
	for i, f := range job.Flows {
		from, to := out, in
		if !f.In {
			from, to = in, out
		}
		w.flow(i, f, from, to)
	}
	w.order()
	var undo []string
	for i, n := range w.names {
		undo = append(undo, fmt.Sprintf("delete security policies %s policy %s", w.pairs[i], n))
	}
	notes := append([]string{"Enter these in configuration mode (configure), look at them with: show | compare, then: commit."}, zones...)
	if job.Set == nil {
		notes = append(notes, "New policies stand after those that are there: put each before the first one of its zones with: insert security policies from-zone A to-zone B policy NEW before policy FIRST.")
	}
	return format.Script{Text: strings.Join(w.text, "\n") + "\n", Undo: strings.Join(append(undo, w.undo...), "\n") + "\n", Notes: notes}, nil
}

// policies reports that the rule which decides is a policy, or none.
func (w *writer) policies() bool {
	return w.job.Chain == "" || w.job.Chain == "policies" || w.job.Chain == "global" || strings.Contains(w.job.Chain, " to ")
}

func (w *writer) flow(i int, f format.Flow, from, to string) {
	pair := "from-zone " + from + " to-zone " + to
	name := w.name(i, f)
	w.names, w.pairs = append(w.names, name), append(w.pairs, pair)
	src, dst := w.addresses(f.Src, from, f.Family), w.addresses(f.Dst, to, f.Family)
	app := fmt.Sprintf("mxodus-%s-%d", f.Proto, f.Port)
	w.once(fmt.Sprintf("applications application %s", app), fmt.Sprintf(" protocol %s", f.Proto), fmt.Sprintf(" destination-port %d", f.Port))
	action := "permit"
	if f.Deny {
		action = "deny"
	}
	p := fmt.Sprintf("set security policies %s policy %s ", pair, name)
	w.text = append(w.text,
		p+"description "+setcmd.Text(f.Label), p+"match source-address "+src, p+"match destination-address "+dst,
		p+"match application "+app, p+"then "+action,
	)
}

// once writes the settings of an object the first time that it is needed.
func (w *writer) once(object string, settings ...string) {
	if w.made[object] {
		return
	}
	w.made[object] = true
	for _, s := range settings {
		w.text = append(w.text, "set "+object+s)
	}
	w.undo = append(w.undo, "delete "+object)
}

// addresses makes address book entries of networks and names them; none is any
// of the family.
func (w *writer) addresses(list []netip.Prefix, zone string, family ir.Family) string {
	if len(list) == 0 {
		switch family {
		case ir.V4:
			return "any-ipv4"
		case ir.V6:
			return "any-ipv6"
		}
		return "any"
	}
	book := "security address-book global"
	if w.books {
		book = "security zones security-zone " + zone + " address-book"
	}
	var words []string
	for _, p := range list {
		name := "mxodus-" + strings.NewReplacer("/", "_", ":", "-").Replace(p.String())
		w.once(book+" address "+name, " "+p.String())
		words = append(words, name)
	}
	return setcmd.List(words)
}

// name makes a policy's name of its flow's label.
func (w *writer) name(i int, f format.Flow) string {
	slug := setcmd.Slug(f, "policy")
	name := "mxodus-" + slug[:min(len(slug), 40)]
	for n := 2; slices.Contains(w.names, name) || w.taken(name); n++ {
		name = fmt.Sprintf("mxodus-%s-%d", slug[:min(len(slug), 40)], i+n)
	}
	return name
}

func (w *writer) taken(name string) bool {
	found := false
	w.each(func(_ *ir.Chain, n string, _ *ir.Rule) { found = found || n == name })
	return found
}

// each visits the policies of the file, by name.
func (w *writer) each(f func(*ir.Chain, string, *ir.Rule)) {
	if w.job.Set == nil {
		return
	}
	for _, p := range w.job.Set.Programs {
		for c := range p.Chains {
			for i := range p.Chains[c].Rules {
				if r := &p.Chains[c].Rules[i]; strings.HasPrefix(r.At.Text, "policy ") {
					if n, ok := nameIn(r.At); ok {
						f(&p.Chains[c], n, r)
					}
				}
			}
		}
	}
}

// nameIn takes the name of a policy out of its gist.
func nameIn(at ir.At) (string, bool) {
	q, err := strconv.QuotedPrefix(strings.TrimPrefix(at.Text, "policy "))
	if err != nil {
		return "", false
	}
	name, err := strconv.Unquote(q)
	return name, err == nil
}

// order puts the policies before all of their zones, so that those of several
// changes may be entered in any order.
func (w *writer) order() {
	for i, n := range w.names {
		first, chain := "", strings.NewReplacer("from-zone ", "", "to-zone ", "to ", `"`, "").Replace(w.pairs[i])
		w.each(func(c *ir.Chain, name string, _ *ir.Rule) {
			if c.Name == chain && first == "" {
				first = name
			}
		})
		if first != "" {
			w.text = append(w.text, fmt.Sprintf("insert security policies %s policy %s before policy %s", w.pairs[i], n, setcmd.Quote(first)))
		}
	}
}
