package guide

import (
	"fmt"
	"strings"
	"time"

	"mxodus/steps"
	"mxodus/steps/clean"
	"mxodus/steps/recipe"
	"mxodus/steps/region"
	"mxodus/steps/rfi"
)

// data is what the templates see: values ready to be shown. Outside text goes
// through md or code.
type data struct{ F steps.Facts }

// md makes a value safe inside running Markdown: nothing in it is markup.
func md(v any) string {
	s := string(clean.Line(fmt.Sprint(v)))
	var b strings.Builder
	for _, r := range s {
		if strings.ContainsRune("\\`*_[]<>#|~", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// code writes a value as code; backticks in it would end the span.
func code(v any) string {
	return "`" + strings.ReplaceAll(string(clean.Line(fmt.Sprint(v))), "`", "'") + "`"
}

func joined(items []string) string { return strings.Join(items, ", ") }

// bullets writes values as a list of code, the rest counted after a dozen.
func bullets(items []string) string {
	const most = 12
	var lines []string
	for i, v := range items {
		if i == most {
			lines = append(lines, fmt.Sprintf("- and %d more", len(items)-most))
			break
		}
		lines = append(lines, "- "+code(v))
	}
	return strings.Join(lines, "\n")
}

// nested puts a list inside a numbered item.
func nested(list string) string {
	return "   " + strings.ReplaceAll(list, "\n", "\n   ")
}

// hosts writes a pair of hosts as a list, with what is missing of it.
func hosts(names []string) string {
	var lines []string
	for _, l := range recipe.HostLines(names) {
		if strings.HasSuffix(l, recipe.Unknown) {
			lines = append(lines, "- "+l)
		} else {
			lines = append(lines, "- "+code(l))
		}
	}
	return strings.Join(lines, "\n")
}

func (d data) Target() string             { return recipe.Name(d.F.Target) }
func (d data) Source() string             { return recipe.Name(d.F.Source) }
func (d data) TargetHosts() region.Region { return d.F.Target }
func (d data) SourceHosts() region.Region { return d.F.Source }
func (d data) Table() string              { return recipe.Table(d.F.Target) }
func (d data) Domains() []string          { return d.F.Domains }
func (d data) ProofDomains() []string     { return d.F.ProofDomains() }
func (d data) Receiving() []string        { return recipe.Receiving(d.F) }
func (d data) Archives() bool             { return d.F.Profile.Archives() }
func (d data) MovesMail() bool            { return d.F.Profile.MovesMail() }
func (d data) Home() string               { return recipe.Home(d.F.Profile) }
func (d data) Services() []string         { return rfi.Services(d.F) }
func (d data) WayOut() string             { return recipe.WayOut(d.F.Profile) }
func (d data) Hosted() bool               { return d.F.Profile.Hosted() }
func (d data) Cloud() bool                { return recipe.InCloud(d.F) }
func (d data) Google() bool               { return recipe.InGoogle(d.F) }
func (d data) Servers() bool              { return recipe.OnServers(d.F) }
func (d data) Kind() string               { return recipe.OtherKind(d.F) }
func (d data) Dynamic() bool              { return d.F.Answers.Yes("ip.outbound_dynamic") }
func (d data) POP() bool                  { return d.F.PullsJournal() }
func (d data) Exchange() bool             { return recipe.Exchange(d.F) }
func (d data) CloudHosts() []string       { return recipe.CloudHosts(d.F.Target) }
func (d data) ServerHosts() []string      { return recipe.ServerHosts(d.F.Target) }
func (d data) Certificate() string        { return recipe.CertificateName(d.F.Target) }
func (d data) Ports() []string            { return recipe.Ports(d.F.PortNeeds("")) }
func (d data) Outbound() []string         { return recipe.Senders(d.F) }
func (d data) Inbound() []string          { return d.F.Answers.List(steps.QInbound) }
func (d data) InboundChecks() []string    { return recipe.InboundChecks(d.F) }
func (d data) JournalAddress() string     { return d.F.JournalAddress() }
func (d data) OldJournal() string         { return d.F.Answers.Value("journal.old_address") }
func (d data) Consultant() string         { return d.F.Answers.Value("contact.consultant") }
func (d data) Method() string             { return d.F.Answers.Value("rv.method") }
func (d data) ZoneNote() string           { return d.F.Target.TimeZone }
func (d data) TTLIsLow() bool             { return d.F.TTLIsLow() }
func (d data) LowTTL() int                { return recipe.LowTTL }
func (d data) Validation() string         { return region.Data().Global.DomainValidationTarget }
func (d data) Seeded() bool               { return len(d.F.Target.SeedRanges()) > 0 }
func (d data) RangesKnown() bool          { return len(d.F.Target.Prefixes()) > 0 }

// Syncs reports a directory that is read on a timetable, as far as is known.
func (d data) Syncs() bool {
	switch d.Method() {
	case "spreadsheet", "outbound_learning", "manual":
		return false
	}
	return true
}

// Unknown stands for what only Mimecast can tell.
func (d data) Unknown() string { return recipe.Unknown }

// SeedList names the networks that the migration article itself gives.
func (d data) SeedList() string {
	var out []string
	for _, g := range d.F.Target.SeedRanges() {
		out = append(out, g.CIDR.String())
	}
	return strings.Join(out, " and ")
}

// Compiled is the day the table of regions was put together.
func (d data) Compiled() string {
	t, err := time.Parse(time.DateOnly, region.Data().Compiled)
	if err != nil {
		return region.Data().Compiled
	}
	return t.Format("2 January 2006")
}

// Platform says the mail platform in words.
func (d data) Platform() string {
	switch d.F.Profile.Platform {
	case steps.M365:
		return "Microsoft 365"
	case steps.Google:
		return "Google Workspace"
	case steps.OnPrem:
		return "Exchange on your own servers"
	case steps.HybridM365:
		return "your servers together with Microsoft 365"
	case steps.HybridGoogle:
		return "your servers together with Google Workspace"
	case steps.Other:
		return otherNames[recipe.OtherKind(d.F)]
	}
	return "a mail platform that is not chosen yet"
}

var otherNames = map[string]string{
	"":                "a mail system of another kind",
	"hosted_exchange": "hosted Exchange",
	"exchange_2003":   "Exchange 2003",
	"domino":          "Domino",
	"postfix":         "Postfix",
	"other_smtp":      "another SMTP server",
}

// Answer is a value as code, or what to say where there is none.
func (d data) Answer(question, otherwise string) string {
	if v := d.F.Answers.Value(question); v != "" {
		return code(strings.ReplaceAll(v, "\n", ", "))
	}
	return otherwise
}

// Person begins a sentence with a name from the answers and the role in
// brackets, or with the role alone.
func (d data) Person(question, role string) string {
	if v := d.F.Answers.Value(question); v != "" {
		return md(v) + " (" + role + ")"
	}
	return strings.ToUpper(role[:1]) + role[1:]
}

// When is an agreed time in words; "" when none is agreed.
func (d data) When(question string) string {
	at, ok := d.F.Answers.Moment(question, d.F.Zone())
	if !ok {
		return ""
	}
	return at.Format("Monday, 2 January 2006, 15:04 -07:00")
}

// OldMX lists the domains' present MX hosts as recorded, in short lines.
func (d data) OldMX() []string {
	var out []string
	for _, domain := range recipe.Receiving(d.F) {
		var names []string
		for _, m := range d.F.MXBefore[domain] {
			names = append(names, m.Host)
		}
		if len(names) > 0 {
			out = append(out, domain+": "+strings.Join(names, ", "))
		}
	}
	return out
}

// SPFTerm is what to add to the SPF record; "" when the include is not known.
func (d data) SPFTerm() string {
	if d.F.Target.SPFInclude == "" {
		return ""
	}
	return "include:" + d.F.Target.SPFInclude
}
