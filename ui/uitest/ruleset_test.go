package uitest

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps"
	"mxodus/steps/check"
	"mxodus/steps/check/firewall"
	"mxodus/steps/wizard"
)

const rules = "*filter\n:INPUT DROP [0:0]\n-A INPUT -p tcp --dport 25 -j ACCEPT\nCOMMIT\n"

// folderOfRules holds a ruleset, a folder with another, and what is no ruleset.
func folderOfRules(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "more"), 0o700); err != nil {
		t.Fatal(err)
	}
	for name, content := range map[string]string{
		"edge.rules": rules, "more/other.rules": rules + "# other\n", "letter.txt": "Dear colleague,\nthe rules are in the other file.\n",
		"mxodus.db": "SQLite format 3\x00", "picture.png": "\x89PNG\r\n", "blob": "a\x00b\x00\x00\x01", ".hidden": rules,
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// kept returns what the checks of the step are given.
func kept(t *testing.T, w *world, d *Driver) string {
	t.Helper()
	content := ""
	w.firstCheck(d).run = func(_ context.Context, in check.Input, _ func(check.Progress)) check.Result {
		if len(in.Rulesets) == 1 {
			content = string(in.Rulesets[0].Bytes)
		}
		return check.Result{Outcome: check.Pass}
	}
	d.Press("r")
	return content
}

func TestChooseARulesetWithArrowsAndEnterAlone(t *testing.T) {
	t.Chdir(folderOfRules(t))
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	d.Press("i")
	d.Expect("▸ edge.rules", "iptables rules", "letter.txt", "more/", "../")
	d.Refute("mxodus.db", "picture.png", "blob", ".hidden")
	d.Press("down")
	d.Expect("▸ letter.txt")
	d.Press("enter") // no ruleset: it says so and stays where it was
	d.Expect("! This is not a ruleset in a known form", "▸ letter.txt")
	if n := len(w.session(id).Snapshot().Attachments); n != 0 {
		t.Fatalf("a letter was kept as a ruleset: %d", n)
	}
	d.Press("down", "enter") // into the folder
	d.Expect("▸ other.rules")
	d.Press("down", "enter") // and out again
	d.Expect("▸ edge.rules", "letter.txt")
	d.Press("enter")
	d.Expect("✓ Done", "edge.rules is kept with the move")
	if got := w.session(id).Snapshot().Answers.Value(wizard.QRuleset); filepath.Base(got) != "edge.rules" || !filepath.IsAbs(got) {
		t.Errorf("the question of the ruleset is answered %q", got)
	}
	if got := kept(t, w, d); got != rules {
		t.Errorf("the check was given %q", got)
	}
}

func TestTypeOrPasteThePathOfARuleset(t *testing.T) {
	dir := folderOfRules(t)
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	d.Press("i")
	d.Paste(dir + "/nothing")
	d.Press("enter")
	d.Expect("There is no file")
	d.Press("ctrl+u")
	d.Paste(dir + "/mxodus.db") // hidden in the list, refused when it is named
	d.Press("enter")
	d.Expect("This is a database")
	d.Press("ctrl+u")
	d.Paste(dir)
	d.Press("enter")
	d.Expect("edge.rules", "more/")
	d.Type("mo")
	d.Press("tab", "enter")
	d.Expect("other.rules is kept with the move")
	d.Press("i")
	d.Paste(`"` + dir + `/edge.rules"` + "\n")
	d.Press("enter")
	d.Expect("edge.rules is kept with the move")
	if got := kept(t, w, d); got != rules {
		t.Errorf("the check was given %q", got)
	}
}

func TestPasteTheRulesThemselves(t *testing.T) {
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	d.Press("i")
	d.Paste("Dear colleague,\nhere are no rules.\n")
	d.Expect("This is not a ruleset in a known form", "Which file is the exported ruleset?")
	d.Paste("*filter\r\n:INPUT DROP [0:0]\r\n-A INPUT -p tcp --dport 25 -j ACCEPT\r\nCOMMIT\r\n")
	d.Expect("pasted-rules.txt is kept with the move")
	if w.session(id).Snapshot().Answers.Value(wizard.QRuleset) == "" {
		t.Error("the question of the ruleset is not answered")
	}
	if got := kept(t, w, d); got != rules {
		t.Errorf("the check was given %q", got)
	}
}

// TestTheQuestionOfTheRuleset: on its own page the file is looked into before
// its path is the answer, and the rules may be pasted.
func TestTheQuestionOfTheRuleset(t *testing.T) {
	dir := folderOfRules(t)
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	answered := func() string { return w.session(id).Snapshot().Answers.Value(wizard.QRuleset) }
	d := w.start(question(wizard.QRuleset))
	d.Paste(dir + "/letter.txt")
	d.Press("enter")
	d.Expect("Not taken: this is not a ruleset in a known form", "letter.txt")
	if got := answered(); got != "" {
		t.Fatalf("a letter is the answer: %q", got)
	}
	d.Press("ctrl+u")
	d.Paste(rules)
	d.Expect("pasted-rules.txt is kept with the move")
	if answered() == "" {
		t.Error("the paste is not the answer")
	}
	d.Press("ctrl+u")
	d.Paste(dir + "/edge.rules")
	d.Press("enter")
	if got := answered(); got != dir+"/edge.rules" {
		t.Errorf("the answer is %q", got)
	}
	if n := len(w.session(id).Snapshot().Attachments); n == 0 {
		t.Error("nothing was kept")
	}
}

// TestSuggestionsAreNotOfferedAsExports: rules that were written here, and
// commands that add some, stand last and are refused with a sentence.
func TestSuggestionsAreNotOfferedAsExports(t *testing.T) {
	dir := folderOfRules(t)
	add := "iptables -I INPUT 1 -s 103.13.69.0/24 -p tcp --dport 25 -j ACCEPT\niptables -I INPUT 2 -p tcp --dport 25 -j DROP\n"
	for name, text := range map[string]string{"a-rules.txt": "# " + firewall.SuggestionMark + ".\n" + add, "b.sh": add} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(dir)
	w := newWorld(t)
	id := w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(at(stepWithChecks, steps.StageCheck))
	d.Press("i")
	d.Expect("▸ edge.rules", "suggestion, no export", "commands, no export")
	d.Paste(dir + "/a-rules.txt")
	d.Press("enter")
	d.Expect("These are rules that mxodus suggested")
	d.Press("ctrl+u")
	d.Paste(dir + "/b.sh")
	d.Press("enter")
	d.Expect("This file holds commands that add rules")
	if n := len(w.session(id).Snapshot().Attachments); n != 0 {
		t.Errorf("%d files were kept", n)
	}
}

// TestWhyAFileIsNotTakenIsReadToItsEnd, where there is room for it.
func TestWhyAFileIsNotTakenIsReadToItsEnd(t *testing.T) {
	w := newWorld(t)
	w.move(enterprise(), "Acme", "acme.com.au")
	d := w.start(question(wizard.QRuleset))
	d.Resize(120, 40)
	d.Expect("Firewall · 0 of 1 answered") // a question by itself counts itself alone
	d.Paste("a/folder/that/is/rather/long/to/say/and/is/not/there/at/all/exports/of/the/firewall/edge.rules")
	d.Press("enter")
	if said := strings.Join(strings.Fields(d.Screen()), " "); !strings.Contains(said, "from the first folder on") {
		t.Errorf("the end is cut:\n%s", d.Screen())
	}
}
