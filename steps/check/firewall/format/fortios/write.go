package fortios

import (
	"fmt"
	"hash/fnv"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
)

// writer gathers one script. Objects are made once, and named by what they
// hold, so that two scripts of one file agree.
type writer struct {
	job     format.Job
	v       *vdom // the virtual domain written to; nil when the file is not known
	blocks  map[string][]string
	order   []string // of the blocks
	undo    map[string][]string
	made    map[string]bool
	before  map[string]string // by table: the entry that policies are put before
	ids     map[string]bool
	notes   []string
	outside string
	inside  string
}

// write writes policies as a script of configuration commands.
func write(job format.Job) (format.Script, error) {
	w := &writer{job: job, blocks: map[string][]string{}, undo: map[string][]string{}, made: map[string]bool{}, before: map[string]string{}, ids: map[string]bool{}}
	w.place()
	w.sides()
	for _, f := range job.Flows {
		if err := w.flow(f); err != nil {
			return format.Script{}, err
		}
	}
	if len(w.order) == 0 {
		return format.Script{}, fmt.Errorf("no flow to write")
	}
	s := format.Script{Text: w.script(w.order, w.blocks), Notes: w.notes}
	back := slices.Clone(w.order)
	slices.Reverse(back)
	s.Undo = w.script(back, w.undo)
	where := "Enter it on the FortiGate's command line (SSH, or the console in the web interface)"
	if w.v == nil {
		where += "; with VDOMs first: config vdom, edit NAME"
	}
	s.Notes = append([]string{where + ". It takes effect at once."}, s.Notes...)
	return s, nil
}

// place finds the virtual domain and the policies that the new ones stand
// before.
func (w *writer) place() {
	if w.job.Set == nil {
		return
	}
	d, ok := w.job.Set.Source.(*device)
	if !ok {
		return
	}
	for _, v := range d.vdoms {
		named := len(d.vdoms) > 1 && w.job.Chain == v.name
		if w.v == nil && hasPolicies(v.at) || named {
			w.v = v
		}
		if named {
			break
		}
	}
	if w.v == nil {
		w.v = d.vdoms[0]
	}
	for _, t := range policyTables {
		k := w.v.at.kid(t)
		if k == nil {
			continue
		}
		if e := k.at(w.job.Above.Line); e != nil {
			w.before[t] = e.name
		} else if e := k.firstEntry(); e != nil {
			w.before[t] = e.name
		}
	}
}

// taken reports a number that a policy has already.
func (w *writer) taken(id string) bool {
	if w.ids[id] {
		return true
	}
	if w.v == nil {
		return false
	}
	return slices.ContainsFunc(policyTables, func(t string) bool {
		k := w.v.at.kid(t)
		return k != nil && k.index[id] != nil
	})
}

// sides are the interfaces, as policies name them: members of a zone by it.
func (w *writer) sides() {
	name := func(n, usual, what string) string {
		if n != "" && n != "other" && !strings.ContainsRune(n, '\u2026') {
			if w.v != nil {
				if z := w.v.byMember[n]; z != nil {
					return z.name
				}
			}
			return n
		}
		if w.v != nil {
			w.note("Replace \"any\" by the name of the interface of %s, if you want the policies bound to it.", what)
			return "any"
		}
		w.note("Replace %s by the name of the interface of %s.", usual, what)
		return usual
	}
	w.outside = name(w.job.Outside, "wan1", "the internet")
	w.inside = name(w.job.Inside, "internal", "the mail server")
}

func (w *writer) note(text string, args ...any) {
	if n := fmt.Sprintf(text, args...); !slices.Contains(w.notes, n) {
		w.notes = append(w.notes, n)
	}
}

// script joins blocks to one text, within the virtual domain where the device
// has several.
func (w *writer) script(order []string, blocks map[string][]string) string {
	var b strings.Builder
	many := w.v != nil && len(w.v.vdoms) > 1
	if many {
		fmt.Fprintf(&b, "config vdom\nedit %s\n", quote(w.v.name))
	}
	for _, t := range order {
		if len(blocks[t]) > 0 {
			fmt.Fprintf(&b, "config %s\n%s\nend\n", t, strings.Join(blocks[t], "\n"))
		}
	}
	if many {
		b.WriteString("end\n")
	}
	return b.String()
}

// add puts lines in the block of a table. Blocks come in the order in which
// objects may refer to each other.
func (w *writer) add(table string, lines ...string) {
	if _, ok := w.blocks[table]; !ok {
		w.order = append(w.order, table)
		rank := func(t string) int {
			return slices.Index([]string{"firewall address", "firewall address6", "firewall service custom", "firewall vip", "firewall vip6"}, t) + 1
		}
		slices.SortStableFunc(w.order, func(a, b string) int { return (rank(a)+9)%10 - (rank(b)+9)%10 })
	}
	w.blocks[table] = append(w.blocks[table], lines...)
}

// object makes an entry unless it is there already, and takes it back in undo.
func (w *writer) object(table, name string, settings ...string) string {
	if w.made[table+name] || w.v != nil && w.v.at.kid(table) != nil && w.v.at.kid(table).index[name] != nil {
		return name
	}
	w.made[table+name] = true
	lines := []string{"    edit " + quote(name)}
	for _, s := range settings {
		lines = append(lines, "        set "+s)
	}
	w.add(table, append(lines, "    next")...)
	w.undo[table] = append(w.undo[table], "    delete "+quote(name))
	return name
}

func quote(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}

// flow writes one flow: a policy for each family that it has addresses of.
func (w *writer) flow(f format.Flow) error {
	wrote := false
	for _, six := range []bool{false, true} {
		if f.Family == ir.V4 && six || f.Family == ir.V6 && !six {
			continue
		}
		src, dst := ofFamily(f.Src, six), ofFamily(f.Dst, six)
		if len(f.Src) > 0 && len(src) == 0 || len(f.Dst) > 0 && len(dst) == 0 {
			continue
		}
		wrote = true
		w.policy(f, src, dst, six)
	}
	if !wrote {
		return fmt.Errorf("flow %q has no source and destination of one address family", f.Label)
	}
	return nil
}

func ofFamily(list []netip.Prefix, six bool) []netip.Prefix {
	var out []netip.Prefix
	for _, p := range list {
		if p.Addr().Is6() == six {
			out = append(out, p)
		}
	}
	return out
}

// policy writes one policy and puts it in its place.
func (w *writer) policy(f format.Flow, src, dst []netip.Prefix, six bool) {
	table, suffix := "firewall policy", ""
	if six {
		suffix = "6"
		if w.v != nil && (w.v.at.kid("firewall policy6") != nil || w.v.version.before(6, 4, 0)) {
			table, suffix = "firewall policy6", ""
		}
	}
	from, to := w.outside, w.inside
	if !f.In {
		from, to = to, from
	}
	targets, vips := w.addresses(dst, six), false
	if f.In {
		targets, vips = w.targets(f, dst, six)
	}
	id := w.id(f, src, dst, targets, w.before[table])
	lines := []string{"    edit " + id}
	set := func(text string, args ...any) { lines = append(lines, "        set "+fmt.Sprintf(text, args...)) }
	set("name %s", quote(policyName(f.Label, id)))
	set("srcintf %s", quote(from))
	set("dstintf %s", quote(to))
	if !f.Deny {
		set("action accept")
	}
	set("srcaddr%s %s", suffix, quoted(w.addresses(src, six)))
	set("dstaddr%s %s", suffix, quoted(targets))
	set(`schedule "always"`)
	set("service %s", quoted([]string{w.service(f.Proto, f.Port)}))
	set("logtraffic all")
	switch {
	case f.Deny && vips && !six:
		set("match-vip disable")
	case !f.Deny && !f.In && !six && private(src) && (w.v == nil || !w.v.central):
		set("nat enable")
		w.note("What this server sends then comes from the address of %s. If Mimecast knows it by another (an IP pool), add to policy %s: set ippool enable, and set poolname with the name of that pool.", to, id)
	}
	set("comments %s", quote(f.Label))
	lines = append(lines, "    next")
	if b := w.before[table]; b != "" {
		lines = append(lines, fmt.Sprintf("    move %s before %s", id, b))
	} else if w.v == nil {
		w.note("Then move each new policy (in config %s: move ITS-NUMBER before NUMBER) above the first policy that fits the same connections; numbers that your FortiGate uses already must be replaced.", table)
	}
	w.add(table, lines...)
	w.undo[table] = append(w.undo[table], "    delete "+id)
}

// policyName is unique, as FortiOS asks, and at most 35 characters long.
func policyName(label, id string) string {
	plain := strings.Map(func(r rune) rune {
		if strings.ContainsRune("<>()#\"'\\", r) || r < ' ' || r > '~' {
			return -1
		}
		return r
	}, label)
	if !strings.HasPrefix(plain, "mxodus") {
		plain = "mxodus " + plain
	}
	plain = plain[:min(len(plain), 34-len(id))]
	return strings.TrimSpace(plain) + " " + id
}

// id is the number of a policy: taken from what it holds and where it stands,
// so that scripts for other flows and other places have others.
func (w *writer) id(f format.Flow, place ...any) string {
	h := fnv.New32a()
	fmt.Fprint(h, f.Deny, f.In, f.Proto, f.Port, f.Label, place)
	for n := 1_000_000 + h.Sum32()%8_000_000; ; n++ {
		if s := strconv.FormatUint(uint64(n), 10); !w.taken(s) {
			w.ids[s] = true
			return s
		}
	}
}

func quoted(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, quote(n))
	}
	return strings.Join(out, " ")
}

func private(list []netip.Prefix) bool {
	return len(list) > 0 && !slices.ContainsFunc(list, func(p netip.Prefix) bool { return !p.Addr().IsPrivate() })
}
