package recipe

import (
	"strings"
	"testing"

	"mxodus/steps"
)

// TestFetchedCopies: copies are fetched from servers alone. The cloud half of a
// hybrid sends its own, and databases are a thing of Exchange.
func TestFetchedCopies(t *testing.T) {
	for _, c := range []struct {
		platform steps.Platform
		kind     string
		ids      string
		database bool
	}{
		{steps.M365, "", "journal_create journal_on journal_test", false},
		{steps.Google, "", "journal_create journal_on journal_test", false},
		{steps.OnPrem, "", "journal_create journal_prove journal_on journal_test", true},
		{steps.HybridM365, "", "journal_create journal_cloud journal_prove journal_on journal_test", true},
		{steps.HybridGoogle, "", "journal_create journal_cloud journal_prove journal_on journal_test", true},
		{steps.Other, "postfix", "journal_create journal_prove journal_on journal_test", false},
		{steps.Other, "exchange_2003", "journal_create journal_prove journal_on journal_test", true},
	} {
		p := onPrem
		p.Platform = c.platform
		f := factsOf(p, map[string]string{"journal.method": "pop3", "infra.other_kind": c.kind})
		var ids, words []string
		for _, task := range JournalTasks(f, steps.PartJournaling) {
			ids, words = append(ids, task.ID), append(words, task.Title, task.Detail)
		}
		if got := strings.Join(ids, " "); got != c.ids {
			t.Errorf("%s%s: %s, want %s", c.platform, c.kind, got, c.ids)
		}
		text := strings.Join(words, "\n")
		if strings.Contains(text, "one database after another") != c.database || strings.Contains(text, "mixed mode") != c.database {
			t.Errorf("%s%s: databases %v in\n%s", c.platform, c.kind, !c.database, text)
		}
		if pop := strings.Contains(text, "POP3"); pop == p.Hosted() {
			t.Errorf("%s%s: POP3 %v in\n%s", c.platform, c.kind, pop, text)
		}
	}
}
