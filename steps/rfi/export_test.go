package rfi

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/clean"
)

// filled is a Connect move with most of the form answered, one answer in part
// unreadable, one detected and several missing.
func filled() steps.Facts {
	f := acme(
		"contact.tpoc.name", "Kim Tran", "contact.tpoc.email", "kim.tran@acme.com", "contact.tpoc.phone", "+61255501234",
		"contact.emergency.email", "robin@elsewhere.com", "infra.exchange_version", "2019",
		"ip.outbound", "8.8.8.8\n8.8.4.4", "ip.inbound", "mail.acme.com", "forwarding", "=cmd@partner.com",
		"third_party_senders", "Newsletter, include:sendgrid.net\nPayroll", "rv.method", "directory_ldap",
		"rv.check", "acme.com known_recipients\nacme.com.au any", "dir.tls", "yes", "dir.base_dn", "DC=acme,DC=com",
		"journal.method", "smtp", "legacy.want_import", "yes", "legacy.bytes", "1200000000000", "legacy.cutoff_date", "2026-12-03",
		"policies.inventory", "Block *.exe\n# heading?\n<b>bold</b> [link](http://evil)", "services.extra", "legacy_ingestion\nend_user_apps",
		"archive.retention", "7 years",
	)
	a := f.Answers
	a["ip.outbound"] = steps.Answer{
		Question: "ip.outbound", Text: "8.8.8.8\n8.8.4.4\n8.8.8.300", Value: "8.8.8.8\n8.8.4.4",
		Provenance: steps.Detected, Source: "SPF record of acme.com, asked at 1.1.1.1",
	}
	return steps.NewFacts(a, f.Now)
}

func TestExportGolden(t *testing.T) {
	for _, format := range Formats {
		got, err := Export(filled(), format)
		if err != nil {
			t.Fatal(err)
		}
		again, err := Export(filled(), format)
		if err != nil || !bytes.Equal(got, again) {
			t.Errorf("%s differs between two runs (%v)", format, err)
		}
		golden(t, "export."+format+".golden", string(got))
	}
	if _, err := Export(filled(), "docx"); err == nil || !strings.Contains(err.Error(), "markdown") {
		t.Errorf("unknown format: %v", err)
	}
}

func TestExportNamesWhatIsMissing(t *testing.T) {
	f := filled()
	var missing []string
	for _, s := range Review(f, nil) {
		if s.Missing {
			missing = append(missing, s.Question.ID)
		}
	}
	if len(missing) < 5 {
		t.Fatalf("only %v missing", missing)
	}
	raw, err := Export(f, "json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Schema   string
		Complete bool
		Missing  []string
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	if doc.Schema != "mxodus.rfi/1" || doc.Complete || strings.Join(doc.Missing, " ") != strings.Join(missing, " ") {
		t.Errorf("%+v, want missing %v", doc, missing)
	}
	for _, format := range []string{"markdown", "text", "csv"} {
		raw, err := Export(f, format)
		if err != nil {
			t.Fatal(err)
		}
		flat := strings.Join(strings.Fields(strings.NewReplacer(`\`, "", "\n", " ").Replace(string(raw))), " ")
		for _, id := range missing {
			if !strings.Contains(flat, strings.ReplaceAll(find(t, id).Label, `\`, "")) {
				t.Errorf("%s does not name %s", format, id)
			}
		}
		if !strings.Contains(flat, "8.8.8.300") {
			t.Errorf("%s does not name the entry that could not be read", format)
		}
	}
}

func TestTextIsReadyToMail(t *testing.T) {
	raw, err := Export(filled(), "text")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.HasPrefix(raw, []byte("Subject: Request for Information: Acme Pty Ltd (acme.com)\n\n")) {
		t.Errorf("begins with %q", raw[:60])
	}
	for i, l := range strings.Split(string(raw), "\n") {
		if len([]rune(l)) > mailWidth && strings.Count(strings.TrimSpace(l), " ") > 0 || strings.TrimRight(l, " ") != l {
			t.Errorf("line %d is %d wide or ends in blanks: %q", i+1, len(l), l)
		}
	}
}

// Hostile answers that came past the readers, e.g. from a store edited by hand.
func TestExportIsSafe(t *testing.T) {
	f := acme()
	for _, q := range All() {
		f.Answers[q.ID] = steps.Answer{Question: q.ID, Text: "\x1b]0;x\a\u202e=cmd|'/c calc'!A1\n+1\n<script>", Value: "\x1b[2J", Source: "\x1b[31m"}
	}
	f.Org = "\x1b[1mEvil"
	for _, format := range Formats {
		raw, err := Export(f, format)
		if err != nil {
			t.Fatal(err)
		}
		if string(clean.Text(string(raw))) != string(raw) {
			t.Errorf("%s holds control characters", format)
		}
	}
}

func TestDefuseCell(t *testing.T) {
	for _, s := range []string{
		"=1+1", "+61255501234", "-1", "@SUM(A1)", "\t=1", "\r=1", "\x00=1", "＝1", "＋1", "－1", "＠x", " =1", "  \t=1",
		"\"=1\"", "'=1", "\u00a0=1", "\n=1", "=cmd|' /C calc'!A0", "' =1",
	} {
		d := DefuseCell(s)
		if d == s || d[0] != '\'' || d[1:] != s {
			t.Errorf("%q stays %q", s, d)
		}
		if ArmCell(d) != s {
			t.Errorf("%q comes back as %q", s, ArmCell(d))
		}
	}
	for _, s := range []string{"", "acme.com", "O'Brien", "8.8.8.8", "'quoted'", "a=b", "1-2", " "} {
		if DefuseCell(s) != s || ArmCell(s) != s {
			t.Errorf("%q becomes %q", s, DefuseCell(s))
		}
	}
	raw, err := Export(filled(), "csv")
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(bytes.NewReader(raw)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("a spreadsheet would run %q", cell)
			}
		}
	}
}

// Whoever gets the form sees from whom it is, of when, and which move.
func TestExportSaysFromWhomAndWhen(t *testing.T) {
	connect := filled()
	connect.Now = connect.Now.In(time.FixedZone("", 11*3600))
	migrate := globex("enterprise", steps.QOrg, "Globex", "contact.tpoc.name", "Lee", "contact.tpoc.phone", "+61255501234")
	for _, c := range []struct {
		f    steps.Facts
		want []string
	}{
		{connect, []string{
			"Organisation: Acme Pty Ltd (acme.com)", "Kim Tran, Technical Point of Contact, kim.tran@acme.com",
			"21 November 2026 (UTC+11:00)", "Journey: Connect", "Service: Archiving and Email Security", "Region: Australia",
		}},
		{migrate, []string{
			"Lee, Technical Point of Contact, +61255501234", "21 November 2026 (UTC)", "Journey: Migrate", "Track: Mimecast Enterprise",
			"From region: Europe (excluding Germany)", "Region: Australia",
		}},
		{steps.NewFacts(nil, time.Time{}), []string{"Sent by: not named yet, Technical Point of Contact"}},
	} {
		for _, format := range []string{"markdown", "text"} {
			raw, err := Export(c.f, format)
			if err != nil {
				t.Fatal(err)
			}
			head, _, _ := strings.Cut(string(raw), "till missing")
			flat := strings.Join(strings.Fields(head), " ")
			for _, w := range c.want {
				if !strings.Contains(flat, w) {
					t.Errorf("%s does not begin with %q:\n%s", format, w, head)
				}
			}
		}
	}
	raw, err := Export(connect, "json")
	if err != nil {
		t.Fatal(err)
	}
	for _, w := range []string{`"date": "2026-11-21T00:00:00+11:00"`, `"name": "Kim Tran"`, `"journey": "Connect"`, `"acme.com: Known recipients"`, `"still_missing": [`} {
		if !strings.Contains(string(raw), w) {
			t.Errorf("the JSON lacks %s", w)
		}
	}
}

// TestSameDaySameBytes: two copies of the form made on one day from the same
// answers are told apart by nothing.
func TestSameDaySameBytes(t *testing.T) {
	early := time.Date(2026, 11, 21, 0, 0, 1, 0, time.FixedZone("", 11*3600))
	for _, format := range Formats {
		a, err := Export(steps.NewFacts(nil, early), format)
		if err != nil {
			t.Fatal(err)
		}
		b, _ := Export(steps.NewFacts(nil, early.Add(23*time.Hour)), format)
		if !bytes.Equal(a, b) {
			t.Errorf("%s differs within the day", format)
		}
		if c, _ := Export(steps.NewFacts(nil, early.Add(24*time.Hour)), format); format != "csv" && bytes.Equal(a, c) {
			t.Errorf("%s does not say the day", format)
		}
	}
}
