package firewall

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/clean"
	"mxodus/steps/region"
)

type lockCheck struct{}

// OldRegionCode is the code of the finding that lists the rules which still let
// in the region that a migration has left; its Copy deletes them.
const OldRegionCode = "FW-LOCK.old_region"

// LockCheck asks who but the provider reaches the mail server on port 25. That
// weighs only once mail runs through the gateway; before, the port must still
// be open to everyone.
func LockCheck() check.Check { return lockCheck{} }

func (lockCheck) ID() string    { return "FW-LOCK" }
func (lockCheck) Title() string { return "Only Mimecast reaches your mail server on port 25" }

func (l lockCheck) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	if hosted(in) {
		return skipHosted(in, "who may deliver to you directly")
	}
	if res, missing := unready(l.ID(), in); missing {
		return res
	}
	addrs, inside := addresses(in)
	opt := CheckOptions{
		Region: in.Target.ID, Ranges: mayReach(in), Servers: addrs, Inside: inside, Lockdown: true,
		Exceptions: in.Exceptions,
		Needs:      []check.PortNeed{{ID: "smtp-in", Label: "mail in 25", In: true, Proto: "tcp", Port: smtp}},
	}
	files := load(ctx, in, progress)
	outside, res, bad := outsideOf(l.ID(), in, files)
	if bad {
		return res
	}
	res.Outcome = check.Pass
	of := serversOf(files, opt)
	var reports []Report
	for _, f := range files {
		if ctx.Err() != nil {
			return stoppedResult
		}
		res.Evidence = append(res.Evidence, evidenceOf(f, in))
		r, err := Report{}, f.err
		if err == nil {
			res.Findings = append(res.Findings, problems(l.ID(), f)...)
			mine := of(f)
			mine.Interface = outside(f)
			r, err = reportOn(f, watched(ctx, f, mine, progress))
		}
		if ctx.Err() != nil {
			return stoppedResult
		}
		if err != nil {
			f.err = err
			res.Findings = append(res.Findings, unread(l.ID(), f, in))
			continue
		}
		if !f.decides(ir.V4) {
			r.Requirements = nil // the provider's ranges are IPv4
		}
		reports = append(reports, r)
	}
	l.conclude(&res, in, reports)
	agedOut(l.ID(), &res, in, files)
	return res
}

// leftBehind reports a migration that is over: the region that it left delivers
// nothing any more, and its ranges are nobody's that may reach the server.
func leftBehind(in check.Input) bool {
	return in.Journey == "migrate" && in.Phase == check.After && in.Source.ID != ""
}

// mayReach are the ranges that may reach port 25: of both regions while a
// migration lasts, afterwards of the new one alone. A range that both regions
// have stays.
func mayReach(in check.Input) []Range {
	if leftBehind(in) {
		in.Source = region.Region{}
	}
	return ranges(in)
}

// ofOldRegion reports a leak that lets in nothing but ranges of the region that
// was left.
func ofOldRegion(in check.Input, l Leak) bool {
	if !leftBehind(in) || l.Category != "internet" || l.More > 0 {
		return false
	}
	return !slices.ContainsFunc(l.CIDRs, func(cidr string) bool {
		p, err := netip.ParsePrefix(cidr)
		return err != nil || !slices.ContainsFunc(in.Source.Ranges, func(r region.Range) bool {
			return r.CIDR.Bits() <= p.Bits() && r.CIDR.Contains(p.Addr())
		})
	})
}

// lockAnswer is what the reports of all files come to.
type lockAnswer struct {
	answer Answer
	shut   int     // findings that keep Mimecast itself out
	beyond int     // leaks to others than the region that was left
	share  float64 // of the internet that gets in everywhere
}

// gather makes findings of the reports and sums them up.
func (l lockCheck) gather(res *check.Result, in check.Input, reports []Report) lockAnswer {
	a := lockAnswer{answer: Proven, share: 1}
	for _, r := range reports {
		if len(r.Requirements) > 0 { // it has IPv4 rules, which mail must pass
			a.share = min(a.share, r.Lockdown.Share)
		}
		if len(r.SelfCheck.Disagreements) > 0 {
			res.Findings = append(res.Findings, internalError(l.ID(), r))
		}
		if r.Lockdown.Verdict != Proven || !strings.Contains(r.Lockdown.Summary, "not about") {
			a.answer = worse(a.answer, r.Lockdown.Verdict)
		}
		var old []Leak
		for _, leak := range r.Leaks {
			if leak.Verdict == Disproven && ofOldRegion(in, leak) {
				old = append(old, leak)
				continue
			}
			if leak.Verdict == Disproven && leak.Category == "internet" {
				a.beyond++
			}
			res.Findings = append(res.Findings, leakFinding(r, in, leak))
		}
		if len(old) > 0 {
			res.Findings = append(res.Findings, oldRegionFinding(r, in, old))
		}
		for _, f := range openFindings(r, in) {
			f.Code = "FW-LOCK" + strings.TrimPrefix(f.Code, "FW-OPEN")
			res.Findings = append(res.Findings, f.Finding)
			if f.Severity == check.Blocker {
				a.shut++
			}
		}
	}
	return a
}

// conclude weighs what was found by the phase.
func (l lockCheck) conclude(res *check.Result, in check.Input, reports []Report) {
	a := l.gather(res, in, reports)
	answer := a.answer
	res.Tables = append(res.Tables, leakTable(reports))
	has := func(end string) bool {
		return slices.ContainsFunc(res.Findings, func(f check.Finding) bool { return strings.HasSuffix(f.Code, end) })
	}
	switch {
	case has(".internal"):
		res.Outcome, res.Summary = check.Unknown, "Internal error, do not rely on this: the rules could not be judged"
	case len(reports) == 0:
		res.Outcome, res.Summary = check.Unknown, "No ruleset could be read"
	case a.shut > 0:
		res.Outcome, res.Summary = check.Fail, "Mimecast itself cannot reach your mail server on port 25 from all of its ranges"
	case in.Phase == check.Before && answer == Disproven && a.share < shareMost:
		res.Outcome, res.Summary = check.Warn, "Not everyone can reach port 25; until your MX records have moved, other mail is shut out"
		res.Findings = append(res.Findings, early(clean.Line(partly(a.share))))
	case in.Phase == check.Before && answer == Disproven:
		res.Summary = "Port 25 is still open to everyone, as it must be until your MX records have moved"
	case in.Phase == check.Before && answer == Proven:
		res.Outcome, res.Summary = check.Warn, "Only Mimecast can reach port 25 already; until your MX records have moved, other mail is shut out"
		res.Findings = append(res.Findings, early(res.Summary))
	case answer == Disproven && in.Phase == check.After && a.beyond == 0:
		res.Outcome, res.Summary = check.Fail, clean.Sprintf("The old region (%s) is still let in on port 25", in.Source.ID)
	case answer == Disproven && in.Phase == check.After:
		res.Outcome, res.Summary = check.Fail, "Others than Mimecast can still reach your mail server on port 25"
	case answer == Disproven:
		res.Outcome, res.Summary = check.Warn, "Others than Mimecast can reach your mail server on port 25"
	case answer == CannotTell || has(".unread") || has(".unknown") || has(".untranslated"):
		res.Outcome, res.Summary = check.Unknown, "Who else can reach port 25 cannot be told from these files"
	default:
		res.Summary = clean.Sprintf("Nobody on the internet but Mimecast%s can reach your mail server on port 25", alsoExcepted(in.Exceptions))
		res.Findings = append(res.Findings, check.Finding{Code: l.ID() + ".proven", Severity: check.OK, Title: res.Summary})
	}
}

// partly says how much of the internet reaches the port where not all does.
func partly(share float64) string {
	if share == 0 {
		return "Less than half of the internet can reach your mail server on port 25"
	}
	return fmt.Sprintf("About %.0f %% of the internet can reach your mail server on port 25", min(99, share*100))
}

// early is the finding when the port is shut before it may be.
func early(summary clean.Shown) check.Finding {
	return check.Finding{
		Code: "FW-LOCK.early", Severity: check.Risk, Title: "Port 25 is locked down before the MX records have moved",
		Saw: summary, Should: "Open to everyone until every MX record points to Mimecast and the old ones have run out of caches",
		IfLeft: "Mail that still comes by the old MX records is refused and may be lost.",
		Do:     "If your MX records have not moved yet, let everyone in on port 25 again until they have.", Who: check.WhoNetwork,
	}
}

// leakFinding words who gets in, weighed by the phase.
func leakFinding(r Report, in check.Input, l Leak) check.Finding {
	f := check.Finding{
		Code: "FW-LOCK.leak", Severity: check.Blocker, Subject: clean.Line(at(r.File, l.By.Line)),
		Title:  clean.Line(capital(l.Sources) + " can reach your mail server on port 25"),
		Saw:    sawLeak(r, l),
		Should: "Only Mimecast's ranges and the exceptions that you declared can reach port 25",
		IfLeft: "Senders go around Mimecast: spam and forged mail arrive unchecked.",
		Do:     clean.Line(l.Fix.Text), Copy: clean.Text(l.Fix.Copy), Confirm: clean.Line(l.Confirm), Who: check.WhoNetwork,
		Rule: "Connect Process: Locking Down Your Firewall (DOC-1607)",
	}
	switch {
	case l.Category == "internal":
		f.Code, f.Severity = "FW-LOCK.internal_sources", check.OK
		f.Title = "Addresses inside your own network can also reach port 25, which is no leak to the internet"
		f.IfLeft, f.Do, f.Copy, f.Confirm = "", "", "", ""
	case l.Category == "retired":
		f.Code, f.Severity = "FW-LOCK.retired", check.Advice
		f.Title = clean.Line(capital(l.Sources) + ": let in, though Mimecast no longer publishes it")
		f.IfLeft, f.Do, f.Copy = "Nothing, until Mimecast tells you to remove it.", "Leave it until Mimecast says that it may be removed.", ""
	case l.Verdict == CannotTell:
		f.Code, f.Severity = "FW-LOCK.unknown", check.Advice
		f.Title = clean.Sprintf("Whether %s can reach your mail server cannot be told", l.Sources)
		if strings.Contains(l.By.Why, outsideUnknown) {
			f.Do, f.Copy = askOutside, ""
		}
	case in.Phase == check.Before:
		f.Code, f.Severity = "FW-LOCK.still_open", check.OK
		f.IfLeft, f.Do, f.Copy = "", "Nothing yet. Lock down after the MX records have moved and the old ones have run out.", ""
	case in.Phase == check.During:
		f.Severity = check.Risk
	}
	if l.Hint != "" {
		f.Saw = clean.Sprintf("%s\n%s", f.Saw, l.Hint)
	}
	return f
}

// takeAway ends the text of a fix that deletes a rule which lets in nobody who
// may.
const takeAway = "delete it."

// oldRegionFinding is the one finding for all rules of a file that let in the
// region that was left, with the lines and what deletes them.
func oldRegionFinding(r Report, in check.Input, leaks []Leak) check.Finding {
	leaks = slices.Clone(leaks)
	slices.SortStableFunc(leaks, func(a, b Leak) int { return a.By.Line - b.By.Line })
	var saw, who, deletable, other []string
	var put []Fix
	for _, l := range leaks {
		saw = append(saw, fmt.Sprintf("%s: %s", at(r.File, l.By.Line), l.By.Text))
		who = append(who, l.CIDRs...)
		if strings.HasSuffix(l.Fix.Text, takeAway) {
			deletable = append(deletable, strconv.Itoa(l.By.Line))
		} else if !slices.Contains(other, l.Fix.Text) {
			other = append(other, l.Fix.Text)
		}
		put = append(put, l.Fix)
	}
	var do []string
	switch len(deletable) {
	case 0:
	case 1:
		do = append(do, fmt.Sprintf("Delete line %s, unless something else needs it.", deletable[0]))
	default:
		do = append(do, fmt.Sprintf("Delete lines %s, unless something else needs them.", series(deletable)))
	}
	do = append(do, other...)
	return check.Finding{
		Code: OldRegionCode, Severity: check.Blocker, Subject: clean.Line(r.File),
		Title:  clean.Sprintf("The old region (%s) is still let in on port 25", in.Source.ID),
		Saw:    clean.Text(fmt.Sprintf("%s let in %s of %s\n%s", plural(len(leaks), "rule"), plural(len(who), "range"), in.Source.ID, strings.Join(saw, "\n"))),
		Should: "After the move only the new region's ranges and the exceptions that you declared can reach port 25",
		IfLeft: "What the old region's addresses carry later passes your firewall, though nothing of yours comes from there any more.",
		Do:     clean.Line(strings.Join(do, " ") + " Then export the rules again and load them."),
		Copy:   clean.Text(Merge(put...)), Confirm: clean.Line(leaks[0].Confirm), Who: check.WhoNetwork,
		Rule: "follows from the move: the old account's 90 days (inferred)",
	}
}

func sawLeak(r Report, l Leak) clean.Shown {
	did := fmt.Sprintf("%s: %s", l.Headline(), some(l.CIDRs, l.More))
	if l.Sources == series(l.CIDRs) || l.Whole {
		did = l.Headline()
	}
	return clean.Text(saw(r.File, l.By, did, "for example "+l.Witness.String(), l.By.Why) + aroundText(l.Around, l.By.Line))
}

// leakTable lists who gets in, one rule a row.
func leakTable(reports []Report) check.Table {
	t := check.Table{Title: "Who besides Mimecast can reach port 25", Header: []clean.Shown{"Who", "Addresses", "Reaches", "Let in by"}}
	for _, r := range reports {
		for _, l := range r.Leaks {
			mark := check.MarkBad
			switch {
			case l.Category != "internet":
				mark = check.MarkNone
			case l.Verdict == CannotTell:
				mark = check.MarkUnknown
			}
			t.Rows = append(t.Rows, []check.Cell{
				{Mark: mark, Text: clean.Line(capital(l.Sources))},
				{Text: clean.Line(strings.TrimSuffix(strings.TrimSuffix(addressCount(l), " addresses"), " address"))},
				{Text: clean.Line(l.To)},
				{Text: clean.Line(at(r.File, l.By.Line))},
			})
		}
	}
	if len(t.Rows) == 0 {
		t.Note = "Nobody."
	}
	return t
}
