package widget

import (
	"strings"

	"github.com/charmbracelet/x/ansi"

	"mxodus/ui/theme"
)

func cellsOf(s string) int { return ansi.StringWidth(s) }

// cells splits a Markdown table row; "\|" is a bar in a cell.
func cells(row string) []string {
	row = strings.TrimSuffix(strings.TrimPrefix(row, "|"), "|")
	const bar = "\x00"
	var out []string
	for _, c := range strings.Split(strings.ReplaceAll(row, `\|`, bar), "|") {
		out = append(out, strings.TrimSpace(strings.ReplaceAll(c, bar, "|")))
	}
	return out
}

func separator(row []string) bool {
	for _, c := range row {
		if strings.Trim(c, "-: ") != "" || c == "" {
			return false
		}
	}
	return true
}

// mdTable sets a table. Columns are as wide as their text; when they do not
// fit, the widest give way and their cells wrap; when even that leaves less
// than eight cells to a column, each row becomes a short list.
func mdTable(st *theme.Styles, rows [][]string, w int) []string {
	var body [][]string
	header := false
	for i, r := range rows {
		if separator(r) {
			header = header || i == 1
			continue
		}
		body = append(body, r)
	}
	if len(body) == 0 {
		return nil
	}
	widths, fits := columnWidths(body, w)
	if !fits {
		return tableAsList(st, body, header, w)
	}
	var out []string
	for i, r := range body {
		style := st.Text
		if header && i == 0 {
			style = st.Muted
		}
		out = append(out, tableRow(st, r, widths, style)...)
	}
	return out
}

const columnGap = 3

// narrowest is what a column may be squeezed to.
const narrowest = 12

// columnWidths shares w cells among the columns.
func columnWidths(rows [][]string, w int) ([]int, bool) {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], plainWidth(c))
		}
	}
	floors := make([]int, len(widths))
	for i := range floors {
		floors[i] = min(widths[i], narrowest)
	}
	return squeeze(widths, floors, w)
}

// squeeze takes cells from the widest column until all fit in w; no column
// goes below its floor.
func squeeze(widths, floors []int, w int) ([]int, bool) {
	total := (len(widths) - 1) * columnGap
	for _, c := range widths {
		total += c
	}
	for ; total > w; total-- {
		widest := -1
		for i, c := range widths {
			if c > floors[i] && (widest < 0 || c > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil, false
		}
		widths[widest]--
	}
	return widths, true
}

// plainWidth is the width of a cell without its marks.
func plainWidth(c string) int {
	n := 0
	for _, s := range spans(c) {
		n += ansi.StringWidth(s.text)
	}
	return n
}

func tableRow(st *theme.Styles, row []string, widths []int, style theme.Style) []string {
	columns := make([][]string, len(widths))
	height := 1
	for i := range widths {
		if i < len(row) {
			columns[i] = flow(st, row[i], max(1, widths[i]), style)
		}
		height = max(height, len(columns[i]))
	}
	out := make([]string, height)
	for y := range out {
		var b strings.Builder
		for i, lines := range columns {
			text := ""
			if y < len(lines) {
				text = lines[y]
			}
			b.WriteString(text)
			if i < len(columns)-1 {
				b.WriteString(strings.Repeat(" ", max(0, widths[i]-ansi.StringWidth(text))+columnGap))
			}
		}
		out[y] = strings.TrimRight(b.String(), " ")
	}
	return out
}

func tableAsList(st *theme.Styles, rows [][]string, header bool, w int) []string {
	var names []string
	if header {
		names, rows = rows[0], rows[1:]
	}
	var out []string
	for i, r := range rows {
		if i > 0 {
			out = append(out, "")
		}
		for j, c := range r {
			if c == "" {
				continue
			}
			if j < len(names) && names[j] != "" && j > 0 {
				c = names[j] + ": " + c
			}
			indent := 2
			if j == 0 {
				indent = 0
			}
			out = append(out, Indent(flow(st, c, w-indent, st.Text), indent)...)
		}
	}
	return out
}
