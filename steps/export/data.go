package export

import (
	"encoding/csv"
	"encoding/json"
	"fmt"
	"strings"
)

// JSON writes the summary as one indented document of schema
// mxodus.summary/1, ending in a line feed. Lists are empty, never null.
func JSON(s Summary) ([]byte, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	if err := enc.Encode(s); err != nil {
		return nil, fmt.Errorf("write the summary: %w", err)
	}
	return []byte(b.String()), nil
}

// CSV writes the test plan as a sheet (RFC 4180, CRLF line ends), with the mark
// by which spreadsheets know UTF-8. A cell that a spreadsheet would evaluate
// begins with an apostrophe instead.
func CSV(s Summary) (string, error) {
	var b strings.Builder
	b.WriteString("\ufeff")
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	rows := [][]string{{"case", "mandatory", "step", "what", "executed by", "overseen by", "date", "result", "remark", "corrective action"}}
	for i, list := range [][]Case{s.TestPlan.Mandatory, s.TestPlan.Optional} {
		for _, c := range list {
			rows = append(rows, []string{
				c.ID, []string{"yes", "no"}[i], fmt.Sprint(c.Step), string(c.Title), string(c.ExecutedBy), string(c.OverseenBy),
				moment(c.Date, s.zone), c.Word(), string(c.Remark), string(c.Corrective),
			})
		}
	}
	for _, row := range rows {
		for i := range row {
			row[i] = Defuse(row[i])
		}
	}
	if err := w.WriteAll(rows); err != nil {
		return "", fmt.Errorf("write the sheet: %w", err)
	}
	return b.String(), nil
}

// Defuse makes text safe as a cell of a sheet: where it would be taken for a
// formula, an apostrophe is put before it (CWE-1236). What begins with an
// apostrophe gets one more, so that Fuse finds the original again.
func Defuse(cell string) string {
	if strings.HasPrefix(cell, "'") || formula(cell) {
		return "'" + cell
	}
	return cell
}

// Fuse takes back what Defuse did.
func Fuse(cell string) string {
	if rest, ok := strings.CutPrefix(cell, "'"); ok && (strings.HasPrefix(rest, "'") || formula(rest)) {
		return rest
	}
	return cell
}

// formula reports text that some spreadsheet evaluates: one of the starting
// characters, plain or full width, after any quotes and blanks, or a control
// character in front, which programs strip before they look.
func formula(cell string) bool {
	for _, r := range cell {
		switch r {
		case '=', '+', '-', '@', '|', '%', '＝', '＋', '－', '＠', '−', '\t', '\r', '\n', 0:
			return true
		case ' ', '"', '\u00a0', '\u3000', '\'', '\ufeff', '\u200b', ';', ',':
			continue
		}
		return false
	}
	return false
}
