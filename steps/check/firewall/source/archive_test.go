package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"strings"
	"testing"
)

// TestArchivesNameTheirRules refuses a packed export with words that name the
// files to give.
func TestArchivesNameTheirRules(t *testing.T) {
	var z bytes.Buffer
	w := zip.NewWriter(&z)
	for _, n := range []string{"index.html", "Standard_objects.json", "Network-Management server.json"} {
		if _, err := w.Create(n); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	var g bytes.Buffer
	gz := gzip.NewWriter(&g)
	tw := tar.NewWriter(gz)
	for _, n := range []string{"./index.json", "./Network.json"} {
		if err := tw.WriteHeader(&tar.Header{Name: n, Mode: 0o600}); err != nil {
			t.Fatal(err)
		}
	}
	if tw.Close() != nil || gz.Close() != nil {
		t.Fatal("the archive was not written")
	}
	for name, b := range map[string][]byte{"Network-Management server.json": z.Bytes(), "Network.json": g.Bytes()} {
		_, _, err := Text(b)
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "index") {
			t.Errorf("%v, want it to name %s", err, name)
		}
	}
	if _, _, err := Text(z.Bytes()[:40]); err == nil || strings.Contains(err.Error(), ".json") {
		t.Errorf("a damaged archive: %v", err)
	}
}
