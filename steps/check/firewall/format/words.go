package format

import "strings"

// Words are the words of the label, of ASCII letters and digits, for names
// that take no others. The name of this tool before them is left out, since
// such names begin with it anyway.
func (f Flow) Words() []string {
	words := strings.FieldsFunc(f.Label, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	})
	if len(words) > 0 && strings.EqualFold(words[0], "mxodus") {
		return words[1:]
	}
	return words
}
