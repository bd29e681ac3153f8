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
	var names, more []string
	for _, s := range sheets {
		csv := s.CSV()
		switch rules := table.Detect(source.NewDoc("", csv, time.Time{}).Head()).Score > 0; {
		case rules && note == "":
			text, note = csv, fmt.Sprintf("The rules are those of sheet %q; line numbers are its rows.", s.Name)
		case rules:
			more = append(more, fmt.Sprintf("%q", s.Name))
		}
		names = append(names, fmt.Sprintf("%q", s.Name))
	}
	if len(more) > 0 {
		note += fmt.Sprintf(" Rules in other sheets (%s) are left out: the answer is not about them. Save each as a file of its own and check it, too.", strings.Join(more, ", "))
	}
	if note != "" {
		return text, note, nil
	}
	return "", "", fmt.Errorf("no sheet of the spreadsheet (%s) holds a table of rules: its first row should name the columns action, direction, protocol, source, destination and port",
		strings.Join(names, ", "))
}
