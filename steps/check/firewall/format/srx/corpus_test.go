package srx_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/source"
)

// corpusDir is where rulesets by others lie beside a checkout; without it
// these tests are skipped.
const corpusDir = "../../../../../../shared/corpus/firewall"

// noRules are files of the corpus that hold no rules, or nothing that is read.
var noRules = []string{"application-icmp6", "juniper-security-misc"}

// judge asks a text about one packet.
func judge(t *testing.T, text string, p firewall.Probe) firewall.Verdict {
	t.Helper()
	return ft.Ask(t, "srx", text, p)
}

// TestCorpusIsOurs reads every configuration of the corpus, and no file of
// another firewall.
func TestCorpusIsOurs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	read := 0
	for name, text := range ft.Texts(t, corpusDir, "") {
		ours := strings.HasPrefix(name, "juniper-srx/") || strings.HasSuffix(name, ".srx") || strings.HasSuffix(name, ".jcl")
		f, why, ok := firewall.Detect(source.NewDoc(name, text, time.Time{}))
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
		ft.Placed(t, set, strings.Count(text, "\n")+1)
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
	files := ft.Texts(t, corpusDir, "juniper-srx")
	asked := 0
	for _, f := range ft.Rows(t, corpusDir, "juniper-srx") {
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
				t.Errorf("%s %v: %+v", n, f, v)
			}
		}
	}
	if asked < 13 {
		t.Errorf("only %d rows were asked", asked)
	}
}
