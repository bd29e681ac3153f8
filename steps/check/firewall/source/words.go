package source

import (
	"fmt"
	"strings"
)

// Words splits a line at blanks, as the command lines of routers and firewalls
// do: "..." and '...' hold blanks together, a backslash inside double quotes
// takes the next character as it is. The quotes are taken off. An error says
// that a quote is not closed; the words are given all the same.
func Words(line string) ([]string, error) {
	var words []string
	for i := 0; i < len(line); {
		if line[i] == ' ' || line[i] == '\t' {
			i++
			continue
		}
		word, next, err := word(line, i)
		words = append(words, word)
		if err != nil {
			return words, err
		}
		i = next
	}
	return words, nil
}

// word reads the word that begins at i and returns the index after it.
func word(line string, i int) (string, int, error) {
	var b strings.Builder
	quote := byte(0)
	for ; i < len(line); i++ {
		c := line[i]
		switch {
		case quote == '"' && c == '\\' && i+1 < len(line):
			i++
			b.WriteByte(line[i])
		case c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote = c
		case quote == 0 && (c == ' ' || c == '\t'):
			return b.String(), i, nil
		default:
			b.WriteByte(c)
		}
	}
	if quote != 0 {
		return b.String(), i, fmt.Errorf("a quotation (%c) is not closed", quote)
	}
	return b.String(), i, nil
}
