package panos_test

import (
	"path/filepath"
	"strconv"
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

// judge asks a text about one packet.
func judge(t *testing.T, text string, p firewall.Probe) firewall.Verdict {
	t.Helper()
	return ft.Ask(t, "panos", text, p)
}

// TestCorpusIsOurs reads every configuration of the corpus, and no file of
// another firewall.
func TestCorpusIsOurs(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	read := 0
	for name, text := range ft.Texts(t, corpusDir, "") {
		ours := strings.HasPrefix(name, "paloalto/") && (strings.HasSuffix(name, ".cfg") || strings.HasSuffix(name, "/pa")) ||
			name == "capirca-aerleon/aerleon/rendered/sample_stateful_multitarget_simple.xml"
		f, why, ok := firewall.Detect(source.NewDoc(name, text, time.Time{}))
		if is := ok && f.ID == "panos"; is != ours {
			t.Errorf("%s: read as %s because %s", name, f.ID, why)
		}
		if !ours {
			continue
		}
		read++
		set, err := firewall.Read(name, []byte(text), "")
		if err != nil {
			if !strings.Contains(name, "address-object-group-name-conflict") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		ft.Placed(t, set, strings.Count(text, "\n")+1)
		for _, p := range set.Problems {
			t.Logf("%s: %s", name, p.Text)
		}
	}
	if read < 30 {
		t.Errorf("only %d configurations were read", read)
	}
}

// TestCorpusExpectations asks the rows of the corpus that others have taken
// from real firewalls and from tests of their own.
func TestCorpusExpectations(t *testing.T) {
	files := ft.Texts(t, corpusDir, "paloalto")
	asked := 0
	for _, f := range ft.Rows(t, corpusDir, "paloalto") {
		in, out, ok := strings.Cut(f[1], " -> ")
		if !ok {
			t.Fatal(f)
		}
		p := firewall.Probe{Dir: "fwd", InIf: in, OutIf: out, Src: f[2], Dst: f[3], Proto: f[4]}
		if in == "h1" { // a host behind the first interface
			p.InIf, p.OutIf, p.Src = "ethernet1/1", "ethernet1/3", "10.11.11.2"
		}
		for i, to := range []**int{&p.SPort, &p.DPort} {
			if n, err := strconv.Atoi(f[5+i]); err == nil {
				*to = &n
			}
		}
		asked++
		if v := judge(t, files[f[0]], p); v.Verdict != f[7] {
			t.Errorf("%v: %+v", f, v)
		}
	}
	if asked < 10 {
		t.Errorf("only %d rows were asked", asked)
	}
	for _, n := range []string{"3", "6"} {
		p := firewall.Probe{Dir: "fwd", InIf: "ethernet1/1", OutIf: "ethernet1/3", Src: "10.11.11.2", Dst: "10.13.13.2", Proto: "icmp"}
		if n == "6" { // sent on to another host, behind another interface
			p.OutIf = "ethernet1/5"
		}
		if v := judge(t, files["paloalto/lab-palo_alto_nat_"+n+"/configs/pa"], p); v.Verdict != "permit" {
			t.Errorf("lab %s: %+v", n, v)
		}
	}
}

// TestCorpusNames asks the files whose names say what becomes of packets
// between virtual systems.
func TestCorpusNames(t *testing.T) {
	for name, text := range ft.Texts(t, corpusDir, "paloalto") {
		base := filepath.Base(name)
		want := map[string]string{"allow": "permit", "drop": "deny", "match": "permit"}[strings.SplitN(base, "-", 2)[0]]
		if want == "" {
			continue
		}
		p := firewall.Probe{Dir: "fwd", InIf: "ethernet1/1", OutIf: "ethernet1/2", Src: "10.0.1.2", Dst: "10.0.2.2", Proto: "tcp"}
		if strings.HasPrefix(base, "allow-sg-to-vsys") {
			p.InIf, p.OutIf = p.OutIf, p.InIf
		}
		if v := judge(t, text, p); v.Verdict != want {
			t.Errorf("%s: %+v, want %s", base, v, want)
		}
	}
}
