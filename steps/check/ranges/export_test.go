package ranges

import "strings"

// ParseForTest reads the terms of a record without following any.
func ParseForTest(s string) {
	w := &walk{seen: map[string]bool{}, fail: &failure{code: "test"}}
	for _, term := range strings.Fields(s) {
		key, value, sep := cut(term)
		w.term("record.example", term, key, value, sep)
	}
	for _, f := range w.ranges {
		if f.prefix != f.prefix.Masked() {
			panic("not masked")
		}
	}
}
