package fortios

import (
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// command is one line of the configuration, or several where a quoted value
// runs over them.
type command struct {
	line, last int
	words      []string
	text       string // the first line, without a prompt or pager before it
	broken     string // why it could not be read to its end; "" when it could
}

// scanner cuts lines into commands.
type scanner struct {
	lines []source.Line
	at    int
	shut  bool // no quote is closed any more: looked for once, to the end
}

// verbs are the words that a command of a configuration begins with.
var verbs = map[string]bool{
	"config": true, "edit": true, "set": true, "next": true, "end": true, "unset": true, "append": true, "select": true,
	"unselect": true, "delete": true, "move": true, "rename": true, "clone": true, "purge": true, "abort": true,
}

// prompt is what a console writes before a command: the host's name, the place
// in brackets, # or $.
var prompt = pattern.New(`^[\w.~-]{1,64}( \([^)]{1,80}\))? [#$](\s|$)`)

// next returns the next command; blank lines and bare prompts are passed over.
func (s *scanner) next() (command, bool) {
	for s.at < len(s.lines) {
		l := s.lines[s.at]
		s.at++
		text := strings.TrimSpace(l.Text)
		first, _, _ := strings.Cut(text, " ")
		if !verbs[first] {
			if text = bare(text); text == "" {
				continue
			}
		}
		c := command{line: l.Number, last: l.Number, text: text}
		if text[0] == '#' {
			return c, true
		}
		var open bool
		if c.words, open = words(strings.TrimSuffix(text, " <---"), make([]string, 0, 4)); open { // show | grep -f marks lines so
			s.across(&c)
		}
		return c, true
	}
	return command{}, false
}

// bare is a line without what pagers and consoles put before it.
func bare(text string) string {
	for {
		rest, ok := strings.CutPrefix(text, "--More--")
		if !ok {
			break
		}
		text = strings.TrimSpace(rest)
	}
	if text != "" && text[0] != '#' {
		if m := prompt.FindString(text); m != "" {
			text = strings.TrimSpace(text[len(m):])
		}
	}
	return text
}

// looksLikeCommand tells lines that stand in a quoted value by mistake: the
// quote before them was never closed.
var looksLikeCommand = pattern.New(`^\s*(config [a-z]|edit ("|\d)|next\s*$|end\s*$|set [a-z][a-z0-9-]+ \S|unset [a-z][a-z0-9-]+\s*$)`)

// longValues are settings whose values hold scripts and pages.
var longValues = map[string]bool{
	"buffer": true, "script": true, "body": true, "http-body": true, "message": true, "content": true, "headers": true,
	"private-key": true, "certificate": true, "csr": true, "public-key": true, "ca": true, "crl": true,
}

// across reads on where a quoted value runs over lines. A quote that is never
// closed, or only by the next one that opens, ends with its line.
func (s *scanner) across(c *command) {
	const fault = "a quotation is not closed"
	if s.shut {
		c.broken = fault
		return
	}
	long := len(c.words) > 1 && longValues[c.words[1]]
	value := []string{c.words[len(c.words)-1]}
	for i := s.at; i < len(s.lines); i++ {
		text := s.lines[i].Text
		if !long && looksLikeCommand.MatchString(text) {
			c.broken = fault
			return
		}
		end := closing(text)
		if end < 0 {
			value = append(value, text)
			continue
		}
		value = append(value, unescape(text[:end]))
		c.words[len(c.words)-1] = strings.Join(value, "\n")
		c.last = s.lines[i].Number
		s.at = i + 1
		var open bool
		if c.words, open = words(text[end+1:], c.words); open {
			c.broken = fault
		}
		return
	}
	s.shut, c.broken = true, fault
}

// closing is where a line first has a quote that is not escaped; -1 for none.
func closing(text string) int {
	for i := 0; i < len(text); i++ {
		switch text[i] {
		case '\\':
			i++
		case '"':
			return i
		}
	}
	return -1
}

func unescape(s string) string {
	if strings.IndexByte(s, '\\') < 0 {
		return s
	}
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) {
			i++
		}
		b.WriteByte(s[i])
	}
	return b.String()
}

// words splits a line at blanks and appends to list; "..." holds blanks
// together, a backslash takes the next character as it is. Open says that a
// quote is not closed; the last word then is what stands in it so far.
func words(line string, list []string) (all []string, open bool) {
	for i := 0; i < len(line); {
		c := line[i]
		switch {
		case c == ' ' || c == '\t':
			i++
		case c == '"':
			n := closing(line[i+1:])
			if n < 0 {
				return append(list, unescape(line[i+1:])), true
			}
			list = append(list, unescape(line[i+1:i+1+n]))
			i += n + 2
		case c == '\'' && i+1 < len(line) && single(line[i+1:]) >= 0:
			n := single(line[i+1:])
			list = append(list, line[i+1:i+1+n])
			i += n + 2
		default:
			n := i
			for n < len(line) && line[n] != ' ' && line[n] != '\t' {
				if line[n] == '\\' {
					n++
				}
				n++
			}
			n = min(n, len(line))
			list = append(list, unescape(line[i:n]))
			i = n
		}
	}
	return list, false
}

// single is where a word in single quotes ends: at a quote with a blank or the
// end behind it; -1 when the quote is a letter of its own.
func single(s string) int {
	n := strings.IndexByte(s, '\'')
	if n >= 0 && (n+1 == len(s) || s[n+1] == ' ') {
		return n
	}
	return -1
}
