package wizard_test

import (
	"context"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check/checktest"
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
