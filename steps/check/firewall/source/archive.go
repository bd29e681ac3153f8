package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"io"
	"path"
	"slices"
	"strings"
)

// Limits of what is looked at in an archive: the names alone.
const (
	maxNames    = 500
	maxUnpacked = 64 << 20
)

// rulesIn lists files of an archive whose names say that they may hold rules
// as JSON, as Check Point's show_package tool packs them; the likeliest first.
func rulesIn(b []byte) []string {
	var out []string
	for _, n := range namesIn(b) {
		if strings.HasSuffix(strings.ToLower(n), ".json") && path.Base(n) != "index.json" && len(n) < 120 {
			out = append(out, path.Base(n))
		}
	}
	likely := func(n string) int {
		n = strings.ToLower(n)
		for i, w := range []string{"network", "access", "rulebase", "policy", "nat", "objects"} {
			if strings.Contains(n, w) {
				return i
			}
		}
		return 9
	}
	slices.SortStableFunc(out, func(a, b string) int { return likely(a) - likely(b) })
	return out[:min(len(out), 4)]
}

// namesIn lists the names of files in a ZIP archive or a compressed tar.
func namesIn(b []byte) []string {
	var out []string
	if z, err := zip.NewReader(bytes.NewReader(b), int64(len(b))); err == nil {
		for _, f := range z.File[:min(len(z.File), maxNames)] {
			out = append(out, f.Name)
		}
		return out
	}
	g, err := gzip.NewReader(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	defer g.Close() //nolint:errcheck // nothing is written
	t := tar.NewReader(io.LimitReader(g, maxUnpacked))
	for len(out) < maxNames {
		h, err := t.Next()
		if err != nil {
			break
		}
		out = append(out, h.Name)
	}
	return out
}
