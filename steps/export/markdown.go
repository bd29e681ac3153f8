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
		case list:
			for _, item := range v.items {
				fmt.Fprintf(&b, "- %s\n", mdText(item, "\\\n  "))
			}
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
		rows = append(rows, []string{who, "", "", ""})
	}
	return rows
}

func mdTable(b *strings.Builder, t table) {
	row := func(cells []string) {
		b.WriteString("|")
		for _, c := range cells {
			b.WriteString(" ")
			if c == "-" {
				b.WriteString("- ")
			} else if c != "" {
				b.WriteString(mdText(c, "<br>") + " ")
			}
			b.WriteString("|")
		}
		b.WriteByte('\n')
	}
	row(t.head)
	b.WriteString("|" + strings.Repeat(" --- |", len(t.head)) + "\n")
	for _, r := range t.rows {
		row(r)
	}
}

// mdText escapes text: characters that mean something in Markdown or HTML get
// a backslash (CommonMark section 2.4) or an entity, line breaks become br.
func mdText(s, br string) string {
	var b strings.Builder
	lineStart := true
	for i, r := range s {
		switch r {
		case '\n':
			b.WriteString(br)
			lineStart = true
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
			if listNumber(s[:i]) {
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
	return strings.TrimSpace(b.String())
}

// listNumber reports that the last line of s is digits alone, so that a full
// stop or bracket after it would begin a numbered list.
func listNumber(s string) bool {
	line := strings.TrimLeft(s[strings.LastIndexByte(s, '\n')+1:], " ")
	return line != "" && strings.Trim(line, "0123456789") == ""
}

// mdFence is a fence longer than any run of backquotes in the text.
func mdFence(s string) string {
	longest, run := 0, 0
	for _, r := range s {
		if r == '`' {
			run++
			longest = max(longest, run)
		} else {
			run = 0
		}
	}
	return strings.Repeat("`", max(3, longest+1))
}
