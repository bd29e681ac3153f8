package checkpoint_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format/checkpoint"
	"mxodus/steps/check/firewall/source"
)

var noTime time.Time

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
	if _, err := firewall.Eval([]byte(text), "checkpoint", "", strings.NewReader(string(line)+"\n"), &out); err != nil {
		t.Fatal(err)
	}
	var v firewall.Verdict
	if err := json.Unmarshal([]byte(out.String()), &v); err != nil {
		t.Fatal(err)
	}
	return v
}

func corpusFiles(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
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
	return files
}

// TestCorpusIsOurs knows every file of the corpus for what it is.
func TestCorpusIsOurs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	read := 0
	for name, text := range corpusFiles(t, ".") {
		ours := strings.HasPrefix(name, "checkpoint/")
		f, why, ok := firewall.Detect(source.NewDoc(name, text, noTime))
		if is := ok && f.ID == "checkpoint"; is != ours {
			t.Errorf("%s: read as %s because %s", name, f.ID, why)
		}
		if !ours {
			continue
		}
		read++
		set := checkpoint.Read(source.NewDoc(name, text, noTime))
		if has := len(set.Programs) > 0; has != strings.Contains(name, "access-rulebase") {
			t.Errorf("%s: rules %v", name, has)
		}
	}
	if read < 10 {
		t.Errorf("only %d files were read", read)
	}
}

// TestCorpusTogether puts the answers of one policy into one file.
func TestCorpusTogether(t *testing.T) {
	files := corpusFiles(t, "checkpoint")
	dir := "checkpoint/parsetest/Parent/"
	text := ""
	for _, n := range []string{"Standard/show-package.json", "Standard/show-access-rulebase.json", "Standard/show-nat-rulebase.json", "show-groups.json", "show-hosts.json", "show-networks.json", "show-address-ranges.json"} {
		text += files[dir+n] + "\n"
	}
	p := firewall.Probe{Dir: "fwd", Src: "10.1.1.1", Dst: "192.0.2.1", Proto: "tcp", SPort: num(40000), DPort: num(25)}
	if v := judge(t, text, p); v.Verdict != "permit" || v.Line == 0 {
		t.Errorf("an ordered layer that accepts: %+v", v)
	}
	alone := files[dir+"test1/show-access-rulebase.json"]
	if v := judge(t, alone, p); v.Verdict != "permit" {
		t.Errorf("accept any: %+v", v)
	}
}

func num(n int) *int { return &n }
