package widget

import (
	"slices"
	"strings"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/ui/theme"
)

// Table draws a check's table in w cells: marks are glyphs beside their words,
// the first column names the row. Where it does not fit, the names of columns
// are cut; where that is not enough, it is written as a list. No cell is cut
// that fits a line.
func Table(st *theme.Styles, t check.Table, w int) []string { return TableAt(st, t, w, -1, -1) }

// TableAt is Table with the cell of a row and a column pointed at.
func TableAt(st *theme.Styles, t check.Table, w, row, col int) []string {
	if row >= 0 && row < len(t.Rows) && col >= 0 && col < len(t.Rows[row]) {
		t.Rows = slices.Clone(t.Rows)
		t.Rows[row] = slices.Clone(t.Rows[row])
		t.Rows[row][col].Text = clean.Shown(st.Glyphs.Pointer + " " + oneLine(t.Rows[row][col].Text)) // in the place of the mark
		t.Rows[row][col].Mark = check.MarkNone
	}
	var out []string
	if t.Title != "" {
		for _, l := range Wrap(oneLine(t.Title), w) {
			out = append(out, st.Strong.Render(l))
		}
	}
	rows, widths, floors := cellTexts(st, t)
	if widths, ok := squeeze(widths, floors, w-2); ok {
		out = append(out, alignedRows(st, t, rows, widths)...)
	} else {
		out = append(out, listedRows(st, t, rows, w)...)
	}
	if t.Note != "" {
		for _, l := range Wrap(string(clean.Text(string(t.Note))), w-2) {
			out = append(out, "  "+st.Muted.Render(l))
		}
	}
	return out
}

// oneLine is a text of a check on one line. Checks clean what they show; one
// that forgot to does no harm.
func oneLine(s clean.Shown) string {
	return string(clean.Line(strings.ReplaceAll(string(s), "\n", " ")))
}

// cellTexts writes the cells as plain text, header first where there is one,
// and measures the columns.
func cellTexts(st *theme.Styles, t check.Table) (rows [][]string, widths, floors []int) {
	add := func(row []string, header bool) {
		rows = append(rows, row)
		for i, c := range row {
			if i == len(widths) {
				widths, floors = append(widths, 1), append(floors, 1)
			}
			widths[i] = max(widths[i], ansi.StringWidth(c))
			if !header {
				floors[i] = max(floors[i], ansi.StringWidth(c))
			}
		}
	}
	if len(t.Header) > 0 {
		var head []string
		for _, h := range t.Header {
			head = append(head, oneLine(h))
		}
		add(head, true)
	}
	for _, r := range t.Rows {
		var row []string
		for _, c := range r {
			row = append(row, cellText(st, c))
		}
		add(row, false)
	}
	return rows, widths, floors
}

func cellText(st *theme.Styles, c check.Cell) string {
	glyph, _ := st.Mark(c.Mark)
	return strings.TrimSpace(glyph + " " + oneLine(c.Text))
}

func alignedRows(st *theme.Styles, t check.Table, rows [][]string, widths []int) []string {
	var out []string
	header := len(t.Header) > 0
	for y, row := range rows {
		var b strings.Builder
		b.WriteString("  ")
		for x, text := range row {
			text = Cut(text, widths[x])
			style := st.Muted
			if !header {
				_, style = st.Mark(t.Rows[y][x].Mark)
			} else if y > 0 {
				_, style = st.Mark(t.Rows[y-1][x].Mark)
			}
			b.WriteString(style.Render(text))
			if x < len(row)-1 {
				b.WriteString(strings.Repeat(" ", widths[x]-ansi.StringWidth(text)+columnGap))
			}
		}
		out = append(out, strings.TrimRight(b.String(), " "))
	}
	return out
}

func listedRows(st *theme.Styles, t check.Table, rows [][]string, w int) []string {
	names := []string{}
	if len(t.Header) > 0 {
		names, rows = rows[0], rows[1:]
	}
	var out []string
	for y, row := range rows {
		for x, text := range row {
			if text == "" {
				continue
			}
			_, style := st.Mark(t.Rows[y][x].Mark)
			if x == 0 {
				out = append(out, "  "+style.Render(Cut(text, w-2)))
				continue
			}
			text = Cut(text, w-4)
			label := ""
			if room := w - 5 - ansi.StringWidth(text); x < len(names) && names[x] != "" && room > 2 {
				label = Cut(names[x], room) + " "
			}
			out = append(out, "    "+st.Muted.Render(label)+style.Render(text))
		}
	}
	return out
}
