package export

import (
	_ "embed"
	"fmt"
	"html"
	"strings"
)

//go:embed style.css
var css string

// HTML writes the summary as one file that needs no other: styles inside, no
// scripts, no pictures, no links. It prints on A4.
func HTML(s Summary) string {
	var b strings.Builder
	title := html.EscapeString("Completion summary: " + s.titled())
	b.WriteString("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
	b.WriteString(`<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">` + "\n")
	b.WriteString(`<meta name="viewport" content="width=device-width, initial-scale=1">` + "\n")
	fmt.Fprintf(&b, "<title>%s</title>\n<style>\n%s</style>\n</head>\n<body>\n<main>\n", title, css)
	for _, bl := range s.layout() {
		htmlBlock(&b, bl)
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.String()
}

func htmlBlock(b *strings.Builder, bl block) {
	switch v := bl.(type) {
	case heading:
		fmt.Fprintf(b, "<h%d>%s</h%d>\n", v.level, html.EscapeString(v.text), v.level)
	case para:
		fmt.Fprintf(b, "<p>%s</p>\n", htmlText(v.text))
	case list:
		b.WriteString("<ul>\n")
		for _, item := range v.items {
			fmt.Fprintf(b, "<li>%s</li>\n", htmlText(item))
		}
		b.WriteString("</ul>\n")
	case table:
		htmlTable(b, v)
	case pre:
		fmt.Fprintf(b, "<pre>%s</pre>\n", html.EscapeString(v.text))
	case signature:
		b.WriteString("<div class=\"sign\">\n")
		for _, who := range v.who {
			fmt.Fprintf(b, "<div><span></span>%s<br>Name, date, signature</div>\n", html.EscapeString(who))
		}
		b.WriteString("</div>\n")
	}
}

func htmlTable(b *strings.Builder, t table) {
	class := ""
	if t.wide {
		class = ` class="wide"`
	}
	fmt.Fprintf(b, "<table%s>\n<thead><tr>", class)
	for _, h := range t.head {
		fmt.Fprintf(b, "<th scope=\"col\">%s</th>", htmlText(h))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.rows {
		b.WriteString("<tr>")
		for i, c := range row {
			mark := ""
			if i < len(t.head) && t.head[i] == "Result" {
				mark = resultClass[c]
			}
			fmt.Fprintf(b, "<td%s>%s</td>", mark, htmlText(c))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n")
}

// resultClass colours results; the word itself says the same.
var resultClass = map[string]string{
	string(CasePass): ` class="pass"`, string(CaseFail): ` class="fail"`,
	string(CaseWithReasons): ` class="reasons"`, string(CaseNotRun): ` class="open"`,
}

func htmlText(s string) string {
	return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>")
}
