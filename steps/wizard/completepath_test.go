package wizard

import (
	"os"
	"path/filepath"
	"testing"
)

// TestAPathGoesOnAsFarAsThereIsNoChoice.
func TestAPathGoesOnAsFarAsThereIsNoChoice(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"tidewater-1.rules", "tidewater-2-open.rules", "über.txt", "übung.txt", ".hidden"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "old"), 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for typed, want := range map[string]string{
		"tide": "tidewater-", "tidewater-2": "tidewater-2-open.rules", "tidewater-": "tidewater-", "o": "old/",
		"ü": "üb", "zebra": "zebra", "": "", "no/such/folder/x": "no/such/folder/x", ".h": ".hidden", "tidewater-1.rules": "tidewater-1.rules",
		dir + "/tidewater-1": dir + "/tidewater-1.rules", dir + "/": dir + "/",
	} {
		if got := CompletePath(typed); got != want {
			t.Errorf("%q becomes %q, want %q", typed, got, want)
		}
	}
}
