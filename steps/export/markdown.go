package export

import (
	"fmt"
	"strings"
)

// Markdown writes the summary as CommonMark with tables (GFM section 4.10).
// Everything that came from outside is escaped, so it shows as it was typed.
func Markdown(s Summary) string {
	var b strings.Builder
	for i, bl := range s.layout() {
		if i > 0 {
			b.WriteByte('\n')
		}
		switch v := bl.(type) {
		case heading:
			fmt.Fprintf(&b, "%s %s\n", strings.Repeat("#", v.level), mdText(v.text, " "))
		case para:
			fmt.Fprintf(&b, "%s\n", mdText(v.text, "\\\n"))
		case verdict:
			first, rest, _ := strings.Cut(v.text, ". ")
			if rest != "" {
				first += "."
			}
			fmt.Fprintf(&b, "> **%s** %s\n", mdText(first, " "), mdText(rest, " "))
		case table:
			mdTable(&b, v)
		case pre:
			fence := mdFence(v.text)
			fmt.Fprintf(&b, "%s\n%s\n%s\n", fence, strings.TrimRight(v.text, "\n"), fence)
		case signature:
			mdTable(&b, table{head: []string{"", "Name", "Date", "Signature"}, rows: signRows(v)})
		}
	}
	return b.String()
}

func signRows(s signature) [][]string {
	var rows [][]string
	for _, who := range s.who {
		rows = append(rows, []string{who[0], who[1], "", ""})
	}
	return rows
}

func mdTable(b *strings.Builder, t table) {
	row := func(cells []string, mark string) {
		b.WriteString("|")
		for i := range t.head {
			cell := ""
			switch {
			case i >= len(cells) || cells[i] == "":
			case t.code(i) && mark == "" && cells[i] != t.head[i]:
				cell = mdCode(cells[i]) + " "
			default:
				cell = mark + mdCell(cells[i]) + mark + " "
			}
			b.WriteString(" " + cell + "|")
		}
		b.WriteByte('\n')
	}
	row(t.head, "")
	b.WriteString("|" + strings.Repeat(" --- |", len(t.head)) + "\n")
	for _, r := range t.rows {
		if len(r) == 1 && len(t.head) > 1 {
			row(r, "**")
			continue
		}
		row(r, "")
	}
}

// mdCell is text within a table, where nothing begins a line: no list, heading
// or rule can come of it.
func mdCell(s string) string {
	if s == "-" {
		return s
	}
	return strings.TrimSpace(mdEscape(s, "<br>", false))
}

// mdCode is text to be copied, as a code span (CommonMark section 6.1) where
// it is an ordinary command or checksum; anything else is escaped as text is.
func mdCode(s string) string {
	const ordinary = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 ._-+@:/"
	if strings.Trim(s, ordinary) != "" || strings.Contains(s, "://") || strings.TrimSpace(s) == "" {
		return mdCell(s)
	}
	return "`" + strings.Join(strings.Fields(s), " ") + "`"
}

// mdText escapes text: characters that mean something in Markdown or HTML get
// a backslash (CommonMark section 2.4) or an entity, line breaks become br.
func mdText(s, br string) string { return strings.TrimSpace(mdEscape(s, br, true)) }

// mdEscape does the work; own says that the text begins lines of its own.
func mdEscape(s, br string, own bool) string {
	var b strings.Builder
	lineStart := own
	for i, r := range s {
		switch r {
		case '\n':
			b.WriteString(br)
			lineStart = own
			continue
		case '\\', '`', '*', '_', '[', ']', '|', '~', '!', '$':
			b.WriteByte('\\')
			b.WriteRune(r)
		case '<':
			b.WriteString("&lt;")
		case '>':
			b.WriteString("&gt;")
		case '&':
			b.WriteString("&amp;")
		case ':': // no link is made of an address by itself
			if strings.HasPrefix(s[i:], "://") {
				b.WriteString("&#58;")
			} else {
				b.WriteRune(r)
			}
		case '@':
			b.WriteString("&#64;")
		case '#', '+', '-', '=':
			if lineStart {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		case '.', ')':
			if own && listNumber(s[:i]) {
				b.WriteByte('\\')
			}
			b.WriteRune(r)
		default:
			b.WriteRune(r)
		}
		if r != ' ' {
			lineStart = false
		}
	}
	return b.String()
}

// listNumber reports that the last line of s is digits alone, so that a full
// stop or bracket after it would begin a numbered list.
func listNumber(s string) bool {
	line := strings.TrimLeft(s[strings.LastIndexByte(s, '\n')+1:], " ")
	return line != "" && strings.Trim(line, "0123456789") == ""
}

// mdFence is a fence longer than any run of backquotes in the text.
func mdFence(s string) string { return strings.Repeat("`", max(3, longestRun(s)+1)) }

func longestRun(s string) int {
	longest, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return longest
}
