// Package xlsx reads the cells of a spreadsheet (Office Open XML, ECMA-376
// part 1, section 18) as rows of text, which is all that a table of rules
// needs: no formulas, no formats. What a formula last gave is its value.
package xlsx

import (
	"archive/zip"
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
)

// Limits of what is read.
const (
	maxPart  = 200 << 20 // bytes of one part, unpacked
	maxRows  = 300_000
	maxCells = 3_000_000
	maxCols  = 1000
)

// ErrNone says that a file is no spreadsheet of this kind.
var ErrNone = errors.New("no spreadsheet")

// Sheet is one sheet: its name and rows. Row i of the sheet is Rows[i-1]; rows
// that hold nothing are empty.
type Sheet struct {
	Name string
	Rows [][]string
}

// CSV is the sheet as text, one row a line, so that lines have the numbers of
// rows. Line breaks in cells become blanks.
func (s Sheet) CSV() string {
	var b strings.Builder
	w := csv.NewWriter(&b)
	for _, row := range s.Rows {
		if len(row) == 0 {
			w.Flush()
			b.WriteByte('\n')
			continue
		}
		cells := make([]string, len(row))
		for i, c := range row {
			cells[i] = strings.Join(strings.FieldsFunc(c, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
		}
		_ = w.Write(cells) // into memory
	}
	w.Flush()
	return b.String()
}

// Read returns the sheets of a workbook that can be seen, in their order. The
// error is ErrNone when b is no workbook, else a sentence about what is wrong.
func Read(b []byte) ([]Sheet, error) {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil, ErrNone
	}
	parts := map[string]*zip.File{}
	for _, f := range z.File {
		parts[strings.TrimPrefix(path.Clean(f.Name), "/")] = f
	}
	if parts["xl/workbook.xml"] == nil {
		return nil, ErrNone
	}
	r := &reader{parts: parts}
	if err := r.shared(); err != nil {
		return nil, err
	}
	return r.sheets()
}

type reader struct {
	parts   map[string]*zip.File
	strings []string
	cells   int
}

// part opens a part as a stream of XML tokens.
func (r *reader) part(name string) (*xml.Decoder, io.Closer, error) {
	f := r.parts[name]
	if f == nil {
		return nil, nil, fmt.Errorf("the spreadsheet lacks its part %s; save it again", name)
	}
	in, err := f.Open()
	if err != nil {
		return nil, nil, damaged(name)
	}
	return xml.NewDecoder(io.LimitReader(in, maxPart)), in, nil
}

func damaged(name string) error {
	return fmt.Errorf("the spreadsheet is damaged in its part %s; save it again, or save it as CSV", name)
}

// shared reads the texts that cells refer to by number.
func (r *reader) shared() error {
	const name = "xl/sharedStrings.xml"
	if r.parts[name] == nil {
		return nil
	}
	dec, in, err := r.part(name)
	if err != nil {
		return err
	}
	defer in.Close()
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return damaged(name)
		}
		if el, ok := tok.(xml.StartElement); ok && el.Name.Local == "si" {
			text, err := texts(dec)
			if err != nil {
				return damaged(name)
			}
			if r.strings = append(r.strings, text); len(r.strings) > maxCells {
				return errors.New("the spreadsheet holds more texts than are read; save the rules alone, as CSV")
			}
		}
	}
}

// texts joins what the elements t hold, up to the end of the present element.
// Phonetic readings (rPh) are left out.
func texts(dec *xml.Decoder) (string, error) {
	var b strings.Builder
	depth, inText, aside := 1, false, 0
	for depth > 0 {
		tok, err := dec.Token()
		if err != nil {
			return "", err
		}
		switch t := tok.(type) {
		case xml.StartElement:
			depth++
			if inText = t.Name.Local == "t"; t.Name.Local == "rPh" {
				aside = depth
			}
		case xml.EndElement:
			if depth == aside {
				aside = 0
			}
			depth--
			inText = false
		case xml.CharData:
			if inText && aside == 0 {
				b.Write(t)
			}
		}
	}
	return b.String(), nil
}

// sheets reads the sheets that the workbook names.
func (r *reader) sheets() ([]Sheet, error) {
	var book struct {
		Sheets []struct {
			Name  string `xml:"name,attr"`
			State string `xml:"state,attr"`
			ID    string `xml:"id,attr"` // r:id, in whichever of the two namespaces
		} `xml:"sheets>sheet"`
	}
	var rels struct {
		List []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if err := r.decode("xl/workbook.xml", &book); err != nil {
		return nil, err
	}
	if err := r.decode("xl/_rels/workbook.xml.rels", &rels); err != nil {
		return nil, err
	}
	target := map[string]string{}
	for _, x := range rels.List {
		t := strings.TrimPrefix(x.Target, "/")
		if !strings.HasPrefix(t, "xl/") {
			t = path.Join("xl", t)
		}
		target[x.ID] = t
	}
	var out []Sheet
	for _, s := range book.Sheets {
		if s.State == "hidden" || s.State == "veryHidden" || r.parts[target[s.ID]] == nil {
			continue
		}
		rows, err := r.rows(target[s.ID])
		if err != nil {
			return nil, err
		}
		out = append(out, Sheet{s.Name, rows})
	}
	if len(out) == 0 {
		return nil, errors.New("the spreadsheet has no sheet that can be seen")
	}
	return out, nil
}

func (r *reader) decode(name string, v any) error {
	dec, in, err := r.part(name)
	if err != nil {
		return err
	}
	defer in.Close()
	if err := dec.Decode(v); err != nil {
		return damaged(name)
	}
	return nil
}

// rows reads the cells of a sheet.
func (r *reader) rows(name string) ([][]string, error) {
	dec, in, err := r.part(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	var rows [][]string
	row := 0
	for {
		tok, err := dec.Token()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil {
			return nil, damaged(name)
		}
		el, ok := tok.(xml.StartElement)
		if !ok {
			continue
		}
		switch el.Name.Local {
		case "row":
			row++
			if n, err := strconv.Atoi(attr(el, "r")); err == nil && n >= row {
				row = n
			}
			if row > maxRows {
				return nil, fmt.Errorf("the sheet has more than %d rows; save the rules alone", maxRows)
			}
			for len(rows) < row {
				rows = append(rows, nil)
			}
		case "c":
			if row == 0 {
				continue
			}
			if err := r.cell(dec, el, &rows[row-1]); err != nil {
				return nil, damaged(name)
			}
		}
	}
}

func attr(el xml.StartElement, name string) string {
	for _, a := range el.Attr {
		if a.Name.Local == name {
			return a.Value
		}
	}
	return ""
}

// cell adds one cell to its row.
func (r *reader) cell(dec *xml.Decoder, el xml.StartElement, row *[]string) error {
	var c struct {
		V  string `xml:"v"`
		Is struct {
			Inner string `xml:",innerxml"`
		} `xml:"is"`
	}
	if err := dec.DecodeElement(&c, &el); err != nil {
		return err
	}
	if r.cells++; r.cells > maxCells {
		return errors.New("too many cells")
	}
	text := c.V
	switch attr(el, "t") {
	case "s":
		n, err := strconv.Atoi(strings.TrimSpace(c.V))
		if err != nil || n < 0 || n >= len(r.strings) {
			return errors.New("no such text")
		}
		text = r.strings[n]
	case "inlineStr":
		text = plain(c.Is.Inner)
	case "b":
		text = map[string]string{"1": "TRUE", "0": "FALSE"}[strings.TrimSpace(c.V)]
	}
	col := column(attr(el, "r"), len(*row))
	if col >= maxCols {
		return nil // far beyond any table
	}
	for len(*row) <= col {
		*row = append(*row, "")
	}
	(*row)[col] = text
	return nil
}

// plain takes the tags out of a piece of XML.
func plain(s string) string {
	var b strings.Builder
	dec := xml.NewDecoder(strings.NewReader(s))
	for {
		tok, err := dec.Token()
		if err != nil {
			return b.String()
		}
		if t, ok := tok.(xml.CharData); ok {
			b.Write(t)
		}
	}
}

// column reads the letters of a reference such as AB12, from 0; next where
// there is none.
func column(ref string, next int) int {
	n := 0
	for i := 0; i < len(ref) && ref[i] >= 'A' && ref[i] <= 'Z'; i++ {
		if n = n*26 + int(ref[i]-'A') + 1; n > 1<<20 {
			return maxCols
		}
	}
	if n == 0 {
		return next
	}
	return n - 1
}
