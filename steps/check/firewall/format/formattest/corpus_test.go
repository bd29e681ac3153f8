package formattest_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
)

// off takes a rule out of a file of a format, where that is done by one line.
var off = map[string]ft.RuleEdit{
	"asa":      ft.OnlyIf("access-list ", ft.Blank("")),
	"ios":      onLines(`^ *\d* ?(permit|deny)|^access-list`, ft.Blank("")),
	"iptables": ft.OnlyIf("-A ", ft.Blank("")),
	"mikrotik": ft.OnlyIf("action=", ft.Next("add ", "add disabled=yes ")),
	"fortios": onLines(`^\s*edit \d+$`, func(text string, line int) string {
		before, rule := cut(text, line)
		i := strings.Index(rule, "next\n")
		return before + rule[:i] + "set status disable\n" + rule[i:]
	}),
	"srx":        appended(`^set (security policies (?:from-zone \S+ to-zone \S+|global) policy \S+) `, "deactivate ", ""),
	"panos":      appended(`^(set .*rulebase security rules \S+ )`, "", "disabled yes"),
	"pfsense":    onLines(`<rule>`, inRule("<disabled></disabled>")),
	"opnsense":   onLines(`<rule( uuid.*)?>`, inRule("<disabled>1</disabled>")),
	"checkpoint": ft.InObject(`"enabled": true`, `"enabled": false`),
	"aws":        ft.Object,
	"azure-nsg":  ft.Object,
}

// onlyRule lists files in which a list has one rule alone: without it the
// device has no list, and lets everything pass or takes the file for broken.
var onlyRule = map[string]bool{
	"asa-security-level-permit-tracing.cfg": true, "ios-acl-portgroup.cfg": true, "iosAccessGroupAcl.cfg": true,
	"batfish-z2-firewall.v4": true,
}

func cut(text string, line int) (before, after string) {
	lines := strings.SplitAfter(text, "\n")
	return strings.Join(lines[:line-1], ""), strings.Join(lines[line-1:], "")
}

func onLines(pattern string, f ft.RuleEdit) ft.RuleEdit {
	r := regexp.MustCompile(pattern)
	return func(text string, line int) string {
		if !r.MatchString(strings.Split(text, "\n")[line-1]) {
			return ""
		}
		return f(text, line)
	}
}

func inRule(member string) ft.RuleEdit {
	return func(text string, line int) string {
		return ft.OnLine(text, line, func(l string) string { return l + member })
	}
}

func appended(pattern, verb, more string) ft.RuleEdit {
	r := regexp.MustCompile(pattern)
	return func(text string, line int) string {
		m := r.FindStringSubmatch(strings.Split(text, "\n")[line-1])
		if m == nil {
			return ""
		}
		return strings.TrimRight(text, "\n") + "\n" + verb + m[1] + more + "\n"
	}
}

// TestCorpusEachRule takes out each rule that decides in files of others.
func TestCorpusEachRule(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	const root = "../../../../../../shared/corpus/firewall"
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus beside this checkout")
	}
	tried := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() || onlyRule[d.Name()] || strings.Contains(path, "/out/") {
			return err
		}
		info, err := d.Info()
		if err != nil || info.Size() > 60_000 {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		set, err := firewall.Read("", b, "")
		if err != nil || off[set.Format] == nil {
			return nil
		}
		t.Run(strings.TrimPrefix(path, root+"/"), func(t *testing.T) {
			text := strings.ReplaceAll(strings.TrimPrefix(string(b), "\ufeff"), "\r\n", "\n")
			tried[set.Format] += ft.Blame(t, set.Format, text, 0, off[set.Format])
		})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("rules taken out: %v", tried)
	for id, n := range map[string]int{
		"iptables": 30, "srx": 5, "panos": 15, "pfsense": 10, "opnsense": 1, "checkpoint": 3, "aws": 10, "fortios": 4, "azure-nsg": 3,
	} {
		if tried[id] < n {
			t.Errorf("%s: %d rules taken out, expected %d at least", id, tried[id], n)
		}
	}
}
