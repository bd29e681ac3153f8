package source

import (
	"fmt"
	"strings"
)

// few is how many of a list are named.
const few = 4

// Few lists the first few names of many; "?" is none.
func Few(list []string) string {
	switch {
	case len(list) == 0:
		return "?"
	case len(list) > few:
		return strings.Join(list[:few], ", ") + fmt.Sprintf(" and %d more", len(list)-few)
	}
	return strings.Join(list, ", ")
}
