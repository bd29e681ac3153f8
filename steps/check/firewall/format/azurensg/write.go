package azurensg

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/format/cloud"
	"mxodus/steps/check/firewall/ir"
)

// Names that stand in commands where the file does not tell them.
const (
	someGroup    = "MAIL_SERVER_NSG"
	someResource = "RESOURCE_GROUP"
)

// writer writes the commands of one job.
type writer struct {
	job      format.Job
	group    *group // nil when not known
	nsg, rg  string
	do, undo []string
}

// write writes az network nsg rule commands.
func write(job format.Job) (format.Script, error) {
	if len(job.Flows) == 0 {
		return format.Script{}, errors.New("no connections to write rules for")
	}
	w := &writer{job: job, nsg: someGroup, rg: someResource}
	w.find()
	for _, out := range []bool{false, true} {
		if err := w.direction(out); err != nil {
			return format.Script{}, err
		}
	}
	s := format.Script{Text: strings.Join(w.do, "\n") + "\n", Undo: strings.Join(w.undo, "\n") + "\n"}
	s.Notes = append(s.Notes, "Enter the commands in the Azure Cloud Shell (Bash).")
	if w.nsg == someGroup {
		s.Notes = append(s.Notes, "Put the name of the security group in the place of "+someGroup+"; if both the subnet and the network interface of the mail server have one, enter the commands for both. "+
			"The numbers after --priority must be free in the group and lower than those of the rules that are to come after.")
	}
	if w.rg == someResource {
		s.Notes = append(s.Notes, "Put the resource group of the security group in the place of "+someResource+".")
	}
	if slices.ContainsFunc(job.Flows, func(f format.Flow) bool { return !f.In && f.Port == 25 }) {
		s.Notes = append(s.Notes, "Azure keeps many subscriptions from connecting out on port 25 whatever the rules say: try it from the mail server.")
	}
	return s, nil
}

// find finds the group that the rules are for: that of the list, or the only one.
func (w *writer) find() {
	if w.job.Set == nil {
		return
	}
	f, ok := w.job.Set.Source.(*file)
	if !ok {
		return
	}
	all := slices.Clone(f.groups)
	for _, s := range f.sets {
		all = append(all, s...)
	}
	for _, g := range all {
		if len(all) == 1 || strings.HasPrefix(w.job.Chain, g.name+" ") || w.job.Above.Line > 0 && slices.ContainsFunc(g.rules, func(r *rule) bool { return r.line == w.job.Above.Line && r.shown() == w.job.Above.Text }) {
			w.group, w.nsg = g, g.name
			break
		}
	}
	if w.group == nil {
		return
	}
	parts := strings.Split(w.group.id, "/")
	for i := 0; i+1 < len(parts); i++ {
		if strings.EqualFold(parts[i], "resourceGroups") {
			w.rg = parts[i+1]
		}
	}
	if expression(w.nsg) {
		w.nsg = someGroup
	}
}

// direction writes the rules of one direction.
func (w *writer) direction(out bool) error {
	var flows []format.Flow
	for _, f := range w.job.Flows {
		if f.In != out {
			flows = append(flows, f)
		}
	}
	if len(flows) == 0 {
		return nil
	}
	numbers, err := w.numbers(out, len(flows))
	if err != nil {
		return err
	}
	var names []string
	for i, f := range flows {
		name := ruleLabel(f, numbers[i])
		w.do = append(w.do, w.create(f, name, numbers[i]))
		names = append(names, name)
	}
	back := w.undo
	w.undo = nil
	for _, n := range names {
		w.undo = append(w.undo, fmt.Sprintf("az network nsg rule delete --resource-group %s --nsg-name %s --name %s", quote(w.rg), quote(w.nsg), n))
	}
	w.undo = append(w.undo, back...)
	return nil
}

// numbers finds free priorities: before all rules, right before the rule that
// decides now, or, where a default rule does, right before those.
func (w *writer) numbers(out bool, n int) ([]int, error) {
	taken := map[int]bool{}
	var mine []*rule
	below := firstPriority + n // where no group is known
	if w.group != nil {
		for _, r := range w.group.rules {
			if (r.out == out || r.bothWays) && r.priority <= lastPriority {
				taken[r.priority] = true
				mine = append(mine, r)
			}
		}
		below = w.limit(out)
	}
	if w.job.Above == (ir.At{}) || below <= firstPriority+n {
		clear := true
		for p := firstPriority; p < firstPriority+n; p++ {
			clear = clear && !taken[p]
		}
		if !clear {
			if err := w.shift(mine, n); err != nil {
				return nil, err
			}
		}
		return upFrom(firstPriority, n), nil
	}
	var free []int
	for p := below - 1; p >= firstPriority && len(free) < n; p-- {
		if !taken[p] {
			free = append(free, p)
		}
	}
	if len(free) < n {
		if err := w.shift(mine, n); err != nil {
			return nil, err
		}
		return upFrom(firstPriority, n), nil
	}
	slices.Reverse(free)
	return free, nil
}

func upFrom(first, n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = first + i
	}
	return out
}

// limit is the priority that new rules must stay below.
func (w *writer) limit(out bool) int {
	for _, r := range w.group.rules {
		if r.line == w.job.Above.Line && r.out == out && r.shown() == w.job.Above.Text {
			return min(r.priority, lastPriority+1)
		}
	}
	return lastPriority + 1
}

// shift gives rules that stand in the first priorities later ones, in the same
// order.
func (w *writer) shift(rules []*rule, n int) error {
	slices.SortStableFunc(rules, func(a, b *rule) int { return a.priority - b.priority })
	var do, undo []string
	next := firstPriority + n
	for _, r := range rules {
		if r.priority >= next {
			next = r.priority + 1
			continue
		}
		if next > lastPriority {
			return errors.New("there is no free priority in the security group before the rule that decides; give its rules higher numbers first")
		}
		do = append(do, w.move(r.name, next))
		undo = append(undo, w.move(r.name, r.priority))
		next++
	}
	slices.Reverse(do) // the last makes room first
	w.do = append(w.do, do...)
	w.undo = append(w.undo, undo...)
	return nil
}

func (w *writer) move(name string, priority int) string {
	return fmt.Sprintf("az network nsg rule update --resource-group %s --nsg-name %s --name %s --priority %d", quote(w.rg), quote(w.nsg), quote(name), priority)
}

// ruleLabel is the name of a rule: what it is for and its priority, so that no
// two are alike.
func ruleLabel(f format.Flow, priority int) string {
	return fmt.Sprintf("%s-%d", strings.Join(append([]string{"mxodus"}, f.Words()...), "-"), priority)
}

func (w *writer) create(f format.Flow, name string, priority int) string {
	dir, access := "Inbound", "Allow"
	if !f.In {
		dir = "Outbound"
	}
	if f.Deny {
		access = "Deny"
	}
	proto := strings.ToUpper(f.Proto[:1]) + f.Proto[1:]
	return fmt.Sprintf("az network nsg rule create --resource-group %s --nsg-name %s --name %s --priority %d --direction %s --access %s --protocol %s"+
		" --source-address-prefixes %s --source-port-ranges '*' --destination-address-prefixes %s --destination-port-ranges %d --description '%s'",
		quote(w.rg), quote(w.nsg), name, priority, dir, access, proto, nets(f, f.Src), nets(f, f.Dst), f.Port, f.Label)
}

// nets are the addresses of one side; any of a family where there are none.
func nets(f format.Flow, list []netip.Prefix) string {
	any := "'*'"
	switch f.Family {
	case ir.V4:
		any = "0.0.0.0/0"
	case ir.V6:
		any = "::/0"
	}
	return strings.Join(cloud.Networks(list, any), " ")
}

// quote quotes a name for the shell where it needs to be.
func quote(s string) string {
	if s != "" && strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == "" {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", "") + "'"
}
