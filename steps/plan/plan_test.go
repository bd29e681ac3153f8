package plan

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"

	"mxodus/steps"
	"mxodus/steps/region"
	"mxodus/steps/rfi"
)

var (
	connectAll = []string{
		"Request For Information (RFI)", "Mimecast Account configuration", "Routing Outbound emails",
		"Recipient Validation and Journal Configuration", "Routing Inbound emails", "Firewall Lockdown",
		"Completion and Additional Services",
	}
	connectArchiving = []string{connectAll[0], connectAll[1], connectAll[3], connectAll[6]}
)

// migrateTitles are the titles of an eleven-step track that differ between
// tracks in steps 4 and 5.
func migrateTitles(four, five string) []string {
	return []string{
		"Authorization to Migrate", "Account Creation", "Review and Amend Firewall Rules", four, five,
		"Account Review and Testing", "Migration Dates Scheduled", "Update Outbound Send Connectors",
		"Update Inbound MX Records", "Customer Sign-Off", "Post Migration Tasks",
	}
}

const (
	dual     = "Recipient Validation and Dual Journaling Configuration"
	policies = "Migration of Customer’s Configuration and Policies"
	account  = "Migration of Customer’s Account Configuration and Policies"
)

var profiles = []struct {
	p      steps.Profile
	titles []string
	left   []string
	parts  []string // of step 4
}{
	{steps.Profile{Journey: steps.Connect, Service: steps.Archiving}, connectArchiving, []string{"connect.outbound", "connect.inbound", "connect.lockdown"}, []string{"recipient_validation", "journaling"}},
	{steps.Profile{Journey: steps.Connect, Service: steps.EmailSecurity}, connectAll, nil, []string{"recipient_validation"}},
	{steps.Profile{Journey: steps.Connect, Service: steps.Both}, connectAll, nil, []string{"recipient_validation", "journaling"}},
	{steps.Profile{Journey: steps.Migrate, Track: steps.Security}, migrateTitles("Recipient Validation Configuration", policies), nil, []string{"recipient_validation"}},
	{steps.Profile{Journey: steps.Migrate, Track: steps.Express}, migrateTitles(dual, policies), nil, []string{"recipient_validation", "dual_journaling"}},
	{steps.Profile{Journey: steps.Migrate, Track: steps.Archive}, []string{
		"Authorization to Migrate", "Account Creation", "Review and amend Firewall Rules", dual, account,
		"Account Review and Testing", "Migration Dates Scheduled", "Customer Sign-Off", "Post Migration Tasks",
	}, []string{"migrate.outbound", "migrate.mx"}, []string{"recipient_validation", "dual_journaling"}},
	{steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise}, migrateTitles(dual, account), nil, []string{"recipient_validation", "dual_journaling"}},
}

func name(p steps.Profile) string {
	return string(p.Journey) + " " + string(p.Service) + string(p.Track) + " " + string(p.Platform) + " " + p.Target
}

func build(t *testing.T, p steps.Profile) steps.Plan {
	t.Helper()
	built, err := Build(p)
	if err != nil {
		t.Fatal(err)
	}
	return built
}

func titlesOf(p steps.Plan) []string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, s.Title)
	}
	return out
}

func TestBuild(t *testing.T) {
	for _, c := range profiles {
		got := build(t, c.p)
		if !slices.Equal(titlesOf(got), c.titles) {
			t.Errorf("%s: titles %q, want %q", name(c.p), titlesOf(got), c.titles)
		}
		var left []string
		for _, l := range got.LeftOut {
			left = append(left, l.ID)
			if l.Why == "" || l.Title == "" {
				t.Errorf("%s: left out %+v without title or reason", name(c.p), l)
			}
		}
		if !slices.Equal(left, c.left) {
			t.Errorf("%s: left out %q, want %q", name(c.p), left, c.left)
		}
		for i, s := range got.Steps {
			if s.Number != i+1 {
				t.Errorf("%s: %s has number %d, want %d", name(c.p), s.ID, s.Number, i+1)
			}
		}
		four, ok := got.Step(string(c.p.Journey) + ".recipients")
		var parts []string
		for _, part := range four.Parts {
			parts = append(parts, part.ID)
		}
		if !ok || !slices.Equal(parts, c.parts) || len(four.Parts)+len(four.PartsLeft) != 2 {
			t.Errorf("%s: parts %q, want %q, left %v", name(c.p), parts, c.parts, four.PartsLeft)
		}
	}
}

func TestBuildRefuses(t *testing.T) {
	for _, c := range []struct {
		p    steps.Profile
		want string
	}{
		{steps.Profile{}, "connect, migrate"},
		{steps.Profile{Journey: steps.Connect}, "archiving, email_security, both"},
		{steps.Profile{Journey: steps.Migrate, Track: "gold"}, `"gold"`},
		{steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "mars"}, `"mars"`},
		{steps.Profile{Journey: steps.Migrate, Track: steps.Archive, Source: "eu", Target: "eu"}, "source and target"},
	} {
		if _, err := Build(c.p); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("Build(%+v): %v, want an error naming %s", c.p, err, c.want)
		}
	}
}

// TestTitlesAsInTheArticles compares with the articles themselves.
func TestTitlesAsInTheArticles(t *testing.T) {
	connect, err := os.ReadFile("../../../shared/seeds/001_8697a9b539bd7715.txt")
	if err != nil {
		t.Skip("the articles are not here:", err)
	}
	for i, s := range build(t, profiles[2].p).Steps {
		if want := "\nStep " + string(rune('1'+i)) + ": " + s.Title + " "; !strings.Contains(string(connect), want) {
			t.Errorf("the article does not hold %q", want)
		}
	}
	migrate, err := os.ReadFile("../../../shared/seeds/000_21ac53136ac950a4.txt")
	if err != nil {
		t.Skip("the articles are not here:", err)
	}
	lists := map[string][]string{}
	section, numbered := "", regexp.MustCompile(`^\s+\d+\. (.+)$`)
	for _, line := range strings.Split(string(migrate), "\n") {
		if s, ok := strings.CutPrefix(line, "Mimecast "); ok && len(strings.Fields(line)) == 2 {
			section = strings.ToLower(s)
		} else if m := numbered.FindStringSubmatch(line); m != nil {
			lists[section] = append(lists[section], m[1])
		}
	}
	for _, track := range steps.Tracks {
		got := titlesOf(build(t, steps.Profile{Journey: steps.Migrate, Track: track}))
		if !slices.Equal(got, lists[string(track)]) {
			t.Errorf("%s: %q, the article has %q", track, got, lists[string(track)])
		}
	}
}

func TestJSON(t *testing.T) {
	for _, c := range profiles {
		p := c.p
		if p.Journey == steps.Migrate {
			p.Source, p.Target = "eu", "au"
		}
		b, err := JSON(build(t, p))
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(string(b), "null") || strings.Contains(string(b), `\u`) {
			t.Errorf("%s: null or escaped text in\n%s", name(p), b)
		}
		var got struct {
			Schema, Journey, Service, Track, Source, Target string
			Steps                                           []struct {
				Number           int
				ID, Title, Owner string
				Parts, Checks    []string
				Gates            []struct{ ID, Kind, Text, Why string }
			}
			LeftOut []steps.LeftOut `json:"left_out"`
		}
		if err := json.Unmarshal(b, &got); err != nil {
			t.Fatal(err)
		}
		if got.Schema != "mxodus.plan/1" || got.Journey != string(p.Journey) || got.Service != string(p.Service) ||
			got.Track != string(p.Track) || got.Source != p.Source || got.Target != p.Target || len(got.LeftOut) != len(c.left) {
			t.Errorf("%s: head %+v", name(p), got)
		}
		for i, s := range got.Steps {
			if s.Number != i+1 || s.Title != c.titles[i] || !slices.Contains([]string{"tpoc", "mimecast", "both"}, s.Owner) ||
				s.Parts == nil || s.Checks == nil || s.Gates == nil {
				t.Errorf("%s: step %+v", name(p), s)
			}
		}
	}
}

func TestText(t *testing.T) {
	for _, c := range profiles {
		text := Text(build(t, c.p))
		for _, line := range strings.Split(text, "\n") {
			if ansi.StringWidth(line) > 80 || strings.TrimRight(line, " ") != line {
				t.Errorf("%s: line of %d columns: %q", name(c.p), ansi.StringWidth(line), line)
			}
		}
		for _, title := range c.titles {
			if !strings.Contains(text, title) {
				t.Errorf("%s: no %q in\n%s", name(c.p), title, text)
			}
		}
		if strings.Contains(text, "Left out") != (len(c.left) > 0) {
			t.Errorf("%s: left-out part in\n%s", name(c.p), text)
		}
	}
}

// everyProfile walks all profiles, platforms and some region pairs.
func everyProfile(visit func(steps.Profile)) {
	for _, c := range profiles {
		for _, platform := range append([]steps.Platform{""}, steps.Platforms...) {
			p := c.p
			p.Platform, p.Target = platform, "au"
			if p.Journey == steps.Migrate {
				p.Source = "eu"
			}
			visit(p)
		}
	}
}

var knownChecks = []string{"MX-PLAN", "MX-AUTH", "MX-PROP", "MX-LEFT", "MX-FORM", "RANGES", "GW-SMTP", "GW-OUT", "GW-JRN", "FW-OPEN", "FW-LOCK"}

func TestStepsAreComplete(t *testing.T) {
	asked := map[string]bool{}
	everyProfile(func(p steps.Profile) {
		built := build(t, p)
		ids := map[string]bool{}
		for _, s := range built.Steps {
			where := name(p) + " " + s.ID
			if ids[s.ID] {
				t.Errorf("%s twice", where)
			}
			ids[s.ID] = true
			if s.Purpose == "" || s.Tasks == nil || len(s.Evidence) == 0 || s.Rollback == "" || len(s.Failures) == 0 {
				t.Errorf("%s is not complete", where)
			}
			if (s.Owner != steps.OwnerTPOC) && s.WaitsFor == "" {
				t.Errorf("%s: Mimecast acts, but WaitsFor is empty", where)
			}
			for _, c := range s.Checks {
				if !slices.Contains(knownChecks, c) {
					t.Errorf("%s: no check %q", where, c)
				}
				if p.Hosted() && strings.HasPrefix(c, "FW-") {
					t.Errorf("%s: %s on a hosted platform", where, c)
				}
			}
			for _, q := range s.Questions {
				asked[q] = true
				if _, ok := rfi.Find(q); !ok {
					t.Errorf("%s: no question %q", where, q)
				}
			}
			if slices.Sort(s.Questions); len(slices.Compact(slices.Clone(s.Questions))) != len(s.Questions) {
				t.Errorf("%s: a question twice", where)
			}
			for _, g := range s.Gates {
				if !strings.HasPrefix(g.ID, s.ID+".") || g.Text == "" || g.Why == "" || g.Holds == nil {
					t.Errorf("%s: gate %q is not complete", where, g.ID)
				}
			}
		}
		if !p.Hosted() && !slices.ContainsFunc(built.Steps, func(s steps.Step) bool { return slices.Contains(s.Checks, "FW-OPEN") }) {
			t.Errorf("%s: nobody checks the firewall", name(p))
		}
	})
	for _, q := range rfi.All() {
		shapes := []string{steps.QJourney}
		if !asked[q.ID] && !slices.Contains(shapes, q.ID) {
			t.Errorf("no step asks %s", q.ID)
		}
	}
}

func TestTasks(t *testing.T) {
	kinds := []string{"", "hosted_exchange", "exchange_2003", "domino", "postfix", "other_smtp"}
	everyProfile(func(p steps.Profile) {
		for _, r := range region.All() {
			p.Target = r.ID
			if p.Target == p.Source {
				continue
			}
			for _, kind := range kinds {
				if kind != "" && p.Platform != steps.Other {
					continue
				}
				for _, method := range []string{"smtp", "pop3"} {
					a := answersOf(p)
					a["infra.other_kind"] = steps.Answer{Value: kind}
					a["journal.method"] = steps.Answer{Value: method}
					checkTasks(t, build(t, p), steps.NewFacts(a, now))
				}
			}
		}
	})
}

func checkTasks(t *testing.T, p steps.Plan, f steps.Facts) {
	t.Helper()
	for _, s := range p.Steps {
		where := name(p.Profile) + " " + s.ID
		ids, files, mandatory := map[string]bool{}, map[string]bool{}, 0
		for _, task := range s.Tasks(f) {
			if ids[task.ID] || task.ID == "" || task.Title == "" || task.Detail == "" || task.Who == "" {
				t.Errorf("%s: task %q twice or not complete", where, task.ID)
			}
			ids[task.ID] = true
			if !task.Optional {
				mandatory++
			}
			if task.Part != "" && !slices.ContainsFunc(s.Parts, func(x steps.Part) bool { return x.ID == task.Part }) {
				t.Errorf("%s: task %s is of part %q, which the step has not", where, task.ID, task.Part)
			}
			for _, sn := range task.Snippets {
				if sn.Label == "" || sn.File == "" || sn.Language == "" || strings.TrimSpace(string(sn.Text)) == "" || files[task.ID+sn.File] {
					t.Errorf("%s: snippet %q of %s twice or not complete", where, sn.File, task.ID)
				}
				files[task.ID+sn.File] = true
			}
		}
		if mandatory == 0 {
			t.Errorf("%s: no task must be done", where)
		}
		if s.PhaseTask != "" && !ids[s.PhaseTask] {
			t.Errorf("%s: phase task %q is not among its tasks", where, s.PhaseTask)
		}
	}
}
