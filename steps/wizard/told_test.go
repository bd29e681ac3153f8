package wizard_test

import (
	"errors"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/wizard"
)

func TestWhenMimecastSaidSo(t *testing.T) {
	now := time.Date(2026, 11, 24, 9, 0, 0, 0, time.UTC) // a Tuesday
	for _, c := range []struct {
		text, want string
		ok         bool
	}{
		{"yesterday", "23 Nov 2026", true},
		{"Yesterday evening", "23 Nov 2026 evening", true},
		{"today", "24 Nov 2026", true},
		{"this morning", "24 Nov 2026", true},
		{"last Friday", "20 Nov 2026", true},
		{"on Tue", "24 Nov 2026", true},
		{"tomorrow", "25 Nov 2026", true}, // which is refused as still to come
		{"22 Nov 2026", "22 Nov 2026", true},
		{"CASE-4711", "CASE-4711", true},
		{"a while ago", "a while ago", false},
		{"on the phone", "on the phone", false},
		{" ", "", false},
	} {
		got, ok := wizard.ReadWhen(c.text, now)
		if got != c.want || ok != c.ok {
			t.Errorf("%q: %q, %v; want %q, %v", c.text, got, ok, c.want, c.ok)
		}
	}
	f := steps.NewFacts(nil, now)
	for told, want := range map[string]error{
		"Kim Tran, tomorrow": wizard.ErrAhead, "Kim Tran, 25 Nov 2026": wizard.ErrAhead, "Kim Tran, 2027-01-04": wizard.ErrAhead,
		"Kim Tran, today": nil, "Kim Tran, 24 Nov 2026": nil, "Kim Tran, case 4711": nil, "Kim Tran, a while ago": wizard.ErrTold,
	} {
		if got := wizard.CheckTold(told, f); !errors.Is(got, want) {
			t.Errorf("%q: %v, want %v", told, got, want)
		}
	}
	if wizard.ToldBoth("Kim Tran, a while ago") || !wizard.ToldBoth("Kim Tran, yesterday") {
		t.Error("a word that says no day is taken, or one that does is not")
	}
}
