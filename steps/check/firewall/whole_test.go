package firewall

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps/check"
)

func suggestion(t *testing.T, id string) string {
	t.Helper()
	s, err := Rules(RulesOptions{Format: id, Ranges: seedRanges(), Servers: options().Servers, Needs: DefaultNeeds(), Lockdown: true})
	if err != nil {
		t.Fatal(err)
	}
	return s.Text
}

// TestSuggestionsAreNoExport: rules as this program writes them are refused,
// with the mark and, where they are commands, without it.
func TestSuggestionsAreNoExport(t *testing.T) {
	commands := map[string]bool{"iptables": true, "nft": true, "ufw": true, "firewalld": true, "windows": true, "mikrotik": true, "opnsense": true, "azure-nsg": true, "aws": true, "gcp": true}
	for _, id := range WrittenFormats() {
		text := suggestion(t, id)
		if !Suggested(text) {
			t.Errorf("%s: nothing tells that this is a suggestion:\n%s", id, text[:min(len(text), 300)])
		}
		var added *AddedError
		if _, err := CheckFile("mxodus-rules.txt", []byte(text), options()); !errors.As(err, &added) || !strings.Contains(err.Error(), "mxodus suggested") {
			t.Errorf("%s: %v", id, err)
		}
		old := strings.Replace(text, SuggestionMark, "mxodus", 1)
		if rep, err := CheckFile("mxodus-rules-3.txt", []byte(old), options()); err == nil && rep.Verdict == Proven {
			t.Errorf("%s, by its name: %s", id, rep.Summary)
		}
		bare := strings.Replace(text, SuggestionMark, "rules", 1)
		rep, err := CheckFile("rules.txt", []byte(bare), options())
		if err != nil || rep.Verdict == Proven && commands[id] || commands[id] != strings.Contains(rep.Summary, "commands that add rules") {
			t.Errorf("%s without the mark: %v %s %s", id, err, rep.Verdict, rep.Summary)
		}
	}
}

// TestCommandsAreNoExport tells commands that add from listings and from
// scripts that begin with nothing.
func TestCommandsAreNoExport(t *testing.T) {
	add := "iptables -A INPUT -s 103.13.69.0/24 -p tcp --dport 25 -j ACCEPT\niptables -A INPUT -p tcp --dport 22 -j ACCEPT\n"
	for _, c := range []struct {
		name, text string
		added      bool
	}{
		{"commands", add, true},
		{"commands of a path", strings.ReplaceAll("#!/bin/sh\n"+add, "iptables ", "sudo /sbin/iptables -w "), true},
		{"a script with policies", "iptables -P INPUT DROP\n" + add, false},
		{"a script that flushes", "iptables -F\n" + add, false},
		{"a policy after the rules", add + "iptables -P INPUT DROP\n", false},
		{"a dump", filterHead + established + bothRanges + "COMMIT\n", false},
		{"iptables -S", "-P INPUT DROP\n-A INPUT -p tcp --dport 25 -j ACCEPT\n", false},
		{"nft commands", "nft add rule inet filter input ip saddr 103.13.69.0/24 tcp dport 25 accept\nnft insert rule inet filter input drop\n", true},
		{"nft listing", "table inet filter {\n chain input {\n type filter hook input priority 0; policy drop;\n tcp dport 25 accept\n }\n}\n", false},
		{"ufw commands", "ufw allow proto tcp from 103.13.69.0/24 to any port 25\nufw deny 22/tcp\n", true},
		{"ufw show added", "Added user rules (see 'ufw status' for running firewall):\nufw allow 22/tcp\nufw allow 25/tcp\n", false},
		{"netsh", "netsh advfirewall firewall add rule name=\"mail\" dir=in action=allow protocol=TCP localport=25\n", true},
		{"RouterOS export", "# jan/02/2026 10:00:00 by RouterOS 7.1\n/ip firewall filter\nadd action=accept chain=forward dst-port=25 protocol=tcp\n", false},
	} {
		set, err := Read("r", []byte(c.text), "")
		if err != nil {
			if !c.added {
				t.Errorf("%s: %v", c.name, err)
			}
			continue // what is not read at all proves nothing either
		}
		if got := Exported(set) != nil; got != c.added {
			t.Errorf("%s: %v, want refused %t", c.name, Exported(set), c.added)
		}
	}
}

// TestExamplesAreExports: no example file of the corpus is taken for commands.
func TestExamplesAreExports(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "..", "shared", "corpus", "firewall")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("no corpus here")
	}
	files := 0
	_ = filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || strings.HasSuffix(path, ".md") || strings.HasSuffix(path, ".tsv") {
			return err
		}
		if b, err := os.ReadFile(path); err == nil && len(b) < 1<<20 {
			if set, err := Read(e.Name(), b, ""); err == nil {
				files++
				if err := Exported(set); err != nil {
					t.Errorf("%s (%s): %v", path, set.Format, err)
				}
			}
		}
		return nil
	})
	t.Logf("%d files", files)
}

// TestChecksRefuseSuggestions: neither check of the firewall passes by rules
// that were only suggested, and both say what to do.
func TestChecksRefuseSuggestions(t *testing.T) {
	in := moveInput()
	in.Rulesets = []check.File{{Name: "mxodus-rules.txt", Bytes: []byte(suggestion(t, "fortios"))}}
	for _, c := range []check.Check{OpenCheck(nil), LockCheck()} {
		r := c.Run(t.Context(), in, func(check.Progress) {})
		if r.Outcome != check.Unknown || len(r.Findings) != 1 || !strings.Contains(string(r.Findings[0].Saw), "no export of a firewall") || r.Findings[0].Do == "" {
			t.Errorf("%s: %s %s %+v", c.ID(), r.Outcome, r.Summary, r.Findings)
		}
	}
}

// TestComments: sentences stand in lines of their own, and end no comment early.
func TestComments(t *testing.T) {
	for _, c := range []struct{ id, text, want string }{
		{"asa", "access-list\n", "! A b.\n! C--d.\naccess-list\n"},
		{"opnsense", "#!/bin/sh\ncurl\n", "#!/bin/sh\n# A b.\n# C--d.\ncurl\n"},
		{"pfsense", "<pfsense>\n", "<!--\n  A b.\n  C- -d.\n-->\n<pfsense>\n"},
	} {
		if got := Commented(c.id, c.text, "A b.", "C--d."); got != c.want {
			t.Errorf("%s: %q, want %q", c.id, got, c.want)
		}
	}
	if got := Commented("iptables", "x\n", strings.Repeat("word ", 40)); strings.Count(got, "\n") != 4 {
		t.Errorf("not broken into lines:\n%s", got)
	}
}
