package widget

import (
	"strings"

	"mxodus/steps/clean"
	"mxodus/ui/theme"
)

// Markdown sets guidance in lines of at most w cells: headings, paragraphs,
// lists, tables, quotes and fenced code, which is all that guidance uses. The
// text may hold values from outside, so control characters are made visible
// first. Lines wider than about 96 cells are hard to read and are not made.
func Markdown(st *theme.Styles, text string, w int) []string {
	m := &mdReader{st: st, w: max(8, min(w, 100)), full: max(8, w)}
	for _, line := range strings.Split(string(clean.Text(text)), "\n") {
		m.line(strings.TrimRight(line, " "))
	}
	m.end()
	for len(m.out) > 0 && m.out[len(m.out)-1] == "" {
		m.out = m.out[:len(m.out)-1]
	}
	return m.out
}

// mdReader collects blocks line by line.
type mdReader struct {
	st      *theme.Styles
	w, full int
	out     []string

	para   []string   // lines of the paragraph or list item being read
	mark   string     // its list mark, "" for a paragraph
	depth  int        // indentation of the list item in cells
	quote  bool       // it is a quotation
	table  [][]string // rows of the table being read
	fenced bool
}

func (m *mdReader) line(s string) {
	if m.fenced {
		if strings.HasPrefix(strings.TrimSpace(s), "```") {
			m.fenced = false
			m.blank()
			return
		}
		m.code(s)
		return
	}
	body := strings.TrimLeft(s, " ")
	indent := len(s) - len(body)
	if strings.HasPrefix(body, "|") {
		m.flush()
		m.table = append(m.table, cells(body))
		return
	}
	m.endTable()
	switch mark, rest, item := listMark(body); {
	case body == "":
		m.flush()
		m.blank()
	case strings.HasPrefix(body, "```"):
		m.flush()
		m.blank()
		m.fenced = true
	case strings.HasPrefix(body, "#"):
		m.heading(body)
	case body == "---" || body == "***":
		m.flush()
		m.out = append(m.out, m.st.Rule.Render(strings.Repeat(m.st.Glyphs.Rule, min(m.w, 40))))
	case strings.HasPrefix(body, ">"):
		if !m.quote {
			m.flush()
		}
		m.quote = true
		m.para = append(m.para, strings.TrimSpace(body[1:]))
	case item:
		m.flush()
		m.mark, m.depth, m.para = mark, min(indent, m.w/3), []string{rest}
	default:
		m.para = append(m.para, body)
	}
}

// listMark reads "- ", "* ", "+ " and "1. ".
func listMark(s string) (mark, rest string, ok bool) {
	if len(s) > 2 && strings.ContainsRune("-*+", rune(s[0])) && s[1] == ' ' {
		return "-", strings.TrimSpace(s[2:]), true
	}
	n := 0
	for n < len(s) && n < 3 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	if n > 0 && n+1 < len(s) && (s[n] == '.' || s[n] == ')') && s[n+1] == ' ' {
		return s[:n] + ".", strings.TrimSpace(s[n+2:]), true
	}
	return "", "", false
}

func (m *mdReader) heading(s string) {
	m.flush()
	level := len(s) - len(strings.TrimLeft(s, "#"))
	text := strings.TrimSpace(s[level:])
	m.blank()
	style := m.st.Heading
	if level > 2 {
		style = m.st.Accent
	}
	for _, l := range Wrap(strings.NewReplacer("**", "", "`", "").Replace(text), m.w) {
		m.out = append(m.out, style.Render(l))
	}
	if level <= 1 {
		m.blank()
	}
}

// code keeps a line as it is; a longer one is broken, never cut, so that what
// is read is what is meant.
func (m *mdReader) code(s string) {
	for _, l := range Wrap(s, m.full-2) {
		m.out = append(m.out, "  "+m.st.Code.Render(l))
	}
}

func (m *mdReader) flush() {
	if len(m.para) == 0 {
		return
	}
	text := strings.Join(m.para, " ")
	switch {
	case m.mark != "":
		mark := m.mark
		if mark == "-" {
			mark = m.st.Glyphs.Bullet
		}
		lead := strings.Repeat(" ", m.depth) + mark + " "
		if m.depth+len(mark) < 3 {
			lead = "  " + lead
		}
		column := cellsOf(lead)
		for i, l := range flow(m.st, text, m.w-column, m.st.Text) {
			if i == 0 {
				m.out = append(m.out, m.st.Muted.Render(lead)+l)
			} else {
				m.out = append(m.out, strings.Repeat(" ", column)+l)
			}
		}
	case m.quote:
		for _, l := range flow(m.st, text, m.w-2, m.st.Text) {
			m.out = append(m.out, m.st.Accent.Render(m.st.Glyphs.FieldBar)+" "+l)
		}
	default:
		m.out = append(m.out, flow(m.st, text, m.w, m.st.Text)...)
	}
	m.para, m.mark, m.depth, m.quote = nil, "", 0, false
}

func (m *mdReader) blank() {
	if n := len(m.out); n > 0 && m.out[n-1] != "" {
		m.out = append(m.out, "")
	}
}

func (m *mdReader) endTable() {
	if len(m.table) > 0 {
		m.out = append(m.out, mdTable(m.st, m.table, m.full)...)
		m.table = nil
	}
}

func (m *mdReader) end() {
	m.endTable()
	m.flush()
}
