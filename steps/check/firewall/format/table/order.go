package table

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
)

// sort puts the rows in the order that a column such as Priority says, lowest
// first. A column that is not numbers throughout leaves the order open, and so
// every row.
func (r *reader) sort() {
	i := slices.Index(r.columns, rank)
	if i < 0 {
		return
	}
	name := shorten(r.names[i])
	at := make(map[int]int, len(r.rows))
	given := false
	for _, x := range r.rows {
		given = given || x.rank != ""
	}
	if !given {
		return
	}
	for _, x := range r.rows {
		n, err := strconv.Atoi(x.rank)
		if err != nil {
			r.problem(x.rule.At.Line, 0, "line %d: expected a number in column %s, came %q. Without it the order of the rows is not known; number every row.",
				x.rule.At.Line, name, shorten(x.rank))
			for k := range r.rows {
				r.rows[k].rule = perhaps(r.rows[k].rule, fmt.Sprintf("the order of the rows, which column %s does not say for line %d", name, x.rule.At.Line))
			}
			return
		}
		at[x.rule.At.Line] = n
	}
	byRank := func(a, b row) int { return cmp.Compare(at[a.rule.At.Line], at[b.rule.At.Line]) }
	if slices.IsSortedFunc(r.rows, byRank) {
		return
	}
	slices.SortStableFunc(r.rows, byRank)
	r.set.Notes = append(r.set.Notes, fmt.Sprintf(
		"The rows are taken in the order of column %s, lowest number first. If your firewall looks at the highest first, remove that column and put the rows in its order.", name))
}
