package xlsx

import (
	"archive/zip"
	"bytes"
	"errors"
	"strings"
	"testing"
)

// book packs parts as a spreadsheet program does.
func book(t testing.TB, parts map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for name, text := range parts {
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

const (
	ns   = `xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"`
	rels = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="rId1" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Target="/xl/worksheets/sheet2.xml"/></Relationships>`
)

func parts(sheet string) map[string]string {
	return map[string]string{
		"[Content_Types].xml":        `<Types/>`,
		"xl/workbook.xml":            `<workbook ` + ns + `><sheets><sheet name="Hidden" sheetId="2" state="hidden" r:id="rId2"/><sheet name="Rules" sheetId="1" r:id="rId1"/></sheets></workbook>`,
		"xl/_rels/workbook.xml.rels": rels,
		"xl/sharedStrings.xml":       `<sst ` + ns + `><si><t>action</t></si><si><r><t>allo</t></r><r><t xml:space="preserve">w</t></r><rPh><t>x</t></rPh></si><si><t>a, "b"&#10;c</t></si></sst>`,
		"xl/worksheets/sheet1.xml":   `<worksheet ` + ns + `><sheetData>` + sheet + `</sheetData></worksheet>`,
		"xl/worksheets/sheet2.xml":   `<worksheet ` + ns + `><sheetData/></worksheet>`,
	}
}

func TestRead(t *testing.T) {
	sheets, err := Read(book(t, parts(
		`<row r="1"><c r="A1" t="s"><v>0</v></c><c r="C1" t="inlineStr"><is><t>port</t></is></c></row>`+
			`<row r="3"><c r="A3" t="s"><v>1</v></c><c r="B3" t="b"><v>1</v></c><c r="C3"><f>5*5</f><v>25</v></c><c t="s"><v>2</v></c></row>`)))
	if err != nil {
		t.Fatal(err)
	}
	if len(sheets) != 1 || sheets[0].Name != "Rules" {
		t.Fatalf("sheets %+v, want the one that can be seen", sheets)
	}
	want := "action,,port\n\nallow,TRUE,25,\"a, \"\"b\"\" c\"\n"
	if got := sheets[0].CSV(); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestFaults(t *testing.T) {
	for name, c := range map[string]struct {
		change func(map[string]string)
		want   string
	}{
		"no such text": {func(p map[string]string) {
			p["xl/worksheets/sheet1.xml"] = `<worksheet><sheetData><row><c t="s"><v>9</v></c></row></sheetData></worksheet>`
		}, "damaged in its part xl/worksheets/sheet1.xml"},
		"cut short":    {func(p map[string]string) { p["xl/worksheets/sheet1.xml"] = `<worksheet><sheetData><row>` }, "damaged"},
		"no relations": {func(p map[string]string) { delete(p, "xl/_rels/workbook.xml.rels") }, "lacks its part"},
		"all hidden":   {func(p map[string]string) { delete(p, "xl/worksheets/sheet1.xml") }, "no sheet that can be seen"},
		"a million row": {func(p map[string]string) {
			p["xl/worksheets/sheet1.xml"] = `<worksheet><sheetData><row r="1000000"/></sheetData></worksheet>`
		}, "more than 300000 rows"},
	} {
		p := parts("")
		c.change(p)
		if _, err := Read(book(t, p)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: got %v, want it to say %q", name, err, c.want)
		}
	}
	for name, b := range map[string][]byte{"text": []byte("action,source"), "another archive": book(t, map[string]string{"a.txt": "a"}), "nothing": nil} {
		if _, err := Read(b); !errors.Is(err, ErrNone) {
			t.Errorf("%s: got %v, want ErrNone", name, err)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`)
	f.Add(`<row><c r="ZZZZZZ9" t="inlineStr"><is><t>x</t></is></c></row>`)
	f.Fuzz(func(t *testing.T, sheet string) {
		sheets, err := Read(book(t, parts(sheet)))
		if err != nil {
			return
		}
		for _, s := range sheets {
			if lines := strings.Count(s.CSV(), "\n"); lines != len(s.Rows) {
				t.Errorf("%d lines of %d rows", lines, len(s.Rows))
			}
		}
	})
}
