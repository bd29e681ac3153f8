package iptables

import "strings"

// tokens splits a rule line at blanks. Quotes group; a backslash keeps the
// next character, as iptables-save writes comments and prefixes. open reports
// a quote that is not closed.
func tokens(s string) (out []string, open bool) {
	var b strings.Builder
	in, quote := false, byte(0)
	for i := 0; i < len(s); i++ {
		c := s[i]
		switch {
		case c == '\\' && quote != '\'' && i+1 < len(s):
			i++
			b.WriteByte(s[i])
			in = true
		case quote != 0:
			if c == quote {
				quote = 0
			} else {
				b.WriteByte(c)
			}
		case c == '"' || c == '\'':
			quote, in = c, true
		case c == ' ' || c == '\t':
			if in {
				out = append(out, b.String())
				b.Reset()
				in = false
			}
		default:
			b.WriteByte(c)
			in = true
		}
	}
	if in {
		out = append(out, b.String())
	}
	return out, quote != 0
}

// isOption reports a token that starts an option.
func isOption(t string) bool {
	return len(t) > 1 && t[0] == '-' && (t[1] < '0' || t[1] > '9' || t == "-4" || t == "-6")
}
