package wizard_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/plan"
	"mxodus/steps/wizard"
)

// TestAFormThatWasSentOtherwiseIsTold: on the list, where the step is confirmed
// and as what to do next, until the sending is ticked anew; the step stays
// closed, and what builds on it open.
func TestAFormThatWasSentOtherwiseIsTold(t *testing.T) {
	const q = "third_party_senders"
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	set(t, s, q, "shop.example")
	confirm(t, s, c, steps.ConnectRFI)
	before := s.Hub()
	page := func() wizard.StepPage {
		p, err := s.Step(steps.ConnectRFI)
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	form := func() wizard.TaskLine {
		p := page()
		return p.Tasks[slices.IndexFunc(p.Tasks, func(l wizard.TaskLine) bool { return l.ID == steps.TaskSendForm })]
	}
	if len(before.Rows[0].Untold) > 0 || len(page().Obstacles) > 0 || form().Anew != "" {
		t.Fatalf("as sent: %+v, %+v", before.Rows[0], page().Obstacles)
	}
	set(t, s, q, "shop.example, news.example")
	h, p := s.Hub(), page()
	if !strings.Contains(h.Rows[0].Detail, "tell Mimecast") || !strings.Contains(h.Rows[0].Detail, "Which services send mail") || h.Done != 1 {
		t.Errorf("the list: %+v, %d done", h.Rows[0], h.Done)
	}
	if h.Next.Step != steps.ConnectRFI || h.Next.Stage != steps.StageConfirm || !strings.Contains(h.Next.Text, "Tell Mimecast what differs") {
		t.Errorf("next is %+v", h.Next)
	}
	if p.Status != steps.Done || len(p.Changed) > 0 || len(p.Obstacles) != 1 || p.Obstacles[0].Kind != plan.ObstacleUntold || !form().Open() {
		t.Fatalf("the step: %s, %q, %+v", p.Status, p.Changed, p.Obstacles)
	}
	if at := s.Where(steps.ConnectRFI, p.Obstacles[0]); at.Stage != steps.StageDo || at.Field != steps.TaskSendForm {
		t.Errorf("it is put right at %+v", at)
	}
	if next, err := s.Step(steps.ConnectAccount); err != nil || next.Status == steps.Blocked {
		t.Errorf("the step behind it: %s, %v", next.Status, err)
	}
	c.t = c.t.Add(time.Minute)
	if err := s.Tick(ctx, steps.ConnectRFI, steps.TaskSendForm, true); err != nil {
		t.Fatal(err)
	}
	h, p = s.Hub(), page()
	if len(h.Rows[0].Untold) > 0 || h.Rows[0].Changed || h.Next.Step != before.Next.Step || len(p.Obstacles) > 0 || !form().State.At.Equal(c.t) {
		t.Errorf("told: %+v, next %+v, %+v, ticked %s", h.Rows[0], h.Next, p.Obstacles, form().State.At)
	}
	c.t = c.t.Add(time.Minute)
	set(t, s, q, "news.example")
	if names := s.Hub().Rows[0].Untold; len(names) != 1 {
		t.Errorf("changed back after it was told: %q", names)
	}
}

// TestAFormSentOtherwiseIsInTheWay of confirming its step, with a reason or a
// new tick to settle it.
func TestAFormSentOtherwiseIsInTheWay(t *testing.T) {
	const q = "third_party_senders"
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	work(t, s, c, steps.ConnectRFI)
	c.t = c.t.Add(time.Minute)
	set(t, s, q, "shop.example")
	err := s.Confirm(ctx, steps.ConnectRFI, wizard.Confirmation{})
	if err == nil || !strings.Contains(err.Error(), "Tell Mimecast what differs") {
		t.Fatalf("confirmed with %v", err)
	}
	c.t = c.t.Add(time.Minute)
	if err := s.SetAside(ctx, steps.ConnectRFI, plan.UntoldID, "Kim knows"); err != nil {
		t.Fatal(err)
	}
	if err := s.Confirm(ctx, steps.ConnectRFI, wizard.Confirmation{}); err != nil {
		t.Errorf("set aside: %v", err)
	}
	c.t = c.t.Add(time.Minute)
	set(t, s, q, "news.example")
	if len(s.Hub().Rows[0].Untold) != 1 {
		t.Error("a reason settles what was answered until then, and no more")
	}
}
