package export

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
	"mxodus/steps/plan"
	"mxodus/steps/region"
	"mxodus/steps/require"
	"mxodus/steps/rfi"
)

// Source is an open move; *wizard.Session is one.
type Source interface {
	View() steps.View
	Runs(ctx context.Context, step, checkID string, limit int) ([]steps.Run, error)
	Journal(ctx context.Context) ([]steps.JournalEntry, error)
	// VerifyJournal names the first entry of a record that is not whole, and why.
	VerifyJournal(ctx context.Context) (brokenSeq int64, why string, err error)
}

// allRuns is more runs than a move ever has.
const allRuns = 1 << 20

// Of reads what the summary needs beyond the snapshot and builds it, as of the
// source's clock. The checks lend their titles to results that are not there.
func Of(ctx context.Context, src Source, checks ...check.Check) (Summary, error) {
	v := src.View()
	runs, err := src.Runs(ctx, "", "", allRuns)
	if err != nil {
		return Summary{}, fmt.Errorf("read the results of checks: %w", err)
	}
	journal, err := src.Journal(ctx)
	if err != nil {
		return Summary{}, fmt.Errorf("read the journal: %w", err)
	}
	hist := History{Runs: runs, Journal: journal, Stale: v.Stale, Titles: map[string]string{}}
	if hist.Broken, hist.Why, err = src.VerifyJournal(ctx); err != nil {
		return Summary{}, fmt.Errorf("compute the journal again: %w", err)
	}
	for _, c := range checks {
		hist.Titles[c.ID()] = c.Title()
	}
	return Build(v.Snap, v.Plan, hist, v.Now), nil
}

// Build makes the summary of a move. It is pure; now decides only what is
// printed as the day of the summary, how many days are left, and which waits
// have ended.
func Build(snap steps.Snapshot, p steps.Plan, hist History, now time.Time) Summary {
	b := builder{
		v:    steps.View{Plan: p, Snap: snap, Facts: snap.Facts(now), Now: now, Stale: hist.Stale},
		hist: hist, zone: snap.Answers.Zone(now.Location()), shown: map[runKey]bool{}, refsOf: map[runKey][]string{}, read: map[string][]string{},
	}
	s := Summary{
		Schema: Schema, AsOf: now.In(b.zone).Format(time.DateOnly), Zone: offset(now.In(b.zone)),
		Move: b.move(), Profile: b.profile(), Total: len(p.Steps), Dates: b.dates(),
		LeftOut: append([]steps.LeftOut{}, p.LeftOut...),
		Form:    b.form(), zone: b.zone,
	}
	if snap.Demo {
		s.Demo = rfi.DemoNote
	}
	s.Journal, s.Move.Changed = b.record()
	for _, st := range p.Steps {
		row := b.step(st)
		if row.Status.Closed() && !row.Changed {
			s.Done++
		}
		s.Steps = append(s.Steps, row)
	}
	s.Steps = orEmpty(s.Steps)
	s.Overrides, s.Notes, s.Files = b.overrides(), b.notes(), b.files()
	s.TestPlan = b.testPlan(s.Steps)
	s.Open = b.openPoints()
	s.Complete, s.Verdict = b.verdict(s)
	s.tellBroken()
	return s
}

// builder holds what every part of Build reads.
type builder struct {
	v    steps.View
	hist History
	zone *time.Location
	refs int // evidence counted so far
	// shown are the runs whose evidence was given
	shown map[runKey]bool
	// refsOf are the references of the evidence of each run
	refsOf map[runKey][]string
	// read are the references of what was read from each file, by its SHA-256
	read map[string][]string
}

func (b *builder) move() Move {
	m := Move{
		ID: b.v.Snap.Move.ID, Org: clean.Line(b.v.Facts.Org), Domain: clean.Line(b.v.Facts.Domain),
		Domains: []clean.Shown{}, Created: b.v.Snap.Move.Created.UTC(),
	}
	for _, d := range b.v.Facts.Domains {
		m.Domains = append(m.Domains, clean.Line(d))
	}
	return m
}

func (b *builder) profile() Profile {
	p := b.v.Plan.Profile
	out := Profile{Profile: p}
	add := func(name, value string) {
		if value == "" {
			value = "not chosen yet"
		}
		out.Words = append(out.Words, Pair{name, clean.Line(value)})
	}
	switch p.Journey {
	case steps.Connect:
		add("Journey", "Connect")
		add("Service", serviceWords[p.Service])
		add("Region", regionWords(p.Target))
	case steps.Migrate:
		add("Journey", "Migrate")
		add("Track", trackWords[p.Track])
		add("From region", regionWords(p.Source))
		add("To region", regionWords(p.Target))
	default:
		add("Journey", "")
	}
	add("Mail platform", platformWords[p.Platform])
	return out
}

func regionWords(id string) string {
	r, ok := region.Find(id)
	if !ok {
		return id
	}
	return r.Name
}

var (
	serviceWords = map[steps.Service]string{
		steps.Archiving: "Archiving", steps.EmailSecurity: "Email Security", steps.Both: "Archiving and Email Security",
	}
	trackWords = map[steps.Track]string{
		steps.Security: "Security", steps.Express: "Express", steps.Archive: "Archive", steps.Enterprise: "Enterprise",
	}
	platformWords = map[steps.Platform]string{
		steps.M365: "Microsoft 365", steps.Google: "Google Workspace", steps.OnPrem: "own servers",
		steps.HybridM365: "own servers and Microsoft 365", steps.HybridGoogle: "own servers and Google Workspace",
		steps.Other: "another platform",
	}
	milestoneWords = map[string]string{
		plan.MilestoneTTL:        "TTL of the MX records lowered",
		plan.MilestoneOutbound:   "Outgoing mail switched",
		plan.MilestoneMX:         "MX records changed",
		plan.MilestoneCaches:     "Old MX records out of every cache",
		plan.MilestoneLockdown:   "Port 25 closed to everyone else",
		plan.MilestoneSignOff:    "Signed off",
		plan.MilestoneOldAccount: "Old account disabled, 90 days after sign-off",
	}
)

// MilestoneWord says in words what a kind of milestone is; "" for one that this
// release does not know.
func MilestoneWord(kind string) string { return milestoneWords[kind] }

func (b *builder) dates() []Date {
	out := []Date{}
	for _, m := range plan.Milestones(b.v) {
		d := Date{What: milestoneWords[m.Kind], Kind: m.Kind, At: utc(m.At), Done: m.Done}
		if d.What == "" {
			d.What = m.Label
		}
		if !m.Done && !m.At.IsZero() {
			left := steps.DaysBetween(b.v.Now, m.At, b.zone)
			d.DaysLeft = &left
		}
		out = append(out, d)
	}
	return out
}

func (b *builder) number(step string) int {
	st, _ := b.v.Plan.Step(step)
	return st.Number
}

// record names the newest entry of the journal, and when it was made. Exports
// at its end do not count: writing a summary must not change the next one.
func (b *builder) record() (Journal, time.Time) {
	entries := b.hist.Journal
	for len(entries) > 0 && entries[len(entries)-1].Kind == "export" {
		entries = entries[:len(entries)-1]
	}
	if len(entries) == 0 {
		return Journal{Head: b.v.Snap.JournalHead, Broken: b.hist.Broken, Why: clean.Line(b.hist.Why)}, utc(b.v.Snap.Move.Changed)
	}
	last := entries[len(entries)-1]
	return Journal{Entries: len(entries), Head: last.Hash, Broken: b.hist.Broken, Why: clean.Line(b.hist.Why)}, utc(last.At)
}

func (b *builder) overrides() []Override {
	out := []Override{}
	for _, o := range b.v.Snap.Overrides {
		out = append(out, Override{
			Step: b.number(o.Step), StepID: o.Step, What: clean.Line(b.setAside(o)), Reason: clean.Text(o.Reason),
			By: clean.Line(o.By), At: o.At.UTC(),
		})
	}
	slices.SortStableFunc(out, func(a, c Override) int { return a.At.Compare(c.At) })
	return out
}

// setAside says in words what an override names.
func (b *builder) setAside(o steps.Override) string {
	st, _ := b.v.Plan.Step(o.Step)
	for _, g := range st.Gates {
		if g.ID == o.Gate {
			return g.Text
		}
	}
	for _, id := range st.Checks {
		for _, f := range b.v.Snap.Latest[steps.RunKey(st.ID, id)].Result.Findings {
			if require.FindingID(f) == o.Gate {
				return id + ": " + subjectTitle(f)
			}
		}
	}
	if o.Gate == plan.UntoldID {
		return plan.UntoldAside
	}
	if id, ok := strings.CutPrefix(o.Gate, "task "); ok {
		for _, t := range b.tasksOf(st) {
			if t.ID == id {
				return "not ticked: " + t.Title + b.since(o, "ticked")
			}
		}
	}
	if id, ok := strings.CutPrefix(o.Gate, "check "); ok {
		return id + " had no result that counts"
	}
	if id, ok := strings.CutSuffix(o.Gate, ".unknown"); ok {
		return id + " could not tell"
	}
	if id, ok := strings.CutPrefix(o.Gate, "answer "); ok {
		return "not answered: " + questionLabel(id) + b.since(o, "answered")
	}
	return o.Gate
}

// since says that what was set aside was done all the same.
func (b *builder) since(o steps.Override, done string) string {
	if plan.Lapsed(b.v, o) {
		return " (" + done + " since)"
	}
	return ""
}

func (b *builder) notes() []Note {
	out := []Note{}
	for _, n := range b.v.Snap.Notes {
		out = append(out, Note{Step: b.number(n.Step), Text: clean.Text(n.Text), By: clean.Line(n.By), At: n.At.UTC()})
	}
	slices.SortStableFunc(out, func(a, c Note) int { return a.At.Compare(c.At) })
	return out
}

func (b *builder) files() []File {
	out := []File{}
	for _, a := range b.v.Snap.Attachments {
		out = append(out, File{
			Step: b.number(a.Step), Kind: a.Kind, Name: clean.Line(a.Name), Size: a.Size,
			SHA256: a.SHA256, By: clean.Line(a.By), At: a.At.UTC(), Evidence: orEmpty(b.read[a.SHA256]),
		})
	}
	slices.SortStableFunc(out, func(a, c File) int { return a.At.Compare(c.At) })
	type kept struct {
		step      int
		name, sum string
	}
	seen := map[kept]bool{} // what was handed over again is the same file, kept first then
	return slices.DeleteFunc(out, func(f File) bool {
		k := kept{f.Step, string(f.Name), f.SHA256}
		again := seen[k]
		seen[k] = true
		return again
	})
}

// utc keeps the zero time zero.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
