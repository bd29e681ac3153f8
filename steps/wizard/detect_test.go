package wizard_test

import (
	"context"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check/checktest"
	"mxodus/steps/rfi"
)

// TestDetectionAsksTheResolversOfTheMove, not the usual ones.
func TestDetectionAsksTheResolversOfTheMove(t *testing.T) {
	n := checktest.New(t)
	usual, own := n.DNS("192.0.2.53", "$ORIGIN .\n"), n.DNS("192.0.2.54", "$ORIGIN .\n")
	ctx := context.Background()
	w := open(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	w.World = n.World("192.0.2.53")
	s := begin(t, w, steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu"})
	set(t, s, steps.QResolvers, "192.0.2.54")
	s.Detect(ctx)
	if usual.AskedAll() != 0 || own.AskedAll() == 0 {
		t.Errorf("asked: %d of the usual ones, %d of the move's own", usual.AskedAll(), own.AskedAll())
	}
}

// TestWithoutDNSItIsSaid: beside each question that DNS might answer, until it
// can be asked.
func TestWithoutDNSItIsSaid(t *testing.T) {
	n := checktest.New(t)
	n.DNS("192.0.2.54", "$ORIGIN acme.com.\n@ 60 IN SOA ns hostmaster 1 2 3 4 60\n@ 60 IN MX 10 mail.acme.com.\n")
	w := open(t, &clock{time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)})
	w.World = n.World("192.0.2.53") // nobody is there
	s := begin(t, w, steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu"})
	set(t, s, steps.QPrimaryDomain, "acme.com")
	s.Detect(t.Context())
	if seen := s.Seen(); len(seen) != 1 || !seen[0].Blind {
		t.Errorf("seen: %+v", seen)
	}
	for q, want := range map[string]bool{steps.QInbound: true, steps.QPlatform: true, steps.QOrg: false, steps.QPrimaryDomain: false} {
		if got := s.Unseen(q); (got != "") != want {
			t.Errorf("%s: %q", q, got)
		}
	}
	if _, ok := s.Offer(find(t, steps.QInbound)); ok {
		t.Error("something is offered from nowhere")
	}
	set(t, s, steps.QResolvers, "192.0.2.54")
	s.Detect(t.Context())
	if got := s.Unseen(steps.QInbound); got != "" {
		t.Errorf("DNS was asked by now, and yet %q", got)
	}
	if o, ok := s.Offer(find(t, steps.QInbound)); !ok || o.Text != "mail.acme.com" {
		t.Errorf("offered: %+v", o)
	}
}

func find(t *testing.T, id string) rfi.Question {
	t.Helper()
	q, ok := rfi.Find(id)
	if !ok {
		t.Fatalf("no question %s", id)
	}
	return q
}
