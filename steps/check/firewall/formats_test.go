package firewall

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"mxodus/steps/check/firewall/format"
	"mxodus/steps/check/firewall/ir"
	"mxodus/steps/check/firewall/source"
)

// sampleFile is a file of a format's own folder testdata.
type sampleFile struct {
	id, name string
	text     []byte
}

func examples(t testing.TB) []sampleFile {
	t.Helper()
	var out []sampleFile
	for _, f := range AllFormats() {
		names, err := filepath.Glob(filepath.Join("format", strings.ReplaceAll(f.ID, "-", ""), "testdata", "*"))
		if err != nil {
			t.Fatal(err)
		}
		for _, n := range names {
			info, err := os.Stat(n)
			if err != nil || info.IsDir() {
				continue
			}
			b, err := os.ReadFile(n)
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, sampleFile{f.ID, n, b})
		}
	}
	return out
}

// TestFormatsAreDescribed holds every format to the contract.
func TestFormatsAreDescribed(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range AllFormats() {
		if f.ID == "" || f.Label == "" || seen[f.ID] || f.Detect == nil || f.Read == nil || len(f.Export) == 0 {
			t.Errorf("%q: a format needs an id of its own, a label, a detector, a reader and a way to export", f.ID)
		}
		seen[f.ID] = true
		for _, feature := range format.Features() {
			how, ok := f.Supports[feature]
			if !ok || !slices.Contains([]format.How{format.Exact, format.Part, format.Open, format.None}, how) {
				t.Errorf("%s says nothing of %s", f.ID, feature)
			}
		}
		if written := f.Supports[format.Writes] != format.None; written != (f.Write != nil) && f.ID != source.IPTables && f.ID != source.Table {
			t.Errorf("%s: Supports says of writing %v, and Write is there: %v", f.ID, written, f.Write != nil)
		}
		for _, w := range f.Export {
			if w.Where == "" || len(w.Do) == 0 {
				t.Errorf("%s: a way to export without a place or a step", f.ID)
			}
		}
	}
}

// TestExamplesAreTold reads every example as what it is, whatever encoding and
// line ends it comes in.
func TestExamplesAreTold(t *testing.T) {
	count := map[string]int{}
	for _, x := range examples(t) {
		count[x.id]++
		text := string(x.text)
		for form, b := range map[string][]byte{
			"as it is": x.text,
			"CRLF":     []byte(strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\n", "\r\n")),
			"BOM":      []byte("\ufeff" + strings.TrimPrefix(text, "\ufeff")),
			"UTF-16":   utf16LE(text),
		} {
			set, err := Read(filepath.Base(x.name), b, "")
			if err != nil {
				t.Errorf("%s, %s: %v", x.name, form, err)
				continue
			}
			if set.Format != x.id {
				t.Errorf("%s, %s: read as %s", x.name, form, set.Format)
			}
			placed(t, x.name+", "+form, set, len(source.Lines(text)))
		}
	}
	for _, f := range AllFormats() {
		if count[f.ID] == 0 && f.ID != source.IPTables && f.ID != source.Table {
			t.Errorf("%s has no example", f.ID)
		}
	}
}

func utf16LE(s string) []byte {
	out := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(strings.TrimPrefix(s, "\ufeff"))) {
		out = append(out, byte(u), byte(u>>8))
	}
	return out
}

// placed asks that every rule stands in a line of the file, and every one that
// stands in none says what it is.
func placed(t *testing.T, name string, set *ir.Ruleset, lines int) {
	t.Helper()
	for _, p := range set.Programs {
		for i := range p.Chains {
			for _, r := range append(slices.Clone(p.Chains[i].Rules), p.Chains[i].Policy) {
				if r.At.Line < 0 || r.At.Line > lines || r.At.Line == 0 && r.At.Text == "" && r.Action != ir.Continue {
					t.Errorf("%s: a rule of %s at line %d with text %q; the file has %d lines", name, p.Chains[i].Name, r.At.Line, r.At.Text, lines)
				}
			}
		}
	}
}

// TestExamplesCutShort reads every example broken off at many places: a
// sentence or a ruleset, never a panic, and soon.
func TestExamplesCutShort(t *testing.T) {
	for _, x := range examples(t) {
		step := max(1, len(x.text)/60)
		for n := 0; n < len(x.text); n += step {
			began := time.Now()
			set, err := Read("", x.text[:n], x.id)
			if err == nil && set == nil {
				t.Fatalf("%s cut at %d: neither rules nor an error", x.name, n)
			}
			if spent := time.Since(began); spent > 20*time.Second {
				t.Fatalf("%s cut at %d took %s", x.name, n, spent)
			}
		}
	}
}
