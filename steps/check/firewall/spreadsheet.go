package firewall

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"mxodus/steps/check/firewall/format/table"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/check/firewall/xlsx"
)

// textOf decodes a file to text. A spreadsheet becomes the CSV of the sheet
// that holds a table of rules, its rows as lines.
func textOf(content []byte) (text, note string, err error) {
	if len(content) > MaxBytes {
		return "", "", ErrTooBig
	}
	sheets, err := xlsx.Read(content)
	switch {
	case errors.Is(err, xlsx.ErrNone):
		return source.Text(content)
	case err != nil:
		return "", "", err
	}
	var names []string
	for _, s := range sheets {
		text := s.CSV()
		if table.Detect(source.NewDoc("", text, time.Time{}).Head()).Score > 0 {
			return text, fmt.Sprintf("The rules are those of sheet %q; line numbers are its rows.", s.Name), nil
		}
		names = append(names, fmt.Sprintf("%q", s.Name))
	}
	return "", "", fmt.Errorf("no sheet of the spreadsheet (%s) holds a table of rules: its first row should name the columns action, direction, protocol, source, destination and port",
		strings.Join(names, ", "))
}
