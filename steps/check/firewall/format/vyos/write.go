package vyos

import (
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/pattern"
)

// own is the ruleset that rules go into where the file is not known.
const own = "mxodus"

// write writes set commands: rules with numbers below all that are there. Where
// it is not known which those are, they go into a ruleset of their own, and one
// rule alone jumps to it.
func write(job format.Job) (format.Script, error) {
	if len(job.Flows) == 0 {
		return format.Script{}, format.ErrNothing
	}
	w := &writer{job: job, next: map[string]int{}, groups: map[string]bool{}}
	if job.Set != nil && job.Chain == autoFirewall {
		if err := w.narrowed(); err != nil {
			return format.Script{}, err
		}
	}
	for _, f := range job.Flows {
		for _, fam := range []ir.Family{ir.V4, ir.V6} {
			if err := w.flow(f, fam); err != nil {
				return format.Script{}, err
			}
		}
	}
	s := format.Script{Text: strings.Join(w.text, "\n") + "\n", Undo: strings.Join(append(w.undo, w.after...), "\n") + "\n", Notes: w.notes}
	s.Notes = append(s.Notes, "Enter configure, then the commands, then commit and save. Where the router is configured in another way (Ansible, a script), change it there.")
	if job.Set == nil {
		chains := strings.Join(w.entered, " and ")
		s.Notes = append(s.Notes, fmt.Sprintf("Rule 1 of %s jumps to the ruleset %s, and has to be free: in configuration mode, run show configuration commands | match \"filter rule 1 \" is to show none there. "+
			"Where there is one, the command would change it and the undo delete it: first put another number, below all that are there, in the place of 1, here and in the undo.", chains, own),
			"The commands are for VyOS 1.4 and later. On 1.3, put the rules into the ruleset of the interface that faces the internet instead: firewall name NAME.")
	}
	return s, nil
}

type writer struct {
	job    format.Job
	text   []string
	undo   []string
	next   map[string]int // next free rule number by ruleset
	groups map[string]bool

	more  int      // rules beside those of flows
	after []string // of the undo, at its end
	notes []string

	entered []string // base chains that jump to the ruleset of our own
}

// flow writes one rule, and a group where it names several networks.
func (w *writer) flow(f format.Flow, fam ir.Family) error {
	src, dst, ok := f.Of(fam)
	if !ok {
		return nil
	}
	v6 := fam == ir.V6
	path, err := w.ruleset(f, v6)
	if err != nil {
		return err
	}
	number, err := w.number(path)
	if err != nil {
		return err
	}
	rule := fmt.Sprintf("%s rule %d", path, number)
	action := "accept"
	if f.Deny {
		action = "drop"
	}
	set := func(what string) { w.text = append(w.text, "set "+rule+" "+what) }
	set("action '" + action + "'")
	set("description '" + f.Label + "'")
	set("protocol '" + f.Proto + "'")
	for _, side := range []struct {
		name string
		list []netip.Prefix
	}{{"source", src}, {"destination", dst}} {
		switch len(side.list) {
		case 0:
		case 1:
			set(side.name + " address '" + shownPrefix(side.list[0]) + "'")
		default:
			set(side.name + " group network-group '" + w.group(f.Label, side.list, v6) + "'")
		}
	}
	set(fmt.Sprintf("destination port '%d'", f.Port))
	if w.job.Set != nil { // else the whole ruleset goes
		w.undo = append(w.undo, "delete "+rule)
	}
	return nil
}

// group writes a network group and returns its name.
func (w *writer) group(label string, list []netip.Prefix, v6 bool) string {
	number := format.ListNumber(label, list)
	name := fmt.Sprintf("mxodus-%d", number)
	for w.taken(name) {
		number++
		name = fmt.Sprintf("mxodus-%d", number)
	}
	w.groups[name] = true
	kind := "network-group"
	if v6 {
		kind = "ipv6-network-group"
	}
	var lines []string
	for _, p := range list {
		lines = append(lines, fmt.Sprintf("set firewall group %s %s network '%s'", kind, name, p))
	}
	w.text = slices.Insert(w.text, w.begin(), lines...)
	w.undo = append(w.undo, fmt.Sprintf("delete firewall group %s %s", kind, name))
	return name
}

// begin is where the rule at hand begins, before which its group is written.
func (w *writer) begin() int {
	i := len(w.text)
	for i > 0 && !strings.HasSuffix(w.text[i-1], "action 'accept'") && !strings.HasSuffix(w.text[i-1], "action 'drop'") {
		i--
	}
	return max(0, i-1)
}

func (w *writer) taken(name string) bool {
	if w.groups[name] {
		return true
	}
	if w.job.Set == nil || w.job.Set.Object == nil {
		return false
	}
	_, _, v4 := w.job.Set.Object("network-group " + name)
	_, _, v6 := w.job.Set.Object("ipv6-network-group " + name)
	return v4 || v6
}

func shownPrefix(p netip.Prefix) string {
	if p.IsSingleIP() {
		return p.Addr().String()
	}
	return p.String()
}

// ruleset is the path of the ruleset that a rule goes to: the one that decides
// now, else the base chain.
func (w *writer) ruleset(f format.Flow, v6 bool) (string, error) {
	base := "firewall ipv4 forward filter"
	if v6 {
		base = "firewall ipv6 forward filter"
	}
	if w.job.Host {
		base = strings.Replace(base, "forward", "input", 1)
		if !f.In {
			base = strings.Replace(base, "input", "output", 1)
		}
	}
	if w.job.Set == nil {
		return w.jump(base), nil
	}
	if w.job.Chain == "" {
		return base, nil
	}
	for _, p := range w.job.Set.Programs {
		if (p.Family == ir.V6) != v6 {
			continue
		}
		for _, c := range p.Chains {
			if c.Name != w.job.Chain {
				continue
			}
			switch c.Group {
			case "name", "ipv6-name", "ipv4 name", "ipv6 name", "ipv4", "ipv6":
				return "firewall " + c.Group + " " + c.Name, nil
			case "routing":
				return "", fmt.Errorf("the packets end at the router's own address: a destination NAT rule has to send them on first")
			}
			return "", fmt.Errorf("no ruleset is set for %s, so there is none to put a rule into; bind one first", c.Name)
		}
	}
	return base, nil
}

// jump writes, once for each base chain, the rule that jumps to a ruleset of our
// own, and returns the path of that.
func (w *writer) jump(base string) string {
	words := strings.Fields(base) // firewall ipv4 forward filter
	path := fmt.Sprintf("firewall %s name %s", words[1], own)
	if chain := strings.Join(words[1:], " "); !slices.Contains(w.entered, chain) {
		w.entered = append(w.entered, chain)
		rule := base + " rule 1"
		w.text = append(w.text, "set "+rule+" action 'jump'", "set "+rule+" description '"+own+"'", "set "+rule+" jump-target '"+own+"'")
		w.undo = append(w.undo, "delete "+rule)
		if made := "set " + path + " default-action 'return'"; !slices.Contains(w.text, made) {
			w.text = append(w.text, made)
			w.undo = append(w.undo, "delete "+path)
		}
	}
	return path
}

var ruleNumber = pattern.New(` rule (\d+):`)

// number is the next number for a rule in a ruleset: of those that are free
// right before the rule that decides, after all where the end decides, and
// before all where nothing is told. So scripts of one report, written apart,
// do not put different rules under one number.
func (w *writer) number(path string) (int, error) {
	used, above := w.numbers(path)
	n := len(w.job.Flows) + w.more
	if w.next[path] == 0 {
		switch {
		case w.job.Set == nil || w.job.Above == (ir.At{}) || len(used) == 0:
			w.next[path] = 1
			above = lowestOf(used)
		case above == 0:
			w.next[path] = (slices.Max(used)/10+1)*10 + 10*w.outgoing()
		default:
			w.next[path] = freeBefore(used, above, n)
		}
		if w.next[path] == 0 || above > 0 && w.next[path]+n > above {
			first := lowestOf(used)
			if above > 0 {
				first = above
			}
			return 0, fmt.Errorf("%s has no free numbers below rule %d; renumber it (rename rule %d to rule ...) and write the rules again", path, first, first)
		}
	}
	w.next[path]++
	return w.next[path] - 1, nil
}

// numbers are those that a ruleset uses, and that of the rule that decides; 0
// where none of them does.
func (w *writer) numbers(path string) (used []int, above int) {
	if w.job.Set == nil {
		return nil, 0
	}
	for _, p := range w.job.Set.Programs {
		for _, c := range p.Chains {
			if "firewall "+c.Group+" "+c.Name != path {
				continue
			}
			for _, r := range c.Rules {
				m := ruleNumber.FindStringSubmatch(r.At.Text)
				if m == nil {
					continue
				}
				if n, err := strconv.Atoi(m[1]); err == nil {
					used = append(used, n)
					if r.At == w.job.Above {
						above = n
					}
				}
			}
		}
	}
	return used, above
}

// outgoing is 1 for a script about connections from the server, so that it has
// other numbers than that about connections to it.
func (w *writer) outgoing() int {
	if w.job.Flows[0].In {
		return 0
	}
	return 1
}

func lowestOf(used []int) int {
	if len(used) == 0 {
		return 0
	}
	return slices.Min(used)
}

// freeBefore is the first of the last n numbers below a rule that are free and
// follow each other; 0 where there are none.
func freeBefore(used []int, above, n int) int {
	for first := above - n; first > 0; first-- {
		if !slices.ContainsFunc(used, func(u int) bool { return u >= first && u < first+n }) {
			return first
		}
	}
	return 0
}
