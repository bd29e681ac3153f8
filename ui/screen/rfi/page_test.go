package rfi

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"mxodus/steps"
	question "mxodus/steps/rfi"
	"mxodus/steps/wizard"
	"mxodus/ui/screen"
)

func TestEnterSavesAndAsksTheNext(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	d.typed("203.0.113.25")
	if a := d.stored(steps.QOutboundIPs); a.Revision != 0 {
		t.Fatalf("stored before the field was left: %+v", a)
	}
	if _, said := last[screen.SavedMsg](d); said {
		t.Fatal("said saved before anything was")
	}
	d.press("enter")
	a := d.stored(steps.QOutboundIPs)
	if a.Value != "203.0.113.25" || a.Provenance != steps.Typed || a.By != "ann" {
		t.Errorf("stored %+v", a)
	}
	if m, ok := last[screen.SavedMsg](d); !ok || !m.At.Equal(a.At) {
		t.Errorf("saved message %+v, answer at %v", m, a.At)
	}
	if d.page.q.ID != steps.QInbound {
		t.Errorf("next question is %s", d.page.q.ID)
	}
}

func TestFirstQuestionIsTheFirstThatNeedsAnAnswer(t *testing.T) {
	d := newDesk(t, steps.Position{})
	if got := d.page.q; !got.Needed(d.page.facts) || d.answer(got.ID).Value != "" {
		t.Errorf("opened at %s, which is answered or optional", got.ID)
	}
	gone := newDesk(t, steps.Position{Field: "infra.m365_tenant_domain"}) // does not apply on premises
	if gone.page.q.ID != d.page.q.ID {
		t.Errorf("a question that does not apply leads to %s", gone.page.q.ID)
	}
}

func TestPreviousSavesToo(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QInbound})
	d.typed("mail.acme.com.au")
	d.press("shift+tab")
	if d.page.q.ID != steps.QOutboundIPs || d.stored(steps.QInbound).Value != "mail.acme.com.au" {
		t.Errorf("at %s with %+v stored", d.page.q.ID, d.stored(steps.QInbound))
	}
}

// Going back from text that cannot be read works, keeps the text, and the
// field before it takes keys.
func TestBackFromUnreadTextKeepsIt(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QInbound})
	d.typed("not a host!!")
	d.press("shift+tab")
	if d.page.q.ID != steps.QOutboundIPs {
		t.Fatalf("stuck at %s", d.page.q.ID)
	}
	d.typed("203.0.113.25")
	if got := d.page.field.Value(); got != "203.0.113.25" {
		t.Errorf("typing went nowhere: %q", got)
	}
	d.press("enter")
	if got := d.page.field.Value(); d.page.q.ID != steps.QInbound || got != "not a host!!" {
		t.Errorf("came back to %s with %q", d.page.q.ID, got)
	}
	if a := d.stored(steps.QInbound); a.Text != "not a host!!" || a.Value != "" {
		t.Errorf("stored %+v", a)
	}
	d.shows("Not yet")
}

func TestUnreadEntriesHoldEnterOnce(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	d.paste("203.0.113.25\n203.0.113.300\n")
	d.shows("Understood", "1 address", "Not yet", `line 2, "203.0.113.300"`, "! 2")
	d.press("enter")
	if d.page.q.ID != steps.QOutboundIPs {
		t.Fatal("went on over an entry that was not read")
	}
	d.shows("Saved as it is")
	if a := d.stored(steps.QOutboundIPs); a.Value != "203.0.113.25" || !strings.Contains(a.Text, "203.0.113.300") {
		t.Errorf("stored %+v: the good one is used and nothing typed is lost", a)
	}
	d.press("enter")
	if d.page.q.ID == steps.QOutboundIPs {
		t.Error("the second Enter does not go on")
	}
}

func TestEscReviewAndLastQuestion(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	d.press("esc")
	if _, ok := last[screen.BackMsg](d); !ok {
		t.Error("esc does not go back")
	}
	d.typed(" Ltd")
	d.press("ctrl+r")
	if m, ok := last[screen.NavigateMsg](d); !ok || m.To.Screen != screen.Review || m.To.Field != steps.QOrg || m.To.Draft != "" {
		t.Errorf("review asked for as %+v", m)
	}
	if got := d.stored(steps.QOrg).Value; got != "Acme Pty Ltd Ltd" {
		t.Errorf("ctrl+r saved %q", got)
	}
	all := question.Applicable(d.page.facts)
	d.open(d.env.Session.ID(), steps.Position{Field: all[len(all)-1].ID})
	d.press("tab")
	if m, _ := last[screen.NavigateMsg](d); m.To.Screen != screen.Review {
		t.Errorf("after the last question comes %+v", m.To)
	}
	d.open(d.env.Session.ID(), steps.Position{Field: all[0].ID})
	d.sent = nil
	d.press("shift+tab")
	if _, ok := last[screen.BackMsg](d); !ok {
		t.Error("before the first question lies where one came from")
	}
}

func TestQuestionsOfAStepLeadToItsNextStage(t *testing.T) {
	d := newDesk(t, steps.Position{})
	var step steps.Step
	for _, st := range d.env.Session.Plan().Steps {
		if st.ID != steps.ConnectRFI && len(question.Review(d.page.facts, st.Questions)) > 0 {
			step = st
			break
		}
	}
	if step.ID == "" {
		t.Skip("no step of this plan asks questions of its own")
	}
	d.open(d.env.Session.ID(), steps.Position{Step: step.ID})
	want := len(question.Review(d.page.facts, step.Questions))
	if len(d.page.all) != want || !strings.Contains(d.page.Title(), step.Title) {
		t.Errorf("%d questions under %q, want %d", len(d.page.all), d.page.Title(), want)
	}
	for range want {
		d.press("tab")
	}
	m, ok := last[screen.NavigateMsg](d)
	if !ok || m.To.Screen != screen.Step || m.To.Step != step.ID || m.To.Stage != steps.StageAnswer {
		t.Errorf("after the last question, with one missing: %+v", m.To)
	}
	for _, st := range question.Review(d.page.facts, step.Questions) {
		if st.Missing {
			if _, err := d.env.Session.Answer(context.Background(), st.Question.ID, st.Question.Example, steps.Typed, "", st.Answer.Revision); err != nil {
				t.Fatal(err)
			}
		}
	}
	d.open(d.env.Session.ID(), steps.Position{Step: step.ID})
	for range len(d.page.all) {
		d.press("tab")
	}
	m, ok = last[screen.NavigateMsg](d)
	if !ok || m.To.Screen != screen.Step || m.To.Step != step.ID || m.To.Stage == "" || m.To.Stage == steps.StageAnswer {
		t.Errorf("after the last question: %+v", m.To)
	}
}

// Keys typed while an answer is on its way to the disk go into the question
// they were meant for.
func TestTypingAheadOfTheDisk(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	d.hold = true
	d.typed("20.7.1.25")
	d.press("enter")
	d.typed("mail.acme.com.au")
	d.press("enter")
	d.typed("203.0.113.77")
	d.run()
	for q, want := range map[string]string{steps.QOutboundIPs: "20.7.1.25", steps.QInbound: "mail.acme.com.au"} {
		if got := d.stored(q).Value; got != want {
			t.Errorf("%s is %q, want %q", q, got, want)
		}
	}
	if d.page.q.ID != "ip.additional" || d.page.field.Value() != "203.0.113.77" {
		t.Errorf("at %s with %q", d.page.q.ID, d.page.field.Value())
	}
}

func TestDraftComesBackExactly(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOutboundIPs})
	d.typed("203.0.113.2")
	d.press("alt+enter")
	d.typed("half an add")
	d.press("left", "left")
	d.wake()
	snap, err := d.repo.Load(context.Background(), d.env.Session.ID()) // as after a kill
	if err != nil {
		t.Fatal(err)
	}
	if snap.Answers[steps.QOutboundIPs].Revision != 0 {
		t.Fatal("a draft was stored as an answer")
	}
	d.open(snap.Move.ID, snap.Position)
	if got, at := d.page.field.Value(), d.page.field.Cursor(); got != "203.0.113.2\nhalf an add" || at != 21 {
		t.Fatalf("came back as %q with the cursor at %d", got, at)
	}
	d.typed("X")
	d.press("enter")
	if got := d.stored(steps.QOutboundIPs).Text; got != "203.0.113.2\nhalf an aXdd" {
		t.Errorf("stored %q", got)
	}
}

func TestOneTimerForManyKeys(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	d.typed("abcdefghij")
	if len(d.timers) != 1 {
		t.Errorf("%d timers for ten keys", len(d.timers))
	}
	d.press("enter")
	d.wake()
	if p := d.env.Session.Snapshot().Position; p.Draft != "" {
		t.Errorf("a draft was kept after the answer was: %+v", p)
	}
	d.typed("x")
	if len(d.timers) != 1 {
		t.Errorf("%d timers after the first went off", len(d.timers))
	}
}

func TestLeavingSaves(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	if d.page.Leave() != nil {
		t.Error("something to save though nothing was typed")
	}
	d.typed(" 2")
	d.do(d.page.Leave())
	if got := d.stored(steps.QOrg).Value; got != "Acme Pty Ltd 2" {
		t.Fatalf("stored %q", got)
	}
	if _, ok := last[screen.SavedMsg](d); !ok {
		t.Error("not said to be saved")
	}
	d.press("enter") // had the app stayed here, nothing is in the way
	if _, conflict := last[screen.ConflictMsg](d); conflict || d.stored(steps.QOrg).Revision != 2 {
		t.Errorf("stored twice: revision %d", d.stored(steps.QOrg).Revision)
	}
}

// other is a second session on the same file, as of a colleague.
func (d *desk) other(q, text string) {
	d.t.Helper()
	w := &wizard.Wizard{Repo: d.repo, Who: "bob", Now: d.w.Now}
	s, err := w.Open(context.Background(), d.env.Session.ID())
	if err != nil {
		d.t.Fatal(err)
	}
	if _, err := s.Answer(context.Background(), q, text, steps.Typed, "", s.Snapshot().Answers[q].Revision); err != nil {
		d.t.Fatal(err)
	}
}

func TestConflictAsksWhichToKeep(t *testing.T) {
	for _, keep := range []bool{true, false} {
		t.Run(fmt.Sprint(keep), func(t *testing.T) {
			d := newDesk(t, steps.Position{Field: steps.QOrg})
			d.other(steps.QOrg, "Bob's")
			d.typed(" mine")
			d.press("enter")
			m, ok := last[screen.ConflictMsg](d)
			if !ok || m.Conflict.Theirs != "Bob's" || m.Conflict.Yours != "Acme Pty Ltd mine" || m.Conflict.By != "bob" {
				t.Fatalf("conflict is %+v", m.Conflict)
			}
			if d.stored(steps.QOrg).Value != "Bob's" {
				t.Fatal("theirs was overwritten")
			}
			if got := d.page.field.Value(); got != "Acme Pty Ltd mine" {
				t.Fatalf("ours is gone from the field: %q", got)
			}
			want := "Bob's"
			if keep {
				want = "Acme Pty Ltd mine"
				d.do(m.Keep)
			} else {
				d.do(d.page.Refresh())
				if got := d.page.field.Value(); got != want {
					t.Errorf("field shows %q", got)
				}
			}
			if got := d.stored(steps.QOrg).Value; got != want {
				t.Errorf("stored %q, want %q", got, want)
			}
		})
	}
}

func TestConflictWhileLeavingLeadsBack(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	d.other(steps.QOrg, "Bob's")
	d.typed(" mine")
	d.do(d.page.Leave())
	c, ok := last[screen.ConflictMsg](d)
	n, back := last[screen.NavigateMsg](d)
	if !ok || !back || n.To.Field != steps.QOrg || n.To.Draft != "Acme Pty Ltd mine" {
		t.Fatalf("conflict %v, led to %+v", ok, n.To)
	}
	d.open(d.env.Session.ID(), n.To)
	d.press("enter") // still sees that someone else was there
	if _, again := last[screen.ConflictMsg](d); !again || d.stored(steps.QOrg).Value != "Bob's" {
		t.Errorf("the draft went over theirs unasked: %q", d.stored(steps.QOrg).Value)
	}
	d.do(c.Keep)
	if got := d.stored(steps.QOrg).Value; got != "Acme Pty Ltd mine" {
		t.Errorf("keeping ours stored %q", got)
	}
}

func TestOthersChangesAppear(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	d.other(steps.QOrg, "Bob's")
	if _, err := d.env.Session.Reload(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.do(d.page.Refresh())
	if got := d.page.field.Value(); got != "Bob's" {
		t.Errorf("field shows %q", got)
	}
	d.typed(" too")
	d.other("contact.consultant", "Sam")
	if _, err := d.env.Session.Reload(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.do(d.page.Refresh())
	if got := d.page.field.Value(); got != "Bob's too" {
		t.Errorf("what is being typed became %q", got)
	}
}

func TestUndoTwiceBringsItBack(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	d.typed(" 2")
	d.press("ctrl+z")
	if got := d.page.field.Value(); got != "Acme Pty Ltd" {
		t.Fatalf("typing undone to %q", got)
	}
	d.typed(" 3")
	d.press("enter", "shift+tab")
	d.shows("Before", "Acme Pty Ltd; ctrl+z brings it back")
	d.press("ctrl+z")
	if got := d.stored(steps.QOrg).Value; got != "Acme Pty Ltd" || d.page.field.Value() != got {
		t.Fatalf("stored %q, shown %q", got, d.page.field.Value())
	}
	d.press("ctrl+z")
	if got := d.stored(steps.QOrg).Value; got != "Acme Pty Ltd 3" {
		t.Errorf("undone twice: %q", got)
	}
}

func TestUsualValueIsTakenWithEnter(t *testing.T) {
	d := newDesk(t, steps.Position{Field: "journal.address"})
	d.shows("Usual", "journaling@journal.acme.com.au", "takes it")
	if d.stored("journal.address").Revision != 0 {
		t.Fatal("the usual value was saved by itself")
	}
	d.press("tab")
	if d.stored("journal.address").Revision != 0 {
		t.Fatal("tab took it")
	}
	d.press("shift+tab", "enter")
	if a := d.stored("journal.address"); a.Value != "journaling@journal.acme.com.au" || a.Provenance != steps.Default {
		t.Errorf("stored %+v", a)
	}
}

func TestChoiceIsTakenOnlyByEnter(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QTarget})
	d.press("up", "up", "shift+tab")
	if a := d.stored(steps.QTarget); a.Value != "au" || a.Revision != 1 {
		t.Fatalf("looking around stored %+v", a)
	}
	d.press("enter")
	if d.page.q.ID != steps.QTarget {
		d.open(d.env.Session.ID(), steps.Position{Field: steps.QTarget})
	}
	d.press("up", "enter")
	if a := d.stored(steps.QTarget); a.Value == "au" || a.Revision != 2 {
		t.Errorf("Enter stored %+v", a)
	}
}

func TestConditionsFollowTheAnswer(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QPlatform})
	before := len(d.page.all)
	d.press("1", "enter") // Microsoft 365
	if d.stored(steps.QPlatform).Value != string(steps.M365) {
		t.Fatalf("stored %+v", d.stored(steps.QPlatform))
	}
	if d.page.q.ID != "infra.m365_tenant_domain" || len(d.page.all) == before {
		t.Errorf("next is %s of %d questions", d.page.q.ID, len(d.page.all))
	}
}

// A question found by name, of no list of this page, leads back where it was
// opened from, also after the move was refreshed.
func TestQuestionAskedByItself(t *testing.T) {
	d := newDesk(t, steps.Position{Field: "firewall.ruleset"})
	if len(d.page.all) != 1 || d.page.q.ID != "firewall.ruleset" {
		t.Fatalf("asks %s of %d", d.page.q.ID, len(d.page.all))
	}
	d.do(d.page.Refresh())
	d.press("tab")
	if _, ok := last[screen.BackMsg](d); !ok {
		t.Errorf("does not lead back: %+v", d.sent)
	}
	d.do(d.page.Go(steps.Position{Field: steps.QOrg}))
	if len(d.page.all) < 2 || d.page.q.ID != steps.QOrg {
		t.Errorf("then shows %s of %d", d.page.q.ID, len(d.page.all))
	}
}

// A question that no longer applies makes room for the next, unless something
// is being typed in it.
func TestQuestionThatFallsAway(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QInbound})
	d.other(steps.QPlatform, string(steps.M365))
	if _, err := d.env.Session.Reload(context.Background()); err != nil {
		t.Fatal(err)
	}
	d.do(d.page.Refresh())
	if d.page.q.ID == steps.QInbound {
		t.Error("still asks what does not apply")
	}
}

// TestAfterTheLastQuestionComesWhatIsMissing: the review opens on what is still
// to do, not on the question that was just left.
func TestAfterTheLastQuestionComesWhatIsMissing(t *testing.T) {
	d := newDesk(t, steps.Position{Field: steps.QOrg})
	final := d.page.all[len(d.page.all)-1]
	d.open(d.env.Session.ID(), steps.Position{Field: final.ID})
	d.press("tab")
	m, ok := last[screen.NavigateMsg](d)
	if !ok || m.To.Screen != screen.Review || m.To.Field != screen.Unfinished {
		t.Errorf("after %s it goes to %+v", final.ID, m.To)
	}
}

// TestChoicesPerDomainAreSaidUpFront: what may stand behind a domain is named by
// its labels before anything is typed, and the example is typed like that.
func TestChoicesPerDomainAreSaidUpFront(t *testing.T) {
	for _, id := range []string{"rv.check", "domains.direction"} {
		d := newDesk(t, steps.Position{Field: id})
		v := strings.Join(strings.Fields(d.view()), " ")
		for _, o := range d.page.q.Options(d.page.facts) {
			if !strings.Contains(v, o.Label) || strings.Contains(o.Value, "_") && strings.Contains(v, o.Value) {
				t.Errorf("%s: %q is not said by its label, or its code is:\n%s", id, o.Label, d.view())
			}
		}
	}
}
