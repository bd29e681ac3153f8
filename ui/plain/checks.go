package plain

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/wizard"
	"mxodus/ui/typed"
)

// stillEvery is how often a run that goes on says so.
const stillEvery = 5 * time.Second

const checkHelp = `Enter runs all checks of the step. The number of a check opens its newest result.
i loads an exported ruleset of your firewall, which the checks then read. s saves all results to a file.`

// checks runs the checks of a step and shows what they found.
func (f *face) checks(id string) error {
	for {
		p, err := f.s.Step(id)
		if err != nil {
			return err
		}
		if len(p.Checks) == 0 {
			f.say("There is nothing to check in this step.")
			return nil
		}
		f.say("")
		fresh := true
		for i, c := range p.Checks {
			f.say("%d %s: %s.", i+1, c.Title, outcome(c))
			fresh = fresh && c.Run != nil && !c.Stale
		}
		accepted := append(numbers(len(p.Checks)), "r", "i", "s", "c")
		menu := "r Run all checks, i Load a ruleset, s Save the results to a file, c Go on"
		add, drop := f.differences(p)
		if len(add)+len(drop) > 0 {
			f.say("The published ranges differ from the table. New: %s. Gone: %s.", orNone(add), orNone(drop))
			accepted, menu = append(accepted, "y"), menu+", y Take the published ranges over"
		}
		f.say("%s", menu)
		def := "r"
		if fresh {
			def = "c"
		}
		choice, err := f.choose(def, checkHelp, accepted...)
		if err != nil || choice == "c" {
			return err
		}
		if err := f.checkAct(p, choice, add, drop); err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
}

func (f *face) checkAct(p wizard.StepPage, choice string, add, drop []string) error {
	switch choice {
	case "r":
		f.begin(p)
		return f.runChecks(p.Step.ID, nil)
	case "i":
		return f.load(p.Step.ID)
	case "s":
		var b strings.Builder
		for _, c := range p.Checks {
			if c.Run != nil {
				b.WriteString(strings.Join(append(resultLines(c.Run.Result), proofLines(c.Run.Result, f.o.Now().Location())...), "\n") + "\n\n")
			}
		}
		f.saveFile("checks-"+p.Step.ID+".txt", []byte(b.String()))
		return nil
	case "y":
		f.run(func(ctx context.Context) error { return f.consent(ctx, add, drop) })
		return nil
	}
	return f.result(p, number(choice)-1)
}

// result shows the newest result of one check, with its proof when asked for.
func (f *face) result(p wizard.StepPage, i int) error {
	c := p.Checks[i]
	if c.Run == nil {
		f.begin(p)
		return f.runChecks(p.Step.ID, []string{c.ID})
	}
	if c.Stale {
		f.say("This result does not count any more: %s.", c.Why)
	}
	f.text(strings.Join(resultLines(c.Run.Result), "\n"))
	f.say("r Run it again, v The proof, e Earlier runs, c Go on")
	choice, err := f.choose("c", "The proof is what servers answered, word for word.", "r", "v", "e", "c")
	switch {
	case err != nil:
		return err
	case choice == "r":
		f.begin(p)
		return f.runChecks(p.Step.ID, []string{c.ID})
	case choice == "v":
		f.text(strings.Join(proofLines(c.Run.Result, f.o.Now().Location()), "\n"))
	case choice == "e":
		runs, err := f.s.Runs(f.ctx, p.Step.ID, c.ID, 50)
		if err != nil {
			f.fail(err)
			return nil
		}
		for _, r := range runs {
			f.say("%s, by %s: %s. %s", wizard.Moment(r.Result.Started, f.o.Now()), r.By, resultWord(r.Result), string(r.Result.Summary))
		}
	}
	return nil
}

// running is what a run has told so far.
type running struct {
	done, total int
	waiting     []check.Progress // of each check under way what it waits for, the latest last
}

// runChecks runs checks of a step, saying how far it is every few seconds, and
// then what was found.
func (f *face) runChecks(step string, ids []string) error {
	if len(ids) == 0 {
		def, _ := f.s.Plan().Step(step)
		ids = def.Checks
	}
	f.say("Checking, %s.", count(len(ids), "check"))
	began := f.o.Now()
	events := make(chan check.Event)
	type end struct {
		results []check.Result
		err     error
	}
	ended := make(chan end, 1)
	ctx, stop := context.WithCancel(f.ctx)
	defer stop()
	go func() {
		results, err := f.s.Check(ctx, step, ids, func(e check.Event) {
			select {
			case events <- e:
			case <-ctx.Done():
			}
		})
		ended <- end{results, err}
	}()
	now := running{total: len(ids)}
	tick := f.o.After(stillEvery)
	for {
		select {
		case e := <-events:
			now.take(e)
		case <-tick:
			f.say("%s", now.line())
			tick = f.o.After(stillEvery)
		case e := <-ended:
			f.forget()
			return f.told(e.results, e.err, f.o.Now().Sub(began))
		}
	}
}

// forget takes away the lines that were typed while nothing was asked: an Enter
// of somebody who waits must not answer the prompts that follow.
func (f *face) forget() {
	if f.in.script {
		return
	}
	if n := len(f.in.together()); n > 0 {
		f.in.drop()
		f.say("%s typed while the checks ran; nothing of it was used.", counted(n, "line was", "lines were"))
	}
}

func (r *running) take(e check.Event) {
	var of string
	switch {
	case e.Result != nil:
		r.done++
		of = e.Result.Check
	case e.Progress != nil && e.Progress.Waiting != "":
		of = e.Progress.Check
	default:
		return
	}
	r.waiting = slices.DeleteFunc(r.waiting, func(p check.Progress) bool { return p.Check == of })
	if e.Progress != nil {
		r.waiting = append(r.waiting, *e.Progress)
	}
}

func (r *running) line() string {
	line := fmt.Sprintf("Still checking, %d of %d", r.done, r.total)
	if n := len(r.waiting); n > 0 {
		line += ", waiting for " + string(r.waiting[n-1].Waiting)
	}
	return line + "."
}

func (f *face) told(results []check.Result, err error, took time.Duration) error {
	if f.ctx.Err() != nil {
		return f.ctx.Err()
	}
	if err != nil {
		f.failed(err)
		return nil
	}
	f.say("Done in %s.", duration(took))
	n := map[check.Severity]int{}
	for _, r := range results {
		for _, fi := range r.Findings {
			n[fi.Severity]++
		}
	}
	f.say("%s, %s, %s of advice.", count(n[check.Blocker], "blocker"), count(n[check.Risk], "risk"), counted(n[check.Advice], "piece", "pieces"))
	for _, r := range results {
		f.text(strings.Join(resultLines(r), "\n"))
	}
	f.saved()
	return nil
}

func duration(d time.Duration) string {
	if d < time.Second {
		return count(int(d.Milliseconds()), "millisecond")
	}
	return count(int(d.Round(time.Second)/time.Second), "second")
}

// checkAll runs the checks of every step that was begun.
func (f *face) checkAll() error {
	begun := f.s.ToCheck()
	for _, st := range begun {
		f.say("Step %d: %s.", st.Number, st.Title)
		if err := f.runChecks(st.ID, nil); err != nil {
			return err
		}
	}
	if len(begun) == 0 {
		f.say("No step with checks was begun yet. Open one and run its checks there.")
	}
	return nil
}

// load keeps an exported ruleset with the move.
func (f *face) load(step string) error {
	for {
		text, err := f.words("Path of the file: ", "An export of the rules of the firewall in front of your mail server. Take passwords and keys out of it first.")
		if err != nil || text == "" {
			return err
		}
		name, content, err := readFile(text)
		if err != nil {
			f.fail(err)
			continue
		}
		if f.run(func(ctx context.Context) error {
			_, err := f.s.Attach(ctx, step, "ruleset", name, content)
			return err
		}) {
			f.say("%s is kept with the move, %s. Run the checks to have it read.", name, count(len(content), "byte"))
		}
		return nil
	}
}

// readFile reads a file that is to be kept, given as people write a path.
func readFile(path string) (name string, content []byte, err error) {
	if path, err = wizard.FindFile(typed.Clean(path, false).Text); err != nil {
		return "", nil, err
	}
	info, err := os.Stat(path) // before opening: a pipe would wait for ever
	switch {
	case err != nil:
		return "", nil, fmt.Errorf("this file cannot be read: %w", err)
	case info.IsDir():
		return "", nil, errors.New("this is a folder; give a file in it")
	case !info.Mode().IsRegular():
		return "", nil, errors.New("this is not a plain file; export the ruleset into one")
	case info.Size() == 0:
		return "", nil, errors.New("this file is empty")
	case info.Size() > wizard.MaxAttachment:
		return "", nil, fmt.Errorf("this file has %d bytes; at most %d are kept", info.Size(), wizard.MaxAttachment)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", nil, fmt.Errorf("this file cannot be read: %w", err)
	}
	defer f.Close()
	content, err = io.ReadAll(io.LimitReader(f, wizard.MaxAttachment+1))
	return filepath.Base(path), content, err
}

// Questions that hold the ranges consented to.
const (
	qAdd  = "ranges.consented_add"
	qDrop = "ranges.consented_drop"
)

// differences are the ranges that the newest check of them found new or gone,
// as far as they are not consented to yet.
func (f *face) differences(p wizard.StepPage) (add, drop []string) {
	for _, c := range p.Checks {
		var found struct {
			Added   []string `json:"added"`
			Dropped []string `json:"dropped"`
		}
		if c.ID != "RANGES" || c.Run == nil || json.Unmarshal(c.Run.Result.Data, &found) != nil {
			continue
		}
		a := f.s.Snapshot().Answers
		return without(found.Added, a.List(qAdd)), without(found.Dropped, a.List(qDrop))
	}
	return nil, nil
}

func without(all, known []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(s string) bool { return slices.Contains(known, s) })
}

func orNone(all []string) string {
	if len(all) == 0 {
		return "none"
	}
	return strings.Join(all, ", ")
}

// consent answers which published ranges are taken over beside the table: the
// newer wins, once the TPOC says so.
func (f *face) consent(ctx context.Context, add, drop []string) error {
	now := f.o.Now()
	source := "SPF record of the region, " + wizard.Moment(now, now)
	for _, part := range []struct {
		id  string
		new []string
	}{{qAdd, add}, {qDrop, drop}} {
		if len(part.new) == 0 {
			continue
		}
		a := f.s.Snapshot().Answers
		all := append(a.List(part.id), part.new...)
		if _, err := f.s.Answer(ctx, part.id, strings.Join(all, "\n"), steps.Detected, source, a[part.id].Revision); err != nil {
			return err
		}
	}
	return nil
}
