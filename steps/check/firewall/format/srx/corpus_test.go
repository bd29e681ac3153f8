package srx_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/source"
)

// corpusDir is where rulesets by others lie beside a checkout; without it
// these tests are skipped.
const corpusDir = "../../../../../../shared/corpus/firewall"

// judge asks one probe of a text.
func judge(t *testing.T, text string, p firewall.Probe) firewall.Verdict {
	t.Helper()
	line, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var out strings.Builder
	if _, err := firewall.Eval([]byte(text), "srx", "", strings.NewReader(string(line)+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	var v firewall.Verdict
	if err := json.Unmarshal([]byte(out.String()), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func corpusFiles(t *testing.T, dirs ...string) map[string]string {
	t.Helper()
	files := map[string]string{}
	for _, dir := range dirs {
		err := filepath.WalkDir(filepath.Join(corpusDir, dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if text, _, bad := source.Text(b); bad == nil {
				rel, _ := filepath.Rel(corpusDir, path)
				files[rel] = text
			}
			return err
		})
		if err != nil {
			t.Skip("no corpus of rulesets beside this checkout")
		}
	}
	return files
}

// noRules are files of the corpus that hold no rules, or nothing that is read.
var noRules = []string{"application-icmp6", "juniper-security-misc"}

// TestCorpusIsOurs reads every configuration of the corpus, and no file of
// another firewall.
func TestCorpusIsOurs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	read := 0
	for name, text := range corpusFiles(t, ".") {
		ours := strings.HasPrefix(name, "juniper-srx/") || strings.HasSuffix(name, ".srx") || strings.HasSuffix(name, ".jcl")
		f, why, ok := firewall.Detect(source.NewDoc(name, text, noTime))
		if is := ok && f.ID == "srx"; is != ours {
			t.Errorf("%s: read as %s because %s", name, f.ID, why)
		}
		if !ours {
			continue
		}
		read++
		set, err := firewall.Read(name, []byte(text), "")
		if err != nil {
			if !slices.ContainsFunc(noRules, func(s string) bool { return strings.Contains(name, s) }) {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		lines := strings.Count(text, "\n") + 1
		for _, p := range set.Programs {
			for _, c := range p.Chains {
				for _, r := range c.Rules {
					if r.At.Line < 0 || r.At.Line > lines || r.At.Text == "" {
						t.Errorf("%s: a rule at %+v", name, r.At)
					}
				}
			}
		}
		for _, p := range set.Problems {
			t.Errorf("%s: %s", name, p.Text)
		}
	}
	if read < 19 {
		t.Errorf("only %d configurations were read", read)
	}
}

// TestCorpusExpectations asks the rows of the corpus that others have taken
// from tests of their own.
func TestCorpusExpectations(t *testing.T) {
	files := corpusFiles(t, "juniper-srx")
	raw, err := os.ReadFile(filepath.Join(corpusDir, "expect.tsv"))
	if err != nil {
		t.Skip("no corpus of rulesets beside this checkout")
	}
	asked := 0
	for _, row := range strings.Split(string(raw), "\n") {
		f := strings.Split(row, "\t")
		if len(f) < 9 || !strings.HasPrefix(f[0], "juniper-srx/") {
			continue
		}
		p := firewall.Probe{Dir: "fwd", Src: f[2], Dst: f[3], Proto: f[4]}
		if in, out, ok := strings.Cut(f[1], " -> "); ok {
			p.InIf, p.OutIf = in, out
		} else {
			p.Dir, p.ACL = "", f[1]
		}
		names := []string{f[0]}
		if strings.Contains(f[8], "same pair for -attach") {
			for _, n := range []string{"attach", "global", "global-loses"} {
				names = append(names, strings.Replace(f[0], "inline", n, 1))
			}
		}
		for _, n := range names {
			asked++
			if v := judge(t, files[n], p); v.Verdict != f[7] {
				t.Errorf("%s %s: %+v", n, row, v)
			}
		}
	}
	if asked < 13 {
		t.Errorf("only %d rows were asked", asked)
	}
}
