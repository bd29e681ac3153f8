package wizard

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/resolve"
	"mxodus/steps/plan"
	"mxodus/steps/recipe"
)

// Input gathers what the checks of a step are asked about.
func (s *Session) Input(step string) (check.Input, error) {
	s.mu.RLock()
	snap, p, rulesets := s.snap, s.plan, s.rulesets
	s.mu.RUnlock()
	if _, ok := p.Step(step); !ok {
		return check.Input{}, fmt.Errorf("no step %q in this plan: %w", step, steps.ErrNotFound)
	}
	now := s.w.Clock() // in the zone in which all times are shown
	now = now.In(snap.Answers.Zone(now.Location()))
	f := snap.Facts(now)
	in := check.Input{
		Now: now, Domains: f.Domains, SendOnly: f.SendOnly(), Target: f.Target, Source: f.Source,
		Platform: string(p.Profile.Platform), Journey: string(p.Profile.Journey),
		MailServers: f.Answers.List(steps.QInbound),
		Ports:       f.PortNeeds(step), Rulesets: rulesets,
		MXBefore: f.MXBefore, ChangedAt: plan.MXChangedAt(snap),
		ExtraRanges:  prefixes(f.Answers.List("ranges.consented_add")),
		IgnoreRanges: prefixes(f.Answers.List("ranges.consented_drop")),
		Exceptions:   prefixes(f.Answers.List("lockdown.exceptions")),
		Outside:      f.Answers.Value("firewall.outside_interface"),
		Firewall:     f.Answers.Value(steps.QFirewall),
	}
	if v := f.Answers.Value("dir.host"); v != "" {
		in.Directory = []string{v}
	}
	if v := f.Answers.Value("firewall.mail_server_internal"); v != "" {
		in.MailServers = append(slices.Clone(in.MailServers), v)
	}
	in.Resolvers = resolversOf(f.Answers)
	for _, a := range recipe.Senders(f) {
		if addr, err := netip.ParseAddr(a); err == nil {
			in.Outbound = append(in.Outbound, addr)
		}
	}
	if !in.ChangedAt.IsZero() {
		in.CachesClear = snap.CachesAfter(in.ChangedAt, f.Receiving()).Clear
	}
	if at, done := (steps.View{Snap: snap}).TaskDone(step, steps.TaskOldRanges); done {
		in.RulesChanged = at
	}
	in.Began = snap.Move.Created
	if step == steps.FirewallStep(p.Profile.Journey) {
		in.Opened, _ = (steps.View{Snap: snap}).TaskDone(step, steps.TaskOpenRanges)
	}
	in.Phase = plan.PhaseOf(steps.View{Plan: p, Snap: snap, Facts: f, Now: now}, step)
	return in, nil
}

// resolversOf are the resolvers that the move names to be asked in the place of
// the usual ones; none where it names none.
func resolversOf(a steps.Answers) []check.Resolver {
	var out []check.Resolver
	for _, text := range a.List(steps.QResolvers) {
		if r, err := resolve.ParseResolver(text); err == nil {
			out = append(out, r)
		}
	}
	return out
}

func prefixes(items []string) []netip.Prefix {
	var out []netip.Prefix
	for _, i := range items {
		if p, err := netip.ParsePrefix(i); err == nil {
			out = append(out, p.Masked())
		} else if a, err := netip.ParseAddr(i); err == nil {
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
		}
	}
	return out
}

// Check runs checks of a step (all of the step's when ids is empty), stores
// the results and returns them. A cancelled run stores nothing for checks that
// did not finish.
func (s *Session) Check(ctx context.Context, step string, ids []string, report func(check.Event)) ([]check.Result, error) {
	def, ok := s.Plan().Step(step)
	if !ok {
		return nil, fmt.Errorf("no step %q in this plan: %w", step, steps.ErrNotFound)
	}
	if len(ids) == 0 {
		ids = def.Checks
	}
	var checks []check.Check
	for _, id := range ids {
		c, ok := s.w.findCheck(id)
		if !ok {
			return nil, fmt.Errorf("no check %q: %w", id, steps.ErrNotFound)
		}
		checks = append(checks, c)
	}
	in, err := s.Input(step)
	if err != nil {
		return nil, err
	}
	results := check.Runner{Now: s.w.Now}.Run(ctx, checks, in, report)
	var runs []steps.Run
	for _, r := range results {
		if r.Stopped || s.recorded(step, r) {
			continue
		}
		runs = append(runs, steps.Run{Step: step, Result: r, By: s.w.Who})
	}
	if len(runs) == 0 {
		return results, ctx.Err()
	}
	// what was found is kept even when the run was cancelled meanwhile
	keep := context.WithoutCancel(ctx)
	if err := s.w.Repo.AppendRuns(keep, s.id, runs, s.w.Who); err != nil {
		return results, fmt.Errorf("save the results: %w", err)
	}
	s.change(func(n *steps.Snapshot) {
		for _, r := range runs {
			n.Latest[steps.RunKey(step, r.Result.Check)] = r
		}
	})
	s.refreshRecordings(keep, runs)
	return results, nil
}

// ToCheck lists the steps that are meant when the checks of all are run: every
// one with checks that was begun, done ones among them, as what was right on
// Tuesday may be wrong today. Of a step not begun nothing is looked at: most of
// it is not there yet.
func (s *Session) ToCheck() []steps.Step {
	state := s.Snapshot().Steps
	var out []steps.Step
	for _, st := range s.Plan().Steps {
		if is := state[st.ID].Status; len(st.Checks) > 0 && is != "" && is != steps.NotStarted {
			out = append(out, st)
		}
	}
	return out
}

// recorded reports a run that says only that the MX cannot be recorded any more:
// it does not take the place of the record from before the change.
func (s *Session) recorded(step string, r check.Result) bool {
	was := s.Snapshot().Latest[steps.RunKey(step, steps.CheckMXPlan)].Result
	return r.Check == steps.CheckMXPlan && r.Outcome == check.Skipped && was.Phase == check.Before && was.Outcome != check.Skipped
}

func (s *Session) refreshRecordings(ctx context.Context, runs []steps.Run) {
	has := func(id string) bool {
		return slices.ContainsFunc(runs, func(r steps.Run) bool { return r.Result.Check == id })
	}
	if has(steps.CheckMXPlan) {
		if recordings, err := s.readRecordings(ctx, s.Snapshot()); err == nil {
			s.change(func(n *steps.Snapshot) { n.Recordings = recordings })
		}
	}
	if has(steps.CheckMXAuth) {
		if at, err := s.readOldSeen(ctx, s.Snapshot()); err == nil {
			s.change(func(n *steps.Snapshot) { n.OldSeen = at })
		}
	}
}

func (w *Wizard) findCheck(id string) (check.Check, bool) {
	for _, c := range w.Checks {
		if c.ID() == id {
			return c, true
		}
	}
	return nil, false
}
