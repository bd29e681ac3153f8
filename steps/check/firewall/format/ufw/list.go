package ufw

import "slices"

// list are the rules of one family in their order.
type list struct {
	rules []*rule
	// unclear is why the order is not known for certain, and the line.
	unclear string
	at      int
}

// put adds a rule as ufw does: at a place (1 is the first, 0 the end). A rule
// that is there already stays where it is; one that differs by its action is
// replaced in its place (backend_iptables.py, set_rule). False where ufw would
// refuse.
func (l *list) put(r *rule, place int) bool {
	i := slices.IndexFunc(l.rules, r.same)
	switch {
	case place > len(l.rules):
		return false
	case place > 0:
		if i < 0 {
			l.rules = slices.Insert(l.rules, place-1, r)
		}
	case i < 0:
		l.rules = append(l.rules, r)
	case l.rules[i].action != r.action || l.rules[i].log != r.log:
		l.rules[i] = r
	}
	return true
}

// remove takes a rule away.
func (l *list) remove(r *rule) {
	l.rules = slices.DeleteFunc(l.rules, func(o *rule) bool { return o.same(r) && o.action == r.action && o.log == r.log })
}

// mixed reports rules for both families beside rules for IPv6 alone that do
// something else: ufw show added prints the latter after the former, wherever
// they stand.
func (l *list) mixed() bool {
	both, alone := map[string]bool{}, map[string]bool{}
	for _, r := range l.rules {
		if r.both {
			both[r.action] = true
		} else {
			alone[r.action] = true
		}
	}
	if len(both) == 0 || len(alone) == 0 {
		return false
	}
	for a := range alone {
		both[a] = true
	}
	return len(both) > 1
}
