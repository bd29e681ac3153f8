package formattest

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps/check/firewall"
	"mxodus/steps/check/firewall/source"
)

// EachFile hands over every file below root, by its path below it; without root
// the test is skipped.
func EachFile(t *testing.T, root string, f func(name string, content []byte)) {
	t.Helper()
	if _, err := os.Stat(root); err != nil {
		t.Skip("no corpus of rulesets beside this checkout")
	}
	err := filepath.WalkDir(root, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		f(strings.TrimPrefix(filepath.ToSlash(path), filepath.ToSlash(root)+"/"), b)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// EachText is EachFile for those that are text, decoded.
func EachText(t *testing.T, root string, f func(name, text string)) {
	t.Helper()
	EachFile(t, root, func(name string, b []byte) {
		if text, _, err := source.Text(b); err == nil {
			f(name, text)
		}
	})
}

// Texts are the texts of the corpus at root in a folder, "" for all, by their
// path below root.
func Texts(t *testing.T, root, folder string) map[string]string {
	t.Helper()
	files := map[string]string{}
	EachText(t, filepath.Join(root, folder), func(name, text string) { files[filepath.Join(folder, name)] = text })
	return files
}

// Rows are the rows of the verdicts expected of files in a folder of the corpus
// at root, by their columns.
func Rows(t *testing.T, root, folder string) [][]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join(root, "expect.tsv"))
	if err != nil {
		t.Skip("no corpus of rulesets beside this checkout")
	}
	var out [][]string
	for _, l := range strings.Split(string(raw), "\n") {
		if f := strings.Split(l, "\t"); len(f) >= 8 && strings.HasPrefix(f[0], folder+"/") {
			out = append(out, f)
		}
	}
	return out
}

// Corpus reads every file of the corpus at root: those of folder are of the
// format, others are not. It returns how many were.
func Corpus(t *testing.T, root, id, folder string, except ...string) int {
	t.Helper()
	n := 0
	EachFile(t, root, func(name string, b []byte) {
		for _, x := range except {
			if strings.HasSuffix(name, x) {
				return
			}
		}
		if strings.Contains(name, "/out/") && folder != "" {
			return
		}
		set, err := firewall.Read(filepath.Base(name), b, "")
		mine := folder != "" && strings.HasPrefix(name, folder+"/")
		switch is := err == nil && set.Format == id; {
		case is && !mine:
			t.Errorf("%s: read as %s: %v", name, id, set.Notes)
		case mine && !is:
			t.Errorf("%s: not read as %s: %v", name, id, err)
		case mine:
			n++
		}
	})
	return n
}
