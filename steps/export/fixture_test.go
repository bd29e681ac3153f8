package export

import (
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/clean"
)

func at(day, hour, minute int) time.Time {
	return time.Date(2026, 11, day, hour, minute, 0, 0, time.UTC)
}

// fixture is a small migration: one step done, one done with reasons, one with
// every kind of check result, one that waits, one not begun.
func fixture() (steps.Snapshot, steps.Plan, History) {
	tasks := func(list ...steps.Task) func(steps.Facts) []steps.Task {
		return func(steps.Facts) []steps.Task { return list }
	}
	gate := steps.Gate{
		ID: "migrate.outbound.dates", Kind: steps.GateStart, Text: "Dates are agreed", Why: "Mimecast is not ready before",
		Holds: func(steps.View) steps.GateState { return steps.GateState{Unmet: "no date agreed yet"} },
	}
	p := steps.Plan{
		Profile: steps.Profile{Journey: steps.Migrate, Track: steps.Enterprise, Source: "eu", Target: "au", Platform: steps.OnPrem},
		Steps: []steps.Step{
			{ID: steps.MigrateAuthorization, Title: "Authorization to Migrate", Owner: steps.OwnerMimecast},
			{
				ID: steps.MigrateFirewall, Title: "Review and Amend Firewall Rules", Owner: steps.OwnerTPOC,
				Tasks: tasks(
					steps.Task{ID: "save_ruleset", Title: "Save the rules as they are"},
					steps.Task{ID: steps.TaskOpenRanges, Title: "Allow both ranges | in and out"},
					steps.Task{ID: "tell_network", Title: "Tell the network team", Optional: true},
				),
				Checks: []string{"FW-OPEN", "GW-SMTP"},
			},
			{
				ID: steps.MigrateMX, Title: "Update Inbound MX Records", Owner: steps.OwnerTPOC, PhaseTask: steps.TaskChangeMX,
				Tasks: tasks(
					steps.Task{ID: steps.TaskChangeMX, Title: "Replace the MX records"},
					steps.Task{ID: "tell_host", Title: "Have the zone saved", Who: check.WhoDNSHost},
				),
				Checks: []string{"MX-AUTH", "MX-PROP", "MX-LEFT", "MX-FORM", "MX-PLAN"},
			},
			{ID: steps.MigratePolicies, Title: "Migration of Policies", Owner: steps.OwnerMimecast, WaitsFor: "Mimecast moves your policies"},
			{ID: steps.MigrateOutbound, Title: "Update Outbound Send Connectors", Owner: steps.OwnerTPOC, Gates: []steps.Gate{gate}},
		},
		LeftOut: []steps.LeftOut{{ID: "migrate.extra", Title: "An extra step", Why: "this track does not have it"}},
	}
	for i := range p.Steps {
		p.Steps[i].Number = i + 1
	}
	snap := steps.Snapshot{
		Move:    steps.Move{ID: "m-1", Created: at(12, 9, 0), Changed: at(21, 14, 2)},
		Answers: fixtureAnswers(),
		Steps: map[string]steps.StepState{
			steps.MigrateAuthorization: {Status: steps.Done, Started: at(12, 9, 0), Closed: at(12, 10, 0), By: "Ann", Overseen: "Bo"},
			steps.MigrateFirewall:      {Status: steps.Overridden, Started: at(13, 9, 0), Closed: at(16, 10, 0), By: "Ann", Overseen: "Bo", Reason: "port 25 is opened by the provider on Monday"},
			steps.MigrateMX:            {Status: steps.InProgress, Started: at(20, 9, 0), By: "Ann"},
			steps.MigratePolicies:      {Status: steps.Waiting, WaitingOn: "mimecast", Since: at(18, 8, 0), Started: at(18, 8, 0), By: "Ann"},
		},
		Tasks: map[string]steps.TaskState{
			steps.TaskKey(steps.MigrateFirewall, "save_ruleset"):       {Done: true, By: "Ann", At: at(13, 10, 0)},
			steps.TaskKey(steps.MigrateFirewall, steps.TaskOpenRanges): {Done: true, By: "Cy", At: at(14, 10, 0)},
			steps.TaskKey(steps.MigrateMX, steps.TaskChangeMX):         {Done: true, By: "Ann", At: at(20, 14, 20)},
		},
		Overrides: []steps.Override{
			{Step: steps.MigrateFirewall, Gate: "FW-OPEN.part 124.47.150.0/24", Reason: "provider opens it on Monday", By: "Ann", At: at(16, 9, 58)},
			{Step: steps.MigrateFirewall, Gate: "GW-SMTP.unknown", Reason: "port 25 is shut on this host", By: "Ann", At: at(16, 9, 59)},
		},
		Latest: map[string]steps.Run{},
		Notes: []steps.Note{
			{ID: 1, Step: steps.MigrateMX, Text: "called the DNS host\n=HYPERLINK(\"http://x\")", By: "Ann", At: at(20, 14, 0)},
			{ID: 2, Text: "weekly call on Tuesdays", By: "Ann", At: at(13, 8, 0)},
		},
		Attachments: []steps.Attachment{
			{ID: 1, Step: steps.MigrateFirewall, Kind: "ruleset", Name: "edge.rules", Size: 2048, SHA256: "ab12", By: "Ann", At: at(13, 10, 5)},
		},
		JournalHead: "f00d",
	}
	var hist History
	for i, r := range fixtureRuns() {
		r.ID = int64(i + 1)
		hist.Runs = append(hist.Runs, r)
		snap.Latest[steps.RunKey(r.Step, r.Result.Check)] = r
	}
	hist.Journal = []steps.JournalEntry{{Seq: 1, At: at(12, 9, 0)}, {Seq: 2, At: at(21, 14, 2), Hash: "f00d"}}
	hist.Stale = func(r steps.Run) bool { return r.Result.Input == "old" }
	return snap, p, hist
}

func fixtureAnswers() steps.Answers {
	a := steps.Answers{}
	set := func(id, value string) {
		a[id] = steps.Answer{Question: id, Text: value, Value: value, Provenance: steps.Typed, Revision: 1, By: "Ann", At: at(12, 9, 0)}
	}
	set(steps.QJourney, "migrate")
	set(steps.QTrack, "enterprise")
	set(steps.QSource, "eu")
	set(steps.QTarget, "au")
	set(steps.QPlatform, "on_prem")
	set(steps.QOrg, "Acme <Pty> & Co | Ltd")
	set(steps.QPrimaryDomain, "acme.example")
	set(steps.QInboundDate, "2026-12-03T14:20:00+11:00")
	return a
}

func fixtureRuns() []steps.Run {
	result := func(step, id string, o check.Outcome, started time.Time, edit func(*check.Result)) steps.Run {
		r := check.Result{
			Check: id, Title: clean.Shown("Title of " + id), Outcome: o, Phase: check.During,
			Summary: clean.Shown("summary of " + id), Started: started, Input: "now",
		}
		if edit != nil {
			edit(&r)
		}
		return steps.Run{Step: step, Result: r, By: "Ann"}
	}
	return []steps.Run{
		result(steps.MigrateFirewall, "FW-OPEN", check.Unknown, at(13, 11, 0), nil), // superseded
		result(steps.MigrateFirewall, "FW-OPEN", check.Fail, at(15, 11, 0), func(r *check.Result) {
			r.Phase = check.Before
			r.Findings = []check.Finding{{
				Code: "FW-OPEN.part", Severity: check.Blocker, Subject: "124.47.150.0/24", Title: "cannot reach your mail server in full",
				Saw: "line 118   permit tcp 124.47.150.0 255.255.255.128", Should: "all of 124.47.150.0/24", IfLeft: "half of it fails",
				Do: "change the mask on line 118", Who: check.WhoNetwork, Copy: "permit tcp `x`", Confirm: "packet-tracer",
			}}
			r.Tables = []check.Table{{
				Title: "edge.rules", Header: []clean.Shown{"range", "mail in 25"}, Note: "2 ranges",
				Rows: [][]check.Cell{
					{{Text: "103.13.69.0/24"}, {Mark: check.MarkGood, Text: "open"}},
					{{Text: "124.47.150.0/24"}, {Mark: check.MarkPart, Text: "half"}},
				},
			}}
			r.Evidence = []check.Evidence{{Kind: "file", Asked: "edge.rules", At: at(15, 11, 0), Raw: "line 118\n```\n<script>alert(1)</script>", SHA256: "cd34"}}
		}),
		result(steps.MigrateFirewall, "GW-SMTP", check.Unknown, at(15, 11, 1), nil),
		result(steps.MigrateMX, "MX-AUTH", check.Pass, at(20, 14, 30), func(r *check.Result) {
			r.Findings = []check.Finding{{Code: "MX-AUTH.ok", Severity: check.OK, Title: "all servers agree"}}
			r.Evidence = []check.Evidence{{Kind: "dns", Server: "192.0.2.53:53", Asked: "acme.example. MX", At: at(20, 14, 30), Raw: "acme.example. 300 IN MX 10 au-smtp-inbound-1.mimecast.com."}}
		}),
		result(steps.MigrateMX, "MX-PROP", check.Waiting, at(20, 14, 31), func(r *check.Result) { r.Until = at(20, 14, 40) }),
		result(steps.MigrateMX, "MX-LEFT", check.Fail, at(20, 14, 32), func(r *check.Result) {
			r.Findings = []check.Finding{{Code: "MX-LEFT.old", Severity: check.Blocker, Subject: "acme.example", Title: "an old MX is left", Do: "delete it", Who: check.WhoProvider}}
		}),
		result(steps.MigrateMX, "MX-FORM", check.Warn, at(20, 14, 33), func(r *check.Result) {
			r.Input = "old"
		}),
		result(steps.MigrateMX, "MX-PLAN", check.Skipped, at(20, 14, 34), func(r *check.Result) {
			r.Findings = []check.Finding{{Code: "MX-PLAN.x", Severity: check.Risk, Title: "a risk that stays"}}
		}),
	}
}

var fixtureNow = at(21, 14, 2)
