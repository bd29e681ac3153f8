package cisco

import (
	"strings"

	"mxodus/steps/check/firewall/source"
	"mxodus/steps/pattern"
)

// Line is one line of a configuration. Indent is the number of blanks before
// the first word.
type Line struct {
	Number int
	Indent int
	Text   string // without blanks at the ends
	Words  []string
	Prompt string // whose prompt stands before a command that shows something: "fw01/pri/act"
}

// prompt is what a terminal shows before a command: fw01/pri/act(config)#.
var prompt = pattern.New(`^[A-Za-z0-9][\w.\-/@]*(\([\w\-]+\))?[#>] ?`)

// more is what a pager leaves in what was copied, with what wipes it out again.
var more = pattern.New(`<?-+ ?[Mm]ore ?-+>?[\x08 ]*`)

// unpaged takes the mark of a pager from a line. The blanks by which the line
// itself begins must stay, for they say whether it belongs to a block: what
// comes behind the last backspace is the line. Where backspaces were lost, the
// blanks between them remain: 9 with the one of the mark, or 11 (IOS), 14 (ASA).
func unpaged(text string) string {
	at := more.FindStringIndex(text)
	if at == nil {
		return text
	}
	mark, rest := text[at[0]:at[1]], text[at[1]:]
	if strings.TrimSpace(text[:at[0]]) != "" || more.MatchString(rest) {
		return more.ReplaceAllString(text, "")
	}
	if i := strings.LastIndexByte(mark, '\b'); i >= 0 {
		return mark[i+1:] + rest
	}
	blanks := len(mark) - len(strings.TrimRight(mark, " "))
	for _, wiped := range []int{14, 11, 9} {
		if blanks >= wiped && (wiped == 14) == (mark[0] == '<') {
			return strings.Repeat(" ", blanks-wiped) + rest
		}
	}
	return text[:at[0]] + rest
}

// Lines makes the lines of a document: pager marks and control characters go,
// a prompt with the command typed after it becomes an empty line unless the
// command configures something.
func Lines(doc *source.Doc) []Line {
	raw := doc.Lines()
	out := make([]Line, 0, len(raw))
	for _, l := range raw {
		text := l.Text
		if strings.ContainsAny(text, "\x08<-") && strings.Contains(strings.ToLower(text), "more") {
			text = unpaged(text)
		}
		if strings.ContainsRune(text, '\t') {
			text = strings.ReplaceAll(text, "\t", " ")
		}
		trimmed := strings.TrimLeft(text, " ")
		indent := len(text) - len(trimmed)
		of := ""
		if indent == 0 {
			if m := prompt.FindString(trimmed); m != "" {
				if trimmed = strings.TrimSpace(trimmed[len(m):]); !configures(trimmed) {
					of, trimmed = asked(m, trimmed), ""
				}
			}
		}
		// Not blanks alone: a line of what else Unicode calls space has no words.
		trimmed = strings.TrimSpace(trimmed)
		out = append(out, Line{Number: l.Number, Indent: indent, Text: trimmed, Words: strings.Fields(trimmed), Prompt: of})
	}
	return unwrap(out)
}

// asked is whose prompt stands before a command that shows something; empty for
// other commands.
func asked(prompt, cmd string) string {
	first, _, _ := strings.Cut(cmd, " ")
	if len(first) < 2 || !strings.HasPrefix("show", first) && first != "more" {
		return ""
	}
	name, _, _ := strings.Cut(strings.TrimRight(prompt, "#> "), "(")
	return name
}

// configures reports a command after a prompt that is not one to show things.
func configures(cmd string) bool {
	first, _, _ := strings.Cut(cmd, " ")
	switch first {
	case "access-list", "access-group", "object", "object-group", "ip", "ipv6", "interface", "nat", "static", "no", "route",
		"network-object", "group-object", "port-object", "service-object", "permit", "deny", "nameif", "security-level", "name":
		return true
	}
	return false
}

// unwrap joins lines that a terminal of 80 columns broke in the middle.
func unwrap(in []Line) []Line {
	for i := range in {
		if in[i].Indent+len(in[i].Text) > 80 {
			return in // nothing broke this line, so nothing broke the others
		}
	}
	for i := 0; i+1 < len(in); i++ {
		l := &in[i]
		if l.Indent+len(l.Text) < 79 || l.Indent+len(l.Text) > 80 || !wraps(l) {
			continue
		}
		next := &in[i+1]
		if next.Text == "" || next.Indent > 1 || starts(next) {
			continue
		}
		glue := strings.Repeat(" ", next.Indent)
		if l.Indent+len(l.Text) == 79 && next.Indent == 0 {
			glue = " " // the 80th column was the blank
		}
		l.Text += glue + next.Text
		l.Words = strings.Fields(l.Text)
		next.Text, next.Words = "", nil
	}
	return in
}

func wraps(l *Line) bool {
	switch l.Words[0] {
	case "access-list", "nat", "static", "permit", "deny":
		return !strings.HasPrefix(strings.Join(l.Words[1:], " "), "remark")
	}
	return false
}

// starts reports a line that begins a statement of its own.
func starts(l *Line) bool {
	switch w := l.Words[0]; w {
	case "permit", "deny", "remark", "description", "exit", "end", "static", "nat", "host", "subnet", "range", "no":
		return true
	default:
		return strings.HasPrefix(w, "!") || strings.HasPrefix(w, ":") || len(w) > 3 && wordStarts[w]
	}
}

var wordStarts = map[string]bool{
	"access-list": true, "access-group": true, "object": true, "object-group": true, "interface": true, "route": true,
	"pager": true, "logging": true, "icmp": true, "global": true, "ipv6": true, "network-object": true, "timeout": true,
	"group-object": true, "port-object": true, "service-object": true, "crypto": true, "line": true, "evaluate": true,
}
