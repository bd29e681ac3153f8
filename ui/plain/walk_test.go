package plain

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/store"
)

var epoch = time.Date(2026, 11, 21, 14, 2, 11, 0, time.UTC)

// clock can be moved on.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) add(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// passing is a check of a world in which everything is right.
type passing struct{ id string }

func (p passing) ID() string    { return p.id }
func (p passing) Title() string { return "Check " + p.id }
func (p passing) Run(_ context.Context, in check.Input, progress func(check.Progress)) check.Result {
	progress(check.Progress{Check: p.id, Done: 1, Total: 1})
	var data json.RawMessage
	if p.id == steps.CheckMXPlan {
		sets := map[string][]check.MX{}
		for _, d := range in.Domains {
			sets[d] = []check.MX{{Host: "mail." + d, Pref: 10, TTL: 3600}}
		}
		data, _ = json.Marshal(sets)
	}
	return check.Result{
		Data: data, Check: p.id, Title: clean.Line(p.Title()), Outcome: check.Pass, Phase: in.Phase, Summary: "all is right",
		Findings: []check.Finding{{Code: p.id + ".ok", Severity: check.OK, Title: "It is as it should be", Saw: "what was looked for"}},
		Started:  in.Now, Input: in.Fingerprint(),
	}
}

// everyCheck makes a passing check for each that a plan names.
func everyCheck(t *testing.T, profiles ...steps.Profile) []check.Check {
	t.Helper()
	var out []check.Check
	seen := map[string]bool{}
	for _, p := range profiles {
		for _, st := range planOf(t, p).Steps {
			for _, id := range st.Checks {
				if !seen[id] {
					seen[id] = true
					out = append(out, passing{id})
				}
			}
		}
	}
	return out
}

type bench struct {
	w     *wizard.Wizard
	repo  *store.DB
	clock *clock
	dir   string
}

func newBench(t *testing.T) *bench {
	t.Helper()
	c := &clock{now: epoch}
	dir := t.TempDir()
	db, err := store.Open(context.Background(), filepath.Join(dir, "m.db"), store.Options{Now: c.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	w := &wizard.Wizard{Repo: db, Who: "ann", Now: c.Now, Checks: everyCheck(t, allProfiles...)}
	return &bench{w: w, repo: db, clock: c, dir: dir}
}

var allProfiles = []steps.Profile{
	{Journey: steps.Connect, Service: steps.Archiving, Target: "au", Platform: steps.M365},
	{Journey: steps.Connect, Service: steps.EmailSecurity, Target: "eu", Platform: steps.OnPrem},
	{Journey: steps.Connect, Service: steps.Both, Target: "au", Platform: steps.HybridM365},
	{Journey: steps.Migrate, Track: steps.Security, Source: "eu", Target: "au", Platform: steps.OnPrem},
	{Journey: steps.Migrate, Track: steps.Express, Source: "eu", Target: "au", Platform: steps.M365},
	{Journey: steps.Migrate, Track: steps.Archive, Source: "us", Target: "au", Platform: steps.Google},
	{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au", Platform: steps.Other},
}

// person answers prompts: it reads what was printed and says the next line.
type person struct {
	mu      sync.Mutex
	printed bytes.Buffer
	decide  func(prompt, since string) (string, bool) // since: all that was printed since the last answer
	from    int
	lines   int
	rest    string // of a line that is being handed over
}

func (p *person) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.printed.Write(b)
}

func (p *person) Read(b []byte) (int, error) {
	if len(p.rest) > 0 {
		n := copy(b, p.rest)
		p.rest = p.rest[n:]
		return n, nil
	}
	p.mu.Lock()
	since := p.printed.String()[p.from:]
	p.mu.Unlock()
	prompt := since[strings.LastIndexByte(since, '\n')+1:]
	text, more := p.decide(prompt, since)
	p.lines++
	if !more || p.lines > 1500 {
		return 0, io.EOF
	}
	p.mu.Lock()
	p.from = p.printed.Len()
	p.printed.WriteString(text + "\n") // as a terminal echoes it
	p.mu.Unlock()
	n := copy(b, text+"\n")
	p.rest = (text + "\n")[n:]
	return n, nil
}

func (p *person) transcript() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.printed.String()
}

// script says fixed lines and then nothing more.
func script(lines ...string) *person {
	i := 0
	return &person{decide: func(string, string) (string, bool) {
		if i == len(lines) {
			return "", false
		}
		i++
		return lines[i-1], true
	}}
}

func (b *bench) run(t *testing.T, p *person, open string) string {
	t.Helper()
	if err := Run(context.Background(), Options{Wizard: b.w, Open: open, In: p, Out: p, Dir: b.dir}); err != nil {
		t.Fatalf("ended with %v after\n%s", err, tail(p.transcript()))
	}
	return p.transcript()
}

func tail(s string) string {
	if len(s) > 6000 {
		s = "...\n" + s[len(s)-6000:]
	}
	return s
}

// session opens the one move of the bench as it is on disk.
func (b *bench) session(t *testing.T) *wizard.Session {
	t.Helper()
	m, err := b.w.Resolve(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	s, err := b.w.Open(context.Background(), m.ID)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// walker takes a move from nothing to its end: Enter wherever something stands
// in brackets, the examples for what is asked, a tick for every task.
type walker struct {
	b       *bench
	profile steps.Profile
	field   string // label of the question being asked
	obst    map[string]int
	stuck   int
}

var (
	labelLine = regexp.MustCompile(`(?m)^(.*) (Required|Optional)\.$`)
	signOff   = regexp.MustCompile(`^Type (\S+) to sign off: $`)
)

func (w *walker) decide(prompt, since string) (string, bool) {
	if m := labelLine.FindAllStringSubmatch(since, -1); m != nil {
		w.field = m[len(m)-1][0]
	}
	if strings.Contains(since, "once it is noted here") { // a task that stays open without it
		w.field = strings.Replace(w.field, "Optional.", "Required.", 1)
	}
	switch {
	case strings.Contains(since, "\nAll steps are done.\n"):
		return "q", true
	case signOff.MatchString(prompt):
		return signOff.FindStringSubmatch(prompt)[1], true
	case strings.HasPrefix(prompt, "Save it all the same?"):
		return "y", true
	case strings.HasPrefix(prompt, wizard.ToldWord):
		return "Kim, case 0123", true
	case strings.HasPrefix(prompt, "Why may this be set aside"):
		return "agreed with the engineer by phone", true
	case strings.HasPrefix(prompt, "Answer"), strings.HasPrefix(prompt, "Line"), strings.HasPrefix(prompt, "Numbers"):
		return w.answer(prompt), true
	case strings.HasPrefix(prompt, "Choose"):
		return w.choose(prompt, since), true
	}
	return "", true
}

func (w *walker) question() (rfi.Question, bool) {
	for _, q := range rfi.All() {
		if strings.HasPrefix(w.field, q.Label+" ") {
			return q, true
		}
	}
	return rfi.Question{}, false
}

func (w *walker) answer(prompt string) string {
	if strings.HasPrefix(prompt, "Line") && !strings.HasPrefix(prompt, "Line 1 [") {
		return "."
	}
	if strings.Contains(w.field, "Optional.") || !strings.Contains(prompt, "leave open") {
		return ""
	}
	q, ok := w.question()
	if !ok {
		return ""
	}
	if strings.HasPrefix(prompt, "Numbers") {
		return "1"
	}
	if q.Type == rfi.PerDomain {
		return "acme.com.au " + q.Options(w.b.facts())[0].Label
	}
	return strings.ReplaceAll(q.ExampleFor(w.b.facts()), "acme.com", "acme.com.au")
}

func (b *bench) facts() steps.Facts {
	m, err := b.w.Resolve(context.Background(), "")
	if err != nil {
		return steps.Facts{}
	}
	snap, err := b.repo.Load(context.Background(), m.ID)
	if err != nil {
		return steps.Facts{}
	}
	return snap.Facts(b.clock.Now())
}

func (w *walker) choose(prompt, since string) string {
	switch {
	case strings.Contains(since, "y It is done"):
		return "y"
	case strings.Contains(since, "2 Set it aside"):
		w.obst[since]++
		if w.obst[since] > 1 {
			return "2"
		}
	case strings.Contains(since, "n New move"):
		return ""
	case strings.HasPrefix(prompt, "Choose [leave open]") && strings.Contains(w.field, "Required."):
		return "1"
	case strings.Contains(since, "m List of moves"):
		// nothing to do but to wait: time passes
		if w.stuck++; w.stuck > 3 {
			w.b.clock.add(24 * time.Hour)
			w.stuck = 0
		}
	}
	return ""
}

// first answers the questions of a new move by its profile.
func (w *walker) begin() *person {
	labels := map[string]string{}
	values := map[string]string{
		steps.QJourney: string(w.profile.Journey), steps.QService: string(w.profile.Service), steps.QTrack: string(w.profile.Track),
		steps.QSource: w.profile.Source, steps.QTarget: w.profile.Target, steps.QPlatform: string(w.profile.Platform),
		steps.QOrg: "Acme Pty Ltd", steps.QPrimaryDomain: "acme.com.au",
	}
	for id := range values {
		q, _ := rfi.Find(id)
		labels[q.Label] = id
	}
	made := false
	return &person{decide: func(prompt, since string) (string, bool) {
		if strings.Contains(since, "steps done.") {
			made = true
		}
		if !made {
			for _, line := range strings.Split(since, "\n") {
				id, asked := labels[line]
				if !asked {
					continue
				}
				q, _ := rfi.Find(id)
				if q.Options == nil {
					return values[id], true
				}
				facts := steps.NewFacts(steps.Answers{steps.QJourney: {Value: values[steps.QJourney]}}, epoch)
				i := slices.IndexFunc(q.Options(facts), func(o rfi.Option) bool { return o.Value == values[id] })
				return fmt.Sprint(i + 1), true
			}
			return "", true
		}
		return w.decide(prompt, since)
	}}
}

func TestBothJourneysFromNewMoveToSummary(t *testing.T) {
	for _, p := range allProfiles {
		t.Run(string(p.Journey)+"_"+string(p.Service)+string(p.Track), func(t *testing.T) {
			b := newBench(t)
			w := &walker{b: b, profile: p, obst: map[string]int{}}
			person := w.begin()
			out := b.run(t, person, "")
			s := b.session(t)
			if got := s.Plan().Profile; got != p {
				t.Errorf("made a move of %+v", got)
			}
			h := s.Hub()
			if h.Done != h.Total || h.Total == 0 {
				t.Fatalf("%d of %d steps done after %d lines:\n%s", h.Done, h.Total, person.lines, tail(out))
			}
			if !strings.Contains(out, "All steps are done.") {
				t.Error("the end is not said")
			}
			onlyPrintable(t, out)
			if seq, why, err := b.repo.VerifyJournal(context.Background(), s.ID()); seq != 0 || err != nil {
				t.Errorf("journal broken at %d: %s %v", seq, why, err)
			}
			exported := script("e", "2", "q")
			b.run(t, exported, s.ID())
			if !strings.Contains(exported.transcript(), "acme.com.au-summary.md") {
				t.Errorf("no summary:\n%s", exported.transcript())
			}
		})
	}
}

// onlyPrintable holds the promise to serial lines and screen readers.
func onlyPrintable(t *testing.T, out string) {
	t.Helper()
	for i, r := range out {
		if r != '\n' && !unicode.IsPrint(r) {
			t.Fatalf("character %U at %d: %q", r, i, out[max(0, i-60):min(len(out), i+60)])
		}
	}
}
