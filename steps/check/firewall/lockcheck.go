package firewall

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/clean"
)

type lockCheck struct{}

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
		Region: in.Target.ID, Ranges: ranges(in), Servers: addrs, Inside: inside, Lockdown: true,
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
	return res
}

// conclude weighs what was found by the phase.
func (l lockCheck) conclude(res *check.Result, in check.Input, reports []Report) {
	answer, shut := Proven, 0
	for _, r := range reports {
		if len(r.SelfCheck.Disagreements) > 0 {
			res.Findings = append(res.Findings, internalError(l.ID(), r))
		}
		if r.Lockdown.Verdict != Proven || !strings.Contains(r.Lockdown.Summary, "not about") {
			answer = worse(answer, r.Lockdown.Verdict)
		}
		for _, leak := range r.Leaks {
			res.Findings = append(res.Findings, leakFinding(r, in, leak))
		}
		for _, f := range openFindings(r, in) {
			f.Code = "FW-LOCK" + strings.TrimPrefix(f.Code, "FW-OPEN")
			res.Findings = append(res.Findings, f.Finding)
			if f.Severity == check.Blocker {
				shut++
			}
		}
	}
	res.Tables = append(res.Tables, leakTable(reports))
	has := func(end string) bool {
		return slices.ContainsFunc(res.Findings, func(f check.Finding) bool { return strings.HasSuffix(f.Code, end) })
	}
	switch {
	case has(".internal"):
		res.Outcome, res.Summary = check.Unknown, "Internal error, do not rely on this: the rules could not be judged"
	case len(reports) == 0:
		res.Outcome, res.Summary = check.Unknown, "No ruleset could be read"
	case shut > 0:
		res.Outcome, res.Summary = check.Fail, "Mimecast itself cannot reach your mail server on port 25 from all of its ranges"
	case in.Phase == check.Before && answer == Disproven:
		res.Summary = "Port 25 is still open to everyone, as it must be until your MX records have moved"
	case in.Phase == check.Before && answer == Proven:
		res.Outcome, res.Summary = check.Warn, "Only Mimecast can reach port 25 already; until your MX records have moved, other mail is shut out"
		res.Findings = append(res.Findings, early(res.Summary))
	case answer == Disproven && in.Phase == check.After:
		res.Outcome, res.Summary = check.Fail, "Others than Mimecast can still reach your mail server on port 25"
	case answer == Disproven:
		res.Outcome, res.Summary = check.Warn, "Others than Mimecast can reach your mail server on port 25"
	case answer == CannotTell || has(".unread") || has(".unknown"):
		res.Outcome, res.Summary = check.Unknown, "Who else can reach port 25 cannot be told from these files"
	default:
		res.Summary = clean.Sprintf("Nobody on the internet but Mimecast%s can reach your mail server on port 25", alsoExcepted(in.Exceptions))
		res.Findings = append(res.Findings, check.Finding{Code: l.ID() + ".proven", Severity: check.OK, Title: res.Summary})
	}
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
