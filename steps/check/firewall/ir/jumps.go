package ir

import "slices"

// jumps reports a rule that leads to another chain.
func (r *Rule) jumps() bool { return r.Action == Jump || r.Action == Goto }

// BreakLoops makes every rule whose jump closes a circle Undecided, as a packet
// would never come out of it. why is told of the rule, and of the chain that it
// leads back to, and returns the rule's Why.
func (p *Program) BreakLoops(why func(r *Rule, back *Chain) string) {
	const visiting, done = 1, 2
	state := make([]int8, len(p.Chains))
	var visit func(int)
	visit = func(i int) {
		state[i] = visiting
		for k := range p.Chains[i].Rules {
			r := &p.Chains[i].Rules[k]
			if !r.jumps() {
				continue
			}
			switch state[r.Target] {
			case 0:
				visit(r.Target)
			case visiting:
				r.Why = why(r, &p.Chains[r.Target])
				r.Action = Undecided
			}
		}
		state[i] = done
	}
	for i := range p.Chains {
		if state[i] == 0 {
			visit(i)
		}
	}
}

// Reaches reports whether a chain, or one that jumps lead to from it, is what
// is looked for. Chains are named by their index.
func (p *Program) Reaches(chain int, found func(chain int) bool) bool {
	seen := map[int]bool{}
	var visit func(int) bool
	visit = func(i int) bool {
		if seen[i] {
			return false
		}
		seen[i] = true
		if found(i) {
			return true
		}
		for k := range p.Chains[i].Rules {
			if r := &p.Chains[i].Rules[k]; r.jumps() && visit(r.Target) {
				return true
			}
		}
		return false
	}
	return visit(chain)
}

// MayRefuse reports a chain that denies packets, or does something with them
// that the file does not tell, by itself or by a chain that jumps lead to.
func (p *Program) MayRefuse(chain int) bool {
	may := func(r Rule) bool { return r.Action == Deny || r.Action == Undecided }
	return p.Reaches(chain, func(i int) bool { return may(p.Chains[i].Policy) || slices.ContainsFunc(p.Chains[i].Rules, may) })
}
