package firewall

import (
	"slices"
	"strings"
	"time"

	"mxodus/steps/check"
	"mxodus/steps/check/firewall/source"
	"mxodus/steps/clean"
	"mxodus/steps/pattern"
)

// Headers that say when a file was exported: iptables-save and RouterOS write
// one. Times without a zone are read as UTC. Headers of others (ASA, IOS, Junos)
// say when the configuration was last changed, which may be long before.
var (
	savedOn   = pattern.New(`^# (?:Generated|Completed)\b.* on (\w{3} +\w{3} +\d+ \d\d:\d\d:\d\d \d{4})\s*$`)
	routerISO = pattern.New(`^# (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) by RouterOS`)
	routerOld = pattern.New(`^# (\w{3}/\d\d/\d{4} +\d\d:\d\d:\d\d) by RouterOS`)
)

// dateLines is how far from the top the header is looked for.
const dateLines = 40

// exportedAt is when a file was exported: as its own header says, else when it
// was last written; zero when neither is known.
func exportedAt(f check.File) time.Time {
	at, _ := exportDate(f)
	return at
}

// exportDate is exportedAt, and whether the file itself says so: the day on which
// it was last written is also that of a copy, or of a download.
func exportDate(f check.File) (at time.Time, said bool) {
	text, _, err := source.Text(f.Bytes[:min(len(f.Bytes), 8<<10)])
	if err != nil {
		return f.Written, false
	}
	for i, l := range strings.Split(text, "\n") {
		if i == dateLines {
			break
		}
		l = strings.TrimRight(l, "\r")
		for _, h := range []struct {
			*pattern.Pattern
			layout string
		}{{savedOn, "Mon Jan _2 15:04:05 2006"}, {routerISO, "2006-01-02 15:04:05"}, {routerOld, "Jan/02/2006 15:04:05"}} {
			if m := h.FindStringSubmatch(l); m != nil {
				if at, err := time.Parse(h.layout, titled(strings.Join(strings.Fields(m[1]), " "), h.layout)); err == nil {
					return at, true
				}
			}
		}
	}
	return f.Written, false
}

// titled writes the month as Go reads it: RouterOS has it in small letters.
func titled(s, layout string) string {
	if strings.HasPrefix(layout, "Jan/") && s != "" {
		return strings.ToUpper(s[:1]) + s[1:]
	}
	return s
}

// exportDay is the day of an export for people, "" when it is not known.
func exportDay(f check.File, now time.Time) string {
	at := exportedAt(f)
	if at.IsZero() {
		return ""
	}
	return at.In(now.Location()).Format("2 Jan 2006")
}

// exportedWords says when a file was exported, or that only the day on which the
// file was last written is known; "" when neither is.
func exportedWords(f check.File, now time.Time) string {
	day := exportDay(f, now)
	if day == "" {
		return ""
	}
	if _, said := exportDate(f); said {
		return ", exported " + day
	}
	return ", file last written " + day
}

// outdated says of an export that it shows the rules as they were before the
// move began, or before the day on which the step's change was ticked; "" where
// nothing says so. A day is the finest that clocks of two machines are held to.
func outdated(f check.File, in check.Input) string {
	at := exportedAt(f)
	before := func(t time.Time) bool {
		y, m, d := t.In(in.Now.Location()).Date()
		return !t.IsZero() && at.Before(time.Date(y, m, d, 0, 0, 0, 0, in.Now.Location()))
	}
	switch {
	case at.IsZero():
		return ""
	case before(in.Began):
		return "before this move began"
	case before(in.Opened):
		return "before the change of this step was ticked"
	case before(in.RulesChanged):
		return "before the rules were changed"
	}
	return ""
}

// agedOut adds a finding for every export that is older than what it is to
// prove: what would be a pass is then no answer, until it is exported anew or
// set aside with a reason.
func agedOut(code string, res *check.Result, in check.Input, files []file) {
	for _, f := range files {
		why := outdated(f.File, in)
		if why == "" || f.set == nil {
			continue
		}
		title := clean.Sprintf("This export is from %s, %s: %s", exportDay(f.File, in.Now), why, f.Name)
		res.Findings = append(res.Findings, check.Finding{
			Code: code + ".old_export", Severity: check.Risk, Subject: clean.Line(f.Name), Title: title,
			Saw:    clean.Sprintf("%s was exported or last written on %s.", f.Name, exportDay(f.File, in.Now)),
			Should: "The rules as the firewall has them now, exported after the change",
			IfLeft: "The answer is about rules as they were then; what was changed since is not in it.",
			Do:     clean.Shown("Export the rules anew and load the new file. " + exportSteps(in)), Who: check.WhoTPOC,
		})
		if res.Outcome == check.Pass || res.Outcome == check.Warn {
			res.Outcome, res.Summary = check.Unknown, clean.Sprintf("The export is from %s, %s: export the rules anew", exportDay(f.File, in.Now), why)
			res.Findings = slices.DeleteFunc(res.Findings, func(f check.Finding) bool { return f.Code == code+".proven" })
		}
	}
}
