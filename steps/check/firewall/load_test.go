package firewall

import (
	"context"
	"errors"
	"strings"
	"testing"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// TestAReaderThatFails gives a sentence, not the end of the program.
func TestAReaderThatFails(t *testing.T) {
	f := format.Format{Label: "some firewall", Read: func(*source.Doc) *ir.Ruleset { panic("index out of range") }}
	if _, err := readBy(f, &source.Doc{}); err == nil || !strings.Contains(err.Error(), "some firewall") {
		t.Errorf("got %v", err)
	}
}

// TestARunTellsAndStops: a file's questions are told one by one, and a run that
// is cancelled between two of them ends there.
func TestARunTellsAndStops(t *testing.T) {
	opt := options()
	opt.Lockdown = true
	var told []string
	opt.step = func(what string, done, total int) {
		if total != len(opt.Needs)+1 || done != len(told) {
			t.Errorf("%d of %d after %d", done, total, len(told))
		}
		told = append(told, what)
	}
	if len(opt.Needs) == 0 {
		opt.Needs = DefaultNeeds()
	}
	if _, err := CheckFile("r", []byte(filterHead+established+bothRanges+"COMMIT\n"), opt); err != nil {
		t.Fatal(err)
	}
	if len(told) != len(opt.Needs)+1 || told[len(told)-1] != "who else reaches port 25" {
		t.Errorf("told %q", told)
	}
	ctx, cancel := context.WithCancel(context.Background())
	opt.stopped = ctx.Err
	opt.step = func(string, int, int) { cancel() }
	if _, err := CheckFile("r", []byte(filterHead+established+bothRanges+"COMMIT\n"), opt); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled, and got %v", err)
	}
	if got := load(ctx, check.Input{Rulesets: []check.File{{Name: "a"}}}, func(check.Progress) {}); len(got) != 0 {
		t.Errorf("read %d files after the run was cancelled", len(got))
	}
}
