package form

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// fit cuts and pads a drawing to an exact size in cells.
func fit(s string, width, height int) string {
	rows := strings.Split(s, "\n")
	if len(rows) > height {
		rows = rows[:height]
	}
	for i, row := range rows {
		if ansi.StringWidth(row) > width {
			rows[i] = ansi.Truncate(row, width, "")
		}
	}
	for len(rows) < height {
		rows = append(rows, "")
	}
	return strings.Join(rows, "\n")
}
