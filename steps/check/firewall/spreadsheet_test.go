package firewall

import (
	"archive/zip"
	"bytes"
	"fmt"
	"net/netip"
	"strings"
	"testing"
)

// workbook packs rows as a spreadsheet with one sheet, after an empty one and
// before one more, if its rows are given.
func workbook(t *testing.T, rows [][]string, last ...[]string) []byte {
	t.Helper()
	const ns = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	sheet := func(rows [][]string) string {
		var b strings.Builder
		for i, row := range rows {
			fmt.Fprintf(&b, `<row r="%d">`, i+1)
			for k, c := range row {
				fmt.Fprintf(&b, `<c r="%c%d" t="inlineStr"><is><t>%s</t></is></c>`, 'A'+k, i+1, c)
			}
			b.WriteString("</row>")
		}
		return `<worksheet ` + ns + `><sheetData>` + b.String() + `</sheetData></worksheet>`
	}
	core := ""
	if len(last) > 0 {
		core = `<sheet name="Core" sheetId="3" r:id="c"/>`
	}
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"xl/workbook.xml":            `<workbook ` + ns + `><sheets><sheet name="Notes" sheetId="1" r:id="a"/><sheet name="Edge" sheetId="2" r:id="b"/>` + core + `</sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": `<Relationships><Relationship Id="a" Target="worksheets/a.xml"/><Relationship Id="b" Target="worksheets/b.xml"/><Relationship Id="c" Target="worksheets/c.xml"/></Relationships>`,
		"xl/worksheets/a.xml":        `<worksheet ` + ns + `><sheetData/></worksheet>`,
		"xl/worksheets/b.xml":        sheet(rows),
		"xl/worksheets/c.xml":        sheet(last),
	} {
		f, err := w.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestSpreadsheet reads the sheet with the rules; the row that decides is
// named by its number in the sheet.
func TestSpreadsheet(t *testing.T) {
	rules := [][]string{
		{"Action", "Direction", "Protocol", "Source", "Destination", "Port"},
		{"allow", "in", "tcp", "103.13.69.0/25", "203.0.113.25", "25"},
		{"deny", "any", "any", "any", "any", "any"},
	}
	opt := CheckOptions{Ranges: []Range{{netip.MustParsePrefix("103.13.69.0/24"), Named, "au"}}, Servers: []netip.Addr{netip.MustParseAddr("203.0.113.25")}}
	rep, err := CheckFile("edge.xlsx", workbook(t, rules), opt)
	if err != nil {
		t.Fatal(err)
	}
	in := rep.Requirements[0]
	if rep.Format != "table" || in.Verdict != Disproven || len(in.Gaps) != 1 || in.Gaps[0].By.Line != 3 || in.Gaps[0].CIDRs[0] != "103.13.69.128/25" {
		t.Errorf("got %+v", in)
	}
	if !strings.Contains(strings.Join(rep.Notes, " "), `sheet "Edge"`) {
		t.Errorf("the sheet is not named: %q", rep.Notes)
	}
	if strings.Contains(strings.Join(rep.Notes, " "), "left out") {
		t.Errorf("one table alone: %q", rep.Notes)
	}
	if two, err := CheckFile("edge.xlsx", workbook(t, rules, rules...), opt); err != nil || !strings.Contains(strings.Join(two.Notes, " "), `other sheets ("Core") are left out`) {
		t.Errorf("another table: %v, %q", err, two.Notes)
	}
	if _, err := CheckFile("x.xlsx", workbook(t, [][]string{{"a", "b"}}), opt); err == nil || !strings.Contains(err.Error(), `"Notes", "Edge"`) {
		t.Errorf("a workbook without a table: %v", err)
	}
}
