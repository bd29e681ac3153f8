package step

import (
	"slices"
	"strings"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"

	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/ui/keys"
	"mxodus/ui/widget"
)

// matrix is a table of a result whose cells are gone through one by one: each
// leads to the finding about it, or says what makes it so.
type matrix struct {
	table    int // in Result.Tables
	row, col int
}

// newMatrix starts at the first cell that has a finding, else at the first.
func newMatrix(r check.Result) *matrix {
	for i, t := range r.Tables {
		first := (*matrix)(nil)
		for y, row := range t.Rows {
			for x, c := range row {
				switch {
				case c.Finding > 0:
					return &matrix{i, y, x}
				case c.Tells != "" && first == nil:
					first = &matrix{i, y, x}
				}
			}
		}
		if first != nil {
			return first
		}
	}
	return nil
}

func (m *matrix) cell(r check.Result) check.Cell {
	if m.table < len(r.Tables) && m.row < len(r.Tables[m.table].Rows) && m.col < len(r.Tables[m.table].Rows[m.row]) {
		return r.Tables[m.table].Rows[m.row][m.col]
	}
	return check.Cell{}
}

// move goes to a neighbour, as far as there is one. The first column names the
// rows.
func (m *matrix) move(r check.Result, dy, dx int) {
	rows := r.Tables[m.table].Rows
	m.row = max(0, min(m.row+dy, len(rows)-1))
	m.col = max(1, min(m.col+dx, len(rows[m.row])-1))
}

// inMatrix reports that a cell of a table is pointed at.
func (c *checks) inMatrix() bool { return c.open != nil && c.open.grid != nil }

// matrixKey handles keys while a cell is pointed at; false for those that mean
// what they mean elsewhere.
func (c *checks) matrixKey(k tea.KeyMsg) bool {
	o := c.open
	switch {
	case key.Matches(k, keys.Back), key.Matches(k, keys.Cells):
		o.grid = nil
	case key.Matches(k, keys.Up):
		o.grid.move(o.result, -1, 0)
	case key.Matches(k, keys.Down):
		o.grid.move(o.result, 1, 0)
	case key.Matches(k, keys.Left):
		o.grid.move(o.result, 0, -1)
	case key.Matches(k, keys.Right):
		o.grid.move(o.result, 0, 1)
	case key.Matches(k, keys.Open):
		if n := o.grid.cell(o.result).Finding; n > 0 && n <= len(o.result.Findings) {
			o.find.Cursor, o.grid = n-1, nil
		}
	default:
		return false
	}
	c.layout()
	return true
}

// matrixLines draws what fits of the table around the cell that is pointed at,
// and below it what the cell tells.
func (c *checks) matrixLines(w, h int) []string {
	st, o := c.s.env.Styles, c.open
	t := o.result.Tables[o.grid.table]
	table := widget.Indent(widget.TableAt(st, t, w-4, o.grid.row, o.grid.col), 2)
	tells := c.cellLines(t, w)
	if room := max(4, h-1-len(tells)); len(table) > room {
		head := 0
		if t.Title != "" {
			head++
		}
		if len(t.Header) > 0 {
			head++
		}
		at := max(head, slices.IndexFunc(table, func(l string) bool { return strings.Contains(l, st.Glyphs.Pointer) }))
		rows := max(1, room-head)
		from := max(head, min(at-rows/2, len(table)-rows))
		table = slices.Concat(table[:head], table[from:min(len(table), from+rows)])
	}
	return append(append(table, ""), tells...)
}

// cellLines say what the cell that is pointed at is about, and why it is so.
func (c *checks) cellLines(t check.Table, w int) []string {
	st, o := c.s.env.Styles, c.open
	cell, about := o.grid.cell(o.result), ""
	if row := t.Rows[o.grid.row]; len(row) > 0 {
		about = string(clean.Line(string(row[0].Text)))
	}
	if o.grid.col < len(t.Header) {
		about += ", " + string(clean.Line(string(t.Header[o.grid.col])))
	}
	lines := []string{"  " + st.Strong.Render(widget.Cut(about, w-4))}
	add := func(text string) {
		lines = append(lines, widget.Indent(widget.Wrap(string(clean.Text(text)), w-4), 2)...)
	}
	switch {
	case cell.Finding > 0 && cell.Finding <= len(o.result.Findings):
		f := o.result.Findings[cell.Finding-1]
		saw, _, _ := strings.Cut(string(f.Saw), "\n")
		add(string(f.Title))
		add(saw)
		lines = append(lines, "  "+st.Muted.Render("Enter opens the finding: packet, rule, what to change."))
	case cell.Tells != "":
		add(string(cell.Tells))
	default:
		lines = append(lines, "  "+st.Muted.Render("This table says no more about it."))
	}
	return lines
}
