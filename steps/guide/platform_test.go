package guide

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/plan"
	"mxodus/steps/recipe"
	"mxodus/steps/rfi"
)

// thing is something that some moves have and others do not, with the words
// that speak of it.
type thing struct {
	name  string
	has   func(f steps.Facts) bool
	words *regexp.Regexp
}

func words(w string) *regexp.Regexp { return regexp.MustCompile(`(?i)` + w) }

func ownFirewall(f steps.Facts) bool { return !f.Profile.Hosted() }

func exchange(f steps.Facts) bool { return recipe.Exchange(f) || recipe.InCloud(f) }

func kind(k string) func(steps.Facts) bool {
	return func(f steps.Facts) bool { return recipe.OtherKind(f) == k }
}

var things = []thing{
	{"a firewall in front of the mail server", ownFirewall, words(`(your|the) (own )?firewall|firewall['’]s|\brulesets?\b|network team|your rules|saved rules|firewall rules\b|smtp inspection|fix-up|inspects smtp`)},
	{"a port of one's own", ownFirewall, words(`(open|close|shut|narrow|let|reach)\w*[^.]{0,30}\bport \d+|port 25 (in|stays|again|may)|\b995\b`)},
	{"servers of one's own", ownFirewall, words(`\b(your|our) (own )?(mail )?servers?\b`)},
	{"exceptions that the lock-down leaves open", ownFirewall, words(`name it as an exception|exceptions (you name|now)`)},
	{"a mailbox to fetch from", ownFirewall, words(`\bpop3?\b`)},
	{"a directory that is asked over a port", steps.Facts.PullsDirectory, words(`ldap|\b636\b|\b389\b|directory's port|directory test|service account's password|root dn|wrong credentials`)},
	{"databases of mailboxes", recipe.Exchange, words(`mailbox ?database|database after another|mixed mode`)},
	{"public folders", exchange, words(`public folder`)},
	{"Exchange", exchange, regexp.MustCompile(`\bExchange\b`)},
	{"a provider that hosts Exchange", kind("hosted_exchange"), words(`hosted exchange|(ask|tell) (the|your) provider|your provider (makes|sets|narrows)`)},
	{"connectors that mail leaves by", func(f steps.Facts) bool { return recipe.WayOut(f.Profile) == "connector" || recipe.Exchange(f) }, words(`send connector|(old|new|former|test) connector|journal contact|address space`)},
	{"a sign-in on port 587", ownFirewall, words(`port 587`)},
	{"Microsoft 365", recipe.InCloud, words(`microsoft|office ?365|onmicrosoft|entra\b|azure|enhanced filtering|your tenant|\btenant's`)},
	{"Google Workspace", recipe.InGoogle, words(`google|gmail|g suite`)},
	{"Domino", kind("domino"), words(`domino`)},
	{"Postfix", kind("postfix"), words(`postfix|relayhost`)},
}

// notOfAThing are words of the vendor's titles, and of the texts that say that
// there is none.
var notOfAThing = strings.NewReplacer(
	"Firewall Lockdown", "", "Update Outbound Send Connectors", "", "Review and Amend Firewall Rules", "", "Review and amend Firewall Rules", "",
	"firewall lock-down", "", "The firewall step", "", "the firewall step", "", "there is no ruleset of your own to change", "",
)

var checkID = regexp.MustCompile(`\b(?:(?:MX|GW|FW)-[A-Z]+|RANGES)\b`)

// pages are all words that a TPOC reads of a plan, by where they stand.
func pages(t *testing.T, built steps.Plan, f steps.Facts) map[string]string {
	t.Helper()
	out := map[string]string{}
	add := func(where string, texts ...string) {
		for _, text := range texts {
			if text != "" {
				out[where] += text + "\n"
			}
		}
	}
	for _, l := range built.LeftOut {
		add("left out: "+l.ID, l.Why)
	}
	for _, s := range built.Steps {
		text, err := Read(s, f)
		if err != nil {
			t.Fatal(err)
		}
		add(s.ID+", Read", strings.Join(strings.Fields(text), " "))
		add(s.ID, s.Purpose, s.Rollback, s.WaitsFor)
		add(s.ID+", evidence", s.Evidence...)
		for _, g := range s.Gates {
			add(s.ID+", gate "+g.ID, g.Text, g.Why)
		}
		for _, p := range s.PartsLeft {
			add(s.ID+", left out: "+p.ID, p.Why)
		}
		for _, task := range s.Tasks(f) {
			add(s.ID+", task "+task.ID, task.Title, task.Detail)
			for _, sn := range task.Snippets {
				add(s.ID+", task "+task.ID+", "+sn.File, sn.Label, string(sn.Text))
			}
		}
		for _, id := range s.Questions {
			asked(f, id, add)
		}
	}
	return out
}

// asked are the words of a question. That for the platform names all of them.
func asked(f steps.Facts, id string, add func(string, ...string)) {
	q, ok := rfi.Find(id)
	if !ok || !q.Applies(f) || id == steps.QPlatform || id == "infra.other_kind" {
		return
	}
	add("question "+id, q.Label, q.Why, q.HelpFor(f))
	if q.Options != nil && id != "rv.method" && id != steps.QFirewall {
		for _, o := range q.Options(f) {
			add("question "+id, o.Label, o.Help)
		}
	}
}

// variants visits each profile on each platform that is known; those that have
// everything with each way that is offered there for recipients and the journal.
func variants(visit func(f steps.Facts)) {
	for _, p := range profiles() {
		p.Target = "au"
		if p.Journey == steps.Migrate {
			p.Source = "eu"
		}
		for _, p.Platform = range steps.Platforms {
			kinds := []string{""}
			if p.Platform == steps.Other {
				kinds = []string{"hosted_exchange", "exchange_2003", "domino", "postfix", "other_smtp"}
			}
			for _, kind := range kinds {
				a := answers(p, kind, "", true)
				then := func() { visit(steps.NewFacts(a, time.Unix(1, 0))) }
				if p.Service != steps.Both && p.Track != steps.Enterprise {
					then()
					continue
				}
				offered(p, a, "journal.method", then)
				offered(p, a, "rv.method", then)
			}
		}
	}
}

// offered gives each of the answers that a question takes in turn.
func offered(p steps.Profile, a steps.Answers, id string, then func()) {
	q, _ := rfi.Find(id)
	for _, o := range q.Options(steps.NewFacts(a, time.Unix(1, 0))) {
		a[id] = steps.Answer{Question: id, Value: o.Value}
		then()
	}
	delete(a, id)
}

// TestNoWordOfWhatThePlatformDoesNotHave: no page, task or question speaks of a
// thing that the platform at hand does not have, nor of a check that is not in
// the plan.
func TestNoWordOfWhatThePlatformDoesNotHave(t *testing.T) {
	sentence := map[string]string{} // what speaks of a thing in it, "" when nothing does
	told := map[string]bool{}
	variants(func(f steps.Facts) {
		if !f.Profile.OwnServers() { // what only servers of one's own are asked for
			for _, q := range []string{steps.QOutboundIPs, steps.QInbound, "dir.host", "dir.user", "lockdown.exceptions"} {
				delete(f.Answers, q)
			}
		}
		f.MXBefore = map[string][]check.MX{"acme.test": {{Host: "old.mx.test", Pref: 10, TTL: 3600}}}
		built, err := plan.Build(f.Profile)
		if err != nil {
			t.Fatal(err)
		}
		for where, text := range pages(t, built, f) {
			for what, found := range foreign(text, f, built, sentence) {
				key := fmt.Sprint(f.Profile.Platform, recipe.OtherKind(f), where, what)
				if !told[key] {
					told[key] = true
					t.Errorf("%s %s%s, %s: %q is of %s, which this move does not have", f.Profile.Journey, f.Profile.Platform, recipe.OtherKind(f), where, around(text, found), what)
				}
			}
		}
	})
}

// foreign are the words of a text about things and checks that a move does not
// have, by the thing. A sentence is looked through once for each thing.
func foreign(text string, f steps.Facts, built steps.Plan, sentence map[string]string) map[string]string {
	out := map[string]string{}
	var lacks []thing
	for _, x := range things {
		if !x.has(f) {
			lacks = append(lacks, x)
		}
	}
	for _, line := range strings.Split(notOfAThing.Replace(text), "\n") {
		for _, part := range strings.SplitAfter(line, ". ") {
			for _, x := range lacks {
				found, known := sentence[x.name+part]
				if !known {
					found = x.words.FindString(part)
					sentence[x.name+part] = found
				}
				if found != "" {
					out[x.name] = found
				}
			}
		}
	}
	for _, id := range checkID.FindAllString(text, -1) {
		if !slices.ContainsFunc(built.Steps, func(s steps.Step) bool { return slices.Contains(s.Checks, id) }) {
			out["the check "+id] = id
		}
	}
	return out
}

// around is what stands about a word.
func around(text, word string) string {
	i := strings.Index(text, word)
	return strings.ToValidUTF8(text[max(0, i-50):min(len(text), i+len(word)+50)], "")
}
