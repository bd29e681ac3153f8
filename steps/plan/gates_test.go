package plan

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
)

var (
	pass   = check.Result{Outcome: check.Pass, Phase: check.After}
	before = check.Result{Outcome: check.Pass, Phase: check.Before}
)

const hour = time.Hour

// prerequisites says how each gate is met, apart from the others.
var prerequisites = map[string]func(*world){
	"connect.account.after_rfi":        func(w *world) { w.close(now, steps.ConnectRFI) },
	"connect.outbound.after_account":   func(w *world) { w.close(now, steps.ConnectAccount) },
	"connect.outbound.firewall":        func(w *world) { w.run(steps.ConnectAccount, "FW-OPEN", now, pass) },
	"connect.recipients.after_account": func(w *world) { w.close(now, steps.ConnectAccount) },
	"connect.inbound.after_outbound":   func(w *world) { w.close(now, steps.ConnectOutbound) },
	"connect.inbound.learned": func(w *world) {
		w.tick(steps.ConnectOutbound, steps.TaskSwitchConnector, now.Add(-72*hour))
	},
	"connect.inbound.recipients": func(w *world) {
		for _, id := range []string{"make_known", "compare_counts", "set_check"} {
			w.tick(steps.ConnectRecipients, id, now)
		}
	},
	"connect.inbound.firewall":       func(w *world) { w.tick(steps.ConnectAccount, steps.TaskOpenRanges, now) },
	"connect.lockdown.after_inbound": func(w *world) { w.close(now, steps.ConnectInbound) },
	"connect.lockdown.mx": func(w *world) {
		w.run(steps.ConnectInbound, "MX-AUTH", now, pass)
		w.run(steps.ConnectInbound, "MX-LEFT", now, pass)
	},
	"connect.lockdown.ttl": func(w *world) {
		w.record(steps.ConnectRFI, now.Add(-50*hour), 3600, "acme.com", "acme.net")
		w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(-hour))
	},
	"connect.lockdown.contract": func(w *world) { w.answer("lockdown.contract_ended", "yes") },
	"connect.completion.after_all": func(w *world) {
		w.close(now, steps.ConnectRFI, steps.ConnectAccount, steps.ConnectOutbound, steps.ConnectRecipients, steps.ConnectInbound, steps.ConnectLockdown)
	},

	"migrate.account.after_authorization":  func(w *world) { w.close(now, steps.MigrateAuthorization) },
	"migrate.firewall.after_authorization": func(w *world) { w.close(now, steps.MigrateAuthorization) },
	"migrate.recipients.after_account":     func(w *world) { w.close(now, steps.MigrateAccount) },
	"migrate.recipients.firewall":          openFirewall,
	"migrate.policies.after_account":       func(w *world) { w.close(now, steps.MigrateAccount) },
	"migrate.review.after_setup": func(w *world) {
		w.close(now, steps.MigrateFirewall, steps.MigrateRecipients, steps.MigratePolicies)
	},
	"migrate.dates.after_review":   func(w *world) { w.close(now, steps.MigrateReview) },
	"migrate.outbound.after_dates": func(w *world) { w.close(now, steps.MigrateDates) },
	"migrate.outbound.window":      func(w *world) { w.answer(steps.QOutboundDate, "2026-11-21T12:00:00Z") },
	"migrate.outbound.firewall":    openFirewall,
	"migrate.mx.after_dates":       func(w *world) { w.close(now, steps.MigrateDates) },
	"migrate.mx.after_outbound":    func(w *world) { w.close(now, steps.MigrateOutbound) },
	"migrate.mx.recipients":        func(w *world) { w.close(now, steps.MigrateRecipients) },
	"migrate.mx.window":            func(w *world) { w.answer(steps.QInboundDate, "2026-11-21T12:00:00Z") },
	"migrate.mx.firewall":          openFirewall,
	"migrate.signoff.after_all": func(w *world) {
		for _, s := range w.plan.Steps {
			if s.ID != steps.MigrateSignOff && s.ID != steps.MigratePost {
				w.close(now, s.ID)
			}
		}
	},
	"migrate.post.after_signoff": func(w *world) { w.close(now, steps.MigrateSignOff) },
}

func openFirewall(w *world) { w.run(steps.MigrateFirewall, "FW-OPEN", now, pass) }

// TestGatesOpenExactly tries every set of met prerequisites of every step: a
// gate is open when its own is met, and the step is blocked until all are.
func TestGatesOpenExactly(t *testing.T) {
	seen := map[string]bool{}
	everyProfile(func(p steps.Profile) {
		for _, s := range build(t, p).Steps {
			var gates []steps.Gate
			for _, g := range s.Gates {
				if g.Kind == steps.GateStart {
					gates = append(gates, g)
				}
			}
			for set := 0; set < 1<<len(gates); set++ {
				w := newWorld(p)
				for i, g := range gates {
					if meet := prerequisites[g.ID]; meet == nil {
						t.Fatalf("no prerequisite for gate %s", g.ID)
					} else if set&(1<<i) != 0 {
						meet(w)
						seen[g.ID] = true
					}
				}
				v := w.view()
				for i, g := range gates {
					got := g.Holds(v)
					if met := set&(1<<i) != 0; got.Open != met || (got.Unmet == "") != met {
						t.Errorf("%s: %s with set %b: %+v", name(p), g.ID, set, got)
					}
				}
				all := set == 1<<len(gates)-1
				if got := Status(v, s.ID); !all != (got == steps.Blocked) {
					t.Errorf("%s: %s with set %b is %s", name(p), s.ID, set, got)
				}
			}
		}
	})
	for id := range prerequisites {
		if !seen[id] {
			t.Errorf("no profile has gate %s", id)
		}
	}
}

func gate(t *testing.T, w *world, id string) steps.GateState {
	t.Helper()
	for _, s := range w.plan.Steps {
		for _, g := range s.Gates {
			if g.ID == id {
				return g.Holds(w.view())
			}
		}
	}
	t.Fatalf("no gate %s", id)
	return steps.GateState{}
}

func TestGateDetails(t *testing.T) {
	cases := []struct {
		what  string
		p     steps.Profile
		gate  string
		set   func(*world)
		open  bool
		unmet string
		until time.Time
	}{
		{"many steps in a row", onPremBoth, "connect.completion.after_all", func(w *world) { w.close(now, steps.ConnectAccount) }, false, "after steps 1, 3 to 6", time.Time{}},
		{"several days, one minute short", onPremBoth, "connect.inbound.learned", func(w *world) {
			w.tick(steps.ConnectOutbound, steps.TaskSwitchConnector, now.Add(-72*hour+time.Minute))
		}, false, "several days", now.Add(time.Minute)},
		{"closed without a tick counts from the closing", onPremBoth, "connect.inbound.learned", func(w *world) {
			w.close(now.Add(-71*hour), steps.ConnectOutbound)
		}, false, "several days", now.Add(hour)},
		{"recipients closed with open tasks", onPremBoth, "connect.inbound.recipients", func(w *world) {
			w.close(now, steps.ConnectRecipients)
		}, true, "", time.Time{}},
		{"one task of the part is left", onPremBoth, "connect.inbound.recipients", func(w *world) {
			w.tick(steps.ConnectRecipients, "make_known", now)
			w.tick(steps.ConnectRecipients, "set_check", now)
		}, false, "after step 4 · 1 task", time.Time{}},
		{"a disproof outweighs a tick", onPremBoth, "connect.outbound.firewall", func(w *world) {
			w.tick(steps.ConnectAccount, steps.TaskOpenRanges, now)
			w.run(steps.ConnectAccount, "FW-OPEN", now, check.Result{Outcome: check.Fail})
		}, false, "found something shut", time.Time{}},
		{"a newer proof outweighs a disproof", onPremBoth, "connect.inbound.firewall", func(w *world) {
			w.run(steps.ConnectAccount, "FW-OPEN", now, check.Result{Outcome: check.Fail})
			w.run(steps.ConnectInbound, "FW-OPEN", now.Add(hour), check.Result{Outcome: check.Warn})
		}, true, "", time.Time{}},
		{"what the rules do not decide, the tick decides", onPremBoth, "connect.outbound.firewall", func(w *world) {
			w.run(steps.ConnectAccount, "FW-OPEN", now, check.Result{Outcome: check.Unknown})
			w.tick(steps.ConnectAccount, steps.TaskOpenRanges, now)
		}, true, "", time.Time{}},
		{"undecided and not ticked", onPremBoth, "connect.outbound.firewall", func(w *world) {
			w.run(steps.ConnectAccount, "FW-OPEN", now, check.Result{Outcome: check.Unknown})
		}, false, "step 2", time.Time{}},
		{"MX checks from before the change prove nothing", onPremBoth, "connect.lockdown.mx", func(w *world) {
			w.run(steps.ConnectInbound, "MX-AUTH", now, before)
			w.run(steps.ConnectInbound, "MX-LEFT", now, before)
		}, false, "before the MX change", time.Time{}},
		{"one of the two MX checks is not enough", onPremBoth, "connect.lockdown.mx", func(w *world) {
			w.run(steps.ConnectInbound, "MX-AUTH", now, pass)
		}, false, "MX-LEFT has no fresh result", time.Time{}},
		{"an MX check that could not tell", onPremBoth, "connect.lockdown.mx", func(w *world) {
			w.run(steps.ConnectInbound, "MX-AUTH", now, pass)
			w.run(steps.ConnectInbound, "MX-LEFT", now, check.Result{Outcome: check.Unknown, Phase: check.After})
		}, false, "MX-LEFT has not passed", time.Time{}},
		{"old TTL still running", cloudBoth, "connect.lockdown.ttl", func(w *world) {
			w.record(steps.ConnectRFI, now.Add(-30*hour), 7200, "acme.com", "acme.net")
			w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(-hour))
		}, false, "cached", now.Add(hour)},
		{"a domain without a recorded TTL", cloudBoth, "connect.lockdown.ttl", func(w *world) {
			w.record(steps.ConnectRFI, now.Add(-50*hour), 300, "acme.com")
			w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(-40*hour))
		}, false, "no TTL was recorded before the change for acme.net", time.Time{}},
		{"a domain that only sends has no MX to wait for", cloudBoth, "connect.lockdown.ttl", func(w *world) {
			w.record(steps.ConnectRFI, now.Add(-50*hour), 300, "acme.com")
			w.answer("domains.direction", "acme.net send_only")
			w.tick(steps.ConnectInbound, steps.TaskChangeMX, now.Add(-40*hour))
		}, true, "", time.Time{}},
		{"change not ticked", cloudBoth, "connect.lockdown.ttl", func(w *world) {
			w.record(steps.ConnectRFI, now.Add(-50*hour), 300, "acme.com", "acme.net")
		}, false, "not ticked", time.Time{}},
		{"agreed for later", onPremMove, "migrate.outbound.window", func(w *world) {
			w.answer(steps.QOutboundDate, "2026-12-01T20:00:00+11:00")
		}, false, "agreed for 1 Dec 2026 20:00 +11:00", time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)},
		{"review names what is open", onPremMove, "migrate.review.after_setup", func(w *world) {
			w.close(now, steps.MigrateRecipients)
		}, false, "after steps 3, 5", time.Time{}},
		{"archive needs no outbound before sign-off", archiveMove, "migrate.signoff.after_all", func(w *world) {
			w.close(now, steps.MigrateAuthorization, steps.MigrateAccount, steps.MigrateFirewall,
				steps.MigrateRecipients, steps.MigratePolicies, steps.MigrateReview, steps.MigrateDates)
		}, true, "", time.Time{}},
	}
	for _, c := range cases {
		w := newWorld(c.p)
		c.set(w)
		got := gate(t, w, c.gate)
		if got.Open != c.open || !strings.Contains(got.Unmet, c.unmet) || !got.Until.Equal(c.until) {
			t.Errorf("%s: %+v, want open %v, %q, until %s", c.what, got, c.open, c.unmet, c.until)
		}
	}
}

func TestHostedHasNoFirewallGate(t *testing.T) {
	for _, s := range build(t, cloudBoth).Steps {
		for _, g := range s.Gates {
			if strings.HasSuffix(g.ID, ".firewall") {
				t.Errorf("%s on a hosted platform", g.ID)
			}
		}
	}
}

func TestSignOffOnlyWhenClean(t *testing.T) {
	const id = "migrate.signoff.clean"
	w := newWorld(onPremMove)
	expect := func(what string, open bool, unmet string) {
		t.Helper()
		if got := gate(t, w, id); got.Open != open || !strings.Contains(got.Unmet, unmet) {
			t.Errorf("%s: %+v, want open %v with %q", what, got, open, unmet)
		}
	}
	expect("nothing run", true, "")
	w.run(steps.MigrateMX, "MX-LEFT", now, blocked("MX-LEFT.old"))
	expect("a blocker in another step", false, "MX-LEFT.old in step 9")
	w.run(steps.MigrateSignOff, "MX-LEFT", now.Add(-hour), pass)
	expect("an older pass elsewhere", false, "MX-LEFT.old")
	w.run(steps.MigrateSignOff, "MX-LEFT", now.Add(hour), pass)
	expect("run again since", true, "")
	w.run(steps.MigrateReview, "GW-SMTP", now, check.Result{Outcome: check.Unknown})
	w.run(steps.MigrateFirewall, "FW-OPEN", now, blocked("FW-OPEN.shut"))
	expect("two things, the blocker first", false, "FW-OPEN.shut in step 3 and 1 more")
	w.setAside(steps.MigrateFirewall, "FW-OPEN.shut")
	expect("an unknown alone", false, "GW-SMTP.unknown in step 6")
	w.setAside(steps.MigrateReview, "GW-SMTP.unknown")
	expect("all explained", true, "")
	w.snap.Overrides = nil
	w.run(steps.MigrateSignOff, "FW-OPEN", now.Add(hour), pass)
	expect("the firewall proven again for all ports", false, "GW-SMTP.unknown")
}

// TestDatesOutOfOrderHoldTheDates tries the agreed dates in several orders.
func TestDatesOutOfOrderHoldTheDates(t *testing.T) {
	const id = "migrate.dates.in_order"
	for _, c := range []struct {
		freeze, outbound, inbound string
		unmet                     string
	}{
		{"2026-12-01T09:00:00Z", "2026-12-02T20:00:00Z", "2026-12-05T20:00:00Z", ""},
		{"", "2026-12-02T20:00:00Z", "2026-12-02T20:00:00Z", ""},
		{"", "", "2026-12-02T20:00:00Z", ""},
		{"", "2026-12-05T20:00:00+11:00", "2026-12-02T20:00:00+11:00", "MX records (2 Dec 2026 20:00) comes before the change of outgoing mail (5 Dec 2026 20:00)"},
		{"2026-12-04T09:00:00Z", "2026-12-02T20:00:00Z", "2026-12-05T20:00:00Z", "outgoing mail"},
	} {
		w := newWorld(onPremMove)
		for q, v := range map[string]string{"dates.freeze": c.freeze, steps.QOutboundDate: c.outbound, steps.QInboundDate: c.inbound} {
			if v != "" {
				w.answer(q, v)
			}
		}
		g := gate(t, w, id)
		if g.Open != (c.unmet == "") || !strings.Contains(g.Unmet, c.unmet) {
			t.Errorf("%+v: %+v", c, g)
		}
		if o := find(Obstacles(w.view(), steps.MigrateDates, nil), id); (o == nil) != g.Open {
			t.Errorf("%+v: obstacle %+v", c, o)
		}
	}
}

// TestAChangeThatWasMadeCountsBeforeItsPlan in the order of dates.
func TestAChangeThatWasMadeCountsBeforeItsPlan(t *testing.T) {
	const id = "migrate.dates.in_order"
	w := newWorld(onPremMove)
	w.answer(steps.QOutboundDate, "2026-12-05T20:00:00Z")
	w.answer(steps.QInboundDate, "2026-12-02T20:00:00Z")
	if gate(t, w, id).Open {
		t.Fatal("outgoing mail planned after the MX, and nothing is said")
	}
	w.tick(steps.MigrateOutbound, steps.TaskSwitchConnector, now.Add(-hour))
	if g := gate(t, w, id); !g.Open {
		t.Errorf("switched an hour ago: %s", g.Unmet)
	}
	w.tick(steps.MigrateOutbound, steps.TaskSwitchConnector, now.AddDate(0, 1, 0))
	if g := gate(t, w, id); g.Open {
		t.Error("switched after the day of the MX, and nothing is said")
	}
}

// TestALowTTLIsNotToBeLowered: neither a task that must be done nor a date.
func TestALowTTLIsNotToBeLowered(t *testing.T) {
	for _, c := range []struct {
		ttl      uint32
		optional bool
	}{{3600, false}, {300, true}, {60, true}} {
		w := newWorld(onPremMove)
		w.answer(steps.QInboundDate, "2026-12-05T20:00:00Z")
		w.record(steps.MigrateDates, now.Add(-hour), c.ttl, "acme.com", "acme.net")
		st, _ := w.plan.Step(steps.MigrateMX)
		for _, task := range st.Tasks(w.view().Facts) {
			if task.ID == steps.TaskLowerTTL && (task.Optional != c.optional || strings.Contains(task.Title, "low enough") != c.optional) {
				t.Errorf("TTL %d: %q, optional %v", c.ttl, task.Title, task.Optional)
			}
		}
		due := false
		for _, m := range Milestones(w.view()) {
			due = due || m.Kind == MilestoneTTL
		}
		if due == c.optional {
			t.Errorf("TTL %d: a date for lowering it: %v", c.ttl, due)
		}
		w.tick(steps.MigrateMX, steps.TaskLowerTTL, now)
		lowered := false
		for _, m := range Milestones(w.view()) {
			lowered = lowered || m.Kind == MilestoneTTL && m.Done
		}
		if lowered == c.optional {
			t.Errorf("TTL %d, ticked: it is said to have been lowered: %v", c.ttl, lowered)
		}
		w.record(steps.MigrateDates, now.Add(-hour), 60, "acme.com") // nothing is known of acme.net
		for _, task := range st.Tasks(w.view().Facts) {
			if task.ID == steps.TaskLowerTTL && task.Optional {
				t.Error("a domain that was not recorded passes for low")
			}
		}
	}
}
