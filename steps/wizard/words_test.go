package wizard_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
)

func TestJournalSaysLabelsBesideIDs(t *testing.T) {
	ctx := context.Background()
	c := &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	s := connectSession(t, c)
	set(t, s, "contact.tpoc.name", "Kim Tran")
	if err := s.Tick(ctx, steps.ConnectRFI, "send_form", true); err != nil {
		t.Fatal(err)
	}
	if err := s.SetAside(ctx, steps.ConnectRFI, "check MX-FORM", "seen by hand"); err != nil {
		t.Fatal(err)
	}
	if err := s.SetAside(ctx, steps.ConnectOutbound, "connect.outbound.firewall", "hosted"); err != nil {
		t.Fatal(err)
	}
	all, err := s.Journal(ctx)
	if err != nil {
		t.Fatal(err)
	}
	var lines []string
	for _, e := range all {
		lines = append(lines, s.JournalLine(e))
	}
	text := strings.Join(lines, "\n")
	for _, want := range []string{
		": Kim Tran (contact.tpoc.name)", ": done (send_form)", "step 1, Request For Information (RFI): in progress",
		"MX-FORM had no result that counts (check MX-FORM): seen by hand", "lets the whole region through (connect.outbound.firewall): hosted",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, text)
		}
	}
	if strings.Contains(text, "step connect.") || strings.Contains(text, "answer contact") {
		t.Errorf("ids alone in\n%s", text)
	}
}
