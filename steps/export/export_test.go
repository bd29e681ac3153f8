package export

import (
	"encoding/csv"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/clean"
)

var update = flag.Bool("update", false, "write the golden files anew")

// built is the fixture's summary with a form of its own, so that the golden
// files do not follow the wording of the questions.
func built() Summary {
	snap, p, hist := fixture()
	s := Build(snap, p, hist, fixtureNow)
	s.Form = []Section{{ID: "org", Title: "Organisation", Lines: []Field{
		{ID: "company.name", Label: "Name of your organisation", Value: "Acme <Pty> & Co | Ltd", Provenance: steps.Typed, By: "Ann"},
		{ID: "ip.outbound", Label: "Sending addresses", Value: "203.0.113.25\n203.0.113.26", Provenance: steps.Detected, Source: "SPF record", By: "Ann"},
		{ID: "x.bad", Label: "Half read", Value: "203.0.113.1", NotRead: "203.0.113.300: each part is 0 to 255", Provenance: steps.Imported},
		{ID: "x.missing", Label: "Required", Missing: true},
	}}}
	return s
}

func TestGolden(t *testing.T) {
	s := built()
	asJSON, err := JSON(s)
	if err != nil {
		t.Fatal(err)
	}
	asCSV, err := CSV(s)
	if err != nil {
		t.Fatal(err)
	}
	for name, got := range map[string]string{
		"summary.md": Markdown(s), "summary.html": HTML(s), "summary.json": string(asJSON), "testplan.csv": asCSV,
	} {
		path := filepath.Join("testdata", name+".golden")
		if *update {
			if err := os.MkdirAll("testdata", 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if got != string(want) {
			t.Errorf("%s differs from %s; look at it and run go test ./steps/export -update", name, path)
		}
	}
}

// TestSameDataSameBytes builds many times: maps must not leak their order, and
// the clock must show in the day and the days left alone.
func TestSameDataSameBytes(t *testing.T) {
	first, _ := JSON(built())
	for range 20 {
		if again, _ := JSON(built()); string(again) != string(first) {
			t.Fatal("the same data gave different bytes")
		}
	}
	snap, p, hist := fixture()
	morning, evening := Build(snap, p, hist, fixtureNow), Build(snap, p, hist, fixtureNow.Add(2*time.Hour))
	if Markdown(morning) != Markdown(evening) {
		t.Error("two hours later the summary differs")
	}
	later, _ := JSON(Build(snap, p, hist, fixtureNow.Add(24*time.Hour)))
	now, _ := JSON(morning)
	a, b := strings.Split(string(now), "\n"), strings.Split(string(later), "\n")
	if len(a) != len(b) {
		t.Fatalf("a day later there are %d lines instead of %d", len(b), len(a))
	}
	for i := range a {
		if a[i] != b[i] && !strings.Contains(a[i], `"as_of"`) && !strings.Contains(a[i], `"days_left"`) {
			t.Errorf("a day later this differs: %s / %s", a[i], b[i])
		}
	}
}

func TestCases(t *testing.T) {
	s := built()
	want := map[string]struct {
		id     string
		result CaseResult
	}{
		"migrate.authorization": {"MAN01", CasePass},
		"save_ruleset":          {"MAN02", CasePass},
		"open_ranges":           {"MAN03", CasePass},
		"FW-OPEN":               {"MAN04", CaseWithReasons},
		"GW-SMTP":               {"MAN05", CaseWithReasons},
		"change_mx":             {"MAN06", CasePass},
		"tell_host":             {"MAN07", CaseNotRun},
		"MX-AUTH":               {"MAN08", CasePass},
		"MX-PROP":               {"MAN09", CaseNotRun},
		"MX-LEFT":               {"MAN10", CaseFail},
		"MX-FORM":               {"MAN11", CaseNotRun}, // stale
		"MX-PLAN":               {"MAN12", CaseNotNeeded},
		"migrate.policies":      {"MAN13", CaseNotRun},
		"migrate.outbound":      {"MAN14", CaseNotRun},
		"tell_network":          {"OPT01", CaseNotRun},
	}
	seen := 0
	for _, list := range [][]Case{s.TestPlan.Mandatory, s.TestPlan.Optional} {
		for _, c := range list {
			w, ok := want[c.Ref]
			if !ok {
				t.Errorf("case %s %s is not expected", c.ID, c.Ref)
				continue
			}
			seen++
			if c.ID != w.id || c.Result != w.result {
				t.Errorf("%s: got %s %q, want %s %q", c.Ref, c.ID, c.Result, w.id, w.result)
			}
		}
	}
	if seen != len(want) {
		t.Errorf("%d cases, want %d", seen, len(want))
	}
	fw := s.TestPlan.Mandatory[3]
	if fw.ExecutedBy != "Ann" || fw.OverseenBy != "Bo" || !fw.Date.Equal(at(15, 11, 0)) {
		t.Errorf("FW-OPEN was executed by %q, overseen by %q, on %s", fw.ExecutedBy, fw.OverseenBy, fw.Date)
	}
	if want := "change the mask on line 118 (your network team); set aside: provider opens it on Monday"; string(fw.Corrective) != want {
		t.Errorf("corrective action %q, want %q", fw.Corrective, want)
	}
}

// TestExcusedOnlyInFull: two blockers, one reason: the case still fails.
func TestExcusedOnlyInFull(t *testing.T) {
	snap, p, hist := fixture()
	key := steps.RunKey(steps.MigrateFirewall, "FW-OPEN")
	run := snap.Latest[key]
	second := run.Result.Findings[0]
	second.Subject = "103.13.69.0/24"
	run.Result.Findings = append(run.Result.Findings, second)
	snap.Latest[key] = run
	s := Build(snap, p, hist, fixtureNow)
	if got := s.TestPlan.Mandatory[3].Result; got != CaseFail {
		t.Errorf("a blocker nobody set aside gives %q, want fail", got)
	}
	open := false
	for _, o := range s.Open {
		open = open || (o.Kind == "blocker" && strings.Contains(string(o.Text), "103.13.69.0/24"))
	}
	if !open {
		t.Error("a blocker found after the step was closed is no open point")
	}
}

func TestOpenPoints(t *testing.T) {
	type point struct {
		step int
		kind string
	}
	got := map[point]int{}
	for _, o := range built().Open {
		got[point{o.Step, o.Kind}]++
		want := map[string]string{"task": "your DNS host", "blocker": "your mail provider", "not_run": "you", "gate": ""}
		if w, ok := want[o.Kind]; ok && o.Who != w {
			t.Errorf("%s %q is for %q, want %q", o.Kind, o.Text, o.Who, w)
		}
	}
	for _, want := range []point{{3, "task"}, {3, "blocker"}, {3, "not_run"}, {3, "risk"}, {4, "waiting"}, {5, "gate"}} {
		if got[want] == 0 {
			t.Errorf("no open point %v among %v", want, got)
		}
	}
	if got[point{2, "blocker"}]+got[point{2, "unknown"}] > 0 {
		t.Error("what was set aside with a reason is listed as open")
	}
}

func TestDaysAreCountedInTheAgreedZone(t *testing.T) {
	snap, p, hist := fixture()
	p.Steps = append(p.Steps, steps.Step{ID: steps.MigrateSignOff, Number: 6, Title: "Customer Sign-Off", Owner: steps.OwnerTPOC})
	// 20 Nov 14:30 UTC is 21 Nov 01:30 at +11:00
	snap.Steps[steps.MigrateSignOff] = steps.StepState{Status: steps.Done, Closed: at(20, 14, 30), By: "Ann"}
	s := Build(snap, p, hist, fixtureNow) // 22 Nov 01:02 there
	if s.AsOf != "2026-11-22" || s.Zone != "+11:00" {
		t.Errorf("as of %s in %s", s.AsOf, s.Zone)
	}
	for _, d := range s.Dates {
		if d.Kind != "old_account" {
			continue
		}
		if day(d.At, s.zone) != "2027-02-19" || d.DaysLeft == nil || *d.DaysLeft != 89 {
			t.Errorf("old account off on %s, %v days left; want 2027-02-19 and 89", day(d.At, s.zone), d.DaysLeft)
		}
		return
	}
	t.Error("no date for the old account")
}

// TestAnExportDoesNotChangeTheNext: exporting is itself in the journal.
func TestAnExportDoesNotChangeTheNext(t *testing.T) {
	snap, p, hist := fixture()
	before := Markdown(Build(snap, p, hist, fixtureNow))
	hist.Journal = append(hist.Journal, steps.JournalEntry{Seq: 3, At: at(21, 15, 0), Kind: "export", Hash: "beef"})
	snap.JournalHead, snap.Move.Changed = "beef", at(21, 15, 0)
	if Markdown(Build(snap, p, hist, fixtureNow)) != before {
		t.Error("a summary differs only because one was written before")
	}
}

// hostile is text that would steer a terminal, a page or a renderer.
const hostile = "\x1b]52;c;ZXZpbA==\a\x1b[2J</td></pre><script>alert(1)</script>![x](javascript:1) | # \u202e `a` \u009b31m [l](http://evil) <img src=x onerror=1>"

// poison puts hostile text into every field that comes from outside.
func poison() Summary {
	snap, p, hist := fixture()
	for id, a := range snap.Answers {
		if id == steps.QOrg {
			a.Text, a.Value, a.By = hostile, hostile, hostile
			snap.Answers[id] = a
		}
	}
	snap.Answers["from.another.release"] = steps.Answer{Question: hostile, Text: hostile, Revision: 1, By: hostile, Source: hostile, Provenance: steps.Imported}
	for id, st := range snap.Steps {
		st.By, st.Overseen, st.Reason = hostile, hostile, hostile
		snap.Steps[id] = st
	}
	for k, task := range snap.Tasks {
		task.By = hostile
		snap.Tasks[k] = task
	}
	for i := range snap.Overrides {
		snap.Overrides[i].Reason, snap.Overrides[i].By = hostile, hostile
	}
	snap.Overrides = append(snap.Overrides, steps.Override{Step: steps.MigrateMX, Gate: hostile, Reason: hostile, By: hostile})
	for i := range snap.Notes {
		snap.Notes[i].Text, snap.Notes[i].By = hostile, hostile
	}
	for i := range snap.Attachments {
		snap.Attachments[i].Name, snap.Attachments[i].By = hostile, hostile
	}
	for k, r := range snap.Latest {
		r.By = hostile
		dirty := clean.Shown(hostile)
		r.Result.Summary, r.Result.Title = dirty, dirty
		for i, f := range r.Result.Findings {
			f.Subject, f.Title, f.Saw, f.Should, f.IfLeft, f.Do, f.Copy, f.Confirm = dirty, dirty, dirty, dirty, dirty, dirty, dirty, dirty
			f.Code, f.Rule = hostile, hostile
			r.Result.Findings[i] = f
		}
		for i, e := range r.Result.Evidence {
			e.Raw, e.Server, e.Asked, e.SHA256 = dirty, dirty, dirty, ""
			r.Result.Evidence[i] = e
		}
		snap.Latest[k] = r
	}
	return Build(snap, p, hist, fixtureNow)
}

func TestHostileText(t *testing.T) {
	s := poison()
	asJSON, err := JSON(s)
	if err != nil {
		t.Fatal(err)
	}
	asCSV, err := CSV(s)
	if err != nil {
		t.Fatal(err)
	}
	outputs := map[string]string{"markdown": Markdown(s), "html": HTML(s), "json": string(asJSON), "csv": strings.ReplaceAll(asCSV, "\r\n", "\n")}
	for name, out := range outputs {
		for _, r := range out {
			if (r < 0x20 && r != '\n') || r == 0x7f || (r >= 0x80 && r <= 0x9f) || r == 0x202e {
				t.Fatalf("%s holds the control character %U", name, r)
			}
		}
	}
	for _, bad := range []string{"<script", "<img", "</td></pre>"} {
		if strings.Contains(outputs["html"], bad) {
			t.Errorf("HTML holds %q as markup", bad)
		}
	}
	escaped := regexp.MustCompile(`\\.`)
	for _, line := range outsideFences(outputs["markdown"]) {
		line = escaped.ReplaceAllString(line, "")
		for _, bad := range []string{"<script", "<img", "](", "http://"} {
			if strings.Contains(line, bad) {
				t.Errorf("Markdown holds %q: %.100s", bad, line)
			}
		}
	}
	var back Summary
	if err := json.Unmarshal(asJSON, &back); err != nil {
		t.Errorf("the JSON does not parse: %v", err)
	}
}

// outsideFences drops fenced code, where text stands as it is.
func outsideFences(md string) []string {
	var out []string
	fence := ""
	for line := range strings.Lines(md) {
		line = strings.TrimRight(line, "\n")
		switch {
		case fence != "" && line == fence:
			fence = ""
		case fence != "":
		case strings.HasPrefix(line, "```"):
			fence = line
		default:
			out = append(out, line)
		}
	}
	return out
}

func TestMarkdownTablesKeepTheirShape(t *testing.T) {
	cols := 0
	for _, line := range outsideFences(Markdown(poison())) {
		if !strings.HasPrefix(line, "|") {
			cols = 0
			continue
		}
		n := strings.Count(strings.ReplaceAll(line, `\|`, ""), "|")
		if cols != 0 && n != cols {
			t.Fatalf("a row has %d bars, its table %d: %.120s", n, cols, line)
		}
		cols = n
	}
}

func TestCSVIsDefused(t *testing.T) {
	for _, prefix := range []string{
		"=", "+", "-", "@", "\t=", "\r=", "\n=", "\x00=", "＝", "＋", "－", "＠", "−", "|", "%",
		" =", "  +", "\"=", "'=", "\u00a0=", "\u3000=", "\ufeff=", "\u200b=", ";=", ",=", "\"\"=", "' =",
	} {
		text := prefix + `cmd|'/c calc'!A1`
		got := Defuse(text)
		if !strings.HasPrefix(got, "'") {
			t.Errorf("%q stays %q", text, got)
		}
		if back := Fuse(got); back != text {
			t.Errorf("%q comes back as %q", text, back)
		}
	}
	for _, plain := range []string{"", "Acme", "203.0.113.25", "a=b", "'s-Hertogenbosch", "''", "'", "  padded"} {
		if back := Fuse(Defuse(plain)); back != plain {
			t.Errorf("%q comes back as %q", plain, back)
		}
	}
	s := built()
	s.TestPlan.Mandatory[0].Title = `=HYPERLINK("http://evil","x")`
	out, err := CSV(s)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(strings.NewReader(out)).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows {
		for _, cell := range row {
			if formula(cell) && !strings.HasPrefix(cell, "'") {
				t.Errorf("a spreadsheet evaluates %q", cell)
			}
		}
	}
}

func TestEmptyMove(t *testing.T) {
	s := Build(steps.Snapshot{Move: steps.Move{ID: "m-2"}}, steps.Plan{}, History{}, fixtureNow)
	if s.Complete || s.Total != 0 {
		t.Errorf("an empty move is complete: %+v", s)
	}
	out, err := JSON(s)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(out), "null") {
		t.Errorf("a list is null:\n%s", out)
	}
	if md := Markdown(s); !strings.HasPrefix(md, "# Completion summary: move m-2\n") {
		t.Errorf("title: %.60s", md)
	}
	HTML(s)
}

func TestFormHoldsWhatWasAnswered(t *testing.T) {
	snap, p, hist := fixture()
	snap.Answers["from.another.release"] = steps.Answer{Text: "kept", Revision: 1, Provenance: steps.Imported}
	snap.Answers[steps.QOutboundIPs] = steps.Answer{
		Question: steps.QOutboundIPs, Text: "203.0.113.25, 203.0.113.300", Value: "203.0.113.25", Revision: 1, Provenance: steps.Typed,
	}
	found := map[string]Field{}
	for _, sec := range Build(snap, p, hist, fixtureNow).Form {
		for _, f := range sec.Lines {
			if _, twice := found[f.ID]; twice {
				t.Errorf("%s is listed twice", f.ID)
			}
			found[f.ID] = f
		}
	}
	if found["from.another.release"].Value != "kept" {
		t.Error("an answer with an unknown id is not listed")
	}
	ips := found[steps.QOutboundIPs]
	if ips.Value != "203.0.113.25" || !strings.Contains(string(ips.NotRead), "203.0.113.300") {
		t.Errorf("sending addresses: value %q, not read %q", ips.Value, ips.NotRead)
	}
	if got := found[steps.QInboundDate].Value; got == "" {
		t.Error("an agreed date is not listed")
	}
}

// TestAnswersAfterTheFormWasSent: Mimecast works from the form as it was sent, so
// what was answered later stands as that, and among the open points.
func TestAnswersAfterTheFormWasSent(t *testing.T) {
	build := func(sent, answered time.Time, closed bool) (marked int, point string, text string) {
		snap, p, hist := fixture()
		p.Steps = append([]steps.Step{{ID: steps.ConnectRFI, Number: 1, Title: "Form", Questions: []string{steps.QOutboundIPs}}}, p.Steps...)
		if !sent.IsZero() {
			snap.Tasks[steps.TaskKey(steps.ConnectRFI, steps.TaskSendForm)] = steps.TaskState{Done: true, By: "Ann", At: sent}
		}
		for q, a := range snap.Answers {
			a.At = at(12, 9, 0)
			snap.Answers[q] = a
		}
		snap.Answers[steps.QOutboundIPs] = steps.Answer{
			Question: steps.QOutboundIPs, Text: "203.0.113.25", Value: "203.0.113.25", Revision: 2, Provenance: steps.Typed, At: answered,
		}
		if closed {
			for _, st := range p.Steps {
				snap.Steps[st.ID] = steps.StepState{Status: steps.Done, Closed: at(21, 9, 0)}
			}
		}
		s := Build(snap, p, hist, fixtureNow)
		for _, sec := range s.Form {
			for _, f := range sec.Lines {
				if f.AfterSent {
					marked++
				}
			}
		}
		for _, o := range s.Open {
			if o.Kind == "sent" {
				point = string(o.Text)
			}
		}
		return marked, point, Markdown(s)
	}
	if n, point, text := build(at(13, 9, 0), at(14, 9, 0), false); n != 1 || !strings.Contains(point, "Which addresses send your mail") ||
		!strings.Contains(text, "203.0.113.25 (since 2026-11-14, after the form was sent)") {
		t.Errorf("%d marked, open point %q\n%s", n, point, text)
	}
	for name, c := range map[string]struct{ sent, answered time.Time }{
		"answered before": {at(15, 9, 0), at(14, 9, 0)}, "not sent": {time.Time{}, at(14, 9, 0)},
	} {
		if n, point, text := build(c.sent, c.answered, false); n != 0 || point != "" || strings.Contains(text, "after the form was sent") {
			t.Errorf("%s: %d marked, open point %q", name, n, point)
		}
	}
	if n, point, _ := build(at(13, 9, 0), at(14, 9, 0), true); n != 1 || !strings.Contains(point, "Which addresses send your mail") {
		t.Errorf("a move whose steps are closed, and Mimecast was not told: %d marked, open point %q", n, point)
	}
}

// TestAQuestionIsListedOnce: several steps may need the same answer.
func TestAQuestionIsListedOnce(t *testing.T) {
	snap, p, hist := fixture()
	for i := range p.Steps {
		p.Steps[i].Questions = []string{steps.QOutboundIPs, steps.QDomains}
	}
	n := 0
	for _, o := range Build(snap, p, hist, fixtureNow).Open {
		if o.Kind == "answer" {
			n++
			if o.Step != 3 { // the first that is not closed
				t.Errorf("%q is listed at step %d", o.Text, o.Step)
			}
		}
	}
	if n != 2 {
		t.Errorf("%d questions are listed, want 2", n)
	}
}
