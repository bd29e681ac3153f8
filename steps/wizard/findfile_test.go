package wizard_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"mxodus/steps/wizard"
)

// TestAFileIsSoughtWhereThePersonStands: a path is read from the folder the
// program works in, then from the one it was started in, and what is not there
// is said with the folders.
func TestAFileIsSoughtWhereThePersonStands(t *testing.T) {
	started, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("edge.rules", []byte("*filter\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := wizard.FindFile("edge.rules"); err != nil || got != "edge.rules" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := wizard.FindFile("findfile_test.go"); err != nil || got != filepath.Join(started, "findfile_test.go") {
		t.Errorf("%q, %v", got, err)
	}
	_, err = wizard.FindFile("d/edge.rules")
	if err == nil || strings.Contains(err.Error(), "stat ") || !strings.Contains(err.Error(), dir) || !strings.Contains(err.Error(), started) {
		t.Errorf("%v", err)
	}
	if err := wizard.CheckRuleset("d/edge.rules"); err == nil || !strings.Contains(err.Error(), dir) {
		t.Errorf("%v", err)
	}
}
