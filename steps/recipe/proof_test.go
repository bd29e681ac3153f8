package recipe_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps"
	"mxodus/steps/connect"
	"mxodus/steps/recipe"
)

func facts(p steps.Profile, domains string) steps.Facts {
	return steps.NewFacts(steps.Answers{
		steps.QJourney: {Value: string(p.Journey)}, steps.QService: {Value: string(p.Service)}, steps.QTarget: {Value: p.Target},
		steps.QPlatform: {Value: string(p.Platform)}, steps.QPrimaryDomain: {Value: "acme.com"}, steps.QDomains: {Value: domains},
	}, time.Now())
}

// TestSubDomainsAreNotProved: text and records say the same.
func TestSubDomainsAreNotProved(t *testing.T) {
	p := steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}
	f := facts(p, "acme.com\nmail.acme.com\nnotacme.com\nshop.example.org")
	if got := f.ProofDomains(); !slices.Equal(got, []string{"acme.com", "notacme.com", "shop.example.org"}) {
		t.Errorf("to be proved: %q", got)
	}
	all, _ := connect.Steps(p)
	for _, st := range all {
		if st.ID != steps.ConnectAccount {
			continue
		}
		for _, task := range st.Tasks(f) {
			if task.ID != "prove_domains" {
				continue
			}
			text := string(task.Snippets[0].Text)
			if strings.Contains(text, "mail.acme.com") || !strings.Contains(text, "shop.example.org") || !strings.Contains(task.Detail, "1 of your 4 domains is not in the list") {
				t.Errorf("%s\n%s", task.Detail, text)
			}
			return
		}
	}
	t.Error("no task of proving")
}

// TestDatabaseJournalReadsBeforeItReplaces: a recipient that is there is kept
// and told, never replaced.
func TestDatabaseJournalReadsBeforeItReplaces(t *testing.T) {
	f := facts(steps.Profile{Journey: steps.Connect, Service: steps.Both, Target: "eu", Platform: steps.OnPrem}, "")
	found := false
	for _, s := range recipe.Journal(f) {
		text := string(s.Text)
		set := strings.Index(text, "Set-MailboxDatabase -JournalRecipient $contact")
		if set < 0 {
			continue
		}
		found = true
		for _, first := range []string{"Export-Csv", "throw"} {
			if at := strings.Index(text, first); at < 0 || at > set {
				t.Errorf("%s does not come before the change:\n%s", first, text)
			}
		}
	}
	if !found {
		t.Error("no script for databases")
	}
	warned := false
	for _, task := range recipe.JournalTasks(f, "") {
		warned = warned || strings.Contains(task.Detail, "replaces the one that is there")
	}
	if !warned {
		t.Error("the task does not warn")
	}
}
