package export

import (
	_ "embed"
	"fmt"
	"html"
	"slices"
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
	case verdict:
		class := "open"
		if v.good {
			class = "good"
		}
		first, rest, _ := strings.Cut(v.text, ". ")
		if rest != "" {
			first += "."
		}
		fmt.Fprintf(b, "<p class=\"verdict %s\"><strong>%s</strong> %s</p>\n", class, htmlText(first), htmlText(rest))
	case table:
		htmlTable(b, v)
	case pre:
		fmt.Fprintf(b, "<pre>%s</pre>\n", html.EscapeString(v.text))
	case signature:
		b.WriteString("<div class=\"sign\">\n")
		for _, who := range v.who {
			fmt.Fprintf(b, "<div><span>%s</span>%s<br>Name, date, signature</div>\n", htmlText(who[1]), html.EscapeString(who[0]))
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
	for i, h := range t.head {
		fmt.Fprintf(b, "<th scope=\"col\"%s>%s</th>", t.cellClass(i, ""), htmlText(h))
	}
	b.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range t.rows {
		if len(row) == 1 && len(t.head) > 1 {
			fmt.Fprintf(b, "<tr class=\"group\"><th scope=\"colgroup\" colspan=\"%d\">%s</th></tr>\n", len(t.head), htmlText(row[0]))
			continue
		}
		b.WriteString("<tr>")
		for i, c := range row {
			fmt.Fprintf(b, "<td%s>%s</td>", t.cellClass(i, c), htmlText(c))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</tbody>\n</table>\n")
}

// cellClass names how a cell is drawn: whether its column is kept narrow, what
// its result is, and that it is to be typed.
func (t table) cellClass(col int, text string) string {
	var class []string
	if slices.Contains(t.narrow, col) {
		class = append(class, "narrow")
	}
	if slices.Contains(t.broad, col) {
		class = append(class, "broad")
		if len(t.broad) > 2 {
			class = append(class, "third")
		}
	}
	if col < len(t.head) && text != "" {
		if t.head[col] == "Result" {
			class = append(class, resultClass[text])
		}
		if t.code(col) {
			class = append(class, "code")
		}
	}
	if class = slices.DeleteFunc(class, func(s string) bool { return s == "" }); len(class) == 0 {
		return ""
	}
	return fmt.Sprintf(" class=%q", strings.Join(class, " "))
}

// resultClass colours results; the word itself says the same.
var resultClass = map[string]string{
	Case{Result: CasePass, Proof: Checked}.Word(): "pass", string(CaseFail): "fail",
	string(CaseWithReasons): "reasons", string(CaseNotRun): "open",
}

func htmlText(s string) string {
	return strings.ReplaceAll(html.EscapeString(s), "\n", "<br>")
}
