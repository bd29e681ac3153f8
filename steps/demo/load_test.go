package demo_test

import (
	"context"
	"path/filepath"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/demo"
	"mxodus/steps/rfi"
	"mxodus/store"
)

// The demonstration's own addresses and names need no warning there; in a real
// move they do.
func TestOwnAddressesGiveNoWarning(t *testing.T) {
	ctx := context.Background()
	now := time.Date(2026, 11, 21, 14, 0, 0, 0, time.UTC)
	db, err := store.Open(ctx, filepath.Join(t.TempDir(), "m.db"), store.Options{Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ids, err := demo.Moves(ctx, db)
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range ids {
		for _, c := range []struct {
			repo steps.Repository
			odd  bool
		}{{demo.Repository{Repository: db}, false}, {db, true}} {
			snap, err := c.repo.Load(ctx, id)
			if err != nil {
				t.Fatal(err)
			}
			f := snap.Facts(now)
			for _, answer := range []struct{ question, text string }{
				{steps.QPrimaryDomain, f.Domain}, {steps.QOutboundIPs, "203.0.113.25, 2001:db8::25"}, {"contact.tpoc.email", "kim@" + f.Domain},
			} {
				q, _ := rfi.Find(answer.question)
				odd := false
				for _, p := range q.Parse(answer.text, f).Problems {
					odd = odd || p.Message != "the form asks for IPv4 addresses; whether an IPv6 address can be authorized is unknown, ask Mimecast"
				}
				if odd != c.odd {
					t.Errorf("%s %q: warned %v, want %v", answer.question, answer.text, odd, c.odd)
				}
			}
		}
	}
}
