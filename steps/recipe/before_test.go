package recipe

import (
	"regexp"
	"strings"
	"testing"

	"mxodus/steps"
)

// TestNothingKeptIsWrittenOver: what stood there before goes into a file of its
// own at every run, after all refusals and before the change.
func TestNothingKeptIsWrittenOver(t *testing.T) {
	f := factsOf(move, nil)
	blocks := Ranges(f)
	keeps := 0
	for _, s := range []steps.Snippet{databaseJournal(f), LockTenant(f, blocks), SkipListing(f, blocks), AddRangesTenant(f), DropRangesTenant(f)} {
		text := string(s.Text)
		name, look := strings.Index(text, "$before = \""), strings.Index(text, "if (Test-Path $before) { throw ")
		write := regexp.MustCompile(`Export-(Csv|Clixml) `).FindStringIndex(text)
		change := regexp.MustCompile(`(?m)^[^#\n]*\bSet-(MailboxDatabase|InboundConnector)`).FindStringIndex(text)
		if write == nil || change == nil {
			t.Errorf("%s keeps or changes nothing:\n%s", s.File, text)
			continue
		}
		keeps++
		if name < 0 || look < name || write[0] < look || change[0] < write[0] || strings.LastIndex(text, "throw") > write[0] {
			t.Errorf("%s: refuse, name, look, keep, change is the order:\n%s", s.File, text)
		}
		for line := range strings.Lines(text) {
			if strings.Contains(line, "Export-") && !strings.Contains(line, " $before") {
				t.Errorf("%s writes to a file whose name does not change: %s", s.File, line)
			}
		}
		if !strings.Contains(text, "yyyyMMdd-HHmmss") {
			t.Errorf("%s: the name carries no time:\n%s", s.File, text)
		}
	}
	if keeps != 5 {
		t.Errorf("%d scripts keep what was there, want 5", keeps)
	}
}

// TestGoBackNeedsAName: without a connector to switch on, the new one is not
// switched off.
func TestGoBackNeedsAName(t *testing.T) {
	for kind, none := range map[string]bool{"Outbound": true, "Send": false} {
		text := string(switchBack(factsOf(move, nil), kind, "label", "back.ps1").Text)
		refuse := strings.Index(text, "if (-not $old) { throw ")
		if ask := strings.Index(text, "Read-Host"); refuse < ask || refuse > strings.Index(text, "-Enabled $true") || refuse > strings.Index(text, "-Enabled $false") {
			t.Errorf("%s: an empty name is not refused before the change:\n%s", kind, text)
		}
		if strings.Contains(text, "'none'") != none {
			t.Errorf("%s: only Microsoft 365 sends without a connector:\n%s", kind, text)
		}
		if strings.Contains(text, "empty for none") {
			t.Errorf("%s asks for an empty name:\n%s", kind, text)
		}
	}
}
