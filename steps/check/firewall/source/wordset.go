package source

import "strings"

// WordSet is the set of the words of a text, which blanks part.
func WordSet(words string) map[string]bool {
	set := map[string]bool{}
	for _, w := range strings.Fields(words) {
		set[w] = true
	}
	return set
}
