package firewall

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strings"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/clean"
)

type openCheck struct{ w *check.World }

// OpenCheck proves that the customer's firewall lets every range of the region
// through, on every port and in every direction that the move needs, or shows
// the packet and the line by which it does not. The world is asked for the
// address of a directory server that is given by name; nil asks nobody.
func OpenCheck(w *check.World) check.Check { return openCheck{w} }

func (openCheck) ID() string    { return "FW-OPEN" }
func (openCheck) Title() string { return "Firewall lets the region through in full" }

func (o openCheck) Run(ctx context.Context, in check.Input, progress func(check.Progress)) check.Result {
	if hosted(in) {
		return skipHosted(in, "what Mimecast may deliver")
	}
	if len(in.Ports) == 0 {
		return check.Result{Outcome: check.Skipped, Summary: "Nothing of this step passes your firewall"}
	}
	if res, missing := unready(o.ID(), in); missing {
		return res
	}
	addrs, inside := addresses(in)
	opt := CheckOptions{
		Region: in.Target.ID, Ranges: ranges(in), Servers: addrs, Inside: inside, Senders: furtherSenders(in), Needs: in.Ports,
		Elsewhere: elsewhereIDs, KeepOther: in.Journey == "migrate" && in.Phase != check.After,
	}
	var reports []Report
	files := load(ctx, in, progress)
	outside, res, bad := outsideOf(o.ID(), in, files)
	if bad {
		return res
	}
	res.Outcome = check.Pass
	var why string
	opt.Directory, res.Evidence, why = directory(ctx, o.w, in)
	opt.AskDirectory = why + askDirectory
	of := serversOf(files, opt)
	for _, f := range files {
		if ctx.Err() != nil {
			return stoppedResult
		}
		res.Evidence = append(res.Evidence, evidenceOf(f, in))
		if f.err != nil {
			res.Findings = append(res.Findings, unread(o.ID(), f, in))
			continue
		}
		res.Findings = append(res.Findings, problems(o.ID(), f)...)
		if !f.decides(ir.V4) {
			continue // the ranges are IPv4; the lock-down check reads it
		}
		mine := of(f)
		mine.Interface = outside(f)
		r, err := reportOn(f, watched(ctx, f, mine, progress))
		if ctx.Err() != nil {
			return stoppedResult
		}
		if err != nil {
			f.err = err
			res.Findings = append(res.Findings, unread(o.ID(), f, in))
			continue
		}
		reports = append(reports, r)
	}
	o.conclude(&res, in, files, reports)
	agedOut(o.ID(), &res, in, files)
	return res
}

// reportOn is CheckFile for a file that is read already.
func reportOn(f file, opt CheckOptions) (Report, error) {
	c := newChecker(f.set, opt)
	c.report.File, c.report.SHA256 = f.Name, f.SHA256
	r, err := c.run()
	if err != nil {
		return r, err
	}
	c.tryFixes(f.Bytes)
	return c.report, nil
}

// conclude turns reports into findings, table and summary.
func (o openCheck) conclude(res *check.Result, in check.Input, files []file, reports []Report) {
	var blocked, open, old int
	where := map[cellKey]int{}
	for _, r := range reports {
		if len(r.SelfCheck.Disagreements) > 0 {
			res.Findings = append(res.Findings, internalError(o.ID(), r))
			open++
		}
		res.Findings = append(res.Findings, wrongFile(o.ID(), r)...)
		for _, f := range openFindings(r, in) {
			res.Findings = append(res.Findings, f.Finding)
			for _, cidr := range f.ranges {
				if k := (cellKey{r.File, cidr, f.need}); where[k] == 0 {
					where[k] = len(res.Findings)
				}
			}
			switch {
			case f.Severity == check.Blocker:
				blocked++
			case strings.HasSuffix(f.Code, ".old"):
				old++
			case strings.HasSuffix(f.Code, ".unknown"), strings.HasSuffix(f.Code, ".untranslated"):
				open++
			}
		}
		res.Findings = append(res.Findings, deadFinding(o.ID(), r)...)
		res.Findings = append(res.Findings, assumed(o.ID(), r)...)
	}
	res.Tables = append(res.Tables, openTable(in, reports, where))
	unreadable := slices.ContainsFunc(res.Findings, func(f check.Finding) bool { return strings.HasSuffix(f.Code, ".unread") })
	internal := slices.ContainsFunc(res.Findings, func(f check.Finding) bool { return strings.HasSuffix(f.Code, ".internal") })
	switch {
	case internal:
		res.Outcome, res.Summary = check.Unknown, "Internal error, do not rely on this: the rules could not be judged"
	case blocked > 0:
		res.Outcome = check.Fail
		res.Summary = clean.Sprintf("Your firewall does not let the region through in full: %s", plural(blocked, "place"))
	case len(reports) == 0:
		res.Outcome, res.Summary = check.Unknown, "No IPv4 ruleset could be read"
	case open > 0 || unreadable:
		res.Outcome, res.Summary = check.Unknown, "Part of the answer cannot be told from these files"
	case old > 0:
		res.Outcome, res.Summary = check.Warn, "The new region is let through in full; part of the old region is shut"
	default:
		res.Summary = clean.Sprintf("Every range is let through in full on %s", labels(in.Ports))
		res.Findings = append(res.Findings, check.Finding{Code: o.ID() + ".proven", Severity: check.OK, Title: res.Summary, Saw: names4(files, in)})
	}
}

// assumed is one finding for all that the answers of a file rest on.
func assumed(code string, r Report) []check.Finding {
	if len(r.Assumptions) == 0 {
		return nil
	}
	title := clean.Shown("An assumption that this answer rests on")
	if n := len(r.Assumptions); n > 1 {
		title = clean.Sprintf("Assumptions that this answer rests on: %d", n)
	}
	return []check.Finding{{
		Code: code + ".assumed", Severity: check.OK, Subject: clean.Line(r.File), Title: title, Saw: clean.Text(strings.Join(r.Assumptions, "\n")),
	}}
}

func labels(needs []check.PortNeed) string {
	var out []string
	for _, n := range needs {
		out = append(out, n.Label)
	}
	return strings.Join(out, ", ")
}

func names4(files []file, in check.Input) clean.Shown {
	var out []string
	for _, f := range files {
		if f.set != nil {
			of := fmt.Sprintf("%s (%s, %d rules", f.Name, f.set.Label, f.set.Rules)
			out = append(out, of+exportedWords(f.File, in.Now)+")")
		}
	}
	return clean.Line(strings.Join(out, ", "))
}

// openFindings groups the gaps of a report by need and deciding line.
func openFindings(r Report, in check.Input) []cellFinding {
	type key struct {
		need, server, text string
		line               int
		verdict            Answer
		kind               string
	}
	type group struct {
		req    Requirement
		gap    Gap
		ranges []string
		cidrs  []string
		more   int
		do     []string
		put    []Fix
	}
	groups := map[key]*group{}
	var order []key
	for _, q := range r.Requirements {
		if q.Verdict == Proven {
			continue
		}
		gaps, kind := gapsOf(q)
		for _, g := range gaps {
			k := key{q.Need, q.Server, g.By.Text, g.By.Line, g.Verdict, kind}
			if g.Fix.Corrects {
				k.text += q.Range // a range mistyped is a finding of its own
			}
			if groups[k] == nil {
				groups[k] = &group{req: q, gap: g}
				order = append(order, k)
			}
			x := groups[k]
			if !slices.Contains(x.ranges, q.Range) {
				x.ranges = append(x.ranges, q.Range)
			}
			x.cidrs, x.more = append(x.cidrs, g.CIDRs...), x.more+g.More
			if !slices.Contains(x.do, g.Fix.Text) {
				x.do = append(x.do, g.Fix.Text)
			}
			if g.Fix.Copy != "" && !slices.Contains(x.put, g.Fix) {
				x.put = append(x.put, g.Fix)
			}
		}
	}
	var out []cellFinding
	for _, k := range order {
		x := groups[k]
		x.gap.CIDRs, x.gap.More = x.cidrs, x.more
		if x.gap.Fix.Text = x.do[0]; len(x.do) > 1 {
			x.gap.Fix.Text += fmt.Sprintf(" Do the same for the other %s; the lines for all of them are given here.", strings.TrimPrefix(plural(len(x.do)-1, "range"), "1 "))
		}
		out = append(out, cellFinding{openFinding(r, in, x.req, x.gap, x.ranges, x.put), k.need, x.ranges})
	}
	return out
}

// gapsOf are the gaps of a requirement, and the kind of ranges that are told of
// together. Where no rule decides, why stands in the place of a gap.
func gapsOf(q Requirement) ([]Gap, string) {
	open := func(do string) []Gap {
		return []Gap{{Verdict: CannotTell, By: Decision{Why: q.Why}, Fix: Fix{Text: do}}}
	}
	switch {
	case q.Do != "": // what every range lacks alike
		return open(q.Do), ""
	case len(q.Gaps) == 0:
		return open("Add the rules that decide about it to this step, and check again."), kindGroup(q.Kind)
	}
	return q.Gaps, kindGroup(q.Kind)
}

func kindGroup(k Kind) string {
	if k == Other {
		return "old"
	}
	return string(k)
}

// openFinding words one place where ranges do not get through.
func openFinding(r Report, in check.Input, q Requirement, g Gap, ranges []string, put []Fix) check.Finding {
	who := series(ranges)
	if len(ranges) > 3 {
		who = plural(len(ranges), "range")
	}
	f := check.Finding{
		Code: "FW-OPEN.shut", Severity: check.Blocker, Subject: clean.Sprintf("%s, %s", who, q.Label), Who: check.WhoNetwork,
		Should: shouldPass(q, ranges),
		Do:     clean.Line(g.Fix.Text), Copy: clean.Text(Merge(put...)), Confirm: clean.Line(g.Confirm),
		Rule: rangeRule(in, q.Kind, len(ranges)),
	}
	name := "your server"
	if sender := slices.ContainsFunc(furtherSenders(in), func(a netip.Addr) bool { return a.String() == q.Server }); sender ||
		len(in.MailServers)+len(in.Directory) > 1 && q.Server != "" {
		name = q.Server
		f.Subject = clean.Sprintf("%s, %s, %s", who, q.Label, q.Server)
	}
	switch {
	case q.Direction == "in":
		f.Title = clean.Sprintf("%s cannot reach %s in full on port %d", who, name, q.Port)
		f.IfLeft = "Connections from the ranges that are shut fail; what they carry is late or lost."
	default:
		f.Title = clean.Sprintf("%s cannot reach %s in full on port %d", capital(name), who, q.Port)
		f.IfLeft = "Connections to the ranges that are shut fail; mail queues on your side or what needs them stops."
	}
	if slices.ContainsFunc(in.Ports, func(n check.PortNeed) bool {
		return n.ID != q.Need && n.Port == q.Port && n.In == (q.Direction == "in")
	}) {
		f.Title = clean.Sprintf("%s (%s)", f.Title, q.Label) // the same connections for another purpose have a title of their own
	}
	f.Saw = sawGap(r, g)
	switch {
	case q.Do != "":
		untranslated(&f, q)
	case g.Verdict == CannotTell || q.Verdict == CannotTell:
		f.Code, f.Severity = "FW-OPEN.unknown", check.Advice
		f.Title = clean.Sprintf("Whether %s can get through in full (%s) cannot be told from %s", who, q.Label, r.File)
		if q.Why != "" && q.Why != g.By.Why {
			f.Saw = clean.Text(fmt.Sprintf("%s\n%s", f.Saw, sentence(q.Why)))
		}
		f.IfLeft = "You do not know whether these connections work."
		if q.Verdict == CannotTell && g.Verdict == CannotTell && strings.Contains(q.Why, "which way") {
			f.Do, f.Copy = "Give the rules of the one firewall that stands before the mail server.", ""
			if strings.Contains(q.Why, outsideUnknown) {
				f.Do = askOutside
			}
		}
		if strings.HasSuffix(q.Why, askDirectory) {
			f.Saw, f.Do = clean.Line(sentence(strings.TrimSuffix(q.Why, " "+askDirectory))), askDirectory
			f.Title, f.Who = clean.Sprintf("Whether %s can reach the directory on port %d cannot be told", who, q.Port), check.WhoTPOC
		}
	case q.Kind == Other:
		f.Code, f.Severity = "FW-OPEN.old", check.Risk
		f.Title = clean.Sprintf("The old region (%s) does not get through in full on %s", in.Source.ID, q.Label)
		f.IfLeft = "Mail still runs through the old region until the switch; what is shut is late or lost."
	}
	return f
}

// untranslated words that nothing takes mail to the server, or from the address
// that it is asked about.
func untranslated(f *check.Finding, q Requirement) {
	f.Code, f.Severity = "FW-OPEN.untranslated", check.Risk
	f.Title = clean.Sprintf("No translation in force leads to your server (%s)", q.Label)
	f.Should = clean.Sprintf("A translation that takes connections to port %d from a public address to the server", q.Port)
	f.IfLeft = "If no other device translates, nothing arrives, whatever the rules let through."
	if q.Direction == "out" {
		f.Title = clean.Sprintf("Which address your server has behind the firewall is not known (%s)", q.Label)
		f.IfLeft = "You do not know whether these connections work."
	}
}

// shouldPass says what must be let through.
func shouldPass(q Requirement, ranges []string) clean.Shown {
	server := q.Server
	if server == "" {
		server = "the directory server"
	}
	if q.Direction == "in" {
		return clean.Sprintf("All of %s can connect to %s on %s port %d", series(ranges), server, q.Proto, q.Port)
	}
	return clean.Sprintf("%s can connect to all of %s on %s port %d", server, series(ranges), q.Proto, q.Port)
}

func sawGap(r Report, g Gap) clean.Shown {
	if len(g.CIDRs) == 0 {
		return clean.Text(sentence(g.By.Why))
	}
	did := fmt.Sprintf("it keeps out %s, for example %s", some(g.CIDRs, g.More), g.Witness)
	if g.Verdict == CannotTell {
		did = fmt.Sprintf("it is about %s, for example %s", some(g.CIDRs, g.More), g.Witness)
	}
	return clean.Text(saw(r.File, g.By, did, g.By.Why) + aroundText(g.Around, g.By.Line))
}

// rangeRule says where the ranges of a finding come from.
func rangeRule(in check.Input, k Kind, n int) string {
	switch {
	case k == Named:
		return "Simply Migrate: Migrating Between Mimecast Regions, article 34000653867155"
	case k == Extra:
		return "ranges that you agreed to add"
	case in.Journey == "connect":
		return "the region's SPF record"
	case n > 1:
		return "the region's SPF record; the migration article does not name these ranges"
	}
	return "the region's SPF record; the migration article does not name this range"
}
