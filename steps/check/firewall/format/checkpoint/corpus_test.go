package checkpoint_test

import (
	"strings"
	"testing"
	"time"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/format/checkpoint"
	ft "mxodus/steps/check/firewall/format/formattest"
	"mxodus/steps/check/firewall/source"
)

// corpusDir is where rulesets by others lie beside a checkout; without it
// these tests are skipped.
const corpusDir = "../../../../../../shared/corpus/firewall"

// judge asks a text about one packet.
func judge(t *testing.T, text string, p firewall.Probe) firewall.Verdict {
	t.Helper()
	return ft.Ask(t, "checkpoint", text, p)
}

// TestCorpusIsOurs knows every file of the corpus for what it is.
func TestCorpusIsOurs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	read := 0
	for name, text := range ft.Texts(t, corpusDir, "") {
		ours := strings.HasPrefix(name, "checkpoint/")
		f, why, ok := firewall.Detect(source.NewDoc(name, text, time.Time{}))
		if is := ok && f.ID == "checkpoint"; is != ours {
			t.Errorf("%s: read as %s because %s", name, f.ID, why)
		}
		if !ours {
			continue
		}
		read++
		set := checkpoint.Read(source.NewDoc(name, text, time.Time{}))
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
	files := ft.Texts(t, corpusDir, "checkpoint")
	dir := "checkpoint/parsetest/Parent/"
	text := ""
	for _, n := range []string{"Standard/show-package.json", "Standard/show-access-rulebase.json", "Standard/show-nat-rulebase.json", "show-groups.json", "show-hosts.json", "show-networks.json", "show-address-ranges.json"} {
		text += files[dir+n] + "\n"
	}
	p := firewall.Probe{Dir: "fwd", Src: "10.1.1.1", Dst: "192.0.2.1", Proto: "tcp", SPort: ft.Port(40000), DPort: ft.Port(25)}
	if v := judge(t, text, p); v.Verdict != "permit" || v.Line == 0 {
		t.Errorf("an ordered layer that accepts: %+v", v)
	}
	alone := files[dir+"test1/show-access-rulebase.json"]
	if v := judge(t, alone, p); v.Verdict != "permit" {
		t.Errorf("accept any: %+v", v)
	}
}
